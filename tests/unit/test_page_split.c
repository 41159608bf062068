#include "ocr_cmocka.h"

#include "ocr.h"
#include "ocr_alloc.h"
#include "ocr_page.h"

static run r;

static int setup(void **state)
{
	(void)state;
	memset(&r, 0, sizeof r);
	run_add(&r, &assay_stage_page_split);
	return (int)r.rc;
}

static int teardown(void **state)
{
	(void)state;
	run_release(&r);
	return 0;
}

/* ---------------------------------------------------------------- pages */

#define PAPER 220
#define INK   30
#define PITCH 30 /* from line to line */

static void bar(PIX *pix, int x, int y, int w, int h, unsigned v)
{
	for (int b = y; b < y + h; b++)
		for (int a = x; a < x + w; a++)
			(void)pixSetPixel(pix, a, b, v);
}

static PIX *paper(int width, int height)
{
	PIX *pix = pixCreate(width, height, 8);

	bar(pix, 0, 0, width, height, PAPER);
	return pix;
}

/* Letters of 8 x 14 in words of five, from x to `to`. */
static void line(PIX *pix, int x, int to, int y)
{
	for (int n = 0; x + 8 <= to; x += n % 5 == 4 ? 24 : 12, n++)
		bar(pix, x, y, 8, 14, INK);
}

static void text(PIX *pix, int left, int top, int right, int bottom)
{
	for (int y = top; y + 14 <= bottom; y += PITCH)
		line(pix, left, right, y);
}

/* Two pages of 600 x 900 with margins of 70. */
static PIX *spread(void)
{
	PIX *pix = paper(1200, 900);

	text(pix, 70, 70, 530, 830);
	text(pix, 670, 70, 1130, 700);
	return pix;
}

/* The sheet falls off to the spine on both sides, and to nothing there. */
static void fold(PIX *pix, int at, int reach)
{
	for (int y = 0; y < pixGetHeight(pix); y++)
		for (int x = at - reach; x < at + reach; x++) {
			const unsigned level = (unsigned)(abs(x - at) * PAPER / reach);

			if (pixel(pix, x, y) > level)
				(void)pixSetPixel(pix, x, y, level);
		}
}

static PIX *aslant(PIX *pix, double degrees)
{
	PIX *out = pixRotate(pix, (float)(degrees * 3.14159265 / 180), L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0);

	pixDestroy(&pix);
	return out;
}

static int ink_of(PIX *pix)
{
	int n = 0;

	for (int y = 0; y < pixGetHeight(pix); y++)
		for (int x = 0; x < pixGetWidth(pix); x++)
			n += pixGetDepth(pix) == 1 ? (int)pixel(pix, x, y) : pixel(pix, x, y) < 120;
	return n;
}

static void assert_whole(PIX *pix)
{
	assert_int_equal(r.rc, ASSAY_OK);
	assert_int_equal(r.page_count, 1);
	assert_ptr_equal(r.pages[0]->u.page.pix, pix);
	assert_int_equal(r.pages[0]->u.page.half, 0);
	assert_int_equal(run_value(&r, "page.half"), 0);
	assert_int_equal(r.samples, 0);
}

static void assert_single(PIX *pix)
{
	run_page(&r, pix, 150);
	assert_whole(pix);
	assert_int_equal(run_value(&r, "page.spread"), 0);
	pixDestroy(&pix);
}

/* All of the ink of each side, and no other, is in the half that is read first and second. */
static void assert_halves(int first, int second)
{
	assert_int_equal(r.rc, ASSAY_OK);
	assert_int_equal(run_value(&r, "page.spread"), 1);
	assert_int_equal(r.page_count, 2);
	assert_string_equal(r.parts[1], "half=1");
	assert_string_equal(r.parts[2], "half=2");
	for (unsigned i = 0; i < 2; i++) {
		const assay_value *v = r.pages[i];

		assert_int_equal(v->root, i + 1);
		assert_int_equal(v->u.page.half, i + 1);
		assert_int_equal(v->u.page.number, 1);
		assert_int_equal(v->u.page.total, 1);
		assert_int_equal(v->u.page.dpi_x, 150);
		assert_null(v->u.page.layer);
		assert_int_equal(run_find(&r, i + 1, "page.half")->value, i + 1);
	}
	assert_int_equal(ink_of(r.pages[0]->u.page.pix), first);
	assert_int_equal(ink_of(r.pages[1]->u.page.pix), second);
}

