/*
 * Layout of a trie node (an object; maps have ascending integer keys):
 *   leaf:   {0: format 1, 1: 0, 2: [entry...]} with at most 32 entries in ascending order of SHA-256(key)
 *   branch: {0: format 1, 1: entries below, 2: [16 x child digest | null]} with more than 32 entries below; child i
 *           holds the keys whose hash goes on with the four bits i (high half of a byte first)
 *   entry:  [key, outcome, kind, content, work key] when accepted or waived,
 *           [key, outcome, kind, null | stage, failure] otherwise
 * A child without entries is null; only the root may be a leaf without entries. So a set of entries has one shape,
 * whatever order they came in. Hashes are not stored: they are computed from the keys that are read.
 */
#include "assay/trie.h"

#include "assay/memory.h"

#include "record.h"

#include <stdlib.h>
#include <string.h>

#define FORMAT       1
#define FIELDS       3
#define CHILDREN     16
#define DEPTH_MAX    (2u * ASSAY_DIGEST_SIZE)
#define ENTRY_FIELDS 5

static unsigned nibble(const assay_digest *d, unsigned depth)
{
	const unsigned byte = d->bytes[depth / 2];

	return depth % 2 == 0 ? byte >> 4 : byte & 15u;
}

static bool is_delivered(assay_outcome outcome)
{
	return outcome == ASSAY_OUTCOME_ACCEPTED || outcome == ASSAY_OUTCOME_WAIVED;
}

static assay_code hash_key(assay_digest *out, const char *key, assay_err *err)
{
	return assay_digest_of(out, key, strlen(key), err);
}

/* End of the run of entries that go on with this nibble. */
static size_t run_end(const assay_trie_entry *e, size_t n, size_t from, unsigned depth, unsigned next)
{
	while (from < n && nibble(&e[from].hash, depth) == next)
		from++;
	return from;
}

/* ---------------------------------------------------------------- build */

struct build {
	assay_store *store; /* NULL: nodes are digested, and not kept */
	assay_buf node;     /* used by one node at a time: children are stored before their parent is written */
};

static int by_hash(const void *a, const void *b)
{
	return assay_digest_cmp(&((const assay_trie_entry *)a)->hash, &((const assay_trie_entry *)b)->hash);
}

static void encode_entry(assay_buf *out, const assay_trie_entry *e)
{
	assay_cbor_array(out, ENTRY_FIELDS);
	assay_cbor_text(out, e->key);
	assay_cbor_uint(out, e->outcome);
	assay_cbor_uint(out, e->kind);
	if (is_delivered(e->outcome)) {
		assay_cbor_digest(out, &e->content);
		assay_cbor_digest(out, &e->work_key);
	} else {
		assay_cbor_text(out, e->stage);
		assay_cbor_uint(out, e->failure);
	}
}

static void encode_head(assay_buf *out, uint64_t below, size_t items)
{
	assay_buf_reset(out);
	assay_cbor_map(out, FIELDS);
	assay_cbor_uint(out, 0);
	assay_cbor_uint(out, FORMAT);
	assay_cbor_uint(out, 1);
	assay_cbor_uint(out, below);
	assay_cbor_uint(out, 2);
	assay_cbor_array(out, items);
}

static assay_code put_node(struct build *b, assay_digest *out, assay_err *err)
{
	assay_code rc = assay_buf_check(&b->node, err);

	if (rc != ASSAY_OK)
		return rc;
	if (b->store == NULL)
		return assay_digest_of(out, b->node.data, b->node.len, err);
	return assay_object_put(b->store, ASSAY_OBJECT_TRIE, b->node.data, b->node.len, NULL, out, NULL, err);
}

