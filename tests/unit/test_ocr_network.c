/* Tesseract's layers as they are computed here, against those that it computes itself. */
#include "ocr_cmocka.h"

#include "ocr_engine.h"
#include "ocr_gates.h"
#include "ocr_network.h"

#include <dlfcn.h>
#include <string.h>

#include <leptonica/allheaders.h>

const ocr_gates *__real_ocr_gates_best(void);
const ocr_gates *__wrap_ocr_gates_best(void);

enum { LAYERS = 7 }; /* of one of Tesseract's models: a window, tanh, a largest and four LSTMs */

static unsigned used;

static void count_quantised(int8_t *out, const float *in, size_t count)
{
	used++;
	ocr_gates_plain.quantise(out, in, count);
}

static void (*quantise)(int8_t *out, const float *in, size_t count) = count_quantised;

const ocr_gates *__wrap_ocr_gates_best(void)
{
	static ocr_gates given;

	given = *__real_ocr_gates_best();
	given.quantise = quantise;
	return &given;
}

static bool is_known(void)
{
	return strcmp(TessVersion(), "5.3.0") == 0;
}

static TessBaseAPI *opened(void)
{
	char *name = (char[]){"eng"};
	const assay_text_list languages = {&name, 1};
	const ocr_engine_params p = {&languages, "", PSM_SINGLE_BLOCK, true};
	TessBaseAPI *api;
	assay_err err;

	assert_int_equal(ocr_engine_open(&api, &p, &err), ASSAY_OK);
	return api;
}

/* Lines of strokes, some of which it takes for letters; white on dark in the last lines. */
static PIX *writing(uint32_t seed)
{
	PIX *pix = pixCreate(700, 400, 1);

	for (int line = 0; line < 5; line++)
		for (int x = 20; x < 660; x += 6 + (int)(test_random(&seed) % 14)) {
			const int top = 20 + 70 * line + (int)(test_random(&seed) % 3) * 9;
			const bool upright = test_random(&seed) % 3 > 0;

			(void)pixRasterop(pix, x, top, upright ? 3 : 11, upright ? 56 + 70 * line - top : 3, PIX_SET,
					  NULL, 0, 0);
		}
	(void)pixRasterop(pix, 0, 290, 700, 110, PIX_NOT(PIX_DST), NULL, 0, 0);
	return pix;
}

/* Words, boxes, and confidences with all their digits. */
static char *read_by(TessBaseAPI *api, bool here, uint32_t seed)
{
	PIX *pix = writing(seed);
	char *text;
	assay_err err;

	ocr_network_use(here);
	assert_int_equal(ocr_engine_recognize(api, pix, 300, &err), ASSAY_OK);
	text = TessBaseAPIGetTsvText(api, 0);
	ocr_engine_clear(api);
	ocr_network_use(true);
	pixDestroy(&pix);
	assert_non_null(text);
	return text;
}

static void bound__layers_of_tesseract__to_the_program(void **state)
{
	static const char *const names[] = {
	    "_ZN9tesseract8Convolve7ForwardEbRKNS_9NetworkIOEPKNS_15TransposedArrayEPNS_14NetworkScratchEPS1_",
	    "_ZN9tesseract14FullyConnected7ForwardEbRKNS_9NetworkIOEPKNS_15TransposedArrayEPNS_14NetworkScratchEPS1_",
	    "_ZN9tesseract7Maxpool7ForwardEbRKNS_9NetworkIOEPKNS_15TransposedArrayEPNS_14NetworkScratchEPS1_",
	    "_ZN9tesseract4LSTM7ForwardEbRKNS_9NetworkIOEPKNS_15TransposedArrayEPNS_14NetworkScratchEPS1_"};
	Dl_info ours, found;

	(void)state;
	assert_int_not_equal(dladdr((void *)(uintptr_t)ocr_network_use, &ours), 0);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		void *at = dlsym(RTLD_DEFAULT, names[i]);

		assert_non_null(at);
		assert_int_not_equal(dladdr(at, &found), 0);
		assert_ptr_equal(found.dli_fbase, ours.dli_fbase);
	}
}

static void open__version_that_is_known__all_layers_are_trusted(void **state)
{
	TessBaseAPI *api;

	(void)state;
	assert_int_equal(ocr_network_layers(), 0);
	api = opened();
	assert_int_equal(ocr_network_layers(), is_known() ? LAYERS : 0);
	ocr_engine_close(api);
	assert_int_equal(ocr_network_layers(), 0);
}

static void recognize__either_way__same_to_the_last_digit(void **state)
{
	TessBaseAPI *api = opened();

	(void)state;
	for (uint32_t seed = 1; seed < 6; seed++) {
		char *here, *there;

		used = 0;
		there = read_by(api, false, seed);
		assert_int_equal(used, 0);
		here = read_by(api, true, seed);
		assert_int_equal(used > 0, is_known());
		assert_true(strlen(there) > 500); /* some lines of words */
		assert_string_equal(here, there);
		TessDeleteText(here);
		TessDeleteText(there);
	}
	ocr_engine_close(api);
}

/* The last value stays as it lies there: it may be what Tesseract wrote. */
static void quantise_in_part(int8_t *out, const float *in, size_t count)
{
	ocr_gates_plain.quantise(out, in, count - 1);
	used++;
}

static void open__layers_that_differ__not_taken(void **state)
{
	TessBaseAPI *api = opened();
	char *before = read_by(api, true, 3), *after;

	(void)state;
	ocr_engine_close(api);
	quantise = quantise_in_part;
	api = opened();
	assert_int_equal(ocr_network_layers(), is_known() ? 2 : 0);
	used = 0;
	after = read_by(api, true, 3);
	assert_int_equal(used, 0);
	assert_string_equal(before, after);
	quantise = count_quantised;
	ocr_engine_close(api);
	TessDeleteText(before);
	TessDeleteText(after);
}

/* Each model is tried by itself. */
static void open__second_model__its_layers_too(void **state)
{
	TessBaseAPI *first = opened(), *second = opened();

	(void)state;
	assert_int_equal(ocr_network_layers(), is_known() ? 2 * LAYERS : 0);
	ocr_engine_close(first);
	assert_int_equal(ocr_network_layers(), 0);
	/* what is left is tried again when it is used */
	TessDeleteText(read_by(second, true, 4));
	assert_int_equal(ocr_network_layers(), is_known() ? LAYERS : 0);
	ocr_engine_close(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bound__layers_of_tesseract__to_the_program),
	    cmocka_unit_test(open__version_that_is_known__all_layers_are_trusted),
	    cmocka_unit_test(recognize__either_way__same_to_the_last_digit),
	    cmocka_unit_test(open__layers_that_differ__not_taken),
	    cmocka_unit_test(open__second_model__its_layers_too),
	};

	return cmocka_run_group_tests_name("ocr_network", tests, NULL, NULL);
}
