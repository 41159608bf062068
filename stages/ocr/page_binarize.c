/**
 * page.binarize: a page in ink and paper. The local methods keep sums of a sliding window: each pixel costs the same
 * for any window. Sauvola's threshold uses IEEE double operations that are correctly rounded, so it is the same on
 * every CPU (this file is built without contraction, like all others).
 */
#include "ocr.h"

#include "grey.h"
#include "page_value.h"

#include "assay/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAUVOLA_RANGE 128.0

enum { OTSU, SAUVOLA, ADAPTIVE };
static const char *const methods[] = {"otsu", "sauvola", "adaptive", NULL};

typedef struct params {
	int method;
	int64_t window, factor;
} params;

static const assay_param schema[] = {
    ASSAY_PARAM_ROW_ENUM(params, method, "otsu", methods,
			 "otsu: one threshold for the page; sauvola, adaptive: one for each pixel's surroundings"),
    ASSAY_PARAM_ROW_INT(params, window, "0", 0, 511, "px",
			"side of the surroundings, made odd; 0: an eighth of an inch, or a ninetieth of the longer "
			"side when the resolution is not known. Local methods only"),
    ASSAY_PARAM_ROW_DECIMAL(params, factor, "0.20", 2, 0, 100, "",
			    "sauvola: k; adaptive: how much darker than its surroundings ink is. Local methods only"),
    {0},
};

enum { METRIC_THRESHOLD };

static const assay_metric metrics[] = {
    {"page.threshold", "1", 0, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE),
     "grey level up to which a pixel is ink, 0 to 254; undefined for local methods, for pages that are binary "
     "already and for pages of one single level"},
    {0},
};

/* ---------------------------------------------------------------- local methods */

typedef struct window {
	PIX *from, *to;
	int width, height, radius;
	size_t stride;
	uint8_t *ring;            /* the rows that the window covers, one after the other by y modulo their number */
	uint32_t *sum, *square;   /* of each column over those rows */
	uint64_t *sums, *squares; /* running totals of the columns: totals[x] = columns before x */
	int rows;
} window;

static void window_release(window *w)
{
	free(w->ring);
	free(w->sum);
	free(w->square);
	free(w->sums);
	free(w->squares);
}

static assay_code window_init(window *w, PIX *from, PIX *to, int radius, assay_err *err)
{
	const size_t width = (size_t)pixGetWidth(from);

	*w = (window){.from = from,
		      .to = to,
		      .radius = radius,
		      .width = pixGetWidth(from),
		      .height = pixGetHeight(from),
		      .stride = grey_row_size(from) + 32};
	w->ring = assay_alloc(2 * (size_t)radius + 1, w->stride);
	w->sum = assay_alloc(width, sizeof *w->sum);
	w->square = assay_alloc(width, sizeof *w->square);
	w->sums = assay_alloc(width + 1, sizeof *w->sums);
	w->squares = assay_alloc(width + 1, sizeof *w->squares);
	if (w->ring == NULL || w->sum == NULL || w->square == NULL || w->sums == NULL || w->squares == NULL) {
		window_release(w);
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "window of %d rows", 2 * radius + 1);
	}
	return ASSAY_OK;
}

static uint8_t *window_row(const window *w, int y)
{
	return w->ring + (size_t)(y % (2 * w->radius + 1)) * w->stride;
}

static void add_row(window *w, int y)
{
	uint8_t *row = window_row(w, y);

	grey_row(row, w->from, y);
	for (int x = 0; x < w->width; x++) {
		w->sum[x] += row[x];
		w->square[x] += (uint32_t)row[x] * row[x];
	}
	w->rows++;
}

static void drop_row(window *w, int y)
{
	const uint8_t *row = window_row(w, y);

	for (int x = 0; x < w->width; x++) {
		w->sum[x] -= row[x];
		w->square[x] -= (uint32_t)row[x] * row[x];
	}
	w->rows--;
}

static void total_columns(window *w)
{
	uint64_t s = 0, q = 0;

	for (int x = 0; x < w->width; x++) {
		w->sums[x] = s;
		w->squares[x] = q;
		s += w->sum[x];
		q += w->square[x];
	}
	w->sums[w->width] = s;
	w->squares[w->width] = q;
}

typedef void row_fn(uint8_t *ink, const window *w, const uint8_t *grey, int64_t factor);

/* T = m (1 + k (s / 128 - 1)), with m and s of the window clipped to the page */
static void sauvola_row(uint8_t *ink, const window *w, const uint8_t *grey, int64_t factor)
{
	const double k = (double)factor / 100.0;

	for (int x = 0; x < w->width; x++) {
		const int a = x > w->radius ? x - w->radius : 0;
		const int b = x + w->radius < w->width ? x + w->radius + 1 : w->width;
		const double n = (double)(b - a) * (double)w->rows;
		const double mean = (double)(int64_t)(w->sums[b] - w->sums[a]) / n;
		const double variance = (double)(int64_t)(w->squares[b] - w->squares[a]) / n - mean * mean;
		const double deviation = sqrt(variance > 0 ? variance : 0);

		ink[x] = grey[x] <= mean * (1.0 + k * (deviation / SAUVOLA_RANGE - 1.0));
	}
}

