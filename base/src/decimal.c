#include "assay/decimal.h"

#include <inttypes.h>
#include <stdio.h>

__extension__ typedef __int128 int128;

/* An exponent this far out cannot be brought back by any text that fits in memory. */
#define EXPONENT_FAR ((int64_t)1 << 48)

static const int64_t powers[ASSAY_DECIMAL_SCALE_MAX + 1] = {
    1,
    10,
    100,
    1000,
    10000,
    100000,
    1000000,
    10000000,
    100000000,
    1000000000,
    10000000000,
    100000000000,
    1000000000000,
    10000000000000,
    100000000000000,
    1000000000000000,
    10000000000000000,
    100000000000000000,
    1000000000000000000,
};

static int64_t power(int scale)
{
	return powers[scale < 0 ? 0 : scale > ASSAY_DECIMAL_SCALE_MAX ? ASSAY_DECIMAL_SCALE_MAX : scale];
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Text so far as value * 10^shift; value never ends in a zero, so what is left is the shortest form. */
typedef struct number {
	uint64_t value;
	int64_t shift;
	uint64_t zeros; /* seen after the last digit that counted */
	bool any;       /* a digit was seen */
} number;

static bool times_ten(uint64_t *v, uint64_t times)
{
	for (; times > 0; times--) {
		if (__builtin_mul_overflow(*v, 10, v))
			return false;
	}
	return true;
}

static bool add_digit(number *n, char c)
{
	n->any = true;
	if (c == '0') {
		n->zeros++;
		return true;
	}
	if (n->value > 0 && !times_ten(&n->value, n->zeros + 1))
		return false;
	n->zeros = 0;
	return !__builtin_add_overflow(n->value, (uint64_t)(c - '0'), &n->value);
}

static bool parse_digits(number *n, const char **text, bool after_point)
{
	for (; is_digit(**text); ++*text) {
		if (!add_digit(n, **text))
			return false;
		n->shift -= after_point;
	}
	return true;
}

static bool parse_exponent(number *n, const char **text)
{
	const char *s = *text + 1;
	const bool negative = *s == '-';
	int64_t e = 0;

	if (*s == '-' || *s == '+')
		s++;
	if (!is_digit(*s))
		return false;
	for (; is_digit(*s); s++)
		e = e < EXPONENT_FAR ? e * 10 + (*s - '0') : e;
	n->shift += negative ? -e : e;
	*text = s;
	return true;
}

/* The number grammar of YAML 1.2 (core schema, 10.3.2), without infinities and other bases. */
static bool parse_number(number *n, const char *s)
{
	if (!parse_digits(n, &s, false))
		return false;
	if (*s == '.') {
		s++;
		if (!parse_digits(n, &s, true))
			return false;
	}
	if (!n->any)
		return false;
	if ((*s == 'e' || *s == 'E') && !parse_exponent(n, &s))
		return false;
	return *s == '\0';
}

bool assay_decimal_parse(assay_decimal *out, const char *text)
{
	const bool negative = *text == '-';
	const uint64_t limit = (uint64_t)INT64_MAX + negative;
	number n = {0};

	if (!parse_number(&n, text + (*text == '-' || *text == '+')))
		return false;
	n.shift = n.value > 0 ? n.shift + (int64_t)n.zeros : 0;
	if (n.shift < -ASSAY_DECIMAL_SCALE_MAX)
		return false;
	if (n.shift > 0 && !times_ten(&n.value, (uint64_t)n.shift))
		return false;
	if (n.value > limit)
		return false;
	/* Through int128, since -INT64_MIN is not an int64_t. */
	out->units = (int64_t)(negative ? -(int128)n.value : (int128)n.value);
	out->scale = n.shift < 0 ? (int)-n.shift : 0;
	return true;
}

char *assay_decimal_format(assay_decimal d, char out[ASSAY_DECIMAL_TEXT])
{
	uint64_t size = d.units < 0 ? -(uint64_t)d.units : (uint64_t)d.units;
	const char *sign = d.units < 0 ? "-" : "";
	uint64_t one;
	char places[ASSAY_DECIMAL_TEXT];

	while (d.scale > 0 && size % 10 == 0) {
		size /= 10;
		d.scale--;
	}
	one = (uint64_t)power(d.scale);
	/* A one in front keeps the zeros after the point; it is then overwritten by the point. */
	(void)snprintf(places, sizeof(places), "%" PRIu64, one + size % one);
	places[0] = '.';
	(void)snprintf(out, ASSAY_DECIMAL_TEXT, "%s%" PRIu64 "%.20s", sign, size / one, one > 1 ? places : "");
	return out;
}

int assay_decimal_cmp(assay_decimal a, assay_decimal b)
{
	const int128 x = (int128)a.units * power(b.scale);
	const int128 y = (int128)b.units * power(a.scale);

	return (x > y) - (x < y);
}

int64_t assay_round_ratio(int64_t num, int64_t den, int scale)
{
	int128 n, q, twice;

	if (den <= 0)
		return 0;
	n = (int128)num * power(scale);
	q = n / den;
	twice = 2 * (n % den);
	if (twice > den || (twice == den && q % 2 != 0))
		q++;
	else if (-twice > den || (-twice == den && q % 2 != 0))
		q--;
	return q > INT64_MAX ? INT64_MAX : q < INT64_MIN ? INT64_MIN : (int64_t)q;
}

int64_t assay_round_f64(double x, int scale, bool *defined)
{
	const double two63 = 9223372036854775808.0;
	double product, rest;
	int64_t whole;

	*defined = x - x == 0; /* false for NaN and infinities */
	if (!*defined)
		return 0;
	product = x * (double)power(scale); /* powers up to 10^22 are exact doubles */
	if (product >= two63)
		return INT64_MAX;
	if (product < -two63)
		return INT64_MIN;

	whole = (int64_t)product; /* towards zero, whatever the rounding mode */
	rest = product - (double)whole;
	if (rest > 0.5 || (rest == 0.5 && whole % 2 != 0))
		whole++;
	else if (rest < -0.5 || (rest == -0.5 && whole % 2 != 0))
		whole--;
	return whole;
}
