/* What a table says of itself, and what a schema is told of its columns. */
#include "table_fixture.h"

#include "table_measure.h"

#include "assay/table.h"

/* Rows of four columns without rules: cells parted by commas, columns 160 px apart, the first row heads. */
static void put_rows(const char *const *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *s = rows[i];

		for (int c = 0; *s != '\0'; c++) {
			const size_t size = strcspn(s, ",");
			char cell[32];

			(void)snprintf(cell, sizeof cell, "%.*s", (int)size, s);
			if (c == 0)
				(void)text(cell, 100, 200 + PITCH * (int)i);
			else
				text_to(cell, 280 + 160 * c, 200 + PITCH * (int)i);
			s += size + (s[size] == ',');
		}
	}
	assert_int_equal(find(true), ASSAY_OK);
	assert_int_equal(found.count, 1);
}

static void expect_share(table_share s, int64_t good, int64_t of)
{
	assert_int_equal(s.good, good);
	assert_int_equal(s.of, of);
}

static const char *const trade[] = {"Harbour,In,Out,Share", "Bergen,12,7,19.5", "Leith,30,9,40.5",
				    "Hull,18,4,23.5",       "Oslo,10,5,16.5",   "Total,70,25,100.0"};

static void measures__sound_table__all_right(void **state)
{
	const table *t = &found.items[0];
	table_share s;

	(void)state;
	put_rows(trade, 6);
	assert_int_equal(t->columns, 4);
	assert_int_equal(t->head, 1);
	expect_share(table_type_consistency(t), 20, 20);
	expect_share(table_merged(t), 0, 20);
	expect_share(table_heads(t), 4, 4);
	expect_share(table_totals(t), 3, 3);
	assert_int_equal(table_alignment(&s, t, TALL, NULL), ASSAY_OK);
	expect_share(s, 20, 20);
	assert_int_equal(table_running(&s, t, NULL), ASSAY_OK);
	expect_share(s, 0, 0);
}

static void measures__wrong_total_and_types__told(void **state)
{
	static const char *const rows[] = {"Harbour,In,Out,When",  "Bergen,12,7,31.01.2024", "Leith,30,9,nine",
					   "Hull,18,4,02.03.2024", "Oslo,10,abc,03.03.2024", "Total,71,25,"};

	(void)state;
	put_rows(rows, 6);
	expect_share(table_totals(&found.items[0]), 0, 2); /* 71 for 70; 25 for 20 */
	expect_share(table_type_consistency(&found.items[0]), 17, 19);
}

static void measures__subtotals__each_over_its_own(void **state)
{
	static const char *const rows[] = {"Harbour,In", "Bergen,12", "Oslo,10",     "Total north,22",
					   "Hull,18",    "Leith,30",  "Subtotal,48", "Grand total,70"};

	(void)state;
	put_rows(rows, 8);
	expect_share(table_totals(&found.items[0]), 3, 3);
}

/* What a schema is told of a column: its cells by type, how many of them are numbers and how many have a text. */
static void expect_column(size_t column, const uint64_t cells[ASSAY_CELL_TYPES], size_t numbers, size_t with_text)
{
	ASSAY_CLEANUP(assay_table_columns_release) assay_table_columns c = {0};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	assert_int_equal(table_write_columns(&b, &found.items[0], NULL), ASSAY_OK);
	assert_int_equal(assay_table_columns_decode(&c, b.data, b.len, NULL), ASSAY_OK);
	assert_true(column < c.count);
	assert_memory_equal(c.items[column].cells, cells, sizeof c.items[column].cells);
	assert_int_equal(c.items[column].number_count, numbers);
	assert_int_equal(c.items[column].text_count, with_text);
}

