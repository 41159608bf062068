/* Ink outside of words, on pages drawn pixel by pixel: what is counted is known exactly. */
#include "ocr_cmocka.h"

#include "ocr_missed.h"

#include <leptonica/allheaders.h>

/* Text of this height is looked at in a page of half the size: a letter has a quarter of its pixels. */
enum { WIDTH = 20, HEIGHT = 30, STEP = 28, LETTERS = 10, INK = WIDTH * HEIGHT / 4 };

static void rectangle(PIX *pix, int x, int y, int w, int h)
{
	(void)pixRasterop(pix, x, y, w, h, PIX_SET, NULL, 0, 0);
}

/* Letters as black boxes, the first at x. */
static void row(PIX *pix, int x, int y, int letters)
{
	for (int i = 0; i < letters; i++)
		rectangle(pix, x + i * STEP, y, WIDTH, HEIGHT);
}

static ocr_missed measure(PIX *pix, int rows_read)
{
	assay_word words[8] = {{0}};
	const ocr_words w = {.items = words, .count = (size_t)rows_read};
	ocr_missed m;

	for (int i = 0; i < rows_read; i++)
		words[i] = (assay_word){
		    "read", 100, 100 + 80 * i, 100 + LETTERS * STEP, 100 + 80 * i + HEIGHT, .confidence = 9000};
	assert_int_equal(ocr_missed_measure(&m, &w, pix, NULL), ASSAY_OK);
	return m;
}

static void missed__row_that_nobody_read__its_ink(void **state)
{
	PIX *pix = pixCreate(1000, 800, 1);
	ocr_missed m;

	(void)state;
	for (int i = 0; i < 3; i++)
		row(pix, 100, 100 + 80 * i, LETTERS);
	m = measure(pix, 3);
	assert_int_equal(m.read, 3 * LETTERS * INK);
	assert_int_equal(m.missed, 0);
	m = measure(pix, 2);
	assert_int_equal(m.read, 2 * LETTERS * INK);
	assert_int_equal(m.missed, LETTERS * INK);
	assert_int_equal(m.letters, LETTERS);
	pixDestroy(&pix);
}

/* What is no text: dirt, rules, pictures, a mark that stands alone. */
static void missed__ink_that_is_no_text__not_counted(void **state)
{
	PIX *pix = pixCreate(2000, 1500, 1);
	ocr_missed m;

	(void)state;
	row(pix, 100, 100, LETTERS);
	for (int i = 0; i < 200; i++)
		rectangle(pix, 100 + 5 * i, 300, 3, 3);
	rectangle(pix, 100, 400, 1500, 4);
	rectangle(pix, 100, 400, 4, 900);
	rectangle(pix, 300, 600, 500, 400);
	rectangle(pix, 1500, 300, WIDTH, HEIGHT);
	m = measure(pix, 1);
	assert_int_equal(m.read, LETTERS * INK);
	assert_int_equal(m.missed, 0);
	pixDestroy(&pix);
}

/* Boxes beyond the page come of no engine that is well, and must do no harm. */
static void missed__boxes_outside_and_empty__no_harm(void **state)
{
	PIX *pix = pixCreate(300, 200, 1);
	assay_word words[] = {{.text = "a", .left = -50, .top = -50, .right = 5000, .bottom = 5000},
			      {.text = "b", .left = 10, .top = 10, .right = 10, .bottom = 10}};
	const ocr_words w = {.items = words, .count = 2};
	ocr_missed m;

	(void)state;
	row(pix, 10, 50, 5);
	assert_int_equal(ocr_missed_measure(&m, &w, pix, NULL), ASSAY_OK);
	assert_in_range(m.read, 1, 5 * INK); /* as large as text is said to be, the page is reduced to a few pixels */
	assert_int_equal(m.missed, 0);
	pixDestroy(&pix);
}

/* ---------------------------------------------------------------- shaded ground */

static void paint(PIX *pix, int x, int y, int w, int h, unsigned grey)
{
	for (int b = y; b < y + h; b++)
		for (int a = x; a < x + w; a++)
			(void)pixSetPixel(pix, a, b, grey);
}

/* One row on paper, which is read, and one on an area of `ground`, in letters of `letter`. */
static PIX *shaded_page(unsigned ground, unsigned letter)
{
	PIX *pix = pixCreate(1000, 800, 8);

	paint(pix, 0, 0, 1000, 800, 235);
	for (int i = 0; i < LETTERS; i++)
		paint(pix, 100 + i * STEP, 100, WIDTH, HEIGHT, 20);
	paint(pix, 50, 300, 700, 150, ground);
	for (int i = 0; i < LETTERS; i++)
		paint(pix, 100 + i * STEP, 360, WIDTH, HEIGHT, letter);
	return pix;
}

