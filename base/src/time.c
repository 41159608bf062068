#include "assay/time.h"

__extension__ typedef __int128 wide;

/* Compares a/b with c/d for b, d > 0 by continued fractions: the cross products of 95-bit terms may not fit 128 bits. */
static int ratio_cmp(wide a, wide b, wide c, wide d)
{
	for (;;) {
		wide qa = a / b - (a % b < 0), qc = c / d - (c % d < 0);
		wide ra = a - qa * b, rc = c - qc * d;

		if (qa != qc)
			return qa < qc ? -1 : 1;
		if (ra == 0 || rc == 0)
			return (ra != 0) - (rc != 0);
		/* ra/b < rc/d exactly when d/rc < b/ra */
		a = d, c = b;
		b = rc, d = ra;
	}
}

int assay_time_cmp(assay_time a, assay_time b)
{
	return ratio_cmp((wide)a.ticks * a.num, a.den, (wide)b.ticks * b.num, b.den);
}

static int64_t saturate(wide v)
{
	return v > INT64_MAX ? INT64_MAX : v < INT64_MIN ? INT64_MIN : (int64_t)v;
}

/* |num| < 2^64 * 2^31 * 10^9 would overflow: whole seconds and the rest are scaled apart. */
static wide scaled_seconds(wide num, wide den, wide unit, wide *rest)
{
	wide whole = num / den - (num % den < 0);
	wide part = (num - whole * den) * unit;

	*rest = part % den;
	return whole * unit + part / den;
}

int64_t assay_time_diff(assay_time a, assay_time b, int scale)
{
	wide unit = 1, rest, units;
	wide den = (wide)a.den * b.den;
	wide num = (wide)a.ticks * a.num * b.den - (wide)b.ticks * b.num * a.den;

	for (int i = 0; i < scale; i++)
		unit *= 10;
	units = scaled_seconds(num, den, unit, &rest);
	if (rest * 2 > den || (rest * 2 == den && (units & 1)))
		units++;
	return saturate(units);
}

void assay_time_part(assay_buf *out, assay_time t)
{
	wide ticks = (wide)t.ticks * t.num;

	/* A start beyond 64 bits is a lie of the file; the text saturates rather than wraps. */
	assay_buf_printf(out, "t=%lld/%d", (long long)saturate(ticks), (int)t.den);
}
