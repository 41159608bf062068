/*
 * Layout of a sample row (key: number; maps have ascending integer keys, absent values are null):
 *   {0: format, 1: key, 2: source, 3: unit, 4: position, 5: missing, 6: null | verdict, 7: null | before,
 *    8: way (not in format 1, which is that of samples as the pipeline makes them, without a decision)}
 *   way:     [way, null | remedy, rung, decision | 0, plain unit | 0]
 *   verdict: [outcome, contracts, unit, run, [check...], null | [failure, stage], null | original]
 *            where a filtered sample has [0, name of the filter]
 *   before:  [outcome | null, contracts, unit]
 *   check:   [contract, contract id, contract version, check id, metric, unit, operator, severity, low units,
 *             low scale, high units, high scale, null | [units, scale], null | reason]
 * Index 's': SHA-256(key) -> number. Edge source -> sample.
 */
#include "assay/sample.h"

#include "catalog.h"
#include "record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT_PLAIN 1
#define FORMAT       2
#define FIELDS_PLAIN 8
#define FIELDS       9
#define WAY_FIELDS   5

const char *assay_outcome_name(unsigned outcome)
{
	static const char *const names[] = {
	    [ASSAY_OUTCOME_ACCEPTED] = "accepted", [ASSAY_OUTCOME_QUARANTINED] = "quarantined",
	    [ASSAY_OUTCOME_WAIVED] = "waived",     [ASSAY_OUTCOME_DUPLICATE] = "duplicate",
	    [ASSAY_OUTCOME_FILTERED] = "filtered", [ASSAY_OUTCOME_FAILED] = "failed",
	};

	return outcome < ASSAY_COUNT(names) ? names[outcome] : NULL;
}

uint64_t assay_sample_row_unit(const assay_sample_row *r, assay_outcome outcome, const assay_digest *contracts,
			       bool is_latest)
{
	const bool now = r->outcome == outcome && (is_latest || assay_digest_eq(&r->contracts, contracts));
	const bool before =
	    r->has_before && r->before_outcome == outcome && assay_digest_eq(&r->before_contracts, contracts);

	if (now && (is_latest || !before))
		return r->judged_unit;
	return before && !is_latest ? r->before_unit : 0;
}

void assay_sample_key(assay_buf *out, const char *path, const char *part)
{
	assay_buf_puts(out, path);
	if (part[0] == '\0')
		return;
	assay_buf_putc(out, '#');
	assay_buf_puts(out, part);
}

/* ---------------------------------------------------------------- failed checks */

void assay_failed_checks_free(assay_failed_check *f, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(f[i].contract_id);
		free(f[i].contract_version);
		free(f[i].check_id);
		free(f[i].metric);
		free(f[i].unit);
		free(f[i].reason);
	}
	free(f);
}

static void encode_decimal(assay_buf *out, assay_decimal d)
{
	assay_cbor_int(out, d.units);
	assay_cbor_int(out, d.scale);
}

static void encode_said(assay_buf *out, const assay_failed_check *f)
{
	assay_cbor_text(out, f->check_id);
	assay_cbor_text(out, f->metric);
	assay_cbor_text(out, f->unit);
	assay_cbor_uint(out, f->op);
	assay_cbor_uint(out, f->severity);
	encode_decimal(out, f->low);
	encode_decimal(out, f->high);
	if (f->defined) {
		assay_cbor_array(out, 2);
		encode_decimal(out, f->value);
	} else {
		assay_cbor_null(out);
	}
	assay_cbor_text(out, f->reason);
}

static void encode_check(assay_buf *out, const assay_failed_check *f)
{
	assay_cbor_array(out, 14);
	assay_cbor_digest(out, &f->contract);
	assay_cbor_text(out, f->contract_id);
	assay_cbor_text(out, f->contract_version);
	encode_said(out, f);
}

