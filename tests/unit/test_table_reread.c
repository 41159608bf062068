/* What a page's recognition left out or doubted in a table, read again: the page is drawn, the words are made by hand. */
#include "ocr_alloc.h"

#include "ocr.h"
#include "ocr_engine.h"
#include "table_digits.h"
#include "table_write.h"

#include <cairo.h>
#include <fontconfig/fontconfig.h>

enum { WIDTH = 1200, HEIGHT = 700, PITCH = 80, SIZE = 32, ROWS = 5, COLUMNS = 3, LONG_ROWS = 8 };

static const char *const cells[ROWS][COLUMNS] = {{"Harbour", "Ships", "Share"},
						 {"Bergen", "1204", "12.5"},
						 {"Leith", "98", "-"},
						 {"Vlissingen", "512", "84.4"},
						 {"Total", "1814", "96.9"}};
static const char cells_csv[] =
    "Harbour,Ships,Share\nBergen,1204,12.5\nLeith,98,-\nVlissingen,512,84.4\nTotal,1814,96.9\n";

static TessBaseAPI *api;
static PIX *page;
static assay_word words[LONG_ROWS * COLUMNS];
static char texts[LONG_ROWS * COLUMNS][16];
static size_t count;

static int open_engine(void **state)
{
	static char *names[] = {"eng"};
	static const assay_text_list languages = {names, 1};
	const ocr_engine_params p = {&languages, "", PSM_SINGLE_LINE, true};

	(void)state;
	return (int)ocr_engine_open(&api, &p, NULL);
}

static int close_engine(void **state)
{
	(void)state;
	ocr_engine_close(api);
	return 0;
}

/* A table, and the words that a perfect recognition gives. */
static void draw(const char *const (*drawn)[COLUMNS], int rows, int pitch)
{
	PIX *pix = pixCreate(WIDTH, HEIGHT, 32);
	cairo_surface_t *s = cairo_image_surface_create_for_data((unsigned char *)pixGetData(pix), CAIRO_FORMAT_RGB24,
								 WIDTH, HEIGHT, 4 * pixGetWpl(pix));
	cairo_t *cr = cairo_create(s);

	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_paint(cr);
	cairo_set_source_rgb(cr, 0, 0, 0);
	cairo_select_font_face(cr, "DejaVu Serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
	cairo_set_font_size(cr, SIZE);
	count = 0;
	for (int r = 0; r < rows; r++)
		for (int c = 0; c < COLUMNS; c++) {
			const int x = 100 + 350 * c, y = 150 + pitch * r;
			cairo_text_extents_t e;

			cairo_move_to(cr, x, y);
			cairo_show_text(cr, drawn[r][c]);
			cairo_text_extents(cr, drawn[r][c], &e);
			(void)snprintf(texts[count], sizeof texts[0], "%s", drawn[r][c]);
			words[count] = (assay_word){texts[count],
						    x + (int)e.x_bearing - 1,
						    y + (int)e.y_bearing - 1,
						    x + (int)(e.x_bearing + e.width) + 1,
						    y + (int)(e.y_bearing + e.height) + 1,
						    .confidence = 9500};
			count++;
		}
	cairo_destroy(cr);
	cairo_surface_finish(s);
	cairo_surface_destroy(s);
	page = pixGetRGBComponent(pix, COLOR_GREEN);
	pixDestroy(&pix);
	setMsgSeverity(L_SEVERITY_NONE);
}

static int setup(void **state)
{
	(void)state;
	draw(cells, ROWS, PITCH);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	pixDestroy(&page);
	return 0;
}

static void lose(size_t i)
{
	memmove(&words[i], &words[i + 1], (count - i - 1) * sizeof *words);
	count--;
}

/* The only table of the page, after rereading; how many marks that took. */
static assay_code read_page(assay_buf *csv, int64_t *marks)
{
	const assay_words w = {words, count, "", WIDTH, HEIGHT};
	tables *found = assay_alloc(1, sizeof *found);
	table_page seen = {0};
	table_texts t = {0};
	const table_reader r = {.api = api, .pix = page, .page = &seen};
	assay_code rc = found != NULL ? table_page_read(&seen, page, &w, NULL) : ASSAY_ENOMEM;

	assay_buf_reset(csv);
	if (rc == ASSAY_OK)
		rc = table_reread(&t, &r, &w, NULL);
	if (rc == ASSAY_OK)
		rc = tables_find(found, &seen, &t.words, false, NULL);
	if (rc == ASSAY_OK && found->count == 1)
		rc = table_write_csv(csv, &found->items[0], NULL);
	*marks = t.marks;
	table_texts_release(&t);
	table_page_release(&seen);
	if (found != NULL)
		tables_release(found);
	free(found);
	return rc;
}

static void expect(const char *csv, int64_t marks)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	int64_t n;

	assert_int_equal(read_page(&b, &n), ASSAY_OK);
	assert_string_equal(assay_buf_str(&b), csv);
	assert_int_equal(n, marks);
}

