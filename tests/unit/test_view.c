#include "view_cells.h"
#include "view_lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

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

#define WORD(text, l, t, r, b, c, line)                                                                                \
	"{\"text\":\"" text "\",\"box\":[" #l "," #t "," #r "," #b "],\"confidence\":" #c ",\"line\":" #line           \
	",\"paragraph\":0,\"block\":0}"

static const char page[] = "{\"width\":800,\"height\":600,\"words\":[" WORD("sure", 10, 10, 60, 30, 96.5, 0) "," WORD(
    "as", 70, 10, 90, 30, 60, 0) "," WORD("Dou8t", 10, 40, 80, 62, 31.07,
					  1) "," WORD("ful", 90, 38, 120, 60, 59.99, 1) "," WORD("w0rds", 5, 70, 50, 90,
												 12.5, 2) "]}";

static void lines__doubted_words__their_lines_with_box_and_least_confidence(void **state)
{
	ASSAY_AUTO_VIEW v = {0};
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	assert_int_equal(assay_view_lines_read(&v, page, strlen(page), &err), ASSAY_OK);
	assert_int_equal(v.line_count, 2);
	assert_string_equal(v.lines[0].text, "Dou8t ful");
	assert_int_equal(v.lines[0].confidence, 3107);
	assert_int_equal(v.lines[0].doubted, 2);
	assert_int_equal(v.lines[0].box[0], 10);
	assert_int_equal(v.lines[0].box[1], 38);
	assert_int_equal(v.lines[0].box[2], 120);
	assert_int_equal(v.lines[0].box[3], 62);
	assert_true(v.lines[0].file == SIZE_MAX);
	assert_string_equal(v.lines[1].text, "w0rds");
	assert_int_equal(v.lines[1].confidence, 1250);
}

/* The bytes come from a process that may be in the hands of the file. */
static void lines__lies__no_lines(void **state)
{
	static const char *const lies[] = {
	    "",
	    "[]",
	    "{}",
	    "{\"width\":800,\"height\":600,\"words\":7}",
	    "{\"width\":-1,\"height\":600,\"words\":[" WORD("a", 0, 0, 1, 1, 5, 0) "]}",
	    "{\"width\":99999999999,\"height\":600,\"words\":[" WORD("a", 0, 0, 1, 1, 5, 0) "]}",
	    "{\"width\":800,\"height\":600,\"words\":[null, 5, [], {}]}",
	    "{\"width\":800,\"height\":600,\"words\":[" WORD("a", 0, 0, 801, 1, 5, 0) "]}",
	    "{\"width\":800,\"height\":600,\"words\":[" WORD("a", 0, -4, 10, 1, 5, 0) "]}",
	    "{\"width\":800,\"height\":600,\"words\":[" WORD("a", 10, 10, 10, 20, 5, 0) "]}",
	    "{\"width\":800,\"height\":600,\"words\":[" WORD("a", 0, 0, 10, 20, 1e300, 0) "]}",
	    "{\"width\":800,\"height\":600,\"words\":[" WORD("a", 0, 0, 10, 20, -0.5, 0) "]}",
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(lies); i++) {
		ASSAY_AUTO_VIEW v = {0};
		assay_err err = ASSAY_ERR_INIT;

		assert_int_equal(assay_view_lines_read(&v, lies[i], strlen(lies[i]), &err), ASSAY_OK);
		assert_int_equal(v.line_count, 0);
	}
}

static void size__of_the_page__by_the_head_alone(void **state)
{
	static const char *const lies[] = {
	    "",
	    "[]",
	    "{\"width\":800}",
	    "{\"width\":800,\"height\":",
	    "{\"width\":800,\"height\":600",
	    "{\"width\":800,\"height\":0,",
	    "{\"width\":800,\"height\":-1,",
	    "{\"width\":800.5,\"height\":600,",
	    "{\"width\":1000001,\"height\":600,",
	    "{\"width\":800,\"height\":99999999999999999999999,",
	    "{\"height\":800,\"width\":600,",
	};
	int32_t size[2] = {0};

	(void)state;
	assert_true(assay_view_page_size(size, page, strlen(page)));
	assert_int_equal(size[0], 800);
	assert_int_equal(size[1], 600);
	assert_true(assay_view_page_size(size, "{\"width\":1000000,\"height\":1,", 29));
	assert_int_equal(size[0], ASSAY_VIEW_SIDE_MAX);
	for (size_t i = 0; i < ASSAY_COUNT(lies); i++)
		assert_false(assay_view_page_size(size, lies[i], strlen(lies[i])));
	assert_false(assay_view_page_size(size, NULL, 0));
}

static void lines__more_than_a_page_has__the_first_are_kept(void **state)
{
	ASSAY_AUTO_BUF json = ASSAY_BUF_INIT;
	ASSAY_AUTO_VIEW v = {0};
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	assay_buf_puts(&json, "{\"width\":800,\"height\":600,\"words\":[");
	for (int i = 0; i < 3 * ASSAY_VIEW_LINES_MAX; i++)
		assay_buf_printf(&json, "%s{\"text\":\"x\",\"box\":[0,0,9,9],\"confidence\":1,\"line\":%d}",
				 i > 0 ? "," : "", i);
	assay_buf_puts(&json, "]}");
	assert_int_equal(assay_view_lines_read(&v, json.data, json.len, &err), ASSAY_OK);
	assert_int_equal(v.line_count, ASSAY_VIEW_LINES_MAX);
}

