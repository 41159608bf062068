#include "ocr_cmocka.h"

#include "ocr.h"
#include "ocr_page.h"

#include "grey.h"

static run r;

static int setup(void **state)
{
	(void)state;
	memset(&r, 0, sizeof r);
	setMsgSeverity(L_SEVERITY_NONE);
	run_add(&r, &assay_stage_page_quality);
	return (int)r.rc;
}

static int teardown(void **state)
{
	(void)state;
	run_release(&r);
	return 0;
}

static void assert_undefined(const char *metric)
{
	const run_measure *m = run_find(&r, 0, metric);

	assert_non_null(m);
	assert_non_null(m->undefined);
}

static PIX *flat(int width, int height, unsigned grey)
{
	PIX *pix = pixCreate(width, height, 8);

	(void)pixSetAllArbitrary(pix, grey);
	return pix;
}

static void fill(PIX *pix, int left, int top, int width, int height, unsigned grey)
{
	for (int y = top; y < top + height; y++)
		for (int x = left; x < left + width; x++)
			(void)pixSetPixel(pix, x, y, grey);
}

/* Rows of short bars: a page of text seen from afar. */
static PIX *text_page(int depth, double degrees)
{
	PIX *pix = pixCreate(1240, 1754, depth), *turned;

	if (depth == 8)
		(void)pixSetAllArbitrary(pix, 255);
	for (int y = 100; y < 1650; y += 40)
		for (int x = 100; x < 1140; x += 26)
			fill(pix, x, y, 16, 18, depth == 8 ? 0 : 1);
	turned = pixRotate(pix, (float)(degrees * 3.14159265358979 / 180), L_ROTATE_SAMPLING, L_BRING_IN_WHITE, 0, 0);
	pixDestroy(&pix);
	return turned;
}

static void quality__flat_page__blank_and_without_contrast(void **state)
{
	PIX *pix = flat(300, 200, 240);

	(void)state;
	run_page(&r, pix, 300);
	assert_int_equal(r.rc, ASSAY_OK);
	assert_int_equal(run_value(&r, "page.width"), 300);
	assert_int_equal(run_value(&r, "page.height"), 200);
	assert_int_equal(run_value(&r, "page.dpi"), 300);
	assert_int_equal(run_value(&r, "page.sharpness"), 0);
	assert_int_equal(run_value(&r, "page.contrast"), 0);
	assert_int_equal(run_value(&r, "page.ink_ratio"), 0);
	assert_int_equal(run_value(&r, "page.blank"), 1);
	assert_undefined("page.skew");
	pixDestroy(&pix);
}

/* 100 x 100, a tenth of it at 50 on 200: contrast 150 / 255, ink 0.1 */
static void quality__two_levels__closed_form(void **state)
{
	PIX *pix = flat(100, 100, 200);

	(void)state;
	fill(pix, 20, 20, 25, 40, 50);
	run_page(&r, pix, 0);
	assert_int_equal(run_value(&r, "page.contrast"), 5882);
	assert_int_equal(run_value(&r, "page.ink_ratio"), 100000);
	assert_int_equal(run_value(&r, "page.blank"), 0);
	assert_undefined("page.dpi");
	pixDestroy(&pix);
}

/*
 * One pixel 100 darker in an n x n page: the Laplacian is +400 there, -100 on its four neighbours and 0 elsewhere;
 * sum 0, squares 200000 over (n - 2)^2 pixels.
 */
static void quality__single_dot__variance_of_laplacian_in_closed_form(void **state)
{
	PIX *pix = flat(102, 52, 200);

	(void)state;
	fill(pix, 40, 20, 1, 1, 100);
	run_page(&r, pix, 0);
	assert_int_equal(run_value(&r, "page.sharpness"), 200000 * 100 / (100 * 50));
	pixDestroy(&pix);
}

/* The variance grows by the square of the contrast, and with the dots: focus stays. 40 / (100^2 x 1 / 5304) = 21.22. */
static void quality__dots_of_any_contrast_and_number__same_focus(void **state)
{
	static const struct {
		uint32_t level;
		int dots;
	} pages[] = {{100, 1}, {140, 1}, {100, 3}, {140, 5}};

	(void)state;
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		PIX *pix = flat(102, 52, 200);

		for (int k = 0; k < pages[i].dots; k++)
			fill(pix, 10 + 12 * k, 20, 1, 1, pages[i].level);
		run_page(&r, pix, 0);
		assert_int_equal(run_value(&r, "page.focus"), 2122);
		run_forget(&r);
		pixDestroy(&pix);
	}
}

