#include "config_loader.h"

#include "assay/memory.h"
#include "assay/params.h"
#include "assay/registry.h"
#include "assay/suggest.h"

#include <stdio.h>
#include <string.h>

void config_pipeline_release(assay_config_pipeline *p)
{
	for (size_t i = 0; i < p->count; i++)
		assay_params_free(p->steps[i].stage, p->steps[i].params);
	*p = (assay_config_pipeline){0};
}

/* ---------------------------------------------------------------- parameters */

/* A refused value is a finding; anything else (memory) is a failure. */
static assay_code report_refusal(config_loader *l, const assay_yaml_node *n, const assay_stage *stage, assay_code rc,
				 const assay_err *why)
{
	if (rc == ASSAY_OK)
		return ASSAY_OK;
	if (rc != ASSAY_ECONFIG) {
		if (l->err != NULL)
			*l->err = *why;
		return rc;
	}
	CONFIG_ERROR(l, n, "%s: %s", stage->name, why->msg);
	return ASSAY_OK;
}

static assay_code set_scalar(config_loader *l, const assay_yaml_node *n, const assay_config_step *step,
			     const assay_param *row)
{
	assay_err why = ASSAY_ERR_INIT;
	const char *text = config_text(n);
	assay_code rc;

	if (text == NULL) {
		CONFIG_ERROR(l, n, "%s: %s takes one value", step->stage->name, row->name);
		return ASSAY_OK;
	}
	rc = assay_params_set(step->stage, step->params, row, text, &why);
	return report_refusal(l, n, step->stage, rc, &why);
}

static assay_code set_list(config_loader *l, const assay_yaml_node *n, const assay_config_step *step,
			   const assay_param *row)
{
	assay_code rc = ASSAY_OK;

	if (n->type != ASSAY_YAML_SEQUENCE) {
		CONFIG_ERROR(l, n, "%s: %s takes a list", step->stage->name, row->name);
		return ASSAY_OK;
	}
	assay_params_clear_list(step->stage, step->params, row);
	for (size_t i = 0; i < n->count && rc == ASSAY_OK; i++)
		rc = set_scalar(l, &n->children[i], step, row);
	return rc;
}

static void report_no_param(config_loader *l, const assay_yaml_node *n, const assay_stage *stage)
{
	assay_suggest s;
	char hint[160];

	assay_suggest_init(&s, n->key);
	for (size_t i = 0; i < assay_param_count(stage); i++)
		assay_suggest_offer(&s, stage->params[i].name);
	CONFIG_ERROR_AT_KEY(l, n, "stage '%s' has no parameter '%s'%s", stage->name, n->key,
			    assay_suggest_text(&s, hint, sizeof hint));
}

static assay_code set_param(config_loader *l, const assay_yaml_node *n, const assay_config_step *step)
{
	const assay_param *row = assay_param_find(step->stage, n->key);

	if (row == NULL) {
		report_no_param(l, n, step->stage);
		return ASSAY_OK;
	}
	return row->type == ASSAY_PARAM_LIST ? set_list(l, n, step, row) : set_scalar(l, n, step, row);
}

static assay_code set_params(config_loader *l, const assay_yaml_node *n, const assay_config_step *step)
{
	const size_t errors = l->d->errors;
	assay_err why = ASSAY_ERR_INIT;
	assay_code rc = ASSAY_OK;

	if (n == NULL || n->type == ASSAY_YAML_NULL)
		return ASSAY_OK;
	if (n->type != ASSAY_YAML_MAPPING) {
		CONFIG_ERROR(l, n, "parameters of '%s' must be a mapping", step->stage->name);
		return ASSAY_OK;
	}
	for (size_t i = 0; i < n->count && rc == ASSAY_OK; i++)
		rc = set_param(l, &n->children[i], step);
	if (rc != ASSAY_OK || l->d->errors > errors)
		return rc;
	rc = assay_params_check(step->stage, step->params, &why);
	return report_refusal(l, n, step->stage, rc, &why);
}

/* ---------------------------------------------------------------- one step */

assay_code config_insert_step(config_loader *l, const assay_yaml_node *item, assay_config_pipeline *p, size_t at,
			      const assay_stage *stage)
{
	assay_config_step step = {.stage = stage, .line = item->line, .column = item->column};
	assay_code rc;

	if (p->count == ASSAY_CONFIG_STEPS_MAX) {
		CONFIG_ERROR(l, item, "more than %d stages in one pipeline", ASSAY_CONFIG_STEPS_MAX - 1);
		return ASSAY_EFULL;
	}
	rc = assay_params_new(&step.params, stage, l->err);
	if (rc != ASSAY_OK)
		return rc;
	memmove(&p->steps[at + 1], &p->steps[at], (p->count - at) * sizeof *p->steps);
	p->steps[at] = step;
	p->count++;
	return ASSAY_OK;
}

static void report_no_stage(config_loader *l, const char *name, int line, int column)
{
	assay_suggest s;
	char hint[160];

	assay_suggest_init(&s, name);
	for (size_t i = 0; assay_stages[i] != NULL; i++)
		assay_suggest_offer(&s, assay_stages[i]->name);
	assay_diagnostics_add(l->d, true, l->file, line, column, "no stage '%s' in this build%s", name,
			      assay_suggest_text(&s, hint, sizeof hint));
}

/* The name of a step: "stage" or {stage: parameters}. NULL (and a finding) for anything else. */
static const char *step_name(config_loader *l, const assay_yaml_node *item, int *line, int *column)
{
	*line = item->line;
	*column = item->column;
	if (item->type == ASSAY_YAML_SCALAR)
		return item->text;
	if (item->type == ASSAY_YAML_MAPPING && item->count == 1)
		return item->children[0].key;
	if (item->type == ASSAY_YAML_MAPPING && item->count > 1)
		CONFIG_ERROR(l, item, "one stage an item: begin '%s' on a line of its own with '-'",
			     item->children[1].key);
	else
		CONFIG_ERROR(l, item, "an item is the name of a stage, or {name: {parameter: value}}");
	return NULL;
}