static void lines__memory_runs_out__told_each_time(void **state)
{
	assay_code rc = ASSAY_ENOMEM;

	(void)state;
	for (unsigned n = 1; rc != ASSAY_OK; n++) {
		ASSAY_AUTO_VIEW v = {0};
		assay_err err = ASSAY_ERR_INIT;

		assert_in_range(n, 1, 100);
		calls = 0;
		fail_at = n;
		rc = assay_view_lines_read(&v, page, strlen(page), &err);
		fail_at = 0;
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
	}
	assert_true(calls > 3);
}

/* ---------------------------------------------------------------- cells of a table */

/* Two rows of two columns, and a head over both; a cell without words. */
static const char table[] = "{\"rows\":3,\"columns\":2,\"head\":1,\"ruled\":true,\"box\":[10,20,110,80],\"cells\":["
			    "{\"row\":0,\"column\":0,\"columns\":2,\"text\":\"H\",\"box\":[12,22,108,30]},"
			    "{\"row\":1,\"column\":0,\"text\":\"a\",\"box\":[12,40,50,48]},"
			    "{\"row\":1,\"column\":1,\"text\":\"\"},"
			    "{\"row\":2,\"column\":0,\"text\":\"b\",\"box\":[14,60,40,70]},"
			    "{\"row\":2,\"column\":1,\"text\":\"c\",\"box\":[70,60,90,71]}]}";

static const size_t second[] = {1};
static const assay_view_columns none = {0}, failing = {second, 1};

static void cells__of_a_table__lines_in_the_middle_and_failing_columns_marked(void **state)
{
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;

	(void)state;
	assert_int_equal(assay_view_cells_put(&out, table, strlen(table), 16, &failing, NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&out), "= 0 4 126 96\n"
						 "| 59 20 61 80\n"
						 "| 10 34 110 36\n"
						 "| 10 53 110 55\n"
						 "! 12 22 108 30\n"
						 "- 12 40 50 48\n"
						 "- 14 60 40 70\n"
						 "! 70 60 90 71\n");
	assay_buf_reset(&out);
	assert_int_equal(assay_view_cells_put(&out, table, strlen(table), 16, &none, NULL), ASSAY_OK);
	assert_null(strchr(assay_buf_str(&out), '!'));
}

static void cells__lies__nothing_or_what_can_be_true(void **state)
{
	static const struct {
		const char *json, *drawn;
	} lies[] = {
	    {"", ""},
	    {"[]", ""},
	    {"{\"rows\":1,\"columns\":1,\"cells\":[]}", ""},
	    {"{\"rows\":1,\"columns\":8193,\"box\":[0,0,9,9],\"cells\":[]}", ""},
	    {"{\"rows\":-1,\"columns\":1,\"box\":[0,0,9,9],\"cells\":[]}", ""},
	    {"{\"rows\":1,\"columns\":1,\"box\":[0,0,9,1000001],\"cells\":[]}", ""},
	    {"{\"rows\":1,\"columns\":1,\"box\":[0,0,9,9],\"cells\":7}", "= 0 0 9 9\n"},
	    {"{\"rows\":1,\"columns\":1,\"box\":[0,0,9,9],\"cells\":[{\"row\":1,\"column\":0,\"box\":[1,1,2,2]},"
	     "{\"row\":0,\"column\":0,\"box\":[2,1,2,2]},{\"row\":0,\"column\":0,\"columns\":-3,\"box\":[1,1,2,2]},3]}",
	     "= 0 0 9 9\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;

		assert_int_equal(assay_view_cells_put(&out, lies[i].json, strlen(lies[i].json), 0, &failing, NULL),
				 ASSAY_OK);
		assert_string_equal(assay_buf_str(&out), lies[i].drawn);
	}
}

static void cells__memory_runs_out__told_each_time(void **state)
{
	assay_code rc = ASSAY_ENOMEM;

	(void)state;
	for (unsigned n = 1; rc != ASSAY_OK; n++) {
		ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;
		assay_err err = ASSAY_ERR_INIT;

		assert_in_range(n, 1, 100);
		calls = 0;
		fail_at = n;
		rc = assay_view_cells_put(&out, table, strlen(table), 16, &failing, &err);
		fail_at = 0;
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
	}
	assert_true(calls > 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines__doubted_words__their_lines_with_box_and_least_confidence),
	    cmocka_unit_test(lines__lies__no_lines),
	    cmocka_unit_test(size__of_the_page__by_the_head_alone),
	    cmocka_unit_test(lines__more_than_a_page_has__the_first_are_kept),
	    cmocka_unit_test(lines__memory_runs_out__told_each_time),
	    cmocka_unit_test(cells__of_a_table__lines_in_the_middle_and_failing_columns_marked),
	    cmocka_unit_test(cells__lies__nothing_or_what_can_be_true),
	    cmocka_unit_test(cells__memory_runs_out__told_each_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
