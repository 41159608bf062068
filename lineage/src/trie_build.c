/*
 * Building and editing. An edit reads and writes the nodes on the way to what changes and no others, and gives the
 * same root as building the outcome anew: below every node it either builds the entries that are left (where there
 * was a leaf, or nothing) or puts the new digests of children beside those of the others.
 */
#include "trie_node.h"

#include "assay/scratch.h"

#include <stdlib.h>
#include <string.h>

struct build {
	assay_store *store; /* NULL: nodes are digested, and not kept */
	assay_buf node;     /* used by one node at a time: children are stored before their parent is written */
};

/* What stands below a place. */
struct subtree {
	bool has; /* false: nothing */
	assay_digest digest;
	uint64_t count, before; /* entries; before: of the tree that is edited */
};

static assay_code put_node(struct build *b, assay_digest *out, assay_err *err)
{
	assay_code rc = assay_buf_check(&b->node, err);

	if (rc != ASSAY_OK)
		return rc;
	if (b->store == NULL)
		return assay_digest_of(out, b->node.data, b->node.len, err);
	rc = assay_object_put(b->store, ASSAY_OBJECT_TRIE, b->node.data, b->node.len, NULL, out, NULL, err);
	return rc == ASSAY_OK ? assay_store_spill(b->store, err) : rc;
}

static assay_code put_leaf(struct build *b, const assay_trie_entry *const *e, size_t n, assay_digest *out,
			   assay_err *err)
{
	assay_buf_reset(&b->node);
	assay_trie_encode_leaf(&b->node, e, n);
	return put_node(b, out, err);
}

static assay_code put_branch(struct build *b, uint64_t below, const assay_digest *child, const bool *has,
			     assay_digest *out, assay_err *err)
{
	assay_buf_reset(&b->node);
	assay_trie_encode_branch(&b->node, below, child, has);
	return put_node(b, out, err);
}

/* ---------------------------------------------------------------- build */

static size_t run_end(const assay_trie_entry *const *e, size_t n, size_t from, unsigned depth, unsigned next)
{
	while (from < n && assay_trie_nibble(&e[from]->hash, depth) == next)
		from++;
	return from;
}

/* Entries are distinct, so the depth ends before the bits of their hashes do. */
static assay_code build_node(struct build *b, const assay_trie_entry *const *e, size_t n, unsigned depth,
			     assay_digest *out, assay_err *err)
{
	assay_digest child[ASSAY_TRIE_CHILDREN];
	bool has[ASSAY_TRIE_CHILDREN] = {false};
	size_t from = 0;

	if (n <= ASSAY_TRIE_LEAF)
		return put_leaf(b, e, n, out, err);
	for (unsigned i = 0; i < ASSAY_TRIE_CHILDREN; i++) {
		const size_t end = run_end(e, n, from, depth, i);

		has[i] = end > from;
		if (has[i]) {
			const assay_code rc = build_node(b, e + from, end - from, depth + 1, &child[i], err);

			if (rc != ASSAY_OK)
				return rc;
		}
		from = end;
	}
	return put_branch(b, n, child, has, out, err);
}

static assay_code check_entry(const assay_trie_entry *e, assay_err *err)
{
	if (assay_outcome_name(e->outcome) == NULL)
		return ASSAY_RAISE(err, ASSAY_EINVAL, "'%s' has no outcome", e->key);
	return ASSAY_OK;
}

static assay_code sort_entries(assay_trie_entry *e, size_t n, assay_err *err)
{
	for (size_t i = 0; i < n; i++) {
		assay_code rc = assay_trie_hash(&e[i].hash, e[i].key, err);

		if (rc == ASSAY_OK)
			rc = check_entry(&e[i], err);
		if (rc != ASSAY_OK)
			return rc;
	}
	if (n > 1)
		qsort(e, n, sizeof(*e), assay_trie_by_hash);
	for (size_t i = 1; i < n; i++)
		if (assay_digest_eq(&e[i - 1].hash, &e[i].hash))
			return ASSAY_RAISE(err, ASSAY_EINVAL, "'%s' is there twice", e[i].key);
	return ASSAY_OK;
}

