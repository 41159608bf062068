/* Tables on pages whose words and rules are placed by hand. */
#include "ocr_alloc.h"

#include "ocr.h"
#include "table_corrected.h"
#include "table_find.h"
#include "table_measure.h"
#include "table_write.h"

#include "assay/correction.h"
#include "assay/memory.h"
#include "assay/table.h"

enum { WIDTH = 1000, HEIGHT = 1400, LETTER = 12, TALL = 20, PITCH = 40, MAX = 4096 };

static assay_word words[MAX];
static char texts[MAX][24];
static size_t count;
static PIX *page;
static tables found;

static int setup(void **state)
{
	(void)state;
	count = 0;
	page = pixCreate(WIDTH, HEIGHT, 8);
	(void)pixSetAllArbitrary(page, 240);
	memset(&found, 0, sizeof found);
	setMsgSeverity(L_SEVERITY_NONE);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tables_release(&found);
	pixDestroy(&page);
	return 0;
}

static void word(const char *text, size_t n, int x, int y)
{
	assert_true(count < MAX);
	(void)snprintf(texts[count], sizeof texts[0], "%.*s", (int)n, text);
	words[count] = (assay_word){texts[count], x, y, x + (int)n * LETTER, y + TALL, .confidence = 9000};
	count++;
}

/* Words a space of 8 px apart. Returns where the text ends. */
static int text(const char *s, int x, int y)
{
	while (*s != '\0') {
		const size_t n = strcspn(s, " ");

		word(s, n, x, y);
		x += (int)n * LETTER;
		s += n;
		if (*s == ' ') {
			s++;
			x += 8;
		}
	}
	return x;
}

static int width_of(const char *s)
{
	int w = 0;

	for (; *s != '\0'; s++)
		w += *s == ' ' ? 8 : LETTER;
	return w;
}

static void text_to(const char *s, int right, int y)
{
	(void)text(s, right - width_of(s), y);
}

static void level(int x, int y, int to)
{
	(void)pixRasterop(page, x, y, to - x, 2, PIX_CLR, NULL, 0, 0);
}

static void upright(int x, int y, int to)
{
	(void)pixRasterop(page, x, y, 2, to - y, PIX_CLR, NULL, 0, 0);
}

static assay_code find_on(PIX *pix, const assay_words *w, bool whole)
{
	table_page seen;
	assay_code rc = table_page_read(&seen, pix, w, NULL);

	tables_release(&found);
	if (rc == ASSAY_OK)
		rc = tables_find(&found, &seen, w, whole, NULL);
	table_page_release(&seen);
	return rc;
}

static assay_code find(bool whole)
{
	const assay_words w = {words, count, "", WIDTH, HEIGHT};

	return find_on(page, &w, whole);
}

static void expect(size_t number, const char *csv)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	assert_true(number < found.count);
	assert_int_equal(table_write_csv(&b, &found.items[number], NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&b), csv);
}

static void expect_html(size_t number, const char *html)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	assert_true(number < found.count);
	assert_int_equal(table_write_html(&b, &found.items[number], NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&b), html);
}

/* Four rows of three columns, numbers to the right, no rules. */
static const char *const harbours[4][3] = {{"Harbour", "Ships", "Share"},
					   {"Bergen", "1 204", "12.5"},
					   {"Old Leith", "98", "3.1"},
					   {"Vlissingen", "512", "84.4"}};
static const char harbours_csv[] = "Harbour,Ships,Share\nBergen,1 204,12.5\nOld Leith,98,3.1\nVlissingen,512,84.4\n";

static void put_harbours(int x, int y)
{
	for (int i = 0; i < 4; i++) {
		(void)text(harbours[i][0], x, y + PITCH * i);
		text_to(harbours[i][1], x + 300, y + PITCH * i);
		text_to(harbours[i][2], x + 450, y + PITCH * i);
	}
}

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

/* ---------------------------------------------------------------- measures */

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

/* ---------------------------------------------------------------- the stage */

static run r;
static assay_sidecar extra; /* role NULL: none */

