/* What is one cell of a table: columns, rows, heads and spans. */
#include "table_fixture.h"

static void find__columns_by_space_alone__cells(void **state)
{
	(void)state;
	put_harbours(100, 200);
	assert_int_equal(find(false), ASSAY_OK);
	assert_int_equal(found.count, 1);
	expect(0, harbours_csv);
	assert_int_equal(found.items[0].head, 1);
	assert_false(found.items[0].ruled);
	assert_int_equal(table_at(&found.items[0], 1, 1)->type, TABLE_INTEGER);
	assert_int_equal(table_at(&found.items[0], 3, 2)->type, TABLE_NUMBER);
}

static void find__words_in_any_order__the_same_table(void **state)
{
	uint32_t seed = 9;

	(void)state;
	put_harbours(100, 200);
	for (size_t i = count - 1; i > 0; i--) {
		const size_t k = test_random(&seed) % (i + 1);
		const assay_word w = words[i];

		words[i] = words[k];
		words[k] = w;
	}
	assert_int_equal(find(false), ASSAY_OK);
	expect(0, harbours_csv);
}

/* The box of the word before holds a stroke that stands apart: they are on one line. */
static void find__stroke_inside_the_box_of_a_word__in_its_place(void **state)
{
	(void)state;
	put_harbours(100, 200);
	assert_string_equal(words[7].text, "Old");
	word("/", 1, words[7].right + 2, words[7].top - 8);
	words[count - 1].bottom += 8;
	words[7].right = words[count - 1].right + 4;
	words[8].left = words[7].right + 8;
	words[8].right = words[8].left + 5 * LETTER;
	assert_int_equal(find(false), ASSAY_OK);
	expect(0, "Harbour,Ships,Share\nBergen,1 204,12.5\nOld / Leith,98,3.1\nVlissingen,512,84.4\n");
}

static void find__rules_around_every_cell__cells_of_several_lines(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++)
		level(100, 200 + 120 * i, 700);
	for (int i = 0; i < 4; i++)
		upright(100 + 200 * i, 200, 561);
	(void)text("Quay", 120, 220);
	(void)text("Depth in", 320, 220);
	(void)text("metres", 320, 250);
	(void)text("Use", 520, 220);
	(void)text("North", 120, 340);
	(void)text("9.5|", 320, 340); /* a rule that was read with the word */
	(void)text("bulk and", 520, 340);
	(void)text("timber", 520, 370);
	(void)text("South", 120, 460);
	(void)text("oil", 520, 460);
	assert_int_equal(find(false), ASSAY_OK);
	assert_int_equal(found.count, 1);
	expect(0, "Quay,Depth in metres,Use\nNorth,9.5,bulk and timber\nSouth,,oil\n");
	assert_true(found.items[0].ruled);
}

static void find__rules_missing_within__cells_over_columns_and_rows(void **state)
{
	(void)state;
	level(100, 200, 700);
	level(300, 260, 700); /* the first column goes on below it */
	for (int i = 2; i < 5; i++)
		level(100, 200 + 60 * i, 700);
	upright(100, 200, 441);
	upright(300, 200, 441);
	upright(500, 260, 441); /* the head goes over two columns */
	upright(700, 200, 441);
	(void)text("Quay", 120, 220);
	(void)text("Ships", 320, 220);
	(void)text("in", 320, 280);
	(void)text("out", 520, 280);
	for (int i = 0; i < 2; i++) {
		(void)text(i == 0 ? "North" : "South", 120, 340 + 60 * i);
		(void)text("12", 320, 340 + 60 * i);
		(void)text("15", 520, 340 + 60 * i);
	}
	assert_int_equal(find(false), ASSAY_OK);
	assert_int_equal(found.count, 1);
	expect_html(
	    0, "<table>\n<thead>\n<tr><th rowspan=\"2\">Quay</th><th colspan=\"2\">Ships</th></tr>\n"
	       "<tr><th>in</th><th>out</th></tr>\n</thead>\n<tbody>\n<tr><td>North</td><td>12</td><td>15</td></tr>\n"
	       "<tr><td>South</td><td>12</td><td>15</td></tr>\n</tbody>\n</table>\n");
}

