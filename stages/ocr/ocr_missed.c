#include "ocr_missed.h"

#include "ocr_order.h"
#include "ocr_shaded.h"

#include <leptonica/allheaders.h>

#define ROW_PIECES 3 /* a row of text is at least so many times as wide as high */

static int64_t count_ink(PIX *pix)
{
	l_int32 n = 0;

	(void)pixCountPixels(pix, &n, NULL);
	return n;
}

/* Letters stand out of their word's box by a little. */
void ocr_missed_clear(PIX *rest, const ocr_words *w)
{
	for (size_t i = 0; i < w->count; i++) {
		const assay_word *a = &w->items[i];
		const int margin = (a->bottom - a->top) / 8;

		(void)pixRasterop(rest, a->left - margin, a->top - margin, a->right - a->left + 2 * margin,
				  a->bottom - a->top + 2 * margin, PIX_CLR, NULL, 0, 0);
	}
}

static bool is_piece(const BOX *b, int height)
{
	return 3 * b->h >= height && b->h <= 2 * height && 6 * b->w >= height && b->w <= 6 * height;
}

/* A page with the boxes of pieces filled; NULL when memory is out. */
static PIX *paint_pieces(PIX *rest, int height)
{
	BOXA *pieces = pixConnCompBB(rest, 8);
	PIX *out = pixCreateTemplate(rest);

	for (l_int32 i = 0; pieces != NULL && out != NULL && i < pieces->n; i++) {
		const BOX *b = pieces->box[i];

		if (is_piece(b, height))
			(void)pixRasterop(out, b->x, b->y, b->w, b->h, PIX_SET, NULL, 0, 0);
	}
	if (pieces == NULL)
		pixDestroy(&out);
	boxaDestroy(&pieces);
	return out;
}

/* Pieces side by side grow into rows; those that are long enough are text. */
static assay_code add_rows(BOXA *out, PIX *pieces, int height, assay_err *err)
{
	PIX *joined = pixCloseSafeBrick(NULL, pieces, height | 1, 1);
	BOXA *rows = joined != NULL ? pixConnCompBB(joined, 8) : NULL;
	bool failed = rows == NULL;

	for (l_int32 i = 0; !failed && i < rows->n; i++)
		if (rows->box[i]->w >= ROW_PIECES * height)
			failed = boxaAddBox(out, rows->box[i], L_COPY) != 0;
	pixDestroy(&joined);
	boxaDestroy(&rows);
	return failed ? ASSAY_RAISE(err, ASSAY_ENOMEM, "rows of a page") : ASSAY_OK;
}

/* The ink below rows is what was missed. */
static assay_code find_rows(BOXA *out, int64_t *ink, PIX *rest, int height, assay_err *err)
{
	PIX *pieces = paint_pieces(rest, height);
	const l_int32 first = out->n;
	const assay_code rc =
	    pieces == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "pieces of a page") : add_rows(out, pieces, height, err);

	for (l_int32 i = first; rc == ASSAY_OK && i < out->n; i++) {
		l_int32 n = 0;

		(void)pixCountPixelsInRect(rest, out->box[i], &n, NULL);
		*ink += n;
	}
	pixDestroy(&pieces);
	return rc;
}

/* The same of what is written on solid ink. */
static assay_code find_shaded(BOXA *out, int64_t *found, const ocr_words *words, PIX *ink, PIX *page, int height,
			      assay_err *err)
{
	PIX *writing;
	assay_code rc = ocr_shaded_ink(&writing, ink, page, height, err);

	if (rc != ASSAY_OK || writing == NULL)
		return rc;
	ocr_missed_clear(writing, words);
	rc = find_rows(out, found, writing, height, err);
	pixDestroy(&writing);
	return rc;
}

/* *plain: how many of the rows are not on solid ink; those come first. */
static assay_code find(BOXA *rows, int *plain, ocr_missed *m, const ocr_words *words, PIX *ink, PIX *page,
		       assay_err *err)
{
	PIX *rest = pixCopy(NULL, ink);
	assay_code rc;
	int32_t height;

	*m = (ocr_missed){0};
	if (rest == NULL || rows == NULL) {
		pixDestroy(&rest);
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "ink of a page");
	}
	ASSAY_TRY(ocr_text_height(&height, words, err));
	ocr_missed_clear(rest, words);
	m->read = count_ink(ink) - count_ink(rest);
	ASSAY_TRY(find_rows(rows, &m->missed, rest, height, err));
	*plain = rows->n;
	rc = find_shaded(rows, &m->missed, words, ink, page, height, err);
fail:
	pixDestroy(&rest);
	return rc;
}

assay_code ocr_missed_measure(ocr_missed *out, const ocr_words *words, PIX *ink, PIX *page, assay_err *err)
{
	BOXA *rows = boxaCreate(0);
	int plain;
	const assay_code rc = find(rows, &plain, out, words, ink, page, err);

	boxaDestroy(&rows);
	return rc;
}

assay_code ocr_missed_rows(BOXA **out, int *plain, const ocr_words *words, PIX *ink, PIX *page, assay_err *err)
{
	ocr_missed m;
	assay_code rc;

	*out = boxaCreate(0);
	rc = find(*out, plain, &m, words, ink, page, err);
	if (rc != ASSAY_OK)
		boxaDestroy(out);
	return rc;
}
