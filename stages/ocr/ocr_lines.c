#include "ocr_lines.h"

#include "grey.h"
#include "ocr_engine.h"
#include "ocr_score.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

#include <leptonica/allheaders.h>
#include <utf8proc.h>

#define DARK 128 /* ground below this is dark */

static int32_t smaller(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

static int32_t larger(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

void ocr_reading_release(ocr_reading *r)
{
	free(r->items);
	*r = (ocr_reading){0};
}

assay_code ocr_reading_add(ocr_reading *r, const ocr_glyph *g, assay_err *err)
{
	const assay_code rc = assay_grow(&r->items, &r->cap, r->count, sizeof *r->items, err);

	if (rc == ASSAY_OK)
		r->items[r->count++] = *g;
	return rc;
}

/* ---------------------------------------------------------------- what the engine holds */

static int32_t to_sure(float confidence)
{
	/* in [0, 100] by its definition; what is not, and no number, is not sure */
	return confidence >= 0 && confidence <= 100 ? (int32_t)(confidence * 100) : 0;
}

/* One symbol may be several code points. */
static assay_code take_symbol(ocr_reading *r, const TessResultIterator *it, int32_t x, uint32_t word, assay_err *err)
{
	char *raw = TessResultIteratorGetUTF8Text(it, RIL_SYMBOL);
	utf8proc_uint8_t *text = raw != NULL ? utf8proc_NFC((const utf8proc_uint8_t *)raw) : NULL;
	ocr_glyph g = {.sure = to_sure(TessResultIteratorConfidence(it, RIL_SYMBOL)), .word = word};
	utf8proc_int32_t point;
	assay_code rc = ASSAY_OK;
	int t, b;

	(void)TessPageIteratorBoundingBox(TessResultIteratorGetPageIteratorConst(it), RIL_SYMBOL, &g.left, &t, &g.right,
					  &b);
	g.left += x;
	g.right += x;
	for (const utf8proc_uint8_t *p = text; p != NULL && *p != '\0' && rc == ASSAY_OK;) {
		const utf8proc_ssize_t size = utf8proc_iterate(p, -1, &point);

		if (size <= 0)
			break;
		p += size;
		g.point = (uint32_t)point;
		if (point > ' ')
			rc = ocr_reading_add(r, &g, err);
	}
	free(text);
	TessDeleteText(raw);
	return rc;
}

/* Words of blanks are no words. */
static bool is_word(const TessResultIterator *it)
{
	char *text = TessResultIteratorGetUTF8Text(it, RIL_WORD);
	const bool is = text != NULL && text[strspn(text, " \t\r\n")] != '\0';

	TessDeleteText(text);
	return is;
}

assay_code ocr_reading_take(ocr_reading *r, TessBaseAPI *api, int32_t x, assay_err *err)
{
	TessResultIterator *it = TessBaseAPIGetIterator(api);
	uint32_t word = 0;
	bool inside = false;
	assay_code rc = ASSAY_OK;

	if (it == NULL)
		return ASSAY_OK;
	do {
		const TessPageIterator *at = TessResultIteratorGetPageIteratorConst(it);

		if (TessPageIteratorIsAtBeginningOf(at, RIL_WORD)) {
			word += inside;
			inside = is_word(it);
		}
		if (inside)
			rc = take_symbol(r, it, x, word, err);
	} while (rc == ASSAY_OK && TessResultIteratorNext(it, RIL_SYMBOL));
	TessResultIteratorDelete(it);
	return rc;
}

/* ---------------------------------------------------------------- a line of them */

bool ocr_is_single_quote(uint32_t point)
{
	return point == '\'' || point == '`' || point == 0xb4 || (point >= 0x2018 && point <= 0x201b);
}

bool ocr_is_double_quote(uint32_t point)
{
	return point == '"' || point == 0xab || point == 0xbb || (point >= 0x201c && point <= 0x201f);
}

bool ocr_is_quote(uint32_t point)
{
	return ocr_is_single_quote(point) || ocr_is_double_quote(point);
}

/* The double mark of two single ones: opening, closing, or as a typewriter has it. */
static uint32_t double_quote(uint32_t a, uint32_t b)
{
	return a == b && (a == 0x2018 || a == 0x2019) ? a + 4 : '"';
}

static assay_code add_blank(ocr_reading *r, const ocr_glyph *next, assay_err *err)
{
	ocr_glyph blank = r->items[r->count - 1];

	blank.point = ' ';
	blank.left = blank.right;
	blank.right = next->left;
	blank.sure = smaller(blank.sure, next->sure);
	return ocr_reading_add(r, &blank, err);
}

assay_code ocr_reading_line(ocr_reading *r, const ocr_glyph *glyphs, size_t count, assay_err *err)
{
	const size_t begin = r->count;
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < count && rc == ASSAY_OK; i++) {
		const ocr_glyph *g = &glyphs[i];
		ocr_glyph *before = r->count > begin ? &r->items[r->count - 1] : NULL;

		if (before != NULL && before->word == g->word && ocr_is_single_quote(before->point) &&
		    ocr_is_single_quote(g->point)) {
			before->point = double_quote(before->point, g->point);
			before->right = g->right;
			continue;
		}
		if (before != NULL && before->word != g->word)
			rc = add_blank(r, g, err);
		if (rc == ASSAY_OK)
			rc = ocr_reading_add(r, g, err);
	}
	return rc;
}

assay_code ocr_reading_distance(size_t *out, const ocr_reading *a, const ocr_reading *b, assay_err *err)
{
	ASSAY_AUTO_FREE uint32_t *points = assay_alloc(a->count + b->count + 1, sizeof *points);

	if (points == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "readings of a line");
	for (size_t i = 0; i < a->count; i++)
		points[i] = a->items[i].point;
	for (size_t i = 0; i < b->count; i++)
		points[a->count + i] = b->items[i].point;
	return ocr_distance(out, points, a->count, points + a->count, b->count, err);
}

assay_code ocr_points_text(assay_buf *text, const uint32_t *points, size_t count, assay_err *err)
{
	ASSAY_AUTO_BUF raw = ASSAY_BUF_INIT;
	utf8proc_uint8_t *composed;
	assay_code rc;

	for (size_t i = 0; i < count; i++) {
		utf8proc_uint8_t bytes[4];
		const utf8proc_ssize_t size = utf8proc_encode_char((utf8proc_int32_t)points[i], bytes);

		assay_buf_append(&raw, bytes, (size_t)size);
	}
	rc = assay_buf_check(&raw, err);
	if (rc != ASSAY_OK)
		return rc;
	composed = utf8proc_NFC((const utf8proc_uint8_t *)assay_buf_str(&raw));
	if (composed != NULL)
		assay_buf_puts(text, (const char *)composed);
	free(composed);
	return composed == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "text of a word") : assay_buf_check(text, err);
}

