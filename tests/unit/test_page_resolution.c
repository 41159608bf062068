#include "ocr_cmocka.h"

#include "ocr.h"
#include "ocr_alloc.h"
#include "ocr_page.h"

static run r;

static int setup(void **state)
{
	(void)state;
	memset(&r, 0, sizeof r);
	run_add(&r, &assay_stage_page_resolution);
	return (int)r.rc;
}

static int teardown(void **state)
{
	(void)state;
	run_release(&r);
	return 0;
}

/* Rows of upright bars `height` high: letters as far as the measure goes. */
static PIX *letters(int width, int height, int letter, int rows)
{
	PIX *pix = pixCreate(width, height, 1);

	for (int n = 0, y = 20; n < rows && y + letter < height; n++, y += 2 * letter)
		for (int x = 20; x + letter < width; x += letter)
			(void)pixRasterop(pix, x, y, letter / 2 + 1, letter, PIX_SET, NULL, 0, 0);
	return pix;
}

static void run_declared(PIX *pix, int32_t dpi)
{
	run_release(&r);
	setup(NULL);
	run_page(&r, pix, dpi);
	assert_int_equal(r.rc, ASSAY_OK);
	assert_int_equal(r.page_count, 1);
	assert_ptr_equal(r.pages[0]->u.page.pix, pix);
}

/* A4 at 300: letters of 20 px are 4.8 pt. */
static void lie__what_scanners_offer_and_paper_has(void **state)
{
	static const struct {
		int32_t declared, told;
		int64_t doubt, replaced;
	} rows[] = {
	    {75, 300, 400, 1},  {72, 300, 417, 1},  {1200, 300, 400, 1}, {0, 300, 0, 1},
	    {300, 300, 100, 0}, {200, 200, 150, 0}, {600, 600, 200, 0},
	};
	PIX *pix = letters(2480, 3508, 20, 50);

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++) {
		run_declared(pix, rows[i].declared);
		assert_int_equal(run_value(&r, "page.resolution_estimated"), 300);
		assert_int_equal(run_value(&r, "page.resolution_replaced"), rows[i].replaced);
		assert_int_equal(r.pages[0]->u.page.dpi_x, rows[i].told);
		assert_int_equal(r.pages[0]->u.page.dpi_y, rows[i].told);
		if (rows[i].doubt > 0)
			assert_int_equal(run_value(&r, "page.resolution_doubt"), rows[i].doubt);
		else
			assert_non_null(run_find(&r, 0, "page.resolution_doubt")->undefined);
	}
	pixDestroy(&pix);
}

/* No format: 20 px over 5.2 pt are 276.9 dpi. */
static void cut_page__by_its_letters(void **state)
{
	PIX *pix = letters(2000, 2000, 20, 40);

	(void)state;
	run_declared(pix, 1200);
	assert_int_equal(run_value(&r, "page.resolution_estimated"), 277);
	assert_int_equal(run_value(&r, "page.resolution_doubt"), 433);
	assert_int_equal(r.pages[0]->u.page.dpi_y, 277);
	run_release(&r);
	setup(NULL);
	run_set(&r, "letter", "10.4");
	run_page(&r, pix, 1200);
	assert_int_equal(run_value(&r, "page.resolution_estimated"), 138);
	pixDestroy(&pix);
}

static void not_asked_for__stays_undeclared(void **state)
{
	PIX *pix = letters(2480, 3508, 20, 50);

	(void)state;
	run_set(&r, "undeclared", "false");
	run_page(&r, pix, 0);
	assert_int_equal(run_value(&r, "page.resolution_estimated"), 300);
	assert_int_equal(run_value(&r, "page.resolution_replaced"), 0);
	assert_int_equal(r.pages[0]->u.page.dpi_y, 0);
	pixDestroy(&pix);
}

/* A fax has twice as many dots across as down. */
static void dots_that_are_not_square__stay_so(void **state)
{
	PIX *pix = letters(2000, 2000, 20, 40);
	static const assay_input none = {.fd = -1};
	assay_value *v = page_value_new(pixClone(pix), 0, 1, 1, NULL);

	(void)state;
	v->u.page.dpi_x = 2000;
	v->u.page.dpi_y = 1000;
	r.in = &none;
	r.sinks[0] = (run_sink){{&run_ops, NULL}, &r, 0};
	r.rc = run_deliver(&r, 0, v, &r.err);
	assert_int_equal(r.rc, ASSAY_OK);
	assert_int_equal(r.pages[0]->u.page.dpi_y, 277);
	assert_int_equal(r.pages[0]->u.page.dpi_x, 554);
	assay_value_unref(v);
	pixDestroy(&pix);
}

static void few_letters_or_none__as_declared(void **state)
{
	PIX *few = letters(2480, 3508, 100, 2), *none = pixCreate(2480, 3508, 8);
	PIX *all[] = {few, none};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(all); i++) {
		run_declared(all[i], 75);
		assert_string_equal(run_find(&r, 0, "page.resolution_estimated")->undefined, "too few letters");
		assert_non_null(run_find(&r, 0, "page.resolution_doubt")->undefined);
		assert_int_equal(run_value(&r, "page.resolution_replaced"), 0);
		assert_int_equal(r.pages[0]->u.page.dpi_y, 75);
		pixDestroy(&all[i]);
	}
}

static void every_allocation_fails_in_turn__enomem_and_no_page(void **state)
{
	PIX *pix = letters(2000, 2000, 20, 40);

	(void)state;
	assert_true(run_failing(&r, pix) >= 3);
	pixDestroy(&pix);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(lie__what_scanners_offer_and_paper_has), TEST(cut_page__by_its_letters),
	    TEST(not_asked_for__stays_undeclared),        TEST(dots_that_are_not_square__stay_so),
	    TEST(few_letters_or_none__as_declared),       TEST(every_allocation_fails_in_turn__enomem_and_no_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
