/**
 * page.normalize: an evenly lit page. The background is estimated on a grid of tiles and interpolated between their
 * centres; all of it in integers, so the result is the same on every CPU.
 */
#include "ocr.h"

#include "grey.h"
#include "page_value.h"

#include "assay/decimal.h"
#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

#define TILES_ACROSS 44  /* a quarter of an inch on A4, when the resolution is not known */
#define TILES_MAX    256 /* on a side: what a page of any shape costs is bounded */
#define TILE_MIN     16
#define TILE_MAX     2048
#define STEPS        256 /* positions between two tile centres */
#define FRACTION     16  /* a background level is held in sixteenths */

enum { DIVIDE, SUBTRACT };
static const char *const methods[] = {"divide", "subtract", NULL};

typedef struct params {
	int method;
	int64_t tile, target, darkest;
} params;

static const assay_param schema[] = {
    ASSAY_PARAM_ROW_ENUM(params, method, "divide", methods,
			 "divide: each pixel is scaled by target / background, as uneven light needs; subtract: the "
			 "difference is added, which leaves the contrast of ink as it is"),
    ASSAY_PARAM_ROW_INT(
	params, tile, "0", 0, TILE_MAX, "px",
	"side of a tile, at least 16; 0: a quarter of an inch, or a forty-fourth of the longer side when "
	"the resolution is not known"),
    ASSAY_PARAM_ROW_INT(params, target, "240", 128, 255, "", "grey level that the background is brought to"),
    ASSAY_PARAM_ROW_INT(params, darkest, "60", 1, 127, "",
			"a tile whose background would be darker is taken for a picture: its neighbours' is used"),
    {0},
};

enum { METRIC_LEVEL, METRIC_UNEVENNESS, METRIC_LEFT };

#define ON_PAGES ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE)

static const assay_metric metrics[] = {
    {"page.background_level", "1", 0, ON_PAGES,
     "median of the background levels of the page's tiles, 0 black to 255 white, before they are evened out; a tile's "
     "is the upper quartile of its grey; undefined for binary pages and pages without background"},
    {"page.background_unevenness", "1", 4, ON_PAGES,
     "1 less the ratio of the 5th to the 95th percentile of the background levels of the page's tiles, 0 (evenly lit) "
     "to 1, before they are evened out; undefined as page.background_level is"},
    {"page.background_unevenness_left", "1", 4, ON_PAGES, "the same, of the evened page, on the same tiles"},
    {0},
};

/* ---------------------------------------------------------------- the grid of tiles */

typedef struct grid {
	int width, height; /* of the page */
	int nx, ny;
	uint8_t *level; /* background of each tile, row by row; 0: not known */
	uint8_t *next;  /* of the same size, for filling and smoothing */
} grid;

static void grid_release(grid *g)
{
	free(g->level);
	free(g->next);
}

static int tiles_of(int side, int64_t tile)
{
	const int64_t n = ((int64_t)side + tile / 2) / tile;

	return n < 1 ? 1 : n > TILES_MAX ? TILES_MAX : (int)n;
}

static int64_t tile_of(const params *p, const assay_page *page)
{
	const int w = pixGetWidth(page->pix), h = pixGetHeight(page->pix);
	int64_t tile = p->tile;

	if (tile == 0)
		tile = page->dpi_x > 0 ? page->dpi_x / 4 : (w > h ? w : h) / TILES_ACROSS;
	return tile < TILE_MIN ? TILE_MIN : tile > TILE_MAX ? TILE_MAX : tile;
}

static assay_code grid_init(grid *g, PIX *pix, int64_t tile, assay_err *err)
{
	size_t n;

	*g = (grid){.width = pixGetWidth(pix), .height = pixGetHeight(pix)};
	g->nx = tiles_of(g->width, tile);
	g->ny = tiles_of(g->height, tile);
	n = (size_t)g->nx * (size_t)g->ny; /* no more than pixels */
	g->level = assay_alloc(n, 1);
	g->next = assay_alloc(n, 1);
	if (g->level != NULL && g->next != NULL)
		return ASSAY_OK;
	grid_release(g);
	return ASSAY_RAISE(err, ASSAY_ENOMEM, "%d x %d tiles", g->nx, g->ny);
}

