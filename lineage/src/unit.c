/*
 * Layout of a unit row (key: number; maps have ascending integer keys):
 *   {0: format 1, 1: work key, 2: source, 3: part, 4: [[role, digest]...], 5: recipe, 6: result record (bytes),
 *    7: run, 8: CPU us, 9: wall us, 10: largest resident KiB, 11: finished ns, 12: attempts}
 * Work key: SHA-256 of {0: format 1, 1: source, 2: part, 3: [[role, digest]...], 4: recipe}; sidecars by role.
 * Index 'w': work key -> number, when the result is a property of the bytes and the recipe. Edges lead from the
 * contents read, the recipe object and every artifact object to the unit.
 */
#include "assay/unit.h"

#include "assay/object.h"

#include "catalog.h"
#include "record.h"

#include <stdlib.h>
#include <string.h>

#define FORMAT          1
#define FIELDS          13
#define WORK_KEY_FORMAT 1

void assay_unit_release(assay_unit *u)
{
	for (size_t i = 0; i < u->sidecar_count; i++)
		free(u->sidecars[i].role);
	free(u->sidecars);
	free(u->part);
	assay_result_release(&u->result);
	*u = (assay_unit){0};
}

/* ---------------------------------------------------------------- encode */

static void encode_sidecars(assay_buf *out, const assay_unit_sidecar *list, size_t count)
{
	assay_cbor_array(out, count);
	for (size_t i = 0; i < count; i++) {
		assay_cbor_array(out, 2);
		assay_cbor_text(out, list[i].role);
		assay_cbor_digest(out, &list[i].digest);
	}
}

assay_code assay_work_key(assay_digest *out, const assay_unit_key *k, assay_err *err)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_code rc;

	assay_cbor_map(&b, 5);
	assay_cbor_uint(&b, 0);
	assay_cbor_uint(&b, WORK_KEY_FORMAT);
	assay_cbor_uint(&b, 1);
	assay_cbor_digest(&b, &k->source);
	assay_cbor_uint(&b, 2);
	assay_cbor_text(&b, k->part);
	assay_cbor_uint(&b, 3);
	encode_sidecars(&b, k->sidecars, k->sidecar_count);
	assay_cbor_uint(&b, 4);
	assay_cbor_digest(&b, &k->recipe);
	rc = assay_buf_check(&b, err);
	return rc == ASSAY_OK ? assay_digest_of(out, b.data, b.len, err) : rc;
}

assay_code assay_unit_work_on(assay_digest *out, const assay_unit *u, const assay_digest *bytes, assay_err *err)
{
	const assay_unit_key k = {*bytes, u->part, u->sidecars, u->sidecar_count, u->recipe};

	return assay_work_key(out, &k, err);
}

static void encode_cost(assay_buf *out, const assay_unit *u)
{
	assay_cbor_uint(out, 7);
	assay_cbor_uint(out, u->run);
	assay_cbor_uint(out, 8);
	assay_cbor_uint(out, u->cpu_us);
	assay_cbor_uint(out, 9);
	assay_cbor_uint(out, u->wall_us);
	assay_cbor_uint(out, 10);
	assay_cbor_uint(out, u->max_rss_kib);
	assay_cbor_uint(out, 11);
	assay_cbor_int(out, u->finished_ns);
	assay_cbor_uint(out, 12);
	assay_cbor_uint(out, u->attempts);
}

static assay_code encode(assay_buf *out, const assay_unit *u, assay_err *err)
{
	ASSAY_AUTO_BUF result = ASSAY_BUF_INIT;
	assay_code rc;

	assay_result_encode(&result, &u->result);
	rc = assay_buf_check(&result, err);
	if (rc != ASSAY_OK)
		return rc;
	assay_cbor_map(out, FIELDS);
	assay_cbor_uint(out, 0);
	assay_cbor_uint(out, FORMAT);
	assay_cbor_uint(out, 1);
	assay_cbor_digest(out, &u->work_key);
	assay_cbor_uint(out, 2);
	assay_cbor_digest(out, &u->source);
	assay_cbor_uint(out, 3);
	assay_cbor_text(out, u->part);
	assay_cbor_uint(out, 4);
	encode_sidecars(out, u->sidecars, u->sidecar_count);
	assay_cbor_uint(out, 5);
	assay_cbor_digest(out, &u->recipe);
	assay_cbor_uint(out, 6);
	assay_cbor_bytes(out, result.data, result.len);
	encode_cost(out, u);
	return assay_buf_check(out, err);
}

/* ---------------------------------------------------------------- decode */

static void read_sidecars(assay_cbor_reader *c, assay_unit *u)
{
	size_t n;

	u->sidecars = assay_record_list(c, sizeof(*u->sidecars), &n);
	while (u->sidecar_count < n && c->fault == NULL) {
		assay_unit_sidecar *s = &u->sidecars[u->sidecar_count++];

		assay_record_tuple(c, 2, "sidecar is not a pair");
		s->role = assay_record_text(c);
		assay_record_digest(c, &s->digest);
	}
}

