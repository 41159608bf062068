/* Where on a page tables are, where they end, and what is none. */
#include "table_fixture.h"

#include "assay/memory.h"

static void find__label_between_rules__of_the_table_and_does_not_end_it(void **state)
{
	(void)state;
	level(100, 190, 600);
	(void)text("Harbour", 110, 200);
	text_to("Ships", 590, 200);
	level(100, 230, 600);
	(void)text("Bergen", 110, 240);
	text_to("12", 590, 240);
	(void)text("Narvik", 110, 280);
	text_to("9", 590, 280);
	level(100, 310, 600);
	(void)text("Ports of the south", 110, 320);
	level(100, 350, 600);
	(void)text("Porto", 110, 360);
	text_to("7", 590, 360);
	(void)text("Cadiz", 110, 400);
	text_to("3", 590, 400);
	level(100, 430, 600);
	(void)text("A line of words below that is of no table", 110, 440);
	level(100, 470, 600);
	assert_int_equal(find(false), ASSAY_OK);
	assert_int_equal(found.count, 1);
	expect(0, "Harbour,Ships\nBergen,12\nNarvik,9\nPorts of the south,\nPorto,7\nCadiz,3\n");
}

static void find__level_rules_alone__table_between_them(void **state)
{
	(void)state;
	level(90, 180, 600);
	level(90, 228, 600);
	level(90, 355, 600);
	put_harbours(100, 200);
	(void)text("Source: harbour masters of the North Sea and their yearly books", 100, 380);
	assert_int_equal(find(false), ASSAY_OK);
	assert_int_equal(found.count, 1);
	expect(0, harbours_csv);
}

static void prose(int x, int y, int lines, int letters)
{
	uint32_t seed = 77;

	for (int i = 0; i < lines; i++)
		for (int at = 0; at < letters;) {
			const int n = 2 + (int)(test_random(&seed) % 8);

			word("abcdefghijkl", (size_t)n, x + at * LETTER, y + 30 * i);
			at += n + 1;
		}
}

enum { LEDGER_Y = 400, LEDGER_ROWS = 6 };
static const char *const ledger[LEDGER_ROWS][4] = {{"Day", "Customer", "Net", "Gross"},
						   {"2024-03-01", "Old Mill", "612.10", "731.01"},
						   {"2024-03-04", "Quay 7", "526.24", "626.23"},
						   {"2024-03-09", "Casa Verde", "378.72", "450.68"},
						   {"2024-03-12", "Ulla Berg", "170.43", "203.38"},
						   {"Total", "", "1687.49", "2011.30"}};
#define LEDGER_DATA                                                                                                    \
	"2024-03-01,Old Mill,612.10,731.01\n2024-03-04,Quay 7,526.24,626.23\n2024-03-09,Casa Verde,378.72,450.68\n"    \
	"2024-03-12,Ulla Berg,170.43,203.38\n"
static const char ledger_csv[] = "Day,Customer,Net,Gross\n" LEDGER_DATA "Total,,1687.49,2011.30\n";

/* Rows from..to of the ledger, and rules above those whose bit is set. */
static void put_ledger(int from, int to, unsigned rules)
{
	for (int i = from; i < to; i++) {
		(void)text(ledger[i][0], 100, LEDGER_Y + PITCH * i);
		if (ledger[i][1][0] != '\0')
			(void)text(ledger[i][1], 260, LEDGER_Y + PITCH * i);
		text_to(ledger[i][2], 600, LEDGER_Y + PITCH * i);
		text_to(ledger[i][3], 760, LEDGER_Y + PITCH * i);
	}
	for (int i = 0; i <= LEDGER_ROWS; i++)
		if ((rules >> i & 1) != 0)
			level(90, LEDGER_Y + PITCH * i - 10, 770);
}

static void find_new(void)
{
	(void)pixSetAllArbitrary(page, 240);
	count = 0;
}

static void find__heads_and_totals_beyond_the_rules__of_the_table(void **state)
{
	enum { TOP = 1, HEAD = 2, TOTAL = 1 << (LEDGER_ROWS - 1), BOTTOM = 1 << LEDGER_ROWS };
	static const unsigned rules[] = {HEAD | TOTAL, HEAD | BOTTOM,       TOP | TOTAL,          HEAD,
					 TOTAL,        TOP | HEAD | BOTTOM, HEAD | TOTAL | BOTTOM};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rules); i++) {
		find_new();
		prose(100, LEDGER_Y - 40 - 30 * 4, 5, 60); /* as close to the heads as they are to the rows */
		put_ledger(0, LEDGER_ROWS, rules[i]);
		prose(100, LEDGER_Y + PITCH * LEDGER_ROWS + (rules[i] & BOTTOM ? 0 : 20), 5, 60);
		assert_int_equal(find(false), ASSAY_OK);
		assert_int_equal(found.count, 1);
		expect(0, ledger_csv);
		assert_int_equal(found.items[0].head, 1);
	}
}

