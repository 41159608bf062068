#include "catalog.h"

#include "store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CHECKSUM_SIZE 8

const char *assay_table_name(assay_table t)
{
	static const char *const names[ASSAY_TABLE_COUNT] = {
	    [ASSAY_TABLE_META] = "meta",       [ASSAY_TABLE_INDEX] = "index",   [ASSAY_TABLE_EDGE] = "edge",
	    [ASSAY_TABLE_OBJECT] = "object",   [ASSAY_TABLE_SOURCE] = "source", [ASSAY_TABLE_UNIT] = "unit",
	    [ASSAY_TABLE_SAMPLE] = "sample",   [ASSAY_TABLE_TICKET] = "ticket", [ASSAY_TABLE_EVENT] = "event",
	    [ASSAY_TABLE_VERSION] = "version", [ASSAY_TABLE_TAG] = "tag",       [ASSAY_TABLE_RUN] = "run",
	};

	return names[t];
}

assay_code assay_code_from_mdb(int mrc)
{
	switch (mrc) {
	case MDB_SUCCESS:
		return ASSAY_OK;
	case MDB_NOTFOUND:
		return ASSAY_ENOENT;
	case MDB_MAP_FULL:
	case ENOSPC:
	case EDQUOT:
		return ASSAY_EFULL;
	case ENOMEM:
		return ASSAY_ENOMEM;
	case EACCES:
	case EPERM:
	case EROFS:
		return ASSAY_EPERM;
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
	case MDB_PANIC:
	case MDB_INVALID:
	case MDB_VERSION_MISMATCH:
		return ASSAY_ECORRUPT;
	case MDB_READERS_FULL:
	case EAGAIN:
		return ASSAY_EBUSY;
	default:
		return ASSAY_EIO;
	}
}

static assay_code raise_mdb(assay_err *err, int mrc, const char *what, assay_table t)
{
	return ASSAY_RAISE_SYS(err, assay_code_from_mdb(mrc), mrc, "%s catalog table '%s': %s", what,
			       assay_table_name(t), mdb_strerror(mrc));
}

static void put_be(unsigned char *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (unsigned char)(v >> (56 - 8 * i));
}

static uint64_t get_be(const unsigned char *p)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

/* ---------------------------------------------------------------- plain values */

static assay_code raw_get(assay_store *s, assay_table t, const void *key, size_t key_size, MDB_val *val, assay_err *err)
{
	MDB_val k = {.mv_size = key_size, .mv_data = (void *)(uintptr_t)key};
	int mrc;
	assay_code rc = assay_store_begin(s, err);

	if (rc != ASSAY_OK)
		return rc;
	mrc = mdb_get(s->txn, s->dbi[t], &k, val);
	if (mrc == MDB_NOTFOUND)
		return ASSAY_ENOENT;
	return mrc == MDB_SUCCESS ? ASSAY_OK : raise_mdb(err, mrc, "read from", t);
}

