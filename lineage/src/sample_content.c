#include "assay/content.h"

#include "assay/source.h"
#include "assay/unit.h"

#include <string.h>

/* Of its key: what comes after the path. */
static const char *part_of(const assay_sample_row *row, const assay_source *src)
{
	const size_t path = strlen(src->path);

	return strncmp(row->key, src->path, path) == 0 && row->key[path] == '#' ? row->key + path + 1 : "";
}

static assay_code digest_of(assay_digest *out, assay_store *s, const assay_sample_row *row, assay_err *err)
{
	ASSAY_CLEANUP(assay_recipe_closep) assay_recipe *recipe = NULL;
	ASSAY_CLEANUP(assay_content_release) assay_content c = {0};
	ASSAY_AUTO_BUF scratch = ASSAY_BUF_INIT;
	ASSAY_AUTO_SOURCE src = {0};
	ASSAY_AUTO_UNIT u = {0};
	assay_code rc;

	ASSAY_TRY(assay_source_get(s, row->source, &src, err));
	ASSAY_TRY(assay_unit_get(s, row->judged_unit, &u, err));
	if (row->position >= u.result.sample_count)
		return ASSAY_ENOENT;
	ASSAY_TRY(assay_recipe_load(&recipe, s, &u.recipe, err));
	c.source = u.source;
	c.metadata_keys = (const char *const *)src.metadata_keys;
	c.metadata_values = (const char *const *)src.metadata_values;
	c.metadata_count = src.metadata_count;
	ASSAY_TRY(assay_content_of(&c, recipe, &u.result.samples[row->position], err));
	c.part = part_of(row, &src);
	rc = assay_content_digest(&c, &scratch, out, err);
fail:
	return rc;
}

assay_code assay_content_of_row(assay_store *s, const assay_sample_row *row, assay_digest *out, assay_err *err)
{
	assay_err why = ASSAY_ERR_INIT;
	assay_code rc;

	*out = (assay_digest){0};
	if (row->judged_unit == 0)
		return ASSAY_OK;
	rc = digest_of(out, s, row, &why);
	if (rc == ASSAY_OK || rc == ASSAY_ENOENT || rc == ASSAY_ECORRUPT)
		return ASSAY_OK;
	if (err != NULL)
		*err = why;
	return rc;
}
