/** How sharp a frame's luma is. Integers only: equal on every CPU. */
#ifndef ASSAY_SHARPNESS_H
#define ASSAY_SHARPNESS_H

#include "assay/stage.h"

/**
 * Sharpness: the mean of |4p - left - right - up - down| over every fourth row inside the frame, in hundredths of an
 * 8-bit level, rounded down; 0 for frames of less than 3 x 3. (Mean absolute Laplacian, Pertuz et al. 2013, LAP.)
 */
uint32_t assay_sharpness(const assay_frame *f);

#endif
