/* A version keeps of a sample what was delivered and nothing of one that was not; the rest is looked for in rows. */
#include "diff_walk.h"

#include "assay/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void assay_diff_reasons_release(assay_diff_reasons *r)
{
	assay_changes_release(&r->changes);
	assay_sample_row_release(&r->row);
}

/* ---------------------------------------------------------------- what a sample was made from */

typedef struct specimen {
	assay_unit unit;
	assay_recipe *own;          /* NULL where the version's is meant */
	const assay_recipe *recipe; /* own, or the version's */
	const assay_result_sample *sample;
} specimen;

static void specimen_release(specimen *x)
{
	assay_unit_release(&x->unit);
	assay_recipe_close(x->own);
}

/* A judging that came to no version may have written it anew since. */
static bool tells_of(const assay_diff_side *side, const assay_sample_row *row)
{
	return side->is_latest && row->judged_run <= side->until;
}

static assay_code find_unit(assay_store *s, const assay_diff_side *side, const assay_trie_entry *e,
			    const assay_sample_row *row, uint64_t *unit, assay_err *err)
{
	assay_code rc;

	*unit = 0;
	if (!assay_digest_is_zero(&e->work_key)) {
		rc = assay_unit_find(s, &e->work_key, unit, err);
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	}
	*unit = row->key != NULL ? assay_sample_row_unit(row, e->outcome, &side->contract_set, tells_of(side, row)) : 0;
	return ASSAY_OK;
}

static const assay_recipe *recipe_of(const assay_diff_side *side, const assay_digest *d)
{
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++)
		if (side->x.recipes[m] != NULL && assay_digest_eq(&side->x.recipes[m]->digest, d))
			return side->x.recipes[m];
	return NULL;
}

/* *known is false when the store cannot say. */
static assay_code load_specimen(specimen *out, assay_store *s, const assay_diff_side *side, const assay_trie_entry *e,
				const assay_sample_row *row, bool *known, assay_err *err)
{
	uint64_t unit;
	assay_code rc = find_unit(s, side, e, row, &unit, err);

	*known = false;
	if (rc != ASSAY_OK || unit == 0)
		return rc;
	rc = assay_unit_get(s, unit, &out->unit, err);
	if (rc != ASSAY_OK)
		return rc;
	out->recipe = recipe_of(side, &out->unit.recipe);
	if (out->recipe == NULL) {
		rc = assay_recipe_load(&out->own, s, &out->unit.recipe, err);
		out->recipe = out->own;
	}
	out->sample = assay_unit_sample(&out->unit, e->key);
	*known = rc == ASSAY_OK && out->sample != NULL;
	return rc;
}

/* ---------------------------------------------------------------- term by term */

/* What is delivered and came of the same work can differ in nothing but what assay.yaml says of the source. */
static assay_code diff_metadata(assay_changes *c, const assay_trie_entry *a, const assay_trie_entry *b, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	if (assay_digest_is_zero(&a->content) || assay_digest_is_zero(&b->content) ||
	    assay_digest_eq(&a->content, &b->content) || c->count > 0)
		return ASSAY_OK;
	assay_buf_puts(&text, "the metadata of its source changed");
	return assay_changes_add(c, (assay_change_words){.what = "metadata"}, &text, err);
}

/* Is it made of a file that a person put in the place of the sample, of what it is on or of its source? */
static bool stands_in(const assay_diff_side *side, const char *key, const specimen *x)
{
	const assay_decision_list *l = &side->x.decisions;

	for (size_t i = 0; i < l->count; i++) {
		const assay_decision *d = &l->items[i];
		const size_t n = strlen(d->subject);

		if (d->kind == ASSAY_DECISION_REPLACE && assay_digest_eq(&d->payload, &x->unit.source) &&
		    strncmp(d->subject, key, n) == 0 && (key[n] == '\0' || key[n] == '#' || key[n] == '&'))
			return true;
	}
	return false;
}

static assay_code compare(assay_changes *c, const specimen *a, const specimen *b, const bool stands[2], assay_err *err)
{
	ASSAY_AUTO_INPUTS was = {0};
	ASSAY_AUTO_INPUTS is = {0};
	const assay_measured before = {a->sample, a->recipe}, now = {b->sample, b->recipe};
	assay_code rc;

	if (a->unit.id == b->unit.id)
		return ASSAY_OK;
	ASSAY_TRY(assay_inputs_of_unit(&was, &a->unit, err));
	ASSAY_TRY(assay_inputs_of_unit(&is, &b->unit, err));
	was.stands_in = stands[0];
	is.stands_in = stands[1];
	ASSAY_TRY(assay_changes_files(c, &was, &is, err));
	ASSAY_TRY(assay_changes_recipes(c, a->recipe, b->recipe, err));
	ASSAY_TRY(assay_changes_metrics(c, &before, &now, err));
	ASSAY_TRY(assay_changes_artifacts(c, &before, &now, err));
fail:
	return rc;
}

