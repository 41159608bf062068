#include "grid.h"

#include <string.h>

enum {
	ROWS_A_CELL = 8, /* at most; a cell of a tall frame skips the rows between */
	TILE = 4096,     /* columns summed at a time: sums of 8 rows of bytes fit 16 bits and stay in the first cache */
	SHARP_STEP = 4,  /* rows from one measured row to the next */
	LANES = 32,      /* sums of sharpness side by side */
};

static size_t edge(size_t i, size_t cells, size_t size)
{
	return i * size / cells;
}

static size_t edge_after(size_t i, size_t cells, size_t size)
{
	const size_t from = edge(i, cells, size);
	const size_t to = edge(i + 1, cells, size);

	return to > from ? to : from + 1;
}

/* The rows of a cell that are read: `count` of them, `step` apart. */
typedef struct rows {
	const uint8_t *first;
	ptrdiff_t step; /* bytes */
	uint32_t count;
} rows;

static rows rows_of_cell(const assay_frame *f, size_t j)
{
	const size_t top = edge(j, ASSAY_GRID_ROWS, f->height);
	const size_t height = edge_after(j, ASSAY_GRID_ROWS, f->height) - top;
	const size_t step = (height + ROWS_A_CELL - 1) / ROWS_A_CELL;

	return (rows){f->luma + (ptrdiff_t)top * f->stride, (ptrdiff_t)step * f->stride,
		      (uint32_t)((height + step - 1) / step)};
}

/* ---------------------------------------------------------------- bytes */

static void add_row8(uint16_t *restrict sum, const uint8_t *restrict row, size_t n)
{
	for (size_t x = 0; x < n; x++)
		sum[x] = (uint16_t)(sum[x] + row[x]);
}

static void set_two8(uint16_t *restrict sum, const uint8_t *restrict a, const uint8_t *restrict b, size_t n)
{
	for (size_t x = 0; x < n; x++)
		sum[x] = (uint16_t)(a[x] + b[x]);
}

static void add_two8(uint16_t *restrict sum, const uint8_t *restrict a, const uint8_t *restrict b, size_t n)
{
	for (size_t x = 0; x < n; x++)
		sum[x] = (uint16_t)(sum[x] + a[x] + b[x]);
}

/* Two rows at a time: the sums are loaded and stored half as often. */
static void sum_columns8(uint16_t *sum, const rows *r, size_t x, size_t n)
{
	const uint8_t *row = r->first + x;
	uint32_t i = 0;

	if (r->count < 2)
		memset(sum, 0, n * sizeof *sum);
	else
		set_two8(sum, row, row + r->step, n), i = 2;
	for (; i + 1 < r->count; i += 2)
		add_two8(sum, row + i * r->step, row + (i + 1) * r->step, n);
	if (i < r->count)
		add_row8(sum, row + i * r->step, n);
}

/* ---------------------------------------------------------------- words */

static void sum_columns16(uint32_t *restrict sum, const rows *r, size_t x, size_t n)
{
	memset(sum, 0, n * sizeof *sum);
	for (uint32_t i = 0; i < r->count; i++) {
		const uint16_t *row = (const uint16_t *)(const void *)(r->first + i * r->step) + x;
		for (size_t k = 0; k < n; k++)
			sum[k] += row[k];
	}
}

/* ---------------------------------------------------------------- cells */

typedef struct tile {
	size_t at, width; /* columns */
	bool wide;        /* which of the two */
	union {
		uint16_t narrow[TILE];
		uint32_t wide[TILE];
	} sum;
} tile;

static uint64_t span_sum(const tile *t, size_t from, size_t to)
{
	uint64_t s = 0;

	for (size_t x = from; x < to; x++)
		s += t->wide ? t->sum.wide[x] : t->sum.narrow[x];
	return s;
}

/* What the tile's columns add to the cells of the row; small frames have cells that share columns. */
static void add_to_cells(uint64_t *cells, const tile *t, size_t width)
{
	for (size_t i = 0; i < ASSAY_GRID_COLUMNS; i++) {
		const size_t left = edge(i, ASSAY_GRID_COLUMNS, width);
		const size_t right = edge_after(i, ASSAY_GRID_COLUMNS, width);
		const size_t from = left > t->at ? left : t->at;
		const size_t to = right < t->at + t->width ? right : t->at + t->width;

		if (from < to)
			cells[i] += span_sum(t, from - t->at, to - t->at);
	}
}

