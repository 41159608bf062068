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

static assay_expected_column wanted[] = {{.head = "Item", .type = ASSAY_COLUMN_STRING, .required = true},
					 {.head = "Quantity", .type = ASSAY_COLUMN_INTEGER, .required = true},
					 {.head = "Amount", .type = ASSAY_COLUMN_NUMBER},
					 {.head = "Date", .type = ASSAY_COLUMN_DATE}};
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
	assay_table_column same[] = {{"Item", TEXTS(5), 0, NULL, 0, NULL, 0},
				     {"Quantity", INTEGERS(5), 0, NULL, 0, NULL, 0},
				     {"Amount", NUMBERS(5), 0, NULL, 0, NULL, 0},
				     {"Date", DATES(5), 0, NULL, 0, NULL, 0}};
	assay_table_column printed[] = {
	    {"ITEM", TEXTS(5), 0, NULL, 0, NULL, 0},
	    {"Store Quantity", INTEGERS(5), 0, NULL, 0, NULL, 0},
	    {"Amcunt", {[ASSAY_CELL_INTEGER] = 4, [ASSAY_CELL_TEXT] = 1}, 0, NULL, 0, NULL, 0},
	    {"date.", {[ASSAY_CELL_DATE] = 3, [ASSAY_CELL_EMPTY] = 2}, 0, NULL, 0, NULL, 0}};
	assay_table_column headless[] = {
	    {"", TEXTS(5), 0, NULL, 0, NULL, 0},
	    {"", INTEGERS(5), 0, NULL, 0, NULL, 0},
	    {"", {[ASSAY_CELL_TEXT] = 1, [ASSAY_CELL_NUMBER] = 2}, 0, NULL, 0, NULL, 0}, /* one was misread */
	    {"", DATES(5), 0, NULL, 0, NULL, 0}};
	const char *const none[] = {"", "", "", ""};

	(void)state;
	expect(same, 4, none);
	expect(printed, 4, none);
	expect(headless, 4, none);
}

static void fault__columns_in_another_order__named(void **state)
{
	assay_table_column c[] = {{"Item", TEXTS(5), 0, NULL, 0, NULL, 0},
				  {"Quantity", INTEGERS(5), 0, NULL, 0, NULL, 0},
				  {"Date", DATES(5), 0, NULL, 0, NULL, 0},
				  {"Amount", NUMBERS(5), 0, NULL, 0, NULL, 0}};

	(void)state;
	expect(
	    c, 4,
	    (const char *const[]){"", "", "stands as column 4, after 'Date'", "stands as column 3, before 'Amount'"});
}

static void fault__cells_under_the_wrong_heads__swapped(void **state)
{
	assay_table_column c[] = {{"Item", TEXTS(5), 0, NULL, 0, NULL, 0},
				  {"Quantity", INTEGERS(5), 0, NULL, 0, NULL, 0},
				  {"Amount", DATES(5), 0, NULL, 0, NULL, 0},
				  {"Date", NUMBERS(5), 0, NULL, 0, NULL, 0}};
	assay_table_column headless[] = {{"", TEXTS(5), 0, NULL, 0, NULL, 0},
					 {"", INTEGERS(5), 0, NULL, 0, NULL, 0},
					 {"", DATES(5), 0, NULL, 0, NULL, 0},
					 {"", NUMBERS(5), 0, NULL, 0, NULL, 0}};
	const char *const faults[] = {"", "", "holds what 'Date' should: the two are swapped",
				      "holds what 'Amount' should: the two are swapped"};

	(void)state;
	expect(c, 4, faults);
	expect(headless, 4, faults);
}

