/*
 * The record that is digested, a map with ascending keys:
 *   {0: format 1, 1: source digest, 2: kind, 3: part, 4: null | [start ticks, num, den, end ticks, num, den],
 *    5: [[metric, scale, value | reason]...], 6: [[stage, role, size, digest]...], 7: [[key, value]...]}
 * stages/pipeline/src/dataset.c makes the same when it commits a version. What is delivered is compared with what the
 * version says, and `assay verify` computes it again from the manifest, so that the two cannot drift apart unseen.
 */
#include "content.h"

#include <stdlib.h>

#define FORMAT 1
#define FIELDS 8

void content_reset(content *c)
{
	*c = (content){.measures = c->measures,
		       .measure_cap = c->measure_cap,
		       .artifacts = c->artifacts,
		       .artifact_cap = c->artifact_cap};
}

void content_release(content *c)
{
	free(c->measures);
	free(c->artifacts);
	*c = (content){0};
}

static void put_span(assay_buf *b, const content *c)
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

static void put_measures(assay_buf *b, const content *c)
{
	assay_cbor_array(b, c->measure_count);
	for (size_t i = 0; i < c->measure_count; i++) {
		const content_measure *m = &c->measures[i];

		assay_cbor_array(b, 3);
		assay_cbor_text(b, m->name);
		assay_cbor_uint(b, (uint64_t)m->scale);
		if (m->defined)
			assay_cbor_int(b, m->value);
		else
			assay_cbor_text(b, m->reason);
	}
}

static void put_artifacts(assay_buf *b, const content *c)
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

static void put_metadata(assay_buf *b, const content *c)
{
	assay_cbor_array(b, c->metadata_count);
	for (size_t i = 0; i < c->metadata_count; i++) {
		assay_cbor_array(b, 2);
		assay_cbor_text(b, c->metadata_keys[i]);
		assay_cbor_text(b, c->metadata_values[i]);
	}
}

assay_code content_digest(const content *c, assay_buf *scratch, assay_digest *out, assay_err *err)
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
