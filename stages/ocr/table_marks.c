#include "table_marks.h"

#include "grey.h"
#include "page_brick.h"

#include "assay/memory.h"

#include <stdlib.h>

void table_marks_release(table_marks *m)
{
	free(m->items);
	free(m->points);
	*m = (table_marks){0};
}

/* ---------------------------------------------------------------- ink that is no rule */

/* The letters of a small blurred word run into each other: what has upright strokes in a third of its length is no line. */
static assay_code spare_words(PIX *lines, PIX *ink, int32_t height)
{
	PIX *strokes = page_brick_open(ink, 1, height / 2);
	BOXA *boxes = pixConnCompBB(lines, 8);
	const assay_code rc =
	    strokes != NULL && pixAnd(strokes, strokes, lines) != NULL && boxes != NULL ? ASSAY_OK : ASSAY_ENOMEM;

	for (l_int32 i = 0; rc == ASSAY_OK && i < boxes->n; i++) {
		BOX *b = boxes->box[i];
		l_int32 all = 0, upright = 0;

		(void)pixCountPixelsInRect(lines, b, &all, NULL);
		(void)pixCountPixelsInRect(strokes, b, &upright, NULL);
		if (3 * upright > all)
			(void)pixRasterop(lines, b->x, b->y, b->w, b->h, PIX_CLR, NULL, 0, 0);
	}
	boxaDestroy(&boxes);
	pixDestroy(&strokes);
	return rc;
}

/* What fits a brick, and a pixel beside it, is no longer ink; but for words, of that height, when it is not 0. ASSAY_ENOMEM without a message. */
static assay_code take_lines(PIX *ink, int wide, int high, int32_t words)
{
	PIX *lines = page_brick_open(ink, wide, high);
	const assay_code spared = lines != NULL && words > 0 ? spare_words(lines, ink, words) : ASSAY_OK;
	PIX *thick = lines != NULL ? pixDilateBrick(NULL, lines, wide > 1 ? 1 : 3, wide > 1 ? 3 : 1) : NULL;
	const assay_code rc =
	    spared == ASSAY_OK && thick != NULL && pixSubtract(ink, ink, thick) != NULL ? ASSAY_OK : ASSAY_ENOMEM;

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

/* The page's tones, and what is looked for on it. */
typedef struct sight {
	PIX *pix;  /* [borrowed] */
	PIX *grey; /* of it, 8 bpp */
	const table_rules *rules;
	int32_t height;      /* of text */
	int paper, contrast; /* grey levels; contrast 0: nothing can be seen */
} sight;

static assay_code open_sight(sight *s, assay_err *err)
{
	uint64_t hist[256];
	grey_tones tones;
	const assay_code rc = grey_histogram(hist, s->pix, err);

	if (rc != ASSAY_OK)
		return rc;
	tones = grey_tones_of(hist);
	if (tones.ink == 0 || pixGetWidth(s->pix) < 3 * s->height || pixGetHeight(s->pix) < 3 * s->height)
		return ASSAY_OK;
	s->contrast = tones.contrast;
	s->paper = grey_level_at(hist, tones.threshold + 1, 255, (tones.pixels - tones.ink + 1) / 2);
	s->grey = pixConvertTo8(s->pix, 0);
	return s->grey != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "grey of a page");
}

/* What is darker, or lighter, than what is around it by three tenths of the page's contrast: faint text beside bold one, and
 * text on a shade. The page is smoothed first, so that the paper of a noisy scan is not its brightest grain. */
static PIX *deep_places(const sight *s, int type)
{
	const int around = 2 * s->height | 1, deep = s->contrast * 3 / 10;
	PIX *smooth = pixBlockconv(s->grey, 1, 1);
	PIX *depth = smooth != NULL ? pixTophat(smooth, around, around, type) : NULL;
	PIX *flat = depth != NULL ? pixThresholdToBinary(depth, deep > 1 ? deep : 1) : NULL;
	PIX *ink = flat != NULL ? pixInvert(NULL, flat) : NULL;

	pixDestroy(&smooth);
	pixDestroy(&depth);
	pixDestroy(&flat);
	return ink;
}

/* Light between two rules is as high as text and no word. */
static assay_code without_lines(PIX *ink, const sight *s, bool light, assay_err *err)
{
	if (ink == NULL || take_lines(ink, 3 * s->height, 1, light ? 0 : s->height) != ASSAY_OK ||
	    take_lines(ink, 1, 5 * s->height / 2, 0) != ASSAY_OK)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "ink of a page");
	take_rules(ink, s->rules, s->height);
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- marks */