/* Room for a value inside the database page, to be filled before the next write. */
static assay_code raw_reserve(assay_store *s, assay_table t, const void *key, size_t key_size, size_t size,
			      unsigned flags, unsigned char **room, assay_err *err)
{
	MDB_val k = {.mv_size = key_size, .mv_data = (void *)(uintptr_t)key};
	MDB_val v = {.mv_size = size, .mv_data = NULL};
	int mrc;
	assay_code rc;

	if (s->read_only)
		return ASSAY_RAISE(err, ASSAY_EINVAL, "write to a store opened for reading");
	rc = assay_store_begin(s, err);
	if (rc != ASSAY_OK)
		return rc;
	mrc = mdb_put(s->txn, s->dbi[t], &k, &v, flags | MDB_RESERVE);
	if (mrc != MDB_SUCCESS) {
		s->broken = true;
		return raise_mdb(err, mrc, "write to", t);
	}
	*room = v.mv_data;
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- rows */

static assay_code checksum(assay_store *s, assay_table t, const void *key, size_t key_size, const void *payload,
			   size_t size, unsigned char out[CHECKSUM_SIZE], assay_err *err)
{
	const unsigned char head[2] = {(unsigned char)t, (unsigned char)key_size};
	assay_digest d;
	assay_code rc;

	ASSAY_TRY(assay_hasher_add(s->hasher, head, sizeof head, err));
	ASSAY_TRY(assay_hasher_add(s->hasher, key, key_size, err));
	ASSAY_TRY(assay_hasher_add(s->hasher, payload, size, err));
	ASSAY_TRY(assay_hasher_end(s->hasher, &d, err));
	memcpy(out, d.bytes, CHECKSUM_SIZE);
fail:
	return rc;
}

static assay_code raise_row(assay_err *err, assay_table t, const void *key, size_t key_size, const char *what)
{
	const unsigned char *k = key;
	char text[2 * 48 + 1] = "";

	if (key_size == 8 && t != ASSAY_TABLE_TAG)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "catalog table '%s', row %" PRIu64 ": %s", assay_table_name(t),
				   get_be(k), what);
	for (size_t i = 0; i < key_size && i < 48; i++) {
		text[2 * i] = "0123456789abcdef"[k[i] >> 4];
		text[2 * i + 1] = "0123456789abcdef"[k[i] & 15];
		text[2 * i + 2] = '\0';
	}
	return ASSAY_RAISE(err, ASSAY_ECORRUPT, "catalog table '%s', key %s: %s", assay_table_name(t), text, what);
}

static assay_code open_row(assay_store *s, assay_table t, const void *key, size_t key_size, const MDB_val *v,
			   const void **payload, size_t *size, assay_err *err)
{
	const unsigned char *p = v->mv_data;
	unsigned char sum[CHECKSUM_SIZE];
	assay_code rc;

	if (v->mv_size < CHECKSUM_SIZE)
		return raise_row(err, t, key, key_size, "too short");
	rc = checksum(s, t, key, key_size, p + CHECKSUM_SIZE, v->mv_size - CHECKSUM_SIZE, sum, err);
	if (rc != ASSAY_OK)
		return rc;
	if (memcmp(sum, p, CHECKSUM_SIZE) != 0)
		return raise_row(err, t, key, key_size, "its checksum differs");
	*payload = p + CHECKSUM_SIZE;
	*size = v->mv_size - CHECKSUM_SIZE;
	return ASSAY_OK;
}

assay_code assay_row_put(assay_store *s, assay_table t, const void *key, size_t key_size, const assay_buf *payload,
			 assay_err *err)
{
	unsigned char sum[CHECKSUM_SIZE];
	unsigned char *room;
	assay_code rc = assay_buf_check(payload, err);

	if (rc == ASSAY_OK)
		rc = checksum(s, t, key, key_size, payload->data, payload->len, sum, err);
	if (rc == ASSAY_OK)
		rc = raw_reserve(s, t, key, key_size, payload->len + CHECKSUM_SIZE, 0, &room, err);
	if (rc != ASSAY_OK)
		return rc;
	memcpy(room, sum, CHECKSUM_SIZE);
	if (payload->len > 0)
		memcpy(room + CHECKSUM_SIZE, payload->data, payload->len);
	return ASSAY_OK;
}

assay_code assay_row_get(assay_store *s, assay_table t, const void *key, size_t key_size, const void **payload,
			 size_t *size, assay_err *err)
{
	MDB_val v;
	assay_code rc = raw_get(s, t, key, key_size, &v, err);

	return rc == ASSAY_OK ? open_row(s, t, key, key_size, &v, payload, size, err) : rc;
}

assay_code assay_row_del(assay_store *s, assay_table t, const void *key, size_t key_size, assay_err *err)
{
	MDB_val k = {.mv_size = key_size, .mv_data = (void *)(uintptr_t)key};
	int mrc;
	assay_code rc = assay_store_begin(s, err);

	if (rc != ASSAY_OK)
		return rc;
	mrc = mdb_del(s->txn, s->dbi[t], &k, NULL);
	if (mrc == MDB_NOTFOUND)
		return ASSAY_ENOENT;
	if (mrc == MDB_SUCCESS)
		return ASSAY_OK;
	s->broken = true;
	return raise_mdb(err, mrc, "delete from", t);
}

