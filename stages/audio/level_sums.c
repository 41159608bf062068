#include "level_sums.h"

#include <math.h>

#define LIMIT 8.0F

/* The comparisons are written so that they become maxps and minps; NaN fails the first and becomes -LIMIT. */
static inline int32_t quantise(float x)
{
	const float low = x > -LIMIT ? x : -LIMIT;
	const float in = low < LIMIT ? low : LIMIT;

	return (int32_t)(in * (float)ASSAY_LEVEL_ONE);
}

void assay_level_sums_of(assay_level_sums *out, const float *x, size_t n)
{
	uint64_t squares = 0;
	uint32_t finite = 0;
	int32_t peak = 0; /* bits of |x|: non-negative floats order as integers */

	for (size_t i = 0; i < n; i++) {
		const int32_t q = quantise(x[i]);
		const uint32_t m = (uint32_t)(q < 0 ? -q : q);
		squares += (uint64_t)m * m;
	}
	for (size_t i = 0; i < n; i++) {
		union {
			float f;
			int32_t bits;
		} u = {x[i]};
		const int32_t a = u.bits & INT32_MAX;
		const int32_t ok = a < 0x7f800000 ? a : -1;
		finite += ok >= 0;
		peak = ok > peak ? ok : peak;
	}
	union {
		int32_t bits;
		float f;
	} p = {peak};
	*out = (assay_level_sums){.squares = squares, .nonfinite = n - finite, .peak = p.f};
}

void assay_level_sums_plain(assay_level_sums *out, const float *x, size_t n)
{
	*out = (assay_level_sums){0};
	for (size_t i = 0; i < n; i++) {
		double v = isnan(x[i]) ? -8.0 : (double)x[i];

		v = v > 8.0 ? 8.0 : v < -8.0 ? -8.0 : v;
		v = trunc(v * ASSAY_LEVEL_ONE);
		out->squares += (uint64_t)(v * v); /* at most 2^52: exact */
		if (!isfinite(x[i]))
			out->nonfinite++;
		else if (fabsf(x[i]) > out->peak)
			out->peak = fabsf(x[i]);
	}
}

void assay_level_integers(int32_t *out, const float *x, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		union {
			float f;
			int32_t bits;
		} u = {x[i]};
		const int32_t finite = (u.bits & INT32_MAX) < 0x7f800000 ? -1 : 0;
		out[i] = quantise(x[i]) & finite;
	}
}

static int64_t total_packed(const float *x, size_t n)
{
	int64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += quantise(x[i]);
	return sum;
}

int64_t assay_level_total(const float *x, size_t n, size_t step)
{
	int64_t sum = 0;

	if (step == 1)
		return total_packed(x, n);
	for (size_t i = 0; i < n; i += step)
		sum += quantise(x[i]);
	return sum;
}
