#include "assay/trie.h"

#include "assay/memory.h"

#include "digest_map.h"
#include "trie_node.h"

#include <stdlib.h>

/* A node that is damaged does not hide what stands beside it: the walk goes on, and its error comes back at the end,
 * so that a check can tell all that is affected. A whole node stands in one place, where its entries belong; one that
 * is not is gone into once, however many places a hostile store names it in. */
struct walk {
	assay_store *store;
	assay_trie_fn *entry_fn;     /* NULL: entries are not told */
	assay_trie_node_fn *node_fn; /* NULL: nodes are not told */
	void *ctx;
	bool stopped;         /* by a callback, whatever its code */
	assay_err damage;     /* the first; code ASSAY_OK while there is none */
	assay_digest_map bad; /* nodes that are damaged, or have such below them */
};

static assay_code walk_node(struct walk *w, const assay_digest *d, const assay_trie_place *at, uint64_t *count,
			    assay_err *err);

static assay_code walk_children(struct walk *w, const assay_trie_node *n, const assay_digest *d,
				const assay_trie_place *at, assay_err *err)
{
	char hex[ASSAY_DIGEST_HEX];
	bool all = true;
	uint64_t sum = 0;

	for (unsigned i = 0; i < ASSAY_TRIE_CHILDREN; i++) {
		const assay_trie_place child = assay_trie_below(at, i);
		uint64_t count;
		assay_err e = ASSAY_ERR_INIT;
		assay_code rc;

		if (!n->has[i])
			continue;
		rc = walk_node(w, &n->child[i], &child, &count, &e);
		if (rc == ASSAY_OK) {
			sum += count;
		} else if (rc == ASSAY_ECORRUPT && !w->stopped) {
			all = false;
			if (w->damage.code == ASSAY_OK)
				w->damage = e;
		} else {
			if (err != NULL)
				*err = e;
			return rc;
		}
	}
	if (!all)
		return assay_digest_map_put(&w->bad, d, 0, err);
	if (sum != n->below)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "trie node %s: its counts do not add up",
				   assay_digest_hex(d, hex));
	return ASSAY_OK;
}

static assay_code walk_leaf(struct walk *w, const assay_trie_node *n, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < n->count && w->entry_fn != NULL && rc == ASSAY_OK; i++)
		rc = w->entry_fn(w->ctx, &n->entries[i], err);
	w->stopped = rc != ASSAY_OK;
	return rc;
}

static assay_code enter_node(struct walk *w, const assay_digest *d, const assay_trie_place *at, uint64_t *count,
			     assay_err *err)
{
	ASSAY_AUTO_TRIE_NODE n = {0};
	assay_code rc = w->node_fn != NULL ? w->node_fn(w->ctx, d, err) : ASSAY_OK;

	w->stopped = rc != ASSAY_OK;
	if (rc == ASSAY_OK)
		rc = assay_trie_node_load(w->store, d, at, &n, err);
	if (rc != ASSAY_OK)
		return rc;
	*count = assay_trie_node_total(&n);
	return n.below > 0 ? walk_children(w, &n, d, at, err) : walk_leaf(w, &n, err);
}

static assay_code walk_node(struct walk *w, const assay_digest *d, const assay_trie_place *at, uint64_t *count,
			    assay_err *err)
{
	char hex[ASSAY_DIGEST_HEX];
	size_t seen;
	assay_code rc;

	if (assay_digest_map_get(&w->bad, d, &seen))
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "trie node %s is damaged, and named again",
				   assay_digest_hex(d, hex));
	rc = enter_node(w, d, at, count, err);
	if (rc == ASSAY_ECORRUPT && !w->stopped && assay_digest_map_put(&w->bad, d, 0, err) != ASSAY_OK)
		return ASSAY_ENOMEM;
	return rc;
}

static assay_code walk_root(struct walk *w, const assay_digest *root, assay_err *err)
{
	const assay_trie_place top = {0};
	uint64_t count;
	assay_code rc = walk_node(w, root, &top, &count, err);

	assay_digest_map_release(&w->bad);
	if (rc != ASSAY_OK || w->damage.code == ASSAY_OK)
		return rc;
	if (err != NULL)
		*err = w->damage;
	return w->damage.code;
}

assay_code assay_trie_each(assay_store *s, const assay_digest *root, assay_trie_fn *fn, void *ctx, assay_err *err)
{
	struct walk w = {.store = s, .entry_fn = fn, .ctx = ctx};

	return walk_root(&w, root, err);
}

assay_code assay_trie_nodes(assay_store *s, const assay_digest *root, assay_trie_node_fn *fn, void *ctx, assay_err *err)
{
	struct walk w = {.store = s, .node_fn = fn, .ctx = ctx};

	return walk_root(&w, root, err);
}

assay_code assay_trie_count(assay_store *s, const assay_digest *root, uint64_t *count, assay_err *err)
{
	const assay_trie_place top = {0};
	ASSAY_AUTO_TRIE_NODE n = {0};
	assay_code rc = assay_trie_node_load(s, root, &top, &n, err);

	if (rc == ASSAY_OK)
		*count = assay_trie_node_total(&n);
	return rc;
}

assay_code assay_trie_find(assay_store *s, const assay_digest *root, const char *key, assay_trie_fn *fn, void *ctx,
			   assay_err *err)
{
	assay_trie_entry wanted = {.key = key};
	assay_trie_place at = {0};
	assay_digest d = *root;
	assay_code rc = assay_trie_hash(&wanted.hash, key, err);

	while (rc == ASSAY_OK) {
		ASSAY_AUTO_TRIE_NODE n = {0};
		const unsigned next = assay_trie_nibble(&wanted.hash, at.depth);
		const assay_trie_entry *e;

		rc = assay_trie_node_load(s, &d, &at, &n, err);
		if (rc != ASSAY_OK)
			return rc;
		if (n.below == 0) {
			e = bsearch(&wanted, n.entries, n.count, sizeof(*n.entries), assay_trie_by_hash);
			return e != NULL ? fn(ctx, e, err) : ASSAY_ENOENT;
		}
		if (!n.has[next])
			return ASSAY_ENOENT;
		d = n.child[next];
		at = assay_trie_below(&at, next);
	}
	return rc;
}