static assay_code build_node(struct build *b, const assay_trie_entry *e, size_t n, unsigned depth, assay_digest *out,
			     assay_err *err)
{
	assay_digest child[CHILDREN];
	bool has[CHILDREN] = {false};
	size_t from = 0;
	assay_code rc;

	if (n <= ASSAY_TRIE_LEAF) {
		encode_head(&b->node, 0, n);
		for (size_t i = 0; i < n; i++)
			encode_entry(&b->node, &e[i]);
		return put_node(b, out, err);
	}
	for (unsigned i = 0; i < CHILDREN; i++) {
		const size_t end = run_end(e, n, from, depth, i);

		has[i] = end > from;
		if (has[i]) {
			rc = build_node(b, e + from, end - from, depth + 1, &child[i], err);
			if (rc != ASSAY_OK)
				return rc;
		}
		from = end;
	}
	encode_head(&b->node, n, CHILDREN);
	for (unsigned i = 0; i < CHILDREN; i++)
		assay_cbor_digest(&b->node, has[i] ? &child[i] : NULL);
	return put_node(b, out, err);
}

static assay_code sort_entries(assay_trie_entry *e, size_t n, assay_err *err)
{
	for (size_t i = 0; i < n; i++) {
		assay_code rc = hash_key(&e[i].hash, e[i].key, err);

		if (rc != ASSAY_OK)
			return rc;
		if (assay_outcome_name(e[i].outcome) == NULL)
			return ASSAY_RAISE(err, ASSAY_EINVAL, "'%s' has no outcome", e[i].key);
	}
	if (n > 1)
		qsort(e, n, sizeof(*e), by_hash);
	for (size_t i = 1; i < n; i++)
		if (assay_digest_eq(&e[i - 1].hash, &e[i].hash))
			return ASSAY_RAISE(err, ASSAY_EINVAL, "'%s' is there twice", e[i].key);
	return ASSAY_OK;
}

assay_code assay_trie_build(assay_store *s, assay_trie_entry *entries, size_t count, assay_digest *root, assay_err *err)
{
	struct build b = {.store = s};
	assay_code rc = sort_entries(entries, count, err);

	if (rc == ASSAY_OK)
		rc = build_node(&b, entries, count, 0, root, err);
	assay_buf_release(&b.node);
	return rc;
}

assay_code assay_trie_root(assay_trie_entry *entries, size_t count, assay_digest *root, assay_err *err)
{
	return assay_trie_build(NULL, entries, count, root, err);
}

/* ---------------------------------------------------------------- read a node */

struct node {
	uint64_t below;                            /* entries below a branch; 0 for a leaf */
	size_t count;                              /* entries of a leaf */
	assay_trie_entry entries[ASSAY_TRIE_LEAF]; /* texts lie in bytes */
	assay_digest child[CHILDREN];
	bool has[CHILDREN];
	assay_buf bytes;
};

static void node_release(struct node *n)
{
	assay_buf_release(&n->bytes);
}
#define AUTO_NODE ASSAY_CLEANUP(node_release) struct node

/* Where a node hangs: the bits that its keys' hashes start with. */
struct place {
	assay_digest prefix; /* zeroes beyond depth */
	unsigned depth;      /* nibbles */
};

static struct place below(const struct place *p, unsigned next)
{
	struct place child = *p;
	const unsigned shift = p->depth % 2 == 0 ? 4 : 0;

	child.prefix.bytes[p->depth / 2] = (uint8_t)(child.prefix.bytes[p->depth / 2] | next << shift);
	child.depth++;
	return child;
}

static bool belongs(const assay_digest *hash, const struct place *p)
{
	const unsigned whole = p->depth / 2;

	if (memcmp(hash->bytes, p->prefix.bytes, whole) != 0)
		return false;
	return p->depth % 2 == 0 || hash->bytes[whole] >> 4 == p->prefix.bytes[whole] >> 4;
}

struct slice {
	const char *text;
	size_t size;
};

static struct slice read_slice(assay_cbor_reader *c, bool optional)
{
	struct slice s = {0};

