/** page.orient: turn a page that lies on its side or stands on its head. */
#include "ocr.h"

#include "grey.h"
#include "page_value.h"

#include "assay/decimal.h"

#include <errno.h>
#include <stdlib.h>

#define LARGE_PAGE 4600 /* pixels of the longer side from which the page is halved: letters of the size looked for */

typedef struct params {
	int64_t min_confidence, min_ratio;
} params;

static const assay_param schema[] = {
    ASSAY_PARAM_ROW_DECIMAL(params, min_confidence, "8", 2, 0, 100000, "",
			    "least confidence with which a page is turned, in standard deviations of chance, doubled"),
    ASSAY_PARAM_ROW_DECIMAL(params, min_ratio, "2.5", 2, 100, 10000, "",
			    "least ratio of the confidence to that of the page turned by a quarter"),
    {0},
};

enum { METRIC_ORIENTATION, METRIC_CONFIDENCE };

#define ON_PAGES ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE)

static const assay_metric metrics[] = {
    {"page.orientation", "deg", 0, ON_PAGES,
     "clockwise turn in which the page's text was found, 0, 90, 180 or 270; it is turned back by as much; undefined "
     "when that could not be decided, and the page was left alone"},
    {"page.orientation_confidence", "1", 2, ON_PAGES,
     "surplus of lower-case letters with ascenders over those with descenders, doubled, over the square root of their "
     "number, in the better of the two directions of lines; 0 and up"},
    {0},
};

/* ---------------------------------------------------------------- deciding */

typedef struct orientation {
	int64_t upright, sideways; /* hundredths; negative: the other way round */
} orientation;

static int64_t to_hundredths(float v)
{
	bool defined;
	const int64_t r = assay_round_f64((double)v, 2, &defined);

	return defined ? r : 0;
}

static assay_code detect(orientation *o, PIX *ink, assay_err *err)
{
	float up = 0, left = 0;

	errno = 0; /* Leptonica tells no reason; the allocator does */
	if (pixOrientDetect(ink, &up, &left, 0, 0) != 0)
		return ASSAY_RAISE(err, errno == ENOMEM ? ASSAY_ENOMEM : ASSAY_EINVAL,
				   "Leptonica refuses the page of %d x %d pixels", pixGetWidth(ink), pixGetHeight(ink));
	*o = (orientation){to_hundredths(up), to_hundredths(left)};
	return ASSAY_OK;
}

static assay_code detect_reduced(orientation *o, PIX *ink, assay_err *err)
{
	const int w = pixGetWidth(ink), h = pixGetHeight(ink);
	PIX *half;
	assay_code rc;

	/* narrower than a letter: nothing to go by, and Leptonica's reduction refuses it */
	if (w < 16 || h < 16) {
		*o = (orientation){0};
		return ASSAY_OK;
	}
	if (w < LARGE_PAGE && h < LARGE_PAGE)
		return detect(o, ink, err);
	half = pixReduceRankBinary2(ink, 2, NULL);
	if (half == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "reduced page");
	rc = detect_reduced(o, half, err);
	pixDestroy(&half);
	return rc;
}

static assay_code find(orientation *o, PIX *pix, assay_err *err)
{
	uint64_t hist[256];
	grey_tones t;
	PIX *ink;
	assay_code rc;

	*o = (orientation){0};
	if (pixGetDepth(pix) == 1)
		return detect_reduced(o, pix, err);
	rc = grey_histogram(hist, pix, err);
	t = rc == ASSAY_OK ? grey_tones_of(hist) : (grey_tones){0};
	if (rc != ASSAY_OK || t.ink == 0)
		return rc;
	ink = grey_threshold(pix, t.threshold, err);
	if (ink == NULL)
		return ASSAY_ENOMEM;
	rc = detect_reduced(o, ink, err);
	pixDestroy(&ink);
	return rc;
}

/* Quarters by which the content was turned clockwise, -1 when it cannot be told. */
static int quarters_of(const orientation *o, const params *p)
{
	const int64_t up = llabs(o->upright), side = llabs(o->sideways);
	const int64_t best = up > side ? up : side, other = up > side ? side : up;

	if (best == 0 || best < p->min_confidence || best * 100 < other * p->min_ratio)
		return -1;
	if (up > side)
		return o->upright > 0 ? 0 : 2;
	return o->sideways > 0 ? 3 : 1;
}

/* ---------------------------------------------------------------- the stage */

static assay_code measure(const orientation *o, int quarters, const params *p, uint32_t sample, assay_sink *sink,
			  assay_err *err)
{
	const int64_t up = llabs(o->upright), side = llabs(o->sideways);
	const int64_t best = up > side ? up : side;
	const char *why = best == 0 || best < p->min_confidence ? "not enough text to tell"
								: "lines across and up are too much alike (min_ratio)";
	assay_code rc;

	if (quarters >= 0)
		rc = assay_measure(sink, sample, METRIC_ORIENTATION, 90 * (int64_t)quarters, err);
	else
		rc = assay_undefined(sink, sample, METRIC_ORIENTATION, why, err);
	return rc != ASSAY_OK ? rc : assay_measure(sink, sample, METRIC_CONFIDENCE, best, err);
}

static assay_code emit_turned(const assay_value *v, int quarters, assay_sink *sink, assay_err *err)
{
	PIX *pix = pixRotateOrth(v->u.page.pix, 4 - quarters);
	assay_value *out;

	if (pix == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "turn page");
	out = page_value_replace(v, pix, err);
	if (out == NULL)
		return ASSAY_ENOMEM;
	out->u.page.corners = (assay_corners){0};
	if (quarters != 2) {
		out->u.page.dpi_x = v->u.page.dpi_y;
		out->u.page.dpi_y = v->u.page.dpi_x;
	}
	return assay_emit(sink, out, err);
}

static assay_code push(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	orientation o;
	int quarters;
	assay_code rc;

	ASSAY_TRY(find(&o, v->u.page.pix, err));
	quarters = quarters_of(&o, state);
	ASSAY_TRY(measure(&o, quarters, state, v->root, sink, err));
	if (quarters > 0)
		rc = emit_turned(v, quarters, sink, err);
	else
		rc = page_pass(v, sink, err);
fail:
	return rc;
}

static const char *const libraries[] = {"liblept", NULL};

const assay_stage assay_stage_page_orient = {
    .abi = ASSAY_STAGE_ABI,
    .name = "page.orient",
    .version = 2,
    .modality = ASSAY_MODALITY_PAGE,
    .summary = "turn a page that lies on its side or stands on its head",
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
