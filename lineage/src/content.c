/*
 * The record that is digested, a map with ascending keys:
 *   {0: format 1, 1: source digest, 2: kind, 3: part, 4: null | [start ticks, num, den, end ticks, num, den],
 *    5: [[metric, scale, value | reason]...], 6: [[stage, role, size, digest]...], 7: [[key, value]...]}
 */
#include "assay/content.h"

#include "assay/cbor.h"
#include "assay/memory.h"

#include <inttypes.h>
#include <stdlib.h>

#define FORMAT 1
#define FIELDS 8

void assay_content_reset(assay_content *c)
{
	*c = (assay_content){.measures = c->measures,
			     .measure_cap = c->measure_cap,
			     .artifacts = c->artifacts,
			     .artifact_cap = c->artifact_cap};
}

void assay_content_release(assay_content *c)
{
	free(c->measures);
	free(c->artifacts);
	*c = (assay_content){0};
}

/* ---------------------------------------------------------------- from a result */

static assay_code add_measure(assay_content *c, const assay_recipe *recipe, const assay_measurement *m, assay_err *err)
{
	const assay_recipe_metric *row = assay_recipe_metric_at(recipe, m->metric, NULL);
	assay_code rc;

	if (row == NULL)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "a result names metric %" PRIu32 ", its recipe has fewer",
				   m->metric);
	rc = assay_grow(&c->measures, &c->measure_cap, c->measure_count, sizeof *c->measures, err);
	if (rc == ASSAY_OK)
		c->measures[c->measure_count++] = (assay_content_measure){.name = row->name,
									  .unit = row->unit,
									  .scale = row->scale,
									  .defined = m->defined,
									  .value = m->value,
									  .reason = m->reason};
	return rc;
}

static assay_code add_artifact(assay_content *c, const assay_recipe *recipe, const assay_artifact_ref *a,
			       assay_err *err)
{
	const assay_recipe_artifact *type;
	assay_code rc;

	if (a->stage >= recipe->step_count || a->type >= recipe->steps[a->stage].artifact_count)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "a result names an artifact that its recipe does not have");
	type = &recipe->steps[a->stage].artifacts[a->type];
	rc = assay_grow(&c->artifacts, &c->artifact_cap, c->artifact_count, sizeof *c->artifacts, err);
	if (rc == ASSAY_OK)
		c->artifacts[c->artifact_count++] = (assay_content_artifact){.stage = recipe->steps[a->stage].stage,
									     .role = type->role,
									     .media = type->media,
									     .suffix = type->suffix,
									     .size = a->size,
									     .digest = a->digest};
	return rc;
}

assay_code assay_content_of(assay_content *c, const assay_recipe *recipe, const assay_result_sample *s, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	c->kind = s->kind;
	c->part = s->part;
	c->has_span = s->has_span;
	c->start = s->start;
	c->end = s->end;
	for (size_t i = 0; i < s->measurement_count && rc == ASSAY_OK; i++)
		rc = add_measure(c, recipe, &s->measurements[i], err);
	for (size_t i = 0; i < s->artifact_count && rc == ASSAY_OK; i++)
		rc = add_artifact(c, recipe, &s->artifacts[i], err);
	return rc;
}

/* ---------------------------------------------------------------- the digest */

static void put_span(assay_buf *b, const assay_content *c)
{
	const assay_time times[] = {c->start, c->end};

	if (!c->has_span) {
		assay_cbor_null(b);
		return;
	}
	assay_cbor_array(b, 6);
	for (size_t i = 0; i < ASSAY_COUNT(times); i++) {
		assay_cbor_int(b, times[i].ticks);
		assay_cbor_int(b, times[i].num);
		assay_cbor_int(b, times[i].den);
	}
}

static void put_measures(assay_buf *b, const assay_content *c)
{
	assay_cbor_array(b, c->measure_count);
	for (size_t i = 0; i < c->measure_count; i++) {
		const assay_content_measure *m = &c->measures[i];

		assay_cbor_array(b, 3);
		assay_cbor_text(b, m->name);
		assay_cbor_uint(b, (uint64_t)m->scale);
		if (m->defined)
			assay_cbor_int(b, m->value);
		else
			assay_cbor_text(b, m->reason);
	}
}

static void put_artifacts(assay_buf *b, const assay_content *c)
{
	assay_cbor_array(b, c->artifact_count);
	for (size_t i = 0; i < c->artifact_count; i++) {
		assay_cbor_array(b, 4);
		assay_cbor_text(b, c->artifacts[i].stage);
		assay_cbor_text(b, c->artifacts[i].role);
		assay_cbor_uint(b, c->artifacts[i].size);
		assay_cbor_digest(b, &c->artifacts[i].digest);
	}
}

static void put_metadata(assay_buf *b, const assay_content *c)
{
	assay_cbor_array(b, c->metadata_count);
	for (size_t i = 0; i < c->metadata_count; i++) {
		assay_cbor_array(b, 2);
		assay_cbor_text(b, c->metadata_keys[i]);
		assay_cbor_text(b, c->metadata_values[i]);
	}
}

assay_code assay_content_digest(const assay_content *c, assay_buf *scratch, assay_digest *out, assay_err *err)
{
	assay_buf *b = scratch;
	assay_code rc;

	assay_buf_reset(b);
	assay_cbor_map(b, FIELDS);
	assay_cbor_uint(b, 0), assay_cbor_uint(b, FORMAT);
	assay_cbor_uint(b, 1), assay_cbor_digest(b, &c->source);
	assay_cbor_uint(b, 2), assay_cbor_uint(b, c->kind);
	assay_cbor_uint(b, 3), assay_cbor_text(b, c->part);
	assay_cbor_uint(b, 4), put_span(b, c);
	assay_cbor_uint(b, 5), put_measures(b, c);
	assay_cbor_uint(b, 6), put_artifacts(b, c);
	assay_cbor_uint(b, 7), put_metadata(b, c);
	rc = assay_buf_check(b, err);
	return rc == ASSAY_OK ? assay_digest_of(out, b->data, b->len, err) : rc;
}
