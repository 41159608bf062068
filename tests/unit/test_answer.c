/* What a hostile child may answer: everything that the chain could not have said is a fault. */
#include "answer.h"
#include "assay/file.h"
#include "assay/memory.h"
#include "outcome.h"
#include "test_stages.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static answer_shape shape;

static int make_shape(void **state)
{
	static const assay_worker_step steps[] = {{&assay_stage_test_read, NULL}, {&assay_stage_test_misbehave, NULL}};
	const assay_worker_chain chain = {steps, 2};

	(void)state;
	return answer_shape_init(&shape, &chain, NULL) == ASSAY_OK ? 0 : -1;
}

static int free_shape(void **state)
{
	(void)state;
	answer_shape_release(&shape);
	return 0;
}

/* ---------------------------------------------------------------- a good result, to be spoilt */

static const char artifact[] = "the artifact";

typedef struct good {
	assay_measurement measurements[6];
	assay_artifact_ref artifacts[2];
	assay_result_sample samples[2];
	assay_step_count steps[3];
	assay_result result;
} good;

static void make_good(good *g)
{
	*g = (good){.result = {.pages = 1, .sample_count = 1, .step_count = 2}};
	g->result.samples = g->samples;
	g->result.steps = g->steps;
	for (uint32_t m = 0; m < 6; m++)
		g->measurements[m] = (assay_measurement){.metric = m, .defined = true, .value = 7};
	g->samples[0] = (assay_result_sample){.kind = ASSAY_SAMPLE_PAGE,
					      .parent = ASSAY_NO_SAMPLE,
					      .measurements = g->measurements,
					      .measurement_count = 5,
					      .artifacts = g->artifacts,
					      .artifact_count = 1};
	g->samples[0].part = (char *)(uintptr_t) "page=1";
	g->artifacts[0].size = sizeof artifact;
	assert_int_equal(assay_digest_of(&g->artifacts[0].digest, artifact, sizeof artifact, NULL), ASSAY_OK);
	g->samples[1] = g->samples[0];
	g->samples[1].part = (char *)(uintptr_t) "page=2";
	g->samples[1].artifact_count = 0;
}

static char *text(const char *literal)
{
	return (char *)(uintptr_t)literal;
}

/* Let the answer take these bytes in from a socket whose peer then goes. */
static void feed(answer *a, const void *p, size_t n)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(assay_write_all(pair[1], p, n, NULL), ASSAY_OK);
	(void)close(pair[1]);
	answer_init(a, &shape, pair[0], NULL, NULL);
	assert_int_equal(answer_step(a, SIZE_MAX, NULL), ASSAY_OK);
	assert_false(answer_is_open(a));
}

static void put_frame(assay_buf *out, frame_type type, const void *p, size_t n)
{
	const unsigned char head[FRAME_HEAD] = {(unsigned char)n, (unsigned char)(n >> 8), (unsigned char)(n >> 16), 0,
						(unsigned char)type};

	assay_buf_append(out, head, sizeof head);
	assay_buf_append(out, p, n);
}

static void put_result(assay_buf *out, const assay_result *r)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;

	assay_result_encode(&record, r);
	put_frame(out, FRAME_RESULT, record.data, record.len);
}

static void answer__a_good_result__stands(void **state)
{
	ASSAY_AUTO_BUF bytes = ASSAY_BUF_INIT;
	good g;
	answer a;

	(void)state;
	make_good(&g);
	put_frame(&bytes, FRAME_ARTIFACT, artifact, sizeof artifact);
	put_result(&bytes, &g.result);
	feed(&a, bytes.data, bytes.len);
	assert_string_equal(a.fault, "");
	assert_true(a.has_result);
	assert_int_equal(a.arrived_count, 1);
	answer_release(&a);
}

/* ---------------------------------------------------------------- one thing wrong each */

static void spoil_metric_number(good *g)
{
	g->measurements[4].metric = 5;
}
static void spoil_missing_metric(good *g)
{
	g->samples[0].measurement_count = 4;
}
static void spoil_kind(good *g)
{
	g->samples[0].kind = ASSAY_SAMPLE_SHOT;
}
static void spoil_part(good *g)
{
	g->samples[0].part = text("page=\x1b[2J");
}
static void spoil_part_c1(good *g)
{
	g->samples[0].part = text("page=\xc2\x9b"
				  "2J");
}
static void spoil_reason(good *g)
{
	g->measurements[1] = (assay_measurement){.metric = 1, .reason = text("a\nb")};
}
static void spoil_artifact_type(good *g)
{
	g->artifacts[0].type = 99;
}
static void spoil_artifact_stage(good *g)
{
	g->artifacts[0].stage = 2;
}
static void spoil_artifact_digest(good *g)
{
	g->artifacts[0].digest.bytes[31] ^= 1;
}
static void spoil_artifact_size(good *g)
{
	g->artifacts[0].size++;
}
static void spoil_artifact_count(good *g)
{
	g->samples[0].artifact_count = 0;
}
static void spoil_twice(good *g)
{
	g->samples[1].part = text("page=1");
	g->result.sample_count = 2;
}
static void spoil_rejection(good *g)
{
	g->samples[0].rejected = ASSAY_FAILURE_TIMEOUT;
	g->samples[0].rejected_why = text("why");
}
static void spoil_rejection_step(good *g)
{
	g->samples[0].rejected = ASSAY_FAILURE_EMPTY;
	g->samples[0].rejected_why = text("why");
	g->samples[0].rejected_by = 2;
}
static void spoil_steps(good *g)
{
	g->result.step_count = 3;
}
static void spoil_nothing_there(good *g)
{
	g->result.sample_count = 0;
}
static void spoil_failure_class(good *g)
{
	g->result.sample_count = 0;
	g->result.failure = ASSAY_FAILURE_TIMEOUT;
	g->result.message = text("I say so");
}
static void spoil_failure_step(good *g)
{
	g->result.sample_count = 0;
	g->result.failure = ASSAY_FAILURE_DECODE;
	g->result.failed_step = 2;
	g->result.message = text("bad");
}
static void spoil_failure_message(good *g)
{
	g->result.sample_count = 0;
	g->result.failure = ASSAY_FAILURE_DECODE;
	g->result.message = text("\r\x07");
}

