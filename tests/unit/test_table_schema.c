/* Columns of tables against what is wanted of them, and their record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "assay/table_schema.h"

#include <stdio.h>
#include <string.h>

/* clang-format off */
#define TEXTS(n)    {[ASSAY_CELL_TEXT] = (n)}
#define INTEGERS(n) {[ASSAY_CELL_INTEGER] = (n)}
#define NUMBERS(n)  {[ASSAY_CELL_NUMBER] = (n)}
#define DATES(n)    {[ASSAY_CELL_DATE] = (n)}
/* clang-format on */

static assay_expected_column wanted[] = {{"Item", ASSAY_COLUMN_STRING, true},
					 {"Quantity", ASSAY_COLUMN_INTEGER, true},
					 {"Amount", ASSAY_COLUMN_NUMBER, false},
					 {"Date", ASSAY_COLUMN_DATE, false}};
static const assay_table_schema schema = {wanted, 4};

/* What is wrong with each wanted column. */
static void expect(assay_table_column *columns, size_t count, const char *const *faults)
{
	const assay_table_columns table = {columns, count};
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;

	for (size_t i = 0; i < schema.count; i++) {
		assert_int_equal(assay_table_schema_fault(&out, &schema, i, &table, NULL), ASSAY_OK);
		assert_string_equal(assay_buf_str(&out), faults[i]);
	}
}

static void fault__as_wanted__none(void **state)
{
	assay_table_column same[] = {
	    {"Item", TEXTS(5), 0}, {"Quantity", INTEGERS(5), 0}, {"Amount", NUMBERS(5), 0}, {"Date", DATES(5), 0}};
	assay_table_column printed[] = {{"ITEM", TEXTS(5), 0},
					{"Store Quantity", INTEGERS(5), 0},
					{"Amcunt", {[ASSAY_CELL_INTEGER] = 4, [ASSAY_CELL_TEXT] = 1}, 0},
					{"date.", {[ASSAY_CELL_DATE] = 3, [ASSAY_CELL_EMPTY] = 2}, 0}};
	assay_table_column headless[] = {
	    {"", TEXTS(5), 0},
	    {"", INTEGERS(5), 0},
	    {"", {[ASSAY_CELL_TEXT] = 1, [ASSAY_CELL_NUMBER] = 2}, 0}, /* one was misread */
	    {"", DATES(5), 0}};
	const char *const none[] = {"", "", "", ""};

	(void)state;
	expect(same, 4, none);
	expect(printed, 4, none);
	expect(headless, 4, none);
}

static void fault__columns_in_another_order__named(void **state)
{
	assay_table_column c[] = {
	    {"Item", TEXTS(5), 0}, {"Quantity", INTEGERS(5), 0}, {"Date", DATES(5), 0}, {"Amount", NUMBERS(5), 0}};

	(void)state;
	expect(
	    c, 4,
	    (const char *const[]){"", "", "stands as column 4, after 'Date'", "stands as column 3, before 'Amount'"});
}

static void fault__cells_under_the_wrong_heads__swapped(void **state)
{
	assay_table_column c[] = {
	    {"Item", TEXTS(5), 0}, {"Quantity", INTEGERS(5), 0}, {"Amount", DATES(5), 0}, {"Date", NUMBERS(5), 0}};
	assay_table_column headless[] = {
	    {"", TEXTS(5), 0}, {"", INTEGERS(5), 0}, {"", DATES(5), 0}, {"", NUMBERS(5), 0}};
	const char *const faults[] = {"", "", "holds what 'Date' should: the two are swapped",
				      "holds what 'Amount' should: the two are swapped"};

	(void)state;
	expect(c, 4, faults);
	expect(headless, 4, faults);
}

static void fault__two_columns_in_one__merged(void **state)
{
	assay_table_column c[] = {
	    {"Item", TEXTS(5), 0}, {"Quantity Amount", {[ASSAY_CELL_TEXT] = 5}, 5}, {"Date", DATES(5), 0}};
	assay_table_column headless[] = {{"", TEXTS(5), 0}, {"", {[ASSAY_CELL_TEXT] = 5}, 5}, {"", DATES(5), 0}};

	(void)state;
	expect(c, 3,
	       (const char *const[]){"", "merged with others into column 2 'Quantity Amount'",
				     "merged: 5 of its cells hold several values", ""});
	expect(headless, 3,
	       (const char *const[]){"", "merged: 5 of its cells hold several values",
				     "only 0 of its 5 cells are of type number",
				     "missing: the table has no heads and only 3 of 4 columns"});
}

