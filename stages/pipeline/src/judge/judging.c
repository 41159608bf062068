#include "judging.h"

#include "assay/memory.h"
#include "assay/table_columns.h"

#include <stdlib.h>

/* ---------------------------------------------------------------- weighing */

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
	const size_t count = j->session->config->contract_count;
	ASSAY_CLEANUP(assay_table_columns_release) assay_table_columns columns = {0};
	assay_judge_subject subject = {
	    .kind = of->sample->kind,
	    .values = j->values.items,
	    .metadata_keys = (const char *const *)of->source->metadata_keys,
	    .metadata_values = (const char *const *)of->source->metadata_values,
	    .metadata_count = of->source->metadata_count,
	};
	bool found = false;
	assay_code rc = ASSAY_OK;

	if (assay_judge_wants_columns(j->contracts, count))
		rc = assay_table_columns_load(&columns, &found, j->session->store, of->recipe->recipe, of->sample, err);
	subject.columns = found ? &columns : NULL;
	if (rc == ASSAY_OK)
		rc = assay_judge(&j->verdict, j->contracts, count, &subject, err);
	return rc == ASSAY_OK ? set_checks(j, err) : rc;
}

/* A stage's rejection comes first: what it saw is nearer to the sample than what people said of its source. */
static assay_code set_rejection(assay_judging *j, const assay_judged *of, const assay_metadata_view *m, assay_err *err)
{
	j->row.failure = of->sample->rejected;
	j->row.failed_stage = NULL;
	if (j->row.failure != ASSAY_FAILURE_NONE) {
		j->row.failed_stage = assay_judging_text(assay_known_step(of->recipe, of->sample->rejected_by));
	} else if (!assay_fields_accept(&j->session->config->fields, m, &j->broken)) {
		j->row.failure = ASSAY_FAILURE_METADATA;
		j->row.failed_stage = assay_judging_text("fields");
	}
	return assay_buf_check(&j->broken, err);
}

assay_code assay_judging_weigh(assay_judging *j, const assay_judged *of, assay_err *err)
{
	const assay_metadata_view m = {(const char *const *)of->source->metadata_keys,
				       (const char *const *)of->source->metadata_values, of->source->metadata_count};
	assay_code rc;

	assay_buf_reset(&j->broken);
	ASSAY_TRY(assay_sample_values_set(&j->values, of->recipe, of->sample, err));
	ASSAY_TRY(set_rejection(j, of, &m, err));
	ASSAY_TRY(judge_contracts(j, of, err));
	j->row.outcome = j->row.failure != ASSAY_FAILURE_NONE || !j->verdict.passed ? ASSAY_OUTCOME_QUARANTINED
										    : ASSAY_OUTCOME_ACCEPTED;
fail:
	return rc;
}

const char *assay_judging_message(const assay_judging *j, const assay_judged *of)
{
	if (of->sample->rejected != ASSAY_FAILURE_NONE)
		return of->sample->rejected_why;
	return j->broken.len > 0 ? assay_buf_str(&j->broken) : NULL;
}

/* ---------------------------------------------------------------- life */

assay_code assay_judging_open(assay_judging *j, assay_session *s, assay_known_recipes *known, assay_err *err)
{
	const assay_config *c = s->config;

	*j = (assay_judging){.session = s};
	assay_repair_open(&j->repair, s, known);
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
	assay_findings_release(&j->objection.findings);
	assay_repair_release(&j->repair);
	free(j->base_values);
	assay_verdict_release(&j->verdict);
	assay_arena_release(&j->rows);
	assay_buf_release(&j->key);
	assay_buf_release(&j->original);
	assay_buf_release(&j->broken);
	*j = (assay_judging){0};
}