static ocr_missed measure_grey(PIX *pix, size_t rows_read)
{
	assay_word words[] = {{"read", 100, 100, 100 + LETTERS * STEP, 130, .confidence = 9000},
			      {"too", 100, 360, 100 + LETTERS * STEP, 390, .confidence = 9000}};
	const ocr_words w = {.items = words, .count = rows_read};
	ocr_missed m;

	assert_int_equal(ocr_missed_measure(&m, &w, pix, NULL), ASSAY_OK);
	return m;
}

/* Ground and letters are both below the threshold of the page: one black area, and nobody read what is in it. */
static void missed__row_on_shaded_ground__its_ink(void **state)
{
	PIX *pix = shaded_page(120, 30), *colour = pixConvertTo32(pix);
	ocr_missed m;

	(void)state;
	m = measure_grey(pix, 1);
	assert_int_equal(m.read, LETTERS * INK);
	assert_int_equal(m.missed, LETTERS * INK);
	m = measure_grey(pix, 2);
	assert_int_equal(m.missed, 0);
	pixDestroy(&pix);
	pix = colour;
	m = measure_grey(pix, 1);
	assert_int_equal(m.missed, LETTERS * INK);
	pixDestroy(&pix);
}

/* White on black: the letters are paper to the threshold. */
static void missed__bright_row_on_dark_ground__its_ink(void **state)
{
	PIX *pix = shaded_page(40, 230);
	ocr_missed m;

	(void)state;
	m = measure_grey(pix, 1);
	assert_int_equal(m.missed, LETTERS * INK);
	pixDestroy(&pix);
}

/* A dark area of one level, and one whose levels run into each other as in a photograph. */
static void missed__dark_areas_without_writing__nothing(void **state)
{
	PIX *pix = shaded_page(60, 60);
	uint32_t seed = 5;
	ocr_missed m;

	(void)state;
	m = measure_grey(pix, 1);
	assert_int_equal(m.missed, 0);
	for (int y = 300; y < 450; y++)
		for (int x = 50; x < 750; x++)
			(void)pixSetPixel(pix, x, y, (unsigned)((x + y) % 100) + test_random(&seed) % 50);
	m = measure_grey(pix, 1);
	assert_int_equal(m.missed, 0);
	pixDestroy(&pix);
}

/* ---------------------------------------------------------------- faint text, and what only looks like it */

enum { PAGE_WIDTH = 800, PAGE_HEIGHT = 1000, PAPER = 235, PRINT = 30, LINES = 10, LEADING = 45 };

static PIX *paper_page(void)
{
	PIX *pix = pixCreate(PAGE_WIDTH, PAGE_HEIGHT, 8);

	paint(pix, 0, 0, PAGE_WIDTH, PAGE_HEIGHT, PAPER);
	return pix;
}

/* Letters of three strokes: an H as wide as high, on lines from `top` on. */
static void print_lines(PIX *pix, int top, unsigned grey)
{
	for (int line = 0; line < LINES; line++)
		for (int x = 80; x + WIDTH < 720; x += STEP) {
			const int y = top + line * LEADING;

			paint(pix, x, y, 5, HEIGHT, grey);
			paint(pix, x + WIDTH - 5, y, 5, HEIGHT, grey);
			paint(pix, x, y + HEIGHT / 2 - 2, WIDTH, 5, grey);
		}
}

/* Noise of a mean of zero: half the sum of four of its parts up to `most` to either side. */
static void add_grain(PIX *pix, unsigned most)
{
	uint32_t seed = 11;

	for (int y = 0; most > 0 && y < pixGetHeight(pix); y++)
		for (int x = 0; x < pixGetWidth(pix); x++) {
			l_uint32 v = 0;
			int sum = 0;

			for (int i = 0; i < 4; i++)
				sum += (int)(test_random(&seed) % (2 * most + 1)) - (int)most;
			(void)pixGetPixel(pix, x, y, &v);
			sum = (int)v + sum / 2;
			(void)pixSetPixel(pix, x, y, (l_uint32)(sum < 0 ? 0 : sum > 255 ? 255 : sum));
		}
}

