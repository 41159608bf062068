/**
 * The powers of many blocks of sound, in memory that does not grow with them: bins of 1/128 octave (0.02 dB), each with
 * the count and the exact sum of what fell into it. Only where a threshold or a rank falls within a bin does the bin
 * stand for its blocks. The bin of a power is the head of its floating-point bits: no logarithm is taken.
 */
#ifndef ASSAY_AUDIO_GATE_H
#define ASSAY_AUDIO_GATE_H

#include <stdint.h>

#define GATE_ABSOLUTE 1.1724653045822981e-07 /* power of -70 LUFS: 10^((-70 + 0.691) / 10) */

enum { GATE_OCTAVES = 48, GATE_STEPS = 128, GATE_BINS = GATE_OCTAVES * GATE_STEPS };

typedef struct gate {
	uint64_t count; /* blocks above the absolute gate */
	struct {
		uint64_t count;
		double sum;
	} bins[GATE_BINS];
} gate;

/** Add a block; one at or below the absolute gate is left out. A power above 2^24 counts as one of 2^24. */
void gate_add(gate *g, double power);
/** Mean power of the blocks of which the bins lie at or above `least`; 0 when there are none. */
double gate_mean(const gate *g, double least);
/** Of these blocks in ascending order the power at `share` (0..1) of the way from first to last; 0 without any. */
double gate_at(const gate *g, double least, double share);

#endif
