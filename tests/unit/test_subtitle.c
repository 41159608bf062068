#include "cue.h"
#include "markup.h"
#include "subtitle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Linked with --wrap: the n-th allocation made by our objects fails, once; fail_at == 0 never. */
static unsigned calls, fail_at;
void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__real_calloc(size_t n, size_t s);
void *__wrap_calloc(size_t n, size_t s);
void *__real_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n);

void *__wrap_malloc(size_t n)
{
	return ++calls == fail_at ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t s)
{
	return ++calls == fail_at ? NULL : __real_calloc(n, s);
}

void *__wrap_realloc(void *p, size_t n)
{
	return ++calls == fail_at ? NULL : __real_realloc(p, n);
}

/* Every cue as "start end text|", so that one string says all. */
static void told(assay_buf *out, const assay_cues *c)
{
	assay_buf_reset(out);
	for (size_t i = 0; i < c->count; i++)
		assay_buf_printf(out, "%" PRId64 " %" PRId64 " %s|", c->items[i].start, c->items[i].end,
				 assay_cue_text(c, i));
}

typedef struct reading {
	const char *file;
	const char *cues;
	uint64_t malformed, empty;
} reading;

static void check_readings(const reading *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
		ASSAY_AUTO_CUES c = {.count = 77};
		assay_err err = ASSAY_ERR_INIT;

		assert_int_equal(assay_subtitle_parse(&c, cases[i].file, strlen(cases[i].file), &err), ASSAY_OK);
		told(&text, &c);
		assert_string_equal(assay_buf_str(&text), cases[i].cues);
		assert_int_equal(c.malformed, cases[i].malformed);
		assert_int_equal(c.empty, cases[i].empty);
	}
}

static void parse__subrip__cues_as_written(void **state)
{
	static const reading cases[] = {
	    {"1\n00:00:01,500 --> 00:00:02,000\nHello\n", "1500 2000 Hello|", 0, 0},
	    {"\xef\xbb\xbf"
	     "1\r\n00:00:01,500 --> 00:00:02,000\r\nHello\r\nyou\r\n\r\n2\r\n01:00:00,000 --> "
	     "01:00:00,001\r\nB\r\n",
	     "1500 2000 Hello\nyou|3600000 3600001 B|", 0, 0},
	    {"1\r00:00:00,000 --> 00:00:00,000\rold Mac\r", "0 0 old Mac|", 0, 0},
	    /* no number, one digit, a point, coordinates, tabs: all found in the wild */
	    {"0:0:1.500 --> 1:2:3,004\tX1:1 X2:2\nx", "1500 3723004 x|", 0, 0},
	    /* out of order stays as it is */
	    {"2\n00:00:05,000 --> 00:00:06,000\nb\n\n1\n00:00:01,000 --> 00:00:02,000\na\n", "5000 6000 b|1000 2000 a|",
	     0, 0},
	    {"1\n00:00:01,000 --> 00:00:02,000\n  a \t\n \x01 b\x02"
	     "c\n\n",
	     "1000 2000 a\nb c|", 0, 0},
	    {"1\n00:00:01,000 --> 00:00:02,000\n\n2\n00:00:03,000 --> 00:00:04,000\n<i> </i>\n", "", 0, 2},
	    {"00:00:01,000 --> 00:00:02,000\nno\nempty\nline\n2\n00:00:03,000 --> 00:00:04,000\nb",
	     "1000 2000 no\nempty\nline|3000 4000 b|", 0, 0},
	    {"999:59:59,999 --> 999:59:59,999\nz", "3599999999 3599999999 z|", 0, 0},
	};

	(void)state;
	check_readings(cases, ASSAY_COUNT(cases));
}

static void parse__webvtt__header_comments_and_settings_passed_over(void **state)
{
	static const reading cases[] = {
	    {"WEBVTT", "", 0, 0},
	    {"WEBVTT\n\n", "", 0, 0},
	    {"\xef\xbb\xbf"
	     "WEBVTT - a title\nKind: captions\n\n01:00.000 --> 01:01.000 line:0 align:left\nHi\n",
	     "60000 61000 Hi|", 0, 0},
	    {"WEBVTT\n\nNOTE\nnot --- this\nnor this\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:x\n\nname of a cue\n"
	     "00:01.000 --> 00:02.000\n<v Ann>A &amp; <00:01.500>B&nbsp;&lt;b&gt;</v>\n",
	     "1000 2000 A & B\u00a0<b>|", 0, 0},
	    {"WEBVTT\n\n00:01.000 --> 00:02.000\na\n00:03.000 --> 00:04.000\nb\n", "1000 2000 a|3000 4000 b|", 0, 0},
	};

	(void)state;
	check_readings(cases, ASSAY_COUNT(cases));
}

