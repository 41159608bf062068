#include "queue_table.h"

#include "assay/memory.h"
#include "assay/recipe.h"
#include "assay/unit.h"
#include "assay/view.h"

#include <stdlib.h>
#include <string.h>

/* "scans/a.tif#page=3&half=1&table=2": the number after the name, 0 without it. Paths have their "#" escaped. */
static uint32_t number_in(const char *subject, const char *name)
{
	const char *part = strchr(subject, '#');
	const char *at = part != NULL ? strstr(part, name) : NULL;
	const unsigned long n = at != NULL ? strtoul(at + strlen(name), NULL, 10) : 0;

	return n <= UINT32_MAX ? (uint32_t)n : 0;
}

bool assay_key_is_table(const char *key)
{
	return number_in(key, "&table=") > 0;
}

bool assay_ticket_is_table(const assay_ticket *t)
{
	return !t->is_source && assay_key_is_table(t->subject);
}

/* In parts of the page, so that it is found again on one that is read larger or smaller. */
static void set_box(assay_table_correction *out, const assay_view_region *r)
{
	for (int i = 0; i < 4 && r->has_size && r->has_box; i++) {
		const uint64_t px = r->box[i] < r->size[i % 2] ? (uint64_t)r->box[i] : (uint64_t)r->size[i % 2];

		out->box[i] = (uint32_t)(px * ASSAY_TABLE_CORRECTION_SIDE / (uint64_t)r->size[i % 2]);
	}
	if (out->box[0] >= out->box[2] || out->box[1] >= out->box[3])
		memset(out->box, 0, sizeof out->box); /* thinner than can be told */
}

assay_code assay_table_place(assay_table_correction *out, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_CLEANUP(assay_recipe_closep) assay_recipe *recipe = NULL;
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	ASSAY_AUTO_UNIT unit = {0};
	assay_view_region region = {0};
	assay_code rc;

	out->table = number_in(t->subject, "&table=");
	out->half = number_in(t->subject, "&half=");
	ASSAY_TRY(assay_sample_find(s, t->subject, &row, err));
	ASSAY_TRY(assay_unit_get(s, row.unit, &unit, err));
	ASSAY_TRY(assay_recipe_load(&recipe, s, &unit.recipe, err));
	if (row.position < unit.result.sample_count)
		ASSAY_TRY(assay_view_region_of(&region, s, recipe, &unit, &unit.result.samples[row.position], err));
	set_box(out, &region);
fail:
	return rc;
}

assay_code assay_table_other_page(assay_decision *out, assay_store *s, const assay_sample_row *row, assay_err *err)
{
	const char *hash = strchr(row->key, '#'), *at = hash != NULL ? strstr(hash, "&table=") : NULL;
	ASSAY_AUTO_FREE char *page = NULL;
	assay_code rc;

	*out = (assay_decision){0};
	if (at == NULL || row->way != ASSAY_WAY_REPLACED)
		return ASSAY_OK;
	page = assay_strndup(row->key, (size_t)(at - row->key));
	if (page == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "page");
	rc = assay_decision_peek_on(s, page, ASSAY_DECISION_OF_CONTENT, out, err);
	if (out->kind != ASSAY_DECISION_REPLACE || out->standing != ASSAY_DECISION_STANDS) {
		assay_decision_release(out);
		*out = (assay_decision){0};
	}
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}
