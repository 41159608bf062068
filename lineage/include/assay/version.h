/** Versions: immutable dataset snapshots, named by the digest of their record. */
#ifndef ASSAY_VERSION_H
#define ASSAY_VERSION_H

#include "assay/kind.h"
#include "assay/object.h"

#define ASSAY_VERSION_PLAIN   1 /* of a record without baselines, as-of time and results */
#define ASSAY_VERSION_CHECKED 2 /* of one that has some of them, and neither decisions nor remedies */
#define ASSAY_VERSION_FORMAT  3 /* of one that has decisions or remedies */

/** The dataset as it stands: in = accepted + quarantined + waived + duplicate + filtered. */
typedef struct assay_counts {
	uint64_t in, accepted, quarantined, waived, duplicate, filtered;
	uint64_t failed_sources;
} assay_counts;

typedef struct assay_version {
	assay_digest id; /* of the record */
	/* The record: */
	bool has_recipe[ASSAY_MODALITY_MAX + 1];
	assay_digest recipes[ASSAY_MODALITY_MAX + 1]; /* by modality */
	assay_digest *contracts;                      /* of canonical records, in the configuration's order */
	size_t contract_count;
	assay_digest accepted;   /* trie of accepted and waived samples */
	assay_digest others;     /* trie of every other outcome, failed sources included */
	assay_digest *baselines; /* version that each check of drift compared with, in their order; zero: none */
	size_t baseline_count;
	bool has_as_of;         /* a check of ages used it: */
	int64_t as_of_ns;       /* since 1970 UTC */
	assay_digest results;   /* object: what came of the dataset's checks (contracts/); zero without such checks */
	assay_digest decisions; /* object: those in force (assay/decision.h); zero: none is */
	assay_digest *remedies; /* recipes that remedies change the above to, ascending, each once */
	size_t remedy_count;
	/* Beside the identity: */
	uint64_t number; /* 1, 2, 3… in order of first commit */
	uint64_t run;    /* that first made it */
	int64_t made_ns;
	assay_digest parent; /* version before it in this store, zero for the first */
	bool incomplete;     /* attempts are to be made, or some failure was of time, memory or a signal */
	assay_counts counts;
	char *dataset;
} assay_version;

void assay_version_release(assay_version *v);
#define ASSAY_AUTO_VERSION ASSAY_CLEANUP(assay_version_release) assay_version

/**
 * Store the record, give v its id and its parent (the version that was latest), and make it the latest. The same
 * content again gives the same id, keeps its number and becomes the latest; it is incomplete, or not, as it is now.
 */
ASSAY_NODISCARD assay_code assay_version_commit(assay_store *s, assay_version *v, assay_err *err);
ASSAY_NODISCARD assay_code assay_version_get(assay_store *s, const assay_digest *id, assay_version *out,
					     assay_err *err);
/** Its contracts as verdicts name them: the digest of the list of their digests. */
ASSAY_NODISCARD assay_code assay_version_contract_set(assay_digest *out, const assay_version *v, assay_err *err);
/** ASSAY_ENOENT (without a message) when nothing was ever committed. */
ASSAY_NODISCARD assay_code assay_version_latest(assay_store *s, assay_version *out, assay_err *err);
/**
 * By name: "latest", a unique prefix (4 digits or more) of the id with or without "sha256:", or a tag (assay/tag.h)
 * with or without "tag:". No name is two of these at once.
 * ASSAY_ENOENT with a message that says what there is; ASSAY_EUSAGE for an ambiguous or malformed name.
 */
ASSAY_NODISCARD assay_code assay_version_resolve(assay_store *s, const char *name, assay_version *out, assay_err *err);
typedef assay_code assay_version_fn(void *ctx, const assay_version *v, assay_err *err);
/** Newest first. */
ASSAY_NODISCARD assay_code assay_versions_each(assay_store *s, assay_version_fn *fn, void *ctx, assay_err *err);

#endif
