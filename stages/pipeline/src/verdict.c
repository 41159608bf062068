#include "verdict.h"

#include "assay/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- values */

static void forget_values(assay_judging *j)
{
	while (j->set_count > 0)
		j->values[j->set[--j->set_count]] = (assay_judge_value){0};
}

static assay_code set_values(assay_judging *j, const assay_judged *of, assay_err *err)
{
	const assay_known_recipe *k = of->recipe;

	forget_values(j);
	for (size_t i = 0; i < of->sample->measurement_count; i++) {
		const assay_measurement *m = &of->sample->measurements[i];
		size_t n;

		if (m->metric >= k->recipe->metric_total)
			return ASSAY_RAISE(err, ASSAY_ECORRUPT,
					   "a result names metric %" PRIu32 ", its recipe has fewer", m->metric);
		n = k->number[m->metric];
		if (n == SIZE_MAX)
			continue;
		if (j->values[n].state == ASSAY_VALUE_ABSENT)
			j->set[j->set_count++] = n;
		j->values[n] =
		    (assay_judge_value){m->defined ? ASSAY_VALUE_DEFINED : ASSAY_VALUE_UNDEFINED, m->value, m->reason};
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- findings */

/* Rows own their texts; a row that is only compared and written borrows them. */
static char *borrow(const char *text)
{
	return (char *)(uintptr_t)text;
}

static assay_failed_check failed_check(const assay_judging *j, const assay_finding *f)
{
	const assay_vocabulary_metric *m = &j->session->config->vocabulary.items[f->check->metric_number];
	const bool defined = f->value.state == ASSAY_VALUE_DEFINED;
	size_t contract = 0;

	while (j->contracts[contract] != f->contract)
		contract++;
	return (assay_failed_check){
	    .contract = j->session->contracts[contract],
	    .contract_id = f->contract->id,
	    .contract_version = f->contract->version,
	    .check_id = f->check->id,
	    .metric = f->check->metric,
	    .unit = borrow(m->unit),
	    .op = f->check->op,
	    .severity = f->check->severity,
	    .low = f->check->low,
	    .high = f->check->high,
	    .defined = defined,
	    .value = defined ? (assay_decimal){f->value.units, m->scale} : (assay_decimal){0, 0},
	    .reason = defined ? NULL
			      : borrow(f->value.state == ASSAY_VALUE_UNDEFINED ? f->value.reason
									       : "not measured by this pipeline"),
	};
}

static assay_code set_checks(assay_judging *j, assay_err *err)
{
	j->row.checks = j->checks;
	for (size_t i = 0; i < j->verdict.count; i++) {
		const assay_code rc = assay_grow(&j->checks, &j->check_cap, i, sizeof *j->checks, err);

		if (rc != ASSAY_OK)
			return rc;
		j->checks[i] = failed_check(j, &j->verdict.findings[i]);
		j->row.checks = j->checks;
		j->row.check_count = i + 1;
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- the verdict */

static assay_code judge_contracts(assay_judging *j, const assay_judged *of, assay_err *err)
{
	const assay_judge_subject subject = {
	    .kind = of->sample->kind,
	    .values = j->values,
	    .metadata_keys = (const char *const *)of->source->metadata_keys,
	    .metadata_values = (const char *const *)of->source->metadata_values,
	    .metadata_count = of->source->metadata_count,
	};

	return assay_judge(&j->verdict, j->contracts, j->session->config->contract_count, &subject, err);
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
	ASSAY_TRY(set_values(j, of, err));
	if (filter != NULL) {
		row->outcome = ASSAY_OUTCOME_FILTERED;
		row->failed_stage = borrow(filter->name);
		return ASSAY_OK;
	}
	ASSAY_TRY(set_rejection(j, of, &m, err));
	ASSAY_TRY(judge_contracts(j, of, err));
	ASSAY_TRY(set_checks(j, err));
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
	j->values = assay_alloc(c->vocabulary.count, sizeof *j->values);
	j->set = assay_alloc(c->vocabulary.count, sizeof *j->set);
	j->contracts = assay_alloc(c->contract_count, sizeof *j->contracts);
	if (j->values == NULL || j->set == NULL || j->contracts == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "judging");
	for (size_t i = 0; i < c->contract_count; i++)
		j->contracts[i] = c->contracts[i];
	return ASSAY_OK;
}

void assay_judging_release(assay_judging *j)
{
	free(j->values);
	free(j->set);
	free(j->contracts);
	free(j->checks);
	assay_verdict_release(&j->verdict);
	assay_arena_release(&j->rows);
	assay_buf_release(&j->key);
	assay_buf_release(&j->original);
	assay_buf_release(&j->broken);
	*j = (assay_judging){0};
}
