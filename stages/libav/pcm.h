/** Decoded samples of any libav format to interleaved floats, exactly rounded, the same on every CPU. */
#ifndef ASSAY_LIBAV_PCM_H
#define ASSAY_LIBAV_PCM_H

#include "assay/error.h"

#include <libavutil/frame.h>
#include <stdbool.h>
#include <stddef.h>

/** True for the sample formats that assay_pcm_interleave() reads. */
bool assay_pcm_known(int format);

/**
 * Copy n sample frames from `from` on into out (n x channels floats). Integers become value / 2^(bits - 1): exact up
 * to 24 bits, rounded once to the nearest float above; doubles are rounded once.
 * @param f a frame whose format assay_pcm_known() accepts, with at least from + n samples
 */
void assay_pcm_interleave(float *out, const AVFrame *f, size_t from, size_t n, size_t channels);

#endif