static void reread__all_is_sure__nothing_is_read(void **state)
{
	(void)state;
	expect(cells_csv, 0);
}

static void reread__cells_left_out__read_from_their_ink(void **state)
{
	(void)state;
	lose(13); /* 1814 */
	lose(8);  /* the dash: not a word of the engine's, but what its ink looks like */
	lose(5);  /* 12.5 */
	expect(cells_csv, 3);
}

static void reread__doubted_word__the_surer_reading_stands(void **state)
{
	(void)state;
	(void)snprintf(texts[4], sizeof texts[0], "I2O4");
	words[4].confidence = 4000;
	(void)snprintf(texts[10], sizeof texts[0], "5l2"); /* of three letters: 79 % is not sure */
	words[10].confidence = 7900;
	(void)snprintf(texts[14], sizeof texts[0], "99.9"); /* sure of itself: stays */
	expect("Harbour,Ships,Share\nBergen,1204,12.5\nLeith,98,-\nVlissingen,512,84.4\nTotal,1814,99.9\n", 2);
}

static void reread__number_without_its_point__read_again(void **state)
{
	(void)state;
	(void)snprintf(texts[5], sizeof texts[0], "125");
	(void)snprintf(texts[11], sizeof texts[0], "844");
	expect(cells_csv, 2);
}

/* The first x from which three columns of a word are white. */
static int gap_in(const assay_word *w)
{
	int x = w->left + 8, white = 0;

	for (; white < 3 && x < w->right; x++) {
		int ink = 0;

		for (int y = w->top; y < w->bottom; y++) {
			l_uint32 v = 0;

			(void)pixGetPixel(page, x, y, &v);
			ink += v < 200;
		}
		white = ink == 0 ? white + 1 : 0;
	}
	return x - 3;
}

static void reread__dirt_like_a_point__looked_at_and_number_stays(void **state)
{
	const assay_word *w = &words[13]; /* 1814 */

	(void)state;
	(void)pixRasterop(page, gap_in(w) + 1, w->bottom - 4, 2, 2, PIX_CLR, NULL, 0, 0);
	expect(cells_csv, 1);
}

/* The heads on another ground: 0 black to 255 white are `paper` to `ink` there. */
static void set_ground(int paper, int ink)
{
	for (int y = 110; y < 170; y++)
		for (int x = 60; x < WIDTH - 60; x++) {
			l_uint32 v = 0;

			(void)pixGetPixel(page, x, y, &v);
			(void)pixSetPixel(page, x, y, (l_uint32)(ink + (paper - ink) * (int)v / 255));
		}
}

static void reread__white_heads_on_dark_ground__read(void **state)
{
	(void)state;
	set_ground(120, 255);
	lose(2);
	lose(1);
	lose(0);
	expect(cells_csv, 3);
}

static void marks__dark_text_on_a_shade__is_not_light(void **state)
{
	table_rules none = {0};
	table_marks m;

	(void)state;
	set_ground(180, 0);
	assert_int_equal(table_marks_find(&m, page, &none, 24, NULL), ASSAY_OK);
	assert_int_equal(m.count, ROWS * COLUMNS);
	for (size_t i = 0; i < m.count; i++)
		assert_false(m.items[i].light);
	table_marks_release(&m);
	set_ground(255, 200); /* lighter than its ground by too little */
	assert_int_equal(table_marks_find(&m, page, &none, 24, NULL), ASSAY_OK);
	for (size_t i = 0; i < m.count; i++)
		assert_false(m.items[i].light);
	table_marks_release(&m);
}

