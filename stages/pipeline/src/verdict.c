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

static assay_code failed_check(const assay_judging *j, assay_failed_check *out, const assay_finding *f, assay_err *err)
{
	const assay_vocabulary_metric *m = &j->session->config->vocabulary.items[f->check->metric_number];
	size_t contract = 0;

	while (j->contracts[contract] != f->contract)
		contract++;
	*out = (assay_failed_check){
	    .contract = j->session->contracts[contract],
	    .contract_id = assay_strdup(f->contract->id),
	    .contract_version = assay_strdup(f->contract->version),
	    .check_id = assay_strdup(f->check->id),
	    .metric = assay_strdup(f->check->metric),
	    .unit = assay_strdup(m->unit),
	    .op = f->check->op,
	    .severity = f->check->severity,
	    .low = f->check->low,
	    .high = f->check->high,
	    .defined = f->value.state == ASSAY_VALUE_DEFINED,
	    .value = {f->value.units, m->scale},
	};
	if (!out->defined) {
		out->value = (assay_decimal){0, 0};
		out->reason = assay_strdup(f->value.state == ASSAY_VALUE_UNDEFINED ? f->value.reason
										   : "not measured by this pipeline");
	}
	if (out->contract_id == NULL || out->contract_version == NULL || out->check_id == NULL || out->metric == NULL ||
	    out->unit == NULL || (!out->defined && out->reason == NULL))
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "finding");
	return ASSAY_OK;
}

static assay_code failed_checks(const assay_judging *j, assay_failed_check **out, size_t *count, assay_err *err)
{
	*count = 0;
	*out = NULL;
	if (j->verdict.count == 0)
		return ASSAY_OK;
	*out = assay_alloc(j->verdict.count, sizeof **out);
	if (*out == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "findings");
	while (*count < j->verdict.count) {
		const size_t i = (*count)++;
		const assay_code rc = failed_check(j, &(*out)[i], &j->verdict.findings[i], err);

		if (rc != ASSAY_OK)
			return rc;
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

static assay_code copy_key(char **out, assay_judging *j, const char *path, const char *part, assay_err *err)
{
	assay_code rc;

	assay_buf_reset(&j->scratch);
	assay_sample_key(&j->scratch, path, part);
	rc = assay_buf_check(&j->scratch, err);
	if (rc != ASSAY_OK)
		return rc;
	*out = assay_strdup(assay_buf_str(&j->scratch));
	return *out == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "sample key") : ASSAY_OK;
}

static assay_code note_rejection(assay_sample_row *row, const assay_judged *of, assay_err *err)
{
	row->failure = of->sample->rejected;
	if (row->failure == ASSAY_FAILURE_NONE)
		return ASSAY_OK;
	row->failed_stage = assay_strdup(assay_known_step(of->recipe, of->sample->rejected_by));
	return row->failed_stage == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "verdict") : ASSAY_OK;
}

/*
 * The order in which a sample's outcome is decided. Whoever keeps samples out before they are judged at all stands
 * before the contracts; a duplicate and a rejected sample keep the findings of the contracts, so that they can be told.
 */
static assay_code decide(assay_judging *j, const assay_judged *of, assay_sample_row *row, assay_err *err)
{
	assay_code rc;

	ASSAY_TRY(set_values(j, of, err));
	ASSAY_TRY(note_rejection(row, of, err));
	ASSAY_TRY(judge_contracts(j, of, err));
	ASSAY_TRY(failed_checks(j, &row->checks, &row->check_count, err));
	if (of->original != NULL) {
		row->outcome = ASSAY_OUTCOME_DUPLICATE;
		return copy_key(&row->original, j, of->original, of->sample->part, err);
	}
	row->outcome = row->failure != ASSAY_FAILURE_NONE || !j->verdict.passed ? ASSAY_OUTCOME_QUARANTINED
										: ASSAY_OUTCOME_ACCEPTED;
fail:
	return rc;
}

/* ---------------------------------------------------------------- the row */

static bool verdict_stands(const assay_sample_row *row, const assay_sample_row *next)
{
	ASSAY_AUTO_BUF a = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	if (row->outcome != next->outcome || row->judged_unit != next->judged_unit ||
	    !assay_digest_eq(&row->contracts, &next->contracts) || row->failure != next->failure ||
	    row->check_count != next->check_count || (row->original == NULL) != (next->original == NULL) ||
	    (row->original != NULL && strcmp(row->original, next->original) != 0))
		return false;
	assay_failed_checks_encode(&a, row->checks, row->check_count);
	assay_failed_checks_encode(&b, next->checks, next->check_count);
	return !a.failed && !b.failed && a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static bool row_stands(const assay_sample_row *row, const assay_sample_row *next)
{
	return row->id != 0 && !row->missing && row->unit == next->unit && row->position == next->position &&
	       verdict_stands(row, next);
}

static void remember_before(assay_sample_row *next, const assay_sample_row *row)
{
	next->has_before = row->outcome != 0;
	next->before_outcome = row->outcome;
	next->before_contracts = row->contracts;
	next->before_unit = row->judged_unit;
}

assay_code assay_sample_judge(assay_judging *j, const assay_judged *of, assay_sample_row *row, bool *changed,
			      assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW before = {0};
	assay_code rc;

	*row = (assay_sample_row){
	    .source = of->source->id,
	    .unit = of->unit->id,
	    .position = of->position,
	    .contracts = j->session->contract_set,
	    .judged_unit = of->unit->id,
	    .judged_run = j->session->run.id,
	};
	ASSAY_TRY(copy_key(&row->key, j, of->source->path, of->sample->part, err));
	ASSAY_TRY(decide(j, of, row, err));
	rc = assay_sample_find(j->session->store, row->key, &before, err);
	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return rc;
	row->id = before.id;
	*changed = before.outcome != row->outcome;
	if (row_stands(&before, row))
		return ASSAY_OK;
	remember_before(row, &before);
	rc = assay_sample_put(j->session->store, row, err);
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
	assay_verdict_release(&j->verdict);
	assay_buf_release(&j->scratch);
	*j = (assay_judging){0};
}