static void find__heads_above_rules_around_the_rows__no_total_made(void **state)
{
	(void)state;
	put_ledger(0, LEDGER_ROWS - 1, 2 | 1 << (LEDGER_ROWS - 1));
	(void)text("Table 3. What is owed", 100, LEDGER_Y - PITCH);
	(void)text("Paid in 12 days, 1687.49 in all; what is owed is told overleaf", 100,
		   LEDGER_Y + PITCH * (LEDGER_ROWS - 1));
	assert_int_equal(find(false), ASSAY_OK);
	assert_int_equal(found.count, 1);
	expect(0, "Day,Customer,Net,Gross\n" LEDGER_DATA);
}

static void find__heads_over_heads_beyond_the_rules__all_of_them(void **state)
{
	(void)state;
	put_ledger(0, LEDGER_ROWS, 2 | 1 << (LEDGER_ROWS - 1));
	(void)text("Our", 260, LEDGER_Y - 30); /* goes on as Customer */
	(void)text("The ledger of the harbour", 100, LEDGER_Y - 30 - 2 * PITCH);
	assert_int_equal(find(false), ASSAY_OK);
	assert_int_equal(found.count, 1);
	expect(0, "Day,Our Customer,Net,Gross\n" LEDGER_DATA "Total,,1687.49,2011.30\n");
	find_new();
	put_ledger(0, LEDGER_ROWS, 2 | 1 << (LEDGER_ROWS - 1));
	(void)text("Order of", 180, LEDGER_Y - PITCH);
	(void)text("Sums in euros", 580, LEDGER_Y - PITCH);
	assert_int_equal(find(false), ASSAY_OK);
	assert_int_equal(found.count, 1);
	assert_int_equal(found.items[0].top, LEDGER_Y - PITCH);
}

static void find__rows_beyond_another_rule_or_far_off__not_of_the_table(void **state)
{
	(void)state;
	put_ledger(1, LEDGER_ROWS - 1, 2 | 1 << (LEDGER_ROWS - 1));
	level(90, LEDGER_Y + PITCH * (LEDGER_ROWS - 1) + 12, 770); /* ends it; what follows is of another table */
	text_to("Paid", 150, LEDGER_Y + PITCH * LEDGER_ROWS - 20);
	text_to("2011.30", 760, LEDGER_Y + PITCH * LEDGER_ROWS - 20);
	(void)text("Day", 100, LEDGER_Y - 2 * PITCH);
	(void)text("Customer", 260, LEDGER_Y - 2 * PITCH);
	assert_int_equal(find(false), ASSAY_OK);
	assert_int_equal(found.count, 1);
	expect(0, LEDGER_DATA);
}

static void find__prose_in_one_column_and_in_two__no_table(void **state)
{
	(void)state;
	prose(100, 100, 30, 60);
	assert_int_equal(find(false), ASSAY_OK);
	assert_int_equal(found.count, 0);
	count = 0;
	prose(60, 100, 30, 32);
	prose(540, 100, 30, 32);
	assert_int_equal(find(false), ASSAY_OK);
	assert_int_equal(found.count, 0);
}

static void find__list_of_points__no_table(void **state)
{
	(void)state;
	for (int i = 0; i < 8; i++) {
		char number[16];

		(void)snprintf(number, sizeof number, "%d.", i + 1);
		(void)text(number, 100, 200 + PITCH * i);
		(void)text("a point that is made in some words", 170, 200 + PITCH * i);
	}
	assert_int_equal(find(false), ASSAY_OK);
	assert_int_equal(found.count, 0);
}

static void find__frame_around_prose__no_table(void **state)
{
	(void)state;
	level(80, 80, 900);
	level(80, 1020, 900);
	upright(80, 80, 1022);
	upright(900, 80, 1022);
	prose(100, 100, 30, 60);
	assert_int_equal(find(false), ASSAY_OK);
	assert_int_equal(found.count, 0);
}

static void find__two_tables__from_the_top(void **state)
{
	(void)state;
	put_harbours(100, 800);
	put_harbours(200, 200);
	assert_int_equal(find(false), ASSAY_OK);
	assert_int_equal(found.count, 2);
	expect(0, harbours_csv);
	expect(1, harbours_csv);
	assert_true(found.items[0].top < found.items[1].top);
}

