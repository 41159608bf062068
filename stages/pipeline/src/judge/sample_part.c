#include "sample_part.h"

#include "assay/registry.h"

#include <stdlib.h>
#include <string.h>

assay_part assay_part_of_stream(const assay_result *r, const assay_result_sample *sample)
{
	assay_part part = {0};

	while (sample->parent != ASSAY_NO_SAMPLE && sample->parent < r->sample_count)
		sample = &r->samples[sample->parent];
	if (sample->kind == ASSAY_SAMPLE_VIDEO)
		part.stream = ASSAY_PART_VIDEO;
	else if (strncmp(sample->part, "audio=", 6) == 0)
		part = (assay_part){.stream = ASSAY_PART_AUDIO, .audio = (uint32_t)strtoul(sample->part + 6, NULL, 10)};
	return part;
}

/* ---------------------------------------------------------------- where samples begin and end */

/* Does the step have a say in where they do? Those that only look on have none. */
static bool divides(const assay_recipe_step *step)
{
	const assay_stage *s = assay_stage_find(step->stage);

	return s == NULL || assay_stage_is_reader(s) || s->replaces != 0 || s->emits != 0 || s->makes != 0;
}

static bool makes(const assay_recipe_step *step, assay_sample_kind kind)
{
	const assay_stage *s = assay_stage_find(step->stage);

	return s != NULL && (s->makes & ASSAY_SAMPLE_MASK(kind)) != 0;
}

static const assay_recipe_step *next_divider(const assay_recipe *r, size_t *at)
{
	while (*at < r->step_count && !divides(&r->steps[*at]))
		++*at;
	return *at < r->step_count ? &r->steps[(*at)++] : NULL;
}

static bool same_params(const assay_recipe_step *a, const assay_recipe_step *b)
{
	bool same = a->param_count == b->param_count;

	for (size_t i = 0; i < a->param_count && same; i++)
		same = strcmp(a->params[i].name, b->params[i].name) == 0 &&
		       strcmp(a->params[i].text, b->params[i].text) == 0;
	return same;
}

static bool same_files(const assay_recipe_step *a, const assay_recipe_step *b)
{
	bool same = a->file_count == b->file_count;

	for (size_t i = 0; i < a->file_count && same; i++)
		same = assay_digest_eq(&a->files[i].digest, &b->files[i].digest);
	return same;
}

static bool same_step(const assay_recipe_step *a, const assay_recipe_step *b)
{
	return strcmp(a->stage, b->stage) == 0 && a->version == b->version && strcmp(a->engine, b->engine) == 0 &&
	       same_params(a, b) && same_files(a, b);
}

static bool divide_alike(const assay_recipe *a, const assay_recipe *b, assay_sample_kind kind)
{
	size_t i = 0, k = 0;

	for (;;) {
		const assay_recipe_step *x = next_divider(a, &i);
		const assay_recipe_step *y = next_divider(b, &k);

		if (x == NULL || y == NULL || !same_step(x, y))
			return false;
		if (makes(x, kind))
			return true;
	}
}

/* ---------------------------------------------------------------- spans */

static bool measures(const assay_stage *s, assay_sample_kind kind)
{
	for (size_t i = 0; i < assay_metric_count(s); i++)
		if ((s->metrics[i].kinds & ASSAY_SAMPLE_MASK(kind)) != 0)
			return true;
	return false;
}

bool assay_part_is_enough(const assay_recipe *found_by, const assay_recipe *recipe, assay_sample_kind kind)
{
	for (size_t i = 0; i < recipe->step_count; i++) {
		const assay_stage *s = assay_stage_find(recipe->steps[i].stage);

		if (s == NULL ||
		    (!s->spans && (assay_stage_is_reader(s) || makes(&recipe->steps[i], kind) || measures(s, kind))))
			return false;
	}
	return divide_alike(found_by, recipe, kind);
}