/* Share of the text-like ink that nobody read when all lines of the upper half were, thousandths. */
static int64_t missed_share(PIX *pix)
{
	assay_word words[LINES] = {{0}};
	const ocr_words w = {.items = words, .count = LINES};
	ocr_missed m;

	for (int i = 0; i < LINES; i++)
		words[i] =
		    (assay_word){"read", 80, 40 + LEADING * i, 720, 40 + LEADING * i + HEIGHT, .confidence = 9000};
	assert_int_equal(ocr_missed_measure(&m, &w, pix, NULL), ASSAY_OK);
	assert_true(m.read > 0);
	assert_true(m.ink >= m.read + m.missed);
	return 1000 * m.missed / (m.missed + m.read);
}

/* The lower half of the page in ink of `grey`, which is paper to any threshold between the two. */
static int64_t faint_half(unsigned grey, unsigned grain)
{
	PIX *pix = paper_page();
	int64_t share;

	print_lines(pix, 40, PRINT);
	print_lines(pix, 520, grey);
	add_grain(pix, grain);
	share = missed_share(pix);
	pixDestroy(&pix);
	return share;
}

static void missed__half_a_page_too_faint_to_be_read__half_of_the_text(void **state)
{
	(void)state;
	assert_in_range(faint_half(PRINT, 0), 490, 510);
	assert_in_range(faint_half(150, 0), 490, 510);
	assert_in_range(faint_half(180, 8), 470, 530);
	assert_in_range(faint_half(190, 4), 470, 530);
	assert_in_range(faint_half(216, 0), 490, 510); /* 19 of 205 levels, a little under a tenth */
	assert_in_range(faint_half(216, 2), 470, 530);
	assert_int_equal(faint_half(PAPER, 0), 0);
	assert_int_equal(faint_half(PAPER, 8), 0);
}

/* The other side of the sheet: its letters mirrored, faint, and blurred by the paper; all over the page, or below. */
static int64_t shown_through(int top, unsigned grey, int blur)
{
	PIX *pix = paper_page(), *back = paper_page(), *soft;
	int64_t share;

	print_lines(back, top, grey);
	soft = pixBlockconv(back, blur, blur);
	print_lines(pix, 40, PRINT);
	for (int y = 0; y < PAGE_HEIGHT; y++)
		for (int x = 0; x < PAGE_WIDTH; x++) {
			l_uint32 a = 0, b = 0;

			(void)pixGetPixel(pix, x, y, &a);
			(void)pixGetPixel(soft, PAGE_WIDTH - 1 - x, y, &b);
			(void)pixSetPixel(pix, x, y, a < b ? a : b);
		}
	add_grain(pix, 4);
	share = missed_share(pix);
	pixDestroy(&soft);
	pixDestroy(&back);
	pixDestroy(&pix);
	return share;
}

static void missed__what_shows_through__nothing(void **state)
{
	(void)state;
	assert_int_equal(shown_through(520, 160, 3), 0);
	assert_int_equal(shown_through(520, 190, 2), 0);
	assert_int_equal(shown_through(62, 180, 2), 0);
	assert_in_range(shown_through(520, 180, 0), 490, 510); /* print as faint, and sharp */
	assert_int_equal(shown_through(520, 228, 0), 0);       /* a thirtieth of the other print's contrast */
}

/* Cells of a table in four colours, their writing dark: none of them was read. */
static void missed__coloured_cells__their_writing(void **state)
{
	static const unsigned tints[] = {0xffd070, 0x80c8ff, 0x90b060, 0x707890};
	PIX *pix = paper_page(), *colour;

	(void)state;
	print_lines(pix, 40, PRINT);
	colour = pixConvertTo32(pix);
	for (int i = 0; i < 4; i++)
		for (int y = 520 + 100 * i; y < 600 + 100 * i; y++)
			for (int x = 60; x < 740; x++)
				(void)pixSetPixel(colour, x, y, tints[i] << 8);
	assert_int_equal(missed_share(colour), 0);
	for (int i = 0; i < 4; i++)
		for (int x = 80; x < 700; x += STEP)
			for (int y = 545 + 100 * i; y < 575 + 100 * i; y++)
				for (int dx = 0; dx < 6; dx++) {
					(void)pixSetPixel(colour, x + dx, y, 0x20202000);
					(void)pixSetPixel(colour, x + dx + 12, y, 0x20202000);
				}
	assert_in_range(missed_share(colour), 200, 450);
	pixDestroy(&colour);
	pixDestroy(&pix);
}

