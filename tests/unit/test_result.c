#include "assay/result.h"

#include "lineage_mutate.h"

/* ---- a result with every field in use ---- */

static void make_page(assay_result_sample *s)
{
	s->kind = ASSAY_SAMPLE_PAGE;
	s->part = text("page=1");
	s->parent = ASSAY_NO_SAMPLE;
	s->measurements = calloc(2, sizeof(*s->measurements));
	s->artifacts = calloc(1, sizeof(*s->artifacts));
	assert_true(s->measurements != NULL && s->artifacts != NULL);
	s->measurements[s->measurement_count++] = (assay_measurement){.metric = 0, .defined = true, .value = INT64_MIN};
	s->measurements[s->measurement_count++] = (assay_measurement){.metric = 7, .reason = text("no ground truth")};
	s->artifacts[s->artifact_count++] = (assay_artifact_ref){1, 2, UINT64_MAX, digest(0x33)};
}

static void make_table(assay_result_sample *s)
{
	s->kind = ASSAY_SAMPLE_TABLE;
	s->part = text("page=1&table=2");
	s->parent = 0;
	s->has_span = true;
	s->start = (assay_time){-5, 1001, 30000};
	s->end = (assay_time){INT64_MAX, 1, INT32_MAX};
	s->rejected = ASSAY_FAILURE_EMPTY;
	s->rejected_by = 2;
	s->rejected_why = text("no text in it");
}

static void make(assay_result *r)
{
	*r = (assay_result){.pages = 9, .sample_count = 2, .step_count = 2};
	r->samples = calloc(2, sizeof(*r->samples));
	r->steps = calloc(2, sizeof(*r->steps));
	assert_true(r->samples != NULL && r->steps != NULL);
	make_page(&r->samples[0]);
	make_table(&r->samples[1]);
	r->steps[1] = (assay_step_count){.in = 6, .consumed = 1, .passed = 2, .dropped = 3, .out = 4};
	r->steps[1].drops = calloc(1, sizeof(*r->steps[1].drops));
	assert_non_null(r->steps[1].drops);
	r->steps[1].drops[r->steps[1].drop_count++] = (assay_drop_count){text("blank"), 3};
}

static void assert_page(const assay_result_sample *s)
{
	const assay_digest d = digest(0x33);

	assert_int_equal(s->kind, ASSAY_SAMPLE_PAGE);
	assert_string_equal(s->part, "page=1");
	assert_int_equal(s->parent, ASSAY_NO_SAMPLE);
	assert_false(s->has_span);
	assert_int_equal(s->rejected, ASSAY_FAILURE_NONE);
	assert_null(s->rejected_why);
	assert_int_equal(s->measurement_count, 2);
	assert_true(s->measurements[0].defined && s->measurements[0].value == INT64_MIN);
	assert_null(s->measurements[0].reason);
	assert_int_equal(s->measurements[1].metric, 7);
	assert_false(s->measurements[1].defined);
	assert_string_equal(s->measurements[1].reason, "no ground truth");
	assert_int_equal(s->artifact_count, 1);
	assert_int_equal(s->artifacts[0].stage, 1);
	assert_int_equal(s->artifacts[0].type, 2);
	assert_int_equal(s->artifacts[0].size, UINT64_MAX);
	assert_digest(&s->artifacts[0].digest, &d);
}

static void assert_table(const assay_result_sample *s)
{
	assert_int_equal(s->kind, ASSAY_SAMPLE_TABLE);
	assert_string_equal(s->part, "page=1&table=2");
	assert_int_equal(s->parent, 0);
	assert_true(s->has_span);
	assert_true(s->start.ticks == -5 && s->start.num == 1001 && s->start.den == 30000);
	assert_true(s->end.ticks == INT64_MAX && s->end.num == 1 && s->end.den == INT32_MAX);
	assert_int_equal(s->rejected, ASSAY_FAILURE_EMPTY);
	assert_int_equal(s->rejected_by, 2);
	assert_string_equal(s->rejected_why, "no text in it");
	assert_int_equal(s->measurement_count, 0);
	assert_int_equal(s->artifact_count, 0);
}

