/** A recording as a picture: how far its samples reach up and down, from left to right. */
#ifndef ASSAY_AUDIO_WAVEFORM_H
#define ASSAY_AUDIO_WAVEFORM_H

#include "assay/buf.h"

#include <stdint.h>

#define ASSAY_WAVEFORM_WIDTH  1200u /* px at most */
#define ASSAY_WAVEFORM_HEIGHT 241u  /* px: as many above the middle as below */

typedef struct assay_waveform_reach {
	float low, high;
} assay_waveform_reach;

/** Memory does not follow the length: where there are too many blocks, two become one. */
typedef struct assay_waveform {
	assay_waveform_reach blocks[2 * ASSAY_WAVEFORM_WIDTH];
	size_t count;     /* blocks begun */
	uint64_t frames;  /* a block holds, once it is full; 0: none was taken */
	uint64_t in_last; /* frames of the last block */
} assay_waveform;

/** Take n frames of interleaved samples. What is no number counts as silence, what is over full scale as full. */
void assay_waveform_take(assay_waveform *w, const float *samples, size_t n, uint32_t channels);

/**
 * Append the picture as a PNG: blue from the lowest to the highest sample of any channel, red where one reaches full
 * scale, the middle grey. An empty recording is one column of silence.
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_waveform_png(assay_buf *out, const assay_waveform *w, assay_err *err);

#endif
