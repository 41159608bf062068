#include "ocr_ink.h"

#include "grey.h"
#include "page_brick.h"

#include "assay/memory.h"

#include <leptonica/allheaders.h>

#include <stdlib.h>
#include <string.h>

#define TEXT  12 /* px that text is high at least, on a page that is reduced to it */
#define BLOCK 4  /* heights of text along a side */
#define LEAST 8  /* levels */
#define GRAIN 2  /* medians of a block's depth */
#define PART  3  /* of the deepest around: less is its blur */
#define DARK  64

/* ---------------------------------------------------------------- the reduced page */

typedef struct reducer {
	PIX *from, *to;
	int factor;
	uint8_t *row;
	uint32_t *sums;
} reducer;

/* Means of factor x factor pixels, rounded to nearest; what is left over at the right and below is left out. */
static inline void reduce_row_by(const reducer *r, int y, int factor)
{
	const uint32_t area = (uint32_t)(factor * factor);
	const int width = pixGetWidth(r->to);
	l_uint32 *line = pixGetData(r->to) + (size_t)y * (size_t)pixGetWpl(r->to);

	for (int x = 0; x < width; x++)
		r->sums[x] = area / 2;
	for (int dy = 0; dy < factor; dy++) {
		grey_row(r->row, r->from, y * factor + dy);
		for (int x = 0; x < width; x++)
			for (int dx = 0; dx < factor; dx++)
				r->sums[x] += r->row[x * factor + dx];
	}
	for (int x = 0; x < width; x++)
		SET_DATA_BYTE(line, x, (l_uint8)(r->sums[x] / area));
}

/* Print is reduced by 1 to 4: the compiler is told those numbers, and has no division for each pixel. */
static void reduce_row(const reducer *r, int y)
{
	switch (r->factor) {
	case 1:
		reduce_row_by(r, y, 1);
		break;
	case 2:
		reduce_row_by(r, y, 2);
		break;
	case 3:
		reduce_row_by(r, y, 3);
		break;
	case 4:
		reduce_row_by(r, y, 4);
		break;
	default:
		reduce_row_by(r, y, r->factor);
	}
}

static PIX *reduced(PIX *page, int factor)
{
	PIX *out = pixCreate(pixGetWidth(page) / factor, pixGetHeight(page) / factor, 8);
	ASSAY_AUTO_FREE uint8_t *row = assay_alloc(grey_row_size(page), 1);
	ASSAY_AUTO_FREE uint32_t *sums = assay_alloc((size_t)(pixGetWidth(page) / factor), sizeof *sums);
	const reducer r = {page, out, factor, row, sums};

	if (out == NULL || row == NULL || sums == NULL) {
		pixDestroy(&out);
		return NULL;
	}
	for (int y = 0; y < pixGetHeight(out); y++)
		reduce_row(&r, y);
	return out;
}

static int factor_of(PIX *page, int32_t height)
{
	const int width = pixGetWidth(page), length = pixGetHeight(page), side = width < length ? width : length;
	const int factor = height < 2 * TEXT ? 1 : height / TEXT;

	return factor < side ? factor : side;
}

/* ---------------------------------------------------------------- ink */

static const l_uint32 *line_of(PIX *pix, int y)
{
	return pixGetData(pix) + (size_t)y * (size_t)pixGetWpl(pix);
}

static int least_at(const ocr_ink *in, int x, int y)
{
	return in->least[(size_t)(y / in->side) * (size_t)in->columns + (size_t)(x / in->side)];
}

static uint8_t least_of(const ocr_ink *in, int left, int top)
{
	const int width = pixGetWidth(in->depth), height = pixGetHeight(in->depth);
	uint64_t hist[256] = {0}, n = 0;
	int least;

	for (int y = top; y < top + in->side && y < height; y++) {
		const l_uint32 *line = line_of(in->depth, y);

		for (int x = left; x < left + in->side && x < width; x++, n++)
			hist[GET_DATA_BYTE(line, x)]++;
	}
	least = GRAIN * grey_level_at(hist, 0, 255, (n + 1) / 2);
	return (uint8_t)(least < LEAST ? LEAST : least > 255 ? 255 : least);
}

static assay_code find_grain(ocr_ink *in, assay_err *err)
{
	const int width = pixGetWidth(in->depth), height = pixGetHeight(in->depth);
	size_t n = 0, rows;

	in->side = BLOCK * in->height;
	in->columns = (width + in->side - 1) / in->side;
	rows = (size_t)((height + in->side - 1) / in->side);
	in->least = assay_alloc(rows, (size_t)in->columns);
	if (in->least == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "grain of a page");
	for (int y = 0; y < height; y += in->side)
		for (int x = 0; x < width; x += in->side)
			in->least[n++] = least_of(in, x, y);
	return ASSAY_OK;
}

/* Rows of bytes, a little longer than the page is wide. */
typedef struct marker {
	uint8_t *depth, *most, *least, *set;
} marker;