static void assert_same_result(const assay_result *a, const assay_result *b)
{
	ASSAY_AUTO_BUF x = ASSAY_BUF_INIT, y = ASSAY_BUF_INIT;

	assay_result_encode(&x, a);
	assay_result_encode(&y, b);
	assert_int_equal(x.len, y.len);
	assert_memory_equal(x.data, y.data, x.len);
}

/* With an allocation for each part, and into an arena that has been used: both say the same. */
static assay_code read_result(const void *p, size_t n)
{
	static assay_arena arena;
	ASSAY_AUTO_RESULT r = {0};
	assay_result in_arena;
	assay_err err = ASSAY_ERR_INIT, other = ASSAY_ERR_INIT;
	const assay_code rc = assay_result_decode(&r, p, n, &err);

	assay_arena_rewind(&arena);
	memset(assay_arena_alloc(&arena, 1, 4096), 0xa5, 4096);
	assay_arena_rewind(&arena);
	assert_int_equal(assay_result_decode_in(&in_arena, &arena, p, n, &other), rc);
	assert_string_equal(err.msg, other.msg);
	assert_same_result(&r, &in_arena);
	assay_arena_release(&arena);
	return rc;
}

/* ---- tests ---- */

static void result_decode__full__reads_back(void **state)
{
	ASSAY_AUTO_RESULT made = {0};
	ASSAY_AUTO_RESULT read = {0};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT, again = ASSAY_BUF_INIT;

	(void)state;
	make(&made);
	assay_result_encode(&b, &made);
	assert_int_equal(assay_result_decode(&read, b.data, b.len, NULL), ASSAY_OK);
	assert_int_equal(read.failure, ASSAY_FAILURE_NONE);
	assert_null(read.message);
	assert_int_equal(read.pages, 9);
	assert_int_equal(read.sample_count, 2);
	assert_page(&read.samples[0]);
	assert_table(&read.samples[1]);
	assert_int_equal(read.step_count, 2);
	assert_int_equal(read.steps[0].drop_count, 0);
	assert_true(read.steps[1].in == 6 && read.steps[1].consumed == 1 && read.steps[1].passed == 2);
	assert_true(read.steps[1].dropped == 3 && read.steps[1].out == 4);
	assert_string_equal(read.steps[1].drops[0].reason, "blank");
	assert_int_equal(read.steps[1].drops[0].count, 3);
	assay_result_encode(&again, &read);
	assert_int_equal(again.len, b.len);
	assert_memory_equal(again.data, b.data, b.len);
}

static void result_fail__samples_give_way_to_the_failure(void **state)
{
	ASSAY_AUTO_RESULT r = {0};
	ASSAY_AUTO_RESULT read = {0};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	make(&r);
	assert_int_equal(assay_result_fail(&r, ASSAY_FAILURE_TIMEOUT, 1, "first", NULL), ASSAY_OK);
	assert_int_equal(assay_result_fail(&r, ASSAY_FAILURE_DECODE, 1, "not a TIFF", NULL), ASSAY_OK);
	assert_int_equal(r.sample_count, 0);
	assay_result_encode(&b, &r);
	assert_int_equal(assay_result_decode(&read, b.data, b.len, NULL), ASSAY_OK);
	assert_int_equal(read.failure, ASSAY_FAILURE_DECODE);
	assert_int_equal(read.failed_step, 1);
	assert_string_equal(read.message, "not a TIFF");
	assert_int_equal(read.step_count, 2);
}

static void assert_refused(const assay_result *r, const char *why)
{
	assay_result read = {.pages = 5};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_err err = ASSAY_ERR_INIT;

	assay_result_encode(&b, r);
	assert_int_equal(assay_result_decode(&read, b.data, b.len, &err), ASSAY_ECORRUPT);
	assert_non_null(strstr(err.msg, why));
	assert_int_equal(read.pages, 0);
	assert_null(read.samples);
}

