#include "ratio.h"

ratio_uint ratio_power(int scale)
{
	ratio_uint p = 1;

	while (scale-- > 0)
		p *= 10;
	return p;
}

/* a/b against c/d by their continued fractions: the products that a cross-multiplication needs may not fit. */
static int cmp_positive(ratio_uint a, ratio_uint b, ratio_uint c, ratio_uint d)
{
	for (int sign = 1;; sign = -sign) {
		const ratio_uint p = a / b, q = c / d, left = a % b, right = c % d;

		if (p != q)
			return p < q ? -sign : sign;
		if (left == 0 || right == 0)
			return left == right ? 0 : left == 0 ? -sign : sign;
		/* left/b against right/d is the opposite of b/left against d/right */
		a = b;
		b = left;
		c = d;
		d = right;
	}
}

int ratio_cmp(ratio r, assay_decimal d)
{
	const ratio_int units = d.units;
	const int a = (r.num > 0) - (r.num < 0), b = (units > 0) - (units < 0);

	if (a != b || a == 0)
		return (a > b) - (a < b);
	return a * cmp_positive((ratio_uint)(a * r.num), r.den, (ratio_uint)(b * units), ratio_power(d.scale));
}

bool ratio_meets(ratio r, const assay_bound *b)
{
	const int low = ratio_cmp(r, b->low);

	switch (b->op) {
	case ASSAY_MUST_BE:
		return low == 0;
	case ASSAY_MUST_NOT_BE:
		return low != 0;
	case ASSAY_MUST_BE_GREATER_THAN:
		return low > 0;
	case ASSAY_MUST_BE_GREATER_OR_EQUAL_TO:
		return low >= 0;
	case ASSAY_MUST_BE_LESS_THAN:
		return low < 0;
	case ASSAY_MUST_BE_LESS_OR_EQUAL_TO:
		return low <= 0;
	case ASSAY_MUST_BE_BETWEEN:
		return low >= 0 && ratio_cmp(r, b->high) <= 0;
	case ASSAY_MUST_NOT_BE_BETWEEN:
		return low < 0 || ratio_cmp(r, b->high) > 0;
	}
	return false;
}

assay_decimal ratio_round(ratio r, int scale, bool *exact)
{
	const bool negative = r.num < 0;
	const ratio_uint size = negative ? -(ratio_uint)r.num : (ratio_uint)r.num;
	ratio_uint units = size / r.den, rest = size % r.den;
	assay_decimal d = {0};

	if (units > (ratio_uint)INT64_MAX) {
		*exact = false;
		return (assay_decimal){.units = negative ? INT64_MIN : INT64_MAX};
	}
	while (d.scale < scale && rest != 0 && units <= ((ratio_uint)INT64_MAX - 9) / 10) {
		units = units * 10 + rest * 10 / r.den;
		rest = rest * 10 % r.den;
		d.scale++;
	}
	*exact = rest == 0;
	if (2 * rest > r.den || (2 * rest == r.den && units % 2 != 0))
		units += units < (ratio_uint)INT64_MAX;
	d.units = negative ? -(int64_t)units : (int64_t)units;
	while (d.scale > 0 && d.units % 10 == 0) {
		d.units /= 10;
		d.scale--;
	}
	return d;
}
