#include "catalog.h"

#include "catalog_raw.h"
#include "handle.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CHECKSUM_SIZE 8
#define GENERATION    "generation"

assay_code assay_catalog_raise(assay_err *err, int mrc, const char *what, assay_table t)
{
	return ASSAY_RAISE_SYS(err, assay_code_from_mdb(mrc), mrc, "%s catalog table '%s': %s", what,
			       assay_table_name(t), mdb_strerror(mrc));
}

uint64_t assay_row_number(const void *key, size_t key_size)
{
	return key_size == 8 ? assay_get_be64(key) : 0;
}

void assay_event_key(unsigned char key[ASSAY_EVENT_KEY], uint64_t ticket, uint32_t ordinal)
{
	assay_put_be64(key, ticket);
	for (int i = 0; i < 4; i++)
		key[8 + i] = (unsigned char)(ordinal >> (24 - 8 * i));
}

/* ---------------------------------------------------------------- plain values */

static assay_code raw_get(assay_store *s, assay_table t, const void *key, size_t key_size, MDB_val *val, assay_err *err)
{
	MDB_val k = {.mv_size = key_size, .mv_data = (void *)(uintptr_t)key};
	int mrc;
	assay_code rc = assay_env_begin(&s->env, err);

	if (rc != ASSAY_OK)
		return rc;
	mrc = assay_env_get(&s->env, t, &k, val);
	if (mrc == MDB_NOTFOUND)
		return ASSAY_ENOENT;
	return mrc == MDB_SUCCESS ? ASSAY_OK : assay_catalog_raise(err, mrc, "read from", t);
}

/* Digests are anywhere in the index: each has a page to itself. Rows and edges are mostly written in order. */
static uint64_t weight_of(assay_table t, size_t size)
{
	return t == ASSAY_TABLE_INDEX ? 16 : 1 + size / 256;
}

assay_code assay_catalog_reserve(assay_store *s, assay_table t, const void *key, size_t key_size, size_t size,
				 unsigned flags, unsigned char **room, assay_err *err)
{
	MDB_val k = {.mv_size = key_size, .mv_data = (void *)(uintptr_t)key};
	MDB_val v = {.mv_size = size, .mv_data = NULL};
	int mrc;
	assay_code rc;

	if (s->read_only)
		return ASSAY_RAISE(err, ASSAY_EINVAL, "write to a store opened for reading");
	rc = assay_env_begin(&s->env, err);
	if (rc == ASSAY_OK)
		rc = assay_undo_note(s, t, key, key_size, err);
	if (rc != ASSAY_OK)
		return rc;
	s->weight += weight_of(t, key_size + size);
	mrc = mdb_put(s->env.txn, s->env.dbi[t], &k, &v, flags | MDB_RESERVE);
	if (mrc != MDB_SUCCESS) {
		s->env.broken = true;
		return assay_catalog_raise(err, mrc, "write to", t);
	}
	*room = v.mv_data;
	return ASSAY_OK;
}

assay_code assay_catalog_remove(assay_store *s, assay_table t, const void *key, size_t key_size, assay_err *err)
{
	MDB_val k = {.mv_size = key_size, .mv_data = (void *)(uintptr_t)key};
	int mrc;
	assay_code rc;

	if (s->read_only)
		return ASSAY_RAISE(err, ASSAY_EINVAL, "write to a store opened for reading");
	rc = assay_env_begin(&s->env, err);
	if (rc == ASSAY_OK)
		rc = assay_undo_note(s, t, key, key_size, err);
	if (rc != ASSAY_OK)
		return rc;
	s->weight += weight_of(t, key_size);
	mrc = mdb_del(s->env.txn, s->env.dbi[t], &k, NULL);
	if (mrc == MDB_SUCCESS || mrc == MDB_NOTFOUND)
		return ASSAY_OK;
	s->env.broken = true;
	return assay_catalog_raise(err, mrc, "write to", t);
}

/* ---------------------------------------------------------------- rows */

static assay_code checksum(assay_table t, const void *key, size_t key_size, const void *payload, size_t size,
			   unsigned char out[CHECKSUM_SIZE], assay_err *err)
{
	const unsigned char head[2] = {(unsigned char)t, (unsigned char)key_size};
	const assay_piece pieces[] = {{head, sizeof head}, {key, key_size}, {payload, size}};
	assay_digest d;
	const assay_code rc = assay_digest_of_pieces(&d, pieces, ASSAY_COUNT(pieces), err);

	if (rc == ASSAY_OK)
		memcpy(out, d.bytes, CHECKSUM_SIZE);
	return rc;
}

static assay_code raise_row(assay_err *err, assay_table t, const void *key, size_t key_size, const char *what)
{
	const unsigned char *k = key;
	char text[2 * 48 + 1] = "";

	if (key_size == 8 && t != ASSAY_TABLE_TAG)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "catalog table '%s', row %" PRIu64 ": %s", assay_table_name(t),
				   assay_get_be64(k), what);
	for (size_t i = 0; i < key_size && i < 48; i++) {
		text[2 * i] = "0123456789abcdef"[k[i] >> 4];
		text[2 * i + 1] = "0123456789abcdef"[k[i] & 15];
		text[2 * i + 2] = '\0';
	}
	return ASSAY_RAISE(err, ASSAY_ECORRUPT, "catalog table '%s', key %s: %s", assay_table_name(t), text, what);
}

