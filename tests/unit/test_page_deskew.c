#include "ocr_cmocka.h"

#include "ocr.h"
#include "ocr_page.h"
#include "page_frame.h"

static run r;

static int setup(void **state)
{
	(void)state;
	memset(&r, 0, sizeof r);
	setMsgSeverity(L_SEVERITY_NONE);
	run_add(&r, &assay_stage_page_deskew);
	return (int)r.rc;
}

static int teardown(void **state)
{
	(void)state;
	run_release(&r);
	return 0;
}

static PIX *text_page(int depth, double degrees)
{
	PIX *pix = pixCreate(1240, 1754, 1), *turned, *out;

	for (int y = 200; y < 1550; y += 40)
		for (int x = 200; x < 1040; x += 26)
			(void)pixRasterop(pix, x, y, 16, 18, PIX_SET, NULL, 0, 0);
	turned = pixRotate(pix, (float)(degrees * 3.14159265358979 / 180), L_ROTATE_SAMPLING, L_BRING_IN_WHITE, 0, 0);
	out = depth == 1 ? pixClone(turned) : depth == 8 ? pixConvertTo8(turned, 0) : pixConvertTo32(turned);
	pixDestroy(&pix);
	pixDestroy(&turned);
	return out;
}

static int64_t corrected(void)
{
	const run_measure *m = run_find(&r, 0, "page.skew_corrected");

	assert_non_null(m);
	assert_null(m->undefined);
	return m->value;
}

static void deskew__turned_text__levelled_and_signed(void **state)
{
	static const int depths[] = {1, 8, 32};
	static const double angles[] = {2, -2, 4.2};

	(void)state;
	for (size_t d = 0; d < 3; d++)
		for (size_t i = 0; i < 3; i++) {
			PIX *pix = text_page(depths[d], angles[i]), *level;
			int64_t turn;

			run_forget(&r);
			run_page(&r, pix, 150);
			assert_int_equal(r.rc, ASSAY_OK);
			turn = corrected(); /* content turned clockwise needs a turn back */
			assert_in_range(turn + 10000, (int64_t)(-100 * angles[i]) + 10000 - 12,
					(int64_t)(-100 * angles[i]) + 10000 + 12);
			level = pixClone(r.pages[0]->u.page.pix);
			assert_int_equal(pixGetDepth(level), depths[d]);
			assert_true(pixGetWidth(level) > 1240);
			run_forget(&r);
			run_page(&r, level, 150); /* and nothing is left to do */
			assert_int_equal(corrected(), 0);
			assert_ptr_equal(r.pages[0]->u.page.pix, level);
			pixDestroy(&level);
			pixDestroy(&pix);
		}
}

static void deskew__corners__white(void **state)
{
	PIX *pix = text_page(8, 3);
	l_uint32 v = 0;

	(void)state;
	run_page(&r, pix, 150);
	for (int i = 0; i < 4; i++) {
		PIX *out = r.pages[0]->u.page.pix;

		(void)pixGetPixel(out, i & 1 ? pixGetWidth(out) - 1 : 0, i & 2 ? pixGetHeight(out) - 1 : 0, &v);
		assert_int_equal(v, 255);
	}
	pixDestroy(&pix);
}

static l_uint32 grey_at(PIX *pix, int32_t x, int32_t y)
{
	l_uint32 v = 0;

	assert_int_equal(pixGetPixel(pix, x, y, &v), 0);
	return v;
}

/* Grey paper in white corners: its sides are where the corners of the page say. */
static void assert_border(PIX *pix, const assay_corners *c)
{
	for (int32_t y = 400; y < 1400; y += 100) {
		assert_in_range(grey_at(pix, page_frame_left(c, y) + 3, y), 200, 230);
		assert_in_range(grey_at(pix, page_frame_left(c, y) - 3, y), 250, 255);
		assert_in_range(grey_at(pix, page_frame_right(c, y) - 4, y), 200, 230);
		assert_in_range(grey_at(pix, page_frame_right(c, y) + 3, y), 250, 255);
	}
	for (int32_t x = 400; x < 900; x += 100) {
		assert_in_range(grey_at(pix, x, page_frame_top(c, x) + 3), 200, 230);
		assert_in_range(grey_at(pix, x, page_frame_top(c, x) - 3), 250, 255);
		assert_in_range(grey_at(pix, x, page_frame_bottom(c, x) - 4), 200, 230);
		assert_in_range(grey_at(pix, x, page_frame_bottom(c, x) + 3), 250, 255);
	}
}

static void deskew__turned_page__says_where_its_border_lies(void **state)
{
	static const double angles[] = {1, -3};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		PIX *pix = text_page(8, angles[i]);
		assay_corners c;

		(void)pixMultConstantGray(pix, 0.87F); /* paper of 221 */
		run_forget(&r);
		run_page(&r, pix, 150);
		c = page_frame_of(&r.pages[0]->u.page);
		assert_int_equal(r.rc, ASSAY_OK);
		assert_true(corrected() != 0);
		assert_border(r.pages[0]->u.page.pix, &c);
		pixDestroy(&pix);
	}
}

static void frame__cut_and_enlarged__goes_along(void **state)
{
	PIX *pix = pixCreate(100, 200, 1), *large = pixCreate(150, 300, 1);
	assay_value *v = page_value_new(pix, 0, 1, 1, NULL), *out;

	(void)state;
	assert_int_equal(page_frame_moved(&v->u.page, 5, 7).x[2], 0); /* never turned */
	v->u.page.corners = (assay_corners){{10, 90, 80, 0}, {0, 20, 190, 170}};
	v->u.page.corners = page_frame_moved(&v->u.page, 2, 10);
	out = page_value_replace(v, large, NULL);
	assert_int_equal(out->u.page.corners.x[0], 12); /* (10 - 2) * 1.5 */
	assert_int_equal(out->u.page.corners.y[0], -15);
	assert_int_equal(out->u.page.corners.x[2], 117);
	assert_int_equal(out->u.page.corners.y[2], 270);
	assert_int_equal(page_frame_left(&out->u.page.corners, 112), 5); /* half way from 12 to -3 */
	assay_value_unref(out);
	assay_value_unref(v);
}

static void deskew__nothing_to_go_by__left_alone(void **state)
{
	PIX *pix = pixCreate(800, 600, 8);

	(void)state;
	(void)pixSetAllArbitrary(pix, 250);
	run_page(&r, pix, 0);
	assert_int_equal(r.rc, ASSAY_OK);
	assert_int_equal(corrected(), 0);
	assert_ptr_equal(r.pages[0]->u.page.pix, pix);
	pixDestroy(&pix);
}

static void deskew__beyond_max_angle__left_alone(void **state)
{
	PIX *pix = text_page(1, 4);

	(void)state;
	run_set(&r, "max_angle", "2");
	run_page(&r, pix, 150);
	assert_int_equal(corrected(), 0);
	pixDestroy(&pix);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(deskew__turned_text__levelled_and_signed),
	    TEST(deskew__corners__white),
	    TEST(deskew__turned_page__says_where_its_border_lies),
	    TEST(frame__cut_and_enlarged__goes_along),
	    TEST(deskew__nothing_to_go_by__left_alone),
	    TEST(deskew__beyond_max_angle__left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
