#include "true_peak.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { STRETCH = 64 }; /* samples that are filtered or passed over together */

/* BS.1770-4, Annex 2, phases 0 and 1; phases 3 and 2 are the same backwards. All are multiples of 2^-13. */
static const float phase0[TRUE_PEAK_TAPS] = {
    0.0017089843750F, 0.0109863281250F,  -0.0196533203125F, 0.0332031250000F,  -0.0594482421875F, 0.1373291015625F,
    0.9721679687500F, -0.1022949218750F, 0.0476074218750F,  -0.0266113281250F, 0.0148925781250F,  -0.0083007812500F};
static const float phase1[TRUE_PEAK_TAPS] = {
    -0.0291748046875F, 0.0292968750000F,  -0.0517578125000F, 0.0891113281250F,  -0.1665039062500F, 0.4650878906250F,
    0.7797851562500F,  -0.2003173828125F, 0.1015625000000F,  -0.0582275390625F, 0.0330810546875F,  -0.0189208984375F};

/* Magnitudes of floats order as the integers that their bits are, and integers can be compared four at a time. */
static inline int32_t magnitude(float x)
{
	union {
		float f;
		int32_t bits;
	} u = {x};

	return u.bits & INT32_MAX;
}

static float float_of(int32_t bits)
{
	float f;

	memcpy(&f, &bits, sizeof f);
	return f;
}

float true_peak_of_samples(const float *x, size_t n)
{
	int32_t most = 0;

	for (size_t i = 0; i < n; i++) {
		const int32_t m = magnitude(x[i]);
		most = m > most ? m : most;
	}
	return float_of(most);
}

/* One phase at x[0]; x[-k] meets tap k. Written out, so that the loop over time is the one that is vectorised. */
static inline float forwards(const float *h, const float *x)
{
	return ((h[0] * x[0] + h[1] * x[-1]) + (h[2] * x[-2] + h[3] * x[-3])) +
	       ((h[4] * x[-4] + h[5] * x[-5]) + (h[6] * x[-6] + h[7] * x[-7])) +
	       ((h[8] * x[-8] + h[9] * x[-9]) + (h[10] * x[-10] + h[11] * x[-11]));
}

static inline float backwards(const float *h, const float *x)
{
	return ((h[11] * x[0] + h[10] * x[-1]) + (h[9] * x[-2] + h[8] * x[-3])) +
	       ((h[7] * x[-4] + h[6] * x[-5]) + (h[5] * x[-6] + h[4] * x[-7])) +
	       ((h[3] * x[-8] + h[2] * x[-9]) + (h[1] * x[-10] + h[0] * x[-11]));
}

static float filter(float most, const float *x, size_t n)
{
	int32_t peak = magnitude(most);

	for (size_t i = 0; i < n; i++) {
		const int32_t a = magnitude(forwards(phase0, x + i));
		const int32_t b = magnitude(forwards(phase1, x + i));
		const int32_t c = magnitude(backwards(phase1, x + i));
		const int32_t d = magnitude(backwards(phase0, x + i));
		const int32_t ab = a > b ? a : b;
		const int32_t cd = c > d ? c : d;
		const int32_t all = ab > cd ? ab : cd;
		peak = all > peak ? all : peak;
	}
	return float_of(peak);
}

float true_peak_push(float most, const float *x, size_t n)
{
	for (size_t at = 0; at < n; at += STRETCH) {
		const size_t m = n - at < STRETCH ? n - at : STRETCH;
		const float here = true_peak_of_samples(x + at, m);
		const float past = true_peak_of_samples(x + at - TRUE_PEAK_PAST, TRUE_PEAK_PAST);
		const float seen = here > past ? here : past;
		most = here > most ? here : most;
		if (seen * TRUE_PEAK_GAIN > most)
			most = filter(most, x + at, m);
	}
	return most;
}

float true_peak_plain(float most, const float *x, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const float *h[] = {phase0, phase1};
		most = fmaxf(most, fabsf(x[i]));
		for (int k = 0; k < 2; k++) {
			most = fmaxf(most, fabsf(forwards(h[k], x + i)));
			most = fmaxf(most, fabsf(backwards(h[k], x + i)));
		}
	}
	return most;
}
