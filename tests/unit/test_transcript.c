/* audio.transcript, by sidecars of every kind. */
#include "audio.h"
#include "plain_text.h"

#include "assay/correction.h"
#include "assay/params.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CHARACTERS, WORDS, RATE, CUES, OUTSIDE, COVERED, MALFORMED, AGREEMENT, METRICS };
enum { RATE_HZ = 1000 };

typedef struct told {
	assay_sink sink;
	int64_t values[METRICS];
	const char *why_not[METRICS];
	char artifacts[2][1000];
	unsigned kept[2];
	assay_code code;
} told;

static assay_code hear_value(assay_sink *s, uint32_t sample, unsigned m, int64_t value, const char *undefined,
			     assay_err *err)
{
	told *t = s->ctx;

	(void)err;
	assert_int_equal(sample, 3);
	t->values[m] = value;
	t->why_not[m] = undefined;
	return ASSAY_OK;
}

static assay_code hear_artifact(assay_sink *s, uint32_t sample, unsigned a, const void *data, size_t size,
				assay_err *err)
{
	told *t = s->ctx;

	(void)err;
	assert_int_equal(sample, 3);
	assert_true(size > 0);
	t->kept[a]++;
	memcpy(t->artifacts[a], data, size < 999 ? size : 999);
	return ASSAY_OK;
}

static told *tell_sidecars(const assay_sidecar *sidecars, size_t count, size_t milliseconds)
{
	static const assay_sink_ops ops = {.measure = hear_value, .artifact = hear_artifact};
	const assay_stage *stage = &assay_stage_audio_transcript;
	const assay_input in = {.sidecars = sidecars, .sidecar_count = count};
	assay_value v = {.kind = ASSAY_VALUE_PCM, .u.pcm = {.frames = milliseconds, .rate = RATE_HZ, .channels = 1}};
	told *t = calloc(1, sizeof *t);
	void *params, *state;

	t->sink = (assay_sink){&ops, t};
	for (unsigned m = 0; m < METRICS; m++)
		t->why_not[m] = "nothing was said";
	assert_int_equal(assay_params_new(&params, stage, NULL), ASSAY_OK);
	assert_int_equal(stage->open(&state, NULL, params, &in, 3, NULL), ASSAY_OK);
	t->code = stage->push(state, &v, &t->sink, NULL);
	if (t->code == ASSAY_OK)
		t->code = stage->flush(state, &t->sink, NULL);
	stage->close(state);
	assay_params_free(stage, params);
	return t;
}

static told *tell_bytes(const void *data, size_t size, size_t milliseconds)
{
	const assay_sidecar sidecar = {"transcript", data, size};

	return tell_sidecars(&sidecar, data != NULL, milliseconds);
}

static told *tell(const char *text, size_t milliseconds)
{
	told *t = tell_bytes(text, strlen(text), milliseconds);

	assert_int_equal(t->code, ASSAY_OK);
	return t;
}

static void assert_value(const told *t, unsigned m, int64_t wanted)
{
	if (t->why_not[m] != NULL)
		fail_msg("%s is undefined: %s", assay_stage_audio_transcript.metrics[m].name, t->why_not[m]);
	if (t->values[m] != wanted)
		fail_msg("%s is %lld, not %lld", assay_stage_audio_transcript.metrics[m].name, (long long)t->values[m],
			 (long long)wanted);
}

static void assert_refused(const told *t, const char *why, int64_t malformed)
{
	for (unsigned m = 0; m < MALFORMED; m++) {
		assert_non_null(t->why_not[m]);
		assert_string_equal(t->why_not[m], why);
	}
	assert_value(t, MALFORMED, malformed);
	assert_int_equal(t->kept[0] + t->kept[1], 0);
}

/* ---------------------------------------------------------------- plain text */

/* "He said: caf\u00e9 - 12 euros." with e and a combining acute, three kinds of line end, a byte order mark, a tab. */
static void transcript__plain__canonical_text_and_counts(void **state)
{
	told *t = tell("\xef\xbb\xbfHe said:\t \r\n\rcafe\xcc\x81 - 12\neuros.\n\n\n", 30000);

	(void)state;
	assert_string_equal(t->artifacts[0], "He said:\n\ncaf\xc3\xa9 - 12\neuros.\n");
	assert_value(t, CHARACTERS, 25); /* "He said: caf? - 12 euros." */
	assert_value(t, WORDS, 5);       /* the dash is none */
	assert_value(t, RATE, 1000);     /* 5 in half a minute */
	assert_value(t, MALFORMED, 0);
	for (unsigned m = CUES; m <= COVERED; m++)
		assert_string_equal(t->why_not[m], "the transcript has no times");
	assert_int_equal(t->kept[1], 0);
	free(t);
}

