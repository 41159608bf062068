/**
 * The version that a judging makes: what changes in its tries, its recipes, and its commit. With the tries of the last
 * judgement at hand only samples that stand differently now are told, and memory grows with them alone.
 */
#ifndef ASSAY_SNAPSHOT_H
#define ASSAY_SNAPSHOT_H

#include "assay/arena.h"
#include "assay/content.h"
#include "assay/judgement.h"
#include "assay/trie.h"

#include "judging.h"
#include "session.h"

typedef struct assay_trie_changes {
	assay_trie_change *items; /* texts lie in the arena */
	size_t count, cap;
	uint64_t expected; /* entries that the trie must have in the end */
} assay_trie_changes;

typedef struct assay_snapshot {
	const assay_judgement *base; /* what is changed; NULL: everything is told */
	bool counts_only;            /* no version will be made */
	assay_trie_changes accepted, others;
	assay_version version;
	assay_arena texts;
	assay_content content;
	assay_buf scratch;
} assay_snapshot;

/**
 * Forget what was told before, if anything.
 * @param base         what is changed, borrowed; NULL: everything will be told
 * @param counts_only  no version will be made
 */
void assay_snapshot_begin(assay_snapshot *s, assay_store *store, const assay_judgement *base, bool counts_only);
/** The source was processed by this recipe; ASSAY_ECONFIG when one version cannot have it beside another. */
ASSAY_NODISCARD assay_code assay_snapshot_recipe(assay_snapshot *s, const assay_source *src, assay_err *err);
/** The source has changed since the base: what it had there goes, and all that it has now is told. */
ASSAY_NODISCARD assay_code assay_snapshot_moved(assay_snapshot *s, assay_store *store, const assay_source *src,
						assay_err *err);
/** What the base may have of the sample goes: it is no longer there. */
ASSAY_NODISCARD assay_code assay_snapshot_forget(assay_snapshot *s, const char *key, assay_err *err);
/** A sample with its verdict. @param told  it may stand differently in the base, or there is none */
ASSAY_NODISCARD assay_code assay_snapshot_sample(assay_snapshot *s, const assay_judged *of, const assay_sample_row *row,
						 bool told, assay_err *err);
/** Digest of what would be delivered of the sample. */
ASSAY_NODISCARD assay_code assay_snapshot_content(assay_snapshot *s, const assay_judged *of, assay_digest *out,
						  assay_err *err);
/** A source that gave no samples. */
ASSAY_NODISCARD assay_code assay_snapshot_failed(assay_snapshot *s, const char *path, const char *stage,
						 assay_failure failure, bool told, assay_err *err);
/** Store the tries. *whole is false when they are not what was told, or the base is damaged: without one it is built. */
ASSAY_NODISCARD assay_code assay_snapshot_build(assay_snapshot *s, assay_store *store, bool *whole, assay_err *err);
/** Store the version of these tries, and tell the summary which it is. */
ASSAY_NODISCARD assay_code assay_snapshot_commit(assay_snapshot *s, const assay_session *session,
						 assay_summary *summary, assay_err *err);
void assay_snapshot_release(assay_snapshot *s);

#endif
