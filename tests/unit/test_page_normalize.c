#include "ocr_cmocka.h"

#include "ocr.h"
#include "ocr_alloc.h"
#include "ocr_page.h"

static run r;

static int setup(void **state)
{
	(void)state;
	memset(&r, 0, sizeof r);
	run_add(&r, &assay_stage_page_normalize);
	return (int)r.rc;
}

static int teardown(void **state)
{
	(void)state;
	run_release(&r);
	return 0;
}

static const char *why(const char *metric)
{
	const run_measure *m = run_find(&r, 0, metric);

	assert_non_null(m);
	assert_non_null(m->undefined);
	return m->undefined;
}

/* Paper of 240 under a light that falls to a half from left to right, with bars of ink at a quarter of the paper. */
static unsigned paper_at(int x, int width)
{
	return 240u - 120u * (unsigned)x / (unsigned)(width - 1);
}

static bool is_ink(int x, int y)
{
	return y % 40 < 8 && x % 24 < 6;
}

static PIX *shaded(int width, int height, int depth)
{
	PIX *pix = pixCreate(width, height, depth);

	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++) {
			const unsigned v = paper_at(x, width) / (is_ink(x, y) ? 4 : 1);

			(void)pixSetPixel(pix, x, y, depth == 8 ? v : v << 24 | v << 16 | v << 8);
		}
	return pix;
}

static void divide__light_that_falls_off__paper_level_and_ink_in_proportion(void **state)
{
	static const int depths[] = {8, 32};

	(void)state;
	for (size_t d = 0; d < 2; d++) {
		PIX *pix = shaded(1200, 800, depths[d]), *out;

		run_forget(&r);
		run_set(&r, "tile", "48");
		run_page(&r, pix, 300);
		assert_int_equal(r.rc, ASSAY_OK);
		out = r.pages[0]->u.page.pix;
		assert_int_equal(pixGetDepth(out), depths[d]);
		for (int y = 0; y < 800; y += 3)
			for (int x = 0; x < 1200; x++) {
				const int shift = depths[d] == 8 ? 0 : 24;
				const unsigned v = pixel(out, x, y) >> shift & 0xff;
				const unsigned want = is_ink(x, y) ? 60 : 240;

				/* the background is flat from the outer centres on: a tile's ramp is 4 % of the light */
				const unsigned off = x < 72 || x >= 1128 ? 9 : 4;

				if (v + off < want || v > want + off)
					fail_msg("%d bpp: %u at %d,%d, not %u", depths[d], v, x, y, want);
			}
		/* 25 tiles across: the 5th and 95th percentiles are the second tiles from either end, about 236 and 126 */
		assert_in_range(run_value(&r, "page.background_unevenness"), 4300, 5100);
		assert_in_range(run_value(&r, "page.background_level"), 178, 186);
		assert_in_range(run_value(&r, "page.background_unevenness_left"), 0, 120);
		assert_int_equal(r.pages[0]->u.page.dpi_x, 300);
		pixDestroy(&pix);
	}
}

/* Between flat areas all is exact: v 240 / b, rounded, and v + 240 - b. */
static void methods__flat_page__the_formula_exactly(void **state)
{
	(void)state;
	for (unsigned b = 60; b < 256; b += 5)
		for (int m = 0; m < 2; m++) {
			PIX *pix = pixCreate(100, 70, 8);
			int want;

			(void)pixSetAllArbitrary(pix, b);
			(void)pixSetPixel(pix, 40, 30, 37);
			run_forget(&r);
			run_set(&r, "method", m == 0 ? "divide" : "subtract");
			run_page(&r, pix, 0);
			assert_int_equal(r.rc, ASSAY_OK);
			assert_int_equal(pixel(r.pages[0]->u.page.pix, 0, 0), 240);
			assert_int_equal(pixel(r.pages[0]->u.page.pix, 99, 69), 240);
			want = m == 0 ? (int)((37 * 240 * 2 + b) / (2 * b)) : 37 + 240 - (int)b;
			if (want > 255)
				want = 255;
			if (want < 0)
				want = 0;
			if (abs((int)pixel(r.pages[0]->u.page.pix, 40, 30) - want) > (m == 0 && 37 * 480 % b == 0))
				fail_msg("%s from %u: %u, not %d", m == 0 ? "divide" : "subtract", b,
					 pixel(r.pages[0]->u.page.pix, 40, 30), want);
			assert_int_equal(run_value(&r, "page.background_level"), b);
			assert_int_equal(run_value(&r, "page.background_unevenness"), 0);
			assert_int_equal(run_value(&r, "page.background_unevenness_left"), 0);
			pixDestroy(&pix);
		}
}