static void parse__what_is_no_cue__counted_and_passed_over(void **state)
{
#define GOOD "9\n00:00:08,000 --> 00:00:09,000\ngood\n\n"
#define KEPT "8000 9000 good|"
	static const reading cases[] = {
	    {GOOD "7\nno time line\nat all\n\n" GOOD, KEPT KEPT, 1, 0},
	    {GOOD "alone\n\n" GOOD, KEPT KEPT, 1, 0},
	    {GOOD "alone", KEPT, 1, 0},
	    {GOOD "00:00:02,000 --> 00:00:01,000\nends before it starts\n\n" GOOD, KEPT KEPT, 1, 0},
	    {GOOD "00:60:00,000 --> 01:01:00,000\nminutes\n\n00:00:60,000 --> 00:01:01,000\nseconds\n\n", KEPT, 2, 0},
	    {GOOD "00:00:01,5 --> 00:00:02,0\nwhich half?\n\n00:00:01,0000 --> 00:00:02,000\nplaces\n\n", KEPT, 2, 0},
	    {GOOD "00:00:01 --> 00:00:02\nwhole seconds\n\n1000:00:00,000 --> 1000:00:00,001\nhours\n\n", KEPT, 2, 0},
	    {GOOD "-00:00:01,000 --> 00:00:02,000\nminus\n\n00:00:01,000 -> 00:00:02,000\narrow\n\n", KEPT, 2, 0},
	    {GOOD "00:00:01,000 --> 00:00:02,000x\nstuck\n\n --> \nnothing\n\n", KEPT, 2, 0},
	    {GOOD "99999999999999999999:00:00,000 --> 99999999999999999999:00:00,001\nbig\n\n", KEPT, 1, 0},
	    {GOOD "1\n00:00:01,000 --> 00:00:02,000\nLatin \xe9\n\n1\n00:00:01,000 --> 00:00:02,000\ncut \xe2\x82",
	     KEPT, 2, 0},
	    {GOOD "1\n00:00:01,000 --> 00:00:02,000\nsurrogate \xed\xa0\x80\n\n" GOOD, KEPT KEPT, 1, 0},
	};

	(void)state;
	check_readings(cases, ASSAY_COUNT(cases));
}

static void parse__no_subtitles__says_why(void **state)
{
	static const struct {
		const char *data;
		size_t n;
		assay_code code;
		const char *message;
	} cases[] = {
	    {"", 0, ASSAY_EEMPTY, "subtitles without text"},
	    {" \r\n\t\n", 5, ASSAY_EEMPTY, "subtitles without text"},
	    {"\xff\xfe"
	     "1\0\n\0",
	     6, ASSAY_EUNSUPPORTED, "subtitles in UTF-16: convert the file to UTF-8"},
	    {"\xfe\xff\0"
	     "1",
	     4, ASSAY_EUNSUPPORTED, "subtitles in UTF-16: convert the file to UTF-8"},
	    {"1\0\r\0", 4, ASSAY_EUNSUPPORTED, "subtitles in UTF-16: convert the file to UTF-8"},
	    {"WEBVTTs\n\n", 9, ASSAY_EUNSUPPORTED,
	     "neither WebVTT nor SubRip: no line WEBVTT at its begin, no time line in its first 32 lines"},
	    {"Once upon a time\n", 17, ASSAY_EUNSUPPORTED,
	     "neither WebVTT nor SubRip: no line WEBVTT at its begin, no time line in its first 32 lines"},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		assay_cues c = {.count = 77};
		assay_err err = ASSAY_ERR_INIT;

		assert_int_equal(assay_subtitle_parse(&c, cases[i].data, cases[i].n, &err), cases[i].code);
		assert_string_equal(err.msg, cases[i].message);
		assert_int_equal(c.count, 0);
		assert_null(c.items);
	}
}

