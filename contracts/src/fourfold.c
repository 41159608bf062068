#include "fourfold.h"

#include "assay/association.h"
#include "assay/memory.h"

#include <math.h>
#include <stdlib.h>

#define NORMAL_FROM 400.0 /* variance from which the distribution is taken to be normal */
#define NEGLIGIBLE  1e-30 /* of the most probable number */
#define EXACT_MIN   (-24.0)

/* ---------------------------------------------------------------- one table */

/* signgam is shared by threads; the arguments are positive. */
static double ln_factorial(uint64_t n)
{
	int sign;

	return lgamma_r((double)n + 1, &sign);
}

static double ln_choose(uint64_t n, uint64_t k)
{
	return ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k);
}

/* P(x + 1) / P(x) of the hypergeometric distribution. */
static double step_up(const fourfold *t, uint64_t x)
{
	const double without = (double)(t->total - t->total_failed);

	return (double)(t->total_failed - x) * (double)(t->with - x) /
	       (((double)x + 1) * (without - (double)t->with + (double)x + 1));
}

static double mean_of(const fourfold *t)
{
	return t->total > 0 ? (double)t->with * (double)t->total_failed / (double)t->total : 0;
}

static double variance_of(const fourfold *t)
{
	const double n = (double)t->total;

	if (t->total < 2)
		return 0;
	return mean_of(t) * ((n - (double)t->with) / n) * ((n - (double)t->total_failed) / (n - 1));
}

static uint64_t most_of(const fourfold *t)
{
	return t->with < t->total_failed ? t->with : t->total_failed;
}

static uint64_t least_of(const fourfold *t)
{
	const uint64_t both = t->with + t->total_failed;

	return both > t->total ? both - t->total : 0;
}

double assay_fisher_log10(uint64_t k, uint64_t n, uint64_t fails, uint64_t total)
{
	const fourfold t = {.with = n, .with_failed = k, .total = total, .total_failed = fails};
	double sum = 1, term = 1, ln;

	if ((double)k <= mean_of(&t))
		return 0;
	for (uint64_t x = k; x < most_of(&t) && term > sum * 1e-17; x++) {
		term *= step_up(&t, x);
		sum += term;
	}
	ln = ln_choose(fails, k) + ln_choose(total - fails, n - k) - ln_choose(total, n) + log(sum);
	return fmin(fmax(ln / log(10), ASSAY_ASSOCIATION_LOG10_MIN), 0);
}

/* ---------------------------------------------------------------- many tables */

double fourfold_normal_log10(double z)
{
	const double tail = erfc(z / sqrt(2)) / 2;

	if (tail > 1e-290)
		return log10(tail);
	/* Abramowitz, Stegun, Handbook of Mathematical Functions, 26.2.12 */
	return fmax(-z * z / 2 / log(10) - log10(z * sqrt(2 * acos(-1.0))), ASSAY_ASSOCIATION_LOG10_MIN);
}

/* Probabilities of first, first + 1… */
typedef struct spread {
	double *p;
	size_t count, cap;
	uint64_t first;
} spread;

static uint64_t mode_of(const fourfold *t)
{
	const double m = floor(((double)t->with + 1) * ((double)t->total_failed + 1) / ((double)t->total + 2));
	const uint64_t least = least_of(t), most = most_of(t);

	return m < (double)least ? least : m > (double)most ? most : (uint64_t)m;
}

static void scale(spread *s)
{
	double sum = 0;

	for (size_t i = 0; i < s->count; i++)
		sum += s->p[i];
	for (size_t i = 0; i < s->count; i++)
		s->p[i] /= sum;
}

/* The hypergeometric distribution, without what is negligible at both ends. */
static assay_code spread_of(spread *s, const fourfold *t, assay_err *err)
{
	const uint64_t mode = mode_of(t);
	uint64_t first = mode, last = mode;
	double p = 1;

	while (first > least_of(t) && p > NEGLIGIBLE)
		p /= step_up(t, --first);
	for (p = 1; last < most_of(t) && p > NEGLIGIBLE; last++)
		p *= step_up(t, last);
	s->first = first;
	s->count = (size_t)(last - first) + 1;
	s->p = assay_alloc(s->count, sizeof *s->p);
	if (s->p == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "fourfold tables");
	s->p[mode - first] = 1;
	for (uint64_t x = mode; x > first; x--)
		s->p[x - 1 - first] = s->p[x - first] / step_up(t, x - 1);
	for (uint64_t x = mode; x < last; x++)
		s->p[x + 1 - first] = s->p[x - first] * step_up(t, x);
	scale(s);
	return ASSAY_OK;
}

static assay_code convolve(spread *sum, const spread *with, assay_err *err)
{
	const size_t count = sum->count + with->count - 1;
	double *p = assay_alloc(count, sizeof *p);

	if (p == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "fourfold tables");
	for (size_t i = 0; i < sum->count; i++)
		for (size_t k = 0; k < with->count; k++)
			p[i + k] += sum->p[i] * with->p[k];
	free(sum->p);
	sum->p = p;
	sum->count = count;
	sum->first += with->first;
	return ASSAY_OK;
}

static double tail_log10(const spread *s, uint64_t from)
{
	double tail = 0;

	for (size_t i = s->count; i-- > 0 && s->first + i >= from;)
		tail += s->p[i];
	return tail > 0 ? fmin(fmax(log10(tail), EXACT_MIN), 0) : EXACT_MIN;
}

static assay_code test_exactly(double *log10_p, const fourfold *strata, size_t count, uint64_t failed, assay_err *err)
{
	spread sum = {.p = assay_alloc(1, sizeof *sum.p), .count = 1};
	assay_code rc = ASSAY_OK;

	if (sum.p == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "fourfold tables");
	sum.p[0] = 1;
	for (size_t i = 0; i < count && rc == ASSAY_OK; i++) {
		spread one = {0};

		if (strata[i].with == 0)
			continue;
		rc = spread_of(&one, &strata[i], err);
		if (rc == ASSAY_OK)
			rc = convolve(&sum, &one, err);
		free(one.p);
	}
	if (rc == ASSAY_OK)
		*log10_p = tail_log10(&sum, failed);
	free(sum.p);
	return rc;
}

assay_code fourfold_test(double *log10_p, const fourfold *strata, size_t count, assay_err *err)
{
	double mean = 0, variance = 0;
	uint64_t failed = 0;

	for (size_t i = 0; i < count; i++) {
		mean += mean_of(&strata[i]);
		variance += variance_of(&strata[i]);
		failed += strata[i].with_failed;
	}
	*log10_p = 0;
	if ((double)failed <= mean + 0.5)
		return ASSAY_OK;
	if (variance < NORMAL_FROM)
		return test_exactly(log10_p, strata, count, failed, err);
	*log10_p = fourfold_normal_log10(((double)failed - mean - 0.5) / sqrt(variance));
	return ASSAY_OK;
}