static void sum_cells(uint64_t *cells, const assay_frame *f, const rows *r)
{
	tile t;

	t.wide = f->depth > 8;
	for (t.at = 0; t.at < f->width; t.at += TILE) {
		t.width = f->width - t.at < TILE ? f->width - t.at : TILE;
		if (t.wide)
			sum_columns16(t.sum.wide, r, t.at, t.width);
		else
			sum_columns8(t.sum.narrow, r, t.at, t.width);
		add_to_cells(cells, &t, f->width);
	}
}

void assay_grid_fill(assay_grid *out, const assay_frame *f)
{
	const unsigned shift = f->depth - 8u;

	for (size_t j = 0; j < ASSAY_GRID_ROWS; j++) {
		const rows r = rows_of_cell(f, j);
		uint64_t cells[ASSAY_GRID_COLUMNS] = {0};

		sum_cells(cells, f, &r);
		for (size_t i = 0; i < ASSAY_GRID_COLUMNS; i++) {
			const size_t n =
			    edge_after(i, ASSAY_GRID_COLUMNS, f->width) - edge(i, ASSAY_GRID_COLUMNS, f->width);
			out->cell[j * ASSAY_GRID_COLUMNS + i] =
			    (uint16_t)((cells[i] * ASSAY_GRID_ONE / ((uint64_t)r.count * n)) >> shift);
		}
	}
}

uint32_t assay_grid_distance(const assay_grid *a, const assay_grid *b)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < ASSAY_GRID_CELLS; i++) {
		const int32_t d = (int32_t)a->cell[i] - (int32_t)b->cell[i];
		sum += (uint32_t)(d < 0 ? -d : d);
	}
	return sum;
}

uint32_t assay_grid_sum(const assay_grid *g)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < ASSAY_GRID_CELLS; i++)
		sum += g->cell[i];
	return sum;
}

/* ---------------------------------------------------------------- sharpness */

/*
 * |4p - l - r - u - d| along one row of bytes is at most 1020 and fits 16 bits with its sign; 64 of them fit an
 * unsigned sum of 16 bits. Sums side by side leave the compiler nothing to reduce within the loop.
 */
static uint64_t row_sharpness8(const uint8_t *restrict up, const uint8_t *restrict at, const uint8_t *restrict down,
			       size_t n)
{
	uint64_t total = 0;
	size_t x = 1;

	while (x + LANES <= n) {
		const size_t stop = x + 64 * LANES < n ? x + 64 * LANES : n;
		uint16_t sums[LANES] = {0};

		for (; x + LANES <= stop; x += LANES)
			for (size_t k = 0; k < LANES; k++) {
				const size_t i = x + k;
				const int16_t d = (int16_t)(4 * at[i] - at[i - 1] - at[i + 1] - up[i] - down[i]);
				sums[k] = (uint16_t)(sums[k] + (uint16_t)(d < 0 ? -d : d));
			}
		for (size_t k = 0; k < LANES; k++)
			total += sums[k];
	}
	for (; x < n; x++) {
		const int32_t d = 4 * at[x] - at[x - 1] - at[x + 1] - up[x] - down[x];
		total += (uint32_t)(d < 0 ? -d : d);
	}
	return total;
}

/* The same of words: up to 2^18 each, so 1024 of them fit 32 bits. */
static uint64_t row_sharpness16(const uint16_t *restrict up, const uint16_t *restrict at, const uint16_t *restrict down,
				size_t n)
{
	uint64_t total = 0;

	for (size_t x = 1; x < n;) {
		const size_t stop = x + 1024 < n ? x + 1024 : n;
		uint32_t sum = 0;
		for (; x < stop; x++) {
			const int32_t d = 4 * at[x] - at[x - 1] - at[x + 1] - up[x] - down[x];
			sum += (uint32_t)(d < 0 ? -d : d);
		}
		total += sum;
	}
	return total;
}

uint32_t assay_sharpness(const assay_frame *f)
{
	const ptrdiff_t s = f->stride;
	uint64_t sum = 0;
	uint64_t count = 0;

	if (f->width < 3 || f->height < 3)
		return 0;
	for (uint32_t y = 1; y + 1 < f->height; y += SHARP_STEP) {
		const uint8_t *row = f->luma + (ptrdiff_t)y * s;
		if (f->depth > 8)
			sum += row_sharpness16((const uint16_t *)(const void *)(row - s),
					       (const uint16_t *)(const void *)row,
					       (const uint16_t *)(const void *)(row + s), f->width - 1);
		else
			sum += row_sharpness8(row - s, row, row + s, f->width - 1);
		count += f->width - 2;
	}
	return (uint32_t)(((sum * 100) >> (f->depth - 8u)) / count);
}
