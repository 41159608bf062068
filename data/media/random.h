/** A generator with a seed, for noise that is the same in every run: SplitMix64 (Steele, Lea, Flood 2014). */
#ifndef ASSAY_MEDIA_RANDOM_H
#define ASSAY_MEDIA_RANDOM_H

#include <stdint.h>

static inline uint32_t media_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)((z ^ z >> 31) >> 32);
}

#endif
