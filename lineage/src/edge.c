#include "catalog.h"

#include "catalog_raw.h"
#include "handle.h"

#include <string.h>

static void edge_key(unsigned char key[ASSAY_EDGE_KEY], assay_edge_kind kind, uint64_t from, uint64_t to)
{
	key[0] = (unsigned char)kind;
	assay_put_be64(key + 1, from);
	assay_put_be64(key + 9, to);
}

assay_code assay_edge_put(assay_store *s, assay_edge_kind kind, uint64_t from, uint64_t to, assay_err *err)
{
	unsigned char key[ASSAY_EDGE_KEY];
	unsigned char *room;

	edge_key(key, kind, from, to);
	return assay_catalog_reserve(s, ASSAY_TABLE_EDGE, key, sizeof key, 0, 0, &room, err);
}

bool assay_edge_read(const void *key, size_t key_size, assay_edge_kind *kind, uint64_t *from, uint64_t *to)
{
	const unsigned char *k = key;

	if (key_size != ASSAY_EDGE_KEY || k[0] < ASSAY_EDGE_CONTENT_UNIT || k[0] > ASSAY_EDGE_SOURCE_SAMPLE)
		return false;
	*kind = (assay_edge_kind)k[0];
	*from = assay_get_be64(k + 1);
	*to = assay_get_be64(k + 9);
	return true;
}

assay_code assay_edge_next(assay_store *s, assay_edge_kind kind, uint64_t *from, assay_err *err)
{
	unsigned char start[ASSAY_EDGE_KEY];
	MDB_val k = {.mv_size = sizeof start, .mv_data = start}, v;
	assay_edge_kind found;
	MDB_cursor *cur = NULL;
	uint64_t to;
	int mrc;
	bool more;
	assay_code rc;

	if (*from == UINT64_MAX)
		return ASSAY_ENOENT;
	rc = assay_catalog_cursor(s, ASSAY_TABLE_EDGE, &cur, err);
	if (rc != ASSAY_OK)
		return rc;
	edge_key(start, kind, *from + 1, 0);
	mrc = mdb_cursor_get(cur, &k, &v, MDB_SET_RANGE);
	more = mrc == MDB_SUCCESS && assay_edge_read(k.mv_data, k.mv_size, &found, from, &to) && found == kind;
	mdb_cursor_close(cur);
	if (mrc != MDB_SUCCESS && mrc != MDB_NOTFOUND)
		return assay_catalog_raise(err, mrc, "scan", ASSAY_TABLE_EDGE);
	return more ? ASSAY_OK : ASSAY_ENOENT;
}

/* What is told when an edge was read: an end as soon as it is known to have company, with the first of them. */
static assay_code tell_shared(uint64_t from, uint64_t to, uint64_t last[2], unsigned *alike, assay_edge_fn *fn,
			      void *ctx, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	*alike = *alike > 0 && from == last[0] ? *alike + 1 : 1;
	if (*alike == 2)
		rc = fn(ctx, last[1], err);
	if (*alike >= 2 && rc == ASSAY_OK)
		rc = fn(ctx, to, err);
	last[0] = from;
	last[1] = to;
	return rc;
}

assay_code assay_edges_shared(assay_store *s, assay_edge_kind kind, assay_edge_fn *fn, void *ctx, assay_err *err)
{
	unsigned char start[ASSAY_EDGE_KEY];
	MDB_val k = {.mv_size = sizeof start, .mv_data = start}, v;
	MDB_cursor *cur = NULL;
	uint64_t last[2] = {0};
	unsigned alike = 0;
	int mrc;
	assay_code rc = assay_catalog_cursor(s, ASSAY_TABLE_EDGE, &cur, err);

	if (rc != ASSAY_OK)
		return rc;
	edge_key(start, kind, 0, 0);
	for (mrc = mdb_cursor_get(cur, &k, &v, MDB_SET_RANGE); mrc == MDB_SUCCESS && rc == ASSAY_OK;
	     mrc = mdb_cursor_get(cur, &k, &v, MDB_NEXT)) {
		assay_edge_kind found;
		uint64_t from, to;

		if (!assay_edge_read(k.mv_data, k.mv_size, &found, &from, &to) || found != kind)
			break;
		rc = tell_shared(from, to, last, &alike, fn, ctx, err);
	}
	mdb_cursor_close(cur);
	if (rc == ASSAY_OK && mrc != MDB_SUCCESS && mrc != MDB_NOTFOUND)
		rc = assay_catalog_raise(err, mrc, "scan", ASSAY_TABLE_EDGE);
	return rc;
}

/* Seeks anew for each edge, so that fn may write (a write may move the pages under a cursor). */
assay_code assay_edges_each(assay_store *s, assay_edge_kind kind, uint64_t from, assay_edge_fn *fn, void *ctx,
			    assay_err *err)
{
	uint64_t to = 0;

	for (;;) {
		unsigned char start[ASSAY_EDGE_KEY];
		MDB_val k = {.mv_size = sizeof start, .mv_data = start}, v;
		MDB_cursor *cur = NULL;
		bool more;
		int mrc;
		assay_code rc = assay_catalog_cursor(s, ASSAY_TABLE_EDGE, &cur, err);

		if (rc != ASSAY_OK)
			return rc;
		edge_key(start, kind, from, to);
		mrc = mdb_cursor_get(cur, &k, &v, MDB_SET_RANGE);
		more = mrc == MDB_SUCCESS && k.mv_size == ASSAY_EDGE_KEY && memcmp(k.mv_data, start, 9) == 0;
		if (more)
			to = assay_get_be64((const unsigned char *)k.mv_data + 9);
		mdb_cursor_close(cur);
		if (mrc != MDB_SUCCESS && mrc != MDB_NOTFOUND)
			return assay_catalog_raise(err, mrc, "scan", ASSAY_TABLE_EDGE);
		if (!more)
			return ASSAY_OK;
		rc = fn(ctx, to, err);
		if (rc != ASSAY_OK || to == UINT64_MAX)
			return rc;
		to++;
	}
}
