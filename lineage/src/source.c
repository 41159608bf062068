/*
 * Layout of a source row (key: number; maps have ascending integer keys, absent values are null):
 *   {0: format 4, 1: path, 2: modality, 3: stamp, 4: digest, 5: [[key, value, origin]...], 6: [sidecar...],
 *    7: recipe, 8: [unit...], 9: missing, 10: null | [failure, message], 11: cause, 12: run,
 *    13: null | [digest, recipe, [sidecar...], [[key, value]...]], 14: standing, 15: moved}
 * Up to format 3 there were no origin in 5 (the rule was the only one) and no metadata in 13, format 2 had no 15,
 * format 1 no 14 either.
 *   stamp:   [size, mtime ns, ctime ns, inode, hashed ns]
 *   sidecar: [role, path, stamp, digest]
 * Index 'p': SHA-256(path) -> number. Edge content -> source for every digest that it ever had.
 */
#include "assay/source.h"

#include "catalog.h"
#include "record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT     4
#define FORMAT_OLD 3 /* up to it, without origins of metadata */
#define FIELDS     16

static void sidecars_free(assay_source_sidecar *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(list[i].role);
		free(list[i].path);
	}
	free(list);
}

static void pairs_free(char **keys, char **values, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(keys[i]);
		free(values[i]);
	}
	free(keys);
	free(values);
}

void assay_source_release(assay_source *src)
{
	pairs_free(src->metadata_keys, src->metadata_values, src->metadata_count);
	pairs_free(src->before_metadata_keys, src->before_metadata_values, src->before_metadata_count);
	free(src->metadata_origins);
	sidecars_free(src->sidecars, src->sidecar_count);
	sidecars_free(src->before_sidecars, src->before_sidecar_count);
	free(src->units);
	free(src->path);
	free(src->message);
	*src = (assay_source){0};
}

/* ---------------------------------------------------------------- encode */

static void encode_stamp(assay_buf *out, const assay_stamp *t)
{
	assay_cbor_array(out, 5);
	assay_cbor_uint(out, t->size);
	assay_cbor_int(out, t->mtime_ns);
	assay_cbor_int(out, t->ctime_ns);
	assay_cbor_uint(out, t->inode);
	assay_cbor_int(out, t->hashed_ns);
}

static void encode_sidecars(assay_buf *out, const assay_source_sidecar *list, size_t count)
{
	assay_cbor_array(out, count);
	for (size_t i = 0; i < count; i++) {
		assay_cbor_array(out, 4);
		assay_cbor_text(out, list[i].role);
		assay_cbor_text(out, list[i].path);
		encode_stamp(out, &list[i].stamp);
		assay_cbor_digest(out, &list[i].digest);
	}
}

static void encode_metadata(assay_buf *out, const assay_source *src)
{
	assay_cbor_array(out, src->metadata_count);
	for (size_t i = 0; i < src->metadata_count; i++) {
		assay_cbor_array(out, 3);
		assay_cbor_text(out, src->metadata_keys[i]);
		assay_cbor_text(out, src->metadata_values[i]);
		assay_cbor_uint(out, src->metadata_origins ? src->metadata_origins[i] : ASSAY_METADATA_RULE);
	}
}

static void encode_metadata_before(assay_buf *out, const assay_source *src)
{
	assay_cbor_array(out, src->before_metadata_count);
	for (size_t i = 0; i < src->before_metadata_count; i++) {
		assay_cbor_array(out, 2);
		assay_cbor_text(out, src->before_metadata_keys[i]);
		assay_cbor_text(out, src->before_metadata_values[i]);
	}
}

static void encode_units(assay_buf *out, const assay_source *src)
{
	assay_cbor_array(out, src->unit_count);
	for (size_t i = 0; i < src->unit_count; i++)
		assay_cbor_uint(out, src->units[i]);
}

static void encode_failure(assay_buf *out, const assay_source *src)
{
	if (src->failure == ASSAY_FAILURE_NONE) {
		assay_cbor_null(out);
		return;
	}
	assay_cbor_array(out, 2);
	assay_cbor_uint(out, src->failure);
	assay_cbor_words(out, src->message);
}

static void encode_before(assay_buf *out, const assay_source *src)
{
	if (!src->has_before) {
		assay_cbor_null(out);
		return;
	}
	assay_cbor_array(out, 4);
	assay_cbor_digest(out, &src->before_digest);
	assay_cbor_digest(out, &src->before_recipe);
	encode_sidecars(out, src->before_sidecars, src->before_sidecar_count);
	encode_metadata_before(out, src);
}

