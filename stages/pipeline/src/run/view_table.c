#include "assay/view.h"

#include "assay/buf.h"
#include "assay/object.h"

#include "view_cells.h"
#include "view_lines.h"
#include "view_table.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* What is told of every ticket of a list is read off the beginning of records: the rest of a page's words is large. */
#define WORDS_HEAD 64
#define CELLS_HEAD 192

/* The artifact of that role; NULL when it has none. */
static const assay_artifact_ref *artifact_of(const assay_recipe *r, const assay_result_sample *s, const char *role)
{
	for (size_t i = 0; i < s->artifact_count; i++) {
		const assay_artifact_ref *a = &s->artifacts[i];

		if (a->stage < r->step_count && a->type < r->steps[a->stage].artifact_count &&
		    strcmp(r->steps[a->stage].artifacts[a->type].role, role) == 0)
			return a;
	}
	return NULL;
}

/* What a store says may be anything. */
static bool take_box(int32_t box[4], const json_t *array)
{
	if (json_array_size(array) != 4)
		return false;
	for (size_t i = 0; i < 4; i++) {
		const json_t *n = json_array_get(array, i);

		if (!json_is_integer(n) || json_integer_value(n) < 0 || json_integer_value(n) > ASSAY_VIEW_SIDE_MAX)
			return false;
		box[i] = (int32_t)json_integer_value(n);
	}
	return box[0] < box[2] && box[1] < box[3];
}

/* As ocr.tables writes it: the box before the cells, which have boxes too. */
static bool take_head(int32_t box[4], const char *head)
{
	static const char before[] = ",\"box\":[";
	const char *at = strstr(head, before), *cells = strstr(head, "\"cells\"");
	char *end = NULL;

	if (at == NULL || (cells != NULL && cells < at))
		return false;
	at += sizeof before - 1;
	for (int i = 0; i < 4; i++, at = end + 1) {
		const long n = *at >= '0' && *at <= '9' ? strtol(at, &end, 10) : -1;

		if (n < 0 || n > ASSAY_VIEW_SIDE_MAX || *end != (i < 3 ? ',' : ']'))
			return false;
		box[i] = (int32_t)n;
	}
	return box[0] < box[2] && box[1] < box[3];
}

assay_code assay_view_table_box(int32_t box[4], bool *found, assay_store *s, const assay_recipe *recipe,
				const assay_result_sample *sample, assay_err *err)
{
	const assay_artifact_ref *a = sample->kind == ASSAY_SAMPLE_TABLE ? artifact_of(recipe, sample, "cells") : NULL;
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	char head[CELLS_HEAD];
	size_t n = 0;
	json_error_t e;
	json_t *root;
	assay_code rc;

	*found = false;
	if (a == NULL)
		return ASSAY_OK;
	rc = assay_object_head(s, &a->digest, head, sizeof head - 1, &n, err);
	head[n] = '\0';
	*found = rc == ASSAY_OK && take_head(box, head);
	if (rc == ASSAY_OK && !*found)
		rc = assay_object_get(s, &a->digest, &record, err);
	if (rc != ASSAY_OK || *found)
		return rc;
	root = json_loadb(assay_buf_str(&record), record.len, JSON_REJECT_DUPLICATES, &e);
	*found = take_box(box, json_object_get(root, "box"));
	json_decref(root);
	return ASSAY_OK;
}

assay_code assay_view_table_put(assay_buf *out, assay_store *s, const assay_recipe *recipe,
				const assay_result_sample *sample, int32_t space, const assay_view_columns *failing,
				assay_err *err)
{
	const assay_artifact_ref *a = artifact_of(recipe, sample, "cells");
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	const assay_code rc = a != NULL ? assay_object_get(s, &a->digest, &record, err) : ASSAY_OK;

	if (rc != ASSAY_OK || a == NULL)
		return rc;
	return assay_view_cells_put(out, assay_buf_str(&record), record.len, space, failing, err);
}

/* ---------------------------------------------------------------- the page */

/* The page that it is or lies on; NULL of what lies on none. */
static const assay_result_sample *page_of(const assay_result *r, const assay_result_sample *s)
{
	for (size_t i = 0; i < r->sample_count && s != NULL && s->kind != ASSAY_SAMPLE_PAGE; i++)
		s = s->parent < r->sample_count ? &r->samples[s->parent] : NULL;
	return s != NULL && s->kind == ASSAY_SAMPLE_PAGE ? s : NULL;
}

static bool take_measure(int32_t *out, const assay_recipe *r, const assay_result_sample *s, const char *name)
{
	for (size_t i = 0; i < s->measurement_count; i++) {
		const assay_measurement *m = &s->measurements[i];

		for (size_t k = 0; k < r->step_count; k++) {
			const assay_recipe_step *step = &r->steps[k];

			if (m->metric < step->metric_base || m->metric - step->metric_base >= step->metric_count ||
			    strcmp(step->metrics[m->metric - step->metric_base].name, name) != 0)
				continue;
			*out = m->defined && m->value > 0 && m->value <= ASSAY_VIEW_SIDE_MAX ? (int32_t)m->value : 0;
			return *out > 0;
		}
	}
	return false;
}

/* Words are in the pixels that boxes of tables are in; what was measured may be of the page before it was cut or scaled. */
static assay_code find_size(assay_view_region *out, assay_store *s, const assay_recipe *recipe,
			    const assay_result_sample *page, assay_err *err)
{
	const assay_artifact_ref *a = artifact_of(recipe, page, "words");
	char words[WORDS_HEAD];
	size_t n = 0;
	const assay_code rc = a != NULL ? assay_object_head(s, &a->digest, words, sizeof words, &n, err) : ASSAY_OK;

	if (rc != ASSAY_OK)
		return rc;
	out->has_size = a != NULL ? assay_view_page_size(out->size, words, n)
				  : take_measure(&out->size[0], recipe, page, "page.width") &&
					take_measure(&out->size[1], recipe, page, "page.height");
	return ASSAY_OK;
}

static bool is_lost(assay_code rc)
{
	return rc == ASSAY_ENOENT || rc == ASSAY_ECORRUPT;
}

assay_code assay_view_region_of(assay_view_region *out, assay_store *s, const assay_recipe *recipe,
				const assay_unit *unit, const assay_result_sample *sample, assay_err *err)
{
	const assay_result_sample *page = page_of(&unit->result, sample);
	assay_err lost = ASSAY_ERR_INIT;
	assay_code rc;

	*out = (assay_view_region){0};
	if (page == NULL)
		return ASSAY_OK;
	rc = find_size(out, s, recipe, page, &lost);
	if (rc == ASSAY_OK || is_lost(rc))
		rc = assay_view_table_box(out->box, &out->has_box, s, recipe, sample, &lost);
	if (rc != ASSAY_OK && !is_lost(rc)) {
		if (err != NULL)
			*err = lost;
		return rc;
	}
	if (sample == page && out->has_size) {
		out->has_box = true;
		memcpy(&out->box[2], out->size, sizeof out->size);
	}
	return ASSAY_OK;
}
