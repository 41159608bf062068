/* Bricks and distances, against Leptonica's own, which the library itself is asked for: the program has its own of those names. */
#include "ocr_cmocka.h"

#include "page_brick.h"
#include "page_distance.h"

#include <dlfcn.h>
#include <string.h>

#include <leptonica/allheaders.h>

static PIX *(*open_brick)(PIX *pixd, PIX *pixs, l_int32 hsize, l_int32 vsize);
static PIX *(*distance_function)(PIX *pixs, l_int32 connectivity, l_int32 outdepth, l_int32 boundcond);

static void find(void *out, void *library, const char *name)
{
	void *const symbol = dlsym(library, name);

	assert_non_null(symbol);
	memcpy(out, &symbol, sizeof symbol);
}

static int setup(void **state)
{
	Dl_info lept;
	void *library;

	(void)state;
	if (dladdr((void *)(uintptr_t)pixCloseSafeBrick, &lept) == 0)
		return 1;
	library = dlopen(lept.dli_fname, RTLD_NOW | RTLD_NOLOAD);
	assert_non_null(library);
	find(&open_brick, library, "pixOpenBrick");
	find(&distance_function, library, "pixDistanceFunction");
	return 0;
}

/* Blots of several sizes, some at the edges; `depth` 1 or 8. */
static PIX *blots(int width, int height, int depth, uint32_t seed)
{
	PIX *pix = pixCreate(width, height, depth);

	assert_non_null(pix);
	for (int i = 0; i < width * height / 40 + 3; i++) {
		const int x = (int)(test_random(&seed) % (uint32_t)width),
			  y = (int)(test_random(&seed) % (uint32_t)height);
		const int w = 1 + (int)(test_random(&seed) % 7), h = 1 + (int)(test_random(&seed) % 5);
		const uint32_t level = test_random(&seed) % 256;

		for (int dy = 0; dy < h && y + dy < height; dy++)
			for (int dx = 0; dx < w && x + dx < width; dx++)
				(void)pixSetPixel(pix, x + dx, y + dy, depth == 1 ? 1 : level);
	}
	return pix;
}

static void expect_equal(PIX *a, PIX *b)
{
	l_int32 same = 0;

	assert_non_null(a);
	assert_non_null(b);
	assert_int_equal(pixEqual(a, b, &same), 0);
	assert_int_equal(same, 1);
	pixDestroy(&a);
	pixDestroy(&b);
}

static const int sides[] = {1, 2, 3, 4, 5, 7, 8, 13, 16, 21, 31, 32, 33, 41, 64, 65, 97};
static const int widths[] = {1, 31, 32, 33, 64, 100, 257};

static void close_open__every_size__as_leptonica(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
		PIX *pix = blots(widths[i], 70, 1, (uint32_t)i + 1);

		for (size_t w = 0; w < sizeof sides / sizeof *sides; w++)
			for (size_t h = w % 3; h < sizeof sides / sizeof *sides; h += 3) {
				expect_equal(page_brick_close(pix, sides[w], sides[h]),
					     pixCloseSafeBrick(NULL, pix, sides[w], sides[h]));
				expect_equal(page_brick_open(pix, sides[w], sides[h]),
					     open_brick(NULL, pix, sides[w], sides[h]));
			}
		pixDestroy(&pix);
	}
}

/* What lies behind the last pixel of a row is no ink. */
static void close__ink_behind_the_edge__is_not_seen(void **state)
{
	PIX *pix = pixCreate(40, 9, 1), *plain;

	(void)state;
	assert_non_null(pix);
	(void)pixSetPixel(pix, 30, 4, 1);
	plain = pixCopy(NULL, pix);
	(void)pixSetPadBits(pix, 1);
	expect_equal(page_brick_close(pix, 31, 3), page_brick_close(plain, 31, 3));
	pixDestroy(&plain);
	pixDestroy(&pix);
}

static void grey__every_odd_size__as_leptonica(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
		PIX *pix = blots(widths[i], 57, 8, (uint32_t)i + 1);

		for (int side = 1; side < 30; side += 2) {
			expect_equal(page_brick_brightest(pix, side), pixDilateGray(pix, side, side));
			expect_equal(page_brick_close_grey(pix, side), pixCloseGray(pix, side, side));
		}
		pixDestroy(&pix);
	}
}

static void distance__ink_of_every_kind__as_leptonica(void **state)
{
	static const int heights[] = {1, 2, 3, 57};

	(void)state;
	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
		for (size_t k = 0; k < 4; k++) {
			PIX *pix = blots(widths[i], heights[k], 1, (uint32_t)i + 1);

			expect_equal(page_distance(pix), distance_function(pix, 4, 8, L_BOUNDARY_BG));
			pixDestroy(&pix);
		}
}

/* Deeper than a byte tells. */
static void distance__deep_ink__at_most_255(void **state)
{
	PIX *pix = pixCreate(700, 700, 1), *out;
	l_uint32 middle;

	(void)state;
	assert_non_null(pix);
	(void)pixSetAll(pix);
	out = page_distance(pix);
	(void)pixGetPixel(out, 350, 350, &middle);
	assert_int_equal(middle, 255);
	expect_equal(out, distance_function(pix, 4, 8, L_BOUNDARY_BG));
	pixDestroy(&pix);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(close_open__every_size__as_leptonica),
	    cmocka_unit_test(close__ink_behind_the_edge__is_not_seen),
	    cmocka_unit_test(grey__every_odd_size__as_leptonica),
	    cmocka_unit_test(distance__ink_of_every_kind__as_leptonica),
	    cmocka_unit_test(distance__deep_ink__at_most_255),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
