#include "config_loader.h"

#include "assay/registry.h"

#include <string.h>

/* ---------------------------------------------------------------- vocabulary */

static assay_code add_metrics(config_loader *l, const assay_stage *s, bool made)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < assay_metric_count(s) && rc == ASSAY_OK; i++) {
		const assay_metric *m = &s->metrics[i];
		const assay_metric_note *note = assay_metric_note_of(s, m->name);
		const assay_vocabulary_metric row = {.name = m->name,
						     .unit = m->unit,
						     .stage = s->name,
						     .scale = m->scale,
						     .kinds = m->kinds,
						     .made = made,
						     .belief = note != NULL && note->belief,
						     .recall = note != NULL ? note->recall : ASSAY_RECALL_NONE,
						     .slack = note != NULL ? note->slack : 0,
						     .permille = note != NULL ? note->permille : 0};

		rc = assay_vocabulary_add(&l->c->vocabulary, &row, l->err);
	}
	return rc;
}

static bool has_source(const assay_config *c, assay_modality modality)
{
	for (size_t i = 0; i < c->source_count; i++)
		if (c->sources[i].modality == modality)
			return true;
	return false;
}

static assay_code add_made(config_loader *l, assay_modality modality)
{
	const assay_config_step *steps[2 * ASSAY_CONFIG_STEPS_MAX];
	size_t n;
	assay_code rc = ASSAY_OK;

	if (!has_source(l->c, modality))
		return ASSAY_OK;
	n = assay_config_chain(l->c, modality, steps);
	for (size_t i = 0; i < n && rc == ASSAY_OK; i++)
		rc = add_metrics(l, steps[i]->stage, true);
	return rc;
}

/* all_made: the pipelines have errors, and contracts should not be blamed for them. */
static assay_code fill_vocabulary(config_loader *l, bool all_made)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; assay_stages[i] != NULL && rc == ASSAY_OK; i++)
		rc = add_metrics(l, assay_stages[i], all_made);
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX && rc == ASSAY_OK; m++)
		rc = add_made(l, (assay_modality)m);
	return rc;
}

/* ---------------------------------------------------------------- pipelines */

static assay_code read_pipeline(config_loader *l, const assay_yaml_node *pipelines, assay_modality modality)
{
	const assay_yaml_node *list = config_typed(l, pipelines, assay_modality_name(modality), ASSAY_YAML_SEQUENCE);

	return list ? config_read_steps(l, list, modality, &l->c->pipelines[modality]) : ASSAY_OK;
}

/* A pipeline that is there but of another form has been reported already. */
static bool is_missing(const config_loader *l, const assay_yaml_node *pipelines, assay_modality modality)
{
	return l->c->pipelines[modality].count == 0 && (pipelines == NULL || pipelines->type == ASSAY_YAML_MAPPING) &&
	       assay_yaml_get(pipelines, assay_modality_name(modality)) == NULL;
}

static void lint_used(config_loader *l, const assay_yaml_node *pipelines)
{
	bool reported[ASSAY_MODALITY_MAX + 1] = {false};

	for (size_t i = 0; i < l->c->source_count; i++) {
		const assay_config_source *s = &l->c->sources[i];

		if (s->modality == 0)
			continue;
		l->c->pipelines[s->modality].used = true;
		if (s->modality == ASSAY_MODALITY_VIDEO)
			l->c->pipelines[ASSAY_MODALITY_AUDIO].used = true;
		if (is_missing(l, pipelines, s->modality) && !reported[s->modality])
			assay_diagnostics_add(l->d, true, l->file, s->line, s->column,
					      "no pipeline for %s: add a list 'pipelines: {%s: [...]}'",
					      assay_modality_name(s->modality), assay_modality_name(s->modality));
		reported[s->modality] = true;
	}
}

assay_code config_read_pipelines(config_loader *l, const assay_yaml_node *root)
{
	static const char *const names[] = {"page", "video", "audio", NULL};
	const assay_yaml_node *map = config_typed(l, root, "pipelines", ASSAY_YAML_MAPPING);
	const size_t errors = l->d->errors;
	assay_code rc = ASSAY_OK;

	if (map != NULL)
		assay_yaml_only(map, names, l->file, l->d);
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX && map != NULL && rc == ASSAY_OK; m++)
		rc = read_pipeline(l, map, (assay_modality)m);
	if (rc != ASSAY_OK)
		return rc;
	lint_used(l, assay_yaml_get(root, "pipelines"));
	l->pipelines_wrong = l->d->errors > errors;
	return fill_vocabulary(l, l->pipelines_wrong);
}

/* ---------------------------------------------------------------- chains */

size_t config_chain(assay_modality source, const assay_config_pipeline *p, const assay_config_pipeline *sound,
		    const assay_config_step **steps)
{
	size_t n = 0;

	for (size_t i = 0; i < p->count; i++)
		steps[n++] = &p->steps[i];
	for (size_t i = 1; source == ASSAY_MODALITY_VIDEO && i < sound->count; i++)
		steps[n++] = &sound->steps[i];
	return n;
}

size_t assay_config_chain(const assay_config *c, assay_modality modality, const assay_config_step **steps)
{
	return config_chain(modality, &c->pipelines[modality], &c->pipelines[ASSAY_MODALITY_AUDIO], steps);
}