/* The paper's colour stays: one factor for all three channels. */
static void divide__yellowed_paper__keeps_its_hue(void **state)
{
	PIX *pix = pixCreate(64, 64, 32);
	l_uint32 v;

	(void)state;
	(void)pixSetAllArbitrary(pix, 120u << 24 | 110u << 16 | 80u << 8); /* grey 109.6: 110 */
	run_page(&r, pix, 0);
	v = pixel(r.pages[0]->u.page.pix, 20, 20);
	assert_int_equal(v >> 24, 255); /* 120 x 240 / 110 = 261.8 */
	assert_int_equal(v >> 16 & 0xff, 240);
	assert_int_equal(v >> 8 & 0xff, 175); /* 174.5, of sixteenths */
	assert_int_equal(v & 0xff, 0);
	pixDestroy(&pix);
}

static void picture__dark_area__scaled_as_its_surroundings(void **state)
{
	PIX *pix = pixCreate(800, 800, 8);

	(void)state;
	(void)pixSetAllArbitrary(pix, 200);
	for (int y = 300; y < 500; y++)
		for (int x = 300; x < 500; x++)
			(void)pixSetPixel(pix, x, y, 30);
	run_set(&r, "tile", "50");
	run_page(&r, pix, 0);
	assert_int_equal(pixel(r.pages[0]->u.page.pix, 400, 400), 36); /* 30 x 240 / 200 */
	assert_int_equal(pixel(r.pages[0]->u.page.pix, 10, 10), 240);
	assert_int_equal(run_value(&r, "page.background_level"), 200);
	pixDestroy(&pix);
}

/* Up to three quarters of a tile may be ink. */
static void background__tile_that_is_mostly_ink__its_paper(void **state)
{
	PIX *pix = pixCreate(400, 400, 8);

	(void)state;
	(void)pixSetAllArbitrary(pix, 200);
	for (int y = 0; y < 400; y++)
		for (int x = 0; x < 400; x++)
			if (x % 10 < 7)
				(void)pixSetPixel(pix, x, y, 70);
	run_set(&r, "tile", "50");
	run_page(&r, pix, 0);
	assert_int_equal(run_value(&r, "page.background_level"), 200);
	assert_int_equal(pixel(r.pages[0]->u.page.pix, 0, 0), 84); /* 70 x 240 / 200 */
	assert_int_equal(pixel(r.pages[0]->u.page.pix, 9, 9), 240);
	pixDestroy(&pix);
}

static void nothing_to_even_out__page_passes_as_it_is(void **state)
{
	PIX *binary = pixCreate(50, 20, 1), *dark = pixCreate(300, 200, 8);

	(void)state;
	run_page(&r, binary, 0);
	assert_ptr_equal(r.pages[0]->u.page.pix, binary);
	assert_string_equal(why("page.background_level"), "page is binary");
	run_forget(&r);
	run_page(&r, dark, 0);
	assert_ptr_equal(r.pages[0]->u.page.pix, dark);
	assert_string_equal(why("page.background_unevenness"), "no background: all of the page is dark");
	assert_string_equal(why("page.background_unevenness_left"), "no background: all of the page is dark");
	pixDestroy(&binary);
	pixDestroy(&dark);
}

static void pages_of_any_shape__one_page_of_that_shape(void **state)
{
	static const int sizes[][2] = {{1, 1}, {2, 3}, {1, 5000}, {20000, 1}, {15, 17}, {33, 4000}};
	static const char *const tiles[] = {"0", "16", "2048"};

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (size_t t = 0; t < 3; t++)
			for (int depth = 8; depth <= 32; depth += 24) {
				PIX *pix = pixCreate(sizes[i][0], sizes[i][1], depth);

				(void)pixSetAllArbitrary(pix, depth == 8 ? 255 : 0xffffff00);
				run_forget(&r);
				run_set(&r, "tile", tiles[t]);
				run_set(&r, "target", "255");
				run_page(&r, pix, 0);
				assert_int_equal(r.rc, ASSAY_OK);
				assert_int_equal(pixGetWidth(r.pages[0]->u.page.pix), sizes[i][0]);
				assert_int_equal(pixGetHeight(r.pages[0]->u.page.pix), sizes[i][1]);
				assert_int_equal(pixel(r.pages[0]->u.page.pix, sizes[i][0] - 1, sizes[i][1] - 1),
						 depth == 8 ? 255 : 0xffffff00);
				pixDestroy(&pix);
			}
}

static void every_allocation_fails_in_turn__enomem_and_no_page(void **state)
{
	PIX *pix = shaded(200, 100, 8);

	(void)state;
	assert_in_range(run_failing(&r, pix), 4, 20);
	pixDestroy(&pix);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(divide__light_that_falls_off__paper_level_and_ink_in_proportion),
	    TEST(methods__flat_page__the_formula_exactly),
	    TEST(divide__yellowed_paper__keeps_its_hue),
	    TEST(picture__dark_area__scaled_as_its_surroundings),
	    TEST(background__tile_that_is_mostly_ink__its_paper),
	    TEST(nothing_to_even_out__page_passes_as_it_is),
	    TEST(pages_of_any_shape__one_page_of_that_shape),
	    TEST(every_allocation_fails_in_turn__enomem_and_no_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
