#include "page_brick.h"

#include "grey.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

/*
 * Of a window of n pixels that begins at a pixel, more and more: first of 1, then of 2, 4 and so on, at last of n. Done
 * twice, first with one operation and then with the other, that is the closing or the opening of what lies n - 1 pixels
 * further, wherever in the brick its centre is said to be.
 */

/* ---------------------------------------------------------------- ink */

/* A page with paper around it: n - 1 pixels or more above and to the left, which windows begin in, and as much below
 * and to the right, which they end in. */
typedef struct plane {
	uint32_t *words; /* owned */
	size_t stride;   /* words */
	size_t used;     /* of a row, words that windows begin in */
	size_t rows;     /* that windows begin in */
	size_t left, top;
} plane;

static uint32_t *row_of(const plane *p, size_t y)
{
	return p->words + p->stride * y;
}

/* Of the last word of a row, what is page. */
static uint32_t last_word(PIX *pix)
{
	const int over = pixGetWidth(pix) % 32;

	return over == 0 ? UINT32_MAX : UINT32_MAX << (32 - over);
}

static bool plane_of(plane *p, PIX *pix, int width, int height)
{
	const size_t words = (size_t)(pixGetWidth(pix) + 31) / 32, lines = (size_t)pixGetHeight(pix);
	const size_t from = (size_t)pixGetWpl(pix);

	p->left = ((size_t)width + 30) / 32;
	p->top = (size_t)height - 1;
	p->used = p->left + words;
	p->rows = p->top + lines;
	p->stride = p->used + p->left + 1;
	p->words = assay_alloc(p->rows + p->top, p->stride * sizeof *p->words);
	for (size_t y = 0; p->words != NULL && y < lines; y++) {
		uint32_t *to = row_of(p, p->top + y) + p->left;

		memcpy(to, pixGetData(pix) + from * y, words * sizeof *to);
		to[words - 1] &= last_word(pix);
	}
	return p->words != NULL;
}

static void join(uint32_t *to, const uint32_t *other, size_t n, bool any)
{
	if (any)
		for (size_t i = 0; i < n; i++)
			to[i] |= other[i];
	else
		for (size_t i = 0; i < n; i++)
			to[i] &= other[i];
}

/* What begins `by` pixels further right. */
static void shift(uint32_t *to, const uint32_t *row, size_t n, size_t by)
{
	const uint32_t *at = row + by / 32;
	const unsigned left = by % 32;

	if (left == 0)
		memcpy(to, at, n * sizeof *to);
	else
		for (size_t i = 0; i < n; i++)
			to[i] = at[i] << left | at[i + 1] >> (32 - left);
}

static void widen(const plane *p, size_t n, bool any, uint32_t *shifted)
{
	for (size_t y = 0; y < p->rows; y++) {
		uint32_t *row = row_of(p, y);
		size_t by;

		for (size_t have = 1; have < n; have += by) {
			by = have < n - have ? have : n - have;
			shift(shifted, row, p->used, by);
			join(row, shifted, p->used, any);
		}
	}
}

static void heighten(const plane *p, size_t n, bool any)
{
	size_t by;

	for (size_t have = 1; have < n; have += by) {
		by = have < n - have ? have : n - have;
		for (size_t y = 0; y < p->rows; y++)
			join(row_of(p, y), row_of(p, y + by), p->used, any);
	}
}

/* A brick that is longer than the page does what one does that is a pixel longer. */
static int at_most(int side, int length)
{
	return side <= length ? side : length + 1;
}

/* Any ink first, then all of it, is a closing; the other way round an opening. */
static void run(PIX *out, const plane *p, size_t width, size_t height, bool any, uint32_t *shifted)
{
	for (int pass = 0; pass < 2; pass++) {
		widen(p, width, any == (pass == 0), shifted);
		heighten(p, height, any == (pass == 0));
	}
	for (size_t y = 0; y < p->rows - p->top; y++)
		shift(pixGetData(out) + (size_t)pixGetWpl(out) * y, row_of(p, y), p->used - p->left,
		      32 * p->left - (width - 1));
	(void)pixSetPadBits(out, 0);
}

static PIX *filter(PIX *pix, int width, int height, bool any)
{
	PIX *out = pixCreateTemplate(pix);
	plane p = {0};
	const bool whole = width > 0 && height > 0 && out != NULL && plane_of(&p, pix, width, height);
	uint32_t *shifted = whole ? assay_alloc(p.stride, sizeof *shifted) : NULL;

	if (shifted != NULL)
		run(out, &p, (size_t)width, (size_t)height, any, shifted);
	else
		pixDestroy(&out);
	free(shifted);
	free(p.words);
	return out;
}

