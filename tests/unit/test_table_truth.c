/* Ground truth of tables: its parser, and the score of a table against it. */
#include "ocr_alloc.h"

#include "table_truth.h"

static table_truth truth;

static int teardown(void **state)
{
	(void)state;
	table_truth_release(&truth);
	return 0;
}

static const char *read_text(const char *text)
{
	const char *why;

	table_truth_release(&truth);
	assert_int_equal(table_truth_read(&truth, &why, text, strlen(text), NULL), ASSAY_OK);
	return why;
}

/* "table:row:column:text" of each cell, parted by blanks. */
static void expect(const char *text, const char *cells)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	assert_null(read_text(text));
	for (size_t i = 0; i < truth.count; i++) {
		const table_truth_cell *c = &truth.cells[i];

		assay_buf_printf(&b, "%s%u:%u:%u:%s", i > 0 ? " " : "", c->table, c->row, c->column,
				 assay_buf_str(&truth.strings) + c->text);
	}
	assert_string_equal(assay_buf_str(&b), cells);
}

static void csv__fields_and_tables__cells(void **state)
{
	(void)state;
	expect("a,b\n1,2\n", "0:0:0:a 0:0:1:b 0:1:0:1 0:1:1:2");
	expect("\xef\xbb\xbf"
	       "a,b\r\n,2",
	       "0:0:0:a 0:0:1:b 0:1:1:2");
	expect("\"a, \"\"b\"\"\nc\",d\n", "0:0:0:a,\"b\"c 0:0:1:d");
	expect("\n\na\n\n\nb,c\n\n", "0:0:0:a 1:0:0:b 1:0:1:c");
	expect("1 204,5 %\n", "0:0:0:1204 0:0:1:5%");
	expect("\xe2\x80\x93,\xe2\x80\x99s,\xef\xac\x81x\n", "0:0:0:- 0:0:1:'s 0:0:2:fix"); /* dash, quote, ligature */
	assert_int_equal(truth.tables, 1);
}

static void html__spans_and_entities__cells(void **state)
{
	(void)state;
	expect("<table><tr><th>a</th><td>b</td></tr><tr><td>1</td><td>2</td></tr></table>",
	       "0:0:0:a 0:0:1:b 0:1:0:1 0:1:1:2");
	expect("<html><body><TABLE class=x>\n<thead><tr><td rowspan=\"2\">a</td><td colspan=2 "
	       ">b</td></tr>\n<tr><td>c<td>d</tr>"
	       "</thead><tr><td>1</td><td></td><td><b>2</b> 3</td></tr></TABLE>",
	       "0:0:0:a 0:0:1:b 0:1:1:c 0:1:2:d 0:2:0:1 0:2:2:23");
	expect("<table><tr><td>&lt;1&#62;&#x41;&amp;&nbsp;&x</td></tr></table> <table><!-- <td>no</td> "
	       "--><tr><td>z</td></tr></table>",
	       "0:0:0:<1>A&&x 1:0:0:z");
}

static void truth__that_cannot_be_read__told(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	assert_string_equal(read_text(""), "ground truth has no table");
	assert_string_equal(read_text("\n\n"), "ground truth has no table");
	assert_string_equal(read_text("<p>none</p>"), "ground truth has no table");
	assert_string_equal(read_text("\"a\n"), "ground truth has a quoted field without an end");
	assert_string_equal(read_text("a\xff,b\n"), "ground truth is not UTF-8");
	for (int i = 0; i < TABLE_COLUMNS_MAX; i++)
		assay_buf_puts(&b, "1,");
	assay_buf_puts(&b, "1\n");
	assert_string_equal(read_text(assay_buf_str(&b)), "ground truth has too many rows or columns");
	assay_buf_reset(&b);
	for (int i = 0; i <= TABLE_TRUTH_ROWS_MAX; i++)
		assay_buf_puts(&b, "1\n");
	assert_string_equal(read_text(assay_buf_str(&b)), "ground truth has too many rows or columns");
	assay_buf_reset(&b);
	for (int i = 0; i <= TABLE_TRUTH_CELLS / 64; i++) {
		for (int k = 0; k < 63; k++)
			assay_buf_puts(&b, "1,");
		assay_buf_puts(&b, "1\n");
		if (i % 1000 == 999)
			assay_buf_puts(&b, "\n");
	}
	assert_string_equal(read_text(assay_buf_str(&b)), "ground truth has too many cells");
}

/* ---------------------------------------------------------------- scores */

