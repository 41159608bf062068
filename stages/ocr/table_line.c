#include "table_line.h"

#include "grey.h"
#include "ocr_engine.h"

#define LETTER 40 /* px: text is read at about this height */

/* Light letters become dark ones on white: the ground is the level of most pixels, the letters are the lightest. */
static bool turn_dark(PIX *grey)
{
	uint64_t hist[256];
	int ground = 0, light = 255;

	if (grey_histogram(hist, grey, NULL) != ASSAY_OK)
		return false;
	for (int v = 1; v < 256; v++)
		ground = hist[v] > hist[ground] ? v : ground;
	while (light > ground + 1 && hist[light] == 0)
		light--;
	for (int32_t y = 0; y < pixGetHeight(grey); y++) {
		l_uint32 *row = pixGetData(grey) + (size_t)y * (size_t)pixGetWpl(grey);

		for (int32_t x = 0; x < pixGetWidth(grey); x++) {
			const int v = GET_DATA_BYTE(row, x);
			const int dark = v <= ground ? 255 : v >= light ? 0 : 255 * (light - v) / (light - ground);

			SET_DATA_BYTE(row, x, (l_uint8)dark);
		}
	}
	return true;
}

/* The mark's part of the page, so many times as large, with white around it; NULL without memory. */
static PIX *draw(const table_reader *r, const table_mark *m, int margin, int times)
{
	BOX *box = boxCreate(m->left - 1, m->top, m->right - m->left + 2, m->bottom - m->top);
	PIX *part = box != NULL ? pixClipRectangle(r->pix, box, NULL) : NULL;
	PIX *grey = part != NULL ? pixConvertTo8(part, 0) : NULL, *large = NULL, *out = NULL;

	if (grey != NULL && m->light && !turn_dark(grey))
		pixDestroy(&grey);
	if (grey != NULL)
		large = times > 1 ? pixScale(grey, (float)times, (float)times) : pixClone(grey);
	if (large != NULL)
		out = pixAddBorder(large, margin, 255);
	boxDestroy(&box);
	pixDestroy(&part);
	pixDestroy(&grey);
	pixDestroy(&large);
	return out;
}

/* Where a word of the picture begins and ends in pixels of the page, within the mark. */
static void place(assay_word *w, const table_mark *m, int margin, int times)
{
	const int32_t left = m->left - 1 + (w->left - margin) / times;
	const int32_t right = m->left - 1 + (w->right - margin + times - 1) / times;

	w->left = left < m->left ? m->left : left >= m->right ? m->right - 1 : left;
	w->right = right <= w->left ? w->left + 1 : right > m->right ? m->right : right;
	w->top = m->top;
	w->bottom = m->bottom;
}

assay_code table_line_read(ocr_words *out, const table_reader *r, const table_mark *mark, const table_mark *line,
			   unsigned way, assay_err *err)
{
	static const struct {
		TessPageSegMode mode;
		int margin;
	} ways[TABLE_LINE_WAYS] = {{PSM_SINGLE_LINE, 12}, {PSM_RAW_LINE, 2}};
	const int32_t height = r->page->text;
	const int times = height >= LETTER ? 1 : (LETTER + height - 1) / height;
	PIX *picture = draw(r, line, ways[way].margin, times);
	assay_code rc;

	if (picture == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "picture of a mark");
	TessBaseAPISetPageSegMode(r->api, ways[way].mode);
	rc = ocr_engine_recognize(r->api, picture, r->dpi * times, err);
	if (rc == ASSAY_OK)
		rc = ocr_words_read(out, r->api, err);
	ocr_engine_clear(r->api);
	pixDestroy(&picture);
	for (size_t i = 0; i < out->count; i++)
		place(&out->items[i], mark, ways[way].margin, times);
	return rc == ASSAY_EINVAL ? ASSAY_OK : rc; /* refused: nothing is read */
}
