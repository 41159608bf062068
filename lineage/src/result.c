/*
 * Layout of a result record (all maps have ascending integer keys, absent keys are written as null):
 *   {0: format, 1: null | [failure, step, message], 2: pages, 3: [sample...], 4: [step...]}
 *   sample: {0: kind, 1: part, 2: parent | null, 3: null | [ticks, num, den, ticks, num, den],
 *            4: null | [failure, step, message], 5: [metric, value | reason, ...], 6: [[step, type, size, digest]...]}
 *   step:   [in, consumed, passed, dropped, out, [[reason, count]...]]
 */
#include "assay/result.h"

#include "assay/memory.h"

#include "record.h"

#include <stdlib.h>
#include <string.h>

void assay_result_sample_release(assay_result_sample *s)
{
	for (size_t i = 0; i < s->measurement_count; i++)
		free(s->measurements[i].reason);
	free(s->measurements);
	free(s->artifacts);
	free(s->part);
	free(s->rejected_why);
}

static void step_release(assay_step_count *s)
{
	for (size_t i = 0; i < s->drop_count; i++)
		free(s->drops[i].reason);
	free(s->drops);
}

static void samples_release(assay_result *r)
{
	for (size_t i = 0; i < r->sample_count; i++)
		assay_result_sample_release(&r->samples[i]);
	free(r->samples);
	r->samples = NULL;
	r->sample_count = r->sample_cap = 0;
}

void assay_result_release(assay_result *r)
{
	samples_release(r);
	for (size_t i = 0; i < r->step_count; i++)
		step_release(&r->steps[i]);
	free(r->steps);
	free(r->message);
	*r = (assay_result){0};
}

