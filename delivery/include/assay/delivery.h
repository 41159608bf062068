/**
 * Deliveries: a version written out as a folder that others read with their own tools, and the check of such a
 * folder, which needs no store (docs/formats.md, "Delivery").
 *
 *     manifest.jsonl      one line per accepted or waived sample, in order of their keys
 *     others.jsonl        one line per sample or source that is not delivered, and why
 *     artifacts/          files by digest: artifacts/ab/ab12….txt
 *     recipes/, contracts/  what the samples went through and were judged by: <digest>.json to read, <digest>.cbor
 *                         the record whose SHA-256 is that digest
 *     decisions/          what people decided, where they did: <digest>.json and <digest>.cbor
 *     version.json        id, counts, distributions of every metric
 *     version.cbor        the version's record: its SHA-256 is the version's id
 *     README.md           a data card
 *     SHA256SUMS          of every other file
 *
 * The same version gives the same bytes: no clock, host or order of work is in a delivery. Two things a version does
 * not keep itself: the metadata of its sources, and which checks a sample that is not delivered had failed. They come
 * from the store as it stands, are compared with what the version says, and are null where it has moved on.
 */
#ifndef ASSAY_DELIVERY_H
#define ASSAY_DELIVERY_H

#include "assay/diagnostic.h"
#include "assay/store.h"
#include "assay/version.h"

/* What is written. Checked as well: 2 has no treatment, waiver and decisions; in 1 `stage` was the filter's name. */
#define ASSAY_DELIVERY_FORMAT       3
#define ASSAY_DELIVERY_FINDINGS_MAX 1000

typedef struct assay_delivery_opts {
	const char *dir;
	bool replace; /* an existing delivery, or an empty folder; never any other folder */
} assay_delivery_opts;

/** What was written. */
typedef struct assay_delivery_summary {
	uint64_t samples, others, files, bytes;
	uint64_t stale;       /* samples whose metadata were edited since: delivered with null */
	uint64_t unexplained; /* others, but filtered, that were judged anew since: their checks are null */
	bool blocked;         /* the failure is of the output folder: nothing of the store is at fault */
} assay_delivery_summary;

/**
 * Write a version. The folder appears whole, by rename, or not at all.
 *
 * Memory: keys and digests of the samples and eight bytes a measurement; one artifact at a time.
 *
 * @param out [out] also filled on failure
 * @return ASSAY_OK; ASSAY_ESTOP after a signal; ASSAY_ECORRUPT when the store does not hold what the version names;
 *         ASSAY_EIO, ASSAY_EFULL, ASSAY_EPERM, ASSAY_EUSAGE (the folder is there already) with out->blocked
 */
ASSAY_NODISCARD assay_code assay_delivery_write(assay_delivery_summary *out, assay_store *s, const assay_version *v,
						const assay_delivery_opts *opts, assay_err *err);

/** What a check of a delivery looked at. */
typedef struct assay_delivery_check {
	assay_diagnostics
	    findings;         /* by file of the delivery, every one an error: the first ASSAY_DELIVERY_FINDINGS_MAX */
	uint64_t differences; /* all of them */
	bool has_version;
	assay_digest version; /* as it says of itself */
	uint64_t files, bytes, samples, others, artifacts;
} assay_delivery_check;

void assay_delivery_check_release(assay_delivery_check *c);

/**
 * Check a delivery of this format or an older one: every file against SHA256SUMS, none missing, none extra, no link; every line of the manifests;
 * every artifact that they name; the counts; and whether the lines are those that the version's id stands for: the
 * id is the digest of version.cbor, which names the roots of two tries, which are computed from the lines.
 *
 * @return ASSAY_OK (differences are in out->findings); ASSAY_ENOENT when dir is no delivery; ASSAY_EIO, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_delivery_verify(assay_delivery_check *out, const char *dir, assay_err *err);

#endif
