/** page.quality: what a page image is worth as a scan. Integers throughout, but for the skew search. */
#include "ocr.h"

#include "grey.h"
#include "page_skew.h"
#include "page_value.h"

#include "assay/decimal.h"
#include "assay/memory.h"

#include <stdlib.h>

#define REFERENCE_SIDE 1754 /* longer side of A4 at 150 dpi: sharpness is measured at about this size */

/* Ink on grain is darker than the page's median by so many levels, and by so many times the grain: the distance of its
 * 16th percentile, which is the standard deviation of normal noise. */
#define LEVELS_FAR 52
#define GRAIN_FAR  8

typedef struct params {
	int64_t max_skew, blank_ratio;
} params;

static const assay_param schema[] = {
    ASSAY_PARAM_ROW_DECIMAL(params, max_skew, "5", 2, 10, 1500, "deg", "largest skew that is looked for"),
    ASSAY_PARAM_ROW_DECIMAL(params, blank_ratio, "0.00005", 6, 0, 1000000, "",
			    "a page with less ink than this share of its pixels is blank"),
    {0},
};

enum {
	METRIC_WIDTH,
	METRIC_HEIGHT,
	METRIC_DPI,
	METRIC_SKEW,
	METRIC_SHARPNESS,
	METRIC_CONTRAST,
	METRIC_INK,
	METRIC_BLANK,
	METRIC_FOCUS,
};

#define ON_PAGES ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE)

static const assay_metric metrics[] = {
    {"page.width", "px", 0, ON_PAGES, "width of the upright page image, as it reaches this stage"},
    {"page.height", "px", 0, ON_PAGES, "height of the upright page image, as it reaches this stage"},
    {"page.dpi", "dpi", 0, ON_PAGES,
     "lower of the declared resolutions across and down, the rendering resolution for PDF; undefined when the file "
     "declares no credible one"},
    {"page.skew", "deg", 2, ON_PAGES,
     "how far the text lines are from level, regardless of direction, 0 to max_skew; undefined when no lines are "
     "found"},
    {"page.sharpness", "1", 2, ON_PAGES,
     "variance of the 4-neighbour Laplacian of 8-bit grey, 0 and up (paper in focus: hundreds and more), after "
     "reduction by the whole factor that brings the longer side nearest to 1754 px; undefined for binary pages"},
    {"page.contrast", "1", 4, ON_PAGES,
     "median grey of paper less median grey of ink as a share of 255, 0 to 1; ink and paper are told apart by "
     "Otsu's threshold; undefined for binary pages"},
    {"page.ink_ratio", "1", 6, ON_PAGES,
     "share of the pixels that are ink, 0 to 1: black ones of a binary page, those up to Otsu's threshold of others; "
     "where these are less than 0.1 darker, those far below the grain, or none"},
    {"page.blank", "1", 0, ON_PAGES, "1 when ink_ratio is below blank_ratio, otherwise 0"},
    {"page.focus", "1", 2, ON_PAGES,
     "sharpness for the contrast and ink that there are: sharpness / ((median grey of paper - of ink)^2 x ink_ratio), "
     "0 "
     "and up (print in focus: 0.3 and more); undefined for binary and blank pages, when contrast is below 0.1, and of "
     "a little ink on grain"},
    {0},
};

/* ---------------------------------------------------------------- sharpness */

typedef struct shrinker {
	PIX *pix;
	int factor, width, height; /* of the reduced page */
	uint8_t *row;
	uint32_t *sums;
} shrinker;

/* One row of the reduced page: means of factor x factor pixels, rounded to nearest. */
static void shrink_row(const shrinker *s, int y, int32_t *out)
{
	const uint32_t area = (uint32_t)(s->factor * s->factor);

	for (int x = 0; x < s->width; x++)
		s->sums[x] = area / 2;
	for (int dy = 0; dy < s->factor; dy++) {
		grey_row(s->row, s->pix, y * s->factor + dy);
		for (int x = 0; x < s->width; x++)
			for (int dx = 0; dx < s->factor; dx++)
				s->sums[x] += s->row[x * s->factor + dx];
	}
	for (int x = 0; x < s->width; x++)
		out[x] = (int32_t)(s->sums[x] / area);
}

typedef struct laplacian {
	int64_t n, sum;
	uint64_t squares;
} laplacian;

static void add_laplacian(laplacian *l, const int32_t *above, const int32_t *at, const int32_t *below, int width)
{
	int32_t sum = 0;
	uint64_t squares = 0;

	for (int x = 1; x + 1 < width; x++) {
		const int32_t v = above[x] + below[x] + at[x - 1] + at[x + 1] - 4 * at[x];

		sum += v; /* a reduced row has fewer than 3000 pixels */
		squares += (uint32_t)(v * v);
	}
	l->n += width - 2;
	l->sum += sum;
	l->squares += squares;
}