/* Nothing above and below it, within half a height of text. */
static bool is_alone(PIX *ink, const BOX *b, int32_t height)
{
	BOX around = {.x = b->x, .y = b->y - height / 2, .w = b->w, .h = b->h + 2 * (height / 2)}, own = *b;
	l_int32 all = 0, of_it = 0;

	(void)pixCountPixelsInRect(ink, &around, &all, NULL);
	(void)pixCountPixelsInRect(ink, &own, &of_it, NULL);
	return all == of_it;
}

/* A short one is about as high as long once the page is smoothed, as is the dot of a letter. */
static bool is_dash(PIX *ink, const BOX *b, int32_t height)
{
	if (3 * b->h > height || 5 * b->w < height || b->w > 2 * height || b->w <= b->h)
		return false;
	return (4 * b->w >= height && 3 * b->w >= 4 * b->h) || is_alone(ink, b, height);
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

static assay_code take_boxes(table_marks *out, PIX *ink, const BOXA *boxes, const sight *s, assay_err *err)
{
	out->items = assay_alloc((size_t)boxes->n + 1, sizeof *out->items);
	if (out->items == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "marks of a page");
	for (l_int32 i = 0; i < boxes->n; i++) {
		const BOX *b = boxes->box[i];
		const bool dash = is_dash(ink, b, s->height) && !is_on_rule(s->rules, b, s->height);

		if (dash || is_text(b, s->height))
			out->items[out->count++] = (table_mark){b->x, b->y, b->x + b->w, b->y + b->h, dash, false};
	}
	if (out->count > TABLE_MARKS_MAX)
		out->count = 0;
	qsort(out->items, out->count, sizeof *out->items, by_place);
	return ASSAY_OK;
}

/* As large as the point of a decimal number. */
static bool is_point(const BOX *b, int32_t height)
{
	return b->w >= 2 && b->h >= 2 && 4 * b->w <= height && 3 * b->h <= height && b->w <= 2 * b->h;
}

/* Of the page as it is: smoothed, a point is one with the digits beside it. */
static assay_code find_points(table_marks *out, const sight *s, assay_err *err)
{
	PIX *ink = pixThresholdToBinary(s->grey, s->paper > s->contrast / 2 ? s->paper - s->contrast / 2 : 1);
	BOXA *boxes = ink != NULL ? pixConnCompBB(ink, 8) : NULL;

	if (boxes != NULL)
		out->points = assay_alloc((size_t)boxes->n + 1, sizeof *out->points);
	for (l_int32 i = 0; out->points != NULL && i < boxes->n; i++) {
		const BOX *b = boxes->box[i];

		if (is_point(b, s->height))
			out->points[out->point_count++] =
			    (table_mark){b->x, b->y, b->x + b->w, b->y + b->h, false, false};
	}
	boxaDestroy(&boxes);
	pixDestroy(&ink);
	if (out->points == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "points of a page");
	qsort(out->points, out->point_count, sizeof *out->points, by_place);
	return ASSAY_OK;
}

static assay_code take_marks(table_marks *out, PIX *ink, const sight *s, assay_err *err)
{
	PIX *joined = page_brick_close(ink, s->height / 2 | 1, 1);
	BOXA *boxes = joined != NULL ? pixConnCompBB(joined, 8) : NULL;
	const assay_code rc =
	    boxes != NULL ? take_boxes(out, joined, boxes, s, err) : ASSAY_RAISE(err, ASSAY_ENOMEM, "marks of a page");

	boxaDestroy(&boxes);
	pixDestroy(&joined);
	return rc;
}

static assay_code find_dark(table_marks *out, const sight *s, assay_err *err)
{
	PIX *ink = pixGetDepth(s->pix) == 1 ? pixCopy(NULL, s->pix) : deep_places(s, L_TOPHAT_BLACK);
	assay_code rc = without_lines(ink, s, false, err);

	if (rc == ASSAY_OK)
		rc = take_marks(out, ink, s, err);
	pixDestroy(&ink);
	return rc;
}

/* ---------------------------------------------------------------- light letters on dark ground */

static int paper_less_fifth(const sight *s)
{
	return s->paper - s->contrast / 5;
}

/* Where the ground is darker than the paper in one piece, and around; *out is NULL where it is so nowhere. */
static assay_code find_ground(PIX **out, const sight *s, assay_err *err)
{
	const int32_t h = s->height;
	PIX *dark = pixThresholdToBinary(s->grey, paper_less_fifth(s) > 0 ? paper_less_fifth(s) : 1);
	PIX *solid = dark != NULL ? page_brick_open(dark, 2 * h, h / 4 > 3 ? h / 4 : 3) : NULL;
	l_int32 none = 0;
	const bool told = solid != NULL && pixZero(solid, &none) == 0;

	*out = told && !none ? pixDilateBrick(NULL, solid, 4 * h, 3 * h) : NULL;
	pixDestroy(&dark);
	pixDestroy(&solid);
	return told && (none || *out != NULL) ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "ground of a page");
}

