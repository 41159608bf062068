#include "ocr_cmocka.h"

#include "ocr.h"
#include "ocr_alloc.h"
#include "ocr_page.h"

#include <errno.h>

static run r;

static int refuse_with; /* errno of a Leptonica that refuses; 0: it does not; -1: without an errno */

l_ok __real_pixOrientDetect(PIX *pix, l_float32 *up, l_float32 *left, l_int32 least, l_int32 debug);
l_ok __wrap_pixOrientDetect(PIX *pix, l_float32 *up, l_float32 *left, l_int32 least, l_int32 debug);

l_ok __wrap_pixOrientDetect(PIX *pix, l_float32 *up, l_float32 *left, l_int32 least, l_int32 debug)
{
	if (refuse_with == 0)
		return __real_pixOrientDetect(pix, up, left, least, debug);
	if (refuse_with > 0)
		errno = refuse_with;
	return 1;
}

static int setup(void **state)
{
	(void)state;
	memset(&r, 0, sizeof r);
	refuse_with = 0; /* also after a test that failed */
	setMsgSeverity(L_SEVERITY_NONE);
	run_add(&r, &assay_stage_page_orient);
	return (int)r.rc;
}

static int teardown(void **state)
{
	(void)state;
	run_release(&r);
	return 0;
}

static const run_measure *orientation(void)
{
	const run_measure *m = run_find(&r, 0, "page.orientation");

	assert_non_null(m);
	return m;
}

/* Lines of letters as high as an x at 150 dpi, of uneven width; every fifth or so has an ascender. */
static PIX *text_page(int scale)
{
	PIX *pix = pixCreate(1240 * scale, 1754 * scale, 1);
	uint32_t seed = 17;

	for (int y = 200; y < 1550; y += 47)
		for (int x = 200 + (int)(test_random(&seed) % 40); x < 1040; x += (int)(3 + test_random(&seed) % 9)) {
			const int up = test_random(&seed) % 5 == 0 ? 10 : 0, w = (int)(4 + test_random(&seed) % 9);

			(void)pixRasterop(pix, x * scale, (y - up) * scale, w * scale, (15 + up) * scale, PIX_SET, NULL,
					  0, 0);
			x += w;
		}
	return pix;
}

static void orient__ascenders_turned_by_quarters__found_and_upright_again(void **state)
{
	static const int depths[] = {1, 8, 32};

	(void)state;
	for (int scale = 1; scale <= 3; scale += 2)
		for (int d = 0; d < (scale == 1 ? 3 : 1); d++)
			for (int quarters = 0; quarters < 4; quarters++) {
				PIX *upright = text_page(scale), *turned = pixRotateOrth(upright, quarters), *pix,
				    *back;
				l_int32 same = 0;

				pix = depths[d] == 1   ? pixClone(turned)
				      : depths[d] == 8 ? pixConvertTo8(turned, 0)
						       : pixConvertTo32(turned);
				run_forget(&r);
				run_page(&r, pix, 150);
				assert_int_equal(r.rc, ASSAY_OK);
				if (orientation()->undefined != NULL)
					fail_msg("scale %d, %d bpp, %d quarters: confidence %d", scale, depths[d],
						 quarters, (int)run_find(&r, 0, "page.orientation_confidence")->value);
				assert_int_equal(orientation()->value, 90 * quarters);
				assert_true(run_find(&r, 0, "page.orientation_confidence")->value >= 800);
				back = pixRotateOrth(pix, (4 - quarters) % 4);
				(void)pixEqual(back, r.pages[0]->u.page.pix, &same);
				assert_true(same);
				if (quarters == 0)
					assert_ptr_equal(r.pages[0]->u.page.pix, pix);
				pixDestroy(&back);
				pixDestroy(&pix);
				pixDestroy(&turned);
				pixDestroy(&upright);
			}
}

static void orient__quarter_turn__resolutions_change_places(void **state)
{
	static const assay_input none = {.fd = -1};
	PIX *upright = text_page(1), *turned = pixRotateOrth(upright, 1);
	assay_value *v = page_value_new(turned, 0, 1, 1, NULL);

	(void)state;
	v->u.page.dpi_x = 150;
	v->u.page.dpi_y = 300;
	r.in = &none;
	r.sinks[0] = (run_sink){{&run_ops, NULL}, &r, 0};
	assert_int_equal(run_deliver(&r, 0, v, &r.err), ASSAY_OK);
	assert_int_equal(r.pages[0]->u.page.dpi_x, 300);
	assert_int_equal(r.pages[0]->u.page.dpi_y, 150);
	assay_value_unref(v);
	pixDestroy(&upright);
}