/* Where tile i of n begins. */
static int edge(int i, int n, int side)
{
	return (int)((int64_t)i * side / n);
}

/* The upper quartile is paper wherever no more than three quarters of a tile are ink. */
static uint8_t background_of(const uint32_t hist[256], uint64_t n)
{
	const uint64_t rank = n - n / 4;
	uint64_t sum = 0;

	for (int i = 0; i < 256; i++) {
		sum += hist[i];
		if (sum >= rank)
			return (uint8_t)i;
	}
	return 255;
}

static void count_row(uint32_t (*hists)[256], const grid *g, const uint8_t *row)
{
	for (int i = 0; i < g->nx; i++)
		for (int x = edge(i, g->nx, g->width); x < edge(i + 1, g->nx, g->width); x++)
			hists[i][row[x]]++;
}

/* Background levels of all tiles, 0 for those darker than `darkest`. */
static assay_code measure_grid(grid *g, PIX *pix, int64_t darkest, assay_err *err)
{
	ASSAY_AUTO_FREE uint8_t *row = assay_alloc(grey_row_size(pix), 1);
	ASSAY_AUTO_FREE uint32_t(*hists)[256] = assay_alloc((size_t)g->nx, sizeof *hists);

	if (row == NULL || hists == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "histograms of %d tiles", g->nx);
	for (int j = 0; j < g->ny; j++) {
		const int top = edge(j, g->ny, g->height), bottom = edge(j + 1, g->ny, g->height);

		memset(hists, 0, (size_t)g->nx * sizeof *hists);
		for (int y = top; y < bottom; y++) {
			grey_row(row, pix, y);
			count_row(hists, g, row);
		}
		for (int i = 0; i < g->nx; i++) {
			const int w = edge(i + 1, g->nx, g->width) - edge(i, g->nx, g->width);
			const uint8_t level = background_of(hists[i], (uint64_t)w * (uint64_t)(bottom - top));

			g->level[(size_t)j * (size_t)g->nx + (size_t)i] = level < darkest ? 0 : level;
		}
	}
	return ASSAY_OK;
}

/* How far a tile's surroundings reach: at the page's edge to neither side, so that a slope of the light stays one. */
static int reach_of(int i, int n, bool even)
{
	return even && (i == 0 || i == n - 1) ? 0 : 1;
}

/* Mean of the known levels of a tile and those around it, rounded to nearest; 0 when none is known. */
static uint8_t mean_around(const grid *g, int i, int j, bool even)
{
	const int across = reach_of(i, g->nx, even), down = reach_of(j, g->ny, even);
	unsigned sum = 0, n = 0;

	for (int y = j - down; y <= j + down; y++)
		for (int x = i - across; x <= i + across; x++) {
			if (x < 0 || y < 0 || x >= g->nx || y >= g->ny)
				continue;
			sum += g->level[(size_t)y * (size_t)g->nx + (size_t)x];
			n += g->level[(size_t)y * (size_t)g->nx + (size_t)x] > 0;
		}
	return (uint8_t)(n > 0 ? (sum + n / 2) / n : 0);
}

static void swap_levels(grid *g)
{
	uint8_t *const level = g->level;

	g->level = g->next;
	g->next = level;
}

/* Gives each tile whose level is not known the mean of its neighbours'. How many are then still not known. */
static size_t fill(grid *g)
{
	size_t unknown = 0;

	for (int j = 0; j < g->ny; j++)
		for (int i = 0; i < g->nx; i++) {
			const size_t at = (size_t)j * (size_t)g->nx + (size_t)i;

			g->next[at] = g->level[at];
			if (g->next[at] == 0)
				g->next[at] = mean_around(g, i, j, false);
			unknown += g->next[at] == 0;
		}
	swap_levels(g);
	return unknown;
}

static void smooth(grid *g)
{
	for (int j = 0; j < g->ny; j++)
		for (int i = 0; i < g->nx; i++)
			g->next[(size_t)j * (size_t)g->nx + (size_t)i] = mean_around(g, i, j, true);
	swap_levels(g);
}

/* ---------------------------------------------------------------- what the grid says */