static assay_code open_row(assay_table t, const void *key, size_t key_size, const MDB_val *v, const void **payload,
			   size_t *size, assay_err *err)
{
	const unsigned char *p = v->mv_data;
	unsigned char sum[CHECKSUM_SIZE];
	assay_code rc;

	if (v->mv_size < CHECKSUM_SIZE)
		return raise_row(err, t, key, key_size, "too short");
	rc = checksum(t, key, key_size, p + CHECKSUM_SIZE, v->mv_size - CHECKSUM_SIZE, sum, err);
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
		rc = checksum(t, key, key_size, payload->data, payload->len, sum, err);
	if (rc == ASSAY_OK)
		rc = assay_catalog_reserve(s, t, key, key_size, payload->len + CHECKSUM_SIZE, 0, &room, err);
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

	return rc == ASSAY_OK ? open_row(t, key, key_size, &v, payload, size, err) : rc;
}

assay_code assay_row_put_at(assay_store *s, assay_table t, uint64_t id, const assay_buf *payload, assay_err *err)
{
	unsigned char key[8];

	assay_put_be64(key, id);
	return assay_row_put(s, t, key, sizeof key, payload, err);
}

assay_code assay_row_get_at(assay_store *s, assay_table t, uint64_t id, const void **payload, size_t *size,
			    assay_err *err)
{
	unsigned char key[8];

	assay_put_be64(key, id);
	return assay_row_get(s, t, key, sizeof key, payload, size, err);
}

/* ---------------------------------------------------------------- numbers */

static void counter_name(char out[32], assay_table t)
{
	(void)snprintf(out, 32, "next.%s", assay_table_name(t));
}

static assay_code ids_end(assay_store *s, assay_table t, uint64_t *end, assay_err *err)
{
	char name[32];
	assay_code rc;

	counter_name(name, t);
	rc = assay_meta_get(s, name, end, err);
	if (rc == ASSAY_OK && *end == 0)
		*end = 1;
	return rc;
}

static assay_code load_ids(assay_store *s, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	if (s->ids.loaded)
		return ASSAY_OK;
	for (unsigned t = 0; rc == ASSAY_OK && t < ASSAY_TABLE_COUNT; t++)
		rc = ids_end(s, (assay_table)t, &s->ids.next[t], err);
	if (rc == ASSAY_OK)
		rc = assay_meta_get(s, GENERATION, &s->ids.generation, err);
	s->ids.loaded = rc == ASSAY_OK;
	return rc;
}

assay_code assay_next_id(assay_store *s, assay_table t, uint64_t *id, assay_err *err)
{
	assay_code rc = load_ids(s, err);

	if (rc != ASSAY_OK)
		return rc;
	*id = s->ids.next[t]++;
	s->ids.dirty = true;
	return ASSAY_OK;
}

assay_code assay_ids_save(assay_store *s, assay_err *err)
{
	char name[32];
	assay_code rc = ASSAY_OK;

	if (!s->ids.dirty)
		return ASSAY_OK;
	for (unsigned t = 0; rc == ASSAY_OK && t < ASSAY_TABLE_COUNT; t++) {
		counter_name(name, (assay_table)t);
		rc = assay_meta_put(s, name, s->ids.next[t], err);
	}
	if (rc == ASSAY_OK)
		rc = assay_meta_put(s, GENERATION, s->ids.generation, err);
	s->ids.dirty = rc != ASSAY_OK;
	return rc;
}

void assay_ids_forget(assay_store *s)
{
	s->ids.loaded = s->ids.dirty = false;
}

assay_code assay_generation_get(assay_store *s, uint64_t *out, assay_err *err)
{
	assay_code rc;

	if (s->read_only)
		return assay_meta_get(s, GENERATION, out, err);
	rc = load_ids(s, err);
	*out = s->ids.generation;
	return rc;
}

assay_code assay_generation_advance(assay_store *s, uint64_t *now, assay_err *err)
{
	const assay_code rc = load_ids(s, err);

	if (rc != ASSAY_OK)
		return rc;
	*now = ++s->ids.generation;
	s->ids.dirty = true;
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
	*value = assay_get_be64(payload);
	return ASSAY_OK;
}

assay_code assay_meta_put(assay_store *s, const char *name, uint64_t value, assay_err *err)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	unsigned char bytes[8];

	assay_put_be64(bytes, value);
	assay_buf_append(&b, bytes, sizeof bytes);
	return assay_row_put(s, ASSAY_TABLE_META, name, strlen(name), &b, err);
}

/* ---------------------------------------------------------------- scans */

