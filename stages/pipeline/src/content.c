#include "content.h"

#include "assay/cbor.h"

#include <inttypes.h>

static void content_time(assay_buf *b, assay_time t)
{
	assay_cbor_int(b, t.ticks);
	assay_cbor_int(b, t.num);
	assay_cbor_int(b, t.den);
}

static assay_code content_measurements(assay_buf *b, const assay_recipe *recipe, const assay_result_sample *s,
				       assay_err *err)
{
	assay_cbor_uint(b, 5), assay_cbor_array(b, s->measurement_count);
	for (size_t i = 0; i < s->measurement_count; i++) {
		const assay_measurement *m = &s->measurements[i];
		const assay_recipe_metric *row = assay_recipe_metric_at(recipe, m->metric, NULL);

		if (row == NULL)
			return ASSAY_RAISE(err, ASSAY_ECORRUPT,
					   "a result names metric %" PRIu32 ", its recipe has fewer", m->metric);
		assay_cbor_array(b, 3);
		assay_cbor_text(b, row->name);
		assay_cbor_uint(b, (uint64_t)row->scale);
		if (m->defined)
			assay_cbor_int(b, m->value);
		else
			assay_cbor_text(b, m->reason);
	}
	return ASSAY_OK;
}

static assay_code content_artifacts(assay_buf *b, const assay_recipe *recipe, const assay_result_sample *s,
				    assay_err *err)
{
	assay_cbor_uint(b, 6), assay_cbor_array(b, s->artifact_count);
	for (size_t i = 0; i < s->artifact_count; i++) {
		const assay_artifact_ref *a = &s->artifacts[i];

		if (a->stage >= recipe->step_count || a->type >= recipe->steps[a->stage].artifact_count)
			return ASSAY_RAISE(err, ASSAY_ECORRUPT,
					   "a result names an artifact that its recipe does not have");
		assay_cbor_array(b, 4);
		assay_cbor_text(b, recipe->steps[a->stage].stage);
		assay_cbor_text(b, recipe->steps[a->stage].artifacts[a->type].role);
		assay_cbor_uint(b, a->size);
		assay_cbor_digest(b, &a->digest);
	}
	return ASSAY_OK;
}

assay_code assay_content_digest(assay_digest *out, assay_buf *b, const assay_recipe *recipe, const assay_source *source,
				const assay_result_sample *s, assay_err *err)
{
	assay_code rc;

	assay_buf_reset(b);
	assay_cbor_map(b, 8);
	assay_cbor_uint(b, 0), assay_cbor_uint(b, 1);
	assay_cbor_uint(b, 1), assay_cbor_digest(b, &source->digest);
	assay_cbor_uint(b, 2), assay_cbor_uint(b, s->kind);
	assay_cbor_uint(b, 3), assay_cbor_text(b, s->part);
	assay_cbor_uint(b, 4);
	if (s->has_span) {
		assay_cbor_array(b, 6);
		content_time(b, s->start);
		content_time(b, s->end);
	} else {
		assay_cbor_null(b);
	}
	rc = content_measurements(b, recipe, s, err);
	if (rc == ASSAY_OK)
		rc = content_artifacts(b, recipe, s, err);
	if (rc != ASSAY_OK)
		return rc;
	assay_cbor_uint(b, 7), assay_cbor_array(b, source->metadata_count);
	for (size_t i = 0; i < source->metadata_count; i++) {
		assay_cbor_array(b, 2);
		assay_cbor_text(b, source->metadata_keys[i]);
		assay_cbor_text(b, source->metadata_values[i]);
	}
	rc = assay_buf_check(b, err);
	return rc == ASSAY_OK ? assay_digest_of(out, b->data, b->len, err) : rc;
}
