#include "assay/vocabulary.h"

#include "assay/memory.h"

#include "ratio.h"

#include <stdlib.h>
#include <string.h>

void assay_vocabulary_release(assay_vocabulary *v)
{
	free(v->items);
	*v = (assay_vocabulary){0};
}

/* Position of the name, or where it would stand. */
static size_t lower_bound(const assay_vocabulary *v, const char *name)
{
	size_t low = 0, high = v->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (strcmp(v->items[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

assay_code assay_vocabulary_add(assay_vocabulary *v, const assay_vocabulary_metric *m, assay_err *err)
{
	const size_t at = lower_bound(v, m->name);
	assay_code rc;

	if (at < v->count && strcmp(v->items[at].name, m->name) == 0) {
		if (m->made && !v->items[at].made) /* several stages may know it: name the one that makes it */
			v->items[at] = *m;
		return ASSAY_OK;
	}
	rc = assay_grow(&v->items, &v->cap, v->count, sizeof *v->items, err);
	if (rc != ASSAY_OK)
		return rc;
	memmove(&v->items[at + 1], &v->items[at], (v->count - at) * sizeof *v->items);
	v->items[at] = *m;
	v->count++;
	return ASSAY_OK;
}

size_t assay_vocabulary_find(const assay_vocabulary *v, const char *name)
{
	const size_t at = lower_bound(v, name);

	return at < v->count && strcmp(v->items[at].name, name) == 0 ? at : SIZE_MAX;
}

bool assay_vocabulary_lost(const assay_vocabulary_metric *m, int64_t before, int64_t now)
{
	const ratio_int size = before < 0 ? -(ratio_int)before : before;
	const ratio_int allowed = m->slack + size * m->permille / 1000;

	switch (m->recall) {
	case ASSAY_RECALL_MORE:
		return (ratio_int)before - now > allowed;
	case ASSAY_RECALL_LESS:
		return (ratio_int)now - before > allowed;
	case ASSAY_RECALL_NONE:
		break;
	}
	return false;
}
