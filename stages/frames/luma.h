/**
 * Decoded frames as FRAME values: where the luma lies, or a grey copy where there is none; and what several stages ask
 * of a frame, worked out when the first one asks.
 */
#ifndef ASSAY_LUMA_H
#define ASSAY_LUMA_H

#include "grid.h"

struct SwsContext;

typedef struct assay_luma {
	struct SwsContext *sws; /* [owned] for formats without a luma plane; made when first needed */
} assay_luma;

void assay_luma_release(assay_luma *l);

/**
 * Wrap a frame. Planar YUV and grey formats of 8 to 16 bits are read in place; all others are converted to grey.
 * @param frame [in, moved] its buffers go to the value; blank afterwards
 */
ASSAY_NODISCARD assay_code assay_luma_value(assay_luma *l, assay_value **out, struct AVFrame *frame, uint32_t root,
					    assay_err *err);

/*
 * Every FRAME value of the video pipeline is made by assay_luma_value; these take no other. What they return is kept
 * with the value: it is the same however often and by whom it is asked, which is all that "immutable" promises.
 */

/** The grid of the frame (grid.h). Borrowed, as long as the value lives. */
const assay_grid *assay_luma_grid(const assay_value *frame);
/** The frame's sharpness (assay_sharpness). */
uint32_t assay_luma_sharpness(const assay_value *frame);

#endif