void assay_failed_checks_encode_refusing(assay_buf *out, const assay_failed_check *f, size_t count)
{
	size_t refusing = 0;

	for (size_t i = 0; i < count; i++)
		refusing += f[i].severity == ASSAY_REFUSING;
	assay_cbor_array(out, refusing);
	for (size_t i = 0; i < count; i++) {
		if (f[i].severity != ASSAY_REFUSING)
			continue;
		assay_cbor_array(out, 12);
		assay_cbor_text(out, f[i].contract_id);
		encode_said(out, &f[i]);
	}
}

void assay_failed_checks_encode(assay_buf *out, const assay_failed_check *f, size_t count)
{
	assay_cbor_array(out, count);
	for (size_t i = 0; i < count; i++)
		encode_check(out, &f[i]);
}

static bool same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool same_decimal(assay_decimal a, assay_decimal b)
{
	return a.units == b.units && a.scale == b.scale;
}

static bool same_check(const assay_failed_check *a, const assay_failed_check *b)
{
	return a->op == b->op && a->severity == b->severity && same_decimal(a->low, b->low) &&
	       same_decimal(a->high, b->high) && a->defined == b->defined && same_decimal(a->value, b->value) &&
	       strcmp(a->check_id, b->check_id) == 0 && strcmp(a->metric, b->metric) == 0 &&
	       strcmp(a->unit, b->unit) == 0 && strcmp(a->contract_id, b->contract_id) == 0 &&
	       same_text(a->reason, b->reason);
}

bool assay_failed_checks_same(const assay_failed_check *a, size_t a_count, const assay_failed_check *b, size_t b_count)
{
	if (a_count != b_count)
		return false;
	for (size_t i = 0; i < a_count; i++)
		if (!same_check(&a[i], &b[i]))
			return false;
	return true;
}

static assay_decimal read_decimal(assay_cbor_reader *c)
{
	assay_decimal d = {.units = assay_cbor_read_int(c)};
	uint32_t scale = assay_record_u32(c);

	if (scale > ASSAY_DECIMAL_SCALE_MAX) {
		assay_cbor_fault(c, "decimal has too many places");
		scale = 0;
	}
	d.scale = (int)scale;
	return d;
}

static void read_check(assay_cbor_reader *c, assay_failed_check *f)
{
	assay_record_tuple(c, 14, "failed check does not have 14 fields");
	assay_record_digest(c, &f->contract);
	f->contract_id = assay_record_text(c);
	f->contract_version = assay_record_text(c);
	f->check_id = assay_record_text(c);
	f->metric = assay_record_text(c);
	f->unit = assay_record_text(c);
	f->op = assay_record_u32(c);
	f->severity = assay_record_u32(c);
	f->low = read_decimal(c);
	f->high = read_decimal(c);
	f->defined = !assay_cbor_read_null(c);
	if (f->defined) {
		assay_record_tuple(c, 2, "value is not a decimal");
		f->value = read_decimal(c);
	}
	f->reason = assay_cbor_read_strdup(c);
}

void assay_failed_checks_decode(assay_cbor_reader *r, assay_failed_check **out, size_t *count)
{
	size_t n;

	*count = 0;
	*out = assay_record_list(r, sizeof(**out), &n);
	while (*count < n && r->fault == NULL)
		read_check(r, &(*out)[(*count)++]);
}

/* ---------------------------------------------------------------- the row */

void assay_sample_row_release(assay_sample_row *r)
{
	assay_failed_checks_free(r->checks, r->check_count);
	free(r->key);
	free(r->failed_stage);
	free(r->original);
	free(r->remedy);
	*r = (assay_sample_row){0};
}