assay_code assay_row_put_at(assay_store *s, assay_table t, uint64_t id, const assay_buf *payload, assay_err *err)
{
	unsigned char key[8];

	put_be(key, id);
	return assay_row_put(s, t, key, sizeof key, payload, err);
}

assay_code assay_row_get_at(assay_store *s, assay_table t, uint64_t id, const void **payload, size_t *size,
			    assay_err *err)
{
	unsigned char key[8];

	put_be(key, id);
	return assay_row_get(s, t, key, sizeof key, payload, size, err);
}

/* ---------------------------------------------------------------- numbers */

static assay_code load_ids(assay_store *s, assay_err *err)
{
	char name[32];

	if (s->ids_loaded)
		return ASSAY_OK;
	for (unsigned t = 0; t < ASSAY_TABLE_COUNT; t++) {
		assay_code rc;

		(void)snprintf(name, sizeof name, "next.%s", assay_table_name((assay_table)t));
		rc = assay_meta_get(s, name, &s->next_id[t], err);
		if (rc != ASSAY_OK)
			return rc;
		if (s->next_id[t] == 0)
			s->next_id[t] = 1;
	}
	s->ids_loaded = true;
	return ASSAY_OK;
}

assay_code assay_next_id(assay_store *s, assay_table t, uint64_t *id, assay_err *err)
{
	assay_code rc = load_ids(s, err);

	if (rc != ASSAY_OK)
		return rc;
	*id = s->next_id[t]++;
	s->ids_dirty = true;
	return ASSAY_OK;
}

assay_code assay_meta_get(assay_store *s, const char *name, uint64_t *value, assay_err *err)
{
	const void *payload;
	size_t size;
	assay_code rc = assay_row_get(s, ASSAY_TABLE_META, name, strlen(name), &payload, &size, err);

	*value = 0;
	if (rc == ASSAY_ENOENT)
		return ASSAY_OK;
	if (rc != ASSAY_OK)
		return rc;
	if (size != 8)
		return raise_row(err, ASSAY_TABLE_META, name, strlen(name), "not a number");
	*value = get_be(payload);
	return ASSAY_OK;
}

assay_code assay_meta_put(assay_store *s, const char *name, uint64_t value, assay_err *err)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	unsigned char bytes[8];

	put_be(bytes, value);
	assay_buf_append(&b, bytes, sizeof bytes);
	return assay_row_put(s, ASSAY_TABLE_META, name, strlen(name), &b, err);
}

/* ---------------------------------------------------------------- scans */

static assay_code open_cursor(assay_store *s, assay_table t, MDB_cursor **cur, assay_err *err)
{
	int mrc;
	assay_code rc = assay_store_begin(s, err);

	if (rc != ASSAY_OK)
		return rc;
	mrc = mdb_cursor_open(s->txn, s->dbi[t], cur);
	return mrc == MDB_SUCCESS ? ASSAY_OK : raise_mdb(err, mrc, "scan", t);
}

assay_code assay_rows_each(assay_store *s, assay_table t, bool backwards, assay_row_fn *fn, void *ctx, assay_err *err)
{
	MDB_cursor *cur = NULL;
	MDB_val k, v;
	int mrc;
	assay_code rc = open_cursor(s, t, &cur, err);

	if (rc != ASSAY_OK)
		return rc;
	for (mrc = mdb_cursor_get(cur, &k, &v, backwards ? MDB_LAST : MDB_FIRST); mrc == MDB_SUCCESS && rc == ASSAY_OK;
	     mrc = mdb_cursor_get(cur, &k, &v, backwards ? MDB_PREV : MDB_NEXT)) {
		const void *payload;
		size_t size;

		rc = open_row(s, t, k.mv_data, k.mv_size, &v, &payload, &size, err);
		if (rc == ASSAY_OK)
			rc = fn(ctx, k.mv_data, k.mv_size, payload, size, err);
		if (rc != ASSAY_OK)
			break;
	}
	if (rc == ASSAY_OK && mrc != MDB_NOTFOUND)
		rc = raise_mdb(err, mrc, "scan", t);
	mdb_cursor_close(cur);
	return rc;
}