static void answer__one_thing_wrong__is_that_fault(void **state)
{
	static const struct {
		void (*spoil)(good *g);
		const char *fault;
	} cases[] = {
	    {spoil_metric_number, "a metric that no stage measures"},
	    {spoil_missing_metric, "a metric is missing"},
	    {spoil_kind, "a kind of sample that no stage makes"},
	    {spoil_part, "a control character in a text"},
	    {spoil_part_c1, "a control character in a text"},
	    {spoil_reason, "a control character in a reason"},
	    {spoil_artifact_type, "an artifact that no stage declares"},
	    {spoil_artifact_stage, "an artifact that no stage declares"},
	    {spoil_artifact_digest, "an artifact that is not what the result names"},
	    {spoil_artifact_size, "an artifact that is not what the result names"},
	    {spoil_artifact_count, "not as many artifacts as the result names"},
	    {spoil_twice, "a sample twice"},
	    {spoil_rejection, "a rejection that no stage can make"},
	    {spoil_rejection_step, "a rejection that no stage can make"},
	    {spoil_steps, "counts for another number of steps"},
	    {spoil_nothing_there, "neither a sample nor a failure"},
	    {spoil_failure_class, "a failure that no stage can have"},
	    {spoil_failure_step, "a failure that no stage can have"},
	    {spoil_failure_message, "a failure that no stage can have"},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		ASSAY_AUTO_BUF bytes = ASSAY_BUF_INIT;
		good g;
		answer a;

		make_good(&g);
		cases[i].spoil(&g);
		put_frame(&bytes, FRAME_ARTIFACT, artifact, sizeof artifact);
		put_result(&bytes, &g.result);
		feed(&a, bytes.data, bytes.len);
		if (strstr(a.fault, cases[i].fault) == NULL)
			fail_msg("case %zu: '%s', expected '%s'", i, a.fault, cases[i].fault);
		assert_false(a.has_result);
		answer_release(&a);
	}
}

static void answer__something_after_the_result__is_a_fault(void **state)
{
	ASSAY_AUTO_BUF bytes = ASSAY_BUF_INIT;
	good g;
	answer a;

	(void)state;
	make_good(&g);
	put_frame(&bytes, FRAME_ARTIFACT, artifact, sizeof artifact);
	put_result(&bytes, &g.result);
	put_result(&bytes, &g.result);
	feed(&a, bytes.data, bytes.len);
	assert_non_null(strstr(a.fault, "a message after the result"));
	answer_release(&a);
}

/* Every failure may follow artifacts that it does not name. */
static void answer__a_failure_after_an_artifact__stands(void **state)
{
	ASSAY_AUTO_BUF bytes = ASSAY_BUF_INIT;
	good g;
	answer a;

	(void)state;
	make_good(&g);
	g.result.sample_count = 0;
	g.result.failure = ASSAY_FAILURE_SHORT;
	g.result.message = text("ends early");
	put_frame(&bytes, FRAME_ARTIFACT, artifact, sizeof artifact);
	put_result(&bytes, &g.result);
	feed(&a, bytes.data, bytes.len);
	assert_string_equal(a.fault, "");
	assert_true(a.has_result);
	answer_release(&a);
}

/* ---------------------------------------------------------------- spoilt at random */