static void result_decode__values_out_of_range__ecorrupt_says_which(void **state)
{
	ASSAY_AUTO_RESULT r = {0};

	(void)state;
	make(&r);
	r.samples[1].parent = 1;
	assert_refused(&r, "parent does not come before its child");
	r.samples[1].parent = 0;
	r.samples[1].kind = (assay_sample_kind)99;
	assert_refused(&r, "unknown kind of sample");
	r.samples[1].kind = ASSAY_SAMPLE_TABLE;
	r.samples[1].end.den = 0;
	assert_refused(&r, "time base out of range");
	r.samples[1].end.den = 1;
	r.samples[0].measurements[1].metric = 0;
	assert_refused(&r, "metrics out of order");
	r.samples[0].measurements[1].metric = 7;
	r.failure = ASSAY_FAILURE_DECODE;
	assert_refused(&r, "a failure with samples");
	r.failure = (assay_failure)20;
	assert_refused(&r, "unknown failure class");
}

/* Numbers with heads of every size, between others that are read one by one: negative ones, and reasons. */
static void result_decode__measurements_of_every_size__read_back(void **state)
{
	static const int64_t values[] = {0,  23,         24,        255,       256,       65535,  65536,
					 -1, UINT32_MAX, 1LL << 32, INT64_MAX, INT64_MIN, -65537, 1};
	static const uint32_t metrics[] = {0, 23, 24, 255, 256, 65535, 65536, 65537, UINT32_MAX - 8};
	assay_measurement m[ASSAY_COUNT(values)];
	assay_result_sample sample = {.kind = ASSAY_SAMPLE_PAGE, .part = text("page=1"), .parent = ASSAY_NO_SAMPLE};
	const assay_result made = {.pages = 1, .samples = &sample, .sample_count = 1};
	char *reason = text("no words");

	(void)state;
	sample.measurements = m;
	sample.measurement_count = ASSAY_COUNT(m);
	/* Each value behind each of the others: the last one stands where less than a whole head is left. */
	for (size_t turn = 0; turn < ASSAY_COUNT(m); turn++) {
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
		ASSAY_AUTO_RESULT r = {0};

		for (uint32_t i = 0; i < ASSAY_COUNT(m); i++) {
			const uint32_t base = i < ASSAY_COUNT(metrics) ? i : ASSAY_COUNT(metrics) - 1;
			const int64_t value = values[(i + turn) % ASSAY_COUNT(values)];

			m[i] = (assay_measurement){metrics[base] + i - base, value != -1, value, NULL};
			if (!m[i].defined) {
				m[i].value = 0;
				m[i].reason = reason;
			}
		}
		assay_result_encode(&b, &made);
		assert_int_equal(assay_result_decode(&r, b.data, b.len, NULL), ASSAY_OK);
		assert_int_equal(r.samples[0].measurement_count, ASSAY_COUNT(m));
		for (size_t i = 0; i < ASSAY_COUNT(m); i++) {
			const assay_measurement *got = &r.samples[0].measurements[i];

			assert_int_equal(got->metric, m[i].metric);
			assert_int_equal(got->defined, m[i].defined);
			assert_true(got->value == m[i].value);
			assert_int_equal(got->reason != NULL, m[i].reason != NULL);
		}
		assert_int_equal(read_result(b.data, b.len), ASSAY_OK);
	}
	free(reason);
	free(sample.part);
}