static void scan_laplacian(laplacian *l, const shrinker *s, int32_t *rows)
{
	for (int y = 0; y < s->height; y++) {
		shrink_row(s, y, rows + (size_t)(y % 3) * (size_t)s->width);
		if (y >= 2)
			add_laplacian(l, rows + (size_t)((y - 2) % 3) * (size_t)s->width,
				      rows + (size_t)((y - 1) % 3) * (size_t)s->width,
				      rows + (size_t)(y % 3) * (size_t)s->width, s->width);
	}
}

static assay_code measure_laplacian(laplacian *l, PIX *pix, assay_err *err)
{
	const int w = pixGetWidth(pix), h = pixGetHeight(pix), side = w > h ? w : h;
	const int factor = side < REFERENCE_SIDE ? 1 : (2 * side + REFERENCE_SIDE) / (2 * REFERENCE_SIDE);
	shrinker s = {.pix = pix, .factor = factor, .width = w / factor, .height = h / factor};
	ASSAY_AUTO_FREE uint8_t *row = assay_alloc(grey_row_size(pix), 1);
	ASSAY_AUTO_FREE uint32_t *sums = assay_alloc((size_t)s.width, sizeof *sums);
	ASSAY_AUTO_FREE int32_t *rows = assay_alloc((size_t)s.width * 3, sizeof *rows);

	*l = (laplacian){0};
	if (row == NULL || sums == NULL || rows == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "reduced rows");
	s.row = row;
	s.sums = sums;
	if (s.width >= 3 && s.height >= 3)
		scan_laplacian(l, &s, rows);
	return ASSAY_OK;
}

/* (n squares - sum^2) / n^2 in hundredths, as quotient and remainder so that nothing overflows */
static int64_t variance(const laplacian *l)
{
	__extension__ typedef __int128 wide;
	const wide n2 = (wide)l->n * l->n;
	const wide v = (wide)l->squares * (wide)l->n - (wide)l->sum * l->sum;
	const wide q = v * 100 / n2, rest = v * 100 % n2;

	if (rest * 2 > n2 || (rest * 2 == n2 && q % 2 != 0))
		return (int64_t)q + 1;
	return (int64_t)q;
}

/* ---------------------------------------------------------------- the stage */

typedef struct job {
	const params *p;
	const assay_value *v;
	assay_sink *sink;
	assay_err *err;
} job;

static assay_code put(const job *j, unsigned metric, int64_t value)
{
	return assay_measure(j->sink, j->v->root, metric, value, j->err);
}

static assay_code skip(const job *j, unsigned metric, const char *why)
{
	return assay_undefined(j->sink, j->v->root, metric, why, j->err);
}

static assay_code put_size(const job *j)
{
	const assay_page *page = &j->v->u.page;
	const int32_t dpi = page->dpi_x < page->dpi_y ? page->dpi_x : page->dpi_y;
	assay_code rc;

	ASSAY_TRY(put(j, METRIC_WIDTH, pixGetWidth(page->pix)));
	ASSAY_TRY(put(j, METRIC_HEIGHT, pixGetHeight(page->pix)));
	return dpi > 0 ? put(j, METRIC_DPI, dpi) : skip(j, METRIC_DPI, "the file declares no credible resolution");
fail:
	return rc;
}

/* The share in millionths, against blank_ratio in millionths: compared as whole products. */
static bool is_blank(const grey_tones *t, const params *p)
{
	return t->ink * 1000000 < t->pixels * (uint64_t)p->blank_ratio || t->ink == 0;
}

/* A few words on grain are too little for Otsu's threshold: what is far below the grain is ink nevertheless. */
static grey_tones tones_on_grain(const uint64_t hist[256], uint64_t pixels)
{
	const int paper = grey_level_at(hist, 0, 255, (pixels + 1) / 2);
	const int grain = GRAIN_FAR * (paper - grey_level_at(hist, 0, 255, (pixels * 16 + 99) / 100));
	grey_tones t = {.threshold = paper - (grain > LEVELS_FAR ? grain : LEVELS_FAR), .pixels = pixels};

	for (int i = 0; i <= t.threshold; i++)
		t.ink += hist[i];
	if (t.ink > 0)
		t.contrast = grey_level_at(hist, t.threshold + 1, 255, (pixels - t.ink + 1) / 2) -
			     grey_level_at(hist, 0, t.threshold, (t.ink + 1) / 2);
	return t;
}

static grey_tones tones_of(bool *on_grain, const uint64_t hist[256], const params *p)
{
	const grey_tones t = grey_tones_of(hist), far = tones_on_grain(hist, t.pixels);

	*on_grain = t.ink == 0 && !is_blank(&far, p);
	return *on_grain ? far : t;
}