	if (optional && assay_cbor_read_null(c))
		return s;
	s.text = assay_cbor_read_text(c, &s.size);
	if (s.text != NULL && memchr(s.text, '\0', s.size) != NULL)
		assay_cbor_fault(c, "text holds a NUL");
	return s;
}

static void read_entry(assay_cbor_reader *c, assay_trie_entry *e, struct slice *key, struct slice *stage)
{
	uint32_t outcome;

	if (assay_cbor_read_array(c) != ENTRY_FIELDS)
		assay_cbor_fault(c, "entry does not have 5 fields");
	*key = read_slice(c, false);
	outcome = assay_record_u32(c);
	if (assay_outcome_name(outcome) == NULL)
		assay_cbor_fault(c, "unknown outcome");
	e->outcome = (assay_outcome)outcome;
	e->kind = assay_record_u32(c);
	if (is_delivered(e->outcome)) {
		if (!assay_cbor_read_digest(c, &e->content) || !assay_cbor_read_digest(c, &e->work_key))
			assay_cbor_fault(c, "entry without its digests");
	} else {
		*stage = read_slice(c, true);
		e->failure = assay_record_u32(c);
	}
}

/* The byte behind a text is the head of the next item, which has been read by now: it becomes the text's NUL. (An
 * entry never ends with a text.) */
static const char *terminate(struct node *n, const struct slice *s)
{
	if (s->text == NULL)
		return NULL;
	n->bytes.data[(size_t)(s->text - (const char *)n->bytes.data) + s->size] = '\0';
	return s->text;
}

static void read_leaf(assay_cbor_reader *c, struct node *n, size_t items)
{
	struct slice key[ASSAY_TRIE_LEAF] = {{0}}, stage[ASSAY_TRIE_LEAF] = {{0}};

	if (items > ASSAY_TRIE_LEAF) {
		assay_cbor_fault(c, "leaf with too many entries");
		return;
	}
	for (size_t i = 0; i < items && c->fault == NULL; i++) {
		n->entries[i] = (assay_trie_entry){0};
		read_entry(c, &n->entries[i], &key[i], &stage[i]);
	}
	if (c->fault != NULL)
		return;
	for (size_t i = 0; i < items; i++) {
		n->entries[i].key = terminate(n, &key[i]);
		n->entries[i].stage = terminate(n, &stage[i]);
	}
	n->count = items;
}

static void read_branch(assay_cbor_reader *c, struct node *n, size_t items)
{
	if (items != CHILDREN)
		assay_cbor_fault(c, "branch does not have 16 children");
	if (n->below <= ASSAY_TRIE_LEAF)
		assay_cbor_fault(c, "branch with too few entries");
	for (unsigned i = 0; i < CHILDREN && c->fault == NULL; i++)
		n->has[i] = assay_cbor_read_digest(c, &n->child[i]);
}

static void read_node(assay_cbor_reader *c, struct node *n)
{
	size_t items;

	assay_record_head(c, FIELDS, "node does not have 3 fields", FORMAT, "unknown trie format");
	assay_cbor_read_key(c, 1);
	n->below = assay_cbor_read_uint(c);
	assay_cbor_read_key(c, 2);
	items = assay_cbor_read_array(c);
	if (n->below == 0)
		read_leaf(c, n, items);
	else
		read_branch(c, n, items);
}

static assay_code check_entries(struct node *n, const struct place *at, assay_err *err)
{
	for (size_t i = 0; i < n->count; i++) {
		assay_trie_entry *e = &n->entries[i];
		assay_code rc = hash_key(&e->hash, e->key, err);

		if (rc != ASSAY_OK)
			return rc;
		if (!belongs(&e->hash, at))
			return ASSAY_RAISE(err, ASSAY_ECORRUPT, "'%s' does not belong here", e->key);
		if (i > 0 && assay_digest_cmp(&e[-1].hash, &e->hash) >= 0)
			return ASSAY_RAISE(err, ASSAY_ECORRUPT, "'%s' is out of order", e->key);
	}
	if (n->below == 0 && n->count == 0 && at->depth > 0)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "a leaf without entries");
	return ASSAY_OK;
}

