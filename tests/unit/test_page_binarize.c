#include "ocr_cmocka.h"

#include "ocr.h"
#include "ocr_page.h"

#include <math.h>

static run r;

static int setup(void **state)
{
	(void)state;
	memset(&r, 0, sizeof r);
	run_add(&r, &assay_stage_page_binarize);
	return (int)r.rc;
}

static int teardown(void **state)
{
	(void)state;
	run_release(&r);
	return 0;
}

static PIX *noise(int width, int height, uint32_t seed)
{
	PIX *pix = pixCreate(width, height, 8);

	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++)
			(void)pixSetPixel(pix, x, y, (test_random(&seed) % 80 + (unsigned)(x + y) % 176));
	return pix;
}

static void otsu__two_levels__split_between_them(void **state)
{
	PIX *pix = pixCreate(50, 20, 8);

	(void)state;
	(void)pixSetAllArbitrary(pix, 200);
	for (int x = 10; x < 20; x++)
		(void)pixSetPixel(pix, x, 5, 60);
	run_page(&r, pix, 0);
	assert_int_equal(r.rc, ASSAY_OK);
	assert_int_equal(pixGetDepth(r.pages[0]->u.page.pix), 1);
	assert_int_equal(run_find(&r, 0, "page.threshold")->value, 60);
	assert_int_equal(pixel(r.pages[0]->u.page.pix, 9, 5), 0);
	assert_int_equal(pixel(r.pages[0]->u.page.pix, 10, 5), 1);
	assert_int_equal(pixel(r.pages[0]->u.page.pix, 19, 5), 1);
	assert_int_equal(pixel(r.pages[0]->u.page.pix, 20, 5), 0);
	assert_int_equal(r.pages[0]->u.page.number, 1);
	pixDestroy(&pix);
}

static void binary_page__passes_unchanged(void **state)
{
	PIX *pix = pixCreate(50, 20, 1);

	(void)state;
	run_page(&r, pix, 0);
	assert_ptr_equal(r.pages[0]->u.page.pix, pix);
	assert_non_null(run_find(&r, 0, "page.threshold")->undefined);
	pixDestroy(&pix);
}

/* The definition, pixel by pixel, without sliding sums. */
static bool plain(PIX *pix, int x, int y, int radius, double k, bool sauvola)
{
	int64_t n = 0, s = 0, q = 0;
	double mean, variance;

	for (int v = y - radius; v <= y + radius; v++)
		for (int u = x - radius; u <= x + radius; u++) {
			if (u < 0 || v < 0 || u >= pixGetWidth(pix) || v >= pixGetHeight(pix))
				continue;
			n++;
			s += pixel(pix, u, v);
			q += (int64_t)pixel(pix, u, v) * pixel(pix, u, v);
		}
	if (!sauvola)
		return (int64_t)pixel(pix, x, y) * n * 100 < s * (int64_t)lround(100 - 100 * k);
	mean = (double)s / (double)n;
	variance = (double)q / (double)n - mean * mean;
	return pixel(pix, x, y) <= mean * (1 + k * (sqrt(variance > 0 ? variance : 0) / 128 - 1));
}

static void local_methods__equal_the_plain_definition(void **state)
{
	static const int windows[] = {3, 7, 21, 101};

	(void)state;
	for (int m = 0; m < 2; m++)
		for (size_t i = 0; i < 4; i++) {
			PIX *pix = noise(67, 45, 31 + (uint32_t)i);
			char text[8];

			run_forget(&r);
			run_set(&r, "method", m == 0 ? "sauvola" : "adaptive");
			(void)snprintf(text, sizeof text, "%d", windows[i]);
			run_set(&r, "window", text);
			run_page(&r, pix, 0);
			assert_int_equal(r.rc, ASSAY_OK);
			for (int y = 0; y < 45; y++)
				for (int x = 0; x < 67; x++)
					if (pixel(r.pages[0]->u.page.pix, x, y) !=
					    plain(pix, x, y, windows[i] / 2, 0.2, m == 0))
						fail_msg("window %d, pixel %d,%d", windows[i], x, y);
			pixDestroy(&pix);
		}
}

/* A shadow across the page: one threshold loses text on one side, a local one finds it on both. */
static void sauvola__shadowed_page__text_found_on_both_sides(void **state)
{
	PIX *pix = pixCreate(600, 300, 8);

	(void)state;
	for (int y = 0; y < 300; y++)
		for (int x = 0; x < 600; x++) {
			const int paper = 240 - x / 4;
			const bool ink = y % 30 < 6 && x % 20 < 5;

			(void)pixSetPixel(pix, x, y, (unsigned)(ink ? paper / 2 : paper));
		}
	run_set(&r, "method", "sauvola");
	run_set(&r, "window", "41");
	run_page(&r, pix, 0);
	for (int i = 0; i < 2; i++) {
		const int x = i ? 562 : 22;

		assert_int_equal(pixel(r.pages[0]->u.page.pix, x, 122), 1);
		assert_int_equal(pixel(r.pages[0]->u.page.pix, x + 10, 122), 0);
		assert_int_equal(pixel(r.pages[0]->u.page.pix, x, 138), 0);
	}
	pixDestroy(&pix);
}

static void every_method__tiny_and_flat_pages__no_failure(void **state)
{
	static const char *const methods[] = {"otsu", "sauvola", "adaptive"};

	(void)state;
	for (int m = 0; m < 3; m++)
		for (int w = 1; w < 70; w += 33) {
			PIX *pix = pixCreate(w, 3, w % 2 ? 8 : 32);

			run_forget(&r);
			run_set(&r, "method", methods[m]);
			run_page(&r, pix, 0);
			assert_int_equal(r.rc, ASSAY_OK);
			assert_int_equal(pixGetWidth(r.pages[0]->u.page.pix), w);
			pixDestroy(&pix);
		}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(otsu__two_levels__split_between_them),          TEST(binary_page__passes_unchanged),
	    TEST(local_methods__equal_the_plain_definition),     TEST(sauvola__shadowed_page__text_found_on_both_sides),
	    TEST(every_method__tiny_and_flat_pages__no_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
