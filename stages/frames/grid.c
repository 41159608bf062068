#include "grid.h"

#include <stdlib.h>
#include <string.h>

enum {
	ROWS_A_CELL = 8, /* at most; a cell of a tall frame skips the rows between */
	SHARP_STEP = 4,  /* rows from one measured row to the next */
};

void assay_grid_scratch_release(assay_grid_scratch *s)
{
	free(s->columns);
	*s = (assay_grid_scratch){0};
}

static assay_code reserve(assay_grid_scratch *s, size_t width, assay_err *err)
{
	uint32_t *p;

	if (s->width >= width)
		return ASSAY_OK;
	p = assay_alloc(width, sizeof *p);
	if (p == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "sums of %zu columns", width);
	free(s->columns);
	s->columns = p;
	s->width = width;
	return ASSAY_OK;
}

static void add_row8(uint32_t *restrict sum, const uint8_t *restrict row, size_t n)
{
	for (size_t x = 0; x < n; x++)
		sum[x] += row[x];
}

static void add_row16(uint32_t *restrict sum, const uint16_t *restrict row, size_t n)
{
	for (size_t x = 0; x < n; x++)
		sum[x] += row[x];
}

/* Every step-th of the rows [top, bottom) into one sum a column; how many rows that were. */
static uint32_t sum_rows(uint32_t *sum, const assay_frame *f, size_t top, size_t bottom)
{
	const size_t step = (bottom - top + ROWS_A_CELL - 1) / ROWS_A_CELL;
	uint32_t rows = 0;

	memset(sum, 0, f->width * sizeof *sum);
	for (size_t y = top; y < bottom; y += step, rows++) {
		const uint8_t *row = f->luma + (ptrdiff_t)y * f->stride;
		if (f->depth > 8)
			add_row16(sum, (const uint16_t *)(const void *)row, f->width);
		else
			add_row8(sum, row, f->width);
	}
	return rows;
}

static uint64_t sum_span(const uint32_t *sum, size_t n)
{
	uint64_t s = 0;

	for (size_t x = 0; x < n; x++)
		s += sum[x];
	return s;
}

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

assay_code assay_grid_fill(assay_grid *out, assay_grid_scratch *s, const assay_frame *f, assay_err *err)
{
	const unsigned shift = f->depth - 8u;
	const assay_code rc = reserve(s, f->width, err);

	if (rc != ASSAY_OK)
		return rc;
	for (size_t j = 0; j < ASSAY_GRID_ROWS; j++) {
		const uint32_t rows = sum_rows(s->columns, f, edge(j, ASSAY_GRID_ROWS, f->height),
					       edge_after(j, ASSAY_GRID_ROWS, f->height));
		for (size_t i = 0; i < ASSAY_GRID_COLUMNS; i++) {
			const size_t left = edge(i, ASSAY_GRID_COLUMNS, f->width);
			const size_t n = edge_after(i, ASSAY_GRID_COLUMNS, f->width) - left;
			const uint64_t sum = sum_span(s->columns + left, n) * ASSAY_GRID_ONE;
			out->cell[j * ASSAY_GRID_COLUMNS + i] = (uint16_t)((sum / ((uint64_t)rows * n)) >> shift);
		}
	}
	return ASSAY_OK;
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

uint32_t assay_grid_mean(const assay_grid *g)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < ASSAY_GRID_CELLS; i++)
		sum += g->cell[i];
	return sum / ASSAY_GRID_CELLS;
}

/* |4p - l - r - u - d| along one row; up to 2^20 for 16 bits, so a row of 2^16 pixels fits 64 bits with ease. */
#define ROW_SHARPNESS(name, type, acc)                                                                                 \
	static uint64_t name(const type *restrict up, const type *restrict at, const type *restrict down, size_t n)    \
	{                                                                                                              \
		uint64_t total = 0;                                                                                    \
		for (size_t x = 1; x < n;) {                                                                           \
			const size_t stop = x + 1024 < n ? x + 1024 : n;                                               \
			acc sum = 0;                                                                                   \
			for (; x < stop; x++) {                                                                        \
				const int32_t d = 4 * at[x] - at[x - 1] - at[x + 1] - up[x] - down[x];                 \
				sum += (acc)(d < 0 ? -d : d);                                                          \
			}                                                                                              \
			total += sum;                                                                                  \
		}                                                                                                      \
		return total;                                                                                          \
	}

ROW_SHARPNESS(row_sharpness8, uint8_t, uint32_t)
ROW_SHARPNESS(row_sharpness16, uint16_t, uint32_t)

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
