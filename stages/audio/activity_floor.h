/**
 * The noise floor under each frame: the least mean power of 30 ms within 2 s before and after it. The idea of minimum
 * statistics (R. Martin, Noise power spectral density estimation based on optimal smoothing and minimum statistics,
 * IEEE Trans. Speech and Audio Processing 9 (2001) 504-512), over the whole band and looking both ways, since a
 * recording can wait: between words, and within the stops of a word, nothing but the noise remains.
 *
 * Digital silence (below -90 dB) of less than 0.5 s is a dropout and passed over: the floor of noise with one is the
 * noise. From 0.5 s on it is a pause without noise, and the floor there is 0: sound between such pauses is no floor.
 */
#ifndef ASSAY_AUDIO_ACTIVITY_FLOOR_H
#define ASSAY_AUDIO_ACTIVITY_FLOOR_H

#include "activity_frames.h"

enum {
	ACTIVITY_BLOCK = 10, /* frames that share a floor: 100 ms */
	ACTIVITY_REACH = 20, /* blocks that are looked at on each side: 2 s */
	ACTIVITY_RING = 256, /* frames kept: more than REACH + 1 blocks and the one that is being smoothed */
};

typedef struct activity_sound {
	activity_frame frame;
	uint64_t power; /* mean over this frame and its neighbours */
	uint64_t floor; /* the same of the quietest 30 ms nearby, 0 beside a silence of 0.5 s */
} activity_sound;

typedef struct activity_floor {
	uint64_t pushed, smoothed, taken;        /* frames */
	uint64_t silent;                         /* frames of digital silence up to the last that was smoothed */
	uint64_t floor;                          /* of the current block */
	uint64_t least[2 * ACTIVITY_REACH + 24]; /* of each block that may still be asked for, by its number */
	struct {
		activity_frame frame;
		uint64_t power;
	} ring[ACTIVITY_RING];
} activity_floor;

/** Add a frame; then take all that activity_floor_take() gives. */
void activity_floor_push(activity_floor *f, const activity_frame *frame);
/** The next frame whose surroundings are known. @param end there are no more frames; stays true once it was */
bool activity_floor_take(activity_floor *f, bool end, activity_sound *out);

#endif