static void columns__rows_of_totals__left_out(void **state)
{
	static const char *const rows[] = {"Day,Ships,In", "2024-03-01,Anna,12", "2024-03-02,Bora,10",
					   "Total,,22",    "2024-03-04,Cora,18", "2024-03-05,Dora,30",
					   "Subtotal,,48", "Total,,70"};

	(void)state;
	put_rows(rows, 8);
	assert_int_equal(found.items[0].rows, 8);
	expect_column(0, (const uint64_t[ASSAY_CELL_TYPES]){[ASSAY_CELL_DATE] = 4}, 0, 4);
	expect_column(1, (const uint64_t[ASSAY_CELL_TYPES]){[ASSAY_CELL_TEXT] = 4}, 0, 4);
	expect_column(2, (const uint64_t[ASSAY_CELL_TYPES]){[ASSAY_CELL_INTEGER] = 4}, 4, 4);
}

static void columns__rows_named_total_with_nothing_above__kept(void **state)
{
	static const char *const rows[] = {"Sums,Ships,In", "Total north,Anna,12", "Total south,Bora,10", "Coast,,7",
					   "Total west,Cora,18"};

	(void)state;
	put_rows(rows, 5);
	expect_column(0, (const uint64_t[ASSAY_CELL_TYPES]){[ASSAY_CELL_TEXT] = 4}, 0, 4);
	expect_column(1, (const uint64_t[ASSAY_CELL_TYPES]){[ASSAY_CELL_TEXT] = 3, [ASSAY_CELL_EMPTY] = 1}, 0, 3);
	expect_column(2, (const uint64_t[ASSAY_CELL_TYPES]){[ASSAY_CELL_INTEGER] = 4}, 4, 4);
}

static void measures__running_total__rows_where_it_grows(void **state)
{
	static const char *const rows[] = {"Day,Ships,So far", "One,4,4",   "Two,6,10", "Three,5,15",
					   "Four,7,23",        "Five,2,25", "Six,3,28"};
	table_share s;

	(void)state;
	put_rows(rows, 7);
	assert_int_equal(table_running(&s, &found.items[0], NULL), ASSAY_OK);
	expect_share(s, 4, 5); /* not 15 + 7 = 23 */
}

static void measures__two_values_in_a_cell__merged(void **state)
{
	static const char *const rows[] = {"Harbour,Out,When", "Bergen,12 7.5,2024", "Leith,30 9.5,2024",
					   "Hull,18,2024"};

	(void)state;
	put_rows(rows, 4);
	expect_share(table_merged(&found.items[0]), 2, 9);
}

static void measures__cells_off_their_column__not_aligned(void **state)
{
	table_share s;

	(void)state;
	for (int i = 0; i < 6; i++) {
		(void)text("Bergen", 100, 200 + PITCH * i);
		(void)text("120", 400 + (i == 5 ? 30 : 0), 200 + PITCH * i);
	}
	assert_int_equal(find(true), ASSAY_OK);
	assert_int_equal(table_alignment(&s, &found.items[0], TALL, NULL), ASSAY_OK);
	expect_share(s, 11, 12);
}

static void measures__rules_and_space__agree_or_not(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++)
		level(100, 200 + 60 * i, 700);
	for (int i = 0; i < 3; i++)
		upright(100 + 300 * i, 200, 441);
	for (int i = 0; i < 4; i++) {
		(void)text("north", 120, 220 + 60 * i);
		(void)text("12", 420, 220 + 60 * i);
	}
	assert_int_equal(find(false), ASSAY_OK);
	assert_int_equal(found.items[0].beside, 4);
	assert_int_equal(found.items[0].agreed, 4);
	for (int i = 0; i < 4; i++)
		(void)text("77", 600, 220 + 60 * i); /* a column that the rules do not know */
	assert_int_equal(find(false), ASSAY_OK);
	assert_int_equal(found.items[0].columns, 3);
	assert_int_equal(found.items[0].beside, 8);
	assert_int_equal(found.items[0].agreed, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(measures__sound_table__all_right),
	    TEST(measures__wrong_total_and_types__told),
	    TEST(measures__subtotals__each_over_its_own),
	    TEST(columns__rows_of_totals__left_out),
	    TEST(columns__rows_named_total_with_nothing_above__kept),
	    TEST(measures__running_total__rows_where_it_grows),
	    TEST(measures__two_values_in_a_cell__merged),
	    TEST(measures__cells_off_their_column__not_aligned),
	    TEST(measures__rules_and_space__agree_or_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