static assay_code load_node(assay_store *s, const assay_digest *d, const struct place *at, struct node *out,
			    assay_err *err)
{
	char hex[ASSAY_DIGEST_HEX];
	assay_cbor_reader c;
	assay_code rc;

	if (at->depth >= DEPTH_MAX)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "trie is deeper than its hashes are long");
	rc = assay_object_get(s, d, &out->bytes, err);
	if (rc == ASSAY_ENOENT) { /* a trie without one of its nodes: the message stands */
		rc = ASSAY_ECORRUPT;
		if (err != NULL)
			err->code = rc;
	}
	if (rc != ASSAY_OK)
		return rc;
	assay_cbor_reader_init(&c, out->bytes.data, out->bytes.len);
	read_node(&c, out);
	rc = assay_cbor_finish(&c, "node", err);
	if (rc == ASSAY_OK)
		rc = check_entries(out, at, err);
	if (rc != ASSAY_OK)
		(void)assay_err_prefix(err, "trie node %s", assay_digest_hex(d, hex));
	return rc;
}

/* ---------------------------------------------------------------- walk */

/* A node that is damaged does not hide what stands beside it: the walk goes on, and its error comes back at the end,
 * so that a check can tell all that is affected. */
struct walk {
	assay_store *store;
	assay_trie_fn *entry_fn;     /* NULL: entries are not told */
	assay_trie_node_fn *node_fn; /* NULL: nodes are not told */
	void *ctx;
	bool stopped;     /* by a callback, whatever its code */
	assay_err damage; /* the first; code ASSAY_OK while there is none */
};

static assay_code walk_node(struct walk *w, const assay_digest *d, const struct place *at, uint64_t *count,
			    assay_err *err);

static assay_code walk_children(struct walk *w, const struct node *n, const assay_digest *d, const struct place *at,
				assay_err *err)
{
	char hex[ASSAY_DIGEST_HEX];
	bool all = true;
	uint64_t sum = 0;

	for (unsigned i = 0; i < CHILDREN; i++) {
		const struct place child = below(at, i);
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
	if (all && sum != n->below)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "trie node %s: its counts do not add up",
				   assay_digest_hex(d, hex));
	return ASSAY_OK;
}

static assay_code walk_leaf(struct walk *w, const struct node *n, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < n->count && w->entry_fn != NULL && rc == ASSAY_OK; i++)
		rc = w->entry_fn(w->ctx, &n->entries[i], err);
	w->stopped = rc != ASSAY_OK;
	return rc;
}

static assay_code walk_node(struct walk *w, const assay_digest *d, const struct place *at, uint64_t *count,
			    assay_err *err)
{
	AUTO_NODE n = {0};
	assay_code rc = w->node_fn != NULL ? w->node_fn(w->ctx, d, err) : ASSAY_OK;

	w->stopped = rc != ASSAY_OK;
	if (rc == ASSAY_OK)
		rc = load_node(w->store, d, at, &n, err);
	if (rc != ASSAY_OK)
		return rc;
	*count = n.below > 0 ? n.below : n.count;
	return n.below > 0 ? walk_children(w, &n, d, at, err) : walk_leaf(w, &n, err);
}

static assay_code walk_root(struct walk *w, const assay_digest *root, assay_err *err)
{
	const struct place top = {0};
	uint64_t count;
	assay_code rc = walk_node(w, root, &top, &count, err);

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
	const struct place top = {0};
	AUTO_NODE n = {0};
	assay_code rc = load_node(s, root, &top, &n, err);

	if (rc == ASSAY_OK)
		*count = n.below > 0 ? n.below : n.count;
	return rc;
}

