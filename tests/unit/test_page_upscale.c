#include "ocr_cmocka.h"

#include "ocr.h"
#include "ocr_alloc.h"
#include "ocr_page.h"

static run r;

static int setup(void **state)
{
	(void)state;
	memset(&r, 0, sizeof r);
	run_add(&r, &assay_stage_page_upscale);
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

/* Rows of upright bars `height` high: letters as far as the measure goes. */
static PIX *letters(int depth, int height, unsigned ink, unsigned paper)
{
	PIX *pix = pixCreate(400, 300, depth);

	bar(pix, 0, 0, 400, 300, paper);
	for (int y = 20; y + height < 280; y += 2 * height)
		for (int x = 20; x < 370; x += height)
			bar(pix, x, y, height / 2 + 1, height, ink);
	return pix;
}

static void small_text__brought_to_height(void **state)
{
	PIX *pix = letters(8, 10, 20, 230);

	(void)state;
	run_page(&r, pix, 100);
	assert_int_equal(run_value(&r, "page.text_height"), 10);
	assert_int_equal(run_value(&r, "page.upscaled"), 240);
	assert_int_equal(pixGetWidth(out()), 960);
	assert_int_equal(pixGetHeight(out()), 720);
	assert_int_equal(r.pages[0]->u.page.dpi_x, 240);
	assert_in_range(pixel(out(), 54, 60), 18, 22); /* the middle of the first letter */
	assert_in_range(pixel(out(), 20, 20), 228, 232);
	pixDestroy(&pix);
}

static void large_text__the_same_page(void **state)
{
	PIX *pix = letters(8, 16, 20, 230);
	l_int32 same = 0;

	(void)state;
	run_page(&r, pix, 100);
	assert_int_equal(run_value(&r, "page.text_height"), 16);
	assert_int_equal(run_value(&r, "page.upscaled"), 100);
	(void)pixEqual(pix, out(), &same);
	assert_true(same);
	assert_int_equal(r.pages[0]->u.page.dpi_x, 100);
	pixDestroy(&pix);
}

static void binary__becomes_grey_and_larger(void **state)
{
	PIX *pix = letters(1, 8, 1, 0);

	(void)state;
	run_page(&r, pix, 0);
	assert_int_equal(run_value(&r, "page.upscaled"), 300);
	assert_int_equal(pixGetDepth(out()), 8);
	assert_int_equal(pixGetWidth(out()), 1200);
	assert_in_range(pixel(out(), 66, 72), 0, 8);
	assert_int_equal(pixel(out(), 3, 3), 255);
	assert_int_equal(r.pages[0]->u.page.dpi_x, 0);
	pixDestroy(&pix);
}

static void factor__no_more_than_its_limit(void **state)
{
	PIX *pix = letters(8, 4, 20, 230);

	(void)state;
	run_set(&r, "max_factor", "1.5");
	run_page(&r, pix, 0);
	assert_int_equal(run_value(&r, "page.upscaled"), 150);
	assert_int_equal(pixGetWidth(out()), 600);
	pixDestroy(&pix);
}

/* Dust in number does not make large text small, nor does a frame or a rule. */
static void dust_rules_and_frames__not_text(void **state)
{
	PIX *pix = letters(1, 20, 1, 0);

	(void)state;
	for (int y = 1; y < 300; y += 3)
		for (int x = 1; x < 18; x += 3)
			bar(pix, x, y, 1, 2, 1);
	bar(pix, 20, 10, 360, 4, 1);
	bar(pix, 390, 0, 3, 300, 1);
	run_page(&r, pix, 0);
	assert_int_equal(run_value(&r, "page.text_height"), 20);
	pixDestroy(&pix);
}

static void few_letters__left_alone(void **state)
{
	PIX *pix = pixCreate(400, 300, 8);

	(void)state;
	bar(pix, 0, 0, 400, 300, 230);
	run_page(&r, pix, 0);
	assert_int_equal(run_value(&r, "page.upscaled"), 100);
	assert_non_null(run_find(&r, 0, "page.text_height")->undefined);
	run_release(&r);
	setup(NULL);
	for (int x = 20; x < 160; x += 20)
		bar(pix, x, 20, 4, 8, 20); /* seven */
	run_page(&r, pix, 0);
	assert_non_null(run_find(&r, 0, "page.text_height")->undefined);
	assert_int_equal(pixGetWidth(out()), 400);
	pixDestroy(&pix);
}

static void every_allocation_fails_in_turn__enomem_and_no_page(void **state)
{
	PIX *pix = letters(8, 10, 20, 230);

	(void)state;
	assert_true(run_failing(&r, pix) >= 2);
	pixDestroy(&pix);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(small_text__brought_to_height),
	    TEST(large_text__the_same_page),
	    TEST(binary__becomes_grey_and_larger),
	    TEST(factor__no_more_than_its_limit),
	    TEST(dust_rules_and_frames__not_text),
	    TEST(few_letters__left_alone),
	    TEST(every_allocation_fails_in_turn__enomem_and_no_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
