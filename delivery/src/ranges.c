#include "ranges.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

#define DIGIT_BITS 8
#define DIGITS     ((size_t)1 << DIGIT_BITS)

void ranges_release(ranges *r)
{
	for (size_t i = 0; i < r->names.count && r->items != NULL; i++)
		free(r->items[i].values);
	free(r->items);
	interner_release(&r->names);
	*r = (ranges){0};
}

assay_code ranges_metric(ranges *r, const char *name, const char *unit, int scale, uint32_t *number, assay_err *err)
{
	bool fresh;
	assay_code rc = assay_grow(&r->items, &r->cap, r->names.count, sizeof *r->items, err);

	if (rc == ASSAY_OK)
		r->items[r->names.count] = (range){0};
	if (rc == ASSAY_OK)
		rc = interner_put(&r->names, r->texts, (uint32_t)scale, name, number, &fresh, err);
	if (rc != ASSAY_OK || !fresh)
		return rc;
	r->items[*number] = (range){.name = r->names.items[*number].text, .scale = scale};
	r->items[*number].unit = assay_arena_strdup(r->texts, unit);
	return r->items[*number].unit != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "metrics");
}

assay_code ranges_show(ranges *r, uint32_t number, int64_t value, assay_err *err)
{
	range *x = &r->items[number];
	const assay_code rc = assay_grow(&x->values, &x->cap, x->count, sizeof *x->values, err);

	if (rc == ASSAY_OK)
		x->values[x->count++] = value;
	return rc;
}

/* Ascending as unsigned numbers, and with the sign bit turned over as signed ones. */
static unsigned digit_of(int64_t value, unsigned digit)
{
	return (unsigned)(((uint64_t)value ^ UINT64_C(1) << 63) >> (DIGIT_BITS * digit)) & (DIGITS - 1);
}

/* In the order of one digit; values of the same digit keep theirs. False: all have the same, nothing was done. */
static bool sort_digit(int64_t *to, const int64_t *from, size_t count, unsigned digit)
{
	size_t starts[DIGITS] = {0}, sum = 0;

	for (size_t i = 0; i < count; i++)
		starts[digit_of(from[i], digit)]++;
	if (starts[digit_of(from[0], digit)] == count)
		return false;
	for (size_t d = 0; d < DIGITS; d++) {
		const size_t n = starts[d];

		starts[d] = sum;
		sum += n;
	}
	for (size_t i = 0; i < count; i++)
		to[starts[digit_of(from[i], digit)]++] = from[i];
	return true;
}

assay_code ranges_sort(int64_t *values, size_t count, assay_err *err)
{
	ASSAY_AUTO_FREE int64_t *room = assay_alloc(count, sizeof *room);
	int64_t *from = values, *to = room;

	if (room == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "measurements");
	for (unsigned digit = 0; digit < 64 / DIGIT_BITS && count > 0; digit++) {
		if (sort_digit(to, from, count, digit)) {
			int64_t *t = from;

			from = to;
			to = t;
		}
	}
	if (from != values)
		memcpy(values, from, count * sizeof *values);
	return ASSAY_OK;
}

/* Where each tenth begins, once; nothing begins at the smallest value. */
static assay_code cut(range *x, assay_err *err)
{
	const assay_code rc = ranges_sort(x->values, x->count, err);

	if (rc != ASSAY_OK)
		return rc;
	for (size_t i = 1; i < ASSAY_CAUSES_LEVELS && x->count > 0; i++) {
		const int64_t at = x->values[i * x->count / ASSAY_CAUSES_LEVELS];

		if (at > (x->cut_count > 0 ? x->cuts[x->cut_count - 1] : x->values[0]))
			x->cuts[x->cut_count++] = at;
	}
	free(x->values);
	x->values = NULL;
	x->count = x->cap = 0;
	return ASSAY_OK;
}

assay_code ranges_cut(ranges *r, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < r->names.count && rc == ASSAY_OK; i++)
		rc = cut(&r->items[i], err);
	return rc;
}

uint16_t ranges_level(const range *r, int64_t value)
{
	uint16_t level = 0;

	for (size_t i = 0; i < r->cut_count; i++) /* of all: a guess where to stop would mostly be wrong */
		level = (uint16_t)(level + (value >= r->cuts[i]));
	return level;
}
