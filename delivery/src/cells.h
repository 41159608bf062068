/** What was measured of many samples: a table of numbers most of which are small, at four bytes each. */
#ifndef ASSAY_DELIVERY_CELLS_H
#define ASSAY_DELIVERY_CELLS_H

#include "assay/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cells {
	uint32_t
	    *items; /* by row and column: 0 none; below 2^31 the value and 2^30; else its place in wide, and 2^31 */
	size_t rows, width;
	int64_t *wide; /* values that are none of -2^30 + 1..2^30 - 1 */
	size_t wide_count, wide_cap;
} cells;

#define CELLS_CUTS_MAX 12

/** Bounds as cells are compared with them. */
typedef struct cell_cuts {
	int32_t
	    below[CELLS_CUTS_MAX]; /* the largest cell that does not reach a bound; INT32_MAX: none does, or no bound */
	const int64_t *cuts;       /* the same in full; borrowed */
	uint16_t count;
} cell_cuts;

/** @param count  at most CELLS_CUTS_MAX */
void cells_cuts(cell_cuts *out, const int64_t *cuts, size_t count);
/** The same of a value that stands in wide. */
uint16_t cells_level_wide(const cells *c, uint32_t cell, const cell_cuts *k);

/** All cells are empty. Returns ASSAY_OK or ASSAY_ENOMEM. */
ASSAY_NODISCARD assay_code cells_open(cells *c, size_t rows, size_t width, assay_err *err);
void cells_release(cells *c);
/** More columns, which are empty; rows stay what they are. */
ASSAY_NODISCARD assay_code cells_widen(cells *c, size_t width, assay_err *err);
/** Fill a cell that is empty. */
ASSAY_NODISCARD assay_code cells_put(cells *c, size_t row, size_t column, int64_t value, assay_err *err);

/** False: the cell is empty. */
static inline bool cells_get(const cells *c, size_t row, size_t column, int64_t *value)
{
	const uint32_t cell = c->items[row * c->width + column];

	if (cell < UINT32_C(1) << 31)
		*value = (int64_t)cell - (INT64_C(1) << 30);
	else
		*value = c->wide[cell - (UINT32_C(1) << 31)];
	return cell != 0;
}

/**
 * How many bounds the value of a cell reaches; one more than there are for an empty cell. All bounds are compared, without
 * a branch: a guess where to stop would mostly be wrong.
 */
static inline uint16_t cells_level(const cells *c, size_t row, size_t column, const cell_cuts *k)
{
	const uint32_t cell = c->items[row * c->width + column];
	int32_t level = 0;

	if (cell == 0)
		return (uint16_t)(k->count + 1);
	if (cell > INT32_MAX)
		return cells_level_wide(c, cell, k);
	for (size_t i = 0; i < CELLS_CUTS_MAX; i++)
		level += (int32_t)cell > k->below[i];
	return (uint16_t)level;
}

#endif
