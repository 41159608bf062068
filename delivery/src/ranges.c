#include "ranges.h"

#include "assay/memory.h"

#include <stdlib.h>

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

static int by_value(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Where each tenth begins, once; nothing begins at the smallest value. */
static void cut(range *x)
{
	if (x->count > 1)
		qsort(x->values, x->count, sizeof *x->values, by_value);
	for (size_t i = 1; i < ASSAY_CAUSES_LEVELS && x->count > 0; i++) {
		const int64_t at = x->values[i * x->count / ASSAY_CAUSES_LEVELS];

		if (at > (x->cut_count > 0 ? x->cuts[x->cut_count - 1] : x->values[0]))
			x->cuts[x->cut_count++] = at;
	}
	free(x->values);
	x->values = NULL;
	x->count = x->cap = 0;
}

void ranges_cut(ranges *r)
{
	for (size_t i = 0; i < r->names.count; i++)
		cut(&r->items[i]);
}

uint16_t ranges_level(const range *r, int64_t value)
{
	uint16_t level = 0;

	while (level < r->cut_count && value >= r->cuts[level])
		level++;
	return level;
}