static void fault__two_columns_in_one__merged(void **state)
{
	assay_table_column c[] = {{"Item", TEXTS(5), 0, NULL, 0, NULL, 0},
				  {"Quantity Amount", {[ASSAY_CELL_TEXT] = 5}, 5, NULL, 0, NULL, 0},
				  {"Date", DATES(5), 0, NULL, 0, NULL, 0}};
	assay_table_column headless[] = {{"", TEXTS(5), 0, NULL, 0, NULL, 0},
					 {"", {[ASSAY_CELL_TEXT] = 5}, 5, NULL, 0, NULL, 0},
					 {"", DATES(5), 0, NULL, 0, NULL, 0}};

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
	assay_table_column c[] = {{"Item", TEXTS(5), 0, NULL, 0, NULL, 0},
				  {"Quantity", {[ASSAY_CELL_INTEGER] = 4, [ASSAY_CELL_TEXT] = 1}, 1, NULL, 0, NULL, 0},
				  {"Amount", {[ASSAY_CELL_NUMBER] = 3, [ASSAY_CELL_TEXT] = 2}, 2, NULL, 0, NULL, 0},
				  {"Date", DATES(5), 0, NULL, 0, NULL, 0}};

	(void)state;
	expect(c, 4, (const char *const[]){"", "", "merged: 2 of its cells hold several values", ""});
}

static void fault__one_column_in_two__split(void **state)
{
	assay_table_column c[] = {{"Item", TEXTS(5), 0, NULL, 0, NULL, 0},
				  {"Quan", INTEGERS(5), 0, NULL, 0, NULL, 0},
				  {"tity", INTEGERS(5), 0, NULL, 0, NULL, 0},
				  {"Amount", NUMBERS(5), 0, NULL, 0, NULL, 0},
				  {"Date", DATES(5), 0, NULL, 0, NULL, 0}};

	(void)state;
	expect(c, 5,
	       (const char *const[]){"is followed by column 2 'Quan', which is not wanted",
				     "split over columns 2 and 3", "", ""});
}

static void fault__cells_shifted__types_told(void **state)
{
	assay_table_column c[] = {{"Item", {[ASSAY_CELL_EMPTY] = 2, [ASSAY_CELL_TEXT] = 3}, 0, NULL, 0, NULL, 0},
				  {"Quantity", {[ASSAY_CELL_TEXT] = 2, [ASSAY_CELL_INTEGER] = 3}, 0, NULL, 0, NULL, 0},
				  {"Amount", {[ASSAY_CELL_INTEGER] = 2, [ASSAY_CELL_NUMBER] = 3}, 0, NULL, 0, NULL, 0},
				  {"Date", {[ASSAY_CELL_NUMBER] = 2, [ASSAY_CELL_DATE] = 3}, 0, NULL, 0, NULL, 0}};

	(void)state;
	expect(c, 4,
	       (const char *const[]){"2 of its cells are empty", "only 3 of its 5 cells are of type integer", "",
				     "only 3 of its 5 cells are of type date"});
}

static void fault__column_that_is_not_there__missing(void **state)
{
	assay_table_column c[] = {{"Item", TEXTS(5), 0, NULL, 0, NULL, 0},
				  {"Quantity", INTEGERS(5), 0, NULL, 0, NULL, 0},
				  {"Date", DATES(5), 0, NULL, 0, NULL, 0}};

	(void)state;
	expect(c, 3, (const char *const[]){"", "", "missing: no column has this head", ""});
}

static void fault__column_too_many__told_by_the_one_before(void **state)
{
	assay_table_column c[] = {{"No", INTEGERS(5), 0, NULL, 0, NULL, 0},
				  {"Item", TEXTS(5), 0, NULL, 0, NULL, 0},
				  {"Quantity", INTEGERS(5), 0, NULL, 0, NULL, 0},
				  {"Amount", NUMBERS(5), 0, NULL, 0, NULL, 0},
				  {"", {[ASSAY_CELL_EMPTY] = 5}, 0, NULL, 0, NULL, 0},
				  {"Date", DATES(5), 0, NULL, 0, NULL, 0}};

	(void)state;
	expect(c, 6,
	       (const char *const[]){"comes after column 1 'No', which is not wanted", "",
				     "is followed by column 5 '', which is not wanted", ""});
}

/* ---------------------------------------------------------------- ranges and sums */