static void encode(assay_buf *out, const assay_source *src)
{
	assay_cbor_map(out, FIELDS);
	assay_cbor_uint(out, 0);
	assay_cbor_uint(out, FORMAT);
	assay_cbor_uint(out, 1);
	assay_cbor_text(out, src->path);
	assay_cbor_uint(out, 2);
	assay_cbor_uint(out, src->modality);
	assay_cbor_uint(out, 3);
	encode_stamp(out, &src->stamp);
	assay_cbor_uint(out, 4);
	assay_cbor_digest(out, &src->digest);
	assay_cbor_uint(out, 5);
	encode_metadata(out, src);
	assay_cbor_uint(out, 6);
	encode_sidecars(out, src->sidecars, src->sidecar_count);
	assay_cbor_uint(out, 7);
	assay_cbor_digest(out, &src->recipe);
	assay_cbor_uint(out, 8);
	encode_units(out, src);
	assay_cbor_uint(out, 9);
	assay_cbor_bool(out, src->missing);
	assay_cbor_uint(out, 10);
	encode_failure(out, src);
	assay_cbor_uint(out, 11);
	assay_cbor_uint(out, src->cause);
	assay_cbor_uint(out, 12);
	assay_cbor_uint(out, src->run);
	assay_cbor_uint(out, 13);
	encode_before(out, src);
	assay_cbor_uint(out, 14);
	assay_cbor_uint(out, src->standing);
	assay_cbor_uint(out, 15);
	assay_cbor_uint(out, src->moved);
}

/* ---------------------------------------------------------------- decode */

static void read_stamp(assay_cbor_reader *c, assay_stamp *t)
{
	assay_record_tuple(c, 5, "stamp does not have 5 numbers");
	t->size = assay_cbor_read_uint(c);
	t->mtime_ns = assay_cbor_read_int(c);
	t->ctime_ns = assay_cbor_read_int(c);
	t->inode = assay_cbor_read_uint(c);
	t->hashed_ns = assay_cbor_read_int(c);
}

static void read_sidecars(assay_cbor_reader *c, assay_source_sidecar **list, size_t *count)
{
	size_t n;

	*list = assay_record_list(c, sizeof(**list), &n);
	while (*count < n && c->fault == NULL) {
		assay_source_sidecar *s = &(*list)[(*count)++];

		assay_record_tuple(c, 4, "sidecar does not have 4 fields");
		s->role = assay_record_text(c);
		s->path = assay_record_text(c);
		read_stamp(c, &s->stamp);
		assay_record_digest(c, &s->digest);
	}
}

static uint8_t read_origin(assay_cbor_reader *c)
{
	const uint32_t origin = assay_record_u32(c);

	if (assay_metadata_origin_name(origin) == NULL)
		assay_cbor_fault(c, "unknown origin of metadata");
	return (uint8_t)origin;
}

static void read_metadata(assay_cbor_reader *c, assay_source *src, bool old)
{
	size_t n;

	src->metadata_keys = assay_record_list(c, sizeof(*src->metadata_keys), &n);
	src->metadata_values = assay_record_room(c, n, sizeof(*src->metadata_values));
	src->metadata_origins = assay_record_room(c, n, sizeof(*src->metadata_origins));
	while (src->metadata_count < n && c->fault == NULL) {
		const size_t i = src->metadata_count++;

		assay_record_tuple(c, old ? 2 : 3, "metadata are not key, value and origin");
		src->metadata_keys[i] = assay_record_text(c);
		src->metadata_values[i] = assay_record_text(c);
		src->metadata_origins[i] = old ? ASSAY_METADATA_RULE : read_origin(c);
	}
}

static char *copy_text(const assay_cbor_reader *c, const char *text)
{
	return c->arena != NULL ? assay_arena_strdup(c->arena, text) : assay_strdup(text);
}

