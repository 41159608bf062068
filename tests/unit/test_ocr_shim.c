#include "ocr_cmocka.h"

#include "ocr_shim.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include <leptonica/allheaders.h>
#include <tesseract/capi.h>

void GOMP_parallel(void (*fn)(void *), void *data, unsigned threads, unsigned flags);
void GOMP_parallel_sections(void (*fn)(void *), void *data, unsigned threads, unsigned count, unsigned flags);
unsigned GOMP_sections_next(void);
void GOMP_sections_end_nowait(void);

/* What a shared library's call of that name reaches. */
static void bound__names_of_tesseract__to_the_program(void **state)
{
	static const char *const names[] = {
	    "GOMP_parallel", "GOMP_parallel_sections", "GOMP_sections_next", "GOMP_sections_end_nowait",
	    "pixWriteMem",   "pixOpenBrick",           "pixDistanceFunction"};
	Dl_info own, found;

	(void)state;
	assert_non_null(TessVersion()); /* the library is there */
	assert_int_not_equal(dladdr((void *)(uintptr_t)ocr_shim_lines, &own), 0);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		void *at = dlsym(RTLD_DEFAULT, names[i]);

		assert_non_null(at);
		assert_int_not_equal(dladdr(at, &found), 0);
		if (found.dli_fbase != own.dli_fbase)
			fail_msg("%s is that of %s", names[i], found.dli_fname);
	}
}

static unsigned order[16], order_count;

static void inner(void *data)
{
	(void)data;
	for (unsigned s = GOMP_sections_next(); s != 0; s = GOMP_sections_next())
		order[order_count++] = 10 + s;
	GOMP_sections_end_nowait();
}

static void outer(void *data)
{
	for (unsigned s = GOMP_sections_next(); s != 0; s = GOMP_sections_next()) {
		order[order_count++] = s;
		if (s == 2)
			GOMP_parallel_sections(inner, data, 0, 2, 0);
	}
	GOMP_sections_end_nowait();
}

static void sections__nested__each_once_in_order(void **state)
{
	static const unsigned expected[] = {1, 2, 11, 12, 3};

	(void)state;
	order_count = 0;
	GOMP_parallel_sections(outer, NULL, 4, 3, 0);
	assert_int_equal(order_count, 5);
	assert_memory_equal(order, expected, sizeof expected);
	assert_int_equal(GOMP_sections_next(), 0);
}

static void count_up(void *data)
{
	++*(int *)data;
}

static void parallel__region__once_whatever_is_asked_for(void **state)
{
	int n = 0;

	(void)state;
	GOMP_parallel(count_up, &n, 4, 0);
	GOMP_parallel(count_up, &n, 0, 0);
	assert_int_equal(n, 2);
}

static PIX *noise(int depth)
{
	PIX *pix = pixCreate(61, 36, depth);
	uint32_t seed = 99;

	for (int y = 0; y < 36; y++)
		for (int x = 0; x < 61; x++)
			(void)pixSetPixel(pix, x, y,
					  depth == 32 ? test_random(&seed) & 0xffffff00 : test_random(&seed));
	return pix;
}

static void lines__every_depth__pixels_as_through_png(void **state)
{
	static const int depths[] = {1, 8, 32};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		PIX *pix = noise(depths[i]);

		for (int on = 0; on < 2; on++) {
			l_uint8 *data = NULL;
			size_t size = 0;
			l_int32 same = 0;
			PIX *back;

			ocr_shim_lines(on != 0);
			assert_int_equal(pixWriteMem(&data, &size, pix, IFF_PNG), 0);
			ocr_shim_lines(false);
			assert_memory_equal(data, on ? "spix" : "\x89PNG", 4);
			back = pixReadMem(data, size);
			assert_non_null(back);
			assert_int_equal(pixGetDepth(back), depths[i]);
			(void)pixEqual(pix, back, &same);
			assert_true(same);
			pixDestroy(&back);
			lept_free(data);
		}
		pixDestroy(&pix);
	}
}

static void lines__other_formats__as_asked_for(void **state)
{
	PIX *pix = noise(8);
	l_uint8 *data = NULL;
	size_t size = 0;

	(void)state;
	ocr_shim_lines(true);
	assert_int_equal(pixWriteMem(&data, &size, pix, IFF_PNM), 0);
	ocr_shim_lines(false);
	assert_memory_equal(data, "P5", 2);
	lept_free(data);
	pixDestroy(&pix);
}

static bool same(PIX *a, PIX *b)
{
	l_int32 equal = 0;

	assert_non_null(a);
	assert_non_null(b);
	(void)pixEqual(a, b, &equal);
	pixDestroy(&a);
	pixDestroy(&b);
	return equal != 0;
}

/* Asked for in other ways than Tesseract's, they are Leptonica's. */
static void bricks_and_distances__other_ways__as_asked_for(void **state)
{
	PIX *pix = noise(1), *out = pixCreateTemplate(pix), *deep;

	(void)state;
	assert_ptr_equal(pixOpenBrick(out, pix, 2, 3), out);
	assert_true(same(out, pixOpenBrick(NULL, pix, 2, 3)));
	assert_null(pixOpenBrick(NULL, pix, 0, 3));
	assert_null(pixOpenBrick(NULL, NULL, 2, 3));
	deep = pixDistanceFunction(pix, 8, 16, L_BOUNDARY_FG);
	assert_int_equal(pixGetDepth(deep), 16);
	pixDestroy(&deep);
	assert_null(pixDistanceFunction(NULL, 4, 8, L_BOUNDARY_BG));
	pixDestroy(&pix);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bound__names_of_tesseract__to_the_program),
	    cmocka_unit_test(sections__nested__each_once_in_order),
	    cmocka_unit_test(parallel__region__once_whatever_is_asked_for),
	    cmocka_unit_test(lines__every_depth__pixels_as_through_png),
	    cmocka_unit_test(lines__other_formats__as_asked_for),
	    cmocka_unit_test(bricks_and_distances__other_ways__as_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