static void find__whole_page__a_table_whatever_it_is(void **state)
{
	(void)state;
	(void)text("Bergen", 100, 200);
	(void)text("Leith", 100, 240);
	assert_int_equal(find(true), ASSAY_OK);
	assert_int_equal(found.count, 1);
	expect(0, "Bergen\nLeith\n");
	count = 0;
	assert_int_equal(find(true), ASSAY_OK);
	assert_int_equal(found.count, 0);
}

static void find__words_anywhere__no_harm(void **state)
{
	uint32_t seed = 5;

	(void)state;
	for (int round = 0; round < 50; round++) {
		count = 0;
		for (int i = 0; i < 300; i++) {
			const int x = (int)(test_random(&seed) % 1400) - 200,
				  y = (int)(test_random(&seed) % 1800) - 200;

			word("x1", 2, x, y);
			words[count - 1].right = x + (int)(test_random(&seed) % 400) - 50;
			words[count - 1].bottom = y + (int)(test_random(&seed) % 90) - 20;
		}
		assert_int_equal(find(round % 2 == 0), ASSAY_OK);
	}
}

static void find__boxes_at_the_ends_of_their_type__no_harm(void **state)
{
	(void)state;
	word("a", 1, 0, 0);
	words[0].left = words[0].top = INT32_MIN;
	words[0].right = words[0].bottom = INT32_MAX;
	word("b", 1, 0, 0);
	words[1].left = words[1].top = INT32_MAX;
	words[1].right = words[1].bottom = INT32_MIN;
	assert_int_equal(find(true), ASSAY_OK);
	assert_int_equal(found.count, 1);
}

static void find__many_words_on_one_spot__refused_or_done(void **state)
{
	const size_t many = TABLE_WORDS_MAX;
	assay_word *all = assay_alloc(many + 1, sizeof *all);
	assay_words w = {all, many, "", WIDTH, HEIGHT};

	(void)state;
	for (size_t i = 0; i <= many; i++)
		all[i] = (assay_word){"7", 500, 700, 501, 701, .confidence = 5000};
	assert_int_equal(find_on(page, &w, true), ASSAY_OK);
	tables_release(&found);
	for (size_t i = 0; i < many; i++) {
		const int32_t x = (int32_t)(i % 330) * 3, y = (int32_t)(i / 330) * 9;

		all[i] = (assay_word){"7", x, y, x + 2, y + 8, .confidence = 5000};
	}
	assert_int_equal(find_on(page, &w, false), ASSAY_OK);
	w.count = many + 1;
	assert_int_equal(find_on(page, &w, true), ASSAY_EFULL);
	free(all);
}

static void find__page_of_one_pixel__nothing(void **state)
{
	PIX *dot = pixCreate(1, 1, 1);
	assay_word one = {"1", 0, 0, 1, 1, .confidence = 9000};
	const assay_words w = {&one, 1, "", 1, 1};

	(void)state;
	assert_int_equal(find_on(dot, &w, false), ASSAY_OK);
	assert_int_equal(found.count, 0);
	assert_int_equal(find_on(dot, &w, true), ASSAY_OK);
	assert_int_equal(found.count, 1);
	pixDestroy(&dot);
}

static void find__every_allocation_fails_in_turn__enomem(void **state)
{
	assay_code rc;
	unsigned n = 0;

	(void)state;
	put_harbours(100, 200);
	upright(90, 180, 400);
	level(90, 180, 600);
	do {
		alloc_calls = 0;
		alloc_fail_at = ++n;
		rc = find(false);
		alloc_fail_at = 0;
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
	} while (rc != ASSAY_OK);
	assert_in_range(n, 20, 500);
	expect(0, harbours_csv);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(find__label_between_rules__of_the_table_and_does_not_end_it),
	    TEST(find__level_rules_alone__table_between_them),
	    TEST(find__heads_and_totals_beyond_the_rules__of_the_table),
	    TEST(find__heads_above_rules_around_the_rows__no_total_made),
	    TEST(find__heads_over_heads_beyond_the_rules__all_of_them),
	    TEST(find__rows_beyond_another_rule_or_far_off__not_of_the_table),
	    TEST(find__prose_in_one_column_and_in_two__no_table),
	    TEST(find__list_of_points__no_table),
	    TEST(find__frame_around_prose__no_table),
	    TEST(find__two_tables__from_the_top),
	    TEST(find__whole_page__a_table_whatever_it_is),
	    TEST(find__words_anywhere__no_harm),
	    TEST(find__boxes_at_the_ends_of_their_type__no_harm),
	    TEST(find__many_words_on_one_spot__refused_or_done),
	    TEST(find__page_of_one_pixel__nothing),
	    TEST(find__every_allocation_fails_in_turn__enomem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
