#include "ocr_missed.h"

#include "ocr_ink.h"
#include "ocr_order.h"
#include "ocr_shaded.h"
#include "page_brick.h"

#include "assay/memory.h"

#include <leptonica/allheaders.h>

#include <stdlib.h>

#define ROW_PIECES 3 /* a row of text is at least so many times as wide as high */
#define QUIET      4 /* paper is on average so many times less deep than the ink on it */

#define SHORTS_MAX 4096 /* of a page; more is grain */

#define WHOLE 1000

/* Thousandths of the words' contrast up to which a row is none: of print, and of what shows through. */
#define SHARP   40
#define BLURRED 250

/* The median of the words that have ink; 0 where none has. */
typedef struct look {
	int64_t contrast, sharpness;
} look;

typedef struct finder {
	const ocr_words *words;
	ocr_ink in;
	PIX *rest;          /* of the ink, what is in no word */
	PIX *solid;         /* dark ground */
	look text;          /* of the words */
	BOXA *plain, *dark; /* rows, in pixels of the page */
	BOXA *shorts;       /* on paper, and too short for a row */
	ocr_missed found;
} finder;

static void finder_release(finder *f)
{
	ocr_ink_release(&f->in);
	pixDestroy(&f->rest);
	pixDestroy(&f->solid);
	boxaDestroy(&f->plain);
	boxaDestroy(&f->dark);
	boxaDestroy(&f->shorts);
}

static int64_t count_ink(PIX *pix)
{
	l_int32 n = 0;

	(void)pixCountPixels(pix, &n, NULL);
	return n;
}

static int64_t count_in(PIX *pix, BOX *box)
{
	l_int32 n = 0;

	(void)pixCountPixelsInRect(pix, box, &n, NULL);
	return n;
}

/* ---------------------------------------------------------------- words */

/* A word's box with a margin, on a page that is reduced. */
static BOX box_of(const assay_word *a, int factor)
{
	const int margin = (a->bottom - a->top) / 8;
	const int left = (a->left - margin) / factor, top = (a->top - margin) / factor;

	return (BOX){.x = left,
		     .y = top,
		     .w = (a->right + margin + factor - 1) / factor - left,
		     .h = (a->bottom + margin + factor - 1) / factor - top};
}

static void clear(PIX *ink, const ocr_words *w, int factor)
{
	for (size_t i = 0; i < w->count; i++) {
		const BOX b = box_of(&w->items[i], factor);

		(void)pixRasterop(ink, b.x, b.y, b.w, b.h, PIX_CLR, NULL, 0, 0);
	}
}

void ocr_missed_clear(PIX *ink, const ocr_words *w)
{
	clear(ink, w, 1);
}

static int by_value(const void *x, const void *y)
{
	const int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;

	return (a > b) - (a < b);
}

