/** page.upscale: enlarge a page whose letters are too small for a recogniser. */
#include "ocr.h"

#include "page_ink.h"
#include "page_value.h"

#include "assay/decimal.h"
#include "assay/memory.h"

#include <string.h>

#define GROUPS_MAX  200000 /* of ink that are looked at: a page of small print has 10 000 letters */
#define HEIGHT_MAX  1024
#define PIXELS_MAX  200000000 /* of the enlarged page */
#define LETTERS_MIN 8         /* fewer say nothing of the size of the text */

typedef struct params {
	int64_t below, height, max_factor;
} params;

static const assay_param schema[] = {
    ASSAY_PARAM_ROW_INT(params, below, "16", 1, 200, "px", "pages whose text is at least this high are left alone"),
    ASSAY_PARAM_ROW_INT(params, height, "24", 2, 400, "px", "height of text that smaller text is brought to"),
    ASSAY_PARAM_ROW_DECIMAL(params, max_factor, "4", 2, 100, 800, "", "largest enlargement"),
    {0},
};

enum { METRIC_HEIGHT, METRIC_FACTOR };

static const assay_metric metrics[] = {
    {"page.text_height", "px", 0, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE),
     "height of the letters before anything is done: the median over the groups of ink that may be letters, each with "
     "the weight of its width; undefined with fewer than 8"},
    {"page.upscaled", "1", 2, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE),
     "factor by which the page was enlarged, 1 and up; 1 when it was left alone"},
    {0},
};

/* ---------------------------------------------------------------- the height of text */

typedef struct heights {
	uint64_t widths[HEIGHT_MAX + 1]; /* of the groups that are so high, added up */
	uint64_t total;
	uint32_t letters;
} heights;

/* Specks, rules and pictures are no letters. */
static bool may_be_letter(l_int32 w, l_int32 h, l_int32 page_height)
{
	return h >= 3 && h <= HEIGHT_MAX && h <= page_height / 4 + 8 && w >= 2 && w <= 16 * h && h <= 16 * w;
}

static assay_code add_group(heights *t, PIX *ink, L_STACK *stack, l_int32 x, l_int32 y, assay_err *err)
{
	BOX *box = pixSeedfillBB(ink, stack, x, y, 8); /* takes the group out of the picture */

	if (box == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "group of ink");
	if (may_be_letter(box->w, box->h, pixGetHeight(ink))) {
		t->widths[box->h] += (uint64_t)box->w;
		t->total += (uint64_t)box->w;
		t->letters++;
	}
	boxDestroy(&box);
	return ASSAY_OK;
}

static assay_code collect(heights *t, PIX *ink, assay_err *err)
{
	PIX *rest = pixCopy(NULL, ink);
	L_STACK *stack = lstackCreate(0);
	l_int32 x = 0, y = 0;
	assay_code rc = ASSAY_OK;

	if (stack != NULL)
		stack->auxstack = lstackCreate(0);
	if (rest == NULL || stack == NULL || stack->auxstack == NULL)
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "groups of ink");
	for (int n = 0; rc == ASSAY_OK && n < GROUPS_MAX && nextOnPixelInRaster(rest, x, y, &x, &y); n++)
		rc = add_group(t, rest, stack, x, y, err);
	lstackDestroy(&stack, TRUE);
	pixDestroy(&rest);
	return rc;
}

/* 0: the page has too few letters to tell. */
static int64_t median(const heights *t)
{
	uint64_t below = 0;

	if (t->letters < LETTERS_MIN)
		return 0;
	for (int h = 0; h <= HEIGHT_MAX; h++) {
		below += t->widths[h];
		if (below * 2 >= t->total)
			return h;
	}
	return 0;
}

static assay_code text_height(int64_t *out, PIX *pix, assay_err *err)
{
	ASSAY_AUTO_FREE heights *t = assay_alloc(1, sizeof *t);
	uint64_t pixels;
	PIX *ink = NULL;
	assay_code rc;

	*out = 0;
	if (t == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "heights of ink");
	rc = page_ink(&ink, &pixels, pix, err);
	if (rc == ASSAY_OK && pixels > 0)
		rc = collect(t, ink, err);
	pixDestroy(&ink);
	*out = median(t);
	return rc;
}

/* ---------------------------------------------------------------- enlarging */

/* In hundredths; 100 leaves the page alone. */
static int64_t factor_of(const params *p, int64_t height, PIX *pix)
{
	const int64_t pixels = (int64_t)pixGetWidth(pix) * pixGetHeight(pix);
	int64_t factor;

	if (height == 0 || height >= p->below || height >= p->height)
		return 100;
	factor = p->height * 100 / height;
	if (factor > p->max_factor)
		factor = p->max_factor;
	while (factor > 100 && pixels * factor / 100 * factor / 100 > PIXELS_MAX)
		factor -= factor / 16 + 1;
	return factor > 100 ? factor : 100;
}

/* Between the pixels by linear interpolation; a binary page becomes grey. */
static PIX *enlarged(PIX *pix, int64_t factor)
{
	const float f = (float)factor / 100;
	PIX *grey, *out;

	if (pixGetDepth(pix) != 1)
		return pixScaleLI(pix, f, f);
	grey = pixConvert1To8(NULL, pix, 255, 0);
	out = grey != NULL ? pixScaleGrayLI(grey, f, f) : NULL;
	pixDestroy(&grey);
	return out;
}

static int32_t enlarged_dpi(int32_t dpi, int64_t factor)
{
	return (int32_t)(((int64_t)dpi * factor + 50) / 100);
}

static assay_code push(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	const assay_page *page = &v->u.page;
	int64_t height, factor;
	assay_value *out;
	PIX *pix;
	assay_code rc;

	ASSAY_TRY(text_height(&height, page->pix, err));
	factor = factor_of(state, height, page->pix);
	if (height > 0)
		ASSAY_TRY(assay_measure(sink, v->root, METRIC_HEIGHT, height, err));
	else
		ASSAY_TRY(assay_undefined(sink, v->root, METRIC_HEIGHT, "too few letters", err));
	ASSAY_TRY(assay_measure(sink, v->root, METRIC_FACTOR, factor, err));
	if (factor == 100)
		return page_pass(v, sink, err);
	pix = enlarged(page->pix, factor);
	if (pix == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "enlarge page");
	out = page_value_replace(v, pix, err);
	if (out == NULL)
		return ASSAY_ENOMEM;
	out->u.page.dpi_x = enlarged_dpi(page->dpi_x, factor);
	out->u.page.dpi_y = enlarged_dpi(page->dpi_y, factor);
	return assay_emit(sink, out, err);
fail:
	return rc;
}

static const char *const libraries[] = {"liblept", NULL};

const assay_stage assay_stage_page_upscale = {
    .abi = ASSAY_STAGE_ABI,
    .name = "page.upscale",
    .version = 1,
    .modality = ASSAY_MODALITY_PAGE,
    .summary = "enlarge a page whose letters are too small for a recogniser",
    .reference = "",
    .replaces = ASSAY_VALUE_PAGE,
    .emits = ASSAY_VALUE_PAGE,
    .determinism = ASSAY_EXACT_PER_BUILD,
    .libraries = libraries,
    .params = schema,
    .params_size = sizeof(params),
    .metrics = metrics,
    .open = page_open_stateless,
    .push = push,
};
