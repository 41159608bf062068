#include "ocr_beside.h"

#include "ocr_missed.h"
#include "ocr_order.h"
#include "page_brick.h"

#include <leptonica/allheaders.h>

#define REDUCED  4  /* darkness is looked for in a page that is so many times smaller */
#define SMALLEST 16 /* px of a page that can be made so */

/* ---------------------------------------------------------------- letters on their own */

static bool is_letter(const BOX *b, int height)
{
	return 2 * b->h >= height && b->h <= 2 * height && 6 * b->w >= height && b->w <= 3 * height;
}

/* Ink that hangs together, a letter's or part of a picture's. */
static int64_t count_letters(const BOXA *pieces, int height)
{
	int64_t letters = 0, dirt = 0;

	for (l_int32 i = 0; i < pieces->n; i++) {
		const BOX *b = pieces->box[i];

		if (b->h > 2 * height || b->w > 6 * height)
			return 0;
		letters += is_letter(b, height);
		dirt += 3 * b->h < height && 3 * b->w < height;
	}
	return dirt <= letters ? letters : 0;
}

static assay_code add_group(int64_t *letters, PIX *rest, BOX *group, int height, assay_err *err)
{
	PIX *part = pixClipRectangle(rest, group, NULL);
	BOXA *pieces = part != NULL ? pixConnCompBB(part, 8) : NULL;

	pixDestroy(&part);
	if (pieces == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "ink beside the words");
	*letters += count_letters(pieces, height);
	boxaDestroy(&pieces);
	return ASSAY_OK;
}

static assay_code measure_letters(int64_t *out, PIX *rest, int height, assay_err *err)
{
	PIX *joined = page_brick_close(rest, height | 1, (height / 2) | 1);
	BOXA *groups = joined != NULL ? pixConnCompBB(joined, 8) : NULL;
	assay_code rc = ASSAY_OK;

	pixDestroy(&joined);
	if (groups == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "ink beside the words");
	for (l_int32 i = 0; i < groups->n && rc == ASSAY_OK; i++) {
		BOX *g = groups->box[i];

		if (2 * g->h >= height && g->h <= 2 * height)
			rc = add_group(out, rest, g, height, err);
	}
	boxaDestroy(&groups);
	return rc;
}

/* ---------------------------------------------------------------- dark sides */

static PIX *frame_of(PIX *pix)
{
	PIX *out = pixCopy(NULL, pix);

	if (out != NULL)
		(void)pixRasterop(out, 1, 1, pixGetWidth(pix) - 2, pixGetHeight(pix) - 2, PIX_CLR, NULL, 0, 0);
	return out;
}

/* The dark sides of a reduced page; NULL when memory is out. */
static PIX *find_dark(PIX *small, int side)
{
	PIX *solid = page_brick_open(small, side, side), *seed = solid != NULL ? frame_of(solid) : NULL;
	PIX *dark = seed != NULL ? pixSeedfillBinary(NULL, seed, solid, 4) : NULL;

	pixDestroy(&seed);
	pixDestroy(&solid);
	return dark;
}

/* Is a quarter of the strip dark? Pixels of the whole page; what of it lies outside is not. */
static bool is_dark(PIX *dark, int left, int top, int right, int bottom)
{
	const int x = left < 0 ? 0 : left / REDUCED, y = top < 0 ? 0 : top / REDUCED;
	const int w = right / REDUCED - x, h = bottom / REDUCED - y;
	const int64_t whole = (int64_t)((right - left) / REDUCED) * ((bottom - top) / REDUCED);
	BOX *box = w > 0 && h > 0 && x < pixGetWidth(dark) && y < pixGetHeight(dark) ? boxCreate(x, y, w, h) : NULL;
	l_int32 n = 0;

	if (box != NULL)
		(void)pixCountPixelsInRect(dark, box, &n, NULL);
	boxDestroy(&box);
	return n > 0 && 4 * (int64_t)n >= whole;
}

static int64_t count_lines(const ocr_words *words, PIX *dark, int height)
{
	const assay_word *first = words->items;
	int64_t n = 0;

	for (size_t i = 0; i < words->count; i++) {
		const assay_word *w = &words->items[i];

		if (i + 1 < words->count && w[1].line == w->line && w[1].block == w->block)
			continue;
		n += is_dark(dark, w->right, w->top, w->right + 2 * height, w->bottom) ||
		     is_dark(dark, first->left - 2 * height, first->top, first->left, first->bottom);
		first = w + 1;
	}
	return n;
}

static assay_code measure_lines(int64_t *out, const ocr_words *words, PIX *ink, int height, assay_err *err)
{
	PIX *small, *dark;

	if (pixGetWidth(ink) < SMALLEST || pixGetHeight(ink) < SMALLEST)
		return ASSAY_OK;
	small = pixReduceRankBinaryCascade(ink, 3, 3, 0, 0);
	dark = small != NULL ? find_dark(small, 3 * height / REDUCED) : NULL;
	pixDestroy(&small);
	if (dark == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "dark sides of a page");
	*out = count_lines(words, dark, height);
	pixDestroy(&dark);
	return ASSAY_OK;
}

assay_code ocr_beside_measure(ocr_beside *out, const ocr_words *words, PIX *ink, assay_err *err)
{
	PIX *rest = pixCopy(NULL, ink);
	int32_t height;
	assay_code rc;

	*out = (ocr_beside){0};
	if (rest == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "ink beside the words");
	ocr_missed_clear(rest, words);
	ASSAY_TRY(ocr_text_height(&height, words, err));
	ASSAY_TRY(measure_letters(&out->letters, rest, height, err));
	rc = measure_lines(&out->lines, words, ink, height, err);
fail:
	pixDestroy(&rest);
	return rc;
}
