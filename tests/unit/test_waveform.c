#include "waveform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint32_t number(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Width and height as the header of the PNG has them. */
static void check_size(const assay_waveform *w, uint32_t width)
{
	ASSAY_AUTO_BUF png = ASSAY_BUF_INIT;
	assay_err err = ASSAY_ERR_INIT;

	assert_int_equal(assay_waveform_png(&png, w, &err), ASSAY_OK);
	assert_true(png.len > 33 && memcmp(png.data, "\x89PNG\r\n\x1a\n", 8) == 0);
	assert_int_equal(number(png.data + 16), width);
	assert_int_equal(number(png.data + 20), ASSAY_WAVEFORM_HEIGHT);
}

static void take__any_cut__same_blocks(void **state)
{
	static assay_waveform whole, cut;
	static float samples[2 * 50000];

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(samples); i++)
		samples[i] = (float)(i * 7919 % 2001) / 1000 - 1;
	memset(&whole, 0, sizeof whole);
	memset(&cut, 0, sizeof cut);
	assay_waveform_take(&whole, samples, 50000, 2);
	for (size_t at = 0, n = 1; at < 50000; at += n, n = n * 3 % 1009 + 1) {
		if (n > 50000 - at)
			n = 50000 - at;
		assay_waveform_take(&cut, samples + 2 * at, n, 2);
	}
	assert_memory_equal(&whole, &cut, sizeof whole);
	assert_true(whole.count <= ASSAY_COUNT(whole.blocks) && whole.count >= ASSAY_COUNT(whole.blocks) / 2);
	check_size(&whole, ASSAY_WAVEFORM_WIDTH);
}

/* 100000 frames of silence with one peak: it is in the one block that holds its frame. */
static void take__one_peak__stays_where_it_was(void **state)
{
	static assay_waveform w;
	static float samples[100000];

	(void)state;
	memset(&w, 0, sizeof w);
	memset(samples, 0, sizeof samples);
	samples[76543] = -0.75F;
	assay_waveform_take(&w, samples, ASSAY_COUNT(samples), 1);
	for (size_t i = 0; i < w.count; i++) {
		const bool here = 76543 / w.frames == i;

		assert_true(w.blocks[i].low == (here ? -0.75F : 0));
		assert_true(w.blocks[i].high == 0);
	}
}

static void png__few_frames_and_no_numbers__drawn(void **state)
{
	static assay_waveform w;
	const float samples[] = {NAN, INFINITY, -INFINITY, 2, -3, 0.5F};

	(void)state;
	memset(&w, 0, sizeof w);
	check_size(&w, 1);
	assay_waveform_take(&w, samples, ASSAY_COUNT(samples), 1);
	assert_true(w.blocks[0].high == 0 && w.blocks[1].high == 0 && w.blocks[2].low == 0);
	assert_true(w.blocks[3].high == 2 && w.blocks[4].low == -3);
	check_size(&w, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(take__any_cut__same_blocks),
	    cmocka_unit_test(take__one_peak__stays_where_it_was),
	    cmocka_unit_test(png__few_frames_and_no_numbers__drawn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
