#include "recipe_make.h"

#include "assay/params.h"

#include <stdlib.h>
#include <string.h>

static assay_code copy_text(char **out, const char *text, assay_err *err)
{
	*out = assay_strdup(text);
	return *out == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "recipe") : ASSAY_OK;
}

static assay_code make_params(assay_recipe_step *out, const assay_config_step *step, assay_err *err)
{
	const size_t rows = assay_param_count(step->stage);

	out->params = assay_alloc(rows, sizeof *out->params);
	if (out->params == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "recipe");
	for (size_t i = 0; i < rows; i++) {
		const assay_param *row = &step->stage->params[i];
		assay_recipe_param *p = &out->params[out->param_count];
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
		assay_code rc;

		if (row->local)
			continue;
		out->param_count++;
		assay_params_text(&text, row, step->params);
		rc = assay_buf_check(&text, err);
		if (rc == ASSAY_OK)
			rc = copy_text(&p->name, row->name, err);
		if (rc == ASSAY_OK)
			rc = copy_text(&p->text, assay_buf_str(&text), err);
		if (rc != ASSAY_OK)
			return rc;
	}
	return ASSAY_OK;
}

static assay_code make_file(assay_recipe_file *out, assay_engines *engines, const char *role, const char *path,
			    assay_err *err)
{
	const char *slash = strrchr(path, '/');
	assay_code rc = assay_engines_digest(&out->digest, engines, role, path, err);

	if (rc == ASSAY_OK)
		rc = copy_text(&out->role, role, err);
	return rc == ASSAY_OK ? copy_text(&out->name, slash != NULL ? slash + 1 : path, err) : rc;
}

static int compare_files(const void *a, const void *b)
{
	const assay_recipe_file *fa = a, *fb = b;
	const int by_name = strcmp(fa->name, fb->name);

	return by_name != 0 ? by_name : assay_digest_cmp(&fa->digest, &fb->digest);
}

static assay_code make_files(assay_recipe_step *out, const assay_config_step *step, assay_engines *engines,
			     assay_err *err)
{
	assay_stage_files files = {0};
	assay_code rc = ASSAY_OK;

	ASSAY_TRY(assay_engines_files(&files, engines, step->stage, step->params, err));
	out->files = assay_alloc(files.count, sizeof *out->files);
	if (out->files == NULL) {
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "recipe");
		goto fail;
	}
	while (out->file_count < files.count) {
		const size_t i = out->file_count++;

		ASSAY_TRY(make_file(&out->files[i], engines, files.roles[i], files.paths[i], err));
	}
	/* Where files lie is not part of the recipe, so neither may be the order of their folders. */
	if (out->file_count > 1)
		qsort(out->files, out->file_count, sizeof *out->files, compare_files);
fail:
	assay_stage_files_release(&files);
	return rc;
}

static assay_code make_libraries(assay_recipe_step *out, const assay_stage *stage, assay_engines *engines,
				 assay_err *err)
{
	const assay_build_ids *builds;
	assay_code rc = ASSAY_OK;

	if (stage->determinism != ASSAY_EXACT_PER_BUILD || stage->libraries == NULL)
		return ASSAY_OK;
	rc = assay_engines_libraries(&builds, engines, err);
	if (rc != ASSAY_OK)
		return rc;
	out->libraries = assay_alloc(builds->count, sizeof *out->libraries);
	if (out->libraries == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "recipe");
	for (size_t i = 0; i < builds->count && rc == ASSAY_OK; i++)
		for (const char *const *prefix = stage->libraries; *prefix != NULL; prefix++)
			if (strncmp(builds->items[i], *prefix, strlen(*prefix)) == 0) {
				rc = copy_text(&out->libraries[out->library_count++], builds->items[i], err);
				break;
			}
	return rc;
}

static assay_code make_metrics(assay_recipe_step *out, const assay_stage *stage, assay_err *err)
{
	const size_t n = assay_metric_count(stage);
	assay_code rc = ASSAY_OK;

	out->metrics = assay_alloc(n, sizeof *out->metrics);
	if (out->metrics == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "recipe");
	for (size_t i = 0; i < n && rc == ASSAY_OK; i++) {
		assay_recipe_metric *m = &out->metrics[out->metric_count++];

		m->scale = stage->metrics[i].scale;
		rc = copy_text(&m->name, stage->metrics[i].name, err);
		if (rc == ASSAY_OK)
			rc = copy_text(&m->unit, stage->metrics[i].unit, err);
	}
	return rc;
}

static assay_code make_artifacts(assay_recipe_step *out, const assay_stage *stage, assay_err *err)
{
	const size_t n = assay_artifact_count(stage);
	assay_code rc = ASSAY_OK;

	out->artifacts = assay_alloc(n, sizeof *out->artifacts);
	if (out->artifacts == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "recipe");
	for (size_t i = 0; i < n && rc == ASSAY_OK; i++) {
		assay_recipe_artifact *a = &out->artifacts[out->artifact_count++];

		rc = copy_text(&a->role, stage->artifacts[i].role, err);
		if (rc == ASSAY_OK)
			rc = copy_text(&a->media, stage->artifacts[i].media, err);
		if (rc == ASSAY_OK)
			rc = copy_text(&a->suffix, stage->artifacts[i].suffix, err);
	}
	return rc;
}

static assay_code make_step(assay_recipe_step *out, const assay_config_step *step, assay_engines *engines,
			    assay_err *err)
{
	const assay_stage *stage = step->stage;
	const char *engine;
	assay_code rc;

	out->version = stage->version;
	out->determinism = stage->determinism;
	ASSAY_TRY(copy_text(&out->stage, stage->name, err));
	ASSAY_TRY(assay_engines_version(&engine, engines, stage, err));
	ASSAY_TRY(copy_text(&out->engine, engine, err));
	ASSAY_TRY(make_params(out, step, err));
	ASSAY_TRY(make_files(out, step, engines, err));
	ASSAY_TRY(make_libraries(out, stage, engines, err));
	ASSAY_TRY(make_metrics(out, stage, err));
	ASSAY_TRY(make_artifacts(out, stage, err));
	return ASSAY_OK;
fail:
	return assay_err_prefix(err, "stage %s", stage->name);
}

assay_code assay_recipe_make(assay_recipe **out, assay_buf *record, assay_modality modality,
			     const assay_config_step *const *steps, size_t count, assay_engines *engines,
			     assay_err *err)
{
	ASSAY_CLEANUP(assay_recipe_closep) assay_recipe *draft = assay_alloc(1, sizeof *draft);
	const size_t start = record->len;
	assay_code rc = ASSAY_OK;

	*out = NULL;
	if (draft == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "recipe");
	draft->modality = modality;
	draft->steps = assay_alloc(count, sizeof *draft->steps);
	if (draft->steps == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "recipe");
	for (size_t i = 0; i < count && rc == ASSAY_OK; i++) {
		draft->step_count++;
		rc = make_step(&draft->steps[i], steps[i], engines, err);
	}
	if (rc != ASSAY_OK)
		return rc;
	assay_recipe_encode(record, draft);
	rc = assay_buf_check(record, err);
	/* Read back what was written: the digest and the numbering are those of the record. */
	return rc == ASSAY_OK ? assay_recipe_decode(out, record->data + start, record->len - start, err) : rc;
}
