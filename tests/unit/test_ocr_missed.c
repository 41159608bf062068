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
	assert_int_equal(m.read, 5 * INK);
	assert_int_equal(m.missed, 0);
	pixDestroy(&pix);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(missed__row_that_nobody_read__its_ink),
	    cmocka_unit_test(missed__ink_that_is_no_text__not_counted),
	    cmocka_unit_test(missed__boxes_outside_and_empty__no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
