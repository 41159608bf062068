#include "verdict.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

/* Rows own their texts; one that is only compared and written borrows them. */
static char *borrow(const char *text)
{
	return (char *)(uintptr_t)text;
}

/* ---------------------------------------------------------------- the verdict */

static assay_code set_checks(assay_judging *j, assay_err *err)
{
	const assay_bench bench = {j->contracts, j->session->contracts, j->session->config->contract_count,
				   &j->session->config->vocabulary};
	const assay_code rc = assay_findings_set(&j->findings, &bench, &j->verdict, err);

	j->row.checks = j->findings.items;
	j->row.check_count = j->findings.count;
	return rc;
}

static assay_code judge_contracts(assay_judging *j, const assay_judged *of, assay_err *err)
{
	const assay_judge_subject subject = {
	    .kind = of->sample->kind,
	    .values = j->values.items,
	    .metadata_keys = (const char *const *)of->source->metadata_keys,
	    .metadata_values = (const char *const *)of->source->metadata_values,
	    .metadata_count = of->source->metadata_count,
	};

	const assay_code rc = assay_judge(&j->verdict, j->contracts, j->session->config->contract_count, &subject, err);

	return rc == ASSAY_OK ? set_checks(j, err) : rc;
}

static assay_code make_key(assay_buf *key, const char *path, const char *part, assay_err *err)
{
	assay_buf_reset(key);
	assay_sample_key(key, path, part);
	return assay_buf_check(key, err);
}

/* A stage's rejection comes first: what it saw is nearer to the sample than what people said of its source. */
static assay_code set_rejection(assay_judging *j, const assay_judged *of, const assay_metadata_view *m, assay_err *err)
{
	j->row.failure = of->sample->rejected;
	if (j->row.failure != ASSAY_FAILURE_NONE) {
		j->row.failed_stage = borrow(assay_known_step(of->recipe, of->sample->rejected_by));
	} else if (!assay_fields_accept(&j->session->config->fields, m, &j->broken)) {
		j->row.failure = ASSAY_FAILURE_METADATA;
		j->row.failed_stage = borrow("fields");
	}
	return assay_buf_check(&j->broken, err);
}

const char *assay_judging_message(const assay_judging *j, const assay_judged *of)
{
	if (of->sample->rejected != ASSAY_FAILURE_NONE)
		return of->sample->rejected_why;
	return j->broken.len > 0 ? assay_buf_str(&j->broken) : NULL;
}

/*
 * The order in which a sample's outcome is decided. Whoever keeps samples out before they are judged at all stands
 * before the contracts; a duplicate and a rejected sample keep the findings of the contracts, so that they can be told.
 */
static assay_code decide(assay_judging *j, const assay_judged *of, assay_err *err)
{
	const assay_config *c = j->session->config;
	const assay_metadata_view m = {(const char *const *)of->source->metadata_keys,
				       (const char *const *)of->source->metadata_values, of->source->metadata_count};
	const assay_filter *filter =
	    assay_filters_hit(&c->filters, &c->fields, of->source->modality, of->sample->kind, &m);
	assay_sample_row *row = &j->row;
	assay_code rc;

	assay_buf_reset(&j->broken);
	ASSAY_TRY(assay_sample_values_set(&j->values, of->recipe, of->sample, err));
	if (filter != NULL) {
		row->outcome = ASSAY_OUTCOME_FILTERED;
		row->failed_stage = borrow(filter->name);
		return ASSAY_OK;
	}
	ASSAY_TRY(set_rejection(j, of, &m, err));
	ASSAY_TRY(judge_contracts(j, of, err));
	if (of->original != NULL) {
		ASSAY_TRY(make_key(&j->original, of->original, of->sample->part, err));
		row->outcome = ASSAY_OUTCOME_DUPLICATE;
		row->original = borrow(assay_buf_str(&j->original));
		return ASSAY_OK;
	}
	row->outcome = row->failure != ASSAY_FAILURE_NONE || !j->verdict.passed ? ASSAY_OUTCOME_QUARANTINED
										: ASSAY_OUTCOME_ACCEPTED;
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
	return row->id != 0 && !row->missing && row->unit == now->unit && row->position == now->position &&
	       row->outcome == now->outcome && row->judged_unit == now->judged_unit && row->failure == now->failure &&
	       same_text(row->failed_stage, now->failed_stage) && same_text(row->original, now->original) &&
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
	assay_code rc;

	j->row = (assay_sample_row){
	    .source = of->source->id,
	    .unit = of->unit->id,
	    .position = of->position,
	    .contracts = j->session->contract_set,
	    .judged_unit = of->unit->id,
	    .judged_run = j->session->run.id,
	};
	ASSAY_TRY(make_key(&j->key, of->source->path, of->sample->part, err));
	j->row.key = borrow(assay_buf_str(&j->key));
	ASSAY_TRY(decide(j, of, err));
	assay_arena_rewind(&j->rows);
	rc = assay_sample_find_near(store, j->row.key, hint, &j->rows, &j->before, err);
	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return rc;
	j->row.id = j->before.id;
	*written = !row_stands(&j->before, &j->row);
	if (!*written) {
		keep_standing(&j->row, &j->before);
		return ASSAY_OK;
	}
	remember_before(&j->row, &j->before);
	rc = assay_sample_put(store, &j->row, err);
fail:
	return rc;
}

/* ---------------------------------------------------------------- life */

assay_code assay_judging_open(assay_judging *j, const assay_session *s, assay_err *err)
{
	const assay_config *c = s->config;

	*j = (assay_judging){.session = s};
	j->contracts = assay_alloc(c->contract_count, sizeof *j->contracts);
	if (j->contracts == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "judging");
	for (size_t i = 0; i < c->contract_count; i++)
		j->contracts[i] = c->contracts[i];
	return assay_sample_values_open(&j->values, &c->vocabulary, err);
}

void assay_judging_release(assay_judging *j)
{
	assay_sample_values_release(&j->values);
	free(j->contracts);
	assay_findings_release(&j->findings);
	assay_verdict_release(&j->verdict);
	assay_arena_release(&j->rows);
	assay_buf_release(&j->key);
	assay_buf_release(&j->original);
	assay_buf_release(&j->broken);
	*j = (assay_judging){0};
}