/* Twice the resolution, the same picture: both are measured at the same size. */
static void quality__page_scanned_at_twice_the_resolution__same_sharpness(void **state)
{
	PIX *small = flat(1240, 1754, 220), *large;
	int64_t first;

	(void)state;
	for (int i = 0; i < 40; i++)
		fill(small, 100 + 20 * i, 100 + 30 * i, 12, 12, 30);
	run_page(&r, small, 150);
	first = run_value(&r, "page.sharpness");
	run_forget(&r);
	large = pixExpandReplicate(small, 2);
	run_page(&r, large, 300);
	assert_int_equal(run_value(&r, "page.sharpness"), first);
	pixDestroy(&small);
	pixDestroy(&large);
}

static void quality__blur__less_sharp(void **state)
{
	PIX *sharp = text_page(8, 0), *blurred = pixBlockconv(sharp, 2, 2);
	int64_t first, focus;

	(void)state;
	run_page(&r, sharp, 150);
	first = run_value(&r, "page.sharpness");
	focus = run_value(&r, "page.focus");
	run_forget(&r);
	run_page(&r, blurred, 150);
	assert_true(run_value(&r, "page.sharpness") * 4 < first);
	assert_true(run_value(&r, "page.focus") * 4 < focus);
	pixDestroy(&sharp);
	pixDestroy(&blurred);
}

static void quality__skewed_text__magnitude_either_way(void **state)
{
	static const double angles[] = {0, 1.5, -1.5, 3};

	(void)state;
	for (int depth = 1; depth <= 8; depth += 7)
		for (size_t i = 0; i < 4; i++) {
			PIX *pix = text_page(depth, angles[i]);
			const int64_t expected = (int64_t)(100 * (angles[i] < 0 ? -angles[i] : angles[i]));

			run_forget(&r);
			run_page(&r, pix, 150);
			assert_in_range(run_value(&r, "page.skew") + 1000, 1000 + expected - 12, 1000 + expected + 12);
			pixDestroy(&pix);
		}
}

static void quality__binary_page__ink_counted_and_grey_metrics_undefined(void **state)
{
	PIX *pix = pixCreate(200, 100, 1);

	(void)state;
	fill(pix, 10, 10, 50, 20, 1);
	run_page(&r, pix, 0);
	assert_int_equal(run_value(&r, "page.ink_ratio"), 50000);
	assert_undefined("page.sharpness");
	assert_undefined("page.contrast");
	assert_undefined("page.focus");
	pixDestroy(&pix);
}

static void quality__page_number_alone__not_blank_but_specks_are(void **state)
{
	PIX *pix = flat(2480, 3508, 250);

	(void)state;
	for (int i = 0; i < 20; i++)
		fill(pix, 100 * i, 90 * i, 2, 2, 20);
	run_page(&r, pix, 300);
	assert_int_equal(run_value(&r, "page.blank"), 1);
	run_forget(&r);
	fill(pix, 1200, 3300, 8, 30, 20);
	fill(pix, 1220, 3300, 20, 30, 20);
	run_page(&r, pix, 300);
	assert_int_equal(run_value(&r, "page.blank"), 0);
	pixDestroy(&pix);
}

/* Noise of a standard deviation of 6 levels: three draws of 0 to 11, each of a variance of 143 / 12. */
static void add_grain(PIX *pix)
{
	uint32_t s = 1;

	for (int y = 0; y < pixGetHeight(pix); y++)
		for (int x = 0; x < pixGetWidth(pix); x++) {
			l_uint32 v = 0;
			int grain = -16;

			for (int i = 0; i < 3; i++) {
				s = s * 1664525 + 1013904223;
				grain += (int)(s >> 24) % 12;
			}
			(void)pixGetPixel(pix, x, y, &v);
			(void)pixSetPixel(pix, x, y, (l_uint32)((int)v + grain));
		}
}

