#include "assay/pipeline.h"

#include "assay/recipe.h"

#include "known.h"

#include <stdlib.h>
#include <string.h>

typedef struct counting {
	assay_pipeline_status *out;
	const assay_scan *scan;
} counting;

static assay_code add_path(char ***list, size_t *count, size_t *cap, const char *path, assay_err *err)
{
	assay_code rc = assay_grow(list, cap, *count, sizeof **list, err);

	if (rc != ASSAY_OK)
		return rc;
	(*list)[*count] = assay_strdup(path);
	if ((*list)[*count] == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "status");
	(*count)++;
	return ASSAY_OK;
}

static assay_code count_missing(void *ctx, const assay_source *src, assay_err *err)
{
	counting *c = ctx;

	if (assay_scan_find(c->scan, src->path) != NULL)
		return ASSAY_OK;
	c->out->missing++;
	return add_path(&c->out->missing_paths, &c->out->missing_count, &c->out->missing_cap, src->path, err);
}

static assay_code count_found(assay_pipeline_status *out, assay_session *s, const assay_found *f, assay_err *err)
{
	assay_look look;
	const assay_code rc = assay_source_look(&look, s, f, true, err);

	if (rc != ASSAY_OK)
		return rc;
	out->seen++;
	if (look.unchanged) {
		out->unchanged++;
		out->failed += look.standing == ASSAY_STANDING_FAILED;
		return ASSAY_OK;
	}
	if (!look.known) {
		out->added++;
		return add_path(&out->added_paths, &out->added_count, &out->added_cap, f->key, err);
	}
	out->changed++;
	return add_path(&out->changed_paths, &out->changed_count, &out->changed_cap, f->key, err);
}

assay_code assay_pipeline_status_read(assay_pipeline_status *out, const assay_config *config, assay_store *store,
				      int rootfd, assay_err *err)
{
	assay_session s = {.config = config, .store = store};
	assay_scan found = {0};
	counting c = {.out = out, .scan = &found};
	assay_code rc;

	*out = (assay_pipeline_status){0};
	ASSAY_TRY(assay_build_ids_read(&s.builds, err));
	ASSAY_TRY(assay_session_recipes(s.recipes, config, &s.builds, NULL, err));
	ASSAY_TRY(assay_scan_run(&found, config, rootfd, assay_store_dirfd(store), err));
	for (size_t i = 0; i < found.count; i++)
		ASSAY_TRY(count_found(out, &s, &found.items[i], err));
	ASSAY_TRY(assay_sources_each(store, count_missing, &c, err));
fail:
	assay_scan_release(&found);
	assay_session_release(&s);
	return rc;
}

static void free_paths(char **paths, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(paths[i]);
	free(paths);
}

void assay_pipeline_status_release(assay_pipeline_status *s)
{
	free_paths(s->added_paths, s->added_count);
	free_paths(s->changed_paths, s->changed_count);
	free_paths(s->missing_paths, s->missing_count);
	*s = (assay_pipeline_status){0};
}
