/**
 * Version tries: hash tries over sample keys whose shape depends on their content alone. A node of up to
 * ASSAY_TRIE_LEAF entries is a leaf; a larger one has 16 children by the next four bits of SHA-256(key). Equal
 * subtrees have equal digests, so comparing two versions reads only what differs, and committing writes only nodes
 * that are new (docs/formats.md, "Trie").
 */
#ifndef ASSAY_TRIE_H
#define ASSAY_TRIE_H

#include "assay/cbor.h"
#include "assay/object.h"
#include "assay/sample.h"

#define ASSAY_TRIE_LEAF 32

typedef struct assay_trie_entry {
	assay_digest hash; /* SHA-256 of key; filled by assay_trie_build, and in what a walk tells */
	const char *key;
	assay_outcome outcome;
	uint32_t kind; /* assay_sample_kind; 0 for a source */
	/* ACCEPTED and WAIVED: */
	assay_digest content;  /* of the sample: its measurements, artifacts, metadata and source */
	assay_digest work_key; /* of the unit that made it */
	/* others: */
	const char *stage; /* that failed, NULL when a check did */
	uint32_t failure;  /* assay_failure; 0 when a check failed */
} assay_trie_entry;

/**
 * Store the trie of these entries.
 * @param entries [in, out] sorted in place; keys must be distinct (ASSAY_EINVAL)
 * @param root    [out] digest of the root node; an empty trie has one too
 */
ASSAY_NODISCARD assay_code assay_trie_build(assay_store *s, assay_trie_entry *entries, size_t count, assay_digest *root,
					    assay_err *err);
/** The same root without a store: for those who have a delivery and nothing else. */
ASSAY_NODISCARD assay_code assay_trie_root(assay_trie_entry *entries, size_t count, assay_digest *root, assay_err *err);
/** What becomes of one key: it is put (in place of what it had), or removed (if it is there). */
typedef struct assay_trie_change {
	assay_trie_entry entry; /* hash is filled in; of a removal only the key counts */
	bool remove;
} assay_trie_change;

/**
 * Store the trie that comes of another by these changes, reading and writing only nodes on their way. Its root is the
 * one that assay_trie_build gives for the same entries.
 *
 * @param from    root of the trie that is edited; NULL: an empty one
 * @param changes in any order; of several to one key the last holds. Not moved.
 * @param entries [out] in the new trie
 */
ASSAY_NODISCARD assay_code assay_trie_edit(assay_store *s, const assay_digest *from, assay_trie_change *changes,
					   size_t count, assay_digest *root, uint64_t *entries, assay_err *err);
/** Entries in order of their hash; e and its texts are borrowed for the call. */
typedef assay_code assay_trie_fn(void *ctx, const assay_trie_entry *e, assay_err *err);
ASSAY_NODISCARD assay_code assay_trie_each(assay_store *s, const assay_digest *root, assay_trie_fn *fn, void *ctx,
					   assay_err *err);
/** Call fn with the entry of that key; ASSAY_ENOENT without a message when there is none. */
ASSAY_NODISCARD assay_code assay_trie_find(assay_store *s, const assay_digest *root, const char *key, assay_trie_fn *fn,
					   void *ctx, assay_err *err);
ASSAY_NODISCARD assay_code assay_trie_count(assay_store *s, const assay_digest *root, uint64_t *count, assay_err *err);

/** Do two versions that have these entries of a key have the same there? What is not delivered has no content to compare. */
bool assay_trie_entry_same(const assay_trie_entry *a, const assay_trie_entry *b);
/** One key whose entries differ: a or b is NULL when it is only in the other. */
typedef assay_code assay_trie_diff_fn(void *ctx, const assay_trie_entry *a, const assay_trie_entry *b, assay_err *err);
ASSAY_NODISCARD assay_code assay_trie_diff(assay_store *s, const assay_digest *a, const assay_digest *b,
					   assay_trie_diff_fn *fn, void *ctx, assay_err *err);

/** Call fn with the digest of every node of a trie, root first. */
typedef assay_code assay_trie_node_fn(void *ctx, const assay_digest *node, assay_err *err);
ASSAY_NODISCARD assay_code assay_trie_nodes(assay_store *s, const assay_digest *root, assay_trie_node_fn *fn, void *ctx,
					    assay_err *err);

#endif
