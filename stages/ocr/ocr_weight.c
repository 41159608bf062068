#include "ocr_weight.h"

#include "grey.h"

#include "assay/memory.h"

#include <stdlib.h>

#define CONTRAST_MIN 32
#define INK_PART     20 /* of the pixels: darker than text is blurred */

typedef struct band {
	int left, top, right, bottom; /* all of the words, within the page */
	size_t stride;
	uint8_t *rows;
} band;

static int within(int32_t value, int most)
{
	return value < 0 ? 0 : value > most ? most : value;
}

static void extend(band *b, const assay_word *w, PIX *page)
{
	const int left = within(w->left, pixGetWidth(page)), right = within(w->right, pixGetWidth(page));
	const int top = within(w->top, pixGetHeight(page)), bottom = within(w->bottom, pixGetHeight(page));

	b->left = left < b->left ? left : b->left;
	b->top = top < b->top ? top : b->top;
	b->right = right > b->right ? right : b->right;
	b->bottom = bottom > b->bottom ? bottom : b->bottom;
}

static assay_code read_band(band *b, PIX *page, const assay_word *words, size_t count, assay_err *err)
{
	size_t bytes;

	*b = (band){.left = pixGetWidth(page), .top = pixGetHeight(page), .stride = grey_row_size(page)};
	for (size_t i = 0; i < count; i++)
		extend(b, &words[i], page);
	if (b->right <= b->left || b->bottom <= b->top) {
		b->bottom = b->top;
		return ASSAY_OK;
	}
	if (assay_mul_size(&bytes, b->stride, (size_t)(b->bottom - b->top)))
		b->rows = assay_alloc(bytes, 1);
	if (b->rows == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "line of a page");
	for (int y = b->top; y < b->bottom; y++)
		grey_row(b->rows + (size_t)(y - b->top) * b->stride, page, y);
	return ASSAY_OK;
}

/* A row of a word, within the band: its first pixel, and how many. */
static const uint8_t *row_of(const band *b, const assay_word *w, int y, size_t *count)
{
	const int left = w->left < b->left ? b->left : w->left, right = w->right > b->right ? b->right : w->right;

	*count = y >= w->top && y < w->bottom && left < right ? (size_t)(right - left) : 0;
	return *count > 0 ? b->rows + (size_t)(y - b->top) * b->stride + left : NULL;
}

static void read_levels(const band *b, const assay_word *words, size_t count, int *paper, int *ink)
{
	uint64_t hist[256] = {0}, pixels = 0;

	for (size_t i = 0; i < count; i++)
		for (int y = b->top; y < b->bottom; y++) {
			size_t n;
			const uint8_t *row = row_of(b, &words[i], y, &n);

			for (size_t x = 0; x < n; x++)
				hist[row[x]]++;
			pixels += n;
		}
	*paper = pixels > 0 ? grey_level_at(hist, 0, 255, (pixels + 1) / 2) : 0;
	*ink = pixels > 0 ? grey_level_at(hist, 0, 255, (pixels + INK_PART - 1) / INK_PART) : 0;
}

typedef struct sums {
	uint64_t ink, steps;
} sums;

/* Beyond both ends is paper. */
static void add_row(sums *s, const uint8_t *row, size_t count, const int depths[256])
{
	int before = 0;

	for (size_t x = 0; x < count; x++) {
		const int depth = depths[row[x]];

		s->ink += (uint64_t)depth;
		s->steps += (uint64_t)abs(depth - before);
		before = depth;
	}
	s->steps += (uint64_t)before;
}

static int32_t mean_run(const band *b, const assay_word *words, size_t count)
{
	int paper, ink, depths[256];
	sums s = {0};

	read_levels(b, words, count, &paper, &ink);
	if (paper - ink < CONTRAST_MIN)
		return 0;
	for (int level = 0; level < 256; level++) {
		const int least = (paper - ink) / 4, most = 3 * (paper - ink) / 4, depth = paper - level;

		depths[level] = depth < least ? 0 : (depth > most ? most : depth) - least;
	}
	for (size_t i = 0; i < count; i++)
		for (int y = b->top; y < b->bottom; y++) {
			size_t n;
			const uint8_t *row = row_of(b, &words[i], y, &n);

			add_row(&s, row, n, depths);
		}
	return s.steps > 0 ? (int32_t)(2 * OCR_WEIGHT_PIXEL * s.ink / s.steps) : 0;
}

assay_code ocr_weight_of(int32_t *out, PIX *page, const assay_word *words, size_t count, assay_err *err)
{
	band b;
	const assay_code rc = read_band(&b, page, words, count, err);

	*out = rc == ASSAY_OK ? mean_run(&b, words, count) : 0;
	free(b.rows);
	return rc;
}
