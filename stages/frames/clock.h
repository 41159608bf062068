/**
 * The time of every frame of a video stream, whatever its file claims: rising, and within bounds that sums and
 * differences of two of them fit in.
 */
#ifndef ASSAY_FRAME_CLOCK_H
#define ASSAY_FRAME_CLOCK_H

#include "libav.h"

typedef struct assay_frame_clock {
	AVRational tb;
	int64_t guess;               /* ticks of a frame by the declared frame rate, >= 1 */
	bool begun;                  /* a frame was seen */
	int64_t first, last, length; /* ticks; length is the last frame's duration, 0 unknown */
	int64_t step_min, step_max;  /* between two frames; INT64_MAX and 0 before the second */
	uint64_t repaired;           /* frames whose time was missing or did not rise */
} assay_frame_clock;

void assay_frame_clock_init(assay_frame_clock *c, const AVStream *st);
/**
 * Presentation time of the next frame, in ticks of tb: its own when it rises, else one step or one tick after the frame
 * before. False when it is out of range.
 */
bool assay_frame_clock_tick(assay_frame_clock *c, int64_t *t, const AVFrame *f);
/** How long the last frame lasts, by its own word, the declared rate or the steps before it. */
int64_t assay_frame_clock_last(const assay_frame_clock *c);

#endif