static void reread__box_over_two_rows__each_row_has_its_own(void **state)
{
	(void)state;
	(void)snprintf(texts[7], sizeof texts[0], "9852");
	words[7].confidence = 6500;
	words[7].bottom = words[10].bottom;
	lose(10);
	expect(cells_csv, 2);
}

/* A point may stand so far from its digits that they are two pieces of ink: what a sure word covers is not read again. */
static void reread__sure_word_over_two_pieces__neither_is_read(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	int64_t n;

	(void)state;
	words[3].right = words[4].right; /* Bergen and 1204 */
	words[3].bottom = words[3].bottom > words[4].bottom ? words[3].bottom : words[4].bottom;
	lose(4);
	assert_int_equal(read_page(&b, &n), ASSAY_OK);
	assert_int_equal(n, 0);
	assert_null(strstr(assay_buf_str(&b), "1204"));
}

/* An upright rule between two cells that were read as one word, however sure. */
static void reread__word_across_a_rule__two_cells(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	int64_t n;

	(void)state;
	for (int i = 0; i < 4; i++)
		(void)pixRasterop(page, i == 0 ? 60 : 60 + 350 * i - 20, 90, 3, 440, PIX_CLR, NULL, 0, 0);
	for (int i = 0; i < 6; i++)
		(void)pixRasterop(page, 60, 90 + (i == 5 ? 440 : 88 * i), 1033, 3, PIX_CLR, NULL, 0, 0);
	words[4].right = words[5].right;
	(void)snprintf(texts[4], sizeof texts[0], "1204l12.5");
	lose(5);
	assert_int_equal(read_page(&b, &n), ASSAY_OK);
	assert_string_equal(assay_buf_str(&b), cells_csv);
	assert_int_equal(n, 2);
}

static void reread__ink_outside_of_tables__not_read(void **state)
{
	(void)state;
	(void)pixRasterop(page, 500, 640, 120, 20, PIX_CLR, NULL, 0, 0);
	(void)pixRasterop(page, 100, 20, 60, 25, PIX_CLR, NULL, 0, 0);
	expect(cells_csv, 0);
}

/* The page's tables once its odd cells were read as digits; how many of its words are others. */
static bool read_digits(assay_buf *csv)
{
	const assay_words w = {words, count, "", WIDTH, HEIGHT};
	tables *found = assay_alloc(1, sizeof *found);
	table_page seen = {0};
	table_texts t = {0};
	const table_reader r = {.api = api, .pix = page, .page = &seen};
	int64_t taken = 0;

	assert_non_null(found);
	assay_buf_reset(csv);
	assert_int_equal(table_page_read(&seen, page, &w, NULL), ASSAY_OK);
	assert_int_equal(table_reread(&t, &r, &w, NULL), ASSAY_OK);
	assert_int_equal(tables_find(found, &seen, &t.words, false, NULL), ASSAY_OK);
	assert_int_equal(table_digits(&t, &r, found, &taken, NULL), ASSAY_OK);
	if (taken > 0) {
		tables_release(found);
		assert_int_equal(tables_find(found, &seen, &t.words, false, NULL), ASSAY_OK);
	}
	assert_int_equal(found->count, 1);
	assert_int_equal(table_write_csv(csv, &found->items[0], NULL), ASSAY_OK);
	table_texts_release(&t);
	table_page_release(&seen);
	tables_release(found);
	free(found);
	return taken > 0;
}

static void call(size_t cell, const char *text, int32_t confidence)
{
	(void)snprintf(texts[cell], sizeof texts[0], "%s", text);
	words[cell].confidence = confidence;
}

/* 512 stands there: "Sl2" is no number, and nobody is sure of it. */
static void digits__text_in_a_column_of_numbers__read_as_digits(void **state)
{
	ASSAY_AUTO_BUF csv = ASSAY_BUF_INIT;

	(void)state;
	call(10, "Sl2", 8500);
	assert_true(read_digits(&csv));
	assert_string_equal(assay_buf_str(&csv), cells_csv);
	call(10, "Sl2", 9500); /* what is sure stays */
	assert_false(read_digits(&csv));
	assert_non_null(strstr(assay_buf_str(&csv), "Sl2"));
}