static int ink_between(PIX *pix, int from, int to)
{
	int n = 0;

	for (int y = 0; y < pixGetHeight(pix); y++)
		for (int x = from; x < to; x++)
			n += pixel(pix, x, y) < 120;
	return n;
}

/* ---------------------------------------------------------------- spreads */

static void two_pages__a_page_each(void **state)
{
	PIX *pix = spread();
	const int left = ink_between(pix, 0, 600), right = ink_between(pix, 600, 1200);

	(void)state;
	run_page(&r, pix, 150);
	assert_halves(left, right);
	assert_in_range(run_value(&r, "page.gutter"), 4900, 5100);
	assert_in_range(run_value(&r, "page.gutter_gap"), 1000, 1100); /* 146 px to letters of 14 */
	assert_int_equal(run_value(&r, "page.fold"), 0);
	assert_int_equal(pixGetWidth(r.pages[0]->u.page.pix) + pixGetWidth(r.pages[1]->u.page.pix), 1200);
	assert_int_equal(pixGetHeight(r.pages[0]->u.page.pix), 900);
	pixDestroy(&pix);
}

static void right_to_left__the_right_page_is_first(void **state)
{
	PIX *pix = spread();
	const int left = ink_between(pix, 0, 600), right = ink_between(pix, 600, 1200);

	(void)state;
	assert_int_not_equal(left, right);
	run_set(&r, "direction", "right_to_left");
	run_page(&r, pix, 150);
	assert_halves(right, left);
	pixDestroy(&pix);
}

static void not_to_be_cut__only_said(void **state)
{
	PIX *pix = spread();

	(void)state;
	run_set(&r, "cut", "false");
	run_page(&r, pix, 150);
	assert_whole(pix);
	assert_int_equal(run_value(&r, "page.spread"), 1);
	pixDestroy(&pix);
}

/* The gutter is as aslant as the lines: a cut straight down would go through them, since they reach over 31 px. */
static void aslant__cut_along_the_gutter(void **state)
{
	static const double degrees[] = {-2, -1, 1, 2};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(degrees); i++) {
		PIX *straight = paper(1200, 900), *pix;
		int all;

		text(straight, 70, 70, 575, 830);
		text(straight, 650, 70, 1130, 830);
		pix = aslant(straight, degrees[i]);
		all = ink_of(pix);
		run_release(&r);
		setup(NULL);
		run_page(&r, pix, 150);
		assert_int_equal(r.page_count, 2);
		assert_int_equal(ink_of(r.pages[0]->u.page.pix) + ink_of(r.pages[1]->u.page.pix), all);
		assert_in_range(ink_of(r.pages[0]->u.page.pix), all * 48 / 100, all * 54 / 100);
		pixDestroy(&pix);
	}
}

/* Text stands near a tight spine, and its shadow is neither page's. */
static void fold__found_in_a_narrow_gap_and_taken_out(void **state)
{
	PIX *pix = paper(1200, 900);
	int left, right;

	(void)state;
	text(pix, 70, 70, 560, 830);
	text(pix, 640, 70, 1130, 830);
	left = ink_between(pix, 0, 600);
	right = ink_between(pix, 600, 1200);
	fold(pix, 600, 20);
	run_page(&r, pix, 150);
	assert_int_equal(r.page_count, 2);
	assert_in_range(run_value(&r, "page.fold"), 5000, 9000);
	assert_in_range(ink_of(r.pages[0]->u.page.pix), left, left + 900 * 3);
	assert_in_range(ink_of(r.pages[1]->u.page.pix), right, right + 900 * 3);
	pixDestroy(&pix);
}

/* A white page beside a printed one: the fold says it. */
static void fold_beside_a_white_page__two_pages(void **state)
{
	PIX *pix = paper(1200, 900);

	(void)state;
	text(pix, 70, 70, 540, 830);
	fold(pix, 600, 20);
	run_page(&r, pix, 150);
	assert_int_equal(r.page_count, 2);
	pixDestroy(&pix);
}

static void other_depths__the_same_halves(void **state)
{
	PIX *grey = spread();
	PIX *all[] = {pixThresholdToBinary(grey, 120), pixConvertTo32(grey)};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(all); i++) {
		run_release(&r);
		setup(NULL);
		run_page(&r, all[i], 150);
		assert_int_equal(r.page_count, 2);
		assert_int_equal(pixGetDepth(r.pages[0]->u.page.pix), pixGetDepth(all[i]));
		assert_int_equal(pixGetWidth(r.pages[0]->u.page.pix) + pixGetWidth(r.pages[1]->u.page.pix), 1200);
		pixDestroy(&all[i]);
	}
	pixDestroy(&grey);
}

