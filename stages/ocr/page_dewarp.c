/** page.dewarp: flatten a page whose text lines are bent, as near the spine of a book. */
#include "ocr.h"

#include "page_ink.h"
#include "page_value.h"

#include "assay/decimal.h"

#include <stdlib.h>

#define SAMPLING 30 /* pixels between the points of the model; Leptonica's default */

typedef struct params {
	int64_t min_lines, min_bend;
	bool columns;
} params;

static const assay_param schema[] = {
    ASSAY_PARAM_ROW_INT(params, min_lines, "8", 4, 100, "", "least number of long text lines that a model is made of"),
    ASSAY_PARAM_ROW_INT(params, min_bend, "4", 0, 1000, "px", "pages that would be moved by less are left alone"),
    ASSAY_PARAM_ROW_BOOL(params, columns, "false",
			 "also straighten the left and right edges of the text; for pages of one column"),
    {0},
};

enum { METRIC_BEND, METRIC_DONE };

static const assay_metric metrics[] = {
    {"page.bend", "px", 0, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE),
     "largest vertical distance by which the model moves a place of the page, before anything is done, 0 and up; "
     "undefined when no model can be made"},
    {"page.dewarped", "1", 0, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE),
     "1 when the page was flattened, 0 when it was left alone"},
    {0},
};

typedef struct job {
	const params *p;
	L_DEWARPA *models;
	L_DEWARP *model; /* of models; NULL: none can be made */
	int32_t bend;
} job;

static int32_t bend_of(const L_DEWARP *model)
{
	l_float32 low = 0, high = 0, most;

	if (fpixGetMin(model->sampvdispar, &low, NULL, NULL) != 0 ||
	    fpixGetMax(model->sampvdispar, &high, NULL, NULL) != 0)
		return 0;
	most = high > -low ? high : -low;
	return most < 1e6F ? (int32_t)(most + 0.5F) : INT32_MAX;
}

static assay_code build(job *j, PIX *ink, assay_err *err)
{
	L_DEWARP *d;

	j->models = dewarpaCreate(2, SAMPLING, 1, (l_int32)j->p->min_lines, 0);
	d = j->models != NULL ? dewarpCreate(ink, 1) : NULL;
	if (d == NULL || dewarpaUseBothArrays(j->models, j->p->columns) != 0 ||
	    dewarpaInsertDewarp(j->models, d) != 0) {
		dewarpDestroy(&d);
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "model of the page");
	}
	/* It fails where there are too few lines, and where memory is out: the page is left alone then. */
	if (dewarpBuildPageModel(d, NULL) != 0 || d->vsuccess == 0 || dewarpaSetValidModels(j->models, 0, 0) != 0 ||
	    d->vvalid == 0)
		return ASSAY_OK;
	j->model = d;
	j->bend = bend_of(d);
	return ASSAY_OK;
}

static assay_code find(job *j, PIX *pix, assay_err *err)
{
	PIX *ink = NULL;
	uint64_t pixels;
	assay_code rc = page_ink(&ink, &pixels, pix, err);

	if (rc == ASSAY_OK && pixels > 0 && pixGetWidth(pix) > 4 * SAMPLING && pixGetHeight(pix) > 4 * SAMPLING)
		rc = build(j, ink, err);
	pixDestroy(&ink);
	return rc;
}

static assay_code flatten(const job *j, const assay_value *v, assay_sink *sink, assay_err *err)
{
	PIX *flat = NULL;

	if (dewarpaApplyDisparity(j->models, 1, v->u.page.pix, 255, 0, 0, &flat, NULL) != 0 || flat == NULL) {
		pixDestroy(&flat);
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "flatten page");
	}
	return page_pass_changed(v, flat, sink, err);
}

static assay_code treat(job *j, const assay_value *v, assay_sink *sink, assay_err *err)
{
	bool bent;
	assay_code rc;

	ASSAY_TRY(find(j, v->u.page.pix, err));
	bent = j->model != NULL && j->bend >= j->p->min_bend && j->bend > 0;
	if (j->model != NULL)
		ASSAY_TRY(assay_measure(sink, v->root, METRIC_BEND, j->bend, err));
	else
		ASSAY_TRY(assay_undefined(sink, v->root, METRIC_BEND, "too few long text lines", err));
	ASSAY_TRY(assay_measure(sink, v->root, METRIC_DONE, bent, err));
	return bent ? flatten(j, v, sink, err) : page_pass(v, sink, err);
fail:
	return rc;
}

static assay_code push(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	job j = {.p = state};
	const assay_code rc = treat(&j, v, sink, err);

	dewarpaDestroy(&j.models);
	return rc;
}

static const char *const libraries[] = {"liblept", NULL};

const assay_stage assay_stage_page_dewarp = {
    .abi = ASSAY_STAGE_ABI,
    .name = "page.dewarp",
    .version = 1,
    .modality = ASSAY_MODALITY_PAGE,
    .summary = "flatten a page whose text lines are bent",
    .reference = "Bloomberg: Leptonica, document image dewarping, http://www.leptonica.org/dewarping.html",
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