/* In a column of numbers with one decimal. */
static void digits__ink_of_a_point_before_a_number__has_it(void **state)
{
	ASSAY_AUTO_BUF csv = ASSAY_BUF_INIT;

	(void)state;
	call(11, "4", 9500);
	words[11].left -= 8;
	assert_false(read_digits(&csv));
	assert_non_null(strstr(assay_buf_str(&csv), "512,4\n"));
	(void)pixRasterop(page, words[11].left + 1, words[11].bottom - 5, 4, 4, PIX_CLR, NULL, 0, 0);
	assert_true(read_digits(&csv));
	assert_non_null(strstr(assay_buf_str(&csv), "512,.4\n"));
	call(5, "12.55", 9500); /* all others have two decimals */
	call(14, "96.99", 9500);
	assert_false(read_digits(&csv));
}

/* Ships of six harbours: a number of one digit each, but for what is drawn at Porto. */
static void draw_long(const char *porto)
{
	const char *const drawn[LONG_ROWS][COLUMNS] = {
	    {"Harbour", "Ships", "Share"}, {"Bergen", "4", "12.5"}, {"Leith", "2", "33.1"},  {"Porto", porto, "11.0"},
	    {"Turku", "3", "20.4"},        {"Malmo", "8", "10.7"},  {"Ostend", "6", "12.3"}, {"Cadiz", "9", "40.1"}};

	pixDestroy(&page);
	draw(drawn, LONG_ROWS, 65);
}

/* One of the two ways makes nothing of a single sign; all others are digits, and it is as large as they are. */
static void digits__single_sign_of_the_size_of_digits__one(void **state)
{
	ASSAY_AUTO_BUF csv = ASSAY_BUF_INIT;

	(void)state;
	draw_long("0");
	call(10, "O", 8250);
	assert_true(read_digits(&csv));
	assert_non_null(strstr(assay_buf_str(&csv), "Porto,0,11.0\n"));
	call(13, "E", 9500); /* two of six are no numbers: the column may have letters */
	assert_false(read_digits(&csv));
	assert_non_null(strstr(assay_buf_str(&csv), "Porto,O,11.0\n"));
}

static void digits__single_letter_in_a_column_of_digits__stays(void **state)
{
	static const char *const letters[] = {"O", "Q", "D", "o", "B", "S", "x", "I", "l"};
	ASSAY_AUTO_BUF csv = ASSAY_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(letters); i++) {
		draw_long(letters[i]);
		call(10, letters[i], 8250);
		assert_false(read_digits(&csv));
	}
}

static void digits__number_of_another_form_and_text_in_a_column_of_texts__stay(void **state)
{
	ASSAY_AUTO_BUF csv = ASSAY_BUF_INIT;

	(void)state;
	call(4, "l2O4", 8500); /* 1204, where the ink is; but the column has one decimal */
	call(7, "9.8", 9500);
	call(10, "51.2", 9500);
	call(13, "181.4", 9500);
	assert_false(read_digits(&csv));
	assert_non_null(strstr(assay_buf_str(&csv), "l2O4"));
	for (size_t i = 4; i < ROWS * COLUMNS; i += 3)
		call(i, "ships", 8500);
	assert_false(read_digits(&csv));
}

static void marks__rules_and_specks__are_none(void **state)
{
	table_rules none = {0};
	table_marks m;

	(void)state;
	assert_int_equal(table_marks_find(&m, page, &none, 24, NULL), ASSAY_OK);
	assert_int_equal(m.count, ROWS * COLUMNS);
	table_marks_release(&m);
	(void)pixRasterop(page, 50, 100, 1000, 3, PIX_CLR, NULL, 0, 0);
	(void)pixRasterop(page, 50, 100, 3, 500, PIX_CLR, NULL, 0, 0);
	for (int i = 0; i < 30; i++)
		(void)pixRasterop(page, 60 + 37 * i, 600, 3, 3, PIX_CLR, NULL, 0, 0);
	assert_int_equal(table_marks_find(&m, page, &none, 24, NULL), ASSAY_OK);
	assert_int_equal(m.count, ROWS * COLUMNS);
	for (size_t i = 0, dashes = 0; i <= m.count; i++)
		if (i < m.count)
			dashes += m.items[i].dash;
		else
			assert_int_equal(dashes, 1);
	table_marks_release(&m);
}

