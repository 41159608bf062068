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
static void clear_words(PIX *rest, const ocr_words *w)
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

/* Pieces side by side grow into rows; the ink below rows that are long enough is what was missed. */
static assay_code count_rows(int64_t *out, PIX *rest, PIX *pieces, int height, assay_err *err)
{
	PIX *joined = pixCloseSafeBrick(NULL, pieces, height | 1, 1);
	BOXA *rows = joined != NULL ? pixConnCompBB(joined, 8) : NULL;

	for (l_int32 i = 0; rows != NULL && i < rows->n; i++) {
		const BOX *b = rows->box[i];
		l_int32 n = 0;

		if (b->w < ROW_PIECES * height)
			continue;
		(void)pixCountPixelsInRect(rest, rows->box[i], &n, NULL);
		*out += n;
	}
	pixDestroy(&joined);
	if (rows == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "rows of a page");
	boxaDestroy(&rows);
	return ASSAY_OK;
}

static assay_code add_missed(int64_t *out, PIX *rest, int height, assay_err *err)
{
	PIX *pieces = paint_pieces(rest, height);
	const assay_code rc = pieces == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "pieces of a page")
					     : count_rows(out, rest, pieces, height, err);

	pixDestroy(&pieces);
	return rc;
}

static assay_code add_shaded(ocr_missed *out, const ocr_words *words, PIX *ink, PIX *page, int height, assay_err *err)
{
	PIX *writing;
	assay_code rc = ocr_shaded_ink(&writing, ink, page, height, err);

	if (rc != ASSAY_OK || writing == NULL)
		return rc;
	clear_words(writing, words);
	rc = add_missed(&out->missed, writing, height, err);
	pixDestroy(&writing);
	return rc;
}

assay_code ocr_missed_measure(ocr_missed *out, const ocr_words *words, PIX *ink, PIX *page, assay_err *err)
{
	PIX *rest = pixCopy(NULL, ink);
	assay_code rc;
	int32_t height;

	*out = (ocr_missed){0};
	if (rest == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "ink of a page");
	ASSAY_TRY(ocr_text_height(&height, words, err));
	clear_words(rest, words);
	out->read = count_ink(ink) - count_ink(rest);
	ASSAY_TRY(add_missed(&out->missed, rest, height, err));
	rc = add_shaded(out, words, ink, page, height, err);
fail:
	pixDestroy(&rest);
	return rc;
}
