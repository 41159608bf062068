#include "queue_stages.h"

#include "assay/unit.h"

#include <string.h>

void assay_ticket_stages_release(assay_ticket_stages *s)
{
	assay_recipe_close(s->recipe);
	s->recipe = NULL;
}

static assay_code recipe_of(assay_ticket_stages *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_UNIT u = {0};
	assay_recipe *r;
	assay_code rc = assay_unit_get(s->store, t->unit, &u, err);

	if (rc != ASSAY_OK || (s->recipe != NULL && assay_digest_eq(&s->recipe->digest, &u.recipe)))
		return rc;
	rc = assay_recipe_load(&r, s->store, &u.recipe, err);
	if (rc != ASSAY_OK)
		return rc;
	assay_recipe_close(s->recipe);
	s->recipe = r;
	return ASSAY_OK;
}

static bool measures(const assay_recipe_step *step, const assay_ticket *t)
{
	for (size_t i = 0; i < step->metric_count; i++)
		for (size_t k = 0; k < t->check_count; k++)
			if (strcmp(step->metrics[i].name, t->checks[k].metric) == 0)
				return true;
	return false;
}

assay_code assay_ticket_stages_each(assay_ticket_stages *s, const assay_ticket *t, assay_stage_fn *fn, void *ctx,
				    assay_err *err)
{
	assay_code rc;

	if (t->stage != NULL)
		return fn(ctx, t->stage, err);
	if (t->unit == 0 || t->check_count == 0)
		return ASSAY_OK;
	rc = recipe_of(s, t, err);
	for (size_t i = 0; rc == ASSAY_OK && i < s->recipe->step_count; i++)
		if (measures(&s->recipe->steps[i], t))
			rc = fn(ctx, s->recipe->steps[i].stage, err);
	return rc;
}