/* Level, as long as three heights of text, and a word: its letters are high. */
static void marks__letters_that_run_into_each_other__a_word_and_no_line(void **state)
{
	const table_rules none = {0};
	PIX *scan = pixCreate(400, 200, 8);
	table_marks m = {0};

	(void)state;
	(void)pixSetAll(scan);
	for (int x = 100; x < 160; x += 4)
		(void)pixRasterop(scan, x, 80, 2, 14, PIX_CLR, NULL, 0, 0);
	(void)pixRasterop(scan, 100, 85, 60, 4, PIX_CLR, NULL, 0, 0);
	(void)pixRasterop(scan, 200, 85, 90, 4, PIX_CLR, NULL, 0, 0); /* a line */
	assert_int_equal(table_marks_find(&m, scan, &none, 15, NULL), ASSAY_OK);
	assert_int_equal(m.count, 1);
	assert_in_range(m.items[0].bottom - m.items[0].top, 14, 18);
	assert_in_range(m.items[0].right - m.items[0].left, 58, 64);
	table_marks_release(&m);
	pixDestroy(&scan);
}

/* A hyphen of small text is about as high as long once the page is smoothed; the dot of a letter is no longer than high. */
static void marks__hyphen_of_small_text__a_dash(void **state)
{
	const table_rules none = {0};
	PIX *scan = pixCreate(400, 200, 8);
	table_marks m = {0};

	(void)state;
	(void)pixSetAll(scan);
	(void)pixRasterop(scan, 100, 80, 200, 14, PIX_CLR, NULL, 0, 0);
	(void)pixRasterop(scan, 100, 120, 4, 3, PIX_CLR, NULL, 0, 0);
	(void)pixRasterop(scan, 200, 120, 4, 3, PIX_CLR, NULL, 0, 0); /* with a stem below */
	(void)pixRasterop(scan, 200, 126, 3, 4, PIX_CLR, NULL, 0, 0);
	(void)pixRasterop(scan, 300, 120, 3, 3, PIX_CLR, NULL, 0, 0);
	assert_int_equal(table_marks_find(&m, scan, &none, 15, NULL), ASSAY_OK);
	assert_int_equal(m.count, 2);
	assert_true(m.items[1].dash);
	assert_in_range(m.items[1].left, 98, 100);
	table_marks_release(&m);
	pixDestroy(&scan);
}

static void page__boxes_higher_than_ink__text_is_as_high_as_ink(void **state)
{
	const assay_words w = {words, count, "", WIDTH, HEIGHT};
	table_page seen = {0};
	int32_t text;

	(void)state;
	assert_int_equal(table_page_read(&seen, page, &w, NULL), ASSAY_OK);
	text = seen.text;
	table_page_release(&seen);
	for (size_t i = 0; i < count; i++) {
		words[i].top -= 4;
		words[i].bottom += 4;
	}
	assert_int_equal(table_page_read(&seen, page, &w, NULL), ASSAY_OK);
	assert_int_equal(seen.text, text);
	table_page_release(&seen);
}

static void marks__page_of_one_tone_and_of_few_pixels__none(void **state)
{
	table_rules none = {0};
	PIX *flat = pixCreate(300, 300, 8), *dot = pixCreate(1, 1, 1);
	table_marks m;

	(void)state;
	assert_int_equal(table_marks_find(&m, flat, &none, 400, NULL), ASSAY_OK);
	assert_int_equal(m.count, 0);
	assert_int_equal(table_marks_find(&m, dot, &none, 8, NULL), ASSAY_OK);
	assert_int_equal(m.count, 0);
	pixDestroy(&flat);
	pixDestroy(&dot);
}

