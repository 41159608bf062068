#include "page_gutter.h"

#include "grey.h"
#include "page_letters.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

#define CELLS_ACROSS 1024
#define SLANT_MAX    10 /* of PAGE_GUTTER_SLANT_ONE: 2.9 degrees */
#define EDGE_PERCENT 3  /* of the height at top and bottom, where borders and the scanner's edge lie */
#define FRINGE       2  /* cells beside a dark column that its shadow reaches into */
#define FOLD_LEAST   20 /* grey levels */

/* What is asked of a gutter; the wide bounds are for one with a fold. */
#define GAP_LEAST        500 /* hundredths of the height of text: columns stand nearer */
#define GAP_LEAST_FOLD   150
#define GAP_SHARE        20  /* thousandths of the width */
#define DARK_SHARE       80  /* thousandths of the width that may be dark in it */
#define HALF_NARROW      480 /* width of a half in thousandths of its height */
#define HALF_WIDE        1050
#define HALF_NARROW_FOLD 350
#define HALF_WIDE_FOLD   1400
#define LINES_LEAST      5

/* The page in squares of factor x factor pixels. */
typedef struct cells {
	int factor, width, height;
	int letter;    /* height of text, at least 1 */
	uint8_t *ink;  /* 1: an eighth of the square and more */
	uint8_t *grey; /* mean */
} cells;

enum { EMPTY, MIXED, DARK, SHADED };

/* A way from top to bottom, by columns that are as aslant as it is; right ends are exclusive. */
typedef struct gap {
	int slant, from, to;
	int dark_from, dark_to; /* what in it is dark all the way down; equal: nothing */
} gap;

/* Text at one side of the gap. */
typedef struct side {
	int from, to;      /* columns that have it */
	int margin;        /* columns of paper between it and the page's edge */
	int other;         /* the widest empty run in it */
	int lines;         /* rows that are filled, over the height of text */
	int filled, inked; /* rows */
} side;

/* ---------------------------------------------------------------- cells */

static void cells_release(cells *c)
{
	free(c->ink);
	free(c->grey);
}

static void add_row(const cells *c, uint32_t *sums, uint32_t *dots, const uint8_t *row, int threshold)
{
	for (int x = 0; x < c->width; x++)
		for (int dx = 0; dx < c->factor; dx++) {
			const int v = row[x * c->factor + dx];

			sums[x] += (uint32_t)v;
			dots[x] += v <= threshold;
		}
}

static assay_code fill(cells *c, PIX *pix, int threshold, assay_err *err)
{
	const uint32_t area = (uint32_t)(c->factor * c->factor);
	ASSAY_AUTO_FREE uint8_t *row = assay_alloc(grey_row_size(pix), 1);
	ASSAY_AUTO_FREE uint32_t *sums = assay_alloc((size_t)c->width, 2 * sizeof *sums);

	if (row == NULL || sums == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "reduced page");
	for (int y = 0; y < c->height; y++) {
		uint32_t *dots = sums + c->width;
		const size_t at = (size_t)y * (size_t)c->width;

		memset(sums, 0, (size_t)c->width * 2 * sizeof *sums);
		for (int dy = 0; dy < c->factor; dy++) {
			grey_row(row, pix, y * c->factor + dy);
			add_row(c, sums, dots, row, threshold);
		}
		for (int x = 0; x < c->width; x++) {
			c->grey[at + (size_t)x] = (uint8_t)(sums[x] / area);
			c->ink[at + (size_t)x] = dots[x] * 8 >= area;
		}
	}
	return ASSAY_OK;
}

/* *out has no cells when the page has nothing that could part. */
static assay_code read_cells(cells *out, PIX *pix, assay_err *err)
{
	const int factor = (pixGetWidth(pix) + CELLS_ACROSS - 1) / CELLS_ACROSS;
	uint64_t hist[256];
	grey_tones t;
	page_letters letters;
	size_t count;
	assay_code rc;

	*out = (cells){.factor = factor, .width = pixGetWidth(pix) / factor, .height = pixGetHeight(pix) / factor};
	ASSAY_TRY(grey_histogram(hist, pix, err));
	t = grey_tones_of(hist);
	ASSAY_TRY(page_letters_look(&letters, pix, err));
	if (t.ink == 0 || letters.height == 0 || out->width < 64 || out->height < 64)
		return ASSAY_OK;
	out->letter = (int)(letters.height + factor - 1) / factor;
	if (!assay_mul_size(&count, (size_t)out->width, (size_t)out->height))
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "reduced page");
	out->ink = assay_alloc(count, 1);
	out->grey = assay_alloc(count, 1);
	if (out->ink == NULL || out->grey == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "reduced page");
	rc = fill(out, pix, t.threshold, err);
