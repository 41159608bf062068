#include "assay/memory.h"

#include "trie_node.h"

#include <string.h>

bool assay_trie_entry_same(const assay_trie_entry *a, const assay_trie_entry *b)
{
	if (a->outcome != b->outcome || a->kind != b->kind)
		return false;
	if (assay_trie_delivers(a->outcome))
		return assay_digest_eq(&a->content, &b->content) && assay_digest_eq(&a->work_key, &b->work_key);
	if (a->failure != b->failure || (a->stage == NULL) != (b->stage == NULL))
		return false;
	return a->stage == NULL || strcmp(a->stage, b->stage) == 0;
}

/* End of the run of entries that go on with this nibble. */
static size_t run_end(const assay_trie_entry *e, size_t n, size_t from, unsigned depth, unsigned next)
{
	while (from < n && assay_trie_nibble(&e[from].hash, depth) == next)
		from++;
	return from;
}

/* What one of the two tries has under a prefix: a node that was not read yet, or entries of a leaf above. */
struct side {
	const assay_digest *node; /* NULL: entries */
	const assay_trie_entry *entries;
	size_t count;
};

struct diff {
	assay_store *store;
	assay_trie_diff_fn *fn;
	void *ctx;
};

static assay_code diff_entries(const struct diff *x, const struct side *a, const struct side *b, assay_err *err)
{
	size_t i = 0, k = 0;
	assay_code rc = ASSAY_OK;

	while (rc == ASSAY_OK && (i < a->count || k < b->count)) {
		const int order = i == a->count   ? 1
				  : k == b->count ? -1
						  : assay_trie_by_hash(&a->entries[i], &b->entries[k]);
		const assay_trie_entry *left = order <= 0 ? &a->entries[i++] : NULL;
		const assay_trie_entry *right = order >= 0 ? &b->entries[k++] : NULL;

		if (left == NULL || right == NULL || !assay_trie_entry_same(left, right))
			rc = x->fn(x->ctx, left, right, err);
	}
	return rc;
}

/* Read the side's node, if it is one; a leaf turns into its entries. */
static assay_code open_side(const struct diff *x, struct side *side, const assay_trie_place *at, assay_trie_node *room,
			    assay_err *err)
{
	assay_code rc;

	if (side->node == NULL)
		return ASSAY_OK;
	rc = assay_trie_node_load(x->store, side->node, at, room, err);
	if (rc == ASSAY_OK && room->below == 0)
		*side = (struct side){.entries = room->entries, .count = room->count};
	return rc;
}

/* What the side has under child i. *from walks through a side's entries. */
static struct side child_side(const struct side *side, const assay_trie_node *n, const assay_trie_place *at, unsigned i,
			      size_t *from)
{
	struct side child = {0};

	if (side->node != NULL) {
		child.node = n->has[i] ? &n->child[i] : NULL;
		return child;
	}
	if (side->count == 0) /* entries may be NULL: there is nothing to count from */
		return child;
	child.entries = side->entries + *from;
	child.count = run_end(side->entries, side->count, *from, at->depth, i) - *from;
	*from += child.count;
	return child;
}

static assay_code diff_sides(const struct diff *x, struct side a, struct side b, const assay_trie_place *at,
			     assay_err *err)
{
	ASSAY_AUTO_TRIE_NODE left = {0};
	ASSAY_AUTO_TRIE_NODE right = {0};
	size_t from_a = 0, from_b = 0;
	assay_code rc;

	if (a.node != NULL && b.node != NULL && assay_digest_eq(a.node, b.node))
		return ASSAY_OK;
	rc = open_side(x, &a, at, &left, err);
	if (rc == ASSAY_OK)
		rc = open_side(x, &b, at, &right, err);
	if (rc != ASSAY_OK)
		return rc;
	if (a.node == NULL && b.node == NULL)
		return diff_entries(x, &a, &b, err);
	for (unsigned i = 0; i < ASSAY_TRIE_CHILDREN && rc == ASSAY_OK; i++) {
		const assay_trie_place child = assay_trie_below(at, i);

		rc = diff_sides(x, child_side(&a, &left, at, i, &from_a), child_side(&b, &right, at, i, &from_b),
				&child, err);
	}
	return rc;
}

assay_code assay_trie_diff(assay_store *s, const assay_digest *a, const assay_digest *b, assay_trie_diff_fn *fn,
			   void *ctx, assay_err *err)
{
	const struct diff x = {.store = s, .fn = fn, .ctx = ctx};
	const assay_trie_place top = {0};

	return diff_sides(&x, (struct side){.node = a}, (struct side){.node = b}, &top, err);
}
