/**
 * Exact sums over samples. A sample counts as the integer trunc(x * 2^23), saturated at 8 times full scale, so sums
 * are of integers: they do not depend on their order, on block borders or on the CPU.
 */
#ifndef ASSAY_LEVEL_SUMS_H
#define ASSAY_LEVEL_SUMS_H

#include <stddef.h>
#include <stdint.h>

#define ASSAY_LEVEL_ONE   8388608 /* 2^23: full scale */
#define ASSAY_LEVEL_CHUNK 4096    /* samples at most in one call: 4096 * (2^26)^2 fits 64 bits */

typedef struct assay_level_sums {
	uint64_t squares;   /* of the integers */
	uint64_t nonfinite; /* NaN and infinities; they count as -8 and +-8 full scales */
	float peak;         /* largest |x| of the finite samples */
} assay_level_sums;

/** One pass over n <= ASSAY_LEVEL_CHUNK samples; whole replaced. */
void assay_level_sums_of(assay_level_sums *out, const float *x, size_t n);
/** The same by the plain loop that defines it: the oracle of tests. */
void assay_level_sums_plain(assay_level_sums *out, const float *x, size_t n);
/** The integers themselves; 0 for a sample that is not finite. n <= ASSAY_LEVEL_CHUNK. */
void assay_level_integers(int32_t *out, const float *x, size_t n);
/** Sum of the integers of every step-th of n samples. */
int64_t assay_level_total(const float *x, size_t n, size_t step);

#endif