static void detect__formats__told_by_bytes(void **state)
{
	ASSAY_AUTO_BUF late = ASSAY_BUF_INIT;
	static const char srt[] = "1\n00:00:01,000 --> 00:00:02,000\nx";

	(void)state;
	assert_int_equal(assay_subtitle_detect(srt, sizeof srt - 1), ASSAY_SUBTITLE_SUBRIP);
	assert_int_equal(assay_subtitle_detect("WEBVTT\tx", 8), ASSAY_SUBTITLE_WEBVTT);
	assert_int_equal(assay_subtitle_detect("\xef\xbb\xbfWEBVTT", 9), ASSAY_SUBTITLE_WEBVTT);
	assert_int_equal(assay_subtitle_detect("a --> b", 7), ASSAY_SUBTITLE_NONE);
	assert_int_equal(assay_subtitle_detect(NULL, 0), ASSAY_SUBTITLE_NONE);
	for (int i = 0; i < 31; i++)
		assay_buf_putc(&late, '\n');
	assay_buf_puts(&late, "00:00:01,000 --> 00:00:02,000\n");
	assert_int_equal(assay_subtitle_detect(late.data, late.len), ASSAY_SUBTITLE_SUBRIP);
	assert_int_equal(assay_subtitle_detect(late.data, late.len - 2), ASSAY_SUBTITLE_NONE);
}

static void parse__one_more_than_the_longest_text__malformed(void **state)
{
	static const char head[] = "1\n00:00:01,000 --> 00:00:02,000\n";

	(void)state;
	for (size_t extra = 0; extra < 2; extra++) {
		ASSAY_AUTO_BUF file = ASSAY_BUF_INIT;
		ASSAY_AUTO_CUES c = {0};

		assay_buf_puts(&file, head);
		for (size_t i = 0; i < ASSAY_CUE_TEXT_MAX + extra; i++)
			assay_buf_putc(&file, 'x');
		assert_int_equal(assay_subtitle_parse(&c, file.data, file.len, NULL), ASSAY_OK);
		assert_int_equal(c.count, 1 - extra);
		assert_int_equal(c.malformed, extra);
	}
}

/* Tags alone: what is left would be short enough, but the parser does not keep what it would take to know. */
static void parse__endless_markup__malformed_in_bounded_memory(void **state)
{
	ASSAY_AUTO_BUF file = ASSAY_BUF_INIT;
	ASSAY_AUTO_CUES c = {0};

	(void)state;
	assay_buf_puts(&file, "1\n00:00:01,000 --> 00:00:02,000\n");
	for (size_t i = 0; i < ASSAY_CUE_TEXT_MAX; i++)
		assay_buf_puts(&file, i % 16 > 0 ? "<i></i>" : "<i></i>\n");
	assay_buf_puts(&file, "end\n\n00:00:03,000 --> 00:00:04,000\nnext\n");
	assert_int_equal(assay_subtitle_parse(&c, file.data, file.len, NULL), ASSAY_OK);
	assert_int_equal(c.malformed, 1);
	assert_int_equal(c.count, 1);
	assert_string_equal(assay_cue_text(&c, 0), "next");
}

static void add__one_cue_too_many__limit(void **state)
{
	ASSAY_AUTO_CUES c = {0};
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	for (size_t i = 0; i < ASSAY_CUES_MAX; i++)
		assert_int_equal(assay_cues_add(&c, 0, 1, "x", 1, &err), ASSAY_OK);
	assert_int_equal(assay_cues_add(&c, 0, 1, "x", 1, &err), ASSAY_EFULL);
	assert_string_equal(err.msg, "more than 262144 cues or 33554432 bytes of text");
	assert_int_equal(c.count, ASSAY_CUES_MAX);
}

static void add__times_out_of_range__malformed(void **state)
{
	ASSAY_AUTO_CUES c = {0};

	(void)state;
	assert_int_equal(assay_cues_add(&c, -1, 1, "x", 1, NULL), ASSAY_OK);
	assert_int_equal(assay_cues_add(&c, 2, 1, "x", 1, NULL), ASSAY_OK);
	assert_int_equal(assay_cues_add(&c, 0, ASSAY_CUE_TIME_MAX + 1, "x", 1, NULL), ASSAY_OK);
	assert_int_equal(assay_cues_add(&c, 0, ASSAY_CUE_TIME_MAX, "x", 1, NULL), ASSAY_OK);
	assert_int_equal(c.malformed, 3);
	assert_int_equal(c.count, 1);
}