/* A result of one page with these measurements, then the bytes that follow them. */
static void with_measurements(assay_buf *b, const unsigned char *p, size_t n, size_t items)
{
	static const unsigned char before[] = {0xa5, 0, 1, 1, 0xf6, 2, 1, 3, 0x81}, after[] = {6, 0x80, 4, 0x80};

	assay_buf_append(b, before, sizeof before);
	assay_cbor_map(b, 7);
	assay_cbor_uint(b, 0);
	assay_cbor_uint(b, ASSAY_SAMPLE_PAGE);
	assay_cbor_uint(b, 1);
	assay_cbor_text(b, "page=1");
	for (unsigned key = 2; key <= 4; key++) {
		assay_cbor_uint(b, key);
		assay_cbor_null(b);
	}
	assay_cbor_uint(b, 5);
	assay_cbor_array(b, items);
	assay_buf_append(b, p, n);
	assay_buf_append(b, after, sizeof after);
}

/* Wherever it stands: as a metric or a value, before others or as the last one, where it is read by another function. */
static void result_decode__a_number_that_is_not_the_shortest__ecorrupt(void **state)
{
	static const struct {
		unsigned char bytes[9];
		size_t size;
	} numbers[] = {{{0x18, 23}, 2},
		       {{0x19, 0, 255}, 3},
		       {{0x1a, 0, 0, 255, 255}, 5},
		       {{0x1b, 0, 0, 0, 0, 255, 255, 255, 255}, 9},
		       {{0x1c}, 1},
		       {{0x18, 24}, 2}}; /* the last one is */
	static const unsigned char more[] = {0x18, 200, 1, 0x18, 201, 1, 0x18, 202, 1, 0x18, 203, 1, 0x18, 204, 1};

	(void)state;
	for (size_t i = 0; i < 4 * ASSAY_COUNT(numbers); i++) {
		const bool is_value = i % 2 == 0, is_last = i / 2 % 2 == 0,
			   is_shortest = i / 4 == ASSAY_COUNT(numbers) - 1;
		const unsigned char one[] = {1};
		ASSAY_AUTO_BUF list = ASSAY_BUF_INIT;
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
		ASSAY_AUTO_RESULT r = {0};

		if (is_value)
			assay_buf_append(&list, one, 1);
		assay_buf_append(&list, numbers[i / 4].bytes, numbers[i / 4].size);
		if (!is_value)
			assay_buf_append(&list, one, 1);
		if (!is_last)
			assay_buf_append(&list, more, sizeof more);
		with_measurements(&b, list.data, list.len, is_last ? 2 : 12);
		assert_int_equal(assay_result_decode(&r, b.data, b.len, NULL), is_shortest ? ASSAY_OK : ASSAY_ECORRUPT);
	}
}

static void result_decode__every_truncation__ecorrupt(void **state)
{
	ASSAY_AUTO_RESULT r = {0};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	make(&r);
	assay_result_encode(&b, &r);
	assert_truncations_refused(&b, read_result);
}

static void result_decode__random_mutations__no_harm(void **state)
{
	ASSAY_AUTO_RESULT r = {0};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	make(&r);
	assay_result_encode(&b, &r);
	assert_mutations_harmless(&b, read_result);
}

static void result_decode__every_alloc_fails_in_turn__enomem(void **state)
{
	ASSAY_AUTO_RESULT made = {0};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_code rc;
	unsigned n = 0;

	(void)state;
	make(&made);
	assay_result_encode(&b, &made);
	do {
		ASSAY_AUTO_RESULT r = {0};

		arm(++n);
		rc = assay_result_decode(&r, b.data, b.len, NULL);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		assert_int_equal(r.samples != NULL, rc == ASSAY_OK);
	} while (rc != ASSAY_OK);
	assert_in_range(n, 10, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(result_decode__full__reads_back),
	    cmocka_unit_test(result_fail__samples_give_way_to_the_failure),
	    cmocka_unit_test(result_decode__values_out_of_range__ecorrupt_says_which),
	    cmocka_unit_test(result_decode__measurements_of_every_size__read_back),
	    cmocka_unit_test(result_decode__a_number_that_is_not_the_shortest__ecorrupt),
	    cmocka_unit_test(result_decode__every_truncation__ecorrupt),
	    cmocka_unit_test(result_decode__random_mutations__no_harm),
	    cmocka_unit_test(result_decode__every_alloc_fails_in_turn__enomem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
