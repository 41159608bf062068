#include "table_marks.h"

#include "grey.h"

#include "assay/memory.h"

#include <stdlib.h>

void table_marks_release(table_marks *m)
{
	free(m->items);
	*m = (table_marks){0};
}

/* ---------------------------------------------------------------- ink that is no rule */

/* What fits a brick, and a pixel beside it, is no longer ink. ASSAY_ENOMEM without a message. */
static assay_code take_lines(PIX *ink, int wide, int high)
{
	PIX *lines = pixOpenBrick(NULL, ink, wide, high);
	PIX *thick = lines != NULL ? pixDilateBrick(NULL, lines, wide > 1 ? 1 : 3, wide > 1 ? 3 : 1) : NULL;
	const assay_code rc = thick != NULL && pixSubtract(ink, ink, thick) != NULL ? ASSAY_OK : ASSAY_ENOMEM;

	pixDestroy(&lines);
	pixDestroy(&thick);
	return rc;
}

static void clear(PIX *ink, int32_t left, int32_t top, int32_t right, int32_t bottom)
{
	(void)pixRasterop(ink, left, top, right - left, bottom - top, PIX_CLR, NULL, 0, 0);
}

/* Walls between two cells are no longer than text is high, but for a little. */
static void take_rules(PIX *ink, const table_rules *r, int32_t height)
{
	const int32_t most = height / 3 > 2 ? height / 3 : 2;

	for (size_t i = 0; i < r->level_count; i++) {
		const table_rule *l = &r->level[i];
		const int32_t half = (l->thick < most ? l->thick : most) / 2 + 1;

		clear(ink, l->from, l->at - half, l->to, l->at + half + 1);
	}
	for (size_t i = 0; i < r->upright_count; i++) {
		const table_rule *u = &r->upright[i];
		const int32_t half = (u->thick < most ? u->thick : most) / 2 + 1;

		clear(ink, u->at - half, u->from, u->at + half + 1, u->to);
	}
}

/* What is darker than the paper around it by three tenths of the page's contrast: faint text beside bold one, and text on
 * a shade. The page is smoothed first, so that the paper of a noisy scan is not its brightest grain. */
static PIX *dark_places(PIX *pix, int32_t height, int contrast)
{
	const int around = 2 * height | 1;
	PIX *grey = pixConvertTo8(pix, 0);
	PIX *smooth = grey != NULL ? pixBlockconv(grey, 1, 1) : NULL;
	PIX *depth = smooth != NULL ? pixTophat(smooth, around, around, L_TOPHAT_BLACK) : NULL;
	PIX *light = depth != NULL ? pixThresholdToBinary(depth, contrast * 3 / 10 > 1 ? contrast * 3 / 10 : 1) : NULL;
	PIX *ink = light != NULL ? pixInvert(NULL, light) : NULL;

	pixDestroy(&grey);
	pixDestroy(&smooth);
	pixDestroy(&depth);
	pixDestroy(&light);
	return ink;
}

static assay_code ink_of(PIX **out, PIX *pix, const table_rules *rules, int32_t height, assay_err *err)
{
	uint64_t hist[256];
	grey_tones tones;
	const assay_code rc = grey_histogram(hist, pix, err);

	*out = NULL;
	if (rc != ASSAY_OK)
		return rc;
	tones = grey_tones_of(hist);
	if (tones.ink == 0 || pixGetWidth(pix) < 3 * height || pixGetHeight(pix) < 3 * height)
		return ASSAY_OK;
	*out = pixGetDepth(pix) == 1 ? pixCopy(NULL, pix) : dark_places(pix, height, tones.contrast);
	if (*out == NULL || take_lines(*out, 3 * height, 1) != ASSAY_OK ||
	    take_lines(*out, 1, 5 * height / 2) != ASSAY_OK)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "ink of a page");
	take_rules(*out, rules, height);
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- marks */

static bool is_dash(const BOX *b, int32_t height)
{
	return 3 * b->h <= height && 4 * b->w >= height && b->w <= 2 * height && 3 * b->w >= 4 * b->h;
}

static bool is_text(const BOX *b, int32_t height)
{
	return 20 * b->h >= 9 * height && 2 * b->h <= 5 * height && 8 * b->w >= height && b->w <= 40 * height;
}

static int by_place(const void *a_, const void *b_)
{
	const table_mark *a = a_, *b = b_;

	if (a->top != b->top)
		return a->top < b->top ? -1 : 1;
	if (a->left != b->left)
		return a->left < b->left ? -1 : 1;
	return a->right != b->right ? (a->right < b->right ? -1 : 1)
				    : (a->bottom > b->bottom) - (a->bottom < b->bottom);
}

/* What is left of a rule lies close to it. */
static bool is_on_rule(const table_rules *r, const BOX *b, int32_t height)
{
	return table_rules_cover(r->level, r->level_count, b->y + b->h / 2, height / 3, b->x, b->x + b->w) > 0;
}

static assay_code take_boxes(table_marks *out, const BOXA *boxes, const table_rules *rules, int32_t height,
			     assay_err *err)
{
	out->items = assay_alloc((size_t)boxes->n + 1, sizeof *out->items);
	if (out->items == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "marks of a page");
	for (l_int32 i = 0; i < boxes->n; i++) {
		const BOX *b = boxes->box[i];
		const bool dash = is_dash(b, height) && !is_on_rule(rules, b, height);

		if (dash || is_text(b, height))
			out->items[out->count++] = (table_mark){b->x, b->y, b->x + b->w, b->y + b->h, dash};
	}
	if (out->count > TABLE_MARKS_MAX)
		out->count = 0;
	qsort(out->items, out->count, sizeof *out->items, by_place);
	return ASSAY_OK;
}

assay_code table_marks_find(table_marks *out, PIX *pix, const table_rules *rules, int32_t height, assay_err *err)
{
	PIX *ink = NULL, *joined = NULL;
	BOXA *boxes = NULL;
	assay_code rc;

	*out = (table_marks){0};
	ASSAY_TRY(ink_of(&ink, pix, rules, height, err));
	if (ink == NULL)
		return ASSAY_OK;
	joined = pixCloseSafeBrick(NULL, ink, height / 2 | 1, 1);
	boxes = joined != NULL ? pixConnCompBB(joined, 8) : NULL;
	rc = boxes != NULL ? take_boxes(out, boxes, rules, height, err)
			   : ASSAY_RAISE(err, ASSAY_ENOMEM, "marks of a page");
fail:
	boxaDestroy(&boxes);
	pixDestroy(&joined);
	pixDestroy(&ink);
	return rc;
}
