#include "view_chain.h"

#include "assay/params.h"
#include "assay/registry.h"

#include <string.h>

#define STRIP_WIDTH "640" /* px of a key frame that is made to be looked at */

void assay_view_chain_release(assay_view_chain *c)
{
	for (size_t i = 0; i < c->count; i++)
		assay_params_free(c->steps[i].stage, c->params[i]);
	*c = (assay_view_chain){0};
}

static assay_code set_list(const assay_stage *stage, void *params, const assay_param *row, const char *text,
			   assay_err *err)
{
	assay_code rc = ASSAY_OK;

	assay_params_clear_list(stage, params, row);
	for (text += *text == '['; rc == ASSAY_OK && *text != '\0' && *text != ']';) {
		const size_t n = strcspn(text, ",]");
		ASSAY_AUTO_FREE char *item = assay_strndup(text, n);

		rc = item != NULL ? assay_params_set(stage, params, row, item, err)
				  : ASSAY_RAISE(err, ASSAY_ENOMEM, "parameter");
		text += n;
		text += strspn(text, ", ");
	}
	return rc;
}

static assay_code set_text(const assay_stage *stage, void *params, const char *name, const char *text, assay_err *err)
{
	const assay_param *row = assay_param_find(stage, name);

	if (row == NULL)
		return ASSAY_RAISE(err, ASSAY_ECONFIG, "%s has no parameter '%s'", stage->name, name);
	return row->type == ASSAY_PARAM_LIST ? set_list(stage, params, row, text, err)
					     : assay_params_set(stage, params, row, text, err);
}

/* What is of this machine is as the pipeline has it now. */
static assay_code set_local(const assay_stage *stage, void *params, const assay_config *config, assay_err *err)
{
	const assay_config_pipeline *p = &config->pipelines[stage->modality];
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < p->count; i++)
		for (size_t k = 0; p->steps[i].stage == stage && k < assay_param_count(stage) && rc == ASSAY_OK; k++) {
			ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

			if (!stage->params[k].local)
				continue;
			assay_params_text(&text, &stage->params[k], p->steps[i].params);
			rc = assay_buf_check(&text, err);
			if (rc == ASSAY_OK)
				rc = set_text(stage, params, stage->params[k].name, assay_buf_str(&text), err);
		}
	return rc;
}

/* step NULL: with its defaults. */
static assay_code add_step(assay_view_chain *c, const assay_stage *stage, const assay_recipe_step *step,
			   const assay_config *config, assay_err *err)
{
	void **params = &c->params[c->count];
	assay_code rc = ASSAY_OK;

	if (stage->params != NULL)
		rc = assay_params_new(params, stage, err);
	if (rc != ASSAY_OK)
		return rc;
	c->steps[c->count++] = (assay_worker_step){stage, *params};
	for (size_t i = 0; step != NULL && i < step->param_count && rc == ASSAY_OK; i++)
		rc = set_text(stage, *params, step->params[i].name, step->params[i].text, err);
	return rc == ASSAY_OK ? set_local(stage, *params, config, err) : rc;
}

/* Of a page all that changes it, of a video what divides it into shots, of sound the reader alone. */
static bool is_wanted(const assay_stage *stage, assay_sample_kind kind)
{
	if (assay_stage_is_reader(stage))
		return true;
	if (kind == ASSAY_SAMPLE_PAGE)
		return (stage->replaces & ASSAY_VALUE_PAGE) != 0;
	return (kind == ASSAY_SAMPLE_VIDEO || kind == ASSAY_SAMPLE_SHOT) &&
	       (stage->makes & ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_SHOT)) != 0;
}

static const char *picture_of(assay_sample_kind kind)
{
	switch (kind) {
	case ASSAY_SAMPLE_PAGE:
		return "page.picture";
	case ASSAY_SAMPLE_VIDEO:
	case ASSAY_SAMPLE_SHOT:
		return "video.keyframes";
	case ASSAY_SAMPLE_AUDIO:
	case ASSAY_SAMPLE_SEGMENT:
		return "audio.picture";
	case ASSAY_SAMPLE_TABLE: /* by the chain of its page */
		break;
	}
	return NULL;
}

/* Up to where the page is read: what comes after works on another one. */
static assay_code add_steps(assay_view_chain *c, const char **missing, const assay_recipe *recipe,
			    assay_sample_kind kind, const assay_config *config, assay_err *err)
{
	for (size_t i = 0; i < recipe->step_count && c->count + 2 < ASSAY_VIEW_STEPS_MAX; i++) {
		const assay_recipe_step *step = &recipe->steps[i];
		const assay_stage *stage = assay_stage_find(step->stage);
		assay_code rc;

		if (stage != NULL && (stage->emits & ASSAY_VALUE_WORDS) != 0)
			return ASSAY_OK;
		if (stage != NULL && !is_wanted(stage, kind))
			continue;
		if (stage == NULL || stage->version != step->version) {
			*missing = "this build has another version of a step that made it";
			return ASSAY_OK;
		}
		rc = add_step(c, stage, step, config, err);
		if (rc == ASSAY_ECONFIG)
			*missing = "this build has other parameters of a step that made it";
		if (rc != ASSAY_OK)
			return rc == ASSAY_ECONFIG ? ASSAY_OK : rc;
	}
	return ASSAY_OK;
}

assay_code assay_view_chain_make(assay_view_chain *out, const char **missing, const assay_recipe *recipe,
				 assay_sample_kind kind, const assay_config *config, assay_err *err)
{
	const char *name = picture_of(kind);
	const assay_stage *picture = name != NULL ? assay_stage_find(name) : NULL;
	assay_code rc;

	*missing = NULL;
	if (picture == NULL) {
		*missing = "there is no picture of such a sample";
		return ASSAY_OK;
	}
	rc = add_steps(out, missing, recipe, kind, config, err);
	if (rc != ASSAY_OK || *missing != NULL)
		return rc;
	rc = add_step(out, picture, NULL, config, err);
	if (rc == ASSAY_OK && (kind == ASSAY_SAMPLE_VIDEO || kind == ASSAY_SAMPLE_SHOT))
		rc = set_text(picture, out->params[out->count - 1], "max_width", STRIP_WIDTH, err);
	return rc;
}