PIX *page_brick_close(PIX *pix, int width, int height)
{
	return filter(pix, at_most(width, pixGetWidth(pix)), at_most(height, pixGetHeight(pix)), true);
}

PIX *page_brick_open(PIX *pix, int width, int height)
{
	return filter(pix, at_most(width, pixGetWidth(pix)), at_most(height, pixGetHeight(pix)), false);
}

/* ---------------------------------------------------------------- grey */

/* As a plane, of bytes. */
typedef struct field {
	uint8_t *bytes; /* owned */
	size_t stride, rows, used;
	size_t before; /* of the page, to the left and above: n - 1 */
} field;

static uint8_t *line_of(const field *f, size_t y)
{
	return f->bytes + f->stride * y;
}

static bool field_of(field *f, PIX *pix, int side)
{
	const size_t width = (size_t)pixGetWidth(pix), lines = (size_t)pixGetHeight(pix);
	ASSAY_AUTO_FREE uint8_t *row = assay_alloc(grey_row_size(pix), 1);

	f->before = (size_t)side - 1;
	f->used = f->before + width;
	f->rows = f->before + lines;
	f->stride = f->used + f->before;
	f->bytes = row != NULL ? assay_alloc(f->rows + f->before, f->stride) : NULL;
	for (size_t y = 0; f->bytes != NULL && y < lines; y++) {
		grey_row(row, pix, (int)y);
		memcpy(line_of(f, f->before + y) + f->before, row, width);
	}
	return f->bytes != NULL;
}

static void brighten(uint8_t *to, const uint8_t *a, const uint8_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = a[i] > b[i] ? a[i] : b[i];
}

static void darken(uint8_t *to, const uint8_t *a, const uint8_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = a[i] < b[i] ? a[i] : b[i];
}

typedef void level_fn(uint8_t *to, const uint8_t *a, const uint8_t *b, size_t n);

/* Along the rows, then down them. */
static void spread(const field *f, size_t n, level_fn *of, uint8_t *row)
{
	size_t by;

	for (size_t y = 0; y < f->rows; y++)
		for (size_t have = 1; have < n; have += by) {
			by = have < n - have ? have : n - have;
			memcpy(row, line_of(f, y), f->stride);
			of(line_of(f, y), row, row + by, f->used);
		}
	for (size_t have = 1; have < n; have += by) {
		by = have < n - have ? have : n - have;
		for (size_t y = 0; y < f->rows; y++)
			of(line_of(f, y), line_of(f, y), line_of(f, y + by), f->used);
	}
}

/* After the first pass windows are centred half a brick further: of those whose centre is not on the page, none counts. */
static void whiten_around(const field *f, size_t half)
{
	for (size_t y = 0; y < f->rows + f->before; y++) {
		uint8_t *line = line_of(f, y);

		if (y < half || y >= f->rows - half) {
			memset(line, 255, f->stride);
			continue;
		}
		memset(line, 255, half);
		memset(line + f->used - half, 255, f->stride - f->used + half);
	}
}

static PIX *page_of(const field *f, PIX *pix, size_t at)
{
	PIX *out = pixCreateTemplate(pix);

	for (int y = 0; out != NULL && y < pixGetHeight(out); y++) {
		l_uint32 *to = pixGetData(out) + (size_t)pixGetWpl(out) * (size_t)y;

		memcpy(to, line_of(f, at + (size_t)y) + at, (size_t)pixGetWidth(out));
		for (int i = 0; i < pixGetWpl(out); i++)
			to[i] = __builtin_bswap32(to[i]);
	}
	return out;
}

static PIX *filter_grey(PIX *pix, int side, bool closes)
{
	const size_t n = (size_t)side, half = n / 2;
	field f = {0};
	uint8_t *row = field_of(&f, pix, side) ? assay_alloc(f.stride, 1) : NULL;
	PIX *out = NULL;

	if (row != NULL) {
		spread(&f, n, brighten, row);
		if (closes) {
			whiten_around(&f, half);
			spread(&f, n, darken, row);
		}
		out = page_of(&f, pix, closes ? 0 : half);
	}
	free(row);
	free(f.bytes);
	return out;
}

PIX *page_brick_brightest(PIX *pix, int side)
{
	return filter_grey(pix, side, false);
}

PIX *page_brick_close_grey(PIX *pix, int side)
{
	return filter_grey(pix, side, true);
}
