/* Rows that the border cuts, drawn: letters are boxes, their places are known. */
#include "ocr_cmocka.h"

#include "ocr_cut.h"

#include <string.h>

#include <leptonica/allheaders.h>

enum { WIDTH = 1000, LENGTH = 600, HEIGHT = 30, STEP = 26 };

static const assay_corners whole = {{0, WIDTH, WIDTH, 0}, {0, 0, LENGTH, LENGTH}};

static PIX *page_new(void)
{
	PIX *pix = pixCreate(WIDTH, LENGTH, 1);

	assert_non_null(pix);
	return pix;
}

static void letter(PIX *pix, int x, int top, int bottom)
{
	(void)pixRasterop(pix, x, top, STEP - 6, bottom - top, PIX_SET, NULL, 0, 0);
}

/* Letters side by side; every `rise`th is higher by a third of the height of text. */
static void row(PIX *pix, int count, int top, int bottom, int rise)
{
	for (int i = 0; i < count; i++)
		letter(pix, 100 + STEP * i, rise > 0 && i % rise == 0 ? top - HEIGHT / 3 : top, bottom);
}

/* Consumes pix. */
static int64_t cut_of(PIX *pix, const assay_corners *c)
{
	int64_t n = -1;

	assert_int_equal(ocr_cut_rows(&n, pix, c, HEIGHT, NULL), ASSAY_OK);
	pixDestroy(&pix);
	return n;
}

static void cut__rows_through_both_borders__two(void **state)
{
	PIX *pix = page_new();

	(void)state;
	row(pix, 30, 0, 15, 0);
	row(pix, 30, 100, 130, 3);
	row(pix, 30, LENGTH - 15, LENGTH, 3);
	assert_int_equal(cut_of(pix, &whole), 2);
}

static void cut__page_close_to_its_text__none(void **state)
{
	PIX *pix = page_new();

	(void)state;
	row(pix, 30, HEIGHT / 3, HEIGHT, 3); /* ten of thirty reach the border */
	row(pix, 30, 100, 130, 3);
	assert_int_equal(cut_of(pix, &whole), 0);
}

static void cut__few_letters__none(void **state)
{
	PIX *pix = page_new();

	(void)state;
	row(pix, 7, 0, 15, 0);
	assert_int_equal(cut_of(pix, &whole), 0);
}

static void cut__eight_letters__one(void **state)
{
	PIX *pix = page_new();

	(void)state;
	row(pix, 8, 0, 15, 0);
	assert_int_equal(cut_of(pix, &whole), 1);
}

static void cut__rule_black_edge_and_dirt__none(void **state)
{
	PIX *pix = page_new();

	(void)state;
	(void)pixRasterop(pix, 0, 0, WIDTH, 12, PIX_SET, NULL, 0, 0);
	for (int i = 0; i < 30; i++) /* of all heights */
		letter(pix, 100 + STEP * i, LENGTH - 7 - 3 * (i * 7 % 10), LENGTH);
	assert_int_equal(cut_of(pix, &whole), 0);
}

/* The upper border falls by 20 px over the width: a row below it is cut where it still lies above. */
static void cut__border_that_falls_aslant__along_it(void **state)
{
	const assay_corners c = {{0, WIDTH, WIDTH, 0}, {0, 20, LENGTH + 20, LENGTH}};
	PIX *pix = page_new();

	(void)state;
	for (int i = 0; i < 30; i++)
		letter(pix, 100 + STEP * i, (100 + STEP * i + STEP / 2) / 50, 24);
	assert_int_equal(cut_of(pixCopy(NULL, pix), &c), 1);
	assert_int_equal(cut_of(pix, &whole), 0);
}

static void cut__empty_page__none(void **state)
{
	(void)state;
	assert_int_equal(cut_of(page_new(), &whole), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(cut__rows_through_both_borders__two),
	    cmocka_unit_test(cut__page_close_to_its_text__none),
	    cmocka_unit_test(cut__few_letters__none),
	    cmocka_unit_test(cut__eight_letters__one),
	    cmocka_unit_test(cut__rule_black_edge_and_dirt__none),
	    cmocka_unit_test(cut__border_that_falls_aslant__along_it),
	    cmocka_unit_test(cut__empty_page__none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