static void find__justified_text_in_ruled_cells__no_columns_of_its_gaps(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++)
		level(100, 200 + 120 * i, 700);
	for (int i = 0; i < 3; i++)
		upright(100 + 300 * i, 200, 561);
	for (int i = 0; i < 3; i++) {
		(void)text("Number", 110, 210 + 120 * i);
		(void)text("of", 250, 210 + 120 * i);
		(void)text("ships", 335, 210 + 120 * i);
		(void)text("in this harbour", 110, 240 + 120 * i);
		(void)text("and beyond it", 110, 270 + 120 * i);
		(void)text("17", 420, 210 + 120 * i);
	}
	assert_int_equal(find(false), ASSAY_OK);
	assert_int_equal(found.count, 1);
	assert_int_equal(found.items[0].columns, 2);
	assert_int_equal(found.items[0].rows, 3);
}

static void find__head_over_two_columns_without_rules__spans_them(void **state)
{
	(void)state;
	(void)text("Ships seen in the year", 330, 200);
	(void)text("Harbour", 100, 240);
	(void)text("arrived", 320, 240);
	(void)text("departed", 500, 240);
	for (int i = 0; i < 5; i++) {
		(void)text("Bergen", 100, 280 + PITCH * i);
		text_to("120", 400, 280 + PITCH * i);
		text_to("118", 590, 280 + PITCH * i);
	}
	assert_int_equal(find(false), ASSAY_OK);
	assert_int_equal(found.count, 1);
	assert_int_equal(found.items[0].rows, 7);
	assert_int_equal(found.items[0].columns, 3);
	assert_int_equal(found.items[0].head, 2);
	assert_int_equal(table_at(&found.items[0], 0, 1)->columns, 2);
	assert_string_equal(table_text(&found.items[0], table_at(&found.items[0], 0, 2)), "Ships seen in the year");
}

static void find__first_row_without_values__no_head(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		(void)text(i == 0 ? "Harbour" : "Bergen", 100, 200 + PITCH * i);
		(void)text(i == 0 ? "Ships" : i == 1 ? "many" : "120", 400, 200 + PITCH * i);
		(void)text(i == 0 ? "Share" : i == 1 ? "most" : "12", 600, 200 + PITCH * i);
	}
	assert_int_equal(find(false), ASSAY_OK);
	assert_int_equal(found.items[0].rows, 5);
	assert_int_equal(found.items[0].head, 1);
}

static void find__label_that_goes_on_below__one_row(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		(void)text("Coal and other", 100, 200 + 80 * i);
		text_to("12", 500, 200 + 80 * i);
		text_to("34", 620, 200 + 80 * i);
		(void)text("solid fuels", 100, 228 + 80 * i);
	}
	assert_int_equal(find(false), ASSAY_OK);
	expect(0, "Coal and other solid fuels,12,34\nCoal and other solid fuels,12,34\n"
		  "Coal and other solid fuels,12,34\nCoal and other solid fuels,12,34\n");
}

static void find__share_in_brackets_behind_its_number__of_that_cell(void **state)
{
	(void)state;
	for (int i = 0; i < 9; i++) {
		(void)text("Port of Bergen", 100, 200 + PITCH * i);
		text_to("120", 500, 200 + PITCH * i);
		(void)text("(60.2)", 512, 200 + PITCH * i);
		text_to("7", 750, 200 + PITCH * i);
	}
	assert_int_equal(find(false), ASSAY_OK);
	assert_int_equal(found.items[0].columns, 3);
	assert_string_equal(table_text(&found.items[0], table_at(&found.items[0], 4, 1)), "120 (60.2)");
}

static void find__signs_before_and_behind_numbers__no_columns(void **state)
{
	static const char *const numbers[] = {"9", "1204", "12", "110000", "77"};

	(void)state;
	for (int i = 0; i < 5; i++) {
		(void)text("Bergen", 100, 200 + PITCH * i);
		if (i != 2) /* most rows have it */
			(void)text("$", 300, 200 + PITCH * i);
		text_to(numbers[i], 430, 200 + PITCH * i);
		text_to("12", 600, 200 + PITCH * i);
		(void)text("%", 640, 200 + PITCH * i);
	}
	assert_int_equal(find(false), ASSAY_OK);
	expect(0, "Bergen,$ 9,12 %\nBergen,$ 1204,12 %\nBergen,12,12 %\nBergen,$ 110000,12 %\nBergen,$ 77,12 %\n");
	count = 0;
	for (int i = 0; i < 5; i++) { /* other letters by themselves are a column */
		(void)text("Bergen", 100, 200 + PITCH * i);
		(void)text("A", 300, 200 + PITCH * i);
		text_to(numbers[i], 430, 200 + PITCH * i);
	}
	assert_int_equal(find(false), ASSAY_OK);
	assert_int_equal(found.items[0].columns, 3);
}