/* What blocks ask for, for each pixel of a row. */
static void spread_least(uint8_t *out, const ocr_ink *in, int y)
{
	const uint8_t *least = in->least + (size_t)(y / in->side) * (size_t)in->columns;
	const int width = pixGetWidth(in->pix);

	for (int x = 0; x < width; x += in->side)
		memset(out + x, *least++, (size_t)(x + in->side < width ? in->side : width - x));
}

/* Blocks ask for LEAST at least. */
static void mark_row(const ocr_ink *in, const marker *m, int y)
{
	const size_t words = (size_t)pixGetWpl(in->pix);
	l_uint32 *to = pixGetData(in->pix) + (size_t)y * words;

	for (size_t x = 0; x < 32 * words; x++)
		m->set[x] = (m->depth[x] >= m->least[x]) & (PART * m->depth[x] >= m->most[x]);
	for (size_t i = 0; i < words; i++)
		to[i] = grey_pack(m->set + 32 * i);
}

static void mark_rows(const ocr_ink *in, PIX *deepest, const marker *m)
{
	for (int y = 0; y < pixGetHeight(in->pix); y++) {
		grey_row(m->depth, in->depth, y);
		grey_row(m->most, deepest, y);
		if (y % in->side == 0)
			spread_least(m->least, in, y);
		mark_row(in, m, y);
	}
	(void)pixSetPadBits(in->pix, 0);
}

static assay_code mark(ocr_ink *in, assay_err *err)
{
	const size_t size = (size_t)pixGetWidth(in->depth) + 32; /* whole words */
	PIX *deepest = page_brick_brightest(in->depth, (in->height / 2) | 1);
	ASSAY_AUTO_FREE uint8_t *rows = assay_alloc(4, size);
	const marker m = {rows, rows + size, rows + 2 * size, rows + 3 * size};

	if (deepest != NULL && rows != NULL)
		in->pix = pixCreate(pixGetWidth(in->depth), pixGetHeight(in->depth), 1);
	if (in->pix != NULL)
		mark_rows(in, deepest, &m);
	pixDestroy(&deepest);
	return in->pix != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "ink of a page");
}

assay_code ocr_ink_find(ocr_ink *out, PIX *page, int32_t height, assay_err *err)
{
	assay_code rc;

	*out = (ocr_ink){.factor = factor_of(page, height)};
	out->height = height / out->factor > 0 ? height / out->factor : 1;
	out->grey = reduced(page, out->factor);
	out->paper = out->grey != NULL ? page_brick_close_grey(out->grey, out->height | 1) : NULL;
	out->depth = out->paper != NULL ? pixSubtractGray(NULL, out->paper, out->grey) : NULL;
	if (out->depth == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "paper of a page");
	rc = find_grain(out, err);
	return rc == ASSAY_OK ? mark(out, err) : rc;
}

void ocr_ink_release(ocr_ink *in)
{
	pixDestroy(&in->grey);
	pixDestroy(&in->paper);
	pixDestroy(&in->depth);
	pixDestroy(&in->pix);
	free(in->least);
	in->least = NULL;
}

/* ---------------------------------------------------------------- what lies in a part of it */

/* Along the row, where it is more than grain: three quarters of how deep ink is at least. */
static void add_steps(ocr_ink_sum *s, const ocr_ink *in, const l_uint32 *grey, int y, int from, int to)
{
	for (int x = from; x + 1 < to; x++) {
		const int step = abs(GET_DATA_BYTE(grey, x) - GET_DATA_BYTE(grey, x + 1));

		if (4 * step > 3 * least_at(in, x, y)) {
			s->steps += step;
			s->squares += (int64_t)step * step;
		}
	}
}

static void add_row(ocr_ink_sum *s, const ocr_ink *in, PIX *ink, int y, int from, int to)
{
	const l_uint32 *paper = line_of(in->paper, y), *depth = line_of(in->depth, y), *bits = line_of(ink, y);

	for (int x = from; x < to; x++) {
		const int p = GET_DATA_BYTE(paper, x), d = GET_DATA_BYTE(depth, x);

		if (GET_DATA_BIT(bits, x)) {
			s->ink++;
			s->depth += d;
			s->paper += p > DARK ? p : DARK;
		} else {
			s->rest += d;
		}
	}
	add_steps(s, in, line_of(in->grey, y), y, from, to);
	s->pixels += to - from;
}

void ocr_ink_add(ocr_ink_sum *sum, const ocr_ink *in, PIX *ink, const BOX *box)
{
	const int width = pixGetWidth(in->grey), height = pixGetHeight(in->grey);
	const int left = box->x > 0 ? box->x : 0, top = box->y > 0 ? box->y : 0;
	const int64_t right = (int64_t)box->x + box->w, bottom = (int64_t)box->y + box->h;

	for (int y = top; y < bottom && y < height; y++)
		if (left < right && left < width)
			add_row(sum, in, ink, y, left, right < width ? (int)right : width);
}

int64_t ocr_ink_contrast(const ocr_ink_sum *s)
{
	return s->ink > 0 ? s->depth * 1000 / s->paper : 0;
}

int64_t ocr_ink_sharpness(const ocr_ink_sum *s)
{
	return s->steps > 0 && s->depth > 0 ? s->squares * 1000 / s->steps * s->ink / s->depth : 0;
}
