#include "distribution.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

void distributions_release(distributions *d)
{
	for (size_t i = 0; i < d->count; i++) {
		free(d->items[i].name);
		free(d->items[i].unit);
		free(d->items[i].values);
	}
	free(d->items);
	*d = (distributions){0};
}

/* First position whose name is not before this one. */
static size_t position(const distributions *d, const char *name)
{
	size_t low = 0, high = d->count;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (strcmp(d->items[mid].name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static assay_code insert(distributions *d, size_t at, const assay_content_measure *m, assay_err *err)
{
	distribution fresh = {.name = assay_strdup(m->name), .unit = assay_strdup(m->unit), .scale = m->scale};
	assay_code rc = fresh.name == NULL || fresh.unit == NULL
			    ? ASSAY_RAISE(err, ASSAY_ENOMEM, "distribution")
			    : assay_grow(&d->items, &d->cap, d->count, sizeof *d->items, err);

	if (rc != ASSAY_OK) {
		free(fresh.name);
		free(fresh.unit);
		return rc;
	}
	memmove(&d->items[at + 1], &d->items[at], (d->count - at) * sizeof *d->items);
	d->items[at] = fresh;
	d->count++;
	return ASSAY_OK;
}

static assay_code add(distributions *d, const assay_content_measure *m, assay_err *err)
{
	const size_t at = position(d, m->name);
	distribution *item;
	assay_code rc = ASSAY_OK;

	if (at == d->count || strcmp(d->items[at].name, m->name) != 0)
		rc = insert(d, at, m, err);
	if (rc != ASSAY_OK)
		return rc;
	item = &d->items[at];
	if (item->scale != m->scale || strcmp(item->unit, m->unit) != 0)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "recipes of one version measure '%s' in different resolutions",
				   m->name);
	if (!m->defined) {
		item->undefined++;
		return ASSAY_OK;
	}
	rc = assay_grow(&item->values, &item->cap, item->count, sizeof *item->values, err);
	if (rc == ASSAY_OK)
		item->values[item->count++] = m->value;
	return rc;
}

assay_code distributions_add(distributions *d, const assay_content *c, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < c->measure_count && rc == ASSAY_OK; i++)
		rc = add(d, &c->measures[i], err);
	return rc;
}

/* ---------------------------------------------------------------- summaries */

static int compare(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The smallest value that at least percent of all values do not exceed (nearest rank). */
static int64_t rank(const distribution *d, unsigned percent)
{
	const size_t whole = d->count / 100 * percent, rest = d->count % 100 * percent;
	const size_t n = whole + (rest + 99) / 100;

	return d->values[n > 0 ? n - 1 : 0];
}

/* Sums of 2^63 values of 64 bits fit in 128. */
__extension__ typedef __int128 wide;

static int64_t mean(const distribution *d)
{
	const wide n = (wide)d->count;
	wide sum = 0, quotient, rest;

	for (size_t i = 0; i < d->count; i++)
		sum += d->values[i];
	quotient = sum / n;
	rest = sum % n;
	if (rest < 0) {
		rest += n;
		quotient--;
	}
	if (2 * rest > n || (2 * rest == n && quotient % 2 != 0))
		quotient++;
	return (int64_t)quotient;
}

distribution_summary distribution_of(distribution *d)
{
	qsort(d->values, d->count, sizeof *d->values, compare);
	return (distribution_summary){
	    .min = d->values[0],
	    .p10 = rank(d, 10),
	    .p50 = rank(d, 50),
	    .p90 = rank(d, 90),
	    .max = d->values[d->count - 1],
	    .mean = mean(d),
	};
}

static void json_numbers(assay_json *j, distribution *d)
{
	static const char *const names[] = {"min", "p10", "p50", "p90", "max", "mean"};
	const distribution_summary s = d->count > 0 ? distribution_of(d) : (distribution_summary){0};
	const int64_t values[] = {s.min, s.p10, s.p50, s.p90, s.max, s.mean};

	for (size_t i = 0; i < ASSAY_COUNT(names); i++) {
		assay_json_key(j, names[i]);
		if (d->count > 0)
			assay_json_decimal(j, (assay_decimal){values[i], d->scale});
		else
			assay_json_null(j);
	}
}

void distributions_json(assay_json *j, distributions *d)
{
	assay_json_object(j);
	for (size_t i = 0; i < d->count; i++) {
		assay_json_key(j, d->items[i].name);
		assay_json_object(j);
		assay_json_kstr(j, "unit", d->items[i].unit);
		assay_json_kuint(j, "count", d->items[i].count);
		assay_json_kuint(j, "undefined", d->items[i].undefined);
		json_numbers(j, &d->items[i]);
		assay_json_end(j);
	}
	assay_json_end(j);
}
