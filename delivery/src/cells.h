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

#endif
