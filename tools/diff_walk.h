/** What differs between the samples of two versions, and why, as far as the store still knows. */
#ifndef ASSAY_DIFF_WALK_H
#define ASSAY_DIFF_WALK_H

#include "edition.h"

#include "assay/trie.h"

typedef enum assay_diff_class {
	ASSAY_DIFF_ADDED,
	ASSAY_DIFF_REMOVED,
	ASSAY_DIFF_OUTCOME, /* another outcome, or another reason for the same */
	ASSAY_DIFF_CONTENT, /* delivered in both, with another content */
	ASSAY_DIFF_REMADE,  /* made of other inputs or by another recipe, with the same content */
	ASSAY_DIFF_CLASSES
} assay_diff_class;

/** "added"… as JSON and the options have it. */
const char *assay_diff_class_name(assay_diff_class c);
assay_diff_class assay_diff_class_of(const assay_trie_entry *a, const assay_trie_entry *b);

/**
 * Call fn once for each sample, or source that failed, whose entries differ; a or b is NULL when it is in the other
 * version alone. Only what differs is read, and memory does not grow with it. The order is that of the hashes of the
 * keys: first those that are delivered in either, then the others.
 */
ASSAY_NODISCARD assay_code assay_diff_walk(assay_store *s, const assay_version *a, const assay_version *b,
					   assay_trie_diff_fn *fn, void *ctx, assay_err *err);

/** Would assay_diff_walk call fn with that key? */
ASSAY_NODISCARD assay_code assay_diff_has(bool *out, assay_store *s, const assay_version *a, const assay_version *b,
					  const char *key, assay_err *err);

/** One of the versions that are compared. */
typedef struct assay_diff_side {
	assay_edition x;
	assay_digest contract_set; /* as verdicts name it */
	bool is_latest;            /* rows of samples say how they stand in it, if they were written up to this run: */
	uint64_t until;
	bool filters_known;
	assay_filter_set filters; /* that the last judging which came to it asked */
} assay_diff_side;

void assay_diff_side_release(assay_diff_side *d);
/** @param name  as a user names a version */
ASSAY_NODISCARD assay_code assay_diff_side_load(assay_diff_side *out, assay_store *s, const char *name, assay_err *err);

typedef struct assay_diff_reasons {
	bool known; /* of both sides it is known what they were made from */
	assay_changes
	    changes; /* content, sidecar, recipe, metadata, measurement, artifact; filter and decision even when not known */
	assay_sample_row row; /* of b, where b is the latest version; key NULL otherwise */
} assay_diff_reasons;

void assay_diff_reasons_release(assay_diff_reasons *r);
ASSAY_NODISCARD assay_code assay_diff_explain(assay_diff_reasons *out, assay_store *s, const assay_diff_side *side_a,
					      const assay_trie_entry *a, const assay_diff_side *side_b,
					      const assay_trie_entry *b, assay_err *err);

#endif