static assay_code put_ink(const job *j, const grey_tones *t)
{
	const assay_code rc = put(j, METRIC_INK, assay_round_ratio((int64_t)t->ink, (int64_t)t->pixels, 6));

	return rc != ASSAY_OK ? rc : put(j, METRIC_BLANK, is_blank(t, j->p));
}

static assay_code put_skew(const job *j, PIX *ink, const grey_tones *t)
{
	const page_skew s = t->ink > 0 ? page_skew_find(ink, (int32_t)j->p->max_skew) : (page_skew){0};

	if (!s.found || s.confidence < 300)
		return skip(j, METRIC_SKEW, "no text lines found");
	return put(j, METRIC_SKEW, abs(s.turn));
}

/* Faint ink in focus has weak edges too: told from blur by what edges there could be. */
static assay_code put_focus(const job *j, const laplacian *l, const grey_tones *t, bool on_grain)
{
	const int64_t contrast = t->contrast;

	if (l->n == 0)
		return skip(j, METRIC_FOCUS, "page is smaller than 3 x 3 pixels");
	if (t->ink == 0)
		return skip(j, METRIC_FOCUS, "no ink");
	if (on_grain) /* whose edges would be taken for those of the little ink */
		return skip(j, METRIC_FOCUS, "too little ink beside the grain");
	return put(j, METRIC_FOCUS,
		   assay_round_ratio(variance(l) * (int64_t)t->pixels, contrast * contrast * (int64_t)t->ink, 0));
}

static assay_code put_grey(const job *j, PIX *pix, const grey_tones *t, bool on_grain)
{
	laplacian l;
	assay_code rc;

	ASSAY_TRY(measure_laplacian(&l, pix, j->err));
	if (l.n > 0)
		rc = put(j, METRIC_SHARPNESS, variance(&l));
	else
		rc = skip(j, METRIC_SHARPNESS, "page is smaller than 3 x 3 pixels");
	if (rc == ASSAY_OK)
		rc = put(j, METRIC_CONTRAST, assay_round_ratio(t->contrast, 255, 4));
	if (rc == ASSAY_OK)
		rc = put_focus(j, &l, t, on_grain);
fail:
	return rc;
}

static assay_code measure_binary(const job *j, PIX *pix)
{
	l_int32 ink = 0;
	grey_tones t = {.pixels = (uint64_t)pixGetWidth(pix) * (uint64_t)pixGetHeight(pix)};
	assay_code rc;

	if (pixCountPixels(pix, &ink, NULL) != 0)
		return ASSAY_RAISE(j->err, ASSAY_ENOMEM, "count ink");
	t.ink = (uint64_t)ink;
	ASSAY_TRY(put_ink(j, &t));
	ASSAY_TRY(skip(j, METRIC_SHARPNESS, "page is binary"));
	ASSAY_TRY(skip(j, METRIC_CONTRAST, "page is binary"));
	ASSAY_TRY(skip(j, METRIC_FOCUS, "page is binary"));
	rc = put_skew(j, pix, &t);
fail:
	return rc;
}

static assay_code measure_grey(const job *j, PIX *pix)
{
	uint64_t hist[256];
	PIX *ink = NULL;
	grey_tones t;
	bool on_grain;
	assay_code rc;

	ASSAY_TRY(grey_histogram(hist, pix, j->err));
	t = tones_of(&on_grain, hist, j->p);
	ASSAY_TRY(put_ink(j, &t));
	ASSAY_TRY(put_grey(j, pix, &t, on_grain));
	if (t.ink > 0) {
		ink = grey_threshold(pix, t.threshold, j->err);
		if (ink == NULL)
			return ASSAY_ENOMEM;
	}
	rc = put_skew(j, ink, &t);
	pixDestroy(&ink);
fail:
	return rc;
}

static assay_code push(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	const job j = {.p = state, .v = v, .sink = sink, .err = err};
	PIX *pix = v->u.page.pix;
	const assay_code rc = put_size(&j);

	if (rc != ASSAY_OK)
		return rc;
	return pixGetDepth(pix) == 1 ? measure_binary(&j, pix) : measure_grey(&j, pix);
}

static const char *const libraries[] = {"liblept", NULL};

const assay_stage assay_stage_page_quality = {
    .abi = ASSAY_STAGE_ABI,
    .name = "page.quality",
    .version = 3,
    .modality = ASSAY_MODALITY_PAGE,
    .summary = "measure size, resolution, skew, sharpness, contrast and ink of a page",
    .reference = "Pech-Pacheco et al. 2000, doi:10.1109/ICPR.2000.903548 (variance of the Laplacian); Otsu 1979",
    .observes = ASSAY_VALUE_PAGE,
    .determinism = ASSAY_EXACT_PER_BUILD,
    .libraries = libraries,
    .params = schema,
    .params_size = sizeof(params),
    .metrics = metrics,
    .open = page_open_stateless,
    .push = push,
};