/* Three columns, heads over the last four of five: "In" and "Out" stand where `at` says. */
static void put_years(const int *at, int y)
{
	(void)text("In", at[0], y);
	(void)text("Out", at[1], y);
	for (int i = 0; i < 5; i++) {
		(void)text(i == 0 ? "Harbour" : "Bergen", 100, y + 40 + PITCH * i);
		for (int c = 0; c < 4; c++)
			text_to(i == 0 ? (c % 2 == 0 ? "ships" : "tons") : "1204", 400 + 150 * c, y + 40 + PITCH * i);
	}
}

static void expect_years(void)
{
	const table *t = &found.items[0];

	assert_int_equal(t->columns, 5);
	assert_int_equal(t->rows, 6);
	assert_int_equal(table_at(t, 0, 1)->columns, 2);
	assert_int_equal(table_at(t, 0, 3)->columns, 2);
	assert_string_equal(table_text(t, table_at(t, 0, 2)), "In");
	assert_string_equal(table_text(t, table_at(t, 0, 4)), "Out");
}

static void find__short_heads_over_the_middles_of_columns__span_them(void **state)
{
	/* columns of numbers: 352..400, 502..550, 652..700, 802..850 */
	static const int middles[] = {434, 730};

	(void)state;
	put_years(middles, 200);
	assert_int_equal(find(false), ASSAY_OK);
	expect_years();
}

static void find__rule_below_a_head__spans_what_it_runs_over(void **state)
{
	static const int lefts[] = {345, 645};

	(void)state;
	put_years(lefts, 200);
	level(340, 228, 560);
	level(640, 228, 860);
	assert_int_equal(find(true), ASSAY_OK);
	expect_years();
}

static void find__head_of_three_lines_beside_two__one_row(void **state)
{
	(void)state;
	(void)text("Ships", 330, 200);
	(void)text("Name of", 100, 214);
	(void)text("seen in", 330, 228);
	(void)text("harbour", 100, 242);
	(void)text("here", 330, 256);
	for (int i = 0; i < 5; i++) {
		(void)text("Bergen", 100, 310 + PITCH * i);
		text_to("120", 400, 310 + PITCH * i);
	}
	assert_int_equal(find(true), ASSAY_OK);
	assert_int_equal(found.items[0].rows, 6);
	assert_string_equal(table_text(&found.items[0], table_at(&found.items[0], 0, 0)), "Name of harbour");
	assert_string_equal(table_text(&found.items[0], table_at(&found.items[0], 0, 1)), "Ships seen in here");
}

static void find__rows_between_level_rules_of_three_lines__one_each(void **state)
{
	(void)state;
	for (int i = 0; i < 6; i++)
		level(100, 190 + 120 * i, 700);
	for (int i = 0; i < 5; i++) {
		(void)text("Coal And", 110, 200 + 120 * i);
		(void)text("Other", 110, 235 + 120 * i);
		(void)text("Solid Fuels", 110, 270 + 120 * i);
		text_to("12", 500, 235 + 120 * i);
		text_to("34", 690, 235 + 120 * i);
	}
	assert_int_equal(find(false), ASSAY_OK);
	assert_int_equal(found.items[0].rows, 5);
	assert_string_equal(table_text(&found.items[0], table_at(&found.items[0], 3, 0)), "Coal And Other Solid Fuels");
}

static void find__cells_of_one_row_that_go_on_in_turn__one_row(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		const int y = 200 + 84 * i;

		(void)text("Coal", 100, y);
		text_to("12", 500, y);
		(void)text("Sold to", 600, y);
		(void)text("and other", 100, y + 28);
		(void)text("many", 600, y + 56);
	}
	assert_int_equal(find(true), ASSAY_OK);
	expect(0, "Coal and other,12,Sold to many\nCoal and other,12,Sold to many\nCoal and other,12,Sold to many\n"
		  "Coal and other,12,Sold to many\n");
}