static void orient__less_confident_than_asked__left_alone(void **state)
{
	PIX *upright = text_page(1), *pix = pixRotateOrth(upright, 2);

	(void)state;
	run_set(&r, "min_confidence", "999");
	run_page(&r, pix, 150);
	assert_string_equal(orientation()->undefined, "not enough text to tell");
	assert_ptr_equal(r.pages[0]->u.page.pix, pix);
	assert_true(run_find(&r, 0, "page.orientation_confidence")->value >= 800);
	pixDestroy(&pix);
	pixDestroy(&upright);
}

static void orient__ratio_below_the_least__says_that(void **state)
{
	PIX *across = text_page(1), *up = pixRotateOrth(across, 1), *pix = pixCreate(1754, 3508, 1);

	(void)state;
	(void)pixRasterop(pix, 0, 0, 1240, 1754, PIX_SRC, across, 0, 0);
	(void)pixRasterop(pix, 0, 1754, 1754, 1240, PIX_SRC, up, 0, 0);
	run_set(&r, "min_ratio", "100");
	run_page(&r, pix, 150);
	assert_string_equal(orientation()->undefined, "lines across and up are too much alike (min_ratio)");
	assert_true(run_find(&r, 0, "page.orientation_confidence")->value >= 800);
	pixDestroy(&pix);
	pixDestroy(&up);
	pixDestroy(&across);
}

static void orient__leptonica_refuses__told_as_what_it_is(void **state)
{
	PIX *pix = text_page(1);

	(void)state;
	errno = ENOMEM; /* of somebody else, before */
	refuse_with = -1;
	run_page(&r, pix, 150);
	assert_int_equal(r.rc, ASSAY_EINVAL);
	refuse_with = ENOMEM;
	run_forget(&r);
	run_page(&r, pix, 150);
	assert_int_equal(r.rc, ASSAY_ENOMEM);
	refuse_with = 0;
	pixDestroy(&pix);
}

static void orient__nothing_to_go_by__left_alone(void **state)
{
	static const int sizes[][2] = {{1, 1}, {3, 3}, {15, 900}, {17, 17}, {2, 20000}, {30000, 20}, {640, 480}};
	static const int depths[] = {1, 8, 32};

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (int k = 0; k < 6; k++) {
			PIX *pix = pixCreate(sizes[i][0], sizes[i][1], depths[k / 2]);

			(void)(k % 2 ? pixSetAll(pix) : pixClearAll(pix));
			run_forget(&r);
			run_page(&r, pix, 0);
			if (r.rc != ASSAY_OK)
				fail_msg("%d x %d: %s", sizes[i][0], sizes[i][1], r.err.msg);
			assert_non_null(orientation()->undefined);
			assert_int_equal(run_find(&r, 0, "page.orientation_confidence")->value, 0);
			assert_ptr_equal(r.pages[0]->u.page.pix, pix);
			pixDestroy(&pix);
		}
}

/* ---------------------------------------------------------------- corpus */

static void orient__book_page_of_the_corpus__all_four_turns(void **state)
{
	const char *corpus = getenv("ASSAY_CORPUS") != NULL ? getenv("ASSAY_CORPUS") : TEST_CORPUS;
	char image[512];
	PIX *upright;

	(void)state;
	(void)snprintf(image, sizeof image, "%s/ocr/old_books/a013.tif", corpus);
	upright = pixRead(image);
	if (upright == NULL) {
		print_message("skipped: no corpus\n");
		skip();
	}
	for (int quarters = 0; quarters < 4; quarters++) {
		PIX *pix = pixRotateOrth(upright, quarters);

		run_forget(&r);
		run_page(&r, pix, 300);
		assert_null(orientation()->undefined);
		assert_int_equal(orientation()->value, 90 * quarters);
		pixDestroy(&pix);
	}
	pixDestroy(&upright);
}

static void every_allocation_fails_in_turn__enomem_and_no_page(void **state)
{
	PIX *upright = text_page(1), *turned = pixRotateOrth(upright, 2), *pix = pixConvertTo8(turned, 0);

	pixDestroy(&upright);
	pixDestroy(&turned);

	(void)state;
	assert_in_range(run_failing(&r, pix), 4, 20);
	pixDestroy(&pix);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(orient__ascenders_turned_by_quarters__found_and_upright_again),
	    TEST(orient__quarter_turn__resolutions_change_places),
	    TEST(orient__less_confident_than_asked__left_alone),
	    TEST(orient__ratio_below_the_least__says_that),
	    TEST(orient__leptonica_refuses__told_as_what_it_is),
	    TEST(orient__nothing_to_go_by__left_alone),
	    TEST(orient__book_page_of_the_corpus__all_four_turns),
	    TEST(every_allocation_fails_in_turn__enomem_and_no_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