assay_code assay_rows_each_at(assay_store *s, assay_table t, assay_row_at_fn *fn, void *ctx, assay_err *err)
{
	uint64_t end = 0;
	assay_code rc = load_ids(s, err);

	if (s->read_only)
		s->ids_loaded = false; /* the next snapshot may have more */
	end = s->next_id[t];
	for (uint64_t id = 1; rc == ASSAY_OK && id < end; id++) {
		const void *payload;
		size_t size;

		rc = assay_row_get_at(s, t, id, &payload, &size, err);
		if (rc == ASSAY_ENOENT)
			rc = ASSAY_OK;
		else if (rc == ASSAY_OK)
			rc = fn(ctx, id, payload, size, err);
	}
	return rc;
}

/* ---------------------------------------------------------------- index */

static void index_key(unsigned char key[1 + ASSAY_DIGEST_SIZE], assay_index_type type, const assay_digest *d)
{
	key[0] = (unsigned char)type;
	memcpy(key + 1, d->bytes, ASSAY_DIGEST_SIZE);
}

assay_code assay_index_put(assay_store *s, assay_index_type type, const assay_digest *d, uint64_t id, assay_err *err)
{
	unsigned char key[1 + ASSAY_DIGEST_SIZE];
	unsigned char *room;
	assay_code rc;

	index_key(key, type, d);
	rc = raw_reserve(s, ASSAY_TABLE_INDEX, key, sizeof key, 8, 0, &room, err);
	if (rc == ASSAY_OK)
		put_be(room, id);
	return rc;
}

assay_code assay_index_get(assay_store *s, assay_index_type type, const assay_digest *d, uint64_t *id, assay_err *err)
{
	unsigned char key[1 + ASSAY_DIGEST_SIZE];
	MDB_val v;
	assay_code rc;

	index_key(key, type, d);
	rc = raw_get(s, ASSAY_TABLE_INDEX, key, sizeof key, &v, err);
	if (rc != ASSAY_OK)
		return rc;
	if (v.mv_size != 8)
		return raise_row(err, ASSAY_TABLE_INDEX, key, sizeof key, "not a number");
	*id = get_be(v.mv_data);
	return ASSAY_OK;
}

assay_code assay_index_put_text(assay_store *s, assay_index_type type, const char *text, uint64_t id, assay_err *err)
{
	assay_digest d;
	assay_code rc = assay_digest_of(&d, text, strlen(text), err);

	return rc == ASSAY_OK ? assay_index_put(s, type, &d, id, err) : rc;
}

assay_code assay_index_get_text(assay_store *s, assay_index_type type, const char *text, uint64_t *id, assay_err *err)
{
	assay_digest d;
	assay_code rc = assay_digest_of(&d, text, strlen(text), err);

	return rc == ASSAY_OK ? assay_index_get(s, type, &d, id, err) : rc;
}

assay_code assay_content_id(assay_store *s, const assay_digest *d, uint64_t *id, assay_err *err)
{
	assay_code rc = assay_index_get(s, ASSAY_INDEX_CONTENT, d, id, err);

	if (rc != ASSAY_ENOENT)
		return rc;
	rc = assay_next_id(s, ASSAY_TABLE_INDEX, id, err);
	return rc == ASSAY_OK ? assay_index_put(s, ASSAY_INDEX_CONTENT, d, *id, err) : rc;
}

static bool starts_with_hex(const unsigned char *digest, const char *hex, size_t digits)
{
	for (size_t i = 0; i < digits; i++) {
		const unsigned nibble = i % 2 == 0 ? digest[i / 2] >> 4 : digest[i / 2] & 15u;

		if ("0123456789abcdef"[nibble] != hex[i])
			return false;
	}
	return true;
}

static void hex_start(unsigned char key[1 + ASSAY_DIGEST_SIZE], assay_index_type type, const char *hex, size_t digits)
{
	static const char alphabet[] = "0123456789abcdef";

	memset(key, 0, 1 + ASSAY_DIGEST_SIZE);
	key[0] = (unsigned char)type;
	for (size_t i = 0; i < digits; i++) {
		const char *at = strchr(alphabet, hex[i]);
		const unsigned nibble = at != NULL ? (unsigned)(at - alphabet) : 0;

		key[1 + i / 2] = (unsigned char)(key[1 + i / 2] | (i % 2 == 0 ? nibble << 4 : nibble));
	}
}

