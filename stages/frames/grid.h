/**
 * A frame's luma as a small grid of block means. Integers only: equal on every CPU. The box filter reads a fixed share
 * of the rows of large frames, so its cost grows with the width alone.
 */
#ifndef ASSAY_GRID_H
#define ASSAY_GRID_H

#include "assay/stage.h"

#define ASSAY_GRID_COLUMNS 64
#define ASSAY_GRID_ROWS    36
#define ASSAY_GRID_CELLS   (ASSAY_GRID_COLUMNS * ASSAY_GRID_ROWS)
#define ASSAY_GRID_ONE     16 /* units of a cell in one 8-bit level */

typedef struct assay_grid {
	uint16_t cell[ASSAY_GRID_CELLS]; /* 0..4095, row by row */
} assay_grid;

/** Block means of the luma. Frames smaller than the grid repeat pixels. Any size from 1 x 1. */
void assay_grid_fill(assay_grid *out, const assay_frame *f);

/** Sum over the cells of |a - b|, in 1/ASSAY_GRID_ONE levels: 0..ASSAY_GRID_CELLS * 4095. */
uint32_t assay_grid_distance(const assay_grid *a, const assay_grid *b);
/** Sum of the cells: 0..ASSAY_GRID_CELLS * 4095. */
uint32_t assay_grid_sum(const assay_grid *g);
/** Mean of the cells, in 1/ASSAY_GRID_ONE levels, rounded down. */
static inline uint32_t assay_grid_mean(const assay_grid *g)
{
	return assay_grid_sum(g) / ASSAY_GRID_CELLS;
}

#endif
