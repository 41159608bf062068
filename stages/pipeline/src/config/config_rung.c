/** One attempt of a remedy: a copy of the configured pipeline in which some steps are changed. */
#include "config_loader.h"

#include "assay/memory.h"
#include "assay/params.h"
#include "assay/registry.h"

#include <string.h>

/* ---------------------------------------------------------------- copies */

static assay_code copy_pipeline(assay_config_pipeline *out, const assay_config_pipeline *p, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < p->count && rc == ASSAY_OK; i++) {
		out->steps[i] = p->steps[i];
		out->steps[i].params = NULL;
		rc = assay_params_copy(&out->steps[i].params, p->steps[i].stage, p->steps[i].params, err);
		out->count += rc == ASSAY_OK;
	}
	return rc;
}

assay_code config_pipelines_same(bool *out, const assay_config_pipeline *a, const assay_config_pipeline *b,
				 assay_err *err)
{
	*out = a->count == b->count;
	for (size_t i = 0; i < a->count && *out; i++) {
		ASSAY_AUTO_BUF x = ASSAY_BUF_INIT;
		ASSAY_AUTO_BUF y = ASSAY_BUF_INIT;
		assay_code rc;

		if (a->steps[i].stage != b->steps[i].stage) {
			*out = false;
			break;
		}
		assay_params_encode(&x, a->steps[i].stage, a->steps[i].params, true);
		assay_params_encode(&y, b->steps[i].stage, b->steps[i].params, true);
		rc = assay_buf_check(&x, err);
		if (rc == ASSAY_OK)
			rc = assay_buf_check(&y, err);
		if (rc != ASSAY_OK)
			return rc;
		*out = x.len == y.len && memcmp(x.data, y.data, x.len) == 0;
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- changes */

static size_t order_of(const assay_stage *stage)
{
	size_t i = 0;

	while (assay_stages[i] != stage)
		i++;
	return i;
}

/* Before the first step that the registry lists after it: the order in which the stages are meant to stand. */
static size_t place_of(const assay_config_pipeline *p, const assay_stage *stage)
{
	size_t at = 1;

	while (at < p->count && order_of(p->steps[at].stage) <= order_of(stage))
		at++;
	return at;
}

static assay_code put_in(config_loader *l, const assay_yaml_node *item, assay_config_pipeline *p,
			 const assay_stage *stage)
{
	const size_t at = place_of(p, stage);
	assay_code rc;

	if (assay_stage_is_reader(stage)) {
		CONFIG_ERROR(l, item, "stage '%s' reads files: an attempt may change a reader but not put one in",
			     stage->name);
		return ASSAY_OK;
	}
	rc = config_insert_step(l, item, p, at, stage);
	if (rc == ASSAY_EFULL)
		return ASSAY_OK;
	return rc == ASSAY_OK ? config_set_item(l, item, &p->steps[at]) : rc;
}

/* Every step of the stage gets the parameters; one with a finding is enough. */
static assay_code change(config_loader *l, const assay_yaml_node *item, assay_modality modality,
			 assay_config_pipeline *p)
{
	const assay_stage *stage = config_item_stage(l, item, modality);
	const size_t errors = l->d->errors;
	assay_code rc = ASSAY_OK;
	bool has = false;

	if (stage == NULL)
		return ASSAY_OK;
	for (size_t i = 0; i < p->count && rc == ASSAY_OK && l->d->errors == errors; i++) {
		if (p->steps[i].stage != stage)
			continue;
		has = true;
		p->steps[i].line = item->line;
		p->steps[i].column = item->column;
		rc = config_set_item(l, item, &p->steps[i]);
	}
	return has || rc != ASSAY_OK ? rc : put_in(l, item, p, stage);
}

static const char *name_of(const assay_yaml_node *item)
{
	return item->type == ASSAY_YAML_MAPPING && item->count > 0 ? item->children[0].key : config_text(item);
}

static bool stands_before(const assay_yaml_node *list, size_t at)
{
	const char *name = name_of(&list->children[at]);

	for (size_t i = 0; i < at && name != NULL; i++) {
		const char *other = name_of(&list->children[i]);

		if (other != NULL && strcmp(other, name) == 0)
			return true;
	}
	return false;
}

static assay_code change_all(config_loader *l, const assay_yaml_node *item, assay_modality modality,
			     assay_config_pipeline *p)
{
	assay_code rc = ASSAY_OK;

	if (item->type == ASSAY_YAML_MAPPING && item->count > 1) {
		CONFIG_ERROR(l, item, "several changes in one attempt are a list: [%s: {}, %s: {}]",
			     item->children[0].key, item->children[1].key);
		return ASSAY_OK;
	}
	if (item->type != ASSAY_YAML_SEQUENCE)
		return change(l, item, modality, p);
	if (item->count == 0)
		CONFIG_ERROR(l, item, "an attempt changes at least one stage");
	for (size_t i = 0; i < item->count && rc == ASSAY_OK; i++) {
		if (stands_before(item, i))
			CONFIG_ERROR(l, &item->children[i], "stage '%s' stands in this attempt twice",
				     name_of(&item->children[i]));
		else
			rc = change(l, &item->children[i], modality, p);
	}
	return rc;
}

/* ---------------------------------------------------------------- the rung */

/* The configured pipeline; where there is none or a wrong one, a finding of its own, the reader alone. */
static assay_code begin(config_loader *l, assay_modality modality, assay_config_pipeline *out)
{
	static const assay_yaml_node implied = {0};
	const assay_config_pipeline *p = &l->c->pipelines[modality];

	if (p->count > 0 && !l->pipelines_wrong)
		return copy_pipeline(out, p, l->err);
	return config_insert_step(l, &implied, out, 0, assay_stage_reader(modality));
}

assay_code config_read_rung(config_loader *l, const assay_yaml_node *item, const char *remedy, assay_modality modality,
			    assay_config_rung *out)
{
	const size_t errors = l->d->errors;
	bool same = false;
	assay_code rc;

	*out = (assay_config_rung){
	    .pipeline = assay_alloc(1, sizeof *out->pipeline), .line = item->line, .column = item->column};
	if (out->pipeline == NULL)
		return CONFIG_ENOMEM(l);
	rc = begin(l, modality, out->pipeline);
	if (rc == ASSAY_OK)
		rc = change_all(l, item, modality, out->pipeline);
	if (rc != ASSAY_OK || l->d->errors > errors || l->pipelines_wrong)
		return rc;
	config_lint_flow(l, out->pipeline);
	rc = config_pipelines_same(&same, out->pipeline, &l->c->pipelines[modality], l->err);
	if (rc == ASSAY_OK && same)
		CONFIG_ERROR(l, item,
			     "this attempt of remedy '%s' changes nothing: pipelines.%s does all of it already", remedy,
			     assay_modality_name(modality));
	return rc;
}
