#include "known_recipe.h"

#include "assay/memory.h"

#include <stdlib.h>

static assay_code number_metrics(assay_known_recipe *k, const assay_vocabulary *vocabulary, assay_err *err)
{
	k->number = assay_alloc(k->recipe->metric_total, sizeof *k->number);
	if (k->number == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "metric numbers");
	for (uint32_t m = 0; m < k->recipe->metric_total; m++) {
		const assay_recipe_metric *metric = assay_recipe_metric_at(k->recipe, m, NULL);
		const size_t n = assay_vocabulary_find(vocabulary, metric->name);

		/* A metric whose resolution changed is another metric. */
		k->number[m] = n != SIZE_MAX && vocabulary->items[n].scale == metric->scale ? n : SIZE_MAX;
	}
	return ASSAY_OK;
}

assay_code assay_recipe_know(assay_known_recipes *k, assay_store *store, const assay_vocabulary *vocabulary,
			     const assay_digest *digest, const assay_known_recipe **out, assay_err *err)
{
	assay_known_recipe *next;
	assay_code rc;

	for (size_t i = 0; i < k->count; i++)
		if (assay_digest_eq(&k->items[i].recipe->digest, digest)) {
			*out = &k->items[i];
			return ASSAY_OK;
		}
	if (k->count == ASSAY_COUNT(k->items))
		return ASSAY_RAISE(
		    err, ASSAY_ECONFIG,
		    "sources were processed by many different pipelines; 'assay run' brings them together");
	next = &k->items[k->count];
	rc = assay_recipe_load(&next->recipe, store, digest, err);
	if (rc != ASSAY_OK)
		return rc;
	k->count++;
	rc = number_metrics(next, vocabulary, err);
	if (rc == ASSAY_OK)
		*out = next;
	return rc;
}

void assay_known_recipes_release(assay_known_recipes *k)
{
	for (size_t i = 0; i < k->count; i++) {
		assay_recipe_close(k->items[i].recipe);
		free(k->items[i].number);
	}
	*k = (assay_known_recipes){0};
}

const char *assay_known_step(const assay_known_recipe *k, uint32_t step)
{
	return k != NULL && step < k->recipe->step_count ? k->recipe->steps[step].stage : "?";
}