static void encode_verdict(assay_buf *out, const assay_sample_row *r)
{
	if (r->outcome == 0) {
		assay_cbor_null(out);
		return;
	}
	assay_cbor_array(out, 7);
	assay_cbor_uint(out, r->outcome);
	assay_cbor_digest(out, &r->contracts);
	assay_cbor_uint(out, r->judged_unit);
	assay_cbor_uint(out, r->judged_run);
	assay_failed_checks_encode(out, r->checks, r->check_count);
	if (r->failure != ASSAY_FAILURE_NONE || r->failed_stage != NULL) {
		assay_cbor_array(out, 2);
		assay_cbor_uint(out, r->failure);
		assay_cbor_text(out, r->failed_stage);
	} else {
		assay_cbor_null(out);
	}
	assay_cbor_text(out, r->original);
}

static void encode_before(assay_buf *out, const assay_sample_row *r)
{
	if (!r->has_before) {
		assay_cbor_null(out);
		return;
	}
	assay_cbor_array(out, 3);
	if (r->before_outcome == 0)
		assay_cbor_null(out);
	else
		assay_cbor_uint(out, r->before_outcome);
	assay_cbor_digest(out, &r->before_contracts);
	assay_cbor_uint(out, r->before_unit);
}

static bool is_plain(const assay_sample_row *r)
{
	return r->way == ASSAY_WAY_PLAIN && r->decision == 0;
}

static void encode_way(assay_buf *out, const assay_sample_row *r)
{
	assay_cbor_array(out, WAY_FIELDS);
	assay_cbor_uint(out, r->way);
	assay_cbor_text(out, r->remedy);
	assay_cbor_uint(out, r->rung);
	assay_cbor_uint(out, r->decision);
	assay_cbor_uint(out, r->plain_unit);
}

static void encode(assay_buf *out, const assay_sample_row *r)
{
	const bool plain = is_plain(r);

	assay_cbor_map(out, plain ? FIELDS_PLAIN : FIELDS);
	assay_cbor_uint(out, 0);
	assay_cbor_uint(out, plain ? FORMAT_PLAIN : FORMAT);
	assay_cbor_uint(out, 1);
	assay_cbor_text(out, r->key);
	assay_cbor_uint(out, 2);
	assay_cbor_uint(out, r->source);
	assay_cbor_uint(out, 3);
	assay_cbor_uint(out, r->unit);
	assay_cbor_uint(out, 4);
	assay_cbor_uint(out, r->position);
	assay_cbor_uint(out, 5);
	assay_cbor_bool(out, r->missing);
	assay_cbor_uint(out, 6);
	encode_verdict(out, r);
	assay_cbor_uint(out, 7);
	encode_before(out, r);
	if (plain)
		return;
	assay_cbor_uint(out, 8);
	encode_way(out, r);
}

static assay_outcome read_outcome(assay_cbor_reader *c)
{
	uint32_t outcome = assay_record_u32(c);

	if (assay_outcome_name(outcome) == NULL)
		assay_cbor_fault(c, "unknown outcome");
	return (assay_outcome)outcome;
}

static void read_failure(assay_cbor_reader *c, assay_sample_row *r)
{
	if (assay_cbor_read_null(c))
		return;
	assay_record_tuple(c, 2, "failure is not a pair");
	if (r->outcome == ASSAY_OUTCOME_FILTERED) {
		if (assay_cbor_read_uint(c) != ASSAY_FAILURE_NONE)
			assay_cbor_fault(c, "a filtered sample has no failure");
		r->failed_stage = assay_record_text(c);
		return;
	}
	r->failure = assay_record_failure(c);
	r->failed_stage = assay_cbor_read_strdup(c);
}

static void read_verdict(assay_cbor_reader *c, assay_sample_row *r)
{
	if (assay_cbor_read_null(c))
		return;
	assay_record_tuple(c, 7, "verdict does not have 7 fields");
	r->outcome = read_outcome(c);
	assay_record_digest(c, &r->contracts);
	r->judged_unit = assay_cbor_read_uint(c);
	r->judged_run = assay_cbor_read_uint(c);
	assay_failed_checks_decode(c, &r->checks, &r->check_count);
	read_failure(c, r);
	r->original = assay_cbor_read_strdup(c);
}