typedef struct light {
	bool found; /* there is background */
	int level;
	int64_t unevenness; /* ten-thousandths */
} light;

static light light_of(const grid *g)
{
	uint64_t hist[256] = {0}, n = 0;
	int low, high;

	for (size_t i = 0; i < (size_t)g->nx * (size_t)g->ny; i++) {
		hist[g->level[i]]++;
		n += g->level[i] > 0;
	}
	if (n == 0)
		return (light){0};
	low = grey_level_at(hist, 1, 255, (n * 5 + 99) / 100);
	high = grey_level_at(hist, 1, 255, (n * 95 + 99) / 100);
	return (light){true, grey_level_at(hist, 1, 255, (n + 1) / 2), assay_round_ratio(high - low, high, 4)};
}

/* ---------------------------------------------------------------- evening out */

/* Between which tile centres a pixel lies: after `index`, by `step` of STEPS. */
typedef struct place {
	int index, step;
} place;

static place place_of(int at, int n, int side)
{
	const int64_t p = (2 * (int64_t)at + 1) * n * (STEPS / 2) / side - STEPS / 2;
	const int64_t last = (int64_t)(n - 1) * STEPS;

	if (p <= 0)
		return (place){0, 0};
	if (p >= last)
		return (place){n - 1, 0};
	return (place){(int)(p / STEPS), (int)(p % STEPS)};
}

typedef struct evener {
	const grid *g;
	PIX *from, *to;
	int64_t target;
	bool divide;
	place *across;    /* of each column */
	uint32_t *levels; /* background of each tile column at the row at hand, times STEPS */
	uint32_t *scale;  /* by background in sixteenths: target / background, times 2^16 */
} evener;

static void evener_release(evener *e)
{
	pixDestroy(&e->to);
	free(e->across);
	free(e->levels);
	free(e->scale);
	*e = (evener){0};
}

static assay_code evener_init(evener *e, const grid *g, PIX *pix, const params *p, assay_err *err)
{
	*e = (evener){.g = g, .from = pix, .target = p->target, .divide = p->method == DIVIDE};
	e->to = pixCreateTemplate(pix);
	e->across = assay_alloc((size_t)g->width, sizeof *e->across);
	e->levels = assay_alloc((size_t)g->nx + 1, sizeof *e->levels);
	e->scale = assay_alloc((size_t)256 * FRACTION, sizeof *e->scale);
	if (e->to == NULL || e->across == NULL || e->levels == NULL || e->scale == NULL) {
		evener_release(e);
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "evened page");
	}
	for (int x = 0; x < g->width; x++)
		e->across[x] = place_of(x, g->nx, g->width);
	for (uint32_t b = 1; b < 256 * FRACTION; b++)
		e->scale[b] = (uint32_t)((((uint64_t)e->target * FRACTION << 16) + b / 2) / b);
	return ASSAY_OK;
}

static void prepare_row(evener *e, int y)
{
	const grid *g = e->g;
	const place p = place_of(y, g->ny, g->height);
	const uint8_t *above = g->level + (size_t)p.index * (size_t)g->nx;
	const uint8_t *below = p.step > 0 ? above + g->nx : above;

	for (int i = 0; i < g->nx; i++)
		e->levels[i] = (uint32_t)(above[i] * (STEPS - p.step) + below[i] * p.step);
	e->levels[g->nx] = e->levels[g->nx - 1];
}

/* In sixteenths, at least one level. */
static uint32_t background_at(const evener *e, int x)
{
	const place p = e->across[x];
	const uint32_t b = e->levels[p.index] * (uint32_t)(STEPS - p.step) + e->levels[p.index + 1] * (uint32_t)p.step;

	return b / (STEPS * STEPS / FRACTION);
}

static uint32_t evened(const evener *e, uint32_t v, uint32_t background)
{
	int64_t r;

	if (e->divide)
		r = (int64_t)(((uint64_t)v * e->scale[background] + (1 << 15)) >> 16);
	else
		r = (int64_t)v + e->target - (int64_t)((background + FRACTION / 2) / FRACTION);
	return r < 0 ? 0 : r > 255 ? 255 : (uint32_t)r;
}

