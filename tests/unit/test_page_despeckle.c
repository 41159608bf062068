#include "ocr_cmocka.h"

#include "ocr.h"
#include "ocr_alloc.h"
#include "ocr_page.h"

static run r;

static int setup(void **state)
{
	(void)state;
	memset(&r, 0, sizeof r);
	run_add(&r, &assay_stage_page_despeckle);
	return (int)r.rc;
}

static int teardown(void **state)
{
	(void)state;
	run_release(&r);
	return 0;
}

static void bar(PIX *pix, int x, int y, int w, int h, unsigned v)
{
	for (int b = y; b < y + h; b++)
		for (int a = x; a < x + w; a++)
			(void)pixSetPixel(pix, a, b, v);
}

static void binary__groups_up_to_size__gone_and_counted(void **state)
{
	PIX *pix = pixCreate(200, 100, 1), *out;

	(void)state;
	bar(pix, 50, 50, 20, 20, 1); /* 400: stays */
	bar(pix, 0, 0, 2, 2, 1);     /* 4, in the corner */
	bar(pix, 199, 99, 1, 1, 1);  /* 1, in the other */
	bar(pix, 100, 10, 3, 2, 1);  /* 6, over a word's border at 96..128? no: inside it */
	bar(pix, 126, 30, 4, 1, 1);  /* 4, over the border of two words */
	for (int i = 0; i < 5; i++)  /* 5, joined at corners only */
		bar(pix, 10 + i, 60 + i, 1, 1, 1);
	bar(pix, 150, 60, 7, 1, 1); /* 7: one more than size */
	run_set(&r, "size", "6");
	run_page(&r, pix, 0);
	assert_int_equal(r.rc, ASSAY_OK);
	assert_int_equal(run_value(&r, "page.specks"), 5);
	assert_int_equal(run_value(&r, "page.speck_ratio"), 46838); /* 20 of 427 */
	out = r.pages[0]->u.page.pix;
	assert_int_equal(pixel(out, 0, 0), 0);
	assert_int_equal(pixel(out, 199, 99), 0);
	assert_int_equal(pixel(out, 101, 11), 0);
	assert_int_equal(pixel(out, 127, 30), 0);
	assert_int_equal(pixel(out, 128, 30), 0);
	assert_int_equal(pixel(out, 14, 64), 0);
	assert_int_equal(pixel(out, 150, 60), 1);
	assert_int_equal(pixel(out, 69, 69), 1);
	assert_int_equal(pixel(pix, 0, 0), 1); /* the page before is as it was */
	pixDestroy(&pix);
}

/* Reference: Leptonica's connected components, each counted and removed by itself. */
static void plain(PIX *pix, size_t size, PIX **out, uint64_t *specks)
{
	PIXA *parts = NULL;
	BOXA *boxes = pixConnComp(pix, &parts, 8);

	*out = pixCopy(NULL, pix);
	*specks = 0;
	for (int i = 0; i < pixaGetCount(parts); i++) {
		PIX *part = pixaGetPix(parts, i, L_CLONE);
		l_int32 n = 0, x = 0, y = 0, w = 0, h = 0;

		(void)pixCountPixels(part, &n, NULL);
		(void)boxaGetBoxGeometry(boxes, i, &x, &y, &w, &h);
		if ((size_t)n <= size) {
			(void)pixRasterop(*out, x, y, w, h, PIX_DST & PIX_NOT(PIX_SRC), part, 0, 0);
			++*specks;
		}
		pixDestroy(&part);
	}
	boxaDestroy(&boxes);
	pixaDestroy(&parts);
}

static void binary__noise_of_any_density__as_by_connected_components(void **state)
{
	static const unsigned percents[] = {2, 10, 25, 40, 60, 90};

	(void)state;
	for (size_t k = 0; k < sizeof percents / sizeof *percents; k++)
		for (int size = 1; size < 70; size += 17) {
			PIX *pix = pixCreate(211, 97, 1), *want;
			uint32_t seed = 7 + (uint32_t)k;
			uint64_t specks;
			l_int32 same = 0;
			char text[16];

			for (int y = 0; y < 97; y++)
				for (int x = 0; x < 211; x++)
					(void)pixSetPixel(pix, x, y, test_random(&seed) % 100 < percents[k]);
			plain(pix, (size_t)size, &want, &specks);
			(void)snprintf(text, sizeof text, "%d", size);
			run_forget(&r);
			run_set(&r, "size", text);
			run_page(&r, pix, 0);
			assert_int_equal(run_value(&r, "page.specks"), specks);
			(void)pixEqual(r.pages[0]->u.page.pix, want, &same);
			if (!same)
				fail_msg("%u %% ink, size %d", percents[k], size);
			pixDestroy(&want);
			pixDestroy(&pix);
		}
}