fail:
	return rc;
}

/* ---------------------------------------------------------------- columns aslant */

static int shift_of(const cells *c, int slant, int y)
{
	return (y - c->height / 2) * slant / PAGE_GUTTER_SLANT_ONE;
}

static int first_row(const cells *c)
{
	return c->height * EDGE_PERCENT / 100;
}

static int last_row(const cells *c)
{
	return c->height - first_row(c);
}

/* Sums over the rows, of each column that is so aslant; what of it lies beyond the page counts nothing. */
static void add_columns(uint32_t *out, const cells *c, const uint8_t *plane, int slant)
{
	memset(out, 0, (size_t)c->width * sizeof *out);
	for (int y = first_row(c); y < last_row(c); y++) {
		const int shift = shift_of(c, slant, y);
		const uint8_t *row = plane + (size_t)y * (size_t)c->width;
		const int from = shift < 0 ? -shift : 0, to = shift > 0 ? c->width - shift : c->width;

		for (int x = from; x < to; x++)
			out[x] += row[x + shift];
	}
}

/* Half a letter's height of ink in all is dirt; a title that goes across is higher. */
static void sort_columns(uint8_t *kinds, const cells *c, const uint32_t *ink)
{
	const uint32_t rows = (uint32_t)(last_row(c) - first_row(c));
	const uint32_t dirt = c->letter > 3 ? (uint32_t)c->letter / 2 : 1;

	for (int x = 0; x < c->width; x++)
		kinds[x] = ink[x] <= dirt ? EMPTY : ink[x] * 5 >= rows * 3 ? DARK : MIXED;
	for (int x = 0; x < c->width; x++)
		for (int k = x > FRINGE ? x - FRINGE : 0; kinds[x] == DARK && k < c->width && k <= x + FRINGE; k++)
			if (kinds[k] == MIXED)
				kinds[k] = SHADED;
}

/* ---------------------------------------------------------------- the widest way */

static void note_dark(gap *g, const uint8_t *kinds)
{
	g->dark_from = g->dark_to = g->from;
	for (int x = g->from; x < g->to; x++)
		if (kinds[x] == DARK || kinds[x] == SHADED) {
			g->dark_from = g->dark_to > g->from ? g->dark_from : x;
			g->dark_to = x + 1;
		}
	if (g->dark_to == g->from)
		g->dark_from = g->from;
}

/* Twice the column of its middle; where something in it is dark, of that: beside a fold a page may be white. */
static int middle_of(const gap *g)
{
	return g->dark_to > g->dark_from ? g->dark_from + g->dark_to : g->from + g->to;
}

static void offer(gap *best, const cells *c, const uint8_t *kinds, gap g)
{
	int middle;

	note_dark(&g, kinds);
	middle = middle_of(&g);
	if (middle * 3 < c->width * 2 || middle * 3 > c->width * 4 || g.to - g.from <= best->to - best->from ||
	    (g.dark_to - g.dark_from) * 1000 > c->width * DARK_SHARE)
		return;
	*best = g;
}