/* A ring and a patch with soft sides, a halftone, a dark side of the scan, rough paper: none of it is text. */
static void missed__stains_halftones_and_borders__nothing(void **state)
{
	PIX *pix = paper_page(), *soft;

	(void)state;
	for (int y = 520; y < 980; y++)
		for (int x = 60; x < 740; x++) {
			const int dx = x - 250, dy = y - 750, d = dx * dx + dy * dy;

			if ((d > 150 * 150 && d < 160 * 160) || (x > 450 && x < 600 && y > 600 && y < 900))
				(void)pixSetPixel(pix, x, y, 170);
		}
	soft = pixBlockconv(pix, 8, 8);
	pixDestroy(&pix);
	pix = soft;
	print_lines(pix, 40, PRINT);
	for (int y = 540; y < 700; y += 6)
		for (int x = 620; x < 740; x += 6)
			paint(pix, x, y, 1 + (x + y) % 4, 1 + (x + y) % 4, 60);
	paint(pix, 760, 0, 40, PAGE_HEIGHT, 25);
	add_grain(pix, 10);
	assert_int_equal(missed_share(pix), 0);
	pixDestroy(&pix);
}

/* Between lines that are read: specks of all sizes, as in an engraving, and tones that run into each other. */
static int64_t picture(bool engraved)
{
	PIX *pix = paper_page(), *soft;
	uint32_t seed = 3;
	int64_t share;

	for (int i = 0; i < (engraved ? 3000 : 9000); i++) {
		const int size = engraved ? 2 + (int)(test_random(&seed) % 4) * (int)(test_random(&seed) % 5)
					  : 6 + (int)(test_random(&seed) % 10);
		const int x = 60 + (int)(test_random(&seed) % 660), y = 530 + (int)(test_random(&seed) % 420);

		paint(pix, x, y, size, size, engraved ? PRINT : test_random(&seed) % 256);
	}
	if (!engraved) {
		soft = pixBlockconv(pix, 3, 3);
		pixDestroy(&pix);
		pix = soft;
	}
	print_lines(pix, 40, PRINT);
	share = missed_share(pix);
	pixDestroy(&pix);
	return share;
}

static void missed__pictures__nothing(void **state)
{
	(void)state;
	assert_int_equal(picture(true), 0);
	assert_int_equal(picture(false), 0);
}

static void missed__rows_of_a_larger_page__in_its_own_pixels(void **state)
{
	PIX *small = paper_page(), *pix;
	assay_word words[] = {{"read", 240, 120, 2160, 1545, .confidence = 9000},
			      {"them", 240, 120, 330, 210, .confidence = 9000},
			      {"all", 240, 255, 330, 345, .confidence = 9000}};
	const ocr_words w = {.items = words, .count = 3};
	ocr_missed_boxes boxes;
	ocr_missed m;

	(void)state;
	print_lines(small, 40, PRINT);
	for (int i = 0; i < 10; i++)
		paint(small, 100 + i * STEP, 700, WIDTH, HEIGHT, 170);
	paint(small, 20, 600, WIDTH, HEIGHT, 100); /* the number of a line */
	pix = pixScaleBySampling(small, 3, 3);
	assert_int_equal(ocr_missed_find(&m, &boxes, &w, pix, NULL), ASSAY_OK);
	assert_int_equal(boxes.rows->n, 1);
	assert_int_equal(boxes.plain, 1);
	assert_in_range(boxes.rows->box[0]->x, 290, 310);
	assert_in_range(boxes.rows->box[0]->y, 2090, 2110);
	assert_in_range(boxes.rows->box[0]->w, 3 * (9 * STEP + WIDTH) - 20, 3 * (9 * STEP + WIDTH) + 20);
	assert_in_range(boxes.rows->box[0]->h, 80, 110);
	assert_int_equal(boxes.shorts->n, 1);
	assert_in_range(boxes.shorts->box[0]->x, 50, 65);
	assert_in_range(boxes.shorts->box[0]->y, 1790, 1810);
	ocr_missed_boxes_release(&boxes);
	pixDestroy(&pix);
	pixDestroy(&small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(missed__row_that_nobody_read__its_ink),
	    cmocka_unit_test(missed__ink_that_is_no_text__not_counted),
	    cmocka_unit_test(missed__boxes_outside_and_empty__no_harm),
	    cmocka_unit_test(missed__row_on_shaded_ground__its_ink),
	    cmocka_unit_test(missed__bright_row_on_dark_ground__its_ink),
	    cmocka_unit_test(missed__dark_areas_without_writing__nothing),
	    cmocka_unit_test(missed__half_a_page_too_faint_to_be_read__half_of_the_text),
	    cmocka_unit_test(missed__what_shows_through__nothing),
	    cmocka_unit_test(missed__coloured_cells__their_writing),
	    cmocka_unit_test(missed__stains_halftones_and_borders__nothing),
	    cmocka_unit_test(missed__pictures__nothing),
	    cmocka_unit_test(missed__rows_of_a_larger_page__in_its_own_pixels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