static void find__head_over_heads_in_one_band__row_of_its_own(void **state)
{
	(void)state;
	level(90, 190, 650);
	(void)text("Ships seen in the year", 330, 200);
	(void)text("Harbour", 100, 240);
	(void)text("arrived", 320, 240);
	(void)text("departed", 500, 240);
	for (int i = 0; i < 6; i++)
		level(90, 270 + PITCH * i, 650);
	for (int i = 0; i < 5; i++) {
		(void)text("Bergen", 100, 280 + PITCH * i);
		text_to("120", 400, 280 + PITCH * i);
		text_to("118", 590, 280 + PITCH * i);
	}
	assert_int_equal(find(false), ASSAY_OK);
	assert_int_equal(found.items[0].rows, 7);
	assert_int_equal(found.items[0].head, 2);
	assert_string_equal(table_text(&found.items[0], table_at(&found.items[0], 1, 2)), "departed");
}

static void find__shaded_rows_and_light_rules__the_same(void **state)
{
	(void)state;
	(void)pixSetAllArbitrary(page, 200);
	for (int y = 200; y <= 440; y += 60)
		for (int x = 100; x < 700; x++)
			(void)pixSetPixel(page, x, y, 120);
	for (int x = 100; x <= 700; x += 200)
		for (int y = 200; y <= 440; y++)
			(void)pixSetPixel(page, x, y, 120);
	(void)pixRasterop(page, 20, 20, 60, 60, PIX_CLR, NULL, 0, 0); /* ink */
	for (int r = 0; r < 4; r++)
		for (int c = 0; c < 3; c++)
			(void)text("a 1", 120 + 200 * c, 220 + 60 * r);
	assert_int_equal(find(false), ASSAY_OK);
	expect(0, "a 1,a 1,a 1\na 1,a 1,a 1\na 1,a 1,a 1\na 1,a 1,a 1\n");
	assert_true(found.items[0].ruled);
}

static void find__fields_that_csv_must_quote__quoted(void **state)
{
	(void)state;
	(void)text("a,b", 100, 200);
	(void)text("say\"so\"", 400, 200);
	(void)text("<&>", 100, 240);
	(void)text("2", 400, 240);
	(void)text("c", 100, 280);
	(void)text("3", 400, 280);
	assert_int_equal(find(true), ASSAY_OK);
	expect(0, "\"a,b\",\"say\"\"so\"\"\"\n<&>,2\nc,3\n");
	expect_html(0,
		    "<table>\n<thead>\n<tr><th>a,b</th><th>say\"so\"</th></tr>\n</thead>\n<tbody>\n"
		    "<tr><td>&lt;&amp;&gt;</td><td>2</td></tr>\n<tr><td>c</td><td>3</td></tr>\n</tbody>\n</table>\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(find__columns_by_space_alone__cells),
	    TEST(find__words_in_any_order__the_same_table),
	    TEST(find__stroke_inside_the_box_of_a_word__in_its_place),
	    TEST(find__rules_around_every_cell__cells_of_several_lines),
	    TEST(find__rules_missing_within__cells_over_columns_and_rows),
	    TEST(find__justified_text_in_ruled_cells__no_columns_of_its_gaps),
	    TEST(find__head_over_two_columns_without_rules__spans_them),
	    TEST(find__first_row_without_values__no_head),
	    TEST(find__label_that_goes_on_below__one_row),
	    TEST(find__share_in_brackets_behind_its_number__of_that_cell),
	    TEST(find__signs_before_and_behind_numbers__no_columns),
	    TEST(find__short_heads_over_the_middles_of_columns__span_them),
	    TEST(find__rule_below_a_head__spans_what_it_runs_over),
	    TEST(find__head_of_three_lines_beside_two__one_row),
	    TEST(find__rows_between_level_rules_of_three_lines__one_each),
	    TEST(find__cells_of_one_row_that_go_on_in_turn__one_row),
	    TEST(find__head_over_heads_in_one_band__row_of_its_own),
	    TEST(find__shaded_rows_and_light_rules__the_same),
	    TEST(find__fields_that_csv_must_quote__quoted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