static size_t in_and_out[] = {0, 1};
static assay_expected_column trade[] = {
    {.head = "In", .type = ASSAY_COLUMN_INTEGER, .has_low = true, .low = {0, 0}, .has_high = true, .high = {50, 0}},
    {.head = "Out", .type = ASSAY_COLUMN_INTEGER, .has_low = true, .low = {100, 0}},
    {.head = "Moved",
     .type = ASSAY_COLUMN_NUMBER,
     .has_high = true,
     .high = {9995, 1},
     .parts = in_and_out,
     .part_count = 2},
};
static const assay_table_schema trade_schema = {trade, 3};

/* Rows 1 to 5 of three columns; what is wrong with each. */
static void expect_trade(int64_t rows[5][3], const int order[3], const char *const *faults)
{
	assay_table_number numbers[3][5];
	assay_table_column c[3];
	const assay_table_columns table = {c, 3};
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;

	for (size_t k = 0; k < 3; k++) {
		c[k] = (assay_table_column){trade[k].head, INTEGERS(5), 0, numbers[k], 5, NULL, 0};
		for (uint32_t i = 0; i < 5; i++)
			numbers[k][i] = (assay_table_number){i + 1, 10000 * rows[i][order[k]]};
	}
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(assay_table_schema_fault(&out, &trade_schema, i, &table, NULL), ASSAY_OK);
		assert_string_equal(assay_buf_str(&out), faults[i]);
	}
}

static int64_t sound[5][3] = {{1, 100, 101}, {20, 130, 150}, {50, 900, 950}, {7, 200, 207}, {0, 101, 101}};

static void fault__numbers_in_their_ranges__none(void **state)
{
	int64_t misread[5][3];

	(void)state;
	expect_trade(sound, (const int[]){0, 1, 2}, (const char *const[]){"", "", ""});
	memcpy(misread, sound, sizeof misread);
	misread[2][0] = 5000; /* a point was not read: one of five may be, and its sum */
	expect_trade(misread, (const int[]){0, 1, 2}, (const char *const[]){"", "", ""});
}

static void fault__columns_of_one_type_swapped__told_by_their_ranges(void **state)
{
	(void)state;
	expect_trade(sound, (const int[]){1, 0, 2},
		     (const char *const[]){"holds what 'Out' should: the two are swapped",
					   "holds what 'In' should: the two are swapped", ""});
	expect_trade(sound, (const int[]){2, 1, 0},
		     (const char *const[]){"only 0 of its 5 numbers are between 0 and 50", "",
					   "is the sum of 'In' and 'Out' in only 0 of 5 rows"});
}

static void fault__ranges_that_hold_both__told_by_the_sum_alone(void **state)
{
	(void)state;
	expect_trade(sound, (const int[]){0, 2, 1},
		     (const char *const[]){"", "", "is the sum of 'In' and 'Out' in only 1 of 5 rows"});
}

static void fault__decimals__half_a_last_place_for_each(void **state)
{
	assay_table_number a[] = {{1, 12000}, {2, 13000}, {3, 5}}, b[] = {{1, 24000}, {2, 26000}, {3, 5}},
			   c[] = {
			       {1, 37000}, {2, 41000}, {4, 7}}; /* 1.2 + 2.4 = 3.7, 1.3 + 2.6 = 4.1; row 3 has no sum */
	assay_table_column k[] = {{"A", NUMBERS(3), 0, a, 3, NULL, 0},
				  {"B", NUMBERS(3), 0, b, 3, NULL, 0},
				  {"C", NUMBERS(3), 0, c, 3, NULL, 0}};
	assay_expected_column w[] = {{.head = "A", .type = ASSAY_COLUMN_NUMBER},
				     {.head = "B", .type = ASSAY_COLUMN_NUMBER},
				     {.head = "C", .type = ASSAY_COLUMN_NUMBER, .parts = in_and_out, .part_count = 2}};
	const assay_table_schema s = {w, 3};
	const assay_table_columns table = {k, 3};
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;

	(void)state;
	assert_int_equal(assay_table_schema_fault(&out, &s, 2, &table, NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&out), "is the sum of 'A' and 'B' in only 1 of 2 rows"); /* 4.1 is 0.2 off */
	c[1].units = 40000;
	assert_int_equal(assay_table_schema_fault(&out, &s, 2, &table, NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&out), "");
	a[0].units = INT64_MIN; /* numbers that no sum holds */
	c[0].units = INT64_MAX;
	assert_int_equal(assay_table_schema_fault(&out, &s, 2, &table, NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&out), "is the sum of 'A' and 'B' in only 1 of 2 rows");
}