/* ---------------------------------------------------------------- what people wrote */

/* Beside a transcript that is wrong: of the three texts the middle one is taken. */
static told *tell_corrected(const char *const *texts, size_t count, size_t milliseconds)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_sidecar sidecars[2] = {{"transcript", (const unsigned char *)"nonsense\n", 9}};

	assert_int_equal(assay_correction_encode(&record, texts, count, NULL), ASSAY_OK);
	sidecars[1] = (assay_sidecar){"correction", (const unsigned char *)record.data, record.len};
	return tell_sidecars(sidecars, 2, milliseconds);
}

static void transcript__corrected__text_in_the_middle_and_agreement(void **state)
{
	static const char *const three[] = {"zero one", "zero two", "zero twe"};
	static const char *const one[] = {"00:00.000 --> 00:01.000"};
	static const char *const timed[] = {"WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n",
					    "WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n"};
	told *t = tell_corrected(three, 3, 30000);

	(void)state;
	assert_int_equal(t->code, ASSAY_OK);
	assert_string_equal(t->artifacts[0], "zero twe\n"); /* 1 edit from "two", 2 from "one"; "two" has 1 and 3 */
	assert_value(t, WORDS, 2);
	assert_value(t, MALFORMED, 0);
	assert_null(t->why_not[AGREEMENT]);
	assert_in_range(t->values[AGREEMENT], 5000, 9000);
	free(t);
	t = tell_corrected(one, 1, 30000);
	assert_string_equal(t->why_not[AGREEMENT], "one annotator");
	free(t);
	t = tell_corrected(timed, 2, 2000);
	assert_value(t, CUES, 1);
	assert_value(t, COVERED, 5000);
	assert_value(t, AGREEMENT, 10000);
	assert_string_equal(t->artifacts[0], "hello\n");
	free(t);
	t = tell("hello\n", 2000);
	assert_string_equal(t->why_not[AGREEMENT], "not corrected by hand");
	free(t);
}

static void transcript__correction_that_is_none__ecorrupt(void **state)
{
	const assay_sidecar sidecar = {"correction", (const unsigned char *)"text", 4};
	const assay_input in = {.sidecars = &sidecar, .sidecar_count = 1};
	const assay_stage *stage = &assay_stage_audio_transcript;
	void *params, *st;

	(void)state;
	assert_int_equal(assay_params_new(&params, stage, NULL), ASSAY_OK);
	assert_int_equal(stage->open(&st, NULL, params, &in, 3, NULL), ASSAY_ECORRUPT);
	stage->close(st);
	assay_params_free(stage, params);
}

static void transcript__none__undefined(void **state)
{
	told *t = tell_bytes(NULL, 0, 1000);

	(void)state;
	for (unsigned m = 0; m < AGREEMENT; m++)
		assert_string_equal(t->why_not[m], "no transcript");
	free(t);
}

static void transcript__nothing_in_it__zero_words_and_no_artifact(void **state)
{
	static const char *const texts[] = {"", " ", "\n\n", "\xef\xbb\xbf", "\r\n \t\r\n"};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		told *t = tell(texts[i], 1000);
		assert_value(t, CHARACTERS, 0);
		assert_value(t, WORDS, 0);
		assert_value(t, MALFORMED, 0);
		assert_int_equal(t->kept[0], 0);
		free(t);
	}
}

static void transcript__no_cue_at_all__zero_words_and_no_artifact(void **state)
{
	told *t = tell("WEBVTT\n", 9000);

	(void)state;
	assert_value(t, WORDS, 0);
	assert_value(t, CUES, 0);
	assert_value(t, COVERED, 0);
	assert_value(t, MALFORMED, 0);
	assert_int_equal(t->kept[0] + t->kept[1], 0);
	free(t);
}

static void transcript__not_utf8__refused_with_the_number_of_lines(void **state)
{
	told *t = tell("good\nb\xe4"
		       "d\nfine\n\xff\xc3\n",
		       1000);

	(void)state;
	assert_refused(t, "the transcript is not UTF-8", 2);
	free(t);
	t = tell_bytes("\xff\xfeh\0i\0", 6, 1000);
	assert_refused(t, "the transcript is UTF-16", 1);
	free(t);
}