static void read_before(assay_cbor_reader *c, assay_sample_row *r)
{
	r->has_before = !assay_cbor_read_null(c);
	if (!r->has_before)
		return;
	assay_record_tuple(c, 3, "verdict before does not have 3 fields");
	if (!assay_cbor_read_null(c))
		r->before_outcome = read_outcome(c);
	assay_record_digest(c, &r->before_contracts);
	r->before_unit = assay_cbor_read_uint(c);
}

static void read_way(assay_cbor_reader *c, assay_sample_row *r)
{
	uint32_t way;

	assay_record_tuple(c, WAY_FIELDS, "way does not have 5 fields");
	way = assay_record_u32(c);
	if (way > ASSAY_WAY_REPLACED)
		assay_cbor_fault(c, "unknown way");
	r->way = (assay_sample_way)way;
	r->remedy = assay_cbor_read_strdup(c);
	r->rung = assay_record_u32(c);
	r->decision = assay_cbor_read_uint(c);
	r->plain_unit = assay_cbor_read_uint(c);
	if (c->fault == NULL && (is_plain(r) || (r->remedy != NULL) != (r->way == ASSAY_WAY_REMEDY) ||
				 (r->plain_unit != 0) != (r->way != ASSAY_WAY_PLAIN)))
		assay_cbor_fault(c, "way does not say what it needs");
}

static void read_row(assay_cbor_reader *c, assay_sample_row *r)
{
	const size_t fields = assay_cbor_read_map(c);
	uint64_t format;

	assay_cbor_read_key(c, 0);
	format = assay_cbor_read_uint(c);
	if (format != FORMAT_PLAIN && format != FORMAT)
		assay_cbor_fault(c, "unknown sample format");
	if (fields != (format == FORMAT_PLAIN ? FIELDS_PLAIN : FIELDS))
		assay_cbor_fault(c, "sample has another number of fields");
	assay_cbor_read_key(c, 1);
	r->key = assay_record_text(c);
	assay_cbor_read_key(c, 2);
	r->source = assay_cbor_read_uint(c);
	assay_cbor_read_key(c, 3);
	r->unit = assay_cbor_read_uint(c);
	assay_cbor_read_key(c, 4);
	r->position = assay_record_u32(c);
	assay_cbor_read_key(c, 5);
	r->missing = assay_cbor_read_bool(c);
	assay_cbor_read_key(c, 6);
	read_verdict(c, r);
	assay_cbor_read_key(c, 7);
	read_before(c, r);
	if (format == FORMAT_PLAIN)
		return;
	assay_cbor_read_key(c, 8);
	read_way(c, r);
}

static void drop_row(assay_sample_row *r, const assay_arena *arena)
{
	if (arena == NULL)
		assay_sample_row_release(r);
	else
		*r = (assay_sample_row){0};
}

static assay_code decode(assay_sample_row *out, uint64_t id, assay_arena *arena, const void *p, size_t n,
			 assay_err *err)
{
	assay_cbor_reader c;
	assay_code rc;

	*out = (assay_sample_row){0};
	assay_cbor_reader_init(&c, p, n);
	c.arena = arena;
	read_row(&c, out);
	out->id = id;
	rc = assay_cbor_finish(&c, "sample", err);
	if (rc != ASSAY_OK)
		drop_row(out, arena);
	return rc;
}

assay_code assay_sample_put(assay_store *s, assay_sample_row *r, assay_err *err)
{
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;
	uint64_t id = r->id, generation;
	assay_code rc;

	ASSAY_TRY(assay_generation_advance(s, &generation, err));
	encode(&row, r);
	if (id == 0)
		ASSAY_TRY(assay_next_id(s, ASSAY_TABLE_SAMPLE, &id, err));
	ASSAY_TRY(assay_row_put_at(s, ASSAY_TABLE_SAMPLE, id, &row, err));
	if (r->id == 0) {
		ASSAY_TRY(assay_index_put_text(s, ASSAY_INDEX_SAMPLE, r->key, id, err));
		ASSAY_TRY(assay_edge_put(s, ASSAY_EDGE_SOURCE_SAMPLE, r->source, id, err));
	}
	r->id = id;
	return ASSAY_OK;

fail:
	(void)assay_err_prefix(err, "sample '%s'", r->key);
	return rc;
}