/* Blank is less than 109 of these 2174960 pixels. */
static void quality__page_number_on_grain__ink_but_no_specks_nor_what_shines_through(void **state)
{
	static const struct {
		int width, height;
		unsigned grey;
		int64_t blank, ink;
	} pages[] = {{0, 0, 0, 1, 0}, {10, 10, 40, 1, 0}, {12, 20, 40, 0, 110}, {900, 1200, 212, 1, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		PIX *pix = flat(1240, 1754, 238);

		for (int y = 0; y < pages[i].height; y += 20) /* bars of text, or one figure */
			fill(pix, 200, 200 + y, pages[i].width, pages[i].height < 20 ? pages[i].height : 10,
			     pages[i].grey);
		if (pages[i].height == 20)
			fill(pix, 200, 200, 12, 20, 40);
		add_grain(pix);
		run_forget(&r);
		run_page(&r, pix, 150);
		assert_int_equal(run_value(&r, "page.blank"), pages[i].blank);
		assert_int_equal(run_value(&r, "page.ink_ratio"), pages[i].ink); /* 240 / 2174960 */
		assert_undefined("page.focus");
		pixDestroy(&pix);
	}
}

static void quality__tiny_pages__no_failure(void **state)
{
	(void)state;
	for (int w = 1; w <= 4; w++)
		for (int depth = 1; depth <= 32; depth = depth == 1 ? 8 : depth == 8 ? 32 : 64) {
			PIX *pix = pixCreate(w, 5 - w, depth);

			run_forget(&r);
			run_page(&r, pix, 0);
			assert_int_equal(r.rc, ASSAY_OK);
			pixDestroy(&pix);
		}
}

/* ---------------------------------------------------------------- grey.c */

static void otsu__matches_brute_force_over_means(void **state)
{
	uint32_t seed = 4711;

	(void)state;
	for (int round = 0; round < 200; round++) {
		uint64_t hist[256] = {0};
		long double best = -1;
		int t = -1;

		for (int i = 0; i < 40; i++)
			hist[test_random(&seed) % 256] += test_random(&seed) % 1000 + 1;
		for (int i = 0; i < 255; i++) {
			long double n0 = 0, n1 = 0, s0 = 0, s1 = 0, v;

			for (int k = 0; k < 256; k++) {
				*(k <= i ? &n0 : &n1) += (long double)hist[k];
				*(k <= i ? &s0 : &s1) += (long double)hist[k] * k;
			}
			if (n0 == 0 || n1 == 0)
				continue;
			v = n0 * n1 * (s0 / n0 - s1 / n1) * (s0 / n0 - s1 / n1);
			if (v > best * (1 + 1e-12L)) {
				best = v;
				t = i;
			}
		}
		assert_int_equal(grey_otsu(hist), t);
	}
}

static void otsu__one_level__none(void **state)
{
	uint64_t hist[256] = {[77] = 1000};

	(void)state;
	assert_int_equal(grey_otsu(hist), -1);
}

static void grey_row__colour__rec_601_weights(void **state)
{
	PIX *pix = pixCreate(3, 1, 32);
	uint8_t row[16];

	(void)state;
	(void)pixSetRGBPixel(pix, 0, 0, 255, 255, 255);
	(void)pixSetRGBPixel(pix, 1, 0, 255, 0, 0);
	(void)pixSetRGBPixel(pix, 2, 0, 0, 255, 0);
	assert_true(grey_row_size(pix) <= sizeof row);
	grey_row(row, pix, 0);
	assert_int_equal(row[0], 255);
	assert_int_equal(row[1], 77); /* 0.299 * 255 = 76.2 */
	assert_int_equal(row[2], 149);
	pixDestroy(&pix);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(quality__flat_page__blank_and_without_contrast),
	    TEST(quality__two_levels__closed_form),
	    TEST(quality__single_dot__variance_of_laplacian_in_closed_form),
	    TEST(quality__dots_of_any_contrast_and_number__same_focus),
	    TEST(quality__page_scanned_at_twice_the_resolution__same_sharpness),
	    TEST(quality__blur__less_sharp),
	    TEST(quality__skewed_text__magnitude_either_way),
	    TEST(quality__binary_page__ink_counted_and_grey_metrics_undefined),
	    TEST(quality__page_number_alone__not_blank_but_specks_are),
	    TEST(quality__page_number_on_grain__ink_but_no_specks_nor_what_shines_through),
	    TEST(quality__tiny_pages__no_failure),
	    cmocka_unit_test(otsu__matches_brute_force_over_means),
	    cmocka_unit_test(otsu__one_level__none),
	    cmocka_unit_test(grey_row__colour__rec_601_weights),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