/* What old formats did not keep is taken to have been as it is: no change is told that was not seen. */
static void assume_metadata_before(assay_cbor_reader *c, assay_source *src)
{
	const size_t n = src->metadata_count;

	src->before_metadata_keys = assay_record_room(c, n, sizeof(*src->before_metadata_keys));
	src->before_metadata_values = assay_record_room(c, n, sizeof(*src->before_metadata_values));
	while (src->before_metadata_count < n && c->fault == NULL) {
		const size_t i = src->before_metadata_count++;

		src->before_metadata_keys[i] = copy_text(c, src->metadata_keys[i]);
		src->before_metadata_values[i] = copy_text(c, src->metadata_values[i]);
		if (src->before_metadata_keys[i] == NULL || src->before_metadata_values[i] == NULL)
			assay_cbor_fault(c, "out of memory");
	}
}

static void read_metadata_before(assay_cbor_reader *c, assay_source *src)
{
	size_t n;

	src->before_metadata_keys = assay_record_list(c, sizeof(*src->before_metadata_keys), &n);
	src->before_metadata_values = assay_record_room(c, n, sizeof(*src->before_metadata_values));
	while (src->before_metadata_count < n && c->fault == NULL) {
		const size_t i = src->before_metadata_count++;

		assay_record_tuple(c, 2, "metadata before are not pairs");
		src->before_metadata_keys[i] = assay_record_text(c);
		src->before_metadata_values[i] = assay_record_text(c);
	}
}

static void read_units(assay_cbor_reader *c, assay_source *src)
{
	size_t n;

	src->units = assay_record_list(c, sizeof(*src->units), &n);
	while (src->unit_count < n && c->fault == NULL)
		src->units[src->unit_count++] = assay_cbor_read_uint(c);
}

static void read_failure(assay_cbor_reader *c, assay_source *src)
{
	if (assay_cbor_read_null(c))
		return;
	assay_record_tuple(c, 2, "failure is not a pair");
	src->failure = assay_record_failure(c);
	src->message = assay_cbor_read_strdup(c);
}

static void read_before(assay_cbor_reader *c, assay_source *src, bool old)
{
	src->has_before = !assay_cbor_read_null(c);
	if (!src->has_before)
		return;
	assay_record_tuple(c, old ? 3 : 4, "state before has another number of fields");
	assay_record_digest(c, &src->before_digest);
	assay_record_digest(c, &src->before_recipe);
	read_sidecars(c, &src->before_sidecars, &src->before_sidecar_count);
	if (old)
		assume_metadata_before(c, src);
	else
		read_metadata_before(c, src);
}

/* Old formats did not keep what a metadata sidecar said: its stamp must not be trusted. */
static void distrust_metadata(assay_source *src)
{
	for (size_t i = 0; i < src->sidecar_count; i++)
		if (src->sidecars[i].role != NULL && strcmp(src->sidecars[i].role, "metadata") == 0)
			src->sidecars[i].stamp.hashed_ns = 0;
}

static void read_modality(assay_cbor_reader *c, assay_source *src)
{
	uint32_t m = assay_record_u32(c);

	if (assay_modality_name(m) == NULL)
		assay_cbor_fault(c, "unknown modality");
	src->modality = (assay_modality)m;
}

static void read_state(assay_cbor_reader *c, assay_source *src, bool old)
{
	assay_cbor_read_key(c, 7);
	assay_record_digest(c, &src->recipe);
	assay_cbor_read_key(c, 8);
	read_units(c, src);
	assay_cbor_read_key(c, 9);
	src->missing = assay_cbor_read_bool(c);
	assay_cbor_read_key(c, 10);
	read_failure(c, src);
	assay_cbor_read_key(c, 11);
	src->cause = assay_record_u32(c);
	assay_cbor_read_key(c, 12);
	src->run = assay_cbor_read_uint(c);
	assay_cbor_read_key(c, 13);
	read_before(c, src, old);
}

static void read_standing(assay_cbor_reader *c, assay_source *src)
{
	uint32_t standing;

	assay_cbor_read_key(c, 14);
	standing = assay_record_u32(c);
	if (standing > ASSAY_STANDING_MAX)
		assay_cbor_fault(c, "unknown standing");
	src->standing = (assay_standing)standing;
}

/* Number of the format, by which the rest is read. */
static uint64_t read_head(assay_cbor_reader *c)
{
	const size_t fields = assay_cbor_read_map(c);
	uint64_t format;

	assay_cbor_read_key(c, 0);
	format = assay_cbor_read_uint(c);
	if (format < 1 || format > FORMAT)
		assay_cbor_fault(c, "unknown source format");
	else if (fields != (format < 3 ? FIELDS - (3 - format) : FIELDS))
		assay_cbor_fault(c, "source does not have the fields of its format");
	return format;
}

