/* Ink outside of words, on pages drawn pixel by pixel: what is counted is known exactly. */
#include "ocr_cmocka.h"

#include "ocr_missed.h"

#include <leptonica/allheaders.h>

enum { WIDTH = 20, HEIGHT = 30, STEP = 28, LETTERS = 10, INK = WIDTH * HEIGHT };

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
	assert_int_equal(ocr_missed_measure(&m, &w, pix, pix, NULL), ASSAY_OK);
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
	assert_int_equal(ocr_missed_measure(&m, &w, pix, pix, NULL), ASSAY_OK);
	assert_int_equal(m.read, 5 * INK);
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
	PIX *ink = pixConvertTo1(pix, 150);
	ocr_missed m;

	assert_int_equal(ocr_missed_measure(&m, &w, ink, pix, NULL), ASSAY_OK);
	pixDestroy(&ink);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(missed__row_that_nobody_read__its_ink),
	    cmocka_unit_test(missed__ink_that_is_no_text__not_counted),
	    cmocka_unit_test(missed__boxes_outside_and_empty__no_harm),
	    cmocka_unit_test(missed__row_on_shaded_ground__its_ink),
	    cmocka_unit_test(missed__bright_row_on_dark_ground__its_ink),
	    cmocka_unit_test(missed__dark_areas_without_writing__nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