static uint64_t random_next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void answer__bytes_changed_at_random__a_fault_or_a_checked_result(void **state)
{
	const exit_message end = {.step = 0};
	const assay_worker_limits limits = {0, 1, 1};
	uint64_t seed = 0x2545f4914f6cdd1du;
	ASSAY_AUTO_BUF bytes = ASSAY_BUF_INIT;
	unsigned stood = 0, fell = 0;
	good g;

	(void)state;
	print_message("seed %llx\n", (unsigned long long)seed);
	make_good(&g);
	put_frame(&bytes, FRAME_ARTIFACT, artifact, sizeof artifact);
	put_result(&bytes, &g.result);
	for (unsigned round = 0; round < 20000; round++) {
		ASSAY_AUTO_BUF spoilt = ASSAY_BUF_INIT;
		assay_worker_answer out;
		answer a;

		assay_buf_append(&spoilt, bytes.data,
				 random_next(&seed) % 8 == 0 ? random_next(&seed) % bytes.len : bytes.len);
		for (uint64_t n = 1 + random_next(&seed) % 3; n > 0 && spoilt.len > 0; n--)
			spoilt.data[random_next(&seed) % spoilt.len] ^= (unsigned char)(1u << random_next(&seed) % 8);
		feed(&a, spoilt.data, spoilt.len);
		assert_int_equal(outcome_of(&out, &end, &a, &limits, NULL, NULL), ASSAY_OK);
		assert_int_equal(out.result.step_count, 2);
		if (out.result.failure == ASSAY_FAILURE_NONE)
			stood++;
		else
			fell++;
		assay_result_release(&out.result);
		answer_release(&a);
	}
	assert_true(stood > 0); /* a changed value of a measurement is still a result */
	assert_true(fell > 1000);
}

/* ---------------------------------------------------------------- outcomes */

static void outcome__end_of_the_child__decides_the_class(void **state)
{
	static const struct {
		exit_message end;
		const char *stopped;
		assay_failure failure;
		const char *message;
	} cases[] = {
	    {{.signal = SIGSEGV, .step = 1}, NULL, ASSAY_FAILURE_CRASH, "signal 11 (SIGSEGV) in test.misbehave"},
	    {{.signal = SIGSEGV, .step = 99}, NULL, ASSAY_FAILURE_CRASH, "signal 11 (SIGSEGV) in no stage"},
	    {{.signal = SIGABRT, .flags = EXIT_FLAG_MEMORY},
	     NULL,
	     ASSAY_FAILURE_OUT_OF_MEMORY,
	     "out of memory in test.read: signal 6 (SIGABRT)"},
	    {{.signal = SIGXCPU}, NULL, ASSAY_FAILURE_TIMEOUT, "5 s of CPU used up in test.read"},
	    {{.signal = SIGKILL, .cpu_us = 5000000}, NULL, ASSAY_FAILURE_TIMEOUT, "5 s of CPU used up in test.read"},
	    {{.signal = SIGKILL, .cpu_us = 4999999}, NULL, ASSAY_FAILURE_KILLED, "signal 9 (SIGKILL) in test.read"},
	    {{.signal = SIGKILL, .flags = EXIT_FLAG_WALL},
	     NULL,
	     ASSAY_FAILURE_TIMEOUT,
	     "no end after 9 s in test.read"},
	    {{.signal = SIGKILL, .flags = EXIT_FLAG_STOPPED}, "told to", ASSAY_FAILURE_KILLED, "told to"},
	    {{.status = 71}, NULL, ASSAY_FAILURE_CRASH, "the sandbox could not be entered in test.read"},
	    {{.signal = 0}, NULL, ASSAY_FAILURE_PROTOCOL, "the child ended without a result in test.read"},
	};
	const assay_worker_limits limits = {0, 5, 9};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		assay_worker_answer out;
		answer a;

		feed(&a, "", 0);
		assert_int_equal(outcome_of(&out, &cases[i].end, &a, &limits, cases[i].stopped, NULL), ASSAY_OK);
		assert_int_equal(out.result.failure, cases[i].failure);
		assert_string_equal(out.result.message, cases[i].message);
		assert_true(out.result.failed_step < 2);
		assay_result_release(&out.result);
		answer_release(&a);
	}
}

/* A child that reports well and then dies has not reported. */
static void outcome__a_good_result_then_a_signal__is_a_crash(void **state)
{
	const exit_message end = {.signal = SIGBUS};
	const assay_worker_limits limits = {0, 5, 9};
	ASSAY_AUTO_BUF bytes = ASSAY_BUF_INIT;
	assay_worker_answer out;
	answer a;
	good g;

	(void)state;
	make_good(&g);
	put_frame(&bytes, FRAME_ARTIFACT, artifact, sizeof artifact);
	put_result(&bytes, &g.result);
	feed(&a, bytes.data, bytes.len);
	assert_true(a.has_result);
	assert_int_equal(outcome_of(&out, &end, &a, &limits, NULL, NULL), ASSAY_OK);
	assert_int_equal(out.result.failure, ASSAY_FAILURE_CRASH);
	assert_int_equal(out.result.sample_count, 0);
	assay_result_release(&out.result);
	answer_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(answer__a_good_result__stands),
	    cmocka_unit_test(answer__one_thing_wrong__is_that_fault),
	    cmocka_unit_test(answer__something_after_the_result__is_a_fault),
	    cmocka_unit_test(answer__a_failure_after_an_artifact__stands),
	    cmocka_unit_test(answer__bytes_changed_at_random__a_fault_or_a_checked_result),
	    cmocka_unit_test(outcome__end_of_the_child__decides_the_class),
	    cmocka_unit_test(outcome__a_good_result_then_a_signal__is_a_crash),
	};

	return cmocka_run_group_tests(tests, make_shape, free_shape);
}