static void read_source(assay_cbor_reader *c, assay_source *src)
{
	const uint64_t format = read_head(c);
	const bool old = format <= FORMAT_OLD;

	assay_cbor_read_key(c, 1);
	src->path = assay_record_text(c);
	assay_cbor_read_key(c, 2);
	read_modality(c, src);
	assay_cbor_read_key(c, 3);
	read_stamp(c, &src->stamp);
	assay_cbor_read_key(c, 4);
	assay_record_digest(c, &src->digest);
	assay_cbor_read_key(c, 5);
	read_metadata(c, src, old);
	assay_cbor_read_key(c, 6);
	read_sidecars(c, &src->sidecars, &src->sidecar_count);
	if (old)
		distrust_metadata(src);
	read_state(c, src, old);
	if (format >= 2)
		read_standing(c, src);
	if (format >= 3) {
		assay_cbor_read_key(c, 15);
		src->moved = assay_cbor_read_uint(c);
	}
}

/* With an arena, what *out holds is the arena's, and must not be released. */
static assay_code decode(assay_source *out, uint64_t id, assay_arena *arena, const void *p, size_t n, assay_err *err)
{
	assay_cbor_reader c;
	assay_code rc;

	*out = (assay_source){0};
	assay_cbor_reader_init(&c, p, n);
	c.arena = arena;
	read_source(&c, out);
	out->id = id;
	rc = assay_cbor_finish(&c, "source", err);
	if (rc != ASSAY_OK && arena == NULL)
		assay_source_release(out);
	return rc;
}

/* ---------------------------------------------------------------- rows */

static assay_code put_content_edge(assay_store *s, const assay_digest *content, uint64_t source, assay_err *err)
{
	uint64_t id;
	assay_code rc;

	if (assay_digest_is_zero(content))
		return ASSAY_OK; /* its bytes were never read */
	rc = assay_content_id(s, content, &id, err);
	if (rc == ASSAY_OK)
		rc = assay_edge_put(s, ASSAY_EDGE_CONTENT_SOURCE, id, source, err);
	return rc;
}

static bool same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool same_metadata(const assay_source *a, const assay_source *b)
{
	if (a->metadata_count != b->metadata_count)
		return false;
	for (size_t i = 0; i < a->metadata_count; i++)
		if (strcmp(a->metadata_keys[i], b->metadata_keys[i]) != 0 ||
		    strcmp(a->metadata_values[i], b->metadata_values[i]) != 0)
			return false;
	return true;
}

/* In what a judgement reads: stamps, sidecars and causes have spoken by way of the units. */
static bool is_judged_the_same(const assay_source *a, const assay_source *b)
{
	return a->modality == b->modality && assay_digest_eq(&a->digest, &b->digest) &&
	       assay_digest_eq(&a->recipe, &b->recipe) && a->missing == b->missing && a->standing == b->standing &&
	       a->failure == b->failure && same_text(a->message, b->message) && a->unit_count == b->unit_count &&
	       (a->unit_count == 0 || memcmp(a->units, b->units, a->unit_count * sizeof(*a->units)) == 0) &&
	       same_metadata(a, b);
}

static assay_code set_moved(assay_store *s, assay_source *src, assay_err *err)
{
	ASSAY_AUTO_SOURCE before = {0};
	assay_code rc = src->id != 0 ? assay_source_get(s, src->id, &before, err) : ASSAY_ENOENT;

	if (rc == ASSAY_OK && is_judged_the_same(&before, src)) {
		src->moved = before.moved;
		return ASSAY_OK;
	}
	return rc == ASSAY_OK || rc == ASSAY_ENOENT ? assay_generation_advance(s, &src->moved, err) : rc;
}

assay_code assay_source_put(assay_store *s, assay_source *src, assay_err *err)
{
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;
	uint64_t id = src->id;
	assay_code rc;

	ASSAY_TRY(set_moved(s, src, err));
	encode(&row, src);
	if (id == 0)
		ASSAY_TRY(assay_next_id(s, ASSAY_TABLE_SOURCE, &id, err));
	ASSAY_TRY(assay_row_put_at(s, ASSAY_TABLE_SOURCE, id, &row, err));
	if (src->id == 0)
		ASSAY_TRY(assay_index_put_text(s, ASSAY_INDEX_PATH, src->path, id, err));
	ASSAY_TRY(put_content_edge(s, &src->digest, id, err));
	src->id = id;
	return ASSAY_OK;

fail:
	(void)assay_err_prefix(err, "source '%s'", src->path);
	return rc;
}

