#include "assay/view.h"

#include "assay/buf.h"
#include "assay/object.h"

#include <jansson.h>
#include <string.h>

/* The artifact with its cells; NULL when it has none. */
static const assay_artifact_ref *cells_of(const assay_recipe *r, const assay_result_sample *s)
{
	for (size_t i = 0; i < s->artifact_count; i++) {
		const assay_artifact_ref *a = &s->artifacts[i];

		if (a->stage < r->step_count && a->type < r->steps[a->stage].artifact_count &&
		    strcmp(r->steps[a->stage].artifacts[a->type].role, "cells") == 0)
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

assay_code assay_view_table_box(int32_t box[4], bool *found, assay_store *s, const assay_recipe *recipe,
				const assay_result_sample *sample, assay_err *err)
{
	const assay_artifact_ref *a = sample->kind == ASSAY_SAMPLE_TABLE ? cells_of(recipe, sample) : NULL;
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	json_error_t e;
	json_t *root;
	assay_code rc;

	*found = false;
	if (a == NULL)
		return ASSAY_OK;
	rc = assay_object_get(s, &a->digest, &record, err);
	if (rc != ASSAY_OK)
		return rc;
	root = json_loadb(assay_buf_str(&record), record.len, JSON_REJECT_DUPLICATES, &e);
	*found = take_box(box, json_object_get(root, "box"));
	json_decref(root);
	return ASSAY_OK;
}