static assay_code find_gap(gap *best, const cells *c, assay_err *err)
{
	ASSAY_AUTO_FREE uint32_t *ink = assay_alloc((size_t)c->width, sizeof *ink);
	ASSAY_AUTO_FREE uint8_t *kinds = assay_alloc((size_t)c->width, 1);

	*best = (gap){0};
	if (ink == NULL || kinds == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "columns of a page");
	for (int i = 0; i <= 2 * SLANT_MAX; i++) { /* 0, -1, 1, -2, 2: of equals the one that is least aslant */
		const int slant = i % 2 != 0 ? -(i + 1) / 2 : i / 2;

		add_columns(ink, c, c->ink, slant);
		sort_columns(kinds, c, ink);
		for (int x = 0; x < c->width; x++) {
			gap g = {.slant = slant, .from = x};

			while (x < c->width && kinds[x] != MIXED)
				x++;
			g.to = x;
			offer(best, c, kinds, g);
		}
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- the fold */

/* How many rows are dark where the column is, by more than half of how dark it is. */
static int rows_below(const cells *c, int slant, int column, int level)
{
	int n = 0;

	for (int y = first_row(c); y < last_row(c); y++) {
		const int x = column + shift_of(c, slant, y);

		n += x >= 0 && x < c->width && c->grey[(size_t)y * (size_t)c->width + (size_t)x] <= level;
	}
	return n;
}

static uint32_t highest(const uint32_t *v, int from, int to)
{
	uint32_t high = 0;

	for (int x = from; x < to; x++)
		high = v[x] > high ? v[x] : high;
	return high;
}

/* A valley of the grey along the gap, wider than a rule and dark for three quarters of the way: 0, or its depth. */
static int depth_of(const cells *c, const gap *g, const uint32_t *grey, int *at)
{
	const int reach = 4 * c->letter, rows = last_row(c) - first_row(c);
	const int from = g->from > reach ? g->from - reach : 0;
	const int to = g->to + reach < c->width ? g->to + reach : c->width;
	uint32_t left, right, paper, half;
	int low = g->from, wide = 0;

	for (int x = g->from; x < g->to; x++)
		low = grey[x] < grey[low] ? x : low;
	left = highest(grey, from, low + 1);
	right = highest(grey, low, to);
	paper = left < right ? left : right;
	half = (paper + grey[low]) / 2;
	for (int x = low; x >= from && grey[x] <= half; x--)
		wide++;
	for (int x = low + 1; x < to && grey[x] <= half; x++)
		wide++;
	*at = low;
	if (wide * 5 < c->letter * 3 + 5 || rows_below(c, g->slant, low, (int)(half / (uint32_t)rows)) * 4 < rows * 3)
		return 0;
	return (int)((paper - grey[low]) / (uint32_t)rows);
}

static assay_code find_fold(int *depth, int *at, const cells *c, const gap *g, assay_err *err)
{
	ASSAY_AUTO_FREE uint32_t *grey = assay_alloc((size_t)c->width, sizeof *grey);

	if (grey == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "columns of a page");
	add_columns(grey, c, c->grey, g->slant);
	*depth = depth_of(c, g, grey, at);
	if (*depth < FOLD_LEAST)
		*depth = 0;
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- text on both sides */

/* Columns of one side, from the page's edge (`edge`, `step` inwards) to the gap. */
static void find_extent(side *s, const uint8_t *kinds, int edge, int step, int stop)
{
	int x = edge, run = 0;

	while (x != stop && kinds[x] != EMPTY && kinds[x] != MIXED)
		x += step;
	while (x != stop && kinds[x] == EMPTY) {
		x += step;
		s->margin++;
	}
	s->from = step > 0 ? x : stop + 1;
	s->to = step > 0 ? stop : x + 1;
	for (; x != stop; x += step) {
		run = kinds[x] == EMPTY ? run + 1 : 0;
		s->other = run > s->other ? run : s->other;
	}
}

/* Columns of a row that are ink, or lie between ink that is no further apart than words are. */
static int covered(const cells *c, const gap *g, const side *s, int y)
{
	const int apart = c->letter * 2;
	int n = 0, last = -1;

	for (int column = s->from; column < s->to; column++) {
		/* Lines of text lie as much aslant as the gutter stands. */
		const int line = y - (column - c->width / 2) * g->slant / PAGE_GUTTER_SLANT_ONE;
		const int x = line >= 0 && line < c->height ? column + shift_of(c, g->slant, line) : -1;

		if (x < 0 || x >= c->width || !c->ink[(size_t)line * (size_t)c->width + (size_t)x])
			continue;
		n += last >= 0 && column - last <= apart ? column - last : 1;
		last = column;
	}
	return n;
}

static void weigh_side(side *s, const cells *c, const gap *g)
{
	const int width = s->to - s->from;

	for (int y = first_row(c); y < last_row(c); y++) {
		const int n = covered(c, g, s, y);

		s->inked += n > c->letter;
		s->filled += width > 0 && n * 2 >= width;
	}
	s->lines = s->filled / c->letter;
}

static assay_code weigh_sides(side both[2], const cells *c, const gap *g, assay_err *err)
{
	ASSAY_AUTO_FREE uint32_t *ink = assay_alloc((size_t)c->width, sizeof *ink);
	ASSAY_AUTO_FREE uint8_t *kinds = assay_alloc((size_t)c->width, 1);

	if (ink == NULL || kinds == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "columns of a page");
	add_columns(ink, c, c->ink, g->slant);
	sort_columns(kinds, c, ink);
	both[0] = both[1] = (side){0};
	find_extent(&both[0], kinds, 0, 1, g->from);
	find_extent(&both[1], kinds, c->width - 1, -1, g->to - 1);
	weigh_side(&both[0], c, g);
	weigh_side(&both[1], c, g);
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- is it one? */

static bool is_page_wide(const cells *c, int width, bool fold)
{
	const int64_t share = (int64_t)width * 1000 / c->height;

	return share >= (fold ? HALF_NARROW_FOLD : HALF_NARROW) && share <= (fold ? HALF_WIDE_FOLD : HALF_WIDE);
}

/* Lines that fill half of its width, as many as a paragraph has, and among its rows no few. */
static bool has_lines(const side *s)
{
	return s->lines >= LINES_LEAST && s->filled * 3 >= s->inked;
}

/* Without a fold: white but for a rule, wider than what parts columns, than anything else in the text, and not much narrower than margins are. */
static bool is_gutter(const cells *c, const gap *g, const side both[2])
{
	const int wide = g->to - g->from, dark = g->dark_to - g->dark_from;
	const int other = both[0].other > both[1].other ? both[0].other : both[1].other;
	const int a = both[0].to - both[0].from, b = both[1].to - both[1].from;

	return dark <= c->letter && wide * 100 >= GAP_LEAST * c->letter && wide * 1000 >= GAP_SHARE * c->width &&
	       wide * 2 >= 3 * other && wide * 10 >= 3 * (both[0].margin + both[1].margin) && a * 2 >= b &&
	       b * 2 >= a && has_lines(&both[0]) && has_lines(&both[1]);
}

static bool is_spread(const cells *c, const gap *g, const side both[2], bool fold)
{
	const int wide = g->to - g->from, middle = middle_of(g) / 2;

	if (!is_page_wide(c, middle, fold) || !is_page_wide(c, c->width - middle, fold))
		return false;
	if (!fold)
		return is_gutter(c, g, both);
	return wide * 100 >= GAP_LEAST_FOLD * c->letter && (has_lines(&both[0]) || has_lines(&both[1]));
}

/* ---------------------------------------------------------------- in pixels */

static void tell(page_gutter *out, const cells *c, const gap *g, int depth, int valley, PIX *pix)
{
	const int middle = depth > 0 ? valley : middle_of(g) / 2;
	const bool dark = depth > 0 && g->dark_to > g->dark_from;

	out->any = true;
	out->slant = g->slant;
	out->from = (dark ? g->dark_from : middle) * c->factor + (dark ? 0 : c->factor / 2);
	out->to = dark ? g->dark_to * c->factor : out->from;
	out->middle = (int64_t)(out->from + out->to) * 5000 / pixGetWidth(pix);
	out->gap = (int64_t)(g->to - g->from) * 100 / c->letter;
	out->fold = depth;
}

static assay_code find(page_gutter *out, const cells *c, PIX *pix, assay_err *err)
{
	side both[2];
	int depth = 0, valley = 0;
	gap g;
	assay_code rc;

	ASSAY_TRY(find_gap(&g, c, err));
	if (g.to == g.from)
		return ASSAY_OK;
	ASSAY_TRY(find_fold(&depth, &valley, c, &g, err));
	ASSAY_TRY(weigh_sides(both, c, &g, err));
	tell(out, c, &g, depth, valley, pix);
	out->spread = is_spread(c, &g, both, depth > 0);
fail:
	return rc;
}

assay_code page_gutter_find(page_gutter *out, PIX *pix, assay_err *err)
{
	cells c;
	assay_code rc;

	*out = (page_gutter){0};
	c = (cells){0};
	rc = read_cells(&c, pix, err);
	if (rc == ASSAY_OK && c.ink != NULL)
		rc = find(out, &c, pix, err);
	cells_release(&c);
	return rc;
}
