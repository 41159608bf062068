/**
 * Sound in frames of 10 ms, which audio.activity decides by. A sample counts as the integer of level_sums.h, one that
 * is not finite as 0.
 *
 * The speech band of a channel is what is left of it after two filters of integers: means of groups of rate / 8000
 * samples (8 to 16 kHz remain; a low pass from about 4 kHz on), and y = x - x' + 15/16 y' (a high pass at about 80 Hz),
 * with 8 fractional bits. Nothing depends on the CPU or on how the samples are cut into blocks.
 */
#ifndef ASSAY_AUDIO_ACTIVITY_FRAMES_H
#define ASSAY_AUDIO_ACTIVITY_FRAMES_H

#include "decibel.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ACTIVITY_BAND_ONE 1048576 /* 2^20: full scale of the speech band */

typedef struct activity_frame {
	assay_u128 squares; /* sum over all samples of all channels, full scale 2^23 */
	uint64_t power;     /* mean square in the speech band over all channels, full scale 2^40 */
	uint32_t peak;      /* largest |sample|, full scale 2^23 */
	uint32_t frames;    /* sample frames: rate / 100, at least 1; fewer in the last */
} activity_frame;

typedef struct activity_meter {
	uint32_t channels;
	uint32_t hop;     /* sample frames of a frame */
	uint32_t step;    /* samples of a group */
	uint32_t in_step; /* of the current one */
	uint32_t groups;  /* ended in the current frame */
	uint64_t energy;  /* of these groups */
	activity_frame now;
	struct {
		int64_t sum;   /* of the current group */
		int64_t last;  /* x' */
		int64_t state; /* y', 8 fractional bits */
	} channel[64];
} activity_meter;

/** @param rate Hz, >= 1 @param channels 1..64 */
void activity_meter_init(activity_meter *m, uint32_t rate, uint32_t channels);
/** Take samples up to the end of the current frame. @return sample frames taken; then ask activity_meter_take(). */
size_t activity_meter_push(activity_meter *m, const float *x, size_t frames);
/** The current frame, if it is whole; at the end of the recording (`end`) also when it is not, if it has samples. */
bool activity_meter_take(activity_meter *m, bool end, activity_frame *out);

#endif