static void read_cost(assay_cbor_reader *c, assay_unit *u)
{
	assay_cbor_read_key(c, 7);
	u->run = assay_cbor_read_uint(c);
	assay_cbor_read_key(c, 8);
	u->cpu_us = assay_cbor_read_uint(c);
	assay_cbor_read_key(c, 9);
	u->wall_us = assay_cbor_read_uint(c);
	assay_cbor_read_key(c, 10);
	u->max_rss_kib = assay_cbor_read_uint(c);
	assay_cbor_read_key(c, 11);
	u->finished_ns = assay_cbor_read_int(c);
	assay_cbor_read_key(c, 12);
	u->attempts = assay_record_u32(c);
}

/* *result is borrowed from the record. */
static void read_unit(assay_cbor_reader *c, assay_unit *u, const unsigned char **result, size_t *size)
{
	assay_record_head(c, FIELDS, "unit does not have 13 fields", FORMAT, "unknown unit format");
	assay_cbor_read_key(c, 1);
	assay_record_digest(c, &u->work_key);
	assay_cbor_read_key(c, 2);
	assay_record_digest(c, &u->source);
	assay_cbor_read_key(c, 3);
	u->part = assay_record_text(c);
	assay_cbor_read_key(c, 4);
	read_sidecars(c, u);
	assay_cbor_read_key(c, 5);
	assay_record_digest(c, &u->recipe);
	assay_cbor_read_key(c, 6);
	*result = assay_cbor_read_bytes(c, size);
	read_cost(c, u);
}

static assay_code decode(assay_unit *out, uint64_t id, assay_arena *arena, const void *p, size_t n, assay_err *err)
{
	const unsigned char *result = NULL;
	size_t size = 0;
	assay_cbor_reader c;
	assay_code rc;

	*out = (assay_unit){0};
	assay_cbor_reader_init(&c, p, n);
	c.arena = arena;
	read_unit(&c, out, &result, &size);
	out->id = id;
	rc = assay_cbor_finish(&c, "unit", err);
	if (rc == ASSAY_OK)
		rc = assay_result_decode_in(&out->result, arena, result, size, err);
	if (rc != ASSAY_OK && arena == NULL)
		assay_unit_release(out);
	else if (rc != ASSAY_OK)
		*out = (assay_unit){0};
	return rc;
}

/* ---------------------------------------------------------------- its samples */

bool assay_unit_is_first_page(const assay_unit *u)
{
	static const char first[] = "pages=1-1";
	const size_t n = sizeof first - 1;

	return strncmp(u->part, first, n) == 0 && (u->part[n] == '\0' || u->part[n] == '&');
}

static const assay_result_sample *sample_of_part(const assay_result *r, const char *part)
{
	for (size_t i = 0; i < r->sample_count; i++)
		if (strcmp(r->samples[i].part, part) == 0)
			return &r->samples[i];
	return NULL;
}

/* What of the first page has this part of its own: "" is the page itself. */
static const assay_result_sample *sample_on_first_page(const assay_unit *u, const char *rest)
{
	for (size_t i = 0; i < u->result.sample_count; i++)
		if (strncmp(u->result.samples[i].part, "page=1", 6) == 0 &&
		    strcmp(u->result.samples[i].part + 6, rest) == 0)
			return &u->result.samples[i];
	return NULL;
}

/* The part of a sample of any page in a file that stands in the place of that page alone: "page=3&table=2" there is
 * "page=1&table=2", and so is "page=3&half=2&table=2" where the file has that half and nothing else. */
static const assay_result_sample *sample_of_first_page(const assay_unit *u, const char *part)
{
	const size_t digits = strncmp(part, "page=", 5) == 0 ? strspn(part + 5, "0123456789") : 0;
	const char *rest = part + 5 + digits;
	const assay_result_sample *s;

	if (digits == 0 || (*rest != '\0' && *rest != '&') || !assay_unit_is_first_page(u))
		return NULL;
	s = sample_on_first_page(u, rest);
	if (s == NULL && strncmp(rest, "&half=", 6) == 0)
		s = sample_on_first_page(u, rest + 6 + strcspn(rest + 6, "&"));
	return s;
}

const assay_result_sample *assay_unit_sample(const assay_unit *u, const char *key)
{
	const char *sharp = strchr(key, '#'); /* paths have theirs escaped */
	const char *part = sharp != NULL ? sharp + 1 : "";
	const assay_result_sample *s = sample_of_part(&u->result, part);

	return s != NULL ? s : sample_of_first_page(u, part);
}

/* ---------------------------------------------------------------- rows */

static assay_code put_content_edge(assay_store *s, assay_edge_kind kind, const assay_digest *content, uint64_t unit,
				   assay_err *err)
{
	uint64_t id;
	assay_code rc = assay_content_id(s, content, &id, err);

	return rc == ASSAY_OK ? assay_edge_put(s, kind, id, unit, err) : rc;
}