static void sort__cues_of_one_time__by_end_then_text(void **state)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	ASSAY_AUTO_CUES c = {0};

	(void)state;
	assay_cues_sort(&c);
	assert_int_equal(assay_cues_add(&c, 5, 9, "b", 1, NULL), ASSAY_OK);
	assert_int_equal(assay_cues_add(&c, 5, 9, "a", 1, NULL), ASSAY_OK);
	assert_int_equal(assay_cues_add(&c, 5, 6, "z", 1, NULL), ASSAY_OK);
	assert_int_equal(assay_cues_add(&c, 1, 99, "first", 5, NULL), ASSAY_OK);
	assay_cues_sort(&c);
	told(&text, &c);
	assert_string_equal(assay_buf_str(&text), "1 99 first|5 6 z|5 9 a|5 9 b|");
}

/* e and an acute, o with a dot below and a circumflex in the other order, '<' and a stroke: one text, one spelling. */
static void add__decomposed_text__composed(void **state)
{
	static const char text[] = "cafe\xcc\x81\r\n o\xcc\x82\xcc\xa3 \nA <\xcc\xb8 B";
	ASSAY_AUTO_BUF vtt = ASSAY_BUF_INIT;
	ASSAY_AUTO_CUES c = {0};

	(void)state;
	assert_int_equal(assay_cues_add(&c, 0, 1000, text, sizeof text - 1, NULL), ASSAY_OK);
	assert_string_equal(assay_cue_text(&c, 0), "caf\xc3\xa9\n\xe1\xbb\x99\nA \xe2\x89\xae B");
	assert_int_equal(c.items[0].size, strlen(assay_cue_text(&c, 0)));
	assay_cues_webvtt(&vtt, &c);
	assert_string_equal(assay_buf_str(&vtt), "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n"
						 "caf\xc3\xa9\n\xe1\xbb\x99\nA \xe2\x89\xae B\n");
}

static void webvtt__written__reads_back_equal(void **state)
{
	static const char srt[] = "1\n00:00:01,000 --> 100:00:02,003\nA & B <3 {x} &amp;\n--> -\n\n"
				  "2\n00:00:03,000 --> 00:00:04,000\nNOTE no\n{{\\an8}\\an8}\n";
	static const char vtt[] = "WEBVTT\n\n00:00:01.000 --> 100:00:02.003\nA &amp; B &lt;3 {x} &amp;\n--&gt; -\n"
				  "\n00:00:03.000 --> 00:00:04.000\nNOTE no\n&#123;\\an8}\n";
	ASSAY_AUTO_BUF once = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF twice = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF plain = ASSAY_BUF_INIT;
	ASSAY_AUTO_CUES a = {0};
	ASSAY_AUTO_CUES b = {0};

	(void)state;
	assert_int_equal(assay_subtitle_parse(&a, srt, sizeof srt - 1, NULL), ASSAY_OK);
	assay_cues_webvtt(&once, &a);
	assert_string_equal(assay_buf_str(&once), vtt);
	assert_int_equal(assay_subtitle_parse(&b, once.data, once.len, NULL), ASSAY_OK);
	assay_cues_webvtt(&twice, &b);
	assert_string_equal(assay_buf_str(&twice), vtt);
	assert_int_equal(b.malformed, 0);
	assay_cues_plain(&plain, &b);
	assert_string_equal(assay_buf_str(&plain), "A & B <3 {x} &\n--> -\nNOTE no\n{\\an8}\n");
}

