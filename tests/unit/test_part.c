#include "assay/part.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void part__text__one_for_each_part(void **state)
{
	static const struct {
		const char *text;
		assay_part part;
	} cases[] = {
	    {"", {0}},
	    {"pages=17-32", {.first_page = 17, .last_page = 32}},
	    {"pages=4294967295-4294967295", {.first_page = UINT32_MAX, .last_page = UINT32_MAX}},
	    {"pages=1-1&place=3/5", {.first_page = 1, .last_page = 1, .place = {3, 5, 0}}},
	    {"pages=4294967295-4294967295&place=4294967295/4294967295&half=2",
	     {.first_page = UINT32_MAX, .last_page = UINT32_MAX, .place = {UINT32_MAX, UINT32_MAX, 2}}},
	    {"video", {.stream = ASSAY_PART_VIDEO}},
	    {"audio=2", {.stream = ASSAY_PART_AUDIO, .audio = 2}},
	    {"video&t=90090/30000..120120/30000",
	     {.stream = ASSAY_PART_VIDEO, .is_span = true, .start = {90090, 1, 30000}, .end = {120120, 1, 30000}}},
	    {"audio=4294967295&t=-9223372036854775808/2147483647..9223372036854775807/2147483647",
	     {.stream = ASSAY_PART_AUDIO,
	      .audio = UINT32_MAX,
	      .is_span = true,
	      .start = {INT64_MIN, 1, INT32_MAX},
	      .end = {INT64_MAX, 1, INT32_MAX}}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[ASSAY_PART_TEXT];
		assay_part got;

		memset(text, 0x5a, sizeof text);
		memset(&got, 0x5a, sizeof got);
		assay_part_text(text, &cases[i].part);
		assert_string_equal(text, cases[i].text);
		assert_int_equal(assay_part_read(&got, text, strlen(text), NULL), ASSAY_OK);
		assert_int_equal(got.first_page, cases[i].part.first_page);
		assert_int_equal(got.last_page, cases[i].part.last_page);
		assert_memory_equal(&got.place, &cases[i].part.place, sizeof got.place);
		assert_int_equal(got.stream, cases[i].part.stream);
		assert_int_equal(got.audio, cases[i].part.audio);
		assert_int_equal(got.is_span, cases[i].part.is_span);
		assert_memory_equal(&got.start, &cases[i].part.start, sizeof got.start);
		assert_memory_equal(&got.end, &cases[i].part.end, sizeof got.end);
	}
}

static void part__text_that_nobody_writes__refused(void **state)
{
	static const char *const texts[] = {
	    " ",
	    "x",
	    "pages",
	    "pages=",
	    "pages=1",
	    "pages=1-",
	    "pages=0-0",
	    "pages=0-5",
	    "pages=5-4",
	    "pages=01-2",
	    "pages=+1-2",
	    "pages= 1-2",
	    "pages=1-2 ",
	    "pages=1-4294967296",
	    "pages=1-99999999999999999999",
	    "pages=1-1&",
	    "pages=1-1&place=",
	    "pages=1-1&place=0/1",
	    "pages=1-1&place=1",
	    "pages=1-1&place=2/1",
	    "pages=1-2&place=1/1",
	    "pages=1-1&place=1/1&half=0",
	    "pages=1-1&place=1/1&half=3",
	    "pages=1-1&half=1",
	    "pages=1-1&place=01/1",
	    "place=1/1",
	    "video&",
	    "video&t=",
	    "video&t=1/1",
	    "video&t=1/1..",
	    "video&t=1/1..1/1",
	    "video&t=2/1..1/1",
	    "video&t=1/0..2/0",
	    "video&t=1/-1..2/-1",
	    "video&t=1/1..2/2147483648",
	    "video&t=1..2",
	    "video&t=0/1...1/1",
	    "video&t=00/1..1/1",
	    "video&t=-0/1..1/1",
	    "video&t=0/1..9223372036854775808/1",
	    "video&t=0/1..1/1&",
	    "videos",
	    "video=1",
	    "audio",
	    "audio=",
	    "audio=0",
	    "audio=-1",
	    "audio=4294967296",
	    "audio=2&t=5/3..4/3",
	    "&t=0/1..1/1",
	    "t=0/1..1/1",
	    "pages=1-2&t=0/1..1/1",
	};
	static const char long_text[2 * ASSAY_PART_TEXT] = "audio=1";
	char wide[2 * ASSAY_PART_TEXT];
	assay_part got;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		assay_err err = ASSAY_ERR_INIT;

		memset(&got, 0x5a, sizeof got);
		assert_int_equal(assay_part_read(&got, texts[i], strlen(texts[i]), &err), ASSAY_ECORRUPT);
		assert_string_equal(err.msg, "it names no part of a source");
		assert_int_equal(got.stream, ASSAY_PART_EVERY);
		assert_int_equal(got.first_page, 0);
		assert_false(got.is_span);
	}
	assert_int_equal(assay_part_read(&got, long_text, 8, NULL), ASSAY_ECORRUPT); /* with a zero in it */
	memset(wide, '1', sizeof wide);
	memcpy(wide, "audio=", 6);
	assert_int_equal(assay_part_read(&got, wide, sizeof wide, NULL), ASSAY_ECORRUPT);
}

static void part__bound__exact_or_not_at_all(void **state)
{
	const assay_part every = {0};
	assay_part p = {.stream = ASSAY_PART_VIDEO};
	assay_part none = every;

	(void)state;
	assert_false(assay_part_bound(&p, (assay_time){INT64_MAX / 2, 3, 25}, (assay_time){INT64_MAX, 1, 25}));
	assert_false(assay_part_bound(&p, (assay_time){0, 1, 25}, (assay_time){INT64_MIN / 2, 3, 25}));
	assert_false(assay_part_bound(&p, (assay_time){1, 1, 25}, (assay_time){2, 1, 50})); /* the same time */
	assert_false(p.is_span);
	assert_false(assay_part_bound(&none, (assay_time){0, 1, 25}, (assay_time){1, 1, 25}));
	assert_true(assay_part_bound(&p, (assay_time){-3, 1001, 30000}, (assay_time){2, 1001, 30000}));
	assert_int_equal(p.start.ticks, -3003);
	assert_int_equal(p.start.num, 1);
	assert_int_equal(p.end.ticks, 2002);
	assert_int_equal(p.end.den, 30000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(part__text__one_for_each_part),
	    cmocka_unit_test(part__text_that_nobody_writes__refused),
	    cmocka_unit_test(part__bound__exact_or_not_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
