/* Which pages are read enlarged, and which of two readings is taken. */
#include "ocr_cmocka.h"

#include "ocr_larger.h"

#include <leptonica/allheaders.h>

static void bar(PIX *pix, int x, int y, int w, int h)
{
	for (int b = y; b < y + h; b++)
		for (int a = x; a < x + w; a++)
			(void)pixSetPixel(pix, a, b, 1);
}

/* Rows of upright bars `height` high: letters as far as the measure goes. */
static bool fits(int height)
{
	PIX *pix = pixCreate(600, 400, 1);
	bool out;

	for (int y = 20; height > 0 && y + height < 380; y += 2 * height)
		for (int x = 20; x < 570; x += height)
			bar(pix, x, y, height / 2 + 1, height);
	assert_int_equal(ocr_larger_fits(&out, pix, NULL), ASSAY_OK);
	pixDestroy(&pix);
	return out;
}

static void fits__by_the_height_of_letters(void **state)
{
	(void)state;
	assert_true(fits(10));
	assert_true(fits(23));
	assert_false(fits(24));
	assert_false(fits(0)); /* an empty page has none */
}

/* Memory: an enlarged page has 2.25 times the pixels. */
static void fits__pages_that_would_be_too_large__not(void **state)
{
	PIX *pix = pixCreate(6000, 3704, 1);
	bool out;

	(void)state;
	for (int i = 0; i < 100; i++)
		bar(pix, 20 + 20 * i, 20, 6, 10);
	assert_int_equal(ocr_larger_fits(&out, pix, NULL), ASSAY_OK);
	assert_false(out);
	pixDestroy(&pix);
	pix = pixCreate(6000, 3703, 1);
	for (int i = 0; i < 100; i++)
		bar(pix, 20 + 20 * i, 20, 6, 10);
	assert_int_equal(ocr_larger_fits(&out, pix, NULL), ASSAY_OK);
	assert_true(out);
	pixDestroy(&pix);
}

static ocr_merit merit(int64_t estimated, int64_t characters, int64_t missed)
{
	return (ocr_merit){estimated, characters, {.read = 1000 - missed, .missed = missed}};
}

static bool wins(ocr_merit larger, ocr_merit plain)
{
	return ocr_larger_wins(&larger, &plain);
}

static void wins__clearly_lower_estimate_and_nothing_lost(void **state)
{
	(void)state;
	assert_true(wins(merit(69999, 500, 0), merit(100000, 500, 0)));
	assert_false(wins(merit(70000, 500, 0), merit(100000, 500, 0)));
	assert_false(wins(merit(0, 500, 0), merit(0, 500, 0)));
	assert_true(wins(merit(20000, 488, 0), merit(100000, 500, 0)));
	assert_false(wins(merit(20000, 487, 0), merit(100000, 500, 0))); /* 2 and 2 % are 12 */
	assert_true(wins(merit(20000, 500, 60), merit(100000, 500, 50)));
	assert_false(wins(merit(20000, 500, 61), merit(100000, 500, 50)));
	assert_true(wins(merit(20000, 900, 0), merit(100000, 500, 400)));
}

static void wins__pages_without_ink(void **state)
{
	const ocr_merit none = {100000, 0, {0}}, some = {20000, 10, {0}};

	(void)state;
	assert_true(ocr_larger_wins(&some, &none));
}

static void shrink__pixels_of_the_page(void **state)
{
	const assay_word items[] = {{.left = 150, .top = 30, .right = 301, .bottom = 62}, {.right = 1, .bottom = 1}};
	const ocr_symbol symbols[] = {{'a', 150, 225, 9000}, {'b', 226, 301, 9000}};
	ocr_words w = {0};

	(void)state;
	assert_int_equal(ocr_words_add(&w, &items[0], "ab", symbols, 2, true, NULL), ASSAY_OK);
	assert_int_equal(ocr_words_add(&w, &items[1], "c", NULL, 0, true, NULL), ASSAY_OK);
	assert_int_equal(ocr_words_close(&w, NULL), ASSAY_OK);
	ocr_larger_shrink(&w);
	assert_int_equal(w.items[0].left, 100);
	assert_int_equal(w.items[0].top, 20);
	assert_int_equal(w.items[0].right, 200);
	assert_int_equal(w.items[0].bottom, 41);
	assert_int_equal(w.items[1].right, 1); /* never empty */
	assert_int_equal(w.items[1].bottom, 1);
	assert_int_equal(w.symbols[0].right, 150);
	assert_int_equal(w.symbols[1].left, 150);
	ocr_words_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fits__by_the_height_of_letters),
	    cmocka_unit_test(fits__pages_that_would_be_too_large__not),
	    cmocka_unit_test(wins__clearly_lower_estimate_and_nothing_lost),
	    cmocka_unit_test(wins__pages_without_ink),
	    cmocka_unit_test(shrink__pixels_of_the_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
