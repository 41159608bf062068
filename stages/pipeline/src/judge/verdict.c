#include "verdict.h"

#include "treat.h"

#include <string.h>

/* ---------------------------------------------------------------- the verdict */

static assay_code make_key(assay_buf *key, const char *path, const char *part, assay_err *err)
{
	assay_buf_reset(key);
	assay_sample_key(key, path, part);
	return assay_buf_check(key, err);
}

/*
 * The order in which a sample's outcome is decided. Whoever keeps samples out before they are judged at all stands
 * before the contracts; a duplicate and a rejected sample keep the findings of the contracts, so that they can be told.
 */
static assay_code decide(assay_judging *j, assay_err *err)
{
	const assay_config *c = j->session->config;
	const assay_judged *of = &j->of;
	const assay_metadata_view m = {(const char *const *)of->source->metadata_keys,
				       (const char *const *)of->source->metadata_values, of->source->metadata_count};
	const assay_filter *filter =
	    assay_filters_hit(&c->filters, &c->fields, of->source->modality, of->sample->kind, &m);
	assay_sample_row *row = &j->row;
	assay_code rc;

	if (filter != NULL) {
		row->outcome = ASSAY_OUTCOME_FILTERED;
		row->failed_stage = assay_judging_text(filter->name);
		return assay_sample_values_set(&j->values, of->recipe, of->sample, err);
	}
	ASSAY_TRY(assay_judging_weigh(j, of, err));
	if (of->original == NULL)
		return of->given_up != NULL ? assay_sample_give_up(j, of->given_up) : assay_sample_treat(j, err);
	ASSAY_TRY(make_key(&j->original, of->original, of->part, err));
	row->outcome = ASSAY_OUTCOME_DUPLICATE;
	row->original = assay_judging_text(assay_buf_str(&j->original));
fail:
	return rc;
}

/* ---------------------------------------------------------------- the row */

static bool same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool row_stands(const assay_sample_row *row, const assay_sample_row *now)
{
	return row->id != 0 && row->unit == now->unit && row->position == now->position &&
	       row->outcome == now->outcome && row->judged_unit == now->judged_unit && row->failure == now->failure &&
	       same_text(row->failed_stage, now->failed_stage) && same_text(row->original, now->original) &&
	       row->way == now->way && row->rung == now->rung && row->decision == now->decision &&
	       row->plain_unit == now->plain_unit && same_text(row->remedy, now->remedy) &&
	       assay_failed_checks_same(row->checks, row->check_count, now->checks, now->check_count);
}

static void remember_before(assay_sample_row *now, const assay_sample_row *before)
{
	now->has_before = before->outcome != 0;
	now->before_outcome = before->outcome;
	now->before_contracts = before->contracts;
	now->before_unit = before->judged_unit;
}

static void keep_standing(assay_sample_row *now, const assay_sample_row *before)
{
	now->contracts = before->contracts;
	now->judged_run = before->judged_run;
	now->has_before = before->has_before;
	now->before_outcome = before->before_outcome;
	now->before_contracts = before->before_contracts;
	now->before_unit = before->before_unit;
}

assay_code assay_sample_judge(assay_judging *j, const assay_judged *of, bool *written, assay_err *err)
{
	assay_store *store = j->session->store;
	const uint64_t hint = j->before.id + 1;
	bool stands;
	assay_code rc;

	j->row = (assay_sample_row){
	    .source = of->source->id,
	    .contracts = j->session->contract_set,
	    .judged_run = j->session->run.id,
	};
	if (of->whole != NULL) {
		j->row.way = of->whole->way;
		j->row.remedy = assay_judging_text(of->whole->remedy);
		j->row.rung = of->whole->rung;
		j->row.plain_unit = of->whole->plain_unit;
		j->row.decision = of->whole->decision;
	}
	j->of = j->base = *of;
	j->state = 0;
	j->decision = j->content = NULL;
	j->unsettled = false;
	assay_repair_begin(&j->repair);
	ASSAY_TRY(make_key(&j->key, of->source->path, of->part, err));
	j->row.key = assay_judging_text(assay_buf_str(&j->key));
	ASSAY_TRY(decide(j, err));
	j->row.unit = j->row.judged_unit = j->of.unit->id;
	j->row.position = j->of.position;
	assay_arena_rewind(&j->rows);
	rc = assay_sample_find_near(store, j->row.key, hint, &j->rows, &j->before, err);
	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return rc;
	j->row.id = j->before.id;
	stands = row_stands(&j->before, &j->row);
	/* A verdict that the next judging will replace is no part of the sample's history. */
	*written = (!stands || j->before.missing) && !j->passing && !(j->repairs && assay_repair_wants(&j->repair));
	/* One that is back as it was has the history that it had: its file was only looked at once more. */
	if (stands || !*written)
		keep_standing(&j->row, &j->before);
	else
		remember_before(&j->row, &j->before);
	rc = *written ? assay_sample_put(store, &j->row, err) : ASSAY_OK;
fail:
	return rc;
}
