#include "assay/table_columns.h"

#include "assay/object.h"

#include <string.h>

static bool is_columns(const assay_recipe *r, const assay_artifact_ref *a)
{
	return a->stage < r->step_count && a->type < r->steps[a->stage].artifact_count &&
	       strcmp(r->steps[a->stage].artifacts[a->type].role, ASSAY_TABLE_COLUMNS) == 0;
}

static assay_code read(assay_table_columns *out, assay_store *store, const assay_digest *d, const char *part,
		       assay_err *err)
{
	ASSAY_AUTO_BUF bytes = ASSAY_BUF_INIT;
	const assay_code rc = assay_object_get(store, d, &bytes, err);

	if (rc == ASSAY_ENOENT)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "the store does not hold the columns of table '%s'", part);
	return rc != ASSAY_OK ? rc : assay_table_columns_decode(out, bytes.data, bytes.len, err);
}

assay_code assay_table_columns_load(assay_table_columns *out, bool *found, assay_store *store,
				    const assay_recipe *recipe, const assay_result_sample *sample, assay_err *err)
{
	*out = (assay_table_columns){0};
	*found = false;
	for (size_t i = 0; sample->kind == ASSAY_SAMPLE_TABLE && i < sample->artifact_count; i++)
		if (is_columns(recipe, &sample->artifacts[i])) {
			*found = true;
			return read(out, store, &sample->artifacts[i].digest, sample->part, err);
		}
	return ASSAY_OK;
}

assay_code assay_table_columns_of(assay_table_columns *out, bool *found, assay_store *store, const assay_content *c,
				  assay_err *err)
{
	*out = (assay_table_columns){0};
	*found = false;
	for (size_t i = 0; c->kind == ASSAY_SAMPLE_TABLE && i < c->artifact_count; i++)
		if (strcmp(c->artifacts[i].role, ASSAY_TABLE_COLUMNS) == 0) {
			*found = true;
			return read(out, store, &c->artifacts[i].digest, c->part, err);
		}
	return ASSAY_OK;
}