/* The words before their page, as ocr.recognize gives them. */
static void push_with(bool by_hand, const char *truth)
{
	const assay_sidecar sides[] = {{ASSAY_SIDECAR_CORRECTION, NULL, 0},
				       {"table_truth", (const unsigned char *)truth, truth != NULL ? strlen(truth) : 0},
				       extra};
	const assay_input in = {.fd = -1,
				.sidecars = by_hand ? sides : sides + 1,
				.sidecar_count = (size_t)by_hand + (truth != NULL) + (extra.role != NULL)};
	assay_value *w = assay_value_new(ASSAY_VALUE_WORDS, 0), *p = page_value_new(pixClone(page), 0, 1, 1, NULL);
	void *state = NULL;

	w->u.words = (assay_words){words, count, "", WIDTH, HEIGHT};
	memset(&r, 0, sizeof r);
	run_add(&r, &assay_stage_ocr_tables);
	r.sinks[0] = (run_sink){{&run_ops, NULL}, &r, 0};
	r.samples = 1; /* the page */
	assert_int_equal(assay_stage_ocr_tables.open(&state, NULL, r.params[0], &in, 0, NULL), ASSAY_OK);
	if (!by_hand)
		assert_int_equal(assay_stage_ocr_tables.push(state, w, &r.sinks[0].sink, NULL), ASSAY_OK);
	assert_int_equal(assay_stage_ocr_tables.push(state, p, &r.sinks[0].sink, NULL), ASSAY_OK);
	assay_stage_ocr_tables.close(state);
	assay_value_unref(w);
	assay_value_unref(p);
}

static void push(bool by_hand)
{
	push_with(by_hand, NULL);
}

static int64_t measured(uint32_t sample, const char *metric)
{
	const run_measure *m = run_find(&r, sample, metric);

	assert_non_null(m);
	assert_null(m->undefined);
	return m->value;
}

static void stage__two_tables__samples_with_their_measures(void **state)
{
	(void)state;
	put_harbours(100, 200);
	put_harbours(100, 800);
	words[count - 1].confidence = 3000; /* 84.4 of the second table */
	push(false);
	assert_int_equal(measured(0, "table.count"), 2);
	assert_int_equal(r.samples, 3);
	assert_string_equal(r.parts[1], "table=1");
	assert_string_equal(r.parts[2], "table=2");
	assert_int_equal(measured(1, "table.rows"), 4);
	assert_int_equal(measured(1, "table.columns"), 3);
	assert_int_equal(measured(1, "table.cells"), 12);
	assert_int_equal(measured(1, "table.head_rows"), 1);
	assert_int_equal(measured(1, "table.empty_ratio"), 0);
	assert_int_equal(measured(1, "table.confidence"), 9000);
	assert_int_equal(measured(1, "table.low_confidence_ratio"), 0);
	assert_int_equal(measured(2, "table.confidence"), 8500); /* (11 * 90 + 30) / 12 */
	assert_int_equal(measured(2, "table.low_confidence_ratio"), 833);
	assert_int_equal(r.artifact_count, 8);
	assert_string_equal(r.artifacts[0], harbours_csv);
	assert_non_null(strstr(r.artifacts[2],
			       "{\"row\":1,\"column\":1,\"text\":\"1 204\",\"type\":\"integer\",\"confidence\":90,"
			       "\"box\":[344,240,400,260]}"));
	run_release(&r);
}

/* ---- a table that a person corrected */

static assay_table_correction corrected;

static void say(uint32_t number, const char *cells, uint32_t rows, uint32_t columns, const uint32_t box[4])
{
	assay_table_correction_release(&corrected);
	corrected = (assay_table_correction){.table = number, .rows = rows, .columns = columns};
	memcpy(corrected.box, box, sizeof corrected.box);
	for (; *cells != '\0'; cells += strcspn(cells, "|"), cells += *cells == '|') {
		assay_buf_append(&corrected.texts, cells, strcspn(cells, "|"));
		assay_buf_putc(&corrected.texts, '\0');
	}
}

static void push_corrected(void)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;

	assert_int_equal(assay_table_correction_encode(&record, &corrected, NULL), ASSAY_OK);
	extra = (assay_sidecar){ASSAY_SIDECAR_TABLE, record.data, record.len};
	push_with(false, harbours_csv);
	extra.role = NULL;
}

