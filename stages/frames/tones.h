/**
 * How dark and how bright a frame's luma is, and whether two frames show the same. Integers only; what is counted and
 * compared lies in every fourth row, beginning with the second (the first of frames of one row).
 */
#ifndef ASSAY_TONES_H
#define ASSAY_TONES_H

#include "assay/stage.h"

typedef struct assay_tones {
	uint64_t pixels; /* looked at */
	uint64_t black;  /* up to the level that the caller calls black */
	uint64_t dark;   /* at black or below: 16 of limited range, scaled by depth; 0 of full range */
	uint64_t bright; /* at white or above: 235, scaled; all ones of full range */
} assay_tones;

/** @param share  ten-thousandths of the range from black to white that still count as black, 0..10000 */
void assay_tones_count(assay_tones *out, const assay_frame *f, uint32_t share);
/** The level that `share` comes to: black + share * (white - black), rounded down. */
uint32_t assay_tones_level(const assay_frame *f, uint32_t share);

/**
 * Do two frames differ by no more than noise? True when the mean of |a - b| is at most `noise` ten-thousandths of
 * 2^depth; false for frames of other size, depth or range. Stops as soon as it is known that they differ.
 */
bool assay_frames_alike(const assay_frame *a, const assay_frame *b, uint32_t noise);

/** Do two frames agree in format, size and every sample of every plane? */
bool assay_frames_equal(const assay_frame *a, const assay_frame *b);

#endif
