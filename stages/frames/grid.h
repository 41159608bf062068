/**
 * A frame's luma as a small grid of block means, and how sharp it is. Integers only: equal on every CPU. The box
 * filter reads a fixed share of the rows of large frames, so its cost grows with the width alone.
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

/** Scratch for assay_grid_fill, kept between frames. */
typedef struct assay_grid_scratch {
	uint32_t *columns; /* [owned] one sum a column */
	size_t width;
} assay_grid_scratch;
void assay_grid_scratch_release(assay_grid_scratch *s);

/** Block means of the luma. Frames smaller than the grid repeat pixels. Any size from 1 x 1. */
ASSAY_NODISCARD assay_code assay_grid_fill(assay_grid *out, assay_grid_scratch *s, const assay_frame *f,
					   assay_err *err);

/** Sum over the cells of |a - b|, in 1/ASSAY_GRID_ONE levels: 0..ASSAY_GRID_CELLS * 4095. */
uint32_t assay_grid_distance(const assay_grid *a, const assay_grid *b);
/** Mean of the cells, in 1/ASSAY_GRID_ONE levels, rounded down. */
uint32_t assay_grid_mean(const assay_grid *g);

/**
 * Sharpness: the mean of |4p - left - right - up - down| over every fourth row inside the frame, in hundredths of an
 * 8-bit level, rounded down; 0 for frames of less than 3 x 3. (Mean absolute Laplacian, Pertuz et al. 2013, LAP.)
 */
uint32_t assay_sharpness(const assay_frame *f);

#endif