static void stage__table_corrected__that_one_alone(void **state)
{
	static const uint32_t anywhere[4] = {0};

	(void)state;
	put_harbours(100, 200);
	put_harbours(100, 800);
	say(2, "Harbour|Share|Bergen|10|Total|10", 3, 2, anywhere);
	push_corrected();
	assert_int_equal(measured(0, "table.count"), 2);
	assert_int_equal(measured(0, "table.cells_right"), 10000); /* the first is the truth's */
	assert_int_equal(measured(1, "table.cells"), 12);
	assert_int_equal(measured(1, "table.confidence"), 9000);
	assert_int_equal(measured(2, "table.rows"), 3);
	assert_int_equal(measured(2, "table.columns"), 2);
	assert_int_equal(measured(2, "table.cells"), 6);
	assert_int_equal(measured(2, "table.head_rows"), 1);
	assert_int_equal(measured(2, "table.type_consistency"), 10000);
	assert_string_equal(run_find(&r, 2, "table.confidence")->undefined, ASSAY_BY_HAND);
	assert_string_equal(run_find(&r, 2, "table.low_confidence_ratio")->undefined, ASSAY_BY_HAND);
	assert_string_equal(run_find(&r, 2, "table.alignment")->undefined, ASSAY_BY_HAND);
	assert_string_equal(run_find(&r, 2, "table.readings_agreement")->undefined, ASSAY_BY_HAND);
	assert_string_equal(r.artifacts[0], harbours_csv);
	assert_string_equal(r.artifacts[4], "Harbour,Share\nBergen,10\nTotal,10\n");
	assert_non_null(strstr(r.artifacts[6], "\"ruled\":false,\"by_hand\":true,\"box\":[100,800,"));
	assert_non_null(strstr(r.artifacts[6], "{\"row\":1,\"column\":1,\"text\":\"10\",\"type\":\"integer\"}"));
	assert_null(strstr(r.artifacts[2], "by_hand"));
	run_release(&r);
	assay_table_correction_release(&corrected);
}

static void stage__table_corrected_elsewhere__rejected(void **state)
{
	/* The first table is at 100..550 px of 1000, 200..340 of 1400. */
	const uint32_t about[4] = {100 * 10000 / WIDTH, 195 * 10000 / HEIGHT, 560 * 10000 / WIDTH,
				   345 * 10000 / HEIGHT};
	const uint32_t below[4] = {about[0], about[1] + 300 * 10000 / HEIGHT, about[2],
				   about[3] + 300 * 10000 / HEIGHT};

	(void)state;
	put_harbours(100, 200);
	say(1, "a|b", 1, 2, about);
	push_corrected();
	assert_string_equal(r.artifacts[0], "a,b\n");
	assert_int_equal(r.rejected[1], ASSAY_FAILURE_NONE);
	run_release(&r);
	say(1, "a|b", 1, 2, below);
	push_corrected();
	assert_int_equal(r.samples, 2);
	assert_int_equal(r.artifact_count, 0);
	assert_int_equal(r.rejected[1], ASSAY_FAILURE_STAGE);
	run_release(&r);
	/* One of a half of a spread, and one of a table that is not there, say nothing of this one. */
	corrected.half = 1;
	push_corrected();
	assert_string_equal(r.artifacts[0], harbours_csv);
	run_release(&r);
	say(2, "a|b", 1, 2, below);
	push_corrected();
	assert_string_equal(r.artifacts[0], harbours_csv);
	run_release(&r);
	assay_table_correction_release(&corrected);
}

static void corrected__spans__kept_where_the_rest_is_empty(void **state)
{
	static const uint32_t anywhere[4] = {0};
	table_cell cells[] = {{.columns = 2, .rows = 1},
			      {.row = 1, .columns = 1, .rows = 1},
			      {.row = 1, .column = 1, .columns = 1, .rows = 1}};
	uint32_t cell_of[] = {0, 0, 1, 2};
	const table was = {.cells = cells, .count = 3, .rows = 2, .columns = 2, .cell_of = cell_of};
	static const struct {
		const char *cells, *html;
		uint32_t rows;
	} cases[] = {
	    {"Both||1|2", "<th colspan=\"2\">Both</th>", 2},
	    {"One|Two|1|2", "<tr><th>One</th><th>Two</th></tr>", 2},
	    {"Both||1|2|3|4", "<tr><th>Both</th><th></th></tr>", 3},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
		table now;

		say(1, cases[i].cells, cases[i].rows, 2, anywhere);
		assert_int_equal(table_corrected(&now, &was, &corrected, NULL), ASSAY_OK);
		assert_int_equal(table_write_html(&b, &now, NULL), ASSAY_OK);
		assert_non_null(strstr(assay_buf_str(&b), cases[i].html));
		table_release(&now);
	}
	assay_table_correction_release(&corrected);
}