static void reread__page_without_ink_and_words__nothing(void **state)
{
	const assay_words w = {NULL, 0, "", 300, 300};
	PIX *blank = pixCreate(300, 300, 8);
	table_page seen = {0};
	table_texts t = {0};
	const table_reader r = {.api = api, .pix = blank, .page = &seen};

	(void)state;
	assert_int_equal(table_page_read(&seen, blank, &w, NULL), ASSAY_OK);
	assert_int_equal(table_reread(&t, &r, &w, NULL), ASSAY_OK);
	assert_int_equal(t.marks, 0);
	assert_int_equal(t.words.count, 0);
	table_texts_release(&t);
	table_page_release(&seen);
	pixDestroy(&blank);
}

static void reread__boxes_at_the_ends_of_their_type__no_harm(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	int64_t n;

	(void)state;
	for (size_t i = 0; i < 6; i++)
		words[i].confidence = 100;
	words[0].left = words[0].top = INT32_MIN;
	words[0].right = words[0].bottom = INT32_MAX;
	words[1].left = INT32_MIN;
	words[1].right = words[4].right - words[4].left;
	words[2].left = words[2].top = INT32_MAX;
	words[2].right = words[2].bottom = INT32_MIN;
	assert_int_equal(read_page(&b, &n), ASSAY_OK);
}

/* What the engine itself takes is not among what fails: it survives no failure, and ends its process. */
assay_code __real_ocr_engine_recognize(TessBaseAPI *engine, PIX *pix, int32_t dpi, assay_err *err);
assay_code __wrap_ocr_engine_recognize(TessBaseAPI *engine, PIX *pix, int32_t dpi, assay_err *err);

assay_code __wrap_ocr_engine_recognize(TessBaseAPI *engine, PIX *pix, int32_t dpi, assay_err *err)
{
	const unsigned calls = alloc_calls, fail_at = alloc_fail_at;
	assay_code rc;

	alloc_fail_at = 0;
	rc = __real_ocr_engine_recognize(engine, pix, dpi, err);
	alloc_fail_at = fail_at;
	alloc_calls = calls;
	return rc;
}

static void reread__every_allocation_fails_in_turn__enomem(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_code rc;
	int64_t marks;
	unsigned n = 0;

	(void)state;
	lose(13);
	lose(8);
	do {
		alloc_calls = 0;
		alloc_fail_at = ++n;
		rc = read_page(&b, &marks);
		alloc_fail_at = 0;
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
	} while (rc != ASSAY_OK && n < 2000);
	assert_in_range(n, 20, 1000);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(reread__all_is_sure__nothing_is_read),
	    TEST(reread__cells_left_out__read_from_their_ink),
	    TEST(reread__doubted_word__the_surer_reading_stands),
	    TEST(reread__box_over_two_rows__each_row_has_its_own),
	    TEST(reread__sure_word_over_two_pieces__neither_is_read),
	    TEST(reread__word_across_a_rule__two_cells),
	    TEST(reread__ink_outside_of_tables__not_read),
	    TEST(marks__rules_and_specks__are_none),
	    TEST(digits__text_in_a_column_of_numbers__read_as_digits),
	    TEST(digits__ink_of_a_point_before_a_number__has_it),
	    TEST(digits__single_sign_of_the_size_of_digits__one),
	    TEST(digits__single_letter_in_a_column_of_digits__stays),
	    TEST(digits__number_of_another_form_and_text_in_a_column_of_texts__stay),
	    TEST(marks__letters_that_run_into_each_other__a_word_and_no_line),
	    TEST(marks__hyphen_of_small_text__a_dash),
	    TEST(page__boxes_higher_than_ink__text_is_as_high_as_ink),
	    TEST(marks__page_of_one_tone_and_of_few_pixels__none),
	    TEST(reread__page_without_ink_and_words__nothing),
	    TEST(reread__number_without_its_point__read_again),
	    TEST(reread__dirt_like_a_point__looked_at_and_number_stays),
	    TEST(reread__white_heads_on_dark_ground__read),
	    TEST(marks__dark_text_on_a_shade__is_not_light),
	    TEST(reread__boxes_at_the_ends_of_their_type__no_harm),
	    TEST(reread__every_allocation_fails_in_turn__enomem),
	};

	const int failed = cmocka_run_group_tests(tests, open_engine, close_engine);

	cairo_debug_reset_static_data(); /* what these keep for ever is no leak of ours */
	FcFini();
	return failed;
}