assay_code assay_source_get(assay_store *s, uint64_t id, assay_source *out, assay_err *err)
{
	const void *p;
	size_t n;
	assay_code rc;

	*out = (assay_source){0};
	rc = assay_row_get_at(s, ASSAY_TABLE_SOURCE, id, &p, &n, err);
	return rc == ASSAY_OK ? decode(out, id, NULL, p, n, err) : rc;
}

assay_code assay_source_find(assay_store *s, const char *path, assay_source *out, assay_err *err)
{
	uint64_t id;
	assay_code rc;

	*out = (assay_source){0};
	rc = assay_index_get_text(s, ASSAY_INDEX_PATH, path, &id, err);
	if (rc != ASSAY_OK)
		return rc;
	rc = assay_source_get(s, id, out, err);
	if (rc == ASSAY_ENOENT || (rc == ASSAY_OK && strcmp(out->path, path) != 0)) {
		assay_source_release(out);
		return ASSAY_RAISE(err, ASSAY_ECORRUPT,
				   "index entry of source '%s' leads to row %" PRIu64 ", which is not it", path, id);
	}
	return rc;
}

struct visit {
	assay_store *store;
	assay_source_fn *fn;
	void *ctx;
	assay_arena row; /* what the source at hand holds */
};

static assay_code visit_row(void *ctx, uint64_t id, const void *p, size_t n, assay_err *err)
{
	struct visit *v = ctx;
	assay_source src;
	assay_code rc;

	assay_arena_rewind(&v->row);
	rc = decode(&src, id, &v->row, p, n, err);
	return rc == ASSAY_OK ? v->fn(v->ctx, &src, err) : rc;
}

assay_code assay_sources_each(assay_store *s, assay_source_fn *fn, void *ctx, assay_err *err)
{
	struct visit v = {.store = s, .fn = fn, .ctx = ctx};
	const assay_code rc = assay_rows_each_at(s, ASSAY_TABLE_SOURCE, visit_row, &v, err);

	assay_arena_release(&v.row);
	return rc;
}

static assay_code visit_edge(void *ctx, uint64_t to, assay_err *err)
{
	const struct visit *v = ctx;
	ASSAY_AUTO_SOURCE src = {0};
	assay_code rc = assay_source_get(v->store, to, &src, err);

	return rc == ASSAY_OK ? v->fn(v->ctx, &src, err) : rc;
}

assay_code assay_sources_with(assay_store *s, const assay_digest *content, assay_source_fn *fn, void *ctx,
			      assay_err *err)
{
	struct visit v = {.store = s, .fn = fn, .ctx = ctx};
	uint64_t id;
	assay_code rc = assay_index_get(s, ASSAY_INDEX_CONTENT, content, &id, err);

	if (rc == ASSAY_ENOENT)
		return ASSAY_OK;
	return rc == ASSAY_OK ? assay_edges_each(s, ASSAY_EDGE_CONTENT_SOURCE, id, visit_edge, &v, err) : rc;
}

/* ---------------------------------------------------------------- in company */

typedef struct id_list {
	uint64_t *ids;
	size_t count, cap;
} id_list;

static assay_code add_id(void *ctx, uint64_t id, assay_err *err)
{
	id_list *l = ctx;
	const assay_code rc = assay_grow(&l->ids, &l->cap, l->count, sizeof *l->ids, err);

	if (rc == ASSAY_OK)
		l->ids[l->count++] = id;
	return rc;
}

static int compare_ids(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

assay_code assay_sources_shared(assay_store *s, uint64_t **out, size_t *count, assay_err *err)
{
	id_list l = {0};
	size_t kept = 0;
	assay_code rc = assay_edges_shared(s, ASSAY_EDGE_CONTENT_SOURCE, add_id, &l, err);

	*out = NULL;
	*count = 0;
	if (rc != ASSAY_OK || l.count == 0) {
		free(l.ids);
		return rc;
	}
	qsort(l.ids, l.count, sizeof *l.ids, compare_ids);
	/* A source that had other bytes before may share both. */
	for (size_t i = 0; i < l.count; i++)
		if (i == 0 || l.ids[i] != l.ids[kept - 1])
			l.ids[kept++] = l.ids[i];
	*out = l.ids;
	*count = kept;
	return ASSAY_OK;
}