static bool measures(const assay_stage *s)
{
	return assay_metric_count(s) > 0 || assay_artifact_count(s) > 0;
}

const assay_stage *config_item_stage(config_loader *l, const assay_yaml_node *item, assay_modality modality)
{
	int line, column;
	const char *name = step_name(l, item, &line, &column);
	const assay_stage *stage = name ? assay_stage_find(name) : NULL;

	if (name != NULL && stage == NULL)
		report_no_stage(l, name, line, column);
	if (stage == NULL || stage->modality == modality)
		return stage;
	CONFIG_ERROR(l, item, "stage '%s' is for %s, not for %s", stage->name, assay_modality_name(stage->modality),
		     assay_modality_name(modality));
	return NULL;
}

assay_code config_set_item(config_loader *l, const assay_yaml_node *item, const assay_config_step *step)
{
	return item->type == ASSAY_YAML_MAPPING ? set_params(l, &item->children[0], step) : ASSAY_OK;
}

static bool lint_place(config_loader *l, const assay_yaml_node *item, const assay_config_pipeline *p,
		       const assay_stage *stage)
{
	if (assay_stage_is_reader(stage) && (p->count > 1 || p->steps[0].line != 0)) {
		CONFIG_ERROR(l, item, "stage '%s' reads files and must come first", stage->name);
		return false;
	}
	for (size_t i = 0; i < p->count && measures(stage); i++)
		if (p->steps[i].stage == stage && !assay_stage_is_reader(stage)) {
			CONFIG_ERROR(l, item, "stage '%s' stands here twice: it would measure the same samples twice",
				     stage->name);
			return false;
		}
	return true;
}

/* An implied reader stands at line 0 until the list gives it a place (and parameters). */
static assay_code place_step(config_loader *l, const assay_yaml_node *item, assay_config_pipeline *p,
			     const assay_stage *stage)
{
	if (assay_stage_is_reader(stage)) {
		p->steps[0].line = item->line;
		p->steps[0].column = item->column;
		return ASSAY_OK;
	}
	return config_insert_step(l, item, p, p->count, stage);
}

static assay_code read_step(config_loader *l, const assay_yaml_node *item, assay_modality modality,
			    assay_config_pipeline *p)
{
	const assay_stage *stage = config_item_stage(l, item, modality);
	assay_code rc;

	if (stage == NULL || !lint_place(l, item, p, stage))
		return ASSAY_OK;
	rc = place_step(l, item, p, stage);
	if (rc == ASSAY_OK)
		rc = config_set_item(l, item, &p->steps[p->count - 1]);
	return rc == ASSAY_EFULL ? ASSAY_OK : rc;
}

/* ---------------------------------------------------------------- kinds of value along the list */

static const char *value_names(unsigned kinds, char out[64])
{
	static const char *const names[] = {"pages", "words", "frames", "sound", "marks", "cues"};

	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < ASSAY_COUNT(names); i++)
		if (kinds & 1u << i)
			used += (size_t)snprintf(out + used, 64 - used, "%s%s", used > 0 ? " or " : "", names[i]);
	return out;
}

static const assay_stage *stage_that_emits(unsigned kinds, assay_modality modality)
{
	for (size_t i = 0; assay_stages[i] != NULL; i++) {
		const assay_stage *s = assay_stages[i];

		if (s->modality == modality && !assay_stage_is_reader(s) && (s->emits & kinds) != 0 &&
		    ((s->observes | s->replaces) & kinds) != (s->observes | s->replaces))
			return s;
	}
	return NULL;
}

static void report_starved(config_loader *l, const assay_config_step *step, unsigned lacking)
{
	const assay_stage *maker = stage_that_emits(lacking, step->stage->modality);
	char kinds[64];

	value_names(lacking, kinds);
	if (maker != NULL)
		assay_diagnostics_add(l->d, true, l->file, step->line, step->column,
				      "stage '%s' needs %s, which nothing before it makes: put '%s' before it",
				      step->stage->name, kinds, maker->name);
	else
		assay_diagnostics_add(l->d, true, l->file, step->line, step->column,
				      "stage '%s' needs %s, which nothing before it makes", step->stage->name, kinds);
}

void config_lint_flow(config_loader *l, const assay_config_pipeline *p)
{
	unsigned available = p->steps[0].stage->emits;

	for (size_t i = 1; i < p->count; i++) {
		const assay_stage *s = p->steps[i].stage;
		const unsigned takes = s->observes | s->replaces;

		if ((s->needs & ~available) != 0)
			report_starved(l, &p->steps[i], s->needs & ~available);
		else if (takes != 0 && (takes & available) == 0)
			report_starved(l, &p->steps[i], takes);
		available = (available & ~s->replaces) | s->emits;
	}
}

/* ---------------------------------------------------------------- the list */

assay_code config_read_steps(config_loader *l, const assay_yaml_node *list, assay_modality modality,
			     assay_config_pipeline *out)
{
	static const assay_yaml_node implied = {0};
	const size_t errors = l->d->errors;
	assay_code rc;

	rc = config_insert_step(l, &implied, out, 0, assay_stage_reader(modality));
	for (size_t i = 0; i < list->count && rc == ASSAY_OK; i++)
		rc = read_step(l, &list->children[i], modality, out);
	if (rc == ASSAY_OK && l->d->errors == errors) /* one wrong stage would starve all that follow */
		config_lint_flow(l, out);
	return rc;
}