static assay_code get_in(assay_store *s, uint64_t id, assay_arena *arena, assay_sample_row *out, assay_err *err)
{
	const void *p;
	size_t n;
	assay_code rc;

	*out = (assay_sample_row){0};
	rc = assay_row_get_at(s, ASSAY_TABLE_SAMPLE, id, &p, &n, err);
	return rc == ASSAY_OK ? decode(out, id, arena, p, n, err) : rc;
}

assay_code assay_sample_get(assay_store *s, uint64_t id, assay_sample_row *out, assay_err *err)
{
	return get_in(s, id, NULL, out, err);
}

static assay_code find_in(assay_store *s, const char *key, assay_arena *arena, assay_sample_row *out, assay_err *err)
{
	uint64_t id;
	assay_code rc;

	*out = (assay_sample_row){0};
	rc = assay_index_get_text(s, ASSAY_INDEX_SAMPLE, key, &id, err);
	if (rc != ASSAY_OK)
		return rc;
	rc = get_in(s, id, arena, out, err);
	if (rc == ASSAY_ENOENT || (rc == ASSAY_OK && strcmp(out->key, key) != 0)) {
		drop_row(out, arena);
		return ASSAY_RAISE(err, ASSAY_ECORRUPT,
				   "index entry of sample '%s' leads to row %" PRIu64 ", which is not it", key, id);
	}
	return rc;
}

assay_code assay_sample_find(assay_store *s, const char *key, assay_sample_row *out, assay_err *err)
{
	return find_in(s, key, NULL, out, err);
}

assay_code assay_sample_find_near(assay_store *s, const char *key, uint64_t hint, assay_arena *arena,
				  assay_sample_row *out, assay_err *err)
{
	assay_code rc = get_in(s, hint, arena, out, err);

	if (rc == ASSAY_OK && strcmp(out->key, key) == 0)
		return ASSAY_OK;
	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return rc;
	drop_row(out, arena);
	return find_in(s, key, arena, out, err);
}

struct visit {
	assay_store *store;
	assay_sample_fn *fn;
	void *ctx;
};

static assay_code visit_row(void *ctx, uint64_t id, const void *p, size_t n, assay_err *err)
{
	const struct visit *v = ctx;
	ASSAY_AUTO_SAMPLE_ROW r = {0};
	assay_code rc = decode(&r, id, NULL, p, n, err);

	return rc == ASSAY_OK ? v->fn(v->ctx, &r, err) : rc;
}

assay_code assay_samples_each(assay_store *s, assay_sample_fn *fn, void *ctx, assay_err *err)
{
	struct visit v = {.store = s, .fn = fn, .ctx = ctx};

	return assay_rows_each_at(s, ASSAY_TABLE_SAMPLE, visit_row, &v, err);
}

static assay_code visit_edge(void *ctx, uint64_t to, assay_err *err)
{
	const struct visit *v = ctx;
	ASSAY_AUTO_SAMPLE_ROW r = {0};
	assay_code rc = assay_sample_get(v->store, to, &r, err);

	return rc == ASSAY_OK ? v->fn(v->ctx, &r, err) : rc;
}

assay_code assay_samples_of(assay_store *s, uint64_t source, assay_sample_fn *fn, void *ctx, assay_err *err)
{
	struct visit v = {.store = s, .fn = fn, .ctx = ctx};

	return assay_edges_each(s, ASSAY_EDGE_SOURCE_SAMPLE, source, visit_edge, &v, err);
}
