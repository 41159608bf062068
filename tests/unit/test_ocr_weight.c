/* How heavy strokes are, on pictures of upright ones. */
#include "ocr_cmocka.h"

#include "ocr_weight.h"

#include <leptonica/allheaders.h>

enum { WIDE = 240, HIGH = 40, STEP = 12 };

static const assay_word all = {.right = WIDE, .bottom = HIGH};

/* Strokes of `thick` px of level `ink` on `paper`, softened by a pixel of the level between them when they are blurred. */
static PIX *strokes(int depth, int thick, int ink, int paper, bool blurred)
{
	PIX *pix = pixCreate(WIDE, HIGH, depth);

	assert_non_null(pix);
	for (int y = 0; y < HIGH; y++)
		for (int x = 0; x < WIDE; x++) {
			const int at = x % STEP, level = at >= 2 && at < 2 + thick                 ? ink
							 : blurred && (at == 1 || at == 2 + thick) ? (ink + paper) / 2
												   : paper;

			assert_int_equal(pixSetPixel(pix, x, y, (l_uint32)level), 0);
		}
	return pix;
}

static int32_t weight_of(PIX *pix, const assay_word *words, size_t count)
{
	int32_t weight = -1;

	assert_int_equal(ocr_weight_of(&weight, pix, words, count, NULL), ASSAY_OK);
	pixDestroy(&pix);
	return weight;
}

static void weight__strokes_of_a_width__that_width(void **state)
{
	(void)state;
	assert_int_equal(weight_of(strokes(8, 3, 0, 255, false), &all, 1), 3 * OCR_WEIGHT_PIXEL);
	assert_int_equal(weight_of(strokes(8, 4, 60, 200, false), &all, 1), 4 * OCR_WEIGHT_PIXEL);
	assert_int_equal(weight_of(strokes(1, 4, 1, 0, false), &all, 1), 4 * OCR_WEIGHT_PIXEL);
	/* Half of each edge's pixel is ink. */
	assert_int_equal(weight_of(strokes(8, 3, 0, 200, true), &all, 1), 4 * OCR_WEIGHT_PIXEL);
}

static void weight__grain_on_the_paper__is_none(void **state)
{
	PIX *pix = strokes(8, 4, 0, 255, false);

	(void)state;
	for (int y = 0; y < HIGH; y++)
		for (int x = (7 * y) % 5; x < WIDE; x += 5) {
			l_uint32 level;

			assert_int_equal(pixGetPixel(pix, x, y, &level), 0);
			assert_int_equal(pixSetPixel(pix, x, y, level > 0 ? level - 60 : level + 60), 0);
		}
	assert_int_equal(weight_of(pix, &all, 1), 4 * OCR_WEIGHT_PIXEL);
}

static void weight__white_on_black_faint_or_empty__unknown(void **state)
{
	(void)state;
	assert_int_equal(weight_of(strokes(8, 3, 255, 0, false), &all, 1), 0);
	assert_int_equal(weight_of(strokes(8, 3, 200, 231, false), &all, 1), 0);
	assert_int_equal(weight_of(strokes(8, 3, 255, 255, false), &all, 1), 0);
	assert_int_equal(weight_of(strokes(8, 3, 0, 255, false), NULL, 0), 0);
}

/* Boxes come from an engine. */
static void weight__boxes_beyond_the_page__what_is_within(void **state)
{
	const assay_word wide[] = {{.left = -50, .top = -9, .right = WIDE + 50, .bottom = HIGH + 9},
				   {.left = 90, .top = 30, .right = 10, .bottom = 5}},
			 outside = {.left = WIDE, .top = HIGH, .right = WIDE + 9, .bottom = HIGH + 9};

	(void)state;
	assert_int_equal(weight_of(strokes(8, 3, 0, 255, false), wide, 2), 3 * OCR_WEIGHT_PIXEL);
	assert_int_equal(weight_of(strokes(8, 3, 0, 255, false), &outside, 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(weight__strokes_of_a_width__that_width),
	    cmocka_unit_test(weight__grain_on_the_paper__is_none),
	    cmocka_unit_test(weight__white_on_black_faint_or_empty__unknown),
	    cmocka_unit_test(weight__boxes_beyond_the_page__what_is_within),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
