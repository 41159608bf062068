#include "cells.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

#define SMALL (INT64_C(1) << 30)
#define WIDE  (UINT32_C(1) << 31)

assay_code cells_open(cells *c, size_t rows, size_t width, assay_err *err)
{
	size_t count;

	*c = (cells){.rows = rows, .width = width};
	if (assay_mul_size(&count, rows, width))
		c->items = assay_alloc(count, sizeof *c->items);
	return c->items != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "measurements");
}

void cells_release(cells *c)
{
	free(c->items);
	free(c->wide);
	*c = (cells){0};
}

assay_code cells_widen(cells *c, size_t width, assay_err *err)
{
	cells more;
	const assay_code rc = cells_open(&more, c->rows, width, err);

	if (rc != ASSAY_OK)
		return rc;
	for (size_t i = 0; i < c->rows && c->width > 0; i++)
		memcpy(&more.items[i * width], &c->items[i * c->width], c->width * sizeof *c->items);
	free(c->items);
	c->items = more.items;
	c->width = width;
	return ASSAY_OK;
}

assay_code cells_put(cells *c, size_t row, size_t column, int64_t value, assay_err *err)
{
	uint32_t *cell = &c->items[row * c->width + column];
	assay_code rc;

	if (value > -SMALL && value < SMALL) {
		*cell = (uint32_t)(value + SMALL);
		return ASSAY_OK;
	}
	if (c->wide_count > UINT32_MAX - WIDE)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "measurements");
	rc = assay_grow(&c->wide, &c->wide_cap, c->wide_count, sizeof *c->wide, err);
	if (rc != ASSAY_OK)
		return rc;
	*cell = WIDE + (uint32_t)c->wide_count;
	c->wide[c->wide_count++] = value;
	return ASSAY_OK;
}

void cells_cuts(cell_cuts *out, const int64_t *cuts, size_t count)
{
	*out = (cell_cuts){.cuts = cuts, .count = (uint16_t)count};
	for (size_t i = 0; i < CELLS_CUTS_MAX; i++)
		out->below[i] = i >= count || cuts[i] >= SMALL ? INT32_MAX
				: cuts[i] <= -SMALL            ? 0
							       : (int32_t)(cuts[i] + SMALL - 1);
}

uint16_t cells_level_wide(const cells *c, uint32_t cell, const cell_cuts *k)
{
	const int64_t value = c->wide[cell - WIDE];
	uint16_t level = 0;

	while (level < k->count && value >= k->cuts[level])
		level++;
	return level;
}