/* ---------------------------------------------------------------- its picture */

int32_t ocr_slope_at(int32_t slope, int32_t columns)
{
	const int64_t fall = (int64_t)slope * columns;

	return (int32_t)((fall + (fall < 0 ? -OCR_SLOPE_ONE / 2 : OCR_SLOPE_ONE / 2)) / OCR_SLOPE_ONE);
}

/* Columns that have fallen by as much go together, as whole pixels: nothing is blurred. What they bring in from beyond
 * the page is what is there already. */
static PIX *levelled(PIX *page, const ocr_box *b, int32_t slope)
{
	BOX *box = boxCreate(b->left, b->top, b->right - b->left, b->bottom - b->top);
	PIX *out = box != NULL ? pixClipRectangle(page, box, NULL) : NULL;
	const int32_t width = b->right - b->left;

	boxDestroy(&box);
	for (int32_t from = 0, to; out != NULL && slope != 0 && from < width; from = to) {
		const int32_t fall = ocr_slope_at(slope, from);

		for (to = from + 1; to < width && ocr_slope_at(slope, to) == fall; to++)
			;
		(void)pixRasterop(out, from, 0, to - from, b->bottom - b->top, PIX_SRC, page, b->left + from,
				  b->top + fall);
	}
	return out;
}

/* The line's part of the page, 1 or 8 bpp; NULL when nothing of it is on the page. */
static PIX *cut(PIX *page, const ocr_box *b, int32_t slope)
{
	PIX *part = levelled(page, b, slope);
	PIX *grey = part != NULL && pixGetDepth(part) == 32 ? pixConvertTo8(part, 0) : NULL;

	if (grey != NULL) {
		pixDestroy(&part);
		part = grey;
	}
	return part;
}

static PIX *smoothed(PIX *part, int n)
{
	PIX *grey = pixConvertTo8(part, 0);
	PIX *out = grey != NULL ? pixBlockconv(grey, n, n) : NULL;

	pixDestroy(&grey);
	return out;
}

/* The level that most of the line has; -1 when memory is out. */
static int ground_of(PIX *part)
{
	uint64_t hist[256];
	int ground = 0;

	if (grey_histogram(hist, part, NULL) != ASSAY_OK)
		return -1;
	for (int g = 1; g < 256; g++)
		ground = hist[g] >= hist[ground] ? g : ground;
	return ground;
}

/* With ground around it: white around grey paper would be an edge of its own, and the engine sees all in the contrast of
 * the whole picture. Writing on dark ground is turned into the dark writing that the network was taught. */
static PIX *framed(PIX *part, int side, int pad)
{
	int ground;

	if (pixGetDepth(part) == 1)
		return pixAddBorderGeneral(part, side, side, pad, pad, 0);
	ground = ground_of(part);
	if (ground < 0)
		return NULL;
	if (ground < DARK) {
		(void)pixInvert(part, part);
		ground = 255 - ground;
	}
	return pixAddBorderGeneral(part, side, side, pad, pad, (l_uint32)ground);
}

static PIX *draw(PIX *page, const ocr_box *b, ocr_look look)
{
	PIX *part = cut(page, b, look.slope), *out;

	if (part != NULL && look.smooth > 0 && pixGetDepth(part) == 1 && pixGetWidth(part) > 2 * look.smooth &&
	    pixGetHeight(part) > 2 * look.smooth) {
		PIX *s = smoothed(part, look.smooth);

		pixDestroy(&part);
		part = s;
	}
	out = part != NULL ? framed(part, look.margin, pixGetHeight(part) * look.percent / 100) : NULL;
	pixDestroy(&part);
	return out;
}

assay_code ocr_line_read(ocr_reading *r, TessBaseAPI *api, PIX *pix, int32_t dpi, ocr_box box, ocr_look look,
			 assay_err *err)
{
	const ocr_box b = {larger(box.left, 0), larger(box.top, 0), smaller(box.right, pixGetWidth(pix)),
			   smaller(box.bottom, pixGetHeight(pix))};
	ocr_reading found = {0};
	PIX *line;
	assay_code rc;

	if (b.right - b.left < 2 || b.bottom - b.top < 2)
		return ASSAY_OK;
	line = draw(pix, &b, look);
	if (line == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "picture of a line");
	ASSAY_TRY(ocr_engine_recognize(api, line, dpi, err));
	ASSAY_TRY(ocr_reading_take(&found, api, b.left - look.margin, err));
	rc = ocr_reading_line(r, found.items, found.count, err);
fail:
	pixDestroy(&line);
	ocr_reading_release(&found);
	return rc;
}