/* ---------------------------------------------------------------- cues */

static const char subrip[] = "1\r\n00:00:02,000 --> 00:00:04,000\r\n<i>Two</i> words\r\n\r\n"
			     "2\r\n00:00:00,500 --> 00:00:01,500\r\nOne e\xcc\x81\r\n\r\n"
			     "3\r\n00:00:03,000 --> 00:00:05,000\r\nand more\r\n\r\n"
			     "4\r\n00:00:09,000 --> 00:00:12,000\r\nlate\r\n\r\n"
			     "5\r\n00:00:07,000 --> 00:00:06,000\r\nback\r\n";

/* 10 s; covered are 0.5-1.5, 2-5 and 9-10: a half. One cue ends before it begins. */
static void transcript__subrip__text_cues_and_counts(void **state)
{
	told *t = tell(subrip, 10000);

	(void)state;
	assert_string_equal(t->artifacts[0], "One \xc3\xa9\nTwo words\nand more\nlate\n");
	assert_string_equal(t->artifacts[1], "WEBVTT\n\n00:00:00.500 --> 00:00:01.500\nOne \xc3\xa9\n\n"
					     "00:00:02.000 --> 00:00:04.000\nTwo words\n\n"
					     "00:00:03.000 --> 00:00:05.000\nand more\n\n"
					     "00:00:09.000 --> 00:00:12.000\nlate\n");
	assert_value(t, WORDS, 7);
	assert_value(t, RATE, 4200);
	assert_value(t, CUES, 4);
	assert_value(t, OUTSIDE, 1);
	assert_value(t, COVERED, 5000);
	assert_value(t, MALFORMED, 1);
	free(t);
}

/* The last cue ends at 12 s; half a second is forgiven. */
static void transcript__cue_at_the_end__outside_by_the_slack(void **state)
{
	static const size_t lengths[] = {11499, 11500, 12000};
	static const int64_t outside[] = {1, 0, 0};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		told *t = tell(subrip, lengths[i]);
		assert_value(t, OUTSIDE, outside[i]);
		free(t);
	}
}

static void transcript__cues_that_cannot_be_read__refused(void **state)
{
	told *t = tell("WEBVTT\n\n00:05.000 --> 00:01.000\nx\n\n00:01.000 --> 00:02.000\nb\xff\n", 9000);

	(void)state;
	assert_refused(t, "the transcript has no cue that can be read", 2);
	free(t);
}

/* Whatever the bytes are: every metric is told once, nothing fails. */
static void transcript__any_bytes__all_metrics_told(void **state)
{
	uint32_t seed = 12;

	(void)state;
	for (unsigned round = 0; round < 3000; round++) {
		char data[sizeof subrip];
		size_t size = sizeof subrip - 1;
		told *t;
		memcpy(data, subrip, sizeof subrip);
		for (unsigned k = 0; k < 1 + round % 8; k++) {
			seed = seed * 1664525u + 1013904223u;
			data[(seed >> 8) % size] = (char)(seed >> 24);
		}
		size -= round % 50;
		t = tell_bytes(data, size, 1 + round);
		assert_int_equal(t->code, ASSAY_OK);
		for (unsigned m = 0; m < METRICS; m++)
			assert_true(t->why_not[m] == NULL || strcmp(t->why_not[m], "nothing was said") != 0);
		free(t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(transcript__plain__canonical_text_and_counts),
	    cmocka_unit_test(transcript__corrected__text_in_the_middle_and_agreement),
	    cmocka_unit_test(transcript__correction_that_is_none__ecorrupt),
	    cmocka_unit_test(transcript__none__undefined),
	    cmocka_unit_test(transcript__nothing_in_it__zero_words_and_no_artifact),
	    cmocka_unit_test(transcript__no_cue_at_all__zero_words_and_no_artifact),
	    cmocka_unit_test(transcript__not_utf8__refused_with_the_number_of_lines),
	    cmocka_unit_test(transcript__subrip__text_cues_and_counts),
	    cmocka_unit_test(transcript__cue_at_the_end__outside_by_the_slack),
	    cmocka_unit_test(transcript__cues_that_cannot_be_read__refused),
	    cmocka_unit_test(transcript__any_bytes__all_metrics_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
