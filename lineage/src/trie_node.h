/** One node of a trie: its layout, for those who build, walk, edit and compare tries. */
#ifndef ASSAY_TRIE_NODE_H
#define ASSAY_TRIE_NODE_H

#include "assay/trie.h"

#define ASSAY_TRIE_CHILDREN 16

typedef struct assay_trie_node {
	uint64_t below;                            /* entries below a branch; 0 for a leaf */
	size_t count;                              /* entries of a leaf */
	assay_trie_entry entries[ASSAY_TRIE_LEAF]; /* texts lie in bytes */
	assay_digest child[ASSAY_TRIE_CHILDREN];
	bool has[ASSAY_TRIE_CHILDREN];
	assay_buf bytes;
} assay_trie_node;

void assay_trie_node_release(assay_trie_node *n);
#define ASSAY_AUTO_TRIE_NODE ASSAY_CLEANUP(assay_trie_node_release) assay_trie_node

/** Where a node hangs: the bits that its keys' hashes start with. */
typedef struct assay_trie_place {
	assay_digest prefix; /* zeroes beyond depth */
	unsigned depth;      /* nibbles */
} assay_trie_place;

assay_trie_place assay_trie_below(const assay_trie_place *p, unsigned next);
/** Four bits of a hash, the high half of a byte first. */
unsigned assay_trie_nibble(const assay_digest *hash, unsigned depth);
ASSAY_NODISCARD assay_code assay_trie_hash(assay_digest *out, const char *key, assay_err *err);
/** Entries with a content digest and a work key. */
bool assay_trie_delivers(assay_outcome outcome);
int assay_trie_by_hash(const void *a, const void *b); /* entries, for qsort and bsearch */

static inline uint64_t assay_trie_node_total(const assay_trie_node *n)
{
	return n->below > 0 ? n->below : n->count;
}

/** Read a node and check that it belongs there. What is not as it was built is ASSAY_ECORRUPT. */
ASSAY_NODISCARD assay_code assay_trie_node_load(assay_store *s, const assay_digest *d, const assay_trie_place *at,
						assay_trie_node *out, assay_err *err);

/** Append a leaf of at most ASSAY_TRIE_LEAF entries, in order. */
void assay_trie_encode_leaf(assay_buf *out, const assay_trie_entry *const *entries, size_t count);
/** Append a branch; children without entries are not there. */
void assay_trie_encode_branch(assay_buf *out, uint64_t below, const assay_digest *child, const bool *has);

#endif