/* The mean grey in a frame, of those pixels alone that a picture has where there is one; 255 where there are none. */
static int64_t mean_of(const sight *s, PIX *only, int32_t left, int32_t top, int32_t right, int32_t bottom)
{
	const int32_t w = pixGetWidth(s->grey), h = pixGetHeight(s->grey);
	int64_t sum = 0, count = 0;

	for (int32_t y = top > 0 ? top : 0; y < bottom && y < h; y++) {
		const l_uint32 *grey = pixGetData(s->grey) + (size_t)y * (size_t)pixGetWpl(s->grey);
		const l_uint32 *ink = only != NULL ? pixGetData(only) + (size_t)y * (size_t)pixGetWpl(only) : NULL;

		for (int32_t x = left > 0 ? left : 0; x < right && x < w; x++)
			if (ink == NULL || GET_DATA_BIT(ink, x)) {
				sum += GET_DATA_BYTE(grey, x);
				count++;
			}
	}
	return count > 0 ? sum / count : 255;
}

/* Letters are lighter than the ground on all sides, which is darker than paper: gaps between dark letters are not. */
static bool is_light_text(const sight *s, PIX *ink, const table_mark *m)
{
	const int32_t far = s->height / 4 + 1, thick = s->height / 8 + 1;
	const int32_t left = m->left - far, top = m->top - far, right = m->right + far, bottom = m->bottom + far;
	const int64_t sides[] = {
	    mean_of(s, NULL, left, top, right, top + thick), mean_of(s, NULL, left, bottom - thick, right, bottom),
	    mean_of(s, NULL, left, top, left + thick, bottom), mean_of(s, NULL, right - thick, top, right, bottom)};
	const int64_t letters = mean_of(s, ink, m->left, m->top, m->right, m->bottom);

	for (size_t i = 0; i < ASSAY_COUNT(sides); i++)
		if (sides[i] >= paper_less_fifth(s) || letters < sides[i] + s->contrast / 4)
			return false;
	return true;
}

static assay_code find_light(table_marks *out, const sight *s, assay_err *err)
{
	PIX *ground = NULL, *ink = NULL;
	size_t kept = 0;
	assay_code rc;

	ASSAY_TRY(find_ground(&ground, s, err));
	if (ground == NULL)
		return ASSAY_OK;
	ink = deep_places(s, L_TOPHAT_WHITE);
	if (ink == NULL || pixAnd(ink, ink, ground) == NULL) {
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "ink of a page");
		goto fail;
	}
	ASSAY_TRY(without_lines(ink, s, true, err));
	ASSAY_TRY(take_marks(out, ink, s, err));
	for (size_t i = 0; i < out->count; i++)
		if (is_light_text(s, ink, &out->items[i])) {
			out->items[kept] = out->items[i];
			out->items[kept++].light = true;
		}
	out->count = kept;
fail:
	pixDestroy(&ground);
	pixDestroy(&ink);
	return rc;
}

/* ---------------------------------------------------------------- both */

static bool meets(const table_marks *m, const table_mark *a)
{
	for (size_t i = 0; i < m->count && m->items[i].top < a->bottom; i++) {
		const table_mark *b = &m->items[i];

		if (a->left < b->right && b->left < a->right && a->top < b->bottom)
			return true;
	}
	return false;
}

/* What seems dark between light letters is their ground. */
static assay_code add_light(table_marks *out, const table_marks *light, assay_err *err)
{
	table_mark *all = assay_alloc(out->count + light->count + 1, sizeof *all);
	size_t kept = 0;

	if (all == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "marks of a page");
	for (size_t i = 0; i < out->count; i++)
		if (!meets(light, &out->items[i]))
			all[kept++] = out->items[i];
	for (size_t i = 0; i < light->count && kept < TABLE_MARKS_MAX; i++)
		all[kept++] = light->items[i];
	qsort(all, kept, sizeof *all, by_place);
	free(out->items);
	out->items = all;
	out->count = kept;
	return ASSAY_OK;
}

assay_code table_marks_find(table_marks *out, PIX *pix, const table_rules *rules, int32_t height, assay_err *err)
{
	sight s = {.pix = pix, .rules = rules, .height = height};
	table_marks light = {0};
	assay_code rc;

	*out = (table_marks){0};
	ASSAY_TRY(open_sight(&s, err));
	if (s.contrast == 0)
		return ASSAY_OK;
	ASSAY_TRY(find_dark(out, &s, err));
	ASSAY_TRY(find_points(out, &s, err));
	ASSAY_TRY(find_light(&light, &s, err));
	if (light.count > 0)
		ASSAY_TRY(add_light(out, &light, err));
fail:
	table_marks_release(&light);
	pixDestroy(&s.grey);
	return rc;
}
