/** Decoded frames as FRAME values: where the luma lies, or a grey copy where there is none. */
#ifndef ASSAY_LUMA_H
#define ASSAY_LUMA_H

#include "assay/stage.h"

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

#endif