static void grey_and_colour__speck__painted_as_the_paper_around(void **state)
{
	static const int depths[] = {8, 32};

	(void)state;
	for (size_t d = 0; d < 2; d++) {
		const unsigned ink = d == 0 ? 20 : 0x14141400, paper = d == 0 ? 230 : 0xf0e6c800;
		PIX *pix = pixCreate(100, 80, depths[d]);

		(void)pixSetAllArbitrary(pix, paper);
		bar(pix, 20, 20, 20, 10, ink);
		bar(pix, 70, 50, 2, 2, ink);
		run_forget(&r);
		run_set(&r, "size", "4");
		run_page(&r, pix, 0);
		assert_int_equal(run_value(&r, "page.specks"), 1);
		assert_int_equal(run_value(&r, "page.speck_ratio"), 19608); /* 4 of 204 */
		assert_int_equal(pixel(r.pages[0]->u.page.pix, 70, 50), paper);
		assert_int_equal(pixel(r.pages[0]->u.page.pix, 71, 51), paper);
		assert_int_equal(pixel(r.pages[0]->u.page.pix, 20, 20), ink);
		pixDestroy(&pix);
	}
}

static void size__by_resolution__eight_at_300_dpi(void **state)
{
	static const struct {
		int dpi, width, limit;
	} cases[] = {{300, 100, 8},  {200, 100, 3}, {150, 100, 2}, {100, 100, 0},
		     {600, 100, 32}, {0, 3510, 8},  {0, 117, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (int more = 0; more < 2; more++) {
			PIX *pix = pixCreate(cases[i].width, 60, 1);

			bar(pix, 10, 10, cases[i].limit + more, 1, 1);
			bar(pix, 10, 30, 40, 20, 1);
			run_forget(&r);
			run_page(&r, pix, cases[i].dpi);
			assert_int_equal(run_value(&r, "page.specks"), !more && cases[i].limit > 0);
			pixDestroy(&pix);
		}
}

static void nothing_to_remove__page_passes_as_it_is(void **state)
{
	static const int sizes[][2] = {{1, 1}, {3, 5000}, {9000, 2}, {64, 64}};

	(void)state;
	for (size_t i = 0; i < 4; i++)
		for (int k = 0; k < 6; k++) {
			static const int depths[] = {1, 8, 32};
			PIX *pix = pixCreate(sizes[i][0], sizes[i][1], depths[k / 2]);

			(void)(k % 2 ? pixSetAll(pix) : pixClearAll(pix));
			run_forget(&r);
			run_page(&r, pix, 300);
			assert_int_equal(r.rc, ASSAY_OK);
			if (pixGetDepth(pix) == 1 && k % 2 && sizes[i][0] == 1)
				assert_int_equal(run_value(&r, "page.specks"), 1); /* the one pixel is a speck */
			else
				assert_ptr_equal(r.pages[0]->u.page.pix, pix);
			if (pixGetDepth(pix) > 1)
				assert_string_equal(run_find(&r, 0, "page.speck_ratio")->undefined, "no ink");
			pixDestroy(&pix);
		}
}

/* Paper grain of a few levels is no ink, however it is divided. */
static void grain__page_of_low_contrast__left_alone(void **state)
{
	PIX *pix = pixCreate(300, 300, 8);
	uint32_t seed = 5;

	(void)state;
	for (int y = 0; y < 300; y++)
		for (int x = 0; x < 300; x++)
			(void)pixSetPixel(pix, x, y, 225 + test_random(&seed) % 20);
	run_page(&r, pix, 300);
	assert_int_equal(run_value(&r, "page.specks"), 0);
	assert_ptr_equal(r.pages[0]->u.page.pix, pix);
	pixDestroy(&pix);
}

static void every_allocation_fails_in_turn__enomem_and_no_page(void **state)
{
	PIX *pix = pixCreate(200, 100, 8);

	(void)pixSetAllArbitrary(pix, 230);
	bar(pix, 20, 20, 20, 10, 20);
	bar(pix, 70, 50, 2, 2, 20);
	run_set(&r, "size", "4");

	(void)state;
	assert_in_range(run_failing(&r, pix), 4, 20);
	pixDestroy(&pix);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(binary__groups_up_to_size__gone_and_counted),
	    TEST(binary__noise_of_any_density__as_by_connected_components),
	    TEST(grey_and_colour__speck__painted_as_the_paper_around),
	    TEST(size__by_resolution__eight_at_300_dpi),
	    TEST(nothing_to_remove__page_passes_as_it_is),
	    TEST(grain__page_of_low_contrast__left_alone),
	    TEST(every_allocation_fails_in_turn__enomem_and_no_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