static void stage__corrected_by_hand__says_so(void **state)
{
	(void)state;
	push(true);
	assert_string_equal(run_find(&r, 0, "table.count")->undefined, ASSAY_BY_HAND);
	assert_string_equal(run_find(&r, 0, "table.cells_right")->undefined, ASSAY_BY_HAND);
	assert_int_equal(r.samples, 1);
	run_release(&r);
}

static void stage__ground_truth__cells_and_columns_right(void **state)
{
	(void)state;
	put_harbours(100, 200);
	push(false);
	assert_string_equal(run_find(&r, 0, "table.cells_right")->undefined, "no ground truth");
	assert_string_equal(run_find(&r, 0, "table.columns_right")->undefined, "no ground truth");
	run_release(&r);
	push_with(false, harbours_csv);
	assert_int_equal(measured(0, "table.cells_right"), 10000);
	assert_int_equal(measured(0, "table.columns_right"), 10000);
	run_release(&r);
	/* a column more, a value that was not read, and a table that was not found: 2 * 11 of 16 + 12 + 2 */
	push_with(
	    false,
	    "Harbour,Ships,Flag,Share\nBergen,1 204,x,12.5\nOld Leith,98,y,3.1\nVlissingen,77777,z,84.4\n\nno,table\n");
	assert_int_equal(measured(0, "table.cells_right"), 7333);
	assert_int_equal(measured(0, "table.columns_right"), 0);
	run_release(&r);
	push_with(false, "\"Harbour\n");
	assert_string_equal(run_find(&r, 0, "table.cells_right")->undefined,
			    "ground truth has a quoted field without an end");
	run_release(&r);
	push_with(false, "a,b\n\f\nc,d\n");
	assert_non_null(strstr(run_find(&r, 0, "table.columns_right")->undefined, "another number of parts"));
	run_release(&r);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

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
	    TEST(find__label_between_rules__of_the_table_and_does_not_end_it),
	    TEST(find__short_heads_over_the_middles_of_columns__span_them),
	    TEST(find__rule_below_a_head__spans_what_it_runs_over),
	    TEST(find__head_of_three_lines_beside_two__one_row),
	    TEST(find__rows_between_level_rules_of_three_lines__one_each),
	    TEST(find__cells_of_one_row_that_go_on_in_turn__one_row),
	    TEST(find__head_over_heads_in_one_band__row_of_its_own),
	    TEST(find__level_rules_alone__table_between_them),
	    TEST(find__heads_and_totals_beyond_the_rules__of_the_table),
	    TEST(find__heads_above_rules_around_the_rows__no_total_made),
	    TEST(find__heads_over_heads_beyond_the_rules__all_of_them),
	    TEST(find__rows_beyond_another_rule_or_far_off__not_of_the_table),
	    TEST(find__shaded_rows_and_light_rules__the_same),
	    TEST(find__prose_in_one_column_and_in_two__no_table),
	    TEST(find__list_of_points__no_table),
	    TEST(find__frame_around_prose__no_table),
	    TEST(find__two_tables__from_the_top),
	    TEST(find__whole_page__a_table_whatever_it_is),
	    TEST(find__fields_that_csv_must_quote__quoted),
	    TEST(find__words_anywhere__no_harm),
	    TEST(find__boxes_at_the_ends_of_their_type__no_harm),
	    TEST(find__many_words_on_one_spot__refused_or_done),
	    TEST(find__page_of_one_pixel__nothing),
	    TEST(find__every_allocation_fails_in_turn__enomem),
	    TEST(measures__sound_table__all_right),
	    TEST(measures__wrong_total_and_types__told),
	    TEST(measures__subtotals__each_over_its_own),
	    TEST(columns__rows_of_totals__left_out),
	    TEST(columns__rows_named_total_with_nothing_above__kept),
	    TEST(measures__running_total__rows_where_it_grows),
	    TEST(measures__two_values_in_a_cell__merged),
	    TEST(measures__cells_off_their_column__not_aligned),
	    TEST(measures__rules_and_space__agree_or_not),
	    TEST(stage__two_tables__samples_with_their_measures),
	    TEST(stage__table_corrected__that_one_alone),
	    TEST(stage__table_corrected_elsewhere__rejected),
	    TEST(corrected__spans__kept_where_the_rest_is_empty),
	    TEST(stage__corrected_by_hand__says_so),
	    TEST(stage__ground_truth__cells_and_columns_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