assay_code assay_trie_find(assay_store *s, const assay_digest *root, const char *key, assay_trie_fn *fn, void *ctx,
			   assay_err *err)
{
	assay_trie_entry wanted = {.key = key};
	struct place at = {0};
	assay_digest d = *root;
	assay_code rc = hash_key(&wanted.hash, key, err);

	while (rc == ASSAY_OK) {
		AUTO_NODE n = {0};
		const unsigned next = nibble(&wanted.hash, at.depth);
		const assay_trie_entry *e;

		rc = load_node(s, &d, &at, &n, err);
		if (rc != ASSAY_OK)
			return rc;
		if (n.below == 0) {
			e = bsearch(&wanted, n.entries, n.count, sizeof(*n.entries), by_hash);
			return e != NULL ? fn(ctx, e, err) : ASSAY_ENOENT;
		}
		if (!n.has[next])
			return ASSAY_ENOENT;
		d = n.child[next];
		at = below(&at, next);
	}
	return rc;
}

/* ---------------------------------------------------------------- difference */

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

static bool same_entry(const assay_trie_entry *a, const assay_trie_entry *b)
{
	if (a->outcome != b->outcome || a->kind != b->kind)
		return false;
	if (is_delivered(a->outcome))
		return assay_digest_eq(&a->content, &b->content) && assay_digest_eq(&a->work_key, &b->work_key);
	if (a->failure != b->failure || (a->stage == NULL) != (b->stage == NULL))
		return false;
	return a->stage == NULL || strcmp(a->stage, b->stage) == 0;
}

static assay_code diff_entries(const struct diff *x, const struct side *a, const struct side *b, assay_err *err)
{
	size_t i = 0, k = 0;
	assay_code rc = ASSAY_OK;

	while (rc == ASSAY_OK && (i < a->count || k < b->count)) {
		const int order = i == a->count ? 1 : k == b->count ? -1 : by_hash(&a->entries[i], &b->entries[k]);
		const assay_trie_entry *left = order <= 0 ? &a->entries[i++] : NULL;
		const assay_trie_entry *right = order >= 0 ? &b->entries[k++] : NULL;

		if (left == NULL || right == NULL || !same_entry(left, right))
			rc = x->fn(x->ctx, left, right, err);
	}
	return rc;
}

/* Read the side's node, if it is one; a leaf turns into its entries. */
static assay_code open_side(const struct diff *x, struct side *side, const struct place *at, struct node *room,
			    assay_err *err)
{
	assay_code rc;

	if (side->node == NULL)
		return ASSAY_OK;
	rc = load_node(x->store, side->node, at, room, err);
	if (rc == ASSAY_OK && room->below == 0)
		*side = (struct side){.entries = room->entries, .count = room->count};
	return rc;
}

/* What the side has under child i. *from walks through a side's entries. */
static struct side child_side(const struct side *side, const struct node *n, const struct place *at, unsigned i,
			      size_t *from)
{
	struct side child = {0};

	if (side->node != NULL) {
		child.node = n->has[i] ? &n->child[i] : NULL;
		return child;
	}
	child.entries = side->entries + *from;
	child.count = run_end(side->entries, side->count, *from, at->depth, i) - *from;
	*from += child.count;
	return child;
}

static assay_code diff_sides(const struct diff *x, struct side a, struct side b, const struct place *at, assay_err *err)
{
	AUTO_NODE left = {0};
	AUTO_NODE right = {0};
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
	for (unsigned i = 0; i < CHILDREN && rc == ASSAY_OK; i++) {
		const struct place child = below(at, i);

		rc = diff_sides(x, child_side(&a, &left, at, i, &from_a), child_side(&b, &right, at, i, &from_b),
				&child, err);
	}
	return rc;
}

assay_code assay_trie_diff(assay_store *s, const assay_digest *a, const assay_digest *b, assay_trie_diff_fn *fn,
			   void *ctx, assay_err *err)
{
	const struct diff x = {.store = s, .fn = fn, .ctx = ctx};
	const struct place top = {0};

	return diff_sides(&x, (struct side){.node = a}, (struct side){.node = b}, &top, err);
}
