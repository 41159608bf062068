#include "assay/pipeline.h"

#include "assay/recipe.h"

#include "known.h"
#include "seen.h"

#include <stdlib.h>
#include <string.h>

typedef struct counting {
	assay_pipeline_status *out;
	const assay_scan *scan;
	assay_seen *seen;  /* NULL: rows are read */
	uint64_t returned; /* found, and their rows say that they are missing */
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

static assay_code add_missing(counting *c, const char *key, assay_err *err)
{
	c->out->missing++;
	return add_path(&c->out->missing_paths, &c->out->missing_count, &c->out->missing_cap, key, err);
}

static assay_code count_missing(void *ctx, const assay_source *src, assay_err *err)
{
	counting *c = ctx;

	if (assay_scan_find(c->scan, src->path) != NULL)
		return ASSAY_OK;
	if (!src->missing)
		return add_missing(c, src->path, err);
	c->out->left++;
	return ASSAY_OK;
}

static assay_code count_gone(void *ctx, const char *key, assay_err *err)
{
	return add_missing(ctx, key, err);
}

static assay_code look(assay_look *out, counting *c, assay_session *s, const assay_found *f, assay_err *err)
{
	assay_seen_answer answer = ASSAY_SEEN_NOTHING;
	const assay_code rc = c->seen != NULL ? assay_seen_ask(&answer, c->seen, f, err) : ASSAY_OK;

	if (rc != ASSAY_OK || answer == ASSAY_SEEN_NOTHING)
		return rc == ASSAY_OK ? assay_source_look(out, s, f, true, err) : rc;
	*out = (assay_look){
	    .known = true,
	    .unchanged = true,
	    .standing = answer == ASSAY_SEEN_FAILED ? ASSAY_STANDING_FAILED : ASSAY_STANDING_DONE,
	};
	return ASSAY_OK;
}

static assay_code count_found(counting *c, assay_session *s, const assay_found *f, assay_err *err)
{
	assay_pipeline_status *out = c->out;
	assay_look now;
	const assay_code rc = look(&now, c, s, f, err);

	if (rc != ASSAY_OK)
		return rc;
	out->seen++;
	c->returned += (now.causes & ASSAY_CAUSE_RETURNED) != 0;
	if (now.unchanged) {
		out->unchanged++;
		return assay_look_count_failed(&out->failed, &now, s, f, err);
	}
	if (!now.known) {
		out->added++;
		return add_path(&out->added_paths, &out->added_count, &out->added_cap, f->key, err);
	}
	out->changed++;
	return add_path(&out->changed_paths, &out->changed_count, &out->changed_cap, f->key, err);
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static assay_code count_all_missing(counting *c, assay_store *store, assay_err *err)
{
	assay_pipeline_status *out = c->out;
	assay_code rc;

	if (c->seen != NULL) {
		/* What came back had left before the index was made, if it made it at all. */
		out->left = assay_seen_left(c->seen);
		out->left -= c->returned < out->left ? c->returned : out->left;
		return assay_seen_each_gone(c->seen, c->scan, count_gone, c, err);
	}
	rc = assay_sources_each(store, count_missing, c, err);
	if (out->missing_count > 1)
		qsort(out->missing_paths, out->missing_count, sizeof *out->missing_paths, compare_paths);
	return rc;
}

assay_code assay_pipeline_status_read(assay_pipeline_status *out, const assay_config *config, assay_store *store,
				      int rootfd, assay_err *err)
{
	assay_session s = {.config = config};
	assay_scan found = {0};
	counting c = {.out = out, .scan = &found};
	assay_code rc;

	*out = (assay_pipeline_status){0};
	ASSAY_TRY(assay_session_begin(&s, config, store, true, err));
	ASSAY_TRY(assay_scan_run(&found, config, rootfd, assay_store_dirfd(store), err));
	ASSAY_TRY(assay_session_recipes(&s, false, err));
	ASSAY_TRY(assay_decided_look(&s.decided, store, err));
	ASSAY_TRY(assay_seen_open(&c.seen, &s, err));
	for (size_t i = 0; i < found.count; i++)
		ASSAY_TRY(count_found(&c, &s, &found.items[i], err));
	ASSAY_TRY(count_all_missing(&c, store, err));
	out->damaged = ASSAY_STEAL(&s.decided.damaged);
	out->damaged_count = s.decided.damaged_count;
fail:
	assay_seen_close(c.seen);
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
	free(s->damaged);
	*s = (assay_pipeline_status){0};
}
