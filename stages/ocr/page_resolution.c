/** page.resolution: what the text of a page says of its resolution, and what is told on when the file says otherwise. */
#include "ocr.h"

#include "page_letters.h"
#include "page_value.h"

#include "assay/decimal.h"

#define LETTERS_ENOUGH 60 /* fewer may be a title */
#define PAPER_PERMILLE 15 /* by which a sheet may be off its format */
#define DPI_LEAST      36
#define DPI_MOST       4800

typedef struct params {
	int64_t doubt, letter;
	bool undeclared;
} params;

static const assay_param schema[] = {
    ASSAY_PARAM_ROW_DECIMAL(params, doubt, "2.5", 2, 125, 1000, "",
			    "factor by which the declared resolution may be off; beyond it the estimated one is used"),
    ASSAY_PARAM_ROW_DECIMAL(params, letter, "5.20", 2, 100, 7200, "pt",
			    "height that the small letters of such pages usually have, as page.upscale measures it"),
    ASSAY_PARAM_ROW_BOOL(params, undeclared, "true", "also use the estimated one where the file declares none"),
    {0},
};

enum { METRIC_ESTIMATED, METRIC_DOUBT, METRIC_REPLACED };

#define ON_PAGES ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE)

static const assay_metric metrics[] = {
    {"page.resolution_estimated", "dpi", 0, ON_PAGES,
     "resolution by the height of the letters, and by the format of the paper where one fits; undefined with fewer "
     "than "
     "60 letters"},
    {"page.resolution_doubt", "1", 2, ON_PAGES,
     "factor between the declared and the estimated resolution, 1 and up; undefined without either"},
    {"page.resolution_replaced", "1", 0, ON_PAGES,
     "1 when the steps that follow work by the estimated resolution, 0 when by what the file declares"},
    {0},
};

/* ---------------------------------------------------------------- the estimate */

/* Tenths of a millimetre: ISO 216 A3 to A6 and B5, and the American formats. */
static const struct {
	int32_t a, b;
} papers[] = {{2970, 4200}, {2100, 2970}, {1480, 2100}, {1050, 1480},
	      {1760, 2500}, {2159, 2794}, {2159, 3556}, {2794, 4318}};

/* What scanners offer. */
static const int32_t usual[] = {72, 75, 96, 100, 120, 150, 200, 240, 300, 400, 600, 1200};

static bool fits(int64_t pixels, int64_t tenths, int64_t dpi)
{
	const int64_t paper = tenths * dpi, page = pixels * 254;
	const int64_t off = page > paper ? page - paper : paper - page;

	return off * 1000 <= paper * PAPER_PERMILLE;
}

static bool is_paper(PIX *pix, int32_t dpi)
{
	const int32_t w = pixGetWidth(pix), h = pixGetHeight(pix);

	for (size_t i = 0; i < ASSAY_COUNT(papers); i++)
		if ((fits(w, papers[i].a, dpi) && fits(h, papers[i].b, dpi)) ||
		    (fits(w, papers[i].b, dpi) && fits(h, papers[i].a, dpi)))
			return true;
	return false;
}

/* The factor between two, 1 and up, in hundredths. */
static int64_t apart(int64_t a, int64_t b)
{
	return assay_round_ratio(a > b ? a : b, a > b ? b : a, 2);
}

/* Letters say it roughly: of what makes the page a sheet of a usual format, the nearest is it. 0: nothing can be said. */
static int64_t estimate_of(const params *p, const page_letters *letters, PIX *pix)
{
	const int64_t rough = letters->height > 0 ? assay_round_ratio(letters->height * 7200, p->letter, 0) : 0;
	int64_t best = 0;

	if (letters->count < LETTERS_ENOUGH || rough < DPI_LEAST || rough > DPI_MOST)
		return 0;
	for (size_t i = 0; i < ASSAY_COUNT(usual); i++)
		if (apart(usual[i], rough) <= 175 && is_paper(pix, usual[i]) &&
		    (best == 0 || apart(usual[i], rough) < apart(best, rough)))
			best = usual[i];
	return best > 0 ? best : rough;
}

/* ---------------------------------------------------------------- the stage */

static assay_code measure(const page_letters *letters, int64_t estimate, int64_t declared, bool replaced,
			  uint32_t sample, assay_sink *sink, assay_err *err)
{
	assay_code rc;

	ASSAY_TRY(estimate > 0
		      ? assay_measure(sink, sample, METRIC_ESTIMATED, estimate, err)
		      : assay_undefined(
			    sink, sample, METRIC_ESTIMATED,
			    letters->count < LETTERS_ENOUGH ? "too few letters" : "letters of no usual size", err));
	if (estimate > 0 && declared > 0)
		ASSAY_TRY(assay_measure(sink, sample, METRIC_DOUBT, apart(declared, estimate), err));
	else
		ASSAY_TRY(assay_undefined(
		    sink, sample, METRIC_DOUBT,
		    declared > 0 ? "nothing to compare it with" : "the file declares no credible resolution", err));
	rc = assay_measure(sink, sample, METRIC_REPLACED, replaced, err);
fail:
	return rc;
}

/* Dots that are wider than high stay so. */
static assay_code emit_replaced(const assay_value *v, int64_t estimate, assay_sink *sink, assay_err *err)
{
	const assay_page *page = &v->u.page;
	assay_value *out = page_value_replace(v, pixClone(page->pix), err);

	if (out == NULL)
		return ASSAY_ENOMEM;
	out->u.page.dpi_y = (int32_t)estimate;
	out->u.page.dpi_x = (int32_t)estimate;
	if (page->dpi_x > 0 && page->dpi_y > 0)
		out->u.page.dpi_x = (int32_t)assay_round_ratio(estimate * page->dpi_x, page->dpi_y, 0);
	return assay_emit(sink, out, err);
}

static assay_code push(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	const params *p = state;
	const int32_t declared = v->u.page.dpi_y;
	page_letters letters;
	int64_t estimate;
	bool replaced;
	assay_code rc;

	ASSAY_TRY(page_letters_look(&letters, v->u.page.pix, err));
	estimate = estimate_of(p, &letters, v->u.page.pix);
	replaced = estimate > 0 && (declared > 0 ? apart(declared, estimate) > p->doubt : p->undeclared);
	ASSAY_TRY(measure(&letters, estimate, declared, replaced, v->root, sink, err));
	return replaced ? emit_replaced(v, estimate, sink, err) : page_pass(v, sink, err);
fail:
	return rc;
}

static const char *const libraries[] = {"liblept", NULL};

const assay_stage assay_stage_page_resolution = {
    .abi = ASSAY_STAGE_ABI,
    .name = "page.resolution",
    .version = 1,
    .modality = ASSAY_MODALITY_PAGE,
    .summary = "estimate the resolution by the text, and use it where the file's is wrong",
    .reference = "ISO 216:2007 (formats of paper)",
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
