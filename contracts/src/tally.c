#include "tally.h"

#include <stdlib.h>
#include <string.h>

#define PENDING_MIN 4096

void tally_release(tally *t)
{
	free(t->items);
	free(t->pending);
	*t = (tally){0};
}

static int compare(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Two ascending lists into one, equal values into one item. */
static size_t merge(tally_item *out, const tally *t)
{
	size_t n = 0, i = 0;

	for (size_t p = 0; p < t->pending_count;) {
		const int64_t v = t->pending[p];

		while (i < t->count && t->items[i].value < v)
			out[n++] = t->items[i++];
		out[n] = (tally_item){.value = v};
		if (i < t->count && t->items[i].value == v)
			out[n] = t->items[i++];
		for (; p < t->pending_count && t->pending[p] == v; p++)
			out[n].count++;
		n++;
	}
	while (i < t->count)
		out[n++] = t->items[i++];
	return n;
}

assay_code tally_settle(tally *t, assay_err *err)
{
	size_t room = t->count, count;
	tally_item *fresh;

	if (t->pending_count == 0)
		return ASSAY_OK;
	qsort(t->pending, t->pending_count, sizeof *t->pending, compare);
	for (size_t p = 0; p < t->pending_count; p++)
		room += p == 0 || t->pending[p] != t->pending[p - 1];
	fresh = assay_alloc(room, sizeof *fresh);
	if (fresh == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "values of a dataset check");
	count = merge(fresh, t);
	free(t->items);
	t->items = fresh;
	t->count = count;
	t->pending_count = 0;
	return ASSAY_OK;
}

/* The buffer grows with the list, so that each value is merged a bounded number of times. */
static assay_code make_room(tally *t, assay_err *err)
{
	const size_t wanted = t->count > PENDING_MIN ? t->count : PENDING_MIN;
	assay_code rc = tally_settle(t, err);
	int64_t *fresh;

	if (rc != ASSAY_OK || t->pending_cap >= wanted)
		return rc;
	fresh = assay_alloc(wanted, sizeof *fresh);
	if (fresh == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "values of a dataset check");
	free(t->pending);
	t->pending = fresh;
	t->pending_cap = wanted;
	return ASSAY_OK;
}

assay_code tally_add(tally *t, int64_t value, assay_err *err)
{
	if (t->pending_count == t->pending_cap) {
		const assay_code rc = make_room(t, err);

		if (rc != ASSAY_OK)
			return rc;
	}
	t->pending[t->pending_count++] = value;
	t->total++;
	t->sum += value;
	return ASSAY_OK;
}

int64_t tally_quantile(const tally *t, uint64_t part, uint64_t whole)
{
	const ratio_uint wanted = ((ratio_uint)t->total * part + whole - 1) / whole;
	uint64_t seen = 0;

	for (size_t i = 0; i < t->count; i++) {
		seen += t->items[i].count;
		if (seen >= wanted)
			return t->items[i].value;
	}
	return t->items[t->count - 1].value;
}