assay_code assay_catalog_cursor(assay_store *s, assay_table t, MDB_cursor **cur, assay_err *err)
{
	int mrc;
	assay_code rc = assay_env_begin(&s->env, err);

	if (rc != ASSAY_OK)
		return rc;
	mrc = mdb_cursor_open(s->env.txn, s->env.dbi[t], cur);
	return mrc == MDB_SUCCESS ? ASSAY_OK : assay_catalog_raise(err, mrc, "scan", t);
}

assay_code assay_rows_each(assay_store *s, assay_table t, bool backwards, assay_row_fn *fn, void *ctx, assay_err *err)
{
	MDB_cursor *cur = NULL;
	MDB_val k, v;
	int mrc;
	assay_code rc = s->env.there[t] ? assay_catalog_cursor(s, t, &cur, err) : ASSAY_OK;

	if (rc != ASSAY_OK || cur == NULL)
		return rc;
	for (mrc = mdb_cursor_get(cur, &k, &v, backwards ? MDB_LAST : MDB_FIRST); mrc == MDB_SUCCESS && rc == ASSAY_OK;
	     mrc = mdb_cursor_get(cur, &k, &v, backwards ? MDB_PREV : MDB_NEXT)) {
		const void *payload;
		size_t size;

		rc = open_row(t, k.mv_data, k.mv_size, &v, &payload, &size, err);
		if (rc == ASSAY_OK)
			rc = fn(ctx, k.mv_data, k.mv_size, payload, size, err);
		if (rc != ASSAY_OK)
			break;
	}
	if (rc == ASSAY_OK && mrc != MDB_NOTFOUND)
		rc = assay_catalog_raise(err, mrc, "scan", t);
	mdb_cursor_close(cur);
	return rc;
}

assay_code assay_rows_count(assay_store *s, assay_table t, uint64_t *count, assay_err *err)
{
	MDB_stat st = {0};
	int mrc = MDB_SUCCESS;
	const assay_code rc = s->env.there[t] ? assay_env_begin(&s->env, err) : ASSAY_OK;

	if (rc == ASSAY_OK && s->env.there[t])
		mrc = mdb_stat(s->env.txn, s->env.dbi[t], &st);
	*count = st.ms_entries;
	return mrc == MDB_SUCCESS ? rc : assay_catalog_raise(err, mrc, "count", t);
}

assay_code assay_keys_each(assay_store *s, assay_table t, assay_key_fn *fn, void *ctx, assay_err *err)
{
	MDB_cursor *cur = NULL;
	MDB_val k, v;
	int mrc = MDB_SUCCESS;
	assay_code rc = s->env.there[t] ? assay_catalog_cursor(s, t, &cur, err) : ASSAY_OK;

	if (rc != ASSAY_OK || cur == NULL)
		return rc;
	while (rc == ASSAY_OK && (mrc = mdb_cursor_get(cur, &k, &v, MDB_NEXT)) == MDB_SUCCESS)
		rc = fn(ctx, k.mv_data, k.mv_size, err);
	if (rc == ASSAY_OK && mrc != MDB_NOTFOUND)
		rc = assay_catalog_raise(err, mrc, "scan", t);
	mdb_cursor_close(cur);
	return rc;
}

/* A writer's numbers run ahead of the saved ones; a reader's snapshot has what was saved with it. */
assay_code assay_rows_end(assay_store *s, assay_table t, uint64_t *end, assay_err *err)
{
	assay_code rc;

	if (s->read_only)
		return ids_end(s, t, end, err);
	rc = load_ids(s, err);
	*end = s->ids.next[t];
	return rc;
}

assay_code assay_rows_from_at(assay_store *s, assay_table t, uint64_t first, assay_row_at_fn *fn, void *ctx,
			      assay_err *err)
{
	uint64_t end;
	assay_code rc = assay_rows_end(s, t, &end, err);

	for (uint64_t id = first; rc == ASSAY_OK && id < end; id++) {
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

assay_code assay_rows_each_at(assay_store *s, assay_table t, assay_row_at_fn *fn, void *ctx, assay_err *err)
{
	return assay_rows_from_at(s, t, 1, fn, ctx, err);
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
	rc = assay_catalog_reserve(s, ASSAY_TABLE_INDEX, key, sizeof key, 8, 0, &room, err);
	if (rc == ASSAY_OK)
		assay_put_be64(room, id);
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
	*id = assay_get_be64(v.mv_data);
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
	assay_code rc = assay_catalog_cursor(s, ASSAY_TABLE_INDEX, &cur, err);

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
		rc = v.mv_size == 8 ? fn(ctx, &d, assay_get_be64(v.mv_data), err)
				    : raise_row(err, ASSAY_TABLE_INDEX, p, k.mv_size, "not a number");
		if (rc != ASSAY_OK)
			break;
	}
	if (rc == ASSAY_OK && mrc != MDB_SUCCESS && mrc != MDB_NOTFOUND)
		rc = assay_catalog_raise(err, mrc, "scan", ASSAY_TABLE_INDEX);
	mdb_cursor_close(cur);
	return rc;
}
