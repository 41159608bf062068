#include "ocr_cmocka.h"

#include "ocr.h"
#include "ocr_alloc.h"
#include "ocr_page.h"

static run r;

static int setup(void **state)
{
	(void)state;
	memset(&r, 0, sizeof r);
	run_add(&r, &assay_stage_page_dewarp);
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

/* Twenty lines of words whose middle hangs lower than their ends by `bend` pixels: a parabola. */
static PIX *bent(int depth, int bend)
{
	PIX *pix = pixCreate(1200, 1500, depth);
	const unsigned ink = depth == 1 ? 1 : 20, paper = depth == 1 ? 0 : 235;

	bar(pix, 0, 0, 1200, 1500, paper);
	for (int line = 0; line < 20; line++)
		for (int x = 100; x < 1090; x += 14) {
			const int from_middle = x - 600;
			const int down = bend - bend * from_middle * from_middle / (500 * 500);

			if (x / 14 % 6 != 5)
				bar(pix, x, 200 + 55 * line + down, 10, 22, ink);
		}
	return pix;
}

/* The rows between the first and the last ink in a column strip of the first line. */
static int first_ink(PIX *pix, int x)
{
	for (int y = 0; y < pixGetHeight(pix); y++)
		for (int a = x; a < x + 14; a++)
			if (pixGetDepth(pix) == 1 ? pixel(pix, a, y) == 1 : pixel(pix, a, y) < 128)
				return y;
	return -1;
}

static void bent_lines__level(void **state)
{
	(void)state;
	for (int depth = 1; depth <= 8; depth += 7) {
		PIX *pix = bent(depth, 30);
		int low = 1 << 20, high = 0;

		run_release(&r);
		setup(NULL);
		run_page(&r, pix, 300);
		assert_int_equal(run_value(&r, "page.dewarped"), 1);
		assert_in_range(run_value(&r, "page.bend"), 20, 50);
		assert_int_equal(pixGetDepth(out()), depth);
		for (int x = 150; x < 1050; x += 100) {
			const int y = first_ink(out(), x);

			low = y < low ? y : low;
			high = y > high ? y : high;
		}
		if (high - low > 6) /* 25 before */
			fail_msg("%d bits: the first line still bends by %d pixels", depth, high - low);
		pixDestroy(&pix);
	}
}

static void level_lines__the_same_page(void **state)
{
	PIX *pix = bent(8, 0);
	l_int32 same = 0;

	(void)state;
	run_page(&r, pix, 0);
	assert_int_equal(run_value(&r, "page.dewarped"), 0);
	assert_in_range(run_value(&r, "page.bend"), 0, 3);
	(void)pixEqual(pix, out(), &same);
	assert_true(same);
	pixDestroy(&pix);
}

static void too_few_lines__left_alone(void **state)
{
	static const int sizes[][2] = {{1, 1}, {5, 3000}, {119, 119}, {1200, 1500}};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		PIX *pix = pixCreate(sizes[i][0], sizes[i][1], 8);

		bar(pix, 0, 0, sizes[i][0], sizes[i][1], 235);
		bar(pix, 200, 300, 700, 20, 20);
		run_release(&r);
		setup(NULL);
		run_page(&r, pix, 0);
		assert_non_null(run_find(&r, 0, "page.bend")->undefined);
		assert_int_equal(run_value(&r, "page.dewarped"), 0);
		assert_int_equal(pixGetWidth(out()), sizes[i][0]);
		pixDestroy(&pix);
	}
}

static void noise__no_harm(void **state)
{
	PIX *pix = pixCreate(500, 500, 1);
	uint32_t seed = 7;

	(void)state;
	for (int y = 0; y < 500; y++)
		for (int x = 0; x < 500; x++)
			(void)pixSetPixel(pix, x, y, test_random(&seed) % 3 == 0);
	run_page(&r, pix, 0);
	assert_int_equal(pixGetWidth(out()), 500);
	pixDestroy(&pix);
}

static void every_allocation_fails_in_turn__enomem_and_no_page(void **state)
{
	PIX *pix = bent(8, 30);

	(void)state;
	assert_true(run_failing(&r, pix) >= 2);
	pixDestroy(&pix);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(bent_lines__level),
	    TEST(level_lines__the_same_page),
	    TEST(too_few_lines__left_alone),
	    TEST(noise__no_harm),
	    TEST(every_allocation_fails_in_turn__enomem_and_no_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
