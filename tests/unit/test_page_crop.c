#include "ocr_cmocka.h"

#include "ocr.h"
#include "ocr_alloc.h"
#include "ocr_page.h"

#include "assay/decimal.h"

static run r;

static int setup(void **state)
{
	(void)state;
	memset(&r, 0, sizeof r);
	run_add(&r, &assay_stage_page_crop);
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

static PIX *out(void)
{
	assert_int_equal(r.rc, ASSAY_OK);
	assert_int_equal(r.page_count, 1);
	return r.pages[0]->u.page.pix;
}

/* A sheet with lines of text on a table of grey 40. */
static PIX *on_table(int width, int height, int left, int top, int right, int bottom)
{
	PIX *pix = pixCreate(width, height, 8);

	bar(pix, 0, 0, width, height, 40);
	bar(pix, left, top, right - left, bottom - top, 220);
	for (int y = top + 40; y + 20 < bottom - 30; y += 30)
		for (int x = left + 30; x + 8 < right - 30; x += 14)
			bar(pix, x, y, 8, 14, 30);
	return pix;
}

static void dark_border__cut_off(void **state)
{
	PIX *pix = on_table(800, 1000, 90, 60, 700, 940);
	int w, h;

	(void)state;
	run_page(&r, pix, 150);
	w = pixGetWidth(out());
	h = pixGetHeight(out());
	assert_in_range(w, 600, 612);
	assert_in_range(h, 870, 882);
	assert_int_equal(pixel(out(), 0, 0), 220);
	assert_int_equal(pixel(out(), w - 1, h - 1), 220);
	assert_int_equal(run_value(&r, "page.cropped"), assay_round_ratio(800000 - (int64_t)w * h, 800000, 4));
	assert_int_equal(r.pages[0]->u.page.dpi_x, 150);
	pixDestroy(&pix);
}

static void one_side__that_side_only(void **state)
{
	PIX *pix = on_table(800, 1000, 120, 0, 800, 1000);

	(void)state;
	run_page(&r, pix, 0);
	assert_in_range(pixGetWidth(out()), 674, 680);
	assert_int_equal(pixGetHeight(out()), 1000);
	pixDestroy(&pix);
}

static void no_border__the_same_page(void **state)
{
	PIX *pix = on_table(800, 1000, 0, 0, 800, 1000);
	l_int32 same = 0;

	(void)state;
	run_page(&r, pix, 0);
	assert_int_equal(run_value(&r, "page.cropped"), 0);
	(void)pixEqual(pix, out(), &same);
	assert_true(same);
	pixDestroy(&pix);
}

/* A border wider than max_cut may be a page half of which is dark: a cover, a photograph. */
static void wide_border__left_alone(void **state)
{
	PIX *pix = on_table(800, 1000, 300, 0, 800, 1000);

	(void)state;
	run_page(&r, pix, 0);
	assert_int_equal(pixGetWidth(out()), 800);
	pixDestroy(&pix);
}

/* Text that reaches beyond a rule across the page is not border: most of what would go is bright. */
static void text_beyond_a_rule__stays(void **state)
{
	PIX *pix = on_table(800, 1000, 0, 0, 800, 1000);

	(void)state;
	bar(pix, 100, 0, 12, 1000, 30);
	for (int y = 40; y < 960; y += 30)
		bar(pix, 20, y, 60, 14, 30);
	run_page(&r, pix, 0);
	assert_int_equal(pixGetWidth(out()), 800);
	pixDestroy(&pix);
}

static void binary_and_tiny_pages__no_harm(void **state)
{
	PIX *pix = pixCreate(600, 800, 1);

	(void)state;
	bar(pix, 0, 0, 50, 800, 1);
	bar(pix, 100, 100, 300, 20, 1);
	run_page(&r, pix, 0);
	assert_in_range(pixGetWidth(out()), 545, 550);
	pixDestroy(&pix);
	for (int side = 1; side < 12; side += 5) {
		run_release(&r);
		setup(NULL);
		pix = pixCreate(side, 3000, 8);
		run_page(&r, pix, 0);
		assert_int_equal(pixGetWidth(out()), side);
		pixDestroy(&pix);
	}
}

static void every_allocation_fails_in_turn__enomem_and_no_page(void **state)
{
	PIX *pix = on_table(400, 500, 40, 30, 360, 460);

	(void)state;
	assert_true(run_failing(&r, pix) >= 4);
	pixDestroy(&pix);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(dark_border__cut_off),
	    TEST(one_side__that_side_only),
	    TEST(no_border__the_same_page),
	    TEST(wide_border__left_alone),
	    TEST(text_beyond_a_rule__stays),
	    TEST(binary_and_tiny_pages__no_harm),
	    TEST(every_allocation_fails_in_turn__enomem_and_no_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
