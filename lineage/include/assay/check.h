/**
 * Checking a store: every catalog row against its checksum, every index entry against its row, every object that
 * rows name, every trie that versions name; with read_data every stored byte against its digest.
 */
#ifndef ASSAY_STORE_CHECK_H
#define ASSAY_STORE_CHECK_H

#include "assay/digest.h"
#include "assay/store.h"

typedef struct assay_store_check_opts {
	bool read_data;                                                       /* read and hash every object */
	void (*progress)(void *ctx, uint64_t done_bytes, uint64_t all_bytes); /* optional */
	void *ctx;
} assay_store_check_opts;

/** Something is not as it was stored. Texts are borrowed for the call. */
typedef struct assay_store_finding {
	const char *what;           /* "object", "row", "index", "pack", "version", "file" */
	const char *name;           /* digest, key or file */
	const char *detail;         /* what is wrong with it */
	const char *const *samples; /* keys of the samples it affects, all of them */
	size_t sample_count;
	const char *const *versions; /* ids of the versions it affects */
	size_t version_count;
} assay_store_finding;

typedef assay_code assay_store_finding_fn(void *ctx, const assay_store_finding *f, assay_err *err);

typedef struct assay_store_check_summary {
	uint64_t rows, objects, bytes, versions, findings;
} assay_store_check_summary;

/**
 * Check everything; findings are told through fn, in a stable order.
 * A reader that finds anything in the midst of a judging that is then undone looks again at what there is now.
 *
 * @return ASSAY_OK whatever was found (summary->findings says), or an error that stopped the check;
 *         ASSAY_EBUSY when a judging was written, or undone, during every look: check when nothing writes
 */
ASSAY_NODISCARD assay_code assay_store_check(assay_store *s, const assay_store_check_opts *opts,
					     assay_store_finding_fn *fn, void *ctx, assay_store_check_summary *summary,
					     assay_err *err);

#endif
