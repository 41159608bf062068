#include "drift.h"

#include <stdlib.h>

#define BITS 60
#define ONE  (INT64_C(1) << BITS)
#define LN2  INT64_C(799144290325165979) /* ln 2 * 2^60 */

ratio drift_ks(const tally *base, const tally *now)
{
	size_t i = 0, k = 0;
	uint64_t a = 0, b = 0; /* values up to here */
	ratio_int largest = 0;

	while (i < base->count && k < now->count) {
		const int64_t v =
		    base->items[i].value < now->items[k].value ? base->items[i].value : now->items[k].value;
		ratio_int d;

		if (base->items[i].value == v)
			a += base->items[i++].count;
		if (now->items[k].value == v)
			b += now->items[k++].count;
		d = (ratio_int)a * now->total - (ratio_int)b * base->total;
		d = d < 0 ? -d : d;
		largest = d > largest ? d : largest;
	}
	return (ratio){.num = largest, .den = (ratio_uint)base->total * now->total};
}

/* ---------------------------------------------------------------- logarithm */

static int64_t times(int64_t a, int64_t b)
{
	return (int64_t)((ratio_int)a * b / ONE);
}

/* ln(m) for m in [1, 2): twice the area tangent of z = (m - 1) / (m + 1) <= 1/3, whose series ends below 2^-60. */
static int64_t ln_mantissa(int64_t m)
{
	const int64_t z = (int64_t)((ratio_int)(m - ONE) * ONE / ((ratio_int)m + ONE)), square = times(z, z);
	int64_t term = z, sum = 0;

	for (int n = 1; term != 0; n += 2) {
		sum += term / n;
		term = times(term, square);
	}
	return 2 * sum;
}

/* ln(a) = exponent * ln 2 + ln(mantissa) */
static int64_t ln_parts(uint64_t a, int *exponent)
{
	*exponent = 63 - __builtin_clzll(a);
	return ln_mantissa(*exponent > BITS ? (int64_t)(a >> (*exponent - BITS)) : (int64_t)(a << (BITS - *exponent)));
}

ratio_int drift_ln(uint64_t a, uint64_t b)
{
	int up, down;
	const int64_t fraction = ln_parts(a, &up) - ln_parts(b, &down);

	return (ratio_int)(up - down) * LN2 + fraction;
}

/* ---------------------------------------------------------------- bins */

/* As tally_quantile, for parts that ascend: all of them take one pass. */
typedef struct quantiles {
	const tally *of;
	size_t at;
	uint64_t before; /* values before `at` */
} quantiles;

static int64_t quantile_next(quantiles *q, uint64_t part, uint64_t whole)
{
	const tally_item *items = q->of->items;
	const ratio_uint wanted = ((ratio_uint)q->of->total * part + whole - 1) / whole;

	while (q->at + 1 < q->of->count && q->before + items[q->at].count < wanted)
		q->before += items[q->at++].count;
	return items[q->at].value;
}

/* Values are integers, so just below v is v - 1. */
size_t drift_edges(int64_t *edges, const tally *base, unsigned bins)
{
	const int64_t smallest = base->items[0].value;
	quantiles q = {.of = base};
	int64_t v, next = quantile_next(&q, 1, bins);
	size_t n = 0;

	for (unsigned k = 1; k < bins; k++) {
		bool repeated;

		v = next;
		next = quantile_next(&q, k + 1, bins);
		repeated = v == smallest || (k + 1 < bins && next == v);
		if (n > 0 && edges[n - 1] == v)
			continue;
		if (repeated && v > INT64_MIN && (n == 0 || edges[n - 1] != v - 1))
			edges[n++] = v - 1;
		edges[n++] = v;
	}
	return n;
}

static void fill_bins(uint64_t *counts, const int64_t *edges, size_t edge_count, const tally *t)
{
	size_t bin = 0;

	for (size_t i = 0; i < t->count; i++) {
		while (bin < edge_count && t->items[i].value > edges[bin])
			bin++;
		counts[bin] += t->items[i].count;
	}
}

/* (q - p) ln(q / p) in units of 2^-BITS, with q = (2c + 1) / n and p = (2e + 1) / m. */
static ratio_int bin_term(uint64_t c, uint64_t n, uint64_t e, uint64_t m)
{
	const ratio_int q = (ratio_int)(2 * c + 1) * ONE / n, p = (ratio_int)(2 * e + 1) * ONE / m;

	return (q - p) * (drift_ln(2 * c + 1, n) - drift_ln(2 * e + 1, m)) / ONE;
}

assay_code drift_psi(ratio *out, const tally *base, const tally *now, unsigned bins, assay_err *err)
{
	const size_t room = 2 * (size_t)bins;
	ASSAY_AUTO_FREE int64_t *edges = assay_alloc(room, sizeof *edges);
	ASSAY_AUTO_FREE uint64_t *then = assay_alloc(room, sizeof *then);
	ASSAY_AUTO_FREE uint64_t *today = assay_alloc(room, sizeof *today);
	ratio_int sum = 0;
	assay_decimal rounded;
	bool exact;
	size_t n;

	if (edges == NULL || then == NULL || today == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "bins of a dataset check");
	n = drift_edges(edges, base, bins);
	fill_bins(then, edges, n, base);
	fill_bins(today, edges, n, now);
	for (size_t i = 0; i <= n; i++)
		sum += bin_term(today[i], 2 * now->total + n + 1, then[i], 2 * base->total + n + 1);
	rounded = ratio_round((ratio){.num = sum, .den = (ratio_uint)ONE}, DRIFT_PLACES, &exact);
	*out = (ratio){.num = rounded.units, .den = ratio_power(rounded.scale)};
	return ASSAY_OK;
}