assay_code assay_trie_build(assay_store *s, assay_trie_entry *entries, size_t count, assay_digest *root, assay_err *err)
{
	ASSAY_AUTO_FREE const assay_trie_entry **e = NULL;
	struct build b = {.store = s};
	assay_code rc = sort_entries(entries, count, err);

	if (rc != ASSAY_OK)
		return rc;
	e = assay_alloc(count, sizeof(*e));
	if (e == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "trie of %zu entries", count);
	for (size_t i = 0; i < count; i++)
		e[i] = &entries[i];
	rc = build_node(&b, e, count, 0, root, err);
	assay_buf_release(&b.node);
	return rc;
}

assay_code assay_trie_root(assay_trie_entry *entries, size_t count, assay_digest *root, assay_err *err)
{
	return assay_trie_build(NULL, entries, count, root, err);
}

/* ---------------------------------------------------------------- edit */

/* The entries of a leaf with changes applied to them: both ascend, and so does what comes of it. */
static size_t merge(const assay_trie_entry **out, const assay_trie_node *leaf, const assay_trie_change *const *c,
		    size_t n)
{
	size_t i = 0, k = 0, m = 0;

	while (i < leaf->count || k < n) {
		const int order = i == leaf->count ? 1
				  : k == n         ? -1
						   : assay_digest_cmp(&leaf->entries[i].hash, &c[k]->entry.hash);

		if (order < 0)
			out[m++] = &leaf->entries[i];
		else if (!c[k]->remove)
			out[m++] = &c[k]->entry;
		i += order <= 0;
		k += order >= 0;
	}
	return m;
}

static assay_code edit_leaf(struct build *b, const assay_trie_node *leaf, const assay_trie_change *const *c, size_t n,
			    unsigned depth, struct subtree *out, assay_err *err)
{
	const size_t room = leaf->count + n;
	const assay_trie_entry **e = assay_scratch_alloc(assay_store_dirfd(b->store), room, sizeof(*e));
	assay_code rc = ASSAY_OK;
	size_t m;

	if (e == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "edit of a trie");
	m = merge(e, leaf, c, n);
	out->before = leaf->count;
	out->count = m;
	out->has = m > 0;
	if (m > 0)
		rc = build_node(b, e, m, depth, &out->digest, err);
	assay_scratch_free(e, room, sizeof(*e));
	return rc;
}

/* A branch that has become small enough is a leaf of what its children hold, which are leaves all. */
static assay_code collapse(struct build *b, const assay_trie_node *branch, const assay_trie_place *at,
			   assay_digest *out, assay_err *err)
{
	ASSAY_AUTO_FREE assay_trie_node *nodes = assay_alloc(ASSAY_TRIE_CHILDREN, sizeof(*nodes));
	const assay_trie_entry *e[ASSAY_TRIE_LEAF];
	size_t count = 0;
	assay_code rc = ASSAY_OK;

	if (nodes == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "edit of a trie");
	for (unsigned i = 0; i < ASSAY_TRIE_CHILDREN && rc == ASSAY_OK; i++) {
		const assay_trie_place child = assay_trie_below(at, i);

		if (branch->has[i])
			rc = assay_trie_node_load(b->store, &branch->child[i], &child, &nodes[i], err);
		if (rc == ASSAY_OK && nodes[i].count > ASSAY_TRIE_LEAF - count)
			rc = ASSAY_RAISE(err, ASSAY_ECORRUPT, "a branch of a trie has more entries than it says");
		for (size_t k = 0; rc == ASSAY_OK && k < nodes[i].count; k++)
			e[count++] = &nodes[i].entries[k];
	}
	if (rc == ASSAY_OK)
		rc = put_leaf(b, e, count, out, err);
	for (unsigned i = 0; i < ASSAY_TRIE_CHILDREN; i++)
		assay_trie_node_release(&nodes[i]);
	return rc;
}

static assay_code edit_node(struct build *b, const assay_digest *node, const assay_trie_place *at,
			    const assay_trie_change *const *c, size_t n, struct subtree *out, assay_err *err);

