/** page.deskew: turn a page so that its text lines are level. */
#include "ocr.h"

#include "grey.h"
#include "page_frame.h"
#include "page_skew.h"
#include "page_value.h"

#include "assay/memory.h"

#include <stdlib.h>

#define RADIANS (3.14159265358979323846 / 18000.0) /* per hundredth of a degree */

typedef struct params {
	int64_t max_angle, min_angle, min_confidence;
} params;

static const assay_param schema[] = {
    ASSAY_PARAM_ROW_DECIMAL(params, max_angle, "5", 2, 10, 1500, "deg", "largest skew that is looked for"),
    ASSAY_PARAM_ROW_DECIMAL(params, min_angle, "0.30", 2, 0, 1500, "deg", "smaller skews are left alone"),
    ASSAY_PARAM_ROW_DECIMAL(params, min_confidence, "3", 2, 0, 10000, "",
			    "least ratio of the best to the worst alignment; below it the page is left alone"),
    {0},
};

enum { METRIC_CORRECTED };

static const assay_metric metrics[] = {
    {"page.skew_corrected", "deg", 2, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE),
     "turn that was applied to level the text lines, clockwise positive; 0 when the page was left alone"},
    {0},
};

static assay_code find(page_skew *s, const params *p, PIX *pix, assay_err *err)
{
	uint64_t hist[256];
	PIX *ink;
	assay_code rc;

	if (pixGetDepth(pix) == 1) {
		*s = page_skew_find(pix, (int32_t)p->max_angle);
		return ASSAY_OK;
	}
	rc = grey_histogram(hist, pix, err);
	if (rc != ASSAY_OK)
		return rc;
	ink = grey_threshold(pix, grey_otsu(hist), err);
	if (ink == NULL)
		return ASSAY_ENOMEM;
	*s = page_skew_find(ink, (int32_t)p->max_angle);
	pixDestroy(&ink);
	return ASSAY_OK;
}

static int32_t turn_to_apply(const page_skew *s, const params *p)
{
	if (!s->found || s->confidence < p->min_confidence || abs(s->turn) < p->min_angle)
		return 0;
	return s->turn;
}

/* The page grows so that no corner is cut off. */
static PIX *turned(PIX *pix, int32_t turn)
{
	return pixRotate(pix, (float)(turn * RADIANS), L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, pixGetWidth(pix),
			 pixGetHeight(pix));
}

static assay_code pass_turned(const assay_value *v, PIX *pix, int32_t turn, assay_sink *sink, assay_err *err)
{
	/* Leptonica gives the same picture back for less than a thousandth. */
	const assay_corners corners = pix == v->u.page.pix
					  ? v->u.page.corners
					  : page_frame_turned(&v->u.page, pixGetWidth(pix), pixGetHeight(pix), turn);
	assay_value *out = page_value_replace(v, pix, err);

	if (out == NULL)
		return ASSAY_ENOMEM;
	out->u.page.corners = corners;
	return assay_emit(sink, out, err);
}

static assay_code push(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	const params *p = state;
	page_skew s;
	int32_t turn;
	PIX *pix;
	assay_code rc;

	ASSAY_TRY(find(&s, p, v->u.page.pix, err));
	turn = turn_to_apply(&s, p);
	ASSAY_TRY(assay_measure(sink, v->root, METRIC_CORRECTED, turn, err));
	if (turn == 0)
		return page_pass(v, sink, err);
	pix = turned(v->u.page.pix, turn);
	if (pix == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "turn page");
	return pass_turned(v, pix, turn, sink, err);
fail:
	return rc;
}

static const char *const libraries[] = {"liblept", NULL};

const assay_stage assay_stage_page_deskew = {
    .abi = ASSAY_STAGE_ABI,
    .name = "page.deskew",
    .version = 1,
    .modality = ASSAY_MODALITY_PAGE,
    .summary = "turn a page so that its text lines are level",
    .reference = "Bloomberg, Kopec, Dasari: Measuring document image skew and orientation. SPIE 2422, 1995",
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
