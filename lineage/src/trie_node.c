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
#include "trie_node.h"

#include "assay/kind.h"
#include "assay/memory.h"

#include "record.h"

#include <string.h>

#define FORMAT       1
#define FIELDS       3
#define DEPTH_MAX    (2u * ASSAY_DIGEST_SIZE)
#define ENTRY_FIELDS 5

unsigned assay_trie_nibble(const assay_digest *d, unsigned depth)
{
	const unsigned byte = d->bytes[depth / 2];

	return depth % 2 == 0 ? byte >> 4 : byte & 15u;
}

bool assay_trie_delivers(assay_outcome outcome)
{
	return outcome == ASSAY_OUTCOME_ACCEPTED || outcome == ASSAY_OUTCOME_WAIVED;
}

assay_code assay_trie_hash(assay_digest *out, const char *key, assay_err *err)
{
	return assay_digest_of(out, key, strlen(key), err);
}

int assay_trie_by_hash(const void *a, const void *b)
{
	return assay_digest_cmp(&((const assay_trie_entry *)a)->hash, &((const assay_trie_entry *)b)->hash);
}

assay_trie_place assay_trie_below(const assay_trie_place *p, unsigned next)
{
	assay_trie_place child = *p;
	const unsigned shift = p->depth % 2 == 0 ? 4 : 0;

	child.prefix.bytes[p->depth / 2] = (uint8_t)(child.prefix.bytes[p->depth / 2] | next << shift);
	child.depth++;
	return child;
}

void assay_trie_node_release(assay_trie_node *n)
{
	assay_buf_release(&n->bytes);
}

/* ---------------------------------------------------------------- encode */

static void encode_entry(assay_buf *out, const assay_trie_entry *e)
{
	assay_cbor_array(out, ENTRY_FIELDS);
	assay_cbor_text(out, e->key);
	assay_cbor_uint(out, e->outcome);
	assay_cbor_uint(out, e->kind);
	if (assay_trie_delivers(e->outcome)) {
		assay_cbor_digest(out, &e->content);
		assay_cbor_digest(out, &e->work_key);
	} else {
		assay_cbor_text(out, e->stage);
		assay_cbor_uint(out, e->failure);
	}
}

static void encode_head(assay_buf *out, uint64_t below, size_t items)
{
	assay_cbor_map(out, FIELDS);
	assay_cbor_uint(out, 0);
	assay_cbor_uint(out, FORMAT);
	assay_cbor_uint(out, 1);
	assay_cbor_uint(out, below);
	assay_cbor_uint(out, 2);
	assay_cbor_array(out, items);
}

void assay_trie_encode_leaf(assay_buf *out, const assay_trie_entry *const *entries, size_t count)
{
	encode_head(out, 0, count);
	for (size_t i = 0; i < count; i++)
		encode_entry(out, entries[i]);
}

void assay_trie_encode_branch(assay_buf *out, uint64_t below, const assay_digest *child, const bool *has)
{
	encode_head(out, below, ASSAY_TRIE_CHILDREN);
	for (unsigned i = 0; i < ASSAY_TRIE_CHILDREN; i++)
		assay_cbor_digest(out, has[i] ? &child[i] : NULL);
}

/* ---------------------------------------------------------------- read */

static bool belongs(const assay_digest *hash, const assay_trie_place *p)
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
	if (e->kind > ASSAY_SAMPLE_KIND_MAX)
		assay_cbor_fault(c, "unknown kind of sample");
	if (assay_trie_delivers(e->outcome)) {
		if (!assay_cbor_read_digest(c, &e->content) || !assay_cbor_read_digest(c, &e->work_key))
			assay_cbor_fault(c, "entry without its digests");
	} else {
		*stage = read_slice(c, true);
		e->failure = assay_record_u32(c);
	}
}

/* The byte behind a text is the head of the next item, which has been read by now: it becomes the text's NUL. (An
 * entry never ends with a text.) */
static const char *terminate(assay_trie_node *n, const struct slice *s)
{
	if (s->text == NULL)
		return NULL;
	n->bytes.data[(size_t)(s->text - (const char *)n->bytes.data) + s->size] = '\0';
	return s->text;
}

static void read_leaf(assay_cbor_reader *c, assay_trie_node *n, size_t items)
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

static void read_branch(assay_cbor_reader *c, assay_trie_node *n, size_t items)
{
	bool any = false;

	if (items != ASSAY_TRIE_CHILDREN)
		assay_cbor_fault(c, "branch does not have 16 children");
	if (n->below <= ASSAY_TRIE_LEAF)
		assay_cbor_fault(c, "branch with too few entries");
	for (unsigned i = 0; i < ASSAY_TRIE_CHILDREN && c->fault == NULL; i++) {
		n->has[i] = assay_cbor_read_digest(c, &n->child[i]);
		any |= n->has[i];
	}
	/* Every way down ends in entries, which are of one place alone: however nodes are shared, a walk comes to an end. */
	if (!any)
		assay_cbor_fault(c, "branch without children");
}

static void read_node(assay_cbor_reader *c, assay_trie_node *n)
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

static assay_code check_entries(assay_trie_node *n, const assay_trie_place *at, assay_err *err)
{
	for (size_t i = 0; i < n->count; i++) {
		assay_trie_entry *e = &n->entries[i];
		assay_code rc = assay_trie_hash(&e->hash, e->key, err);

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

assay_code assay_trie_node_load(assay_store *s, const assay_digest *d, const assay_trie_place *at, assay_trie_node *out,
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
