#include "waveform.h"

#include "png.h"

#include <string.h>

#define BLOCKS_MAX ((size_t)2 * ASSAY_WAVEFORM_WIDTH)
#define MIDDLE     ((int)ASSAY_WAVEFORM_HEIGHT / 2)

static void widen(assay_waveform_reach *r, float low, float high)
{
	if (low < r->low)
		r->low = low;
	if (high > r->high)
		r->high = high;
}

static void join_blocks(assay_waveform *w)
{
	for (size_t i = 0; i < w->count / 2; i++) {
		w->blocks[i] = w->blocks[2 * i];
		widen(&w->blocks[i], w->blocks[2 * i + 1].low, w->blocks[2 * i + 1].high);
	}
	w->count /= 2;
	w->frames *= 2;
	w->in_last = w->frames;
}

static void begin_block(assay_waveform *w)
{
	if (w->count == BLOCKS_MAX)
		join_blocks(w);
	w->blocks[w->count++] = (assay_waveform_reach){0};
	w->in_last = 0;
}

void assay_waveform_take(assay_waveform *w, const float *samples, size_t n, uint32_t channels)
{
	if (w->frames == 0)
		w->frames = 1;
	for (size_t i = 0; i < n; i++) {
		if (w->count == 0 || w->in_last == w->frames)
			begin_block(w);
		w->in_last++;
		for (uint32_t c = 0; c < channels; c++) {
			const float x = samples[i * channels + c];

			if (x - x == 0) /* a number */
				widen(&w->blocks[w->count - 1], x, x);
		}
	}
}

static int height_of(float x)
{
	const int most = MIDDLE;

	return x >= 1 ? most : x <= -1 ? -most : (int)(x * (float)most);
}

static void draw_column(uint8_t *pixels, size_t width, size_t x, const assay_waveform_reach *r)
{
	static const uint8_t blue[3] = {0x30, 0x60, 0xa0}, red[3] = {0xc0, 0x20, 0x20};
	const uint8_t *ink = r->high >= 1 || r->low <= -1 ? red : blue;

	for (int y = MIDDLE - height_of(r->high); y <= MIDDLE - height_of(r->low); y++)
		memcpy(pixels + ((size_t)y * width + x) * 3, ink, 3);
}

assay_code assay_waveform_png(assay_buf *out, const assay_waveform *w, assay_err *err)
{
	const size_t count = w->count > 0 ? w->count : 1;
	const size_t width = count < ASSAY_WAVEFORM_WIDTH ? count : ASSAY_WAVEFORM_WIDTH, row = width * 3;
	ASSAY_AUTO_FREE uint8_t *pixels = assay_alloc(ASSAY_WAVEFORM_HEIGHT, row);

	if (pixels == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "picture of a recording");
	memset(pixels, 0xff, ASSAY_WAVEFORM_HEIGHT * row);
	memset(pixels + (size_t)MIDDLE * row, 0x80, row);
	for (size_t x = 0; w->count > 0 && x < width; x++) {
		assay_waveform_reach r = {0};

		for (size_t i = x * count / width; i < (x + 1) * count / width; i++)
			widen(&r, w->blocks[i].low, w->blocks[i].high);
		if (r.low < 0 || r.high > 0)
			draw_column(pixels, width, x, &r);
	}
	return assay_png_append(out, &(assay_rgb){pixels, (ptrdiff_t)row, (uint32_t)width, ASSAY_WAVEFORM_HEIGHT}, err);
}