/* A filter took it out of one of them: it is another, or what it looks at is. */
static assay_code diff_filters(assay_changes *c, const assay_diff_side *side_a, const assay_trie_entry *a,
			       const assay_diff_side *side_b, const assay_trie_entry *b, assay_err *err)
{
	const bool was = a->outcome == ASSAY_OUTCOME_FILTERED && a->stage != NULL;
	const bool is = b->outcome == ASSAY_OUTCOME_FILTERED && b->stage != NULL;
	const size_t before = c->count;
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	assay_code rc = ASSAY_OK;

	if ((!was && !is) || !side_a->filters_known || !side_b->filters_known)
		return ASSAY_OK;
	if (was)
		rc = assay_changes_filter(c, &side_a->filters, &side_b->filters, a->stage, err);
	if (rc == ASSAY_OK && is && (!was || strcmp(a->stage, b->stage) != 0))
		rc = assay_changes_filter(c, &side_a->filters, &side_b->filters, b->stage, err);
	if (rc != ASSAY_OK || c->count > before)
		return rc;
	assay_buf_puts(&text, "the metadata of its source changed, or what 'fields' say of them");
	return assay_changes_add(c, (assay_change_words){.what = "metadata"}, &text, err);
}

/* Which terms of the recipe come first: those of what sorted it out, in either version. */
static assay_code focus(assay_diff_reasons *out, const assay_trie_entry *a, const assay_trie_entry *b,
			const assay_recipe *recipe, assay_err *err)
{
	const assay_trie_entry *failed = b->failure != ASSAY_FAILURE_NONE ? b : a;
	const assay_focus f = {.failed_stage = failed->failure != ASSAY_FAILURE_NONE ? failed->stage : NULL,
			       .checks = out->row.checks,
			       .check_count = out->row.check_count};

	return assay_changes_focus(&out->changes, &f, recipe, err);
}

static assay_code load_row(assay_sample_row *out, assay_store *s, const char *key, assay_err *err)
{
	const assay_code rc = assay_sample_find(s, key, out, err);

	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

assay_code assay_diff_explain(assay_diff_reasons *out, assay_store *s, const assay_diff_side *side_a,
			      const assay_trie_entry *a, const assay_diff_side *side_b, const assay_trie_entry *b,
			      assay_err *err)
{
	ASSAY_CLEANUP(specimen_release) specimen x = {0};
	ASSAY_CLEANUP(specimen_release) specimen y = {0};
	bool known = false;
	assay_code rc;

	*out = (assay_diff_reasons){0};
	if ((a != NULL ? a : b)->kind == 0) /* a source that failed has no sample */
		return assay_changes_decisions(&out->changes, s, &side_a->x.decisions, &side_b->x.decisions,
					       (a != NULL ? a : b)->key, err);
	ASSAY_TRY(load_row(&out->row, s, (a != NULL ? a : b)->key, err));
	if (a != NULL && b != NULL)
		ASSAY_TRY(load_specimen(&x, s, side_a, a, &out->row, &known, err));
	if (known)
		ASSAY_TRY(load_specimen(&y, s, side_b, b, &out->row, &known, err));
	out->known = known;
	if (known) {
		const bool stands[2] = {stands_in(side_a, a->key, &x), stands_in(side_b, b->key, &y)};

		ASSAY_TRY(compare(&out->changes, &x, &y, stands, err));
		ASSAY_TRY(diff_metadata(&out->changes, a, b, err));
		ASSAY_TRY(focus(out, a, b, y.recipe, err));
	}
	ASSAY_TRY(assay_changes_decisions(&out->changes, s, &side_a->x.decisions, &side_b->x.decisions,
					  (a != NULL ? a : b)->key, err));
	if (a != NULL && b != NULL)
		ASSAY_TRY(diff_filters(&out->changes, side_a, a, side_b, b, err));
	if (!tells_of(side_b, &out->row) || b == NULL || out->row.missing) {
		assay_sample_row_release(&out->row);
		out->row = (assay_sample_row){0};
	}
	return ASSAY_OK;
fail:
	return rc;
}