static void markup__tags_overrides_references__text_is_left(void **state)
{
	static const struct {
		void (*read)(assay_buf *, const char *, size_t);
		const char *in, *out;
	} cases[] = {
	    {assay_markup_html, "<i>a</i> <font color=\"#fff\">b</font> <v.loud Ann>c <>d", "a b c d"},
	    {assay_markup_html, "1 < 2 <3 <\n> <i", "1 < 2 <3 <\n> <i"},
	    {assay_markup_html, "{\\an8}top {braces} {\\open", "top {braces} {\\open"},
	    {assay_markup_html, "&lt;&gt;&amp;&quot;&apos;&#65;&#x263A;&#x263a;", "<>&\"'A\u263a\u263a"},
	    {assay_markup_html, "& &; &nope; &#; &#x; &#xd800; &#1114112; &#0; &amp",
	     "& &; &nope; &#; &#x; &#xd800; &#1114112; &#0; &amp"},
	    {assay_markup_ass, "{\\i1}a{\\i0}\\Nb\\nc\\hd \\x {open", "a\nb\nc\u00a0d \\x {open"},
	    {assay_markup_ass, "{\\p1}m 0 0 l 9 9{\\p0}text{\\pos(1,2)} too", "text too"},
	    {assay_markup_ass, "\\", "\\"},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;
		cases[i].read(&out, cases[i].in, strlen(cases[i].in));
		assert_string_equal(assay_buf_str(&out), cases[i].out);
	}
}

/* Cut, spoilt and shuffled files: no crash, and what is kept is what the header promises. Seed 1. */
static void parse__mutated_files__cues_are_valid(void **state)
{
	static const char seed[] = "WEBVTT\n\nNOTE x\n\n1\n00:01.000 --> 00:02.000\n<i>a</i> &amp; \xc3\xa9\n\n"
				   "00:00:03,000 --> 00:00:04,000\nb\n2\n00:00:05,000 --> 00:00:06,000\nc\n";
	static const char bits[] = "\n\r\xff\xc3 0:-><&;{\\";
	uint32_t random = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		ASSAY_AUTO_CUES c = {0};
		char file[sizeof seed];
		size_t n = sizeof seed - 1;

		memcpy(file, seed, sizeof seed);
		for (int i = 0; i < 1 + round % 6; i++) {
			random = random * 1664525 + 1013904223;
			file[random / 65536 % n] = bits[random % (sizeof bits - 1)];
		}
		n -= random / 256 % (n / 2);
		if (assay_subtitle_parse(&c, file, n, NULL) != ASSAY_OK)
			continue;
		for (size_t i = 0; i < c.count; i++) {
			const char *t = assay_cue_text(&c, i);
			assert_true(c.items[i].start <= c.items[i].end && c.items[i].end <= ASSAY_CUE_TIME_MAX);
			assert_int_equal(strlen(t), c.items[i].size);
			assert_true(c.items[i].size > 0 && *t != '\n' && strstr(t, "\n\n") == NULL);
		}
	}
}

static void parse__every_allocation_fails_in_turn__enomem_no_leak(void **state)
{
	static const char srt[] = "1\n00:00:01,000 --> 00:00:02,000\nx\n\n2\n00:00:03,000 --> 00:00:04,000\ny\n";
	unsigned n = 0;
	assay_code rc;

	(void)state;
	do {
		ASSAY_AUTO_CUES c = {0};
		calls = 0;
		fail_at = ++n;
		rc = assay_subtitle_parse(&c, srt, sizeof srt - 1, NULL);
		fail_at = 0;
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		assert_int_equal(c.count, rc == ASSAY_OK ? 2 : 0);
	} while (rc != ASSAY_OK);
	assert_in_range(n, 4, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parse__subrip__cues_as_written),
	    cmocka_unit_test(parse__webvtt__header_comments_and_settings_passed_over),
	    cmocka_unit_test(parse__what_is_no_cue__counted_and_passed_over),
	    cmocka_unit_test(parse__no_subtitles__says_why),
	    cmocka_unit_test(detect__formats__told_by_bytes),
	    cmocka_unit_test(parse__one_more_than_the_longest_text__malformed),
	    cmocka_unit_test(parse__endless_markup__malformed_in_bounded_memory),
	    cmocka_unit_test(add__one_cue_too_many__limit),
	    cmocka_unit_test(add__times_out_of_range__malformed),
	    cmocka_unit_test(sort__cues_of_one_time__by_end_then_text),
	    cmocka_unit_test(add__decomposed_text__composed),
	    cmocka_unit_test(webvtt__written__reads_back_equal),
	    cmocka_unit_test(markup__tags_overrides_references__text_is_left),
	    cmocka_unit_test(parse__mutated_files__cues_are_valid),
	    cmocka_unit_test(parse__every_allocation_fails_in_turn__enomem_no_leak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