static void fault__few_cells_of_several_values__no_fault(void **state)
{
	assay_table_column c[] = {{"Item", TEXTS(5), 0},
				  {"Quantity", {[ASSAY_CELL_INTEGER] = 4, [ASSAY_CELL_TEXT] = 1}, 1},
				  {"Amount", {[ASSAY_CELL_NUMBER] = 3, [ASSAY_CELL_TEXT] = 2}, 2},
				  {"Date", DATES(5), 0}};

	(void)state;
	expect(c, 4, (const char *const[]){"", "", "merged: 2 of its cells hold several values", ""});
}

static void fault__one_column_in_two__split(void **state)
{
	assay_table_column c[] = {{"Item", TEXTS(5), 0},
				  {"Quan", INTEGERS(5), 0},
				  {"tity", INTEGERS(5), 0},
				  {"Amount", NUMBERS(5), 0},
				  {"Date", DATES(5), 0}};

	(void)state;
	expect(c, 5,
	       (const char *const[]){"is followed by column 2 'Quan', which is not wanted",
				     "split over columns 2 and 3", "", ""});
}

static void fault__cells_shifted__types_told(void **state)
{
	assay_table_column c[] = {{"Item", {[ASSAY_CELL_EMPTY] = 2, [ASSAY_CELL_TEXT] = 3}, 0},
				  {"Quantity", {[ASSAY_CELL_TEXT] = 2, [ASSAY_CELL_INTEGER] = 3}, 0},
				  {"Amount", {[ASSAY_CELL_INTEGER] = 2, [ASSAY_CELL_NUMBER] = 3}, 0},
				  {"Date", {[ASSAY_CELL_NUMBER] = 2, [ASSAY_CELL_DATE] = 3}, 0}};

	(void)state;
	expect(c, 4,
	       (const char *const[]){"2 of its cells are empty", "only 3 of its 5 cells are of type integer", "",
				     "only 3 of its 5 cells are of type date"});
}

static void fault__column_that_is_not_there__missing(void **state)
{
	assay_table_column c[] = {{"Item", TEXTS(5), 0}, {"Quantity", INTEGERS(5), 0}, {"Date", DATES(5), 0}};

	(void)state;
	expect(c, 3, (const char *const[]){"", "", "missing: no column has this head", ""});
}

static void fault__column_too_many__told_by_the_one_before(void **state)
{
	assay_table_column c[] = {{"No", INTEGERS(5), 0},
				  {"Item", TEXTS(5), 0},
				  {"Quantity", INTEGERS(5), 0},
				  {"Amount", NUMBERS(5), 0},
				  {"", {[ASSAY_CELL_EMPTY] = 5}, 0},
				  {"Date", DATES(5), 0}};

	(void)state;
	expect(c, 6,
	       (const char *const[]){"comes after column 1 'No', which is not wanted", "",
				     "is followed by column 5 '', which is not wanted", ""});
}

static void columns__record__round_trip(void **state)
{
	assay_table_column c[] = {{"Item", {1, 2, 3, 4, 5, 6, 7, 8}, 9}, {"", TEXTS(5), 0}};
	const assay_table_columns table = {c, 2};
	assay_table_columns back;
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;

	(void)state;
	assay_table_columns_encode(&out, &table);
	assert_int_equal(assay_table_columns_decode(&back, out.data, out.len, NULL), ASSAY_OK);
	assert_int_equal(back.count, 2);
	assert_string_equal(back.items[0].head, "Item");
	assert_memory_equal(back.items[0].cells, c[0].cells, sizeof c[0].cells);
	assert_int_equal(back.items[0].merged, 9);
	assert_string_equal(back.items[1].head, "");
	assay_table_columns_release(&back);
	for (size_t n = 0; n < out.len; n++) {
		assert_int_equal(assay_table_columns_decode(&back, out.data, n, NULL), ASSAY_ECORRUPT);
		assay_table_columns_release(&back);
	}
	for (size_t i = 0; i < 8 * out.len; i++) {
		out.data[i / 8] ^= (unsigned char)(1u << i % 8);
		(void)!assay_table_columns_decode(&back, out.data, out.len, NULL);
		assay_table_columns_release(&back);
		out.data[i / 8] ^= (unsigned char)(1u << i % 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fault__as_wanted__none),
	    cmocka_unit_test(fault__columns_in_another_order__named),
	    cmocka_unit_test(fault__cells_under_the_wrong_heads__swapped),
	    cmocka_unit_test(fault__two_columns_in_one__merged),
	    cmocka_unit_test(fault__few_cells_of_several_values__no_fault),
	    cmocka_unit_test(fault__one_column_in_two__split),
	    cmocka_unit_test(fault__cells_shifted__types_told),
	    cmocka_unit_test(fault__column_that_is_not_there__missing),
	    cmocka_unit_test(fault__column_too_many__told_by_the_one_before),
	    cmocka_unit_test(columns__record__round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