/* What the words look like. */
static assay_code look_of_words(look *out, const finder *f, assay_err *err)
{
	const size_t count = f->words->count;
	ASSAY_AUTO_FREE int64_t *contrast = assay_alloc(count, sizeof *contrast);
	ASSAY_AUTO_FREE int64_t *sharpness = assay_alloc(count, sizeof *sharpness);
	size_t n = 0;

	*out = (look){0};
	if (contrast == NULL || sharpness == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "words of a page");
	for (size_t i = 0; i < count; i++) {
		const BOX b = box_of(&f->words->items[i], f->in.factor);
		ocr_ink_sum s = {0};

		ocr_ink_add(&s, &f->in, f->in.pix, &b);
		if (s.ink == 0)
			continue;
		contrast[n] = ocr_ink_contrast(&s);
		sharpness[n++] = ocr_ink_sharpness(&s);
	}
	if (n == 0)
		return ASSAY_OK;
	qsort(contrast, n, sizeof *contrast, by_value);
	qsort(sharpness, n, sizeof *sharpness, by_value);
	*out = (look){contrast[n / 2], sharpness[n / 2]};
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- pieces */

static bool is_piece(const BOX *b, int height)
{
	return 3 * b->h >= height && b->h <= 2 * height && 6 * b->w >= height && b->w <= 6 * height;
}

static bool is_dirt(const BOX *b, int height)
{
	return 3 * b->h < height && 3 * b->w < height;
}

typedef struct pieces {
	PIX *boxes;          /* of pieces, filled */
	PIX *letters, *dirt; /* one pixel in the middle of each */
} pieces;

static void pieces_release(pieces *p)
{
	pixDestroy(&p->boxes);
	pixDestroy(&p->letters);
	pixDestroy(&p->dirt);
}

static assay_code pieces_find(pieces *p, PIX *ink, int height, assay_err *err)
{
	BOXA *all = pixConnCompBB(ink, 8);
	bool whole;

	*p = (pieces){pixCreateTemplate(ink), pixCreateTemplate(ink), pixCreateTemplate(ink)};
	whole = all != NULL && p->boxes != NULL && p->letters != NULL && p->dirt != NULL;
	for (l_int32 i = 0; whole && i < all->n; i++) {
		const BOX *b = all->box[i];
		const bool piece = is_piece(b, height);

		if (piece)
			(void)pixRasterop(p->boxes, b->x, b->y, b->w, b->h, PIX_SET, NULL, 0, 0);
		if (piece || is_dirt(b, height))
			(void)pixSetPixel(piece ? p->letters : p->dirt, b->x + b->w / 2, b->y + b->h / 2, 1);
	}
	boxaDestroy(&all);
	return whole ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "pieces of a page");
}

/* ---------------------------------------------------------------- rows */

/* A part of the whole, in thousandths: none up to `none`, whole from twice that on. */
static int64_t ramp(int64_t ratio, int64_t none)
{
	return ratio <= none ? 0 : ratio >= 2 * none ? WHOLE : (ratio - none) * WHOLE / none;
}

/* Is it printed on this side, on quiet paper? Thousandths. */
static int64_t weight_of_print(const finder *f, PIX *ink, const BOX *row)
{
	ocr_ink_sum s = {0};
	int64_t ratio;

	ocr_ink_add(&s, &f->in, ink, row);
	if (s.ink > 0 && s.pixels > s.ink && QUIET * (s.rest * 256 / (s.pixels - s.ink)) > s.depth * 256 / s.ink)
		return 0;
	if (f->text.contrast == 0)
		return WHOLE;
	ratio = ocr_ink_contrast(&s) * 1000 / f->text.contrast;
	return ramp(ratio, 3 * ocr_ink_sharpness(&s) < 2 * f->text.sharpness ? BLURRED : SHARP);
}

static int64_t weight_of(const finder *f, const pieces *p, PIX *ink, bool bright, BOX *row)
{
	if (count_in(p->dirt, row) > count_in(p->letters, row))
		return 0;
	return bright ? WHOLE : weight_of_print(f, ink, row);
}

static assay_code keep(BOXA *rows, int k, const BOX *row, assay_err *err)
{
	BOX *b = boxCreate(row->x * k, row->y * k, row->w * k, row->h * k);

	if (b == NULL || boxaAddBox(rows, b, L_INSERT) != 0)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "rows of a page");
	return ASSAY_OK;
}

static assay_code weigh_row(finder *f, const pieces *p, PIX *ink, bool bright, BOX *row, assay_err *err)
{
	const int64_t weight = weight_of(f, p, ink, bright, row);
	const bool dark = bright || 2 * count_in(f->solid, row) > (int64_t)row->w * row->h;

	f->found.missed += count_in(ink, row) * weight / WHOLE;
	f->found.letters += count_in(p->letters, row) * weight / WHOLE;
	if (bright && weight > 0) /* the ground between its letters is ink */
		(void)pixRasterop(f->rest, row->x, row->y, row->w, row->h, PIX_CLR, NULL, 0, 0);
	return 2 * weight >= WHOLE ? keep(dark ? f->dark : f->plain, f->in.factor, row, err) : ASSAY_OK;
}