/* A count and its share in one cell are a number with another, and a text. */
static void fault__cells_of_several_numbers__strings_as_well(void **state)
{
	assay_expected_column one = {.head = "Cases", .type = ASSAY_COLUMN_STRING};
	const assay_table_schema of_one = {&one, 1};
	assay_table_number told[] = {{1, 10000}, {2, 20000}};
	assay_table_column c = {"Cases", NUMBERS(10), 0, told, 1, NULL, 0};
	const assay_table_columns table = {&c, 1};
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;

	(void)state;
	assert_int_equal(assay_table_schema_fault(&out, &of_one, 0, &table, NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&out), "");
	one.type = ASSAY_COLUMN_NUMBER;
	assert_int_equal(assay_table_schema_fault(&out, &of_one, 0, &table, NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&out), "");
	one.type = ASSAY_COLUMN_STRING;
	c.cells[ASSAY_CELL_NUMBER] = c.number_count = 2;
	assert_int_equal(assay_table_schema_fault(&out, &of_one, 0, &table, NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&out), "only 0 of its 2 cells are of type string");
	c.cells[ASSAY_CELL_NUMBER] = 10; /* a record that told no numbers */
	c.numbers = NULL;
	c.number_count = 0;
	assert_int_equal(assay_table_schema_fault(&out, &of_one, 0, &table, NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&out), "only 0 of its 10 cells are of type string");
}

/* ---------------------------------------------------------------- rows, texts and heads */

static void fault__larger_in_the_same_row__in_which_both_were_read(void **state)
{
	size_t second = 1;
	assay_table_number a[] = {{1, 12000}, {2, 13000}, {3, 50000}, {5, 70000}, {6, 60000}},
			   b[] = {{1, 24000}, {2, 13000}, {4, 1}, {5, 80000}, {6, 60001}};
	assay_table_column k[] = {{"Low", NUMBERS(5), 0, a, 5, NULL, 0}, {"High", NUMBERS(5), 0, b, 5, NULL, 0}};
	assay_expected_column w[] = {{.head = "Low", .type = ASSAY_COLUMN_NUMBER, .larger = &second, .larger_count = 1},
				     {.head = "High", .type = ASSAY_COLUMN_NUMBER}};
	const assay_table_schema s = {w, 2};
	const assay_table_columns table = {k, 2};
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;

	(void)state;
	assert_int_equal(assay_table_schema_fault(&out, &s, 0, &table, NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&out), "");
	k[0].head = "High"; /* with its cells */
	k[1].head = "Low";
	assert_int_equal(assay_table_schema_fault(&out, &s, 0, &table, NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&out), "stands as column 2, after 'High'");
	k[0].head = "Low"; /* without */
	k[1].head = "High";
	k[0].numbers = b;
	k[1].numbers = a;
	assert_int_equal(assay_table_schema_fault(&out, &s, 0, &table, NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&out), "is at most 'High' in only 1 of 4 rows");
	a[0].units = 50000; /* one of them may be misread, of four */
	a[3].units = 90000;
	assert_int_equal(assay_table_schema_fault(&out, &s, 0, &table, NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&out), "");
}

