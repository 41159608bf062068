/** page.upscale: enlarge a page whose letters are too small for a recogniser. */
#include "ocr.h"

#include "page_enlarge.h"
#include "page_letters.h"
#include "page_value.h"

#include "assay/decimal.h"

#define PIXELS_MAX 200000000 /* of the enlarged page */

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

static assay_code push(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	const assay_page *page = &v->u.page;
	page_letters letters;
	int64_t factor;
	assay_value *out;
	PIX *pix;
	assay_code rc;

	ASSAY_TRY(page_letters_look(&letters, page->pix, err));
	factor = factor_of(state, letters.height, page->pix);
	if (letters.height > 0)
		ASSAY_TRY(assay_measure(sink, v->root, METRIC_HEIGHT, letters.height, err));
	else
		ASSAY_TRY(assay_undefined(sink, v->root, METRIC_HEIGHT, "too few letters", err));
	ASSAY_TRY(assay_measure(sink, v->root, METRIC_FACTOR, factor, err));
	if (factor == 100)
		return page_pass(v, sink, err);
	pix = page_enlarged(page->pix, factor);
	if (pix == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "enlarge page");
	out = page_value_replace(v, pix, err);
	if (out == NULL)
		return ASSAY_ENOMEM;
	out->u.page.dpi_x = page_enlarged_dpi(page->dpi_x, factor);
	out->u.page.dpi_y = page_enlarged_dpi(page->dpi_y, factor);
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