static assay_code weigh_short(finder *f, const pieces *p, PIX *ink, BOX *b, assay_err *err)
{
	const bool dark = 2 * count_in(f->solid, b) > (int64_t)b->w * b->h;

	return !dark && 2 * weight_of(f, p, ink, false, b) >= WHOLE ? keep(f->shorts, f->in.factor, b, err) : ASSAY_OK;
}

/* Pieces side by side grow into rows; those that are long enough may be text. */
static assay_code find_rows(finder *f, PIX *ink, bool bright, assay_err *err)
{
	const int height = f->in.height;
	PIX *joined = NULL;
	BOXA *rows = NULL;
	int shorts = 0;
	pieces p;
	assay_code rc = pieces_find(&p, ink, height, err);

	if (rc == ASSAY_OK) {
		joined = page_brick_close(p.boxes, height | 1, 1);
		rows = joined != NULL ? pixConnCompBB(joined, 8) : NULL;
		rc = rows != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "rows of a page");
	}
	for (l_int32 i = 0; rc == ASSAY_OK && i < rows->n; i++) {
		if (rows->box[i]->w >= ROW_PIECES * height)
			rc = weigh_row(f, &p, ink, bright, rows->box[i], err);
		else if (!bright && shorts++ < SHORTS_MAX)
			rc = weigh_short(f, &p, ink, rows->box[i], err);
	}
	if (shorts > SHORTS_MAX)
		(void)boxaClear(f->shorts);
	pixDestroy(&joined);
	boxaDestroy(&rows);
	pieces_release(&p);
	return rc;
}

static assay_code find_bright(finder *f, assay_err *err)
{
	PIX *writing;
	assay_code rc = ocr_shaded_ink(&writing, f->solid, f->in.grey, f->in.height, err);

	if (rc != ASSAY_OK || writing == NULL)
		return rc;
	clear(writing, f->words, f->in.factor);
	rc = find_rows(f, writing, true, err);
	pixDestroy(&writing);
	return rc;
}

static assay_code find(finder *f, PIX *page, assay_err *err)
{
	int32_t height;
	assay_code rc;

	ASSAY_TRY(ocr_text_height(&height, f->words, err));
	ASSAY_TRY(ocr_ink_find(&f->in, page, height, err));
	ASSAY_TRY(ocr_shaded_ground(&f->solid, f->in.grey, f->in.height, err));
	ASSAY_TRY(look_of_words(&f->text, f, err));
	f->rest = pixCopy(NULL, f->in.pix);
	f->plain = boxaCreate(0);
	f->dark = boxaCreate(0);
	f->shorts = boxaCreate(0);
	if (f->rest == NULL || f->plain == NULL || f->dark == NULL || f->shorts == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "ink of a page");
	clear(f->rest, f->words, f->in.factor);
	f->found.ink = count_ink(f->in.pix);
	f->found.read = f->found.ink - count_ink(f->rest);
	ASSAY_TRY(find_bright(f, err));
	rc = find_rows(f, f->rest, false, err);
fail:
	return rc;
}

void ocr_missed_boxes_release(ocr_missed_boxes *b)
{
	boxaDestroy(&b->rows);
	boxaDestroy(&b->shorts);
}

assay_code ocr_missed_find(ocr_missed *out, ocr_missed_boxes *boxes, const ocr_words *words, PIX *page, assay_err *err)
{
	finder f = {.words = words};
	assay_code rc = find(&f, page, err);

	*out = f.found;
	*boxes = (ocr_missed_boxes){0};
	if (rc == ASSAY_OK) {
		boxes->plain = f.plain->n;
		if (boxaJoin(f.plain, f.dark, 0, -1) != 0)
			rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "rows of a page");
	}
	if (rc == ASSAY_OK) {
		boxes->rows = f.plain;
		boxes->shorts = f.shorts;
		f.plain = f.shorts = NULL;
	}
	finder_release(&f);
	return rc;
}

assay_code ocr_missed_measure(ocr_missed *out, const ocr_words *words, PIX *page, assay_err *err)
{
	ocr_missed_boxes boxes;
	const assay_code rc = ocr_missed_find(out, &boxes, words, page, err);

	ocr_missed_boxes_release(&boxes);
	return rc;
}