/* ---------------------------------------------------------------- single pages */

static void one_column__left_alone(void **state)
{
	PIX *pix = paper(900, 1200);

	(void)state;
	text(pix, 80, 80, 820, 1100);
	assert_single(pix);
}

/* Columns of an upright page would be half as wide as a page is, whatever stands between them. */
static void two_columns__left_alone(void **state)
{
	PIX *pix = paper(900, 1200);

	(void)state;
	text(pix, 60, 80, 400, 1100);
	text(pix, 500, 80, 840, 1100);
	assert_single(pix);
}

static void two_columns_across__left_alone(void **state)
{
	PIX *pix = paper(1200, 900);

	(void)state;
	text(pix, 80, 80, 575, 830);
	text(pix, 625, 80, 1120, 830);
	assert_single(pix);
}

/* A rule between columns is no fold. */
static void rule_between_columns__left_alone(void **state)
{
	PIX *pix = paper(1200, 900);

	(void)state;
	text(pix, 80, 80, 575, 830);
	text(pix, 625, 80, 1120, 830);
	bar(pix, 599, 60, 3, 800, INK);
	assert_single(pix);
}

static void title_across__left_alone(void **state)
{
	PIX *pix = spread();

	(void)state;
	bar(pix, 0, 60, 1200, 60, PAPER);
	line(pix, 300, 900, 80);
	assert_single(pix);
}

/* Short cells on both sides of a wide gap. */
static void table_across__left_alone(void **state)
{
	PIX *pix = paper(1200, 900);

	(void)state;
	for (int y = 80; y < 830; y += PITCH)
		for (int x = 60; x < 1150; x += x == 420 ? 340 : 180)
			line(pix, x, x + 60, y);
	assert_single(pix);
}

/* One side has a column of text, the other a picture's legend. */
static void text_on_one_side__left_alone(void **state)
{
	PIX *pix = paper(1200, 900);

	(void)state;
	text(pix, 70, 70, 530, 830);
	text(pix, 670, 700, 1130, 760);
	assert_single(pix);
}

static void blank_and_tiny_pages__no_harm(void **state)
{
	static const int sizes[][2] = {{1200, 900}, {1, 1}, {3000, 2}, {65, 65}, {64, 3000}};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(sizes); i++) {
		run_release(&r);
		setup(NULL);
		assert_single(paper(sizes[i][0], sizes[i][1]));
		assert_non_null(run_find(&r, 0, "page.gutter")->undefined);
	}
}

/* Of the two pages the first may have been given when memory runs out. */
static void every_allocation_fails_in_turn__enomem(void **state)
{
	PIX *pix = paper(400, 300);
	unsigned n = 0;

	(void)state;
	text(pix, 30, 20, 170, 290);
	text(pix, 230, 20, 370, 290);
	do {
		static const assay_input none = {.fd = -1};
		assay_value *v = page_value_new(pixClone(pix), 0, 1, 1, NULL);

		run_forget(&r);
		r.in = &none;
		r.sinks[0] = (run_sink){{&run_ops, NULL}, &r, 0};
		alloc_calls = 0;
		alloc_fail_at = ++n;
		r.rc = run_deliver(&r, 0, v, &r.err);
		alloc_fail_at = 0;
		assay_value_unref(v);
		assert_true(r.rc == ASSAY_OK || r.rc == ASSAY_ENOMEM);
		assert_true(r.rc == ASSAY_OK || r.page_count < 2);
	} while (r.rc != ASSAY_OK);
	assert_int_equal(r.page_count, 2);
	assert_in_range(n, 10, 60);
	pixDestroy(&pix);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(two_pages__a_page_each),
	    TEST(right_to_left__the_right_page_is_first),
	    TEST(not_to_be_cut__only_said),
	    TEST(aslant__cut_along_the_gutter),
	    TEST(fold__found_in_a_narrow_gap_and_taken_out),
	    TEST(fold_beside_a_white_page__two_pages),
	    TEST(other_depths__the_same_halves),
	    TEST(one_column__left_alone),
	    TEST(two_columns__left_alone),
	    TEST(two_columns_across__left_alone),
	    TEST(rule_between_columns__left_alone),
	    TEST(title_across__left_alone),
	    TEST(table_across__left_alone),
	    TEST(text_on_one_side__left_alone),
	    TEST(blank_and_tiny_pages__no_harm),
	    TEST(every_allocation_fails_in_turn__enomem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