static void fault__texts_unlike_the_pattern__told_or_swapped(void **state)
{
	regex_t codes;
	assay_table_text a[] = {{1, (char[]){"AB-12"}}, {2, (char[]){"CD-99"}}, {3, (char[]){"EF-07"}}},
			 b[] = {{1, (char[]){"red"}}, {2, (char[]){"green"}}, {3, (char[]){"7"}}};
	assay_table_column k[] = {{"Code", TEXTS(3), 0, NULL, 0, a, 3}, {"Colour", TEXTS(3), 0, NULL, 0, b, 3}};
	assay_expected_column w[] = {{.head = "Code", .type = ASSAY_COLUMN_STRING, .pattern = "^[A-Z]+-[0-9]+$"},
				     {.head = "Colour", .type = ASSAY_COLUMN_STRING}};
	const assay_table_schema s = {w, 2};
	const assay_table_columns table = {k, 2};
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;

	(void)state;
	assert_int_equal(regcomp(&codes, w[0].pattern, REG_EXTENDED | REG_NOSUB), 0);
	w[0].matcher = &codes;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(assay_table_schema_fault(&out, &s, i, &table, NULL), ASSAY_OK);
		assert_string_equal(assay_buf_str(&out), "");
	}
	k[0].texts = b;
	assert_int_equal(assay_table_schema_fault(&out, &s, 0, &table, NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&out), "only 0 of its 3 texts are like ^[A-Z]+-[0-9]+$");
	k[1].texts = a;
	assert_int_equal(assay_table_schema_fault(&out, &s, 0, &table, NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&out),
			    "only 0 of its 3 texts are like ^[A-Z]+-[0-9]+$"); /* any text is a colour */
	regfree(&codes);
}

/* A table of texts has no heads that a stage could tell; the contract knows them. */
static void fault__heads_in_the_first_row_of_a_table_of_texts__found(void **state)
{
	assay_table_text a[] = {{0, (char[]){"Maker"}}, {1, (char[]){"Lever"}}},
			 b[] = {{0, (char[]){"Up-market"}}, {1, (char[]){"Skip"}}},
			 c[] = {{0, (char[]){"Medium"}}, {1, (char[]){"Omo"}}};
	assay_table_column k[] = {{"", TEXTS(2), 0, NULL, 0, a, 2},
				  {"", TEXTS(2), 0, NULL, 0, b, 2},
				  {"", {[ASSAY_CELL_TEXT] = 2, [ASSAY_CELL_EMPTY] = 1}, 0, NULL, 0, c, 2}};
	assay_expected_column w[] = {{.head = "Maker", .type = ASSAY_COLUMN_STRING},
				     {.head = "Up-market", .type = ASSAY_COLUMN_STRING},
				     {.head = "Medium", .type = ASSAY_COLUMN_STRING, .required = true}};
	const assay_table_schema s = {w, 3};
	const assay_table_columns table = {k, 3};
	static const char *const still[] = {"", "", "1 of its cells are empty"},
				 *const moved[] = {"", "stands as column 3, after 'Medium'",
						   "stands as column 2, before 'Up-market'"};
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;
	assay_table_column third = k[2];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(assay_table_schema_fault(&out, &s, i, &table, NULL), ASSAY_OK);
		assert_string_equal(assay_buf_str(&out), still[i]);
	}
	k[2] = k[1];
	k[1] = third;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(assay_table_schema_fault(&out, &s, i, &table, NULL), ASSAY_OK);
		assert_string_equal(assay_buf_str(&out), moved[i]);
	}
	w[0].head = "Year"; /* one of three is not enough: by position */
	w[1].head = "Place";
	assert_int_equal(assay_table_schema_fault(&out, &s, 0, &table, NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&out), "");
}

/* ---------------------------------------------------------------- the record */

