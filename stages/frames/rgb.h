/**
 * YUV to packed RGB, in integers: the same on every CPU and with every build of libav, and several times as fast as
 * swscale with the flags that make it exact.
 */
#ifndef ASSAY_RGB_H
#define ASSAY_RGB_H

#include "assay/stage.h"

/** Chroma as a frame's format stores it, for assay_rgb_convert(). */
typedef struct assay_chroma {
	const uint8_t *data[2];          /* [borrowed] U and V; NULL for grey */
	ptrdiff_t stride[2];             /* bytes */
	unsigned step;                   /* bytes from one sample to the next */
	uint8_t log2_width, log2_height; /* of the luma samples that share one, 0 or 1 */
} assay_chroma;

/**
 * Can this frame be converted here? True where luma is read in place (assay_frame.luma) and chroma is as deep, in
 * planes of its own, at most halved either way, or absent. All else is left to swscale.
 */
bool assay_rgb_can(assay_chroma *out, const assay_frame *f);

/**
 * Convert a frame of the same size. Chroma between samples is interpolated linearly, at the place that the frame
 * declares (left and centred in height when it does not); coefficients are those of the frame's matrix (BT.709 from
 * 720 lines on, else BT.601, when it does not say).
 * @param out  rows of 3 * width bytes, `stride` bytes apart
 * @return ASSAY_OK or ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_rgb_convert(uint8_t *out, ptrdiff_t stride, const assay_frame *f,
					     const assay_chroma *c, assay_err *err);

/** Coefficients of the conversion from a frame's YUV as libswscale has them: V to red, U to blue, U and V to green. */
const int *assay_rgb_coefficients(const assay_frame *f);

#endif
