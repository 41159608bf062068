#include "ocr_align.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

/* Costs, in sixtieths of a character that has no counterpart. */
#define GAP   60
#define OTHER 72 /* of a character that no reading has in the column */
#define BLANK 42 /* added where a blank meets a character */
#define APART 30 /* added for boxes that lie the line's height apart, and more */

#define CELLS_MAX ((size_t)4 << 20)

enum step { MATCH, SKIP_COLUMN, SKIP_GLYPH };

void ocr_alignment_release(ocr_alignment *a)
{
	free(a->items);
	*a = (ocr_alignment){0};
}

/* What a column costs, once for all glyphs that are tried in it. */
typedef struct column_cost {
	uint32_t points[OCR_READINGS];
	int votes[OCR_READINGS];
	int kinds, all; /* different code points; readings that have one */
	int32_t centre; /* twice the mean middle of the boxes */
	int32_t skip;
} column_cost;

static void vote(column_cost *c, uint32_t point)
{
	int k = 0;

	while (k < c->kinds && c->points[k] != point)
		k++;
	if (k == c->kinds) {
		c->points[c->kinds++] = point;
		c->votes[k] = 0;
	}
	c->votes[k]++;
	c->all++;
}

static column_cost cost_of(const ocr_column *col, const ocr_reading *readings, size_t count)
{
	column_cost c = {0};
	int64_t sum = 0;

	for (size_t k = 0; k < count; k++) {
		const ocr_glyph *g = col->at[k] >= 0 ? &readings[k].items[col->at[k]] : NULL;

		if (g == NULL)
			continue;
		vote(&c, g->point);
		sum += (int64_t)g->left + g->right;
	}
	if (c.all == 0 || count == 0) /* never: a column was made by a glyph */
		return (column_cost){.all = 1};
	c.centre = (int32_t)(sum / c.all);
	c.skip = GAP * c.all / (int32_t)count;
	return c;
}

static int32_t match_cost(const column_cost *c, const ocr_glyph *g, int32_t height)
{
	const int64_t far = llabs((int64_t)c->centre - ((int64_t)g->left + g->right)) / 2;
	int votes = 0;
	bool blank = false;

	for (int k = 0; k < c->kinds; k++) {
		votes += c->points[k] == g->point ? c->votes[k] : 0;
		blank = blank || c->points[k] == ' ';
	}
	return OTHER * (c->all - votes) / c->all + (far >= height ? APART : (int32_t)(far * APART / height)) +
	       (blank == (g->point == ' ') ? 0 : BLANK);
}

/* ---------------------------------------------------------------- the cheapest way */

typedef struct grid {
	size_t columns, glyphs;
	uint8_t *steps;     /* (columns + 1) x (glyphs + 1): how a cell is reached */
	int32_t *row, *old; /* costs: glyphs + 1 */
	column_cost *costs;
} grid;

static void release_grid(grid *g)
{
	free(g->steps);
	free(g->row);
	free(g->old);
	free(g->costs);
}

static assay_code make_grid(grid *g, size_t columns, size_t glyphs, assay_err *err)
{
	*g = (grid){.columns = columns, .glyphs = glyphs};
	if (columns >= CELLS_MAX || glyphs >= CELLS_MAX || (columns + 1) * (glyphs + 1) > CELLS_MAX)
		return ASSAY_RAISE(err, ASSAY_EFULL, "readings of %zu and %zu characters", columns, glyphs);
	g->steps = assay_alloc((columns + 1) * (glyphs + 1), 1);
	g->row = assay_alloc(glyphs + 1, sizeof *g->row);
	g->old = assay_alloc(glyphs + 1, sizeof *g->old);
	g->costs = assay_alloc(columns + 1, sizeof *g->costs);
	if (g->steps == NULL || g->row == NULL || g->old == NULL || g->costs == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "alignment of readings");
	return ASSAY_OK;
}

static void fill_row(grid *g, size_t i, const ocr_glyph *glyphs, int32_t height)
{
	const column_cost *c = &g->costs[i - 1];
	uint8_t *steps = g->steps + i * (g->glyphs + 1);

	g->row[0] = g->old[0] + c->skip;
	steps[0] = SKIP_COLUMN;
	for (size_t j = 1; j <= g->glyphs; j++) {
		const int32_t match = g->old[j - 1] + match_cost(c, &glyphs[j - 1], height);
		const int32_t column = g->old[j] + c->skip, glyph = g->row[j - 1] + GAP;

		if (match <= column && match <= glyph) {
			g->row[j] = match;
			steps[j] = MATCH;
		} else {
			g->row[j] = column <= glyph ? column : glyph;
			steps[j] = column <= glyph ? SKIP_COLUMN : SKIP_GLYPH;
		}
	}
}

static void fill(grid *g, const ocr_glyph *glyphs, int32_t height)
{
	for (size_t j = 0; j <= g->glyphs; j++) {
		g->row[j] = (int32_t)j * GAP;
		g->steps[j] = SKIP_GLYPH;
	}
	for (size_t i = 1; i <= g->columns; i++) {
		int32_t *swap = g->old;

		g->old = g->row;
		g->row = swap;
		fill_row(g, i, glyphs, height);
	}
}

/* Backwards from the last cell: the columns of the way, the last one first. */
static size_t walk(ocr_column *out, const grid *g, const ocr_alignment *a)
{
	size_t i = g->columns, j = g->glyphs, n = 0;

	while (i > 0 || j > 0) {
		const uint8_t step = g->steps[i * (g->glyphs + 1) + j];
		ocr_column c;

		if (step == SKIP_GLYPH)
			for (size_t k = 0; k < OCR_READINGS; k++)
				c.at[k] = -1;
		else
			c = a->items[--i];
		c.at[a->readings] = step == SKIP_COLUMN ? -1 : (int32_t)--j;
		out[n++] = c;
	}
	return n;
}

static void reverse(ocr_column *c, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		const ocr_column swap = c[i];

		c[i] = c[n - 1 - i];
		c[n - 1 - i] = swap;
	}
}

assay_code ocr_align(ocr_alignment *a, const ocr_reading *readings, int32_t height, assay_err *err)
{
	const ocr_reading *next = &readings[a->readings];
	ocr_column *columns = NULL;
	grid g = {0};
	assay_code rc;

	ASSAY_TRY(make_grid(&g, a->count, next->count, err));
	for (size_t i = 0; i < a->count; i++)
		g.costs[i] = cost_of(&a->items[i], readings, a->readings);
	fill(&g, next->items, height);
	columns = assay_alloc(a->count + next->count + 1, sizeof *columns);
	if (columns == NULL) {
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "alignment of readings");
		goto fail;
	}
	a->count = walk(columns, &g, a);
	reverse(columns, a->count);
	free(a->items);
	a->items = columns;
	a->readings++;
fail:
	release_grid(&g);
	return rc;
}
