#include "csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <cmocka.h>

/* A cell, as it is written. The second column is what a spreadsheet opens. */
static void cell__formulas__guarded(void **state)
{
	static const struct {
		const char *text, *written;
	} cases[] = {
	    {"", ""},
	    {"plain", "plain"},
	    {"a,b", "\"a,b\""},
	    {"say \"hm\"", "\"say \"\"hm\"\"\""},
	    {"two\nlines", "\"two\nlines\""},
	    {"two\r\nlines", "\"two\r\nlines\""},
	    {"=1+1", "\"'=1+1\""},
	    {"+49 30", "\"'+49 30\""},
	    {"-", "\"'-\""},
	    {"@SUM(A1)", "\"'@SUM(A1)\""},
	    {"\tx", "\"'\tx\""},
	    {"'=1", "\"''=1\""},
	    {"''@", "\"'''@\""},
	    {"'Tis", "'Tis"},
	    {"'", "'"},
	    {"a=b", "a=b"},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;
		ASSAY_AUTO_CSV c;

		assay_csv_cell(&out, cases[i].text, true);
		assert_string_equal(assay_buf_str(&out), cases[i].written);
		assay_buf_reset(&out);
		assay_csv_cell(&out, "x", true); /* no record is an empty line */
		assay_csv_cell(&out, cases[i].text, false);
		assay_csv_end(&out);
		assay_csv_open(&c, out.data, out.len);
		assert_true(assay_csv_next(&c));
		assert_int_equal(c.count, 2);
		assert_string_equal(assay_csv_field(&c, 1), cases[i].text);
		assert_false(assay_csv_next(&c));
		assert_null(c.fault);
	}
}

static uint32_t draw(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Whatever is written comes back, with every character that means something. */
static void csv__random_cells__round_trip(void **state)
{
	static const char letters[] = "ab,\"\r\n=+-@'\t \xc3\xa9";
	uint32_t seed = 5;

	(void)state;
	for (int round = 0; round < 5000; round++) {
		const uint32_t start = seed;
		char cells[4][24];
		ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;
		ASSAY_AUTO_CSV c;

		for (size_t i = 0; i < 4; i++) {
			const size_t n = draw(&seed) % 20;

			for (size_t k = 0; k < n; k++)
				cells[i][k] = letters[draw(&seed) % (sizeof letters - 3)];
			cells[i][n] = '\0';
			assay_csv_cell(&out, cells[i], i == 0);
		}
		assay_csv_end(&out);
		assay_csv_open(&c, out.data, out.len);
		if (!assay_csv_next(&c) || c.count != 4)
			fail_msg("seed %u: %s", (unsigned)start, assay_buf_str(&out));
		for (size_t i = 0; i < 4; i++)
			if (strcmp(assay_csv_field(&c, i), cells[i]) != 0)
				fail_msg("seed %u: cell %zu of %s", (unsigned)start, i, assay_buf_str(&out));
	}
}

static void csv__lines__counted_where_records_begin(void **state)
{
	static const char text[] = "\xef\xbb\xbf"
				   "a,b\n\n\"1\n2\n3\",x\r\n\r\nlast,y";
	ASSAY_AUTO_CSV c;

	(void)state;
	assay_csv_open(&c, text, sizeof text - 1);
	assert_true(assay_csv_next(&c));
	assert_string_equal(assay_csv_field(&c, 0), "a");
	assert_int_equal(c.line, 1);
	assert_true(assay_csv_next(&c));
	assert_int_equal(c.line, 3);
	assert_string_equal(assay_csv_field(&c, 0), "1\n2\n3");
	assert_true(assay_csv_next(&c));
	assert_int_equal(c.line, 7);
	assert_string_equal(assay_csv_field(&c, 1), "y");
	assert_false(assay_csv_next(&c));
	assert_null(c.fault);
}

static void csv__broken__fault_and_line(void **state)
{
	static const struct {
		const char *text, *fault;
		int line;
	} cases[] = {
	    {"a\n\"b", "a quote is not closed", 2},
	    {"a\nb\"c\"\n", "a quote inside a cell that does not begin with one", 2},
	    {"\"a\"b\n", "text after a closing quote; a quote inside is written twice", 1},
	    {"a\n\n\xff\n", "a cell is not UTF-8", 3},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		ASSAY_AUTO_CSV c;

		assay_csv_open(&c, cases[i].text, strlen(cases[i].text));
		while (assay_csv_next(&c))
			;
		assert_non_null(c.fault);
		assert_string_equal(c.fault, cases[i].fault);
		assert_int_equal(c.line, cases[i].line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(cell__formulas__guarded),
	    cmocka_unit_test(csv__random_cells__round_trip),
	    cmocka_unit_test(csv__lines__counted_where_records_begin),
	    cmocka_unit_test(csv__broken__fault_and_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
