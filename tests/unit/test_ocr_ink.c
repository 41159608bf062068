/* A page's ink, and rows of grey, pixel by pixel against what their headers say. */
#include "ocr_cmocka.h"

#include "grey.h"
#include "ocr_ink.h"

#include <stdlib.h>

static PIX *noise(int width, int height, int depth, uint32_t seed)
{
	PIX *pix = pixCreate(width, height, depth);

	assert_non_null(pix);
	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++)
			(void)pixSetPixel(pix, x, y,
					  depth == 1 ? test_random(&seed) >> 9 & 1 : test_random(&seed) >> 9 & 0xff);
	return pix;
}

static int level(PIX *pix, int x, int y)
{
	l_uint32 v = 0;

	(void)pixGetPixel(pix, x, y, &v);
	return pixGetDepth(pix) == 1 ? (v != 0 ? 0 : 255) : (int)v;
}

static void row__bits_and_bytes__each_pixel(void **state)
{
	uint8_t row[160];

	(void)state;
	for (int depth = 1; depth <= 8; depth += 7)
		for (int width = 1; width < 100; width += 7) {
			PIX *pix = noise(width, 3, depth, (uint32_t)width);

			assert_true(grey_row_size(pix) <= sizeof row);
			for (int y = 0; y < 3; y++) {
				grey_row(row, pix, y);
				for (int x = 0; x < width; x++)
					assert_int_equal(row[x], level(pix, x, y));
			}
			pixDestroy(&pix);
		}
}

static void threshold__levels__each_pixel(void **state)
{
	PIX *pix = noise(77, 5, 8, 3), *ink = grey_threshold(pix, 100, NULL);

	(void)state;
	assert_non_null(ink);
	for (int y = 0; y < 5; y++)
		for (int x = 0; x < 77; x++)
			assert_int_equal(level(ink, x, y) == 0, level(pix, x, y) <= 100);
	pixDestroy(&ink);
	pixDestroy(&pix);
}

static int mean(PIX *page, int factor, int x, int y)
{
	int sum = factor * factor / 2;

	for (int dy = 0; dy < factor; dy++)
		for (int dx = 0; dx < factor; dx++)
			sum += level(page, x * factor + dx, y * factor + dy);
	return sum / (factor * factor);
}

/* The deepest within a square of this side. */
static int deepest(const ocr_ink *in, int side, int x, int y)
{
	int most = 0;

	for (int dy = -side / 2; dy <= side / 2; dy++)
		for (int dx = -side / 2; dx <= side / 2; dx++)
			if (x + dx >= 0 && x + dx < pixGetWidth(in->depth) && y + dy >= 0 &&
			    y + dy < pixGetHeight(in->depth) && level(in->depth, x + dx, y + dy) > most)
				most = level(in->depth, x + dx, y + dy);
	return most;
}

static void expect_pixel(const ocr_ink *in, PIX *page, int x, int y)
{
	const int d = level(in->depth, x, y), side = in->height / 2 | 1;
	const int least = in->least[y / in->side * in->columns + x / in->side];

	assert_int_equal(level(in->grey, x, y), mean(page, in->factor, x, y));
	assert_int_equal(d, level(in->paper, x, y) - level(in->grey, x, y));
	assert_int_equal(level(in->pix, x, y) == 0, d >= 8 && 3 * d >= deepest(in, side, x, y) && d >= least);
}

static void find__every_factor__each_pixel(void **state)
{
	(void)state;
	for (int factor = 1; factor <= 6; factor++)
		for (int depth = 1; depth <= 8; depth += 7) {
			PIX *page = noise(83 * factor + 1, 60 * factor, depth, 7);
			ocr_ink in;

			assert_int_equal(ocr_ink_find(&in, page, 12 * factor, NULL), ASSAY_OK);
			assert_int_equal(in.factor, factor);
			for (int y = 0; y < 60; y++)
				for (int x = 0; x < 83; x++)
					expect_pixel(&in, page, x, y);
			ocr_ink_release(&in);
			pixDestroy(&page);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(row__bits_and_bytes__each_pixel),
	    cmocka_unit_test(threshold__levels__each_pixel),
	    cmocka_unit_test(find__every_factor__each_pixel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