/* One column `Date` of four dates and an empty cell, as docs/formats.md had it when there were no numbers. */
static void columns__record_of_format_1__read(void **state)
{
	static const unsigned char old[] = {0xa2, 0x00, 0x01, 0x01, 0x81, 0xa3, 0x00, 0x64, 0x44, 0x61, 0x74, 0x65,
					    0x01, 0x88, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04, 0x00, 0x02, 0x00};
	assay_table_columns back;

	(void)state;
	assert_int_equal(assay_table_columns_decode(&back, old, sizeof old, NULL), ASSAY_OK);
	assert_int_equal(back.count, 1);
	assert_string_equal(back.items[0].head, "Date");
	assert_int_equal(back.items[0].cells[ASSAY_CELL_DATE], 4);
	assert_int_equal(back.items[0].number_count, 0);
	assay_table_columns_release(&back);
}

/* The column `Share` of docs/formats.md as it was when there were no texts. */
static void columns__record_of_format_2__read(void **state)
{
	static const unsigned char old[] = {0xa2, 0x00, 0x02, 0x01, 0x81, 0xa4, 0x00, 0x65, 0x53, 0x68,
					    0x61, 0x72, 0x65, 0x01, 0x88, 0x01, 0x00, 0x00, 0x02, 0x00,
					    0x00, 0x00, 0x00, 0x02, 0x00, 0x03, 0x82, 0x82, 0x01, 0x1a,
					    0x00, 0x01, 0xe8, 0x48, 0x82, 0x03, 0x39, 0x79, 0x17};
	assay_table_columns back;

	(void)state;
	assert_int_equal(assay_table_columns_decode(&back, old, sizeof old, NULL), ASSAY_OK);
	assert_int_equal(back.count, 1);
	assert_string_equal(back.items[0].head, "Share");
	assert_int_equal(back.items[0].number_count, 2);
	assert_int_equal(back.items[0].text_count, 0);
	assay_table_columns_release(&back);
}

static void columns__record__round_trip(void **state)
{
	assay_table_number numbers[] = {{1, -5}, {2, INT64_MIN}, {70000, INT64_MAX}};
	assay_table_text texts[] = {{1, (char[]){"Anchor"}}, {70000, (char[]){"12"}}};
	assay_table_column c[] = {{"Item", {1, 2, 3, 4, 5, 6, 7, 8}, 9, numbers, 3, texts, 2},
				  {"", TEXTS(5), 0, NULL, 0, NULL, 0}};
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
	assert_int_equal(back.items[0].number_count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(back.items[0].numbers[i].row, numbers[i].row);
		assert_true(back.items[0].numbers[i].units == numbers[i].units);
	}
	assert_int_equal(back.items[0].text_count, 2);
	assert_int_equal(back.items[0].texts[1].row, 70000);
	assert_string_equal(back.items[0].texts[1].text, "12");
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
	texts[1].row = 1; /* not ascending */
	assay_buf_reset(&out);
	assay_table_columns_encode(&out, &table);
	assert_int_equal(assay_table_columns_decode(&back, out.data, out.len, NULL), ASSAY_ECORRUPT);
	assay_table_columns_release(&back);
	texts[1].row = 2;
	numbers[1].row = 1; /* not ascending */
	assay_buf_reset(&out);
	assay_table_columns_encode(&out, &table);
	assert_int_equal(assay_table_columns_decode(&back, out.data, out.len, NULL), ASSAY_ECORRUPT);
	assay_table_columns_release(&back);
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
	    cmocka_unit_test(fault__numbers_in_their_ranges__none),
	    cmocka_unit_test(fault__columns_of_one_type_swapped__told_by_their_ranges),
	    cmocka_unit_test(fault__ranges_that_hold_both__told_by_the_sum_alone),
	    cmocka_unit_test(fault__decimals__half_a_last_place_for_each),
	    cmocka_unit_test(fault__cells_of_several_numbers__strings_as_well),
	    cmocka_unit_test(columns__record_of_format_1__read),
	    cmocka_unit_test(columns__record_of_format_2__read),
	    cmocka_unit_test(fault__larger_in_the_same_row__in_which_both_were_read),
	    cmocka_unit_test(fault__texts_unlike_the_pattern__told_or_swapped),
	    cmocka_unit_test(fault__heads_in_the_first_row_of_a_table_of_texts__found),
	    cmocka_unit_test(columns__record__round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
