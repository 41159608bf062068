#include "assay/stage_totals.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

/* A child may be in the hands of the file that it read: how many reasons it can make us keep is bounded. */
#define REASONS_MAX 64
#define OTHERS      "other reasons"

/* Where the row is, or would stand. */
static size_t place_of(const assay_stage_totals *t, assay_modality modality, uint32_t step)
{
	size_t i = 0;

	while (i < t->count &&
	       (t->items[i].modality < modality || (t->items[i].modality == modality && t->items[i].step < step)))
		i++;
	return i;
}

static assay_code row_of(assay_stage_total **out, assay_stage_totals *t, assay_modality modality, uint32_t step,
			 const char *name, assay_err *err)
{
	const size_t at = place_of(t, modality, step);
	assay_code rc = ASSAY_OK;

	if (at == t->count || t->items[at].modality != modality || t->items[at].step != step) {
		rc = assay_grow(&t->items, &t->cap, t->count, sizeof *t->items, err);
		if (rc != ASSAY_OK)
			return rc;
		memmove(&t->items[at + 1], &t->items[at], (t->count - at) * sizeof *t->items);
		t->items[at] = (assay_stage_total){.modality = modality, .step = step, .stage = name};
		t->count++;
	}
	*out = &t->items[at];
	return ASSAY_OK;
}

static assay_code add_drop(assay_step_count *to, const char *reason, uint64_t count, assay_err *err)
{
	size_t at = 0;
	char *copy;
	assay_code rc;

	while (at < to->drop_count && strcmp(to->drops[at].reason, reason) < 0)
		at++;
	if (at < to->drop_count && strcmp(to->drops[at].reason, reason) == 0) {
		to->drops[at].count += count;
		return ASSAY_OK;
	}
	if (to->drop_count >= REASONS_MAX && strcmp(reason, OTHERS) != 0)
		return add_drop(to, OTHERS, count, err);
	rc = assay_grow(&to->drops, &to->drop_cap, to->drop_count, sizeof *to->drops, err);
	if (rc != ASSAY_OK)
		return rc;
	copy = assay_strdup(reason);
	if (copy == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "reasons of what a stage dropped");
	memmove(&to->drops[at + 1], &to->drops[at], (to->drop_count - at) * sizeof *to->drops);
	to->drops[at] = (assay_drop_count){copy, count};
	to->drop_count++;
	return ASSAY_OK;
}

assay_code assay_stage_totals_add(assay_stage_totals *t, assay_modality modality, const char *const *names,
				  const assay_result *r, assay_err *err)
{
	for (size_t i = 0; i < r->step_count; i++) {
		const assay_step_count *from = &r->steps[i];
		assay_stage_total *row;
		assay_code rc = row_of(&row, t, modality, (uint32_t)i, names[i], err);

		if (rc != ASSAY_OK)
			return rc;
		row->count.in += from->in;
		row->count.consumed += from->consumed;
		row->count.passed += from->passed;
		row->count.dropped += from->dropped;
		row->count.out += from->out;
		for (size_t k = 0; k < from->drop_count && rc == ASSAY_OK; k++)
			rc = add_drop(&row->count, from->drops[k].reason, from->drops[k].count, err);
		if (rc != ASSAY_OK)
			return rc;
	}
	return ASSAY_OK;
}

void assay_stage_totals_release(assay_stage_totals *t)
{
	for (size_t i = 0; i < t->count; i++) {
		assay_step_count *c = &t->items[i].count;

		for (size_t k = 0; k < c->drop_count; k++)
			free(c->drops[k].reason);
		free(c->drops);
	}
	free(t->items);
	*t = (assay_stage_totals){0};
}
