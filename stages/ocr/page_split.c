/** page.split: two pages on one picture become pages of their own. */
#include "ocr.h"

#include "page_gutter.h"
#include "page_value.h"

#include "assay/decimal.h"

#include <stdio.h>

static const char *const directions[] = {"left_to_right", "right_to_left", NULL};
enum { LEFT_TO_RIGHT, RIGHT_TO_LEFT };

typedef struct params {
	bool cut;
	int direction;
} params;

static const assay_param schema[] = {
    ASSAY_PARAM_ROW_BOOL(params, cut, "true", "make two pages of a spread; false: say only that it is one"),
    ASSAY_PARAM_ROW_ENUM(params, direction, "left_to_right", directions,
			 "which of the two pages is read first, and so is half 1"),
    {0},
};

enum { METRIC_SPREAD, METRIC_GUTTER, METRIC_GAP, METRIC_FOLD, METRIC_HALF };

#define ON_PAGES ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE)

static const assay_metric metrics[] = {
    {"page.spread", "1", 0, ON_PAGES,
     "1 when the picture shows two pages side by side, otherwise 0; of a page that was cut from such a picture 1 too"},
    {"page.gutter", "1", 4, ON_PAGES,
     "where the way from top to bottom lies that no text crosses, as a share of the width at half the height, 0 to 1; "
     "undefined without one in the middle third"},
    {"page.gutter_gap", "1", 2, ON_PAGES,
     "how wide that way is, over the height of the page's letters; undefined without one"},
    {"page.fold", "1", 4, ON_PAGES,
     "how much darker the fold is than the paper on both sides, as a share of 255, 0 to 1; 0 without a fold; undefined "
     "without such a way"},
    {"page.half", "1", 0, ON_PAGES,
     "which page of its spread it is in the order of reading, 1 or 2; 0 for a page that was not cut"},
    {0},
};

/* ---------------------------------------------------------------- cutting */

/* Paper in the place of what lies beyond the gutter: n pixels of row y from x on. */
static void blank(PIX *pix, int x, int y, int n)
{
	if (n > 0)
		(void)pixRasterop(pix, x, y, n, 1, pixGetDepth(pix) == 1 ? PIX_CLR : PIX_SET, NULL, 0, 0);
}

/* How far the line leaves its place in the middle, to either side. */
static void reach_of(const page_gutter *g, PIX *pix, int32_t x, int32_t *low, int32_t *high)
{
	const int32_t w = pixGetWidth(pix), h = pixGetHeight(pix);
	const int32_t a = page_gutter_at(g, x, 0, h), b = page_gutter_at(g, x, h - 1, h);

	*low = a < b ? a : b;
	*high = a < b ? b : a;
	*low = *low < 0 ? 0 : *low > w ? w : *low;
	*high = *high < 0 ? 0 : *high > w ? w : *high;
}

/* The page left of the gutter, or right of it: the least rectangle that holds it, without what is not its own. */
static PIX *half_of(const page_gutter *g, PIX *pix, bool right)
{
	const int32_t h = pixGetHeight(pix), line = right ? g->to : g->from;
	int32_t low, high, from, to;
	BOX *box;
	PIX *out;

	reach_of(g, pix, line, &low, &high);
	from = right ? low : 0;
	to = right ? pixGetWidth(pix) : high;
	box = from < to ? boxCreate(from, 0, to - from, h) : NULL;
	out = box != NULL ? pixClipRectangle(pix, box, NULL) : NULL;
	boxDestroy(&box);
	for (int32_t y = 0; out != NULL && low < high && y < h; y++) {
		int32_t x = page_gutter_at(g, line, y, h);

		x = x < from ? from : x > to ? to : x;
		if (right)
			blank(out, 0, y, x - from);
		else
			blank(out, x, y, to - x);
	}
	return out;
}

/* ---------------------------------------------------------------- the stage */

static assay_code measure_gutter(const page_gutter *g, uint32_t sample, assay_sink *sink, assay_err *err)
{
	static const unsigned of_gutter[] = {METRIC_GUTTER, METRIC_GAP, METRIC_FOLD};
	const int64_t values[] = {g->middle, g->gap, assay_round_ratio(g->fold, 255, 4)};
	assay_code rc;

	ASSAY_TRY(assay_measure(sink, sample, METRIC_SPREAD, g->spread, err));
	for (size_t i = 0; i < ASSAY_COUNT(of_gutter); i++)
		ASSAY_TRY(g->any ? assay_measure(sink, sample, of_gutter[i], values[i], err)
				 : assay_undefined(sink, sample, of_gutter[i], "nothing parts the page", err));
fail:
	return rc;
}

/* What the file itself holds of the page is of both: neither half has it. */
static assay_code give_half(const assay_value *v, const page_gutter *g, bool right, uint32_t half, assay_sink *sink,
			    assay_err *err)
{
	const assay_page *page = &v->u.page;
	PIX *pix = half_of(g, page->pix, right);
	char part[16];
	uint32_t sample;
	assay_value *out;
	assay_code rc;

	if (pix == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "page of a spread");
	(void)snprintf(part, sizeof part, "half=%u", half);
	rc = assay_divide(sink, v->root, part, &sample, err);
	if (rc == ASSAY_OK)
		rc = assay_measure(sink, sample, METRIC_HALF, half, err);
	if (rc != ASSAY_OK) {
		pixDestroy(&pix);
		return rc;
	}
	out = page_value_new(pix, sample, page->number, page->total, err);
	if (out == NULL)
		return ASSAY_ENOMEM;
	out->u.page.half = half;
	out->u.page.dpi_x = page->dpi_x;
	out->u.page.dpi_y = page->dpi_y;
	return assay_emit(sink, out, err);
}

static assay_code push(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	const params *p = state;
	const bool left_first = p->direction == LEFT_TO_RIGHT;
	page_gutter g;
	assay_code rc;

	ASSAY_TRY(page_gutter_find(&g, v->u.page.pix, err));
	ASSAY_TRY(measure_gutter(&g, v->root, sink, err));
	if (!g.spread || !p->cut) {
		ASSAY_TRY(assay_measure(sink, v->root, METRIC_HALF, 0, err));
		return page_pass(v, sink, err);
	}
	ASSAY_TRY(give_half(v, &g, !left_first, 1, sink, err));
	rc = give_half(v, &g, left_first, 2, sink, err);
fail:
	return rc;
}

static const char *const libraries[] = {"liblept", NULL};

const assay_stage assay_stage_page_split = {
    .abi = ASSAY_STAGE_ABI,
    .name = "page.split",
    .version = 1,
    .modality = ASSAY_MODALITY_PAGE,
    .summary = "make two pages of a picture that shows two side by side",
    .reference = "Stamatopoulos, Gatos, Georgiou 2010, Page frame detection for double page document images, DAS '10",
    .replaces = ASSAY_VALUE_PAGE,
    .emits = ASSAY_VALUE_PAGE,
    .makes = ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE),
    .determinism = ASSAY_EXACT_PER_BUILD,
    .libraries = libraries,
    .params = schema,
    .params_size = sizeof(params),
    .metrics = metrics,
    .open = page_open_stateless,
    .push = push,
};
