#include "assay/operator.h"

#include "ratio.h"

/* 64 bits in 18 places are below 2^123: a difference of two fits, and ratio_round takes a denominator of ten times it. */
static ratio distance_of(assay_decimal value, assay_decimal bound)
{
	const int scale = value.scale > bound.scale ? value.scale : bound.scale;
	const ratio_int v = (ratio_int)value.units * (ratio_int)ratio_power(scale - value.scale);
	const ratio_int b = (ratio_int)bound.units * (ratio_int)ratio_power(scale - bound.scale);
	const ratio_int off = v > b ? v - b : b - v;
	const ratio_uint size = b < 0 ? -(ratio_uint)b : (ratio_uint)b;

	return (ratio){.num = off, .den = b != 0 ? size : ratio_power(scale)};
}

assay_decimal assay_bound_distance(assay_operator op, assay_decimal low, assay_decimal high, assay_decimal value)
{
	bool exact;
	assay_decimal near = ratio_round(distance_of(value, low), ASSAY_DISTANCE_PLACES, &exact);

	if (op == ASSAY_MUST_BE_BETWEEN || op == ASSAY_MUST_NOT_BE_BETWEEN) {
		const assay_decimal other = ratio_round(distance_of(value, high), ASSAY_DISTANCE_PLACES, &exact);

		if (assay_decimal_cmp(other, near) < 0)
			near = other;
	}
	return near;
}
