/*
 * The trie of a version without its store: the layout is that of lineage/src/trie.c, which says it. A consumer who
 * has the manifests and this layout can compute the version's id; that is what it is written down for.
 */
#include "content.h"

#include <stdlib.h>
#include <string.h>

#define FORMAT       1
#define FIELDS       3
#define CHILDREN     16
#define ENTRY_FIELDS 5

static unsigned nibble(const assay_digest *d, unsigned depth)
{
	return depth % 2 == 0 ? d->bytes[depth / 2] >> 4 : d->bytes[depth / 2] & 15u;
}

static void put_entry(assay_buf *b, const assay_trie_entry *e)
{
	assay_cbor_array(b, ENTRY_FIELDS);
	assay_cbor_text(b, e->key);
	assay_cbor_uint(b, e->outcome);
	assay_cbor_uint(b, e->kind);
	if (e->outcome == ASSAY_OUTCOME_ACCEPTED || e->outcome == ASSAY_OUTCOME_WAIVED) {
		assay_cbor_digest(b, &e->content);
		assay_cbor_digest(b, &e->work_key);
	} else {
		assay_cbor_text(b, e->stage);
		assay_cbor_uint(b, e->failure);
	}
}

static void put_head(assay_buf *b, uint64_t below, size_t items)
{
	assay_cbor_map(b, FIELDS);
	assay_cbor_uint(b, 0), assay_cbor_uint(b, FORMAT);
	assay_cbor_uint(b, 1), assay_cbor_uint(b, below);
	assay_cbor_uint(b, 2), assay_cbor_array(b, items);
}

static assay_code finish(const assay_buf *b, assay_digest *out, assay_err *err)
{
	const assay_code rc = assay_buf_check(b, err);

	return rc == ASSAY_OK ? assay_digest_of(out, b->data, b->len, err) : rc;
}

static assay_code leaf(const assay_trie_entry *e, size_t n, assay_digest *out, assay_err *err)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	put_head(&b, 0, n);
	for (size_t i = 0; i < n; i++)
		put_entry(&b, &e[i]);
	return finish(&b, out, err);
}

/* Entries are distinct, so the depth ends before the bits of their hashes do. */
static assay_code node(const assay_trie_entry *e, size_t n, unsigned depth, assay_digest *out, assay_err *err)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	size_t from = 0;

	if (n <= ASSAY_TRIE_LEAF)
		return leaf(e, n, out, err);
	put_head(&b, n, CHILDREN);
	for (unsigned i = 0; i < CHILDREN; i++) {
		size_t end = from;
		assay_digest child;
		assay_code rc;

		while (end < n && nibble(&e[end].hash, depth) == i)
			end++;
		if (end == from) {
			assay_cbor_null(&b);
			continue;
		}
		rc = node(e + from, end - from, depth + 1, &child, err);
		if (rc != ASSAY_OK)
			return rc;
		assay_cbor_digest(&b, &child);
		from = end;
	}
	return finish(&b, out, err);
}

static int by_hash(const void *a, const void *b)
{
	return assay_digest_cmp(&((const assay_trie_entry *)a)->hash, &((const assay_trie_entry *)b)->hash);
}

assay_code content_root(assay_trie_entry *entries, size_t count, assay_digest *out, assay_err *err)
{
	for (size_t i = 0; i < count; i++) {
		const assay_code rc = assay_digest_of(&entries[i].hash, entries[i].key, strlen(entries[i].key), err);

		if (rc != ASSAY_OK)
			return rc;
	}
	if (count > 1)
		qsort(entries, count, sizeof *entries, by_hash);
	for (size_t i = 1; i < count; i++)
		if (assay_digest_eq(&entries[i - 1].hash, &entries[i].hash))
			return ASSAY_RAISE(err, ASSAY_EDIFFER, "'%s' is there twice", entries[i].key);
	return node(entries, count, 0, out, err);
}