static void even_grey_row(const evener *e, const l_uint32 *from, l_uint32 *to)
{
	for (int x = 0; x < e->g->width; x++)
		SET_DATA_BYTE(to, x, (l_uint8)evened(e, GET_DATA_BYTE(from, x), background_at(e, x)));
}

/* All three channels by the background's grey: the light is evened out, the paper keeps its colour. */
static void even_colour_row(const evener *e, const l_uint32 *from, l_uint32 *to)
{
	for (int x = 0; x < e->g->width; x++) {
		const uint32_t b = background_at(e, x), v = from[x];

		to[x] =
		    evened(e, v >> 24, b) << 24 | evened(e, v >> 16 & 0xff, b) << 16 | evened(e, v >> 8 & 0xff, b) << 8;
	}
}

static void even_out(evener *e)
{
	const size_t words = (size_t)pixGetWpl(e->from);

	for (int y = 0; y < e->g->height; y++) {
		const l_uint32 *from = pixGetData(e->from) + words * (size_t)y;
		l_uint32 *to = pixGetData(e->to) + words * (size_t)y;

		prepare_row(e, y);
		if (pixGetDepth(e->from) == 8)
			even_grey_row(e, from, to);
		else
			even_colour_row(e, from, to);
	}
}

/* ---------------------------------------------------------------- the stage */

static assay_code leave(const assay_value *v, const char *why, assay_sink *sink, assay_err *err)
{
	assay_code rc;

	for (unsigned m = METRIC_LEVEL; m <= METRIC_LEFT; m++)
		ASSAY_TRY(assay_undefined(sink, v->root, m, why, err));
	return page_pass(v, sink, err);
fail:
	return rc;
}

static assay_code emit(const assay_value *v, PIX *pix, assay_sink *sink, assay_err *err)
{
	assay_value *out = page_value_replace(v, pix, err);

	return out == NULL ? ASSAY_ENOMEM : assay_emit(sink, out, err);
}

static assay_code normalize(const params *p, grid *g, const assay_value *v, assay_sink *sink, assay_err *err)
{
	PIX *pix = v->u.page.pix;
	evener e = {0};
	light l;
	assay_code rc;

	ASSAY_TRY(measure_grid(g, pix, p->darkest, err));
	l = light_of(g);
	if (!l.found)
		return leave(v, "no background: all of the page is dark", sink, err);
	ASSAY_TRY(assay_measure(sink, v->root, METRIC_LEVEL, l.level, err));
	ASSAY_TRY(assay_measure(sink, v->root, METRIC_UNEVENNESS, l.unevenness, err));
	while (fill(g) > 0)
		continue;
	smooth(g);
	ASSAY_TRY(evener_init(&e, g, pix, p, err));
	even_out(&e);
	ASSAY_TRY(measure_grid(g, e.to, p->darkest, err));
	l = light_of(g);
	ASSAY_TRY(assay_measure(sink, v->root, METRIC_LEFT, l.unevenness, err));
	rc = emit(v, ASSAY_STEAL(&e.to), sink, err);
fail:
	evener_release(&e);
	return rc;
}

static assay_code push(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	const params *p = state;
	grid g;
	assay_code rc;

	if (pixGetDepth(v->u.page.pix) == 1)
		return leave(v, "page is binary", sink, err);
	rc = grid_init(&g, v->u.page.pix, tile_of(p, &v->u.page), err);
	if (rc != ASSAY_OK)
		return rc;
	rc = normalize(p, &g, v, sink, err);
	grid_release(&g);
	return rc;
}

const assay_stage assay_stage_page_normalize = {
    .abi = ASSAY_STAGE_ABI,
    .name = "page.normalize",
    .version = 1,
    .modality = ASSAY_MODALITY_PAGE,
    .summary = "even out the light of a page: bring its background to one level",
    .reference = "Bloomberg: Leptonica, adaptive mapping of the background; Gonzalez, Woods: Digital Image Processing, "
		 "illumination correction",
    .replaces = ASSAY_VALUE_PAGE,
    .emits = ASSAY_VALUE_PAGE,
    .determinism = ASSAY_EXACT,
    .params = schema,
    .params_size = sizeof(params),
    .metrics = metrics,
    .open = page_open_stateless,
    .push = push,
};
