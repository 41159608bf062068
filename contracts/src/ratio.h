/** Exact rationals of 128 bits: what means, shares and distances are compared as. */
#ifndef ASSAY_CONTRACTS_RATIO_H
#define ASSAY_CONTRACTS_RATIO_H

#include "assay/dataset_check.h"

__extension__ typedef __int128 ratio_int;
__extension__ typedef unsigned __int128 ratio_uint;

/** num / den; 0 < den <= 2^100, |num| <= 2^110: sums of 2^40 values of 64 bits, in 18 places, as percent. */
typedef struct ratio {
	ratio_int num;
	ratio_uint den;
} ratio;

/** -1, 0, 1, exact. */
int ratio_cmp(ratio r, assay_decimal d);
bool ratio_meets(ratio r, const assay_bound *b);
/**
 * Nearest decimal of so many places, half to even; of fewer where 64 bits do not hold it, and saturated.
 * @param exact [out] it is r itself
 */
assay_decimal ratio_round(ratio r, int scale, bool *exact);
/** 10^scale for 0..18. */
ratio_uint ratio_power(int scale);

#endif