static table_score score(const char *wanted, const char *got)
{
	table_truth read = {0};
	table_score s = {0};
	const char *why;

	assert_null(read_text(wanted));
	assert_int_equal(table_truth_read(&read, &why, got, strlen(got), NULL), ASSAY_OK);
	assert_int_equal(table_truth_score(&s, &truth, &read, NULL), ASSAY_OK);
	table_truth_release(&read);
	return s;
}

static void expect_score(const char *wanted, const char *got, table_score s)
{
	const table_score is = score(wanted, got);

	assert_int_equal(is.right, s.right);
	assert_int_equal(is.cells, s.cells);
	assert_int_equal(is.columns, s.columns);
	assert_int_equal(is.tables, s.tables);
}

static void score__cells_in_their_places__counted(void **state)
{
	static const char three[] = "Harbour,In,Out\nBergen,12,7\nLeith,30,9\n";

	(void)state;
	expect_score(three, three, (table_score){9, 18, 1, 1});
	expect_score(three, "\n", (table_score){0, 9, 0, 1});                                         /* not found */
	expect_score(three, "Harbour,In,Out\nBergan,12,7\nLeith,3O,9\n", (table_score){9, 18, 1, 1}); /* half of 30 */
	expect_score(three, "Harbour,In,Out\nBergen,19,7\nXyzvw,30,9\n", (table_score){8, 18, 1, 1});
	/* a column that is not there, and one too many: those beside it stay right */
	expect_score(three, "Harbour,Out\nBergen,7\nLeith,9\n", (table_score){6, 15, 0, 1});
	expect_score(three, "Harbour,In,qq,Out\nBergen,12,ww,7\nLeith,30,zz,9\n", (table_score){9, 21, 0, 1});
	/* columns that changed places: one of them stays */
	expect_score(three, "Harbour,Out,In\nBergen,7,12\nLeith,9,30\n", (table_score){6, 18, 1, 1});
	/* two rows in one: the first half is no more like either */
	expect_score(three, "Harbour,In,Out\nBergenLeith,1230,79\n", (table_score){6, 15, 1, 1});
	expect_score("a,-\nb,..\n", "a,.\nb,-\n", (table_score){4, 8, 1, 1}); /* marks for no value */
}

static void score__several_tables__each_its_own(void **state)
{
	(void)state;
	expect_score("a,b\nc,d\n\n11,22,33\n44,55,66\n", "11,22,33\n44,55,66\n\na,b\nc,d\n\nextra,table\n",
		     (table_score){10, 20, 2, 2});
	expect_score("a,b\nc,d\n\n11,22,33\n44,55,66\n", "a,b,11,22,33\nc,d,44,55,66\n", (table_score){4, 20, 0, 2});
}

static void score__too_many_texts__refused(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	table_score s;

	(void)state;
	for (int i = 0; i < 2100; i++)
		assay_buf_printf(&b, "%d\n", i);
	assert_null(read_text(assay_buf_str(&b)));
	assert_int_equal(table_truth_score(&s, &truth, &truth, NULL), ASSAY_EFULL);
}

static assay_code read_and_score(void)
{
	static const char text[] = "a,b\nc,d\n\n11,22,33\n44,55,66\n";
	table_truth a = {0}, b = {0};
	table_score s = {0};
	const char *why;
	assay_code rc = table_truth_read(&a, &why, text, sizeof text - 1, NULL);

	if (rc == ASSAY_OK)
		rc = table_truth_read(&b, &why, text, sizeof text - 1, NULL);
	if (rc == ASSAY_OK)
		rc = table_truth_score(&s, &a, &b, NULL);
	table_truth_release(&a);
	table_truth_release(&b);
	assert_true(rc != ASSAY_OK || s.right == 10);
	return rc;
}

static void score__every_allocation_fails_in_turn__enomem(void **state)
{
	assay_code rc;
	unsigned n = 0;

	(void)state;
	do {
		alloc_calls = 0;
		alloc_fail_at = ++n;
		rc = read_and_score();
		alloc_fail_at = 0;
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
	} while (rc != ASSAY_OK && n < 1000);
	assert_in_range(n, 10, 500);
}

#define TEST(f) cmocka_unit_test_teardown(f, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(csv__fields_and_tables__cells),
	    TEST(html__spans_and_entities__cells),
	    TEST(truth__that_cannot_be_read__told),
	    TEST(score__cells_in_their_places__counted),
	    TEST(score__several_tables__each_its_own),
	    TEST(score__too_many_texts__refused),
	    TEST(score__every_allocation_fails_in_turn__enomem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
