/* What lies beside the words, on pages drawn pixel by pixel. */
#include "ocr_cmocka.h"

#include "ocr_beside.h"

#include <leptonica/allheaders.h>

enum { WIDE = 1000, HIGH = 800, HEIGHT = 30, LINES = 3 };

static void rectangle(PIX *pix, int x, int y, int w, int h)
{
	(void)pixRasterop(pix, x, y, w, h, PIX_SET, NULL, 0, 0);
}

static int line_top(int i)
{
	return 100 + 80 * i;
}

/* Three lines of two words each, from 300 to 600. */
static ocr_beside measure(PIX *pix)
{
	assay_word words[2 * LINES];
	const ocr_words w = {.items = words, .count = 2 * LINES};
	ocr_beside b;

	for (int i = 0; i < 2 * LINES; i++) {
		const int left = i % 2 == 0 ? 300 : 460, top = line_top(i / 2);

		words[i] = (assay_word){"read", left, top, left + 140, top + HEIGHT, .line = (uint32_t)i / 2};
		rectangle(pix, left, top, 140, HEIGHT);
	}
	assert_int_equal(ocr_beside_measure(&b, &w, pix, NULL), ASSAY_OK);
	return b;
}

static void beside__numbers_of_lines__their_digits(void **state)
{
	PIX *pix = pixCreate(WIDE, HIGH, 1);

	(void)state;
	for (int i = 0; i < LINES; i++) {
		rectangle(pix, 100, line_top(i) + 5, 12, 20);
		rectangle(pix, 116, line_top(i) + 5, 12, 20);
	}
	assert_int_equal(measure(pix).letters, 2 * LINES);
	pixDestroy(&pix);
}

/* What is no letter: dirt, also around one; a rule; a picture, and what lies close to it. */
static void beside__ink_that_is_no_letter__not_counted(void **state)
{
	PIX *pix = pixCreate(WIDE, HIGH, 1);

	(void)state;
	for (int i = 0; i < 20; i++)
		rectangle(pix, 50 + 9 * i, 50, 4, 4);
	rectangle(pix, 100, 44, 12, 20);
	rectangle(pix, 50, 400, 900, 4);
	rectangle(pix, 300, 500, 200, 200);
	rectangle(pix, 510, 560, 12, 20);
	assert_int_equal(measure(pix).letters, 0);
	pixDestroy(&pix);
}

static void beside__dark_side__lines_that_run_into_it(void **state)
{
	PIX *pix = pixCreate(WIDE, HIGH, 1);

	(void)state;
	rectangle(pix, 640, 0, WIDE - 640, line_top(1) + HEIGHT); /* two of three lines end 40 px before it */
	assert_int_equal(measure(pix).lines, 2);
	rectangle(pix, 0, line_top(2), 260, 100); /* and the third begins 40 px behind another */
	assert_int_equal(measure(pix).lines, 3);
	pixDestroy(&pix);
}

/* A picture within the page, a narrow edge, and darkness far from the text. */
static void beside__other_darkness__no_line(void **state)
{
	PIX *pix = pixCreate(WIDE, HIGH, 1);

	(void)state;
	rectangle(pix, 620, 100, 200, 200);
	rectangle(pix, 0, 0, 60, HIGH);
	rectangle(pix, 900, 0, 100, HIGH);
	assert_int_equal(measure(pix).lines, 0);
	pixDestroy(&pix);
}

static void beside__tiny_page_and_boxes_outside__no_harm(void **state)
{
	PIX *pix = pixCreate(10, 10, 1);
	assay_word words[] = {{.text = "a", .left = -50, .top = -50, .right = 5000, .bottom = 5000},
			      {.text = "b", .left = 4000, .top = 4000, .right = 4100, .bottom = 4010, .line = 1}};
	const ocr_words w = {.items = words, .count = 2};
	ocr_beside b;

	(void)state;
	assert_int_equal(ocr_beside_measure(&b, &w, pix, NULL), ASSAY_OK);
	assert_int_equal(b.letters + b.lines, 0);
	pixDestroy(&pix);
	pix = pixCreate(100, 100, 1);
	(void)pixSetAll(pix);
	assert_int_equal(ocr_beside_measure(&b, &w, pix, NULL), ASSAY_OK);
	pixDestroy(&pix);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(beside__numbers_of_lines__their_digits),
	    cmocka_unit_test(beside__ink_that_is_no_letter__not_counted),
	    cmocka_unit_test(beside__dark_side__lines_that_run_into_it),
	    cmocka_unit_test(beside__other_darkness__no_line),
	    cmocka_unit_test(beside__tiny_page_and_boxes_outside__no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