assay_code assay_index_prefix(assay_store *s, assay_index_type type, const char *hex, assay_index_fn *fn, void *ctx,
			      assay_err *err)
{
	const size_t digits = strnlen(hex, 2 * ASSAY_DIGEST_SIZE);
	unsigned char start[1 + ASSAY_DIGEST_SIZE];
	MDB_val k = {.mv_size = sizeof start, .mv_data = start}, v;
	MDB_cursor *cur = NULL;
	int mrc;
	assay_code rc = open_cursor(s, ASSAY_TABLE_INDEX, &cur, err);

	if (rc != ASSAY_OK)
		return rc;
	hex_start(start, type, hex, digits);
	for (mrc = mdb_cursor_get(cur, &k, &v, MDB_SET_RANGE); mrc == MDB_SUCCESS && rc == ASSAY_OK;
	     mrc = mdb_cursor_get(cur, &k, &v, MDB_NEXT)) {
		const unsigned char *p = k.mv_data;
		assay_digest d;

		if (k.mv_size != sizeof start || p[0] != (unsigned char)type || !starts_with_hex(p + 1, hex, digits))
			break;
		memcpy(d.bytes, p + 1, sizeof d.bytes);
		rc = v.mv_size == 8 ? fn(ctx, &d, get_be(v.mv_data), err)
				    : raise_row(err, ASSAY_TABLE_INDEX, p, k.mv_size, "not a number");
		if (rc != ASSAY_OK)
			break;
	}
	if (rc == ASSAY_OK && mrc != MDB_SUCCESS && mrc != MDB_NOTFOUND)
		rc = raise_mdb(err, mrc, "scan", ASSAY_TABLE_INDEX);
	mdb_cursor_close(cur);
	return rc;
}

/* ---------------------------------------------------------------- edges */

#define EDGE_KEY 17

static void edge_key(unsigned char key[EDGE_KEY], assay_edge_kind kind, uint64_t from, uint64_t to)
{
	key[0] = (unsigned char)kind;
	put_be(key + 1, from);
	put_be(key + 9, to);
}

assay_code assay_edge_put(assay_store *s, assay_edge_kind kind, uint64_t from, uint64_t to, assay_err *err)
{
	unsigned char key[EDGE_KEY];
	unsigned char *room;

	edge_key(key, kind, from, to);
	return raw_reserve(s, ASSAY_TABLE_EDGE, key, sizeof key, 0, 0, &room, err);
}

/* Seeks anew for each edge, so that fn may write (a write may move the pages under a cursor). */
assay_code assay_edges_each(assay_store *s, assay_edge_kind kind, uint64_t from, assay_edge_fn *fn, void *ctx,
			    assay_err *err)
{
	uint64_t to = 0;

	for (;;) {
		unsigned char start[EDGE_KEY];
		MDB_val k = {.mv_size = sizeof start, .mv_data = start}, v;
		MDB_cursor *cur = NULL;
		bool more;
		int mrc;
		assay_code rc = open_cursor(s, ASSAY_TABLE_EDGE, &cur, err);

		if (rc != ASSAY_OK)
			return rc;
		edge_key(start, kind, from, to);
		mrc = mdb_cursor_get(cur, &k, &v, MDB_SET_RANGE);
		more = mrc == MDB_SUCCESS && k.mv_size == EDGE_KEY && memcmp(k.mv_data, start, 9) == 0;
		if (more)
			to = get_be((const unsigned char *)k.mv_data + 9);
		mdb_cursor_close(cur);
		if (mrc != MDB_SUCCESS && mrc != MDB_NOTFOUND)
			return raise_mdb(err, mrc, "scan", ASSAY_TABLE_EDGE);
		if (!more)
			return ASSAY_OK;
		rc = fn(ctx, to, err);
		if (rc != ASSAY_OK || to == UINT64_MAX)
			return rc;
		to++;
	}
}