static assay_code edit_branch(struct build *b, assay_trie_node *branch, const assay_trie_place *at,
			      const assay_trie_change *const *c, size_t n, struct subtree *out, assay_err *err)
{
	size_t from = 0;
	assay_code rc = ASSAY_OK;

	out->before = out->count = branch->below;
	for (unsigned i = 0; i < ASSAY_TRIE_CHILDREN && from < n; i++) {
		const assay_trie_place place = assay_trie_below(at, i);
		struct subtree child = {0};
		size_t end = from;

		while (end < n && assay_trie_nibble(&c[end]->entry.hash, at->depth) == i)
			end++;
		if (end == from)
			continue;
		rc = edit_node(b, branch->has[i] ? &branch->child[i] : NULL, &place, c + from, end - from, &child, err);
		if (rc != ASSAY_OK)
			return rc;
		if (child.before > out->count)
			return ASSAY_RAISE(err, ASSAY_ECORRUPT, "a branch of a trie has more entries than it says");
		out->count += child.count - child.before;
		branch->has[i] = child.has;
		branch->child[i] = child.digest;
		from = end;
	}
	out->has = out->count > 0;
	if (!out->has)
		return ASSAY_OK;
	return out->count > ASSAY_TRIE_LEAF ? put_branch(b, out->count, branch->child, branch->has, &out->digest, err)
					    : collapse(b, branch, at, &out->digest, err);
}

static assay_code edit_node(struct build *b, const assay_digest *node, const assay_trie_place *at,
			    const assay_trie_change *const *c, size_t n, struct subtree *out, assay_err *err)
{
	ASSAY_AUTO_TRIE_NODE here = {0};
	assay_code rc = node != NULL ? assay_trie_node_load(b->store, node, at, &here, err) : ASSAY_OK;

	if (rc != ASSAY_OK)
		return rc;
	return here.below == 0 ? edit_leaf(b, &here, c, n, at->depth, out, err)
			       : edit_branch(b, &here, at, c, n, out, err);
}

static int by_hash_and_time(const void *a, const void *b)
{
	const assay_trie_change *x = *(const assay_trie_change *const *)a, *y = *(const assay_trie_change *const *)b;
	const int order = assay_digest_cmp(&x->entry.hash, &y->entry.hash);

	return order != 0 ? order : (x > y) - (x < y);
}

/* Changes in order of their hash, the last of each key. */
static assay_code sort_changes(const assay_trie_change **to, assay_trie_change *c, size_t *n, assay_err *err)
{
	size_t m = 0;

	for (size_t i = 0; i < *n; i++) {
		assay_code rc = assay_trie_hash(&c[i].entry.hash, c[i].entry.key, err);

		if (rc == ASSAY_OK && !c[i].remove)
			rc = check_entry(&c[i].entry, err);
		if (rc != ASSAY_OK)
			return rc;
		to[i] = &c[i];
	}
	if (*n > 1)
		qsort(to, *n, sizeof(const assay_trie_change *), by_hash_and_time);
	for (size_t i = 0; i < *n; i++) {
		m -= m > 0 && assay_digest_eq(&to[m - 1]->entry.hash, &to[i]->entry.hash);
		to[m++] = to[i];
	}
	*n = m;
	return ASSAY_OK;
}

assay_code assay_trie_edit(assay_store *s, const assay_digest *from, assay_trie_change *changes, size_t count,
			   assay_digest *root, uint64_t *entries, assay_err *err)
{
	const size_t told = count;
	const assay_trie_change **c = assay_scratch_alloc(assay_store_dirfd(s), told, sizeof(*c));
	const assay_trie_place top = {0};
	struct build b = {.store = s};
	struct subtree t = {0};
	assay_code rc;

	if (c == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "edit of a trie");
	rc = sort_changes(c, changes, &count, err);
	if (rc == ASSAY_OK)
		rc = edit_node(&b, from, &top, c, count, &t, err);
	if (rc == ASSAY_OK && !t.has)
		rc = put_leaf(&b, NULL, 0, &t.digest, err);
	assay_scratch_free(c, told, sizeof(*c));
	assay_buf_release(&b.node);
	*root = t.digest;
	*entries = t.count;
	return rc;
}