/* grey < m (1 - factor), in integers */
static void adaptive_row(uint8_t *ink, const window *w, const uint8_t *grey, int64_t factor)
{
	for (int x = 0; x < w->width; x++) {
		const int a = x > w->radius ? x - w->radius : 0;
		const int b = x + w->radius < w->width ? x + w->radius + 1 : w->width;
		const int64_t n = (int64_t)(b - a) * w->rows;

		ink[x] = grey[x] * n * 100 < (int64_t)(w->sums[b] - w->sums[a]) * (100 - factor);
	}
}

static void store_row(const window *w, int y, const uint8_t *ink)
{
	uint32_t *to = pixGetData(w->to) + (size_t)pixGetWpl(w->to) * (size_t)y;

	for (int i = 0; i < pixGetWpl(w->to); i++) {
		uint32_t v = 0;

		for (int b = 0; b < 32; b++)
			v = v << 1 | ink[32 * i + b];
		to[i] = v;
	}
}

static assay_code run_window(window *w, row_fn *fn, int64_t factor, assay_err *err)
{
	ASSAY_AUTO_FREE uint8_t *ink = assay_alloc((size_t)pixGetWpl(w->to), 32);

	if (ink == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "binary row");
	for (int y = 0; y < w->radius && y < w->height; y++)
		add_row(w, y);
	for (int y = 0; y < w->height; y++) {
		if (y > w->radius)
			drop_row(w, y - w->radius - 1);
		if (y + w->radius < w->height)
			add_row(w, y + w->radius);
		total_columns(w);
		fn(ink, w, window_row(w, y), factor);
		store_row(w, y, ink);
	}
	return ASSAY_OK;
}

static int radius_of(const params *p, const assay_page *page)
{
	const int w = pixGetWidth(page->pix), h = pixGetHeight(page->pix);
	int64_t side = p->window;

	if (side == 0)
		side = page->dpi_x > 0 ? page->dpi_x / 8 : (w > h ? w : h) / 90;
	return side > 511 ? 255 : side < 3 ? 1 : (int)side / 2;
}

static PIX *local(const params *p, const assay_page *page, assay_err *err)
{
	PIX *to = pixCreate(pixGetWidth(page->pix), pixGetHeight(page->pix), 1);
	window w;
	assay_code rc;

	if (to == NULL) {
		(void)ASSAY_RAISE(err, ASSAY_ENOMEM, "binary page");
		return NULL;
	}
	rc = window_init(&w, page->pix, to, radius_of(p, page), err);
	if (rc == ASSAY_OK) {
		rc = run_window(&w, p->method == SAUVOLA ? sauvola_row : adaptive_row, p->factor, err);
		window_release(&w);
	}
	if (rc != ASSAY_OK)
		pixDestroy(&to);
	return to;
}

/* ---------------------------------------------------------------- the stage */

static assay_code emit(const assay_value *v, PIX *pix, assay_sink *sink, assay_err *err)
{
	assay_value *out;

	if (pix == NULL)
		return ASSAY_ENOMEM;
	out = page_value_replace(v, pix, err);
	return out == NULL ? ASSAY_ENOMEM : assay_emit(sink, out, err);
}

static assay_code push_otsu(const assay_value *v, assay_sink *sink, assay_err *err)
{
	uint64_t hist[256];
	assay_code rc;
	int t;

	ASSAY_TRY(grey_histogram(hist, v->u.page.pix, err));
	t = grey_otsu(hist);
	if (t >= 0)
		rc = assay_measure(sink, v->root, METRIC_THRESHOLD, t, err);
	else
		rc = assay_undefined(sink, v->root, METRIC_THRESHOLD, "page of one single level", err);
	if (rc != ASSAY_OK)
		return rc;
	/* a page of one level is ink where it is darker than middle grey */
	return emit(v, grey_threshold(v->u.page.pix, t >= 0 ? t : 127, err), sink, err);
fail:
	return rc;
}

static assay_code push(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	const params *p = state;
	assay_code rc;

	if (pixGetDepth(v->u.page.pix) == 1) {
		rc = assay_undefined(sink, v->root, METRIC_THRESHOLD, "page is binary already", err);
		return rc != ASSAY_OK ? rc : page_pass(v, sink, err);
	}
	if (p->method == OTSU)
		return push_otsu(v, sink, err);
	rc = assay_undefined(sink, v->root, METRIC_THRESHOLD, "local method", err);
	return rc != ASSAY_OK ? rc : emit(v, local(p, &v->u.page, err), sink, err);
}

const assay_stage assay_stage_page_binarize = {
    .abi = ASSAY_STAGE_ABI,
    .name = "page.binarize",
    .version = 1,
    .modality = ASSAY_MODALITY_PAGE,
    .summary = "reduce a page to ink and paper, 1 bit a pixel",
    .reference = "Otsu 1979, doi:10.1109/TSMC.1979.4310076; Sauvola, Pietikainen 2000, "
		 "doi:10.1016/S0031-3203(99)00055-2; Bradley, Roth 2007, doi:10.1080/2151237X.2007.10129236",
    .replaces = ASSAY_VALUE_PAGE,
    .emits = ASSAY_VALUE_PAGE,
    .determinism = ASSAY_EXACT,
    .params = schema,
    .params_size = sizeof(params),
    .metrics = metrics,
    .open = page_open_stateless,
    .push = push,
};
