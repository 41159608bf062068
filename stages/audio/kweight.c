#include "kweight.h"

/* tan x for 0 <= x < pi/2 by the series of sine and cosine; their 14 terms are exact to the last bits of a double. */
static double tangent(double x)
{
	const double xx = x * x;
	double sine = 0;
	double cosine = 0;

	for (int n = 13; n >= 0; n--) {
		cosine = 1 - cosine * xx / ((2 * n + 1) * (2 * n + 2));
		sine = 1 - sine * xx / ((2 * n + 2) * (2 * n + 3));
	}
	return x * sine / cosine;
}

#define PI 3.14159265358979323846

void kweight_design(kweight *out, uint32_t rate)
{
	static const double shelf_hz = 1681.974450955533;
	static const double shelf_q = 0.7071752369554196;
	static const double gain = 1.5848647011308556;      /* 10^(3.999843853973347 / 20) */
	static const double root_gain = 1.2587209302325617; /* gain^0.4996667741545416 */
	static const double pass_hz = 38.13547087602444;
	static const double pass_q = 0.5003270373238773;
	const double s = tangent(PI * shelf_hz / rate);
	const double p = tangent(PI * pass_hz / rate);
	const double s0 = 1 + s / shelf_q + s * s;
	const double p0 = 1 + p / pass_q + p * p;

	*out = (kweight){
	    .shelf = {.b = {(gain + root_gain * s / shelf_q + s * s) / s0, 2 * (s * s - gain) / s0,
			    (gain - root_gain * s / shelf_q + s * s) / s0},
		      .a = {1, 2 * (s * s - 1) / s0, (1 - s / shelf_q + s * s) / s0}},
	    .pass = {.b = {1, -2, 1}, .a = {1, 2 * (p * p - 1) / p0, (1 - p / pass_q + p * p) / p0}},
	};
}

static kweight_pair twice(double x)
{
	return (kweight_pair){x, x};
}

void kweight_push(kweight_state *state, const kweight *k, const float *left, const float *right, size_t n)
{
	const kweight_pair b0 = twice(k->shelf.b[0]), b1 = twice(k->shelf.b[1]), b2 = twice(k->shelf.b[2]);
	const kweight_pair a1 = twice(k->shelf.a[1]), a2 = twice(k->shelf.a[2]);
	const kweight_pair c1 = twice(k->pass.a[1]), c2 = twice(k->pass.a[2]);
	kweight_state s = *state;

	for (size_t i = 0; i < n; i++) {
		const kweight_pair x = {(double)left[i], (double)right[i]};
		const kweight_pair y = b0 * x + s.shelf[0];
		const kweight_pair z = y + s.pass[0];
		s.shelf[0] = (b1 * x + s.shelf[1]) - a1 * y;
		s.shelf[1] = b2 * x - a2 * y;
		s.pass[0] = (s.pass[1] - (y + y)) - c1 * z;
		s.pass[1] = y - c2 * z;
		s.squares += z * z;
	}
	*state = s;
}

/* What a filter remembers of long ago becomes so small that CPUs take a hundred times as long to multiply it. */
static void forget(kweight_pair *v)
{
	for (int i = 0; i < 2; i++)
		if ((*v)[i] < 1e-30 && (*v)[i] > -1e-30)
			(*v)[i] = 0;
}

kweight_pair kweight_take(kweight_state *s)
{
	const kweight_pair squares = s->squares;

	s->squares = twice(0);
	for (int i = 0; i < 2; i++) {
		forget(&s->shelf[i]);
		forget(&s->pass[i]);
	}
	return squares;
}