assay_code assay_result_fail(assay_result *r, assay_failure failure, uint32_t step, const char *message, assay_err *err)
{
	char *copy = assay_strdup(message);

	samples_release(r);
	free(r->message);
	r->failure = failure;
	r->failed_step = step;
	r->message = copy;
	if (copy == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "failure message");
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- encode */

static void encode_failure(assay_buf *out, unsigned failure, uint32_t step, const char *message)
{
	if (failure == ASSAY_FAILURE_NONE) {
		assay_cbor_null(out);
		return;
	}
	assay_cbor_array(out, 3);
	assay_cbor_uint(out, failure);
	assay_cbor_uint(out, step);
	assay_cbor_words(out, message != NULL ? message : "");
}

static void encode_time(assay_buf *out, assay_time t)
{
	assay_cbor_int(out, t.ticks);
	assay_cbor_int(out, t.num);
	assay_cbor_int(out, t.den);
}

static void encode_measurements(assay_buf *out, const assay_result_sample *s)
{
	assay_cbor_array(out, 2 * s->measurement_count);
	for (size_t i = 0; i < s->measurement_count; i++) {
		const assay_measurement *m = &s->measurements[i];

		assay_cbor_uint(out, m->metric);
		if (m->defined)
			assay_cbor_int(out, m->value);
		else
			assay_cbor_text(out, m->reason);
	}
}

static void encode_artifacts(assay_buf *out, const assay_result_sample *s)
{
	assay_cbor_array(out, s->artifact_count);
	for (size_t i = 0; i < s->artifact_count; i++) {
		assay_cbor_array(out, 4);
		assay_cbor_uint(out, s->artifacts[i].stage);
		assay_cbor_uint(out, s->artifacts[i].type);
		assay_cbor_uint(out, s->artifacts[i].size);
		assay_cbor_digest(out, &s->artifacts[i].digest);
	}
}

static void encode_sample(assay_buf *out, const assay_result_sample *s)
{
	assay_cbor_map(out, 7);
	assay_cbor_uint(out, 0);
	assay_cbor_uint(out, s->kind);
	assay_cbor_uint(out, 1);
	assay_cbor_text(out, s->part);
	assay_cbor_uint(out, 2);
	if (s->parent == ASSAY_NO_SAMPLE)
		assay_cbor_null(out);
	else
		assay_cbor_uint(out, s->parent);
	assay_cbor_uint(out, 3);
	if (s->has_span) {
		assay_cbor_array(out, 6);
		encode_time(out, s->start);
		encode_time(out, s->end);
	} else {
		assay_cbor_null(out);
	}
	assay_cbor_uint(out, 4);
	encode_failure(out, s->rejected, s->rejected_by, s->rejected_why);
	assay_cbor_uint(out, 5);
	encode_measurements(out, s);
	assay_cbor_uint(out, 6);
	encode_artifacts(out, s);
}

static void encode_step(assay_buf *out, const assay_step_count *s)
{
	assay_cbor_array(out, 6);
	assay_cbor_uint(out, s->in);
	assay_cbor_uint(out, s->consumed);
	assay_cbor_uint(out, s->passed);
	assay_cbor_uint(out, s->dropped);
	assay_cbor_uint(out, s->out);
	assay_cbor_array(out, s->drop_count);
	for (size_t i = 0; i < s->drop_count; i++) {
		assay_cbor_array(out, 2);
		assay_cbor_text(out, s->drops[i].reason);
		assay_cbor_uint(out, s->drops[i].count);
	}
}

void assay_result_encode(assay_buf *out, const assay_result *r)
{
	assay_cbor_map(out, 5);
	assay_cbor_uint(out, 0);
	assay_cbor_uint(out, ASSAY_RESULT_FORMAT);
	assay_cbor_uint(out, 1);
	encode_failure(out, r->failure, r->failed_step, r->message);
	assay_cbor_uint(out, 2);
	assay_cbor_uint(out, r->pages);
	assay_cbor_uint(out, 3);
	assay_cbor_array(out, r->sample_count);
	for (size_t i = 0; i < r->sample_count; i++)
		encode_sample(out, &r->samples[i]);
	assay_cbor_uint(out, 4);
	assay_cbor_array(out, r->step_count);
	for (size_t i = 0; i < r->step_count; i++)
		encode_step(out, &r->steps[i]);
}

/* ---------------------------------------------------------------- decode */

static assay_failure read_failure(assay_cbor_reader *c, uint32_t *step, char **message)
{
	assay_failure f;

	if (assay_cbor_read_null(c))
		return ASSAY_FAILURE_NONE;
	assay_record_tuple(c, 3, "failure is not a triple");
	f = assay_record_failure(c);
	*step = assay_record_u32(c);
	*message = assay_cbor_read_strdup(c);
	return f;
}

static assay_time read_time(assay_cbor_reader *c)
{
	assay_time t = {.ticks = assay_cbor_read_int(c)};
	int64_t num = assay_cbor_read_int(c), den = assay_cbor_read_int(c);

	if (num < 1 || num > INT32_MAX || den < 1 || den > INT32_MAX) {
		assay_cbor_fault(c, "time base out of range");
		num = den = 1;
	}
	t.num = (int32_t)num;
	t.den = (int32_t)den;
	return t;
}

#define NUMBER_MAX ((size_t)5) /* bytes of a number of 32 bits, with its head */

/* The size of such a number; 0 for everything else, and for a head that is not the shortest. */
static inline size_t read_number(const unsigned char *p, uint32_t *v)
{
	const unsigned head = *p;

	*v = head;
	if (head < 24)
		return 1;
	*v = p[1];
	if (head == 24)
		return *v >= 24 ? 2 : 0;
	*v = (uint32_t)p[1] << 8 | p[2];
	if (head == 25)
		return *v > UINT8_MAX ? 3 : 0;
	*v = (uint32_t)p[1] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 8 | p[4];
	return head == 26 && *v > UINT16_MAX ? NUMBER_MAX : 0;
}

/* Nearly every measurement is two such numbers, of which a judging reads tens of millions: all up to the first that is
 * not, is out of order, or stands where less may be left than two take. read_measurement reads that one, and tells. */
static void read_numbers(assay_cbor_reader *c, assay_result_sample *s, size_t n)
{
	const unsigned char *p = c->p;
	assay_measurement *m = &s->measurements[s->measurement_count];
	int64_t before = s->measurement_count > 0 ? (int64_t)m[-1].metric : -1;

	for (; s->measurement_count < n && (size_t)(c->end - p) >= 2 * NUMBER_MAX; s->measurement_count++, m++) {
		uint32_t metric, value;
		const size_t first = read_number(p, &metric), second = read_number(p + first, &value);

		if (first == 0 || second == 0 || metric <= before)
			break;
		*m = (assay_measurement){.metric = metric, .defined = true, .value = value};
		before = metric;
		p += first + second;
	}
	c->p = p;
}

static void read_measurement(assay_cbor_reader *c, assay_measurement *m)
{
	m->metric = assay_record_u32(c);
	m->defined = assay_cbor_peek(c) != ASSAY_CBOR_TEXT;
	if (m->defined)
		m->value = assay_cbor_read_int(c);
	else
		m->reason = assay_cbor_read_strdup(c);
}

static void read_measurements(assay_cbor_reader *c, assay_result_sample *s)
{
	const size_t n = assay_cbor_read_array(c);

	if (n % 2 != 0)
		assay_cbor_fault(c, "measurements are not pairs");
	s->measurements = assay_record_room(c, n / 2, sizeof(*s->measurements));
	while (s->measurement_count < n / 2 && c->fault == NULL) {
		assay_measurement *m;

		read_numbers(c, s, n / 2);
		if (s->measurement_count == n / 2)
			return;
		m = &s->measurements[s->measurement_count];
		read_measurement(c, m);
		if (s->measurement_count > 0 && m->metric <= m[-1].metric)
			assay_cbor_fault(c, "metrics out of order");
		s->measurement_count++;
	}
}

static void read_artifacts(assay_cbor_reader *c, assay_result_sample *s)
{
	size_t n;

	s->artifacts = assay_record_list(c, sizeof *s->artifacts, &n);
	while (s->artifact_count < n && c->fault == NULL) {
		assay_artifact_ref *a = &s->artifacts[s->artifact_count++];

		assay_record_tuple(c, 4, "artifact is not a quadruple");
		a->stage = assay_record_u32(c);
		a->type = assay_record_u32(c);
		a->size = assay_cbor_read_uint(c);
		assay_record_digest(c, &a->digest);
	}
}

static void read_sample(assay_cbor_reader *c, assay_result_sample *s, size_t index)
{
	uint32_t kind;

	if (assay_cbor_read_map(c) != 7)
		assay_cbor_fault(c, "sample does not have 7 fields");
	assay_cbor_read_key(c, 0);
	kind = assay_record_u32(c);
	if (assay_sample_kind_name(kind) == NULL)
		assay_cbor_fault(c, "unknown kind of sample");
	s->kind = (assay_sample_kind)kind;
	assay_cbor_read_key(c, 1);
	s->part = assay_record_text(c);
	assay_cbor_read_key(c, 2);
	s->parent = assay_cbor_read_null(c) ? ASSAY_NO_SAMPLE : assay_record_u32(c);
	if (s->parent != ASSAY_NO_SAMPLE && s->parent >= index)
		assay_cbor_fault(c, "parent does not come before its child");
	assay_cbor_read_key(c, 3);
	s->has_span = !assay_cbor_read_null(c);
	if (s->has_span) {
		assay_record_tuple(c, 6, "span is not two times");
		s->start = read_time(c);
		s->end = read_time(c);
	}
	assay_cbor_read_key(c, 4);
	s->rejected = read_failure(c, &s->rejected_by, &s->rejected_why);
	assay_cbor_read_key(c, 5);
	read_measurements(c, s);
	assay_cbor_read_key(c, 6);
	read_artifacts(c, s);
}

static void read_step(assay_cbor_reader *c, assay_step_count *s)
{
	size_t n;

	assay_record_tuple(c, 6, "step does not have 6 counts");
	s->in = assay_cbor_read_uint(c);
	s->consumed = assay_cbor_read_uint(c);
	s->passed = assay_cbor_read_uint(c);
	s->dropped = assay_cbor_read_uint(c);
	s->out = assay_cbor_read_uint(c);
	s->drops = assay_record_list(c, sizeof *s->drops, &n);
	while (s->drop_count < n && c->fault == NULL) {
		assay_drop_count *d = &s->drops[s->drop_count++];

		assay_record_tuple(c, 2, "drop is not a pair");
		d->reason = assay_cbor_read_strdup(c);
		d->count = assay_cbor_read_uint(c);
	}
}

static void read_result(assay_cbor_reader *c, assay_result *r)
{
	size_t n;

	assay_record_head(c, 5, "result does not have 5 fields", ASSAY_RESULT_FORMAT, "unknown result format");
	assay_cbor_read_key(c, 1);
	r->failure = read_failure(c, &r->failed_step, &r->message);
	assay_cbor_read_key(c, 2);
	r->pages = assay_record_u32(c);
	assay_cbor_read_key(c, 3);
	n = assay_cbor_read_array(c);
	if (n > 0 && r->failure != ASSAY_FAILURE_NONE)
		assay_cbor_fault(c, "a failure with samples");
	if (n > ASSAY_RESULT_SAMPLES_MAX)
		assay_cbor_fault(c, "more samples than a unit may have");
	r->samples = assay_record_room(c, c->fault == NULL ? n : 0, sizeof(*r->samples));
	while (r->sample_count < n && c->fault == NULL) {
		read_sample(c, &r->samples[r->sample_count], r->sample_count);
		r->sample_count++;
	}
	assay_cbor_read_key(c, 4);
	r->steps = assay_record_list(c, sizeof *r->steps, &n);
	while (r->step_count < n && c->fault == NULL)
		read_step(c, &r->steps[r->step_count++]);
}

assay_code assay_result_decode_in(assay_result *out, assay_arena *arena, const void *p, size_t n, assay_err *err)
{
	assay_cbor_reader c;
	assay_code rc;

	*out = (assay_result){0};
	assay_cbor_reader_init(&c, p, n);
	c.arena = arena;
	read_result(&c, out);
	rc = assay_cbor_finish(&c, "result", err);
	if (rc != ASSAY_OK && arena == NULL)
		assay_result_release(out);
	else if (rc != ASSAY_OK)
		*out = (assay_result){0};
	return rc;
}

assay_code assay_result_decode(assay_result *out, const void *p, size_t n, assay_err *err)
{
	return assay_result_decode_in(out, NULL, p, n, err);
}