static assay_code put_object_edge(assay_store *s, assay_edge_kind kind, const assay_digest *object, uint64_t unit,
				  assay_err *err)
{
	char hex[ASSAY_DIGEST_HEX];
	uint64_t id;
	assay_code rc = assay_index_get(s, ASSAY_INDEX_OBJECT, object, &id, err);

	if (rc == ASSAY_ENOENT)
		return ASSAY_RAISE(err, ASSAY_EINVAL, "object %s must be stored before the unit that names it",
				   assay_digest_hex(object, hex));
	return rc == ASSAY_OK ? assay_edge_put(s, kind, id, unit, err) : rc;
}

static assay_code put_edges(assay_store *s, const assay_unit *u, uint64_t id, assay_err *err)
{
	const assay_result *r = &u->result;
	assay_code rc;

	ASSAY_TRY(put_content_edge(s, ASSAY_EDGE_CONTENT_UNIT, &u->source, id, err));
	for (size_t i = 0; i < u->sidecar_count; i++)
		ASSAY_TRY(put_content_edge(s, ASSAY_EDGE_SIDECAR_UNIT, &u->sidecars[i].digest, id, err));
	ASSAY_TRY(put_object_edge(s, ASSAY_EDGE_RECIPE_UNIT, &u->recipe, id, err));
	/* An artifact that several samples share puts the same edge again, which changes nothing. */
	for (size_t i = 0; i < r->sample_count; i++)
		for (size_t k = 0; k < r->samples[i].artifact_count; k++)
			ASSAY_TRY(
			    put_object_edge(s, ASSAY_EDGE_ARTIFACT_UNIT, &r->samples[i].artifacts[k].digest, id, err));
fail:
	return rc;
}

static bool is_cached(const assay_result *r)
{
	return r->failure == ASSAY_FAILURE_NONE || assay_failure_is_deterministic(r->failure);
}

assay_code assay_unit_put(assay_store *s, assay_unit *u, assay_err *err)
{
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;
	const assay_unit_key k = {u->source, u->part, u->sidecars, u->sidecar_count, u->recipe};
	uint64_t id;
	assay_code rc;

	ASSAY_TRY(assay_work_key(&u->work_key, &k, err));
	ASSAY_TRY(encode(&row, u, err));
	ASSAY_TRY(assay_next_id(s, ASSAY_TABLE_UNIT, &id, err));
	ASSAY_TRY(assay_row_put_at(s, ASSAY_TABLE_UNIT, id, &row, err));
	if (is_cached(&u->result))
		ASSAY_TRY(assay_index_put(s, ASSAY_INDEX_WORK, &u->work_key, id, err));
	ASSAY_TRY(put_edges(s, u, id, err));
	u->id = id;
	return ASSAY_OK;

fail:
	return rc;
}

assay_code assay_unit_find(assay_store *s, const assay_digest *work_key, uint64_t *id, assay_err *err)
{
	return assay_index_get(s, ASSAY_INDEX_WORK, work_key, id, err);
}

assay_code assay_unit_get_in(assay_store *s, uint64_t id, assay_arena *arena, assay_unit *out, assay_err *err)
{
	const void *p;
	size_t n;
	assay_code rc;

	*out = (assay_unit){0};
	rc = assay_row_get_at(s, ASSAY_TABLE_UNIT, id, &p, &n, err);
	return rc == ASSAY_OK ? decode(out, id, arena, p, n, err) : rc;
}

assay_code assay_unit_get(assay_store *s, uint64_t id, assay_unit *out, assay_err *err)
{
	return assay_unit_get_in(s, id, NULL, out, err);
}

/* What an end of a unit is numbered by, and which edges leave it. */
static bool end_of(assay_unit_end end, assay_index_type *type, assay_edge_kind *kind)
{
	static const struct {
		assay_index_type type;
		assay_edge_kind kind;
	} ends[] = {
	    [ASSAY_UNIT_SOURCE] = {ASSAY_INDEX_CONTENT, ASSAY_EDGE_CONTENT_UNIT},
	    [ASSAY_UNIT_SIDECAR] = {ASSAY_INDEX_CONTENT, ASSAY_EDGE_SIDECAR_UNIT},
	    [ASSAY_UNIT_RECIPE] = {ASSAY_INDEX_OBJECT, ASSAY_EDGE_RECIPE_UNIT},
	    [ASSAY_UNIT_ARTIFACT] = {ASSAY_INDEX_OBJECT, ASSAY_EDGE_ARTIFACT_UNIT},
	};

	if (end < ASSAY_UNIT_SOURCE || end > ASSAY_UNIT_ARTIFACT)
		return false;
	*type = ends[end].type;
	*kind = ends[end].kind;
	return true;
}

assay_code assay_units_of(assay_store *s, assay_unit_end end, const assay_digest *d, assay_unit_fn *fn, void *ctx,
			  assay_err *err)
{
	assay_index_type type;
	assay_edge_kind kind;
	uint64_t from;
	assay_code rc;

	if (!end_of(end, &type, &kind))
		return ASSAY_RAISE(err, ASSAY_EINVAL, "no such end of a unit: %d", (int)end);
	rc = assay_index_get(s, type, d, &from, err);
	if (rc == ASSAY_ENOENT)
		return ASSAY_OK;
	return rc == ASSAY_OK ? assay_edges_each(s, kind, from, fn, ctx, err) : rc;
}
