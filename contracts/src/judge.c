#include "assay/judge.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

static void forget_reasons(assay_verdict *v)
{
	while (v->reason_count > 0)
		free(v->reasons[--v->reason_count]);
}

void assay_verdict_release(assay_verdict *v)
{
	forget_reasons(v);
	free(v->reasons);
	free(v->findings);
	*v = (assay_verdict){0};
}

static bool meets(const assay_check *k, int64_t v)
{
	switch (k->op) {
	case ASSAY_MUST_BE:
		return v == k->low_units;
	case ASSAY_MUST_NOT_BE:
		return v != k->low_units;
	case ASSAY_MUST_BE_GREATER_THAN:
		return v > k->low_units;
	case ASSAY_MUST_BE_GREATER_OR_EQUAL_TO:
		return v >= k->low_units;
	case ASSAY_MUST_BE_LESS_THAN:
		return v < k->low_units;
	case ASSAY_MUST_BE_LESS_OR_EQUAL_TO:
		return v <= k->low_units;
	case ASSAY_MUST_BE_BETWEEN:
		return v >= k->low_units && v <= k->high_units;
	case ASSAY_MUST_NOT_BE_BETWEEN:
		return v < k->low_units || v > k->high_units;
	}
	return false;
}

static bool has_metadata(const assay_judge_subject *s, const char *key, const char *value)
{
	for (size_t i = 0; i < s->metadata_count; i++)
		if (strcmp(s->metadata_keys[i], key) == 0)
			return strcmp(s->metadata_values[i], value) == 0;
	return false;
}

static bool applies(const assay_check *k, const assay_judge_subject *s)
{
	for (size_t i = 0; i < k->applies_count; i++)
		if (!has_metadata(s, k->applies_keys[i], k->applies_values[i]))
			return false;
	return true;
}

static assay_code add_finding(assay_verdict *v, const assay_contract *c, const assay_check *k,
			      const assay_judge_value *value, assay_err *err)
{
	const assay_code rc = assay_grow(&v->findings, &v->cap, v->count, sizeof *v->findings, err);

	if (rc != ASSAY_OK)
		return rc;
	v->findings[v->count++] = (assay_finding){.contract = c, .check = k, .value = *value};
	if (k->severity == ASSAY_SEVERITY_ERROR)
		v->passed = false;
	return ASSAY_OK;
}

bool assay_judge_value_is_of_no_matter(const assay_judge_value *v)
{
	return v->state == ASSAY_VALUE_UNDEFINED && v->reason != NULL &&
	       (strcmp(v->reason, ASSAY_BY_HAND) == 0 || strcmp(v->reason, ASSAY_NOT_BY_HAND) == 0);
}

bool assay_judge_wants_columns(const assay_contract *const *contracts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (contracts[i]->schema_count > 0)
			return true;
	return false;
}

/* 1 when the column is as it must be; undefined when it is not, or when memory ran out. */
static assay_judge_value judge_column(const assay_check *k, const assay_judge_subject *s)
{
	ASSAY_AUTO_BUF why = ASSAY_BUF_INIT;

	if (s->columns == NULL)
		return (assay_judge_value){.state = ASSAY_VALUE_ABSENT};
	if (assay_table_schema_fault(&why, k->schema, k->schema_column, s->columns, NULL) == ASSAY_OK && why.len == 0)
		return (assay_judge_value){.state = ASSAY_VALUE_DEFINED, .units = 1};
	return (assay_judge_value){.state = ASSAY_VALUE_UNDEFINED, .reason = "not as the table schema wants it"};
}

/* The same in words that the verdict keeps. */
static assay_code explain_column(assay_verdict *v, const assay_check *k, const assay_judge_subject *s,
				 assay_judge_value *value, assay_err *err)
{
	ASSAY_AUTO_BUF why = ASSAY_BUF_INIT;
	assay_code rc;

	if (k->schema == NULL || value->state != ASSAY_VALUE_UNDEFINED)
		return ASSAY_OK;
	ASSAY_TRY(assay_table_schema_fault(&why, k->schema, k->schema_column, s->columns, err));
	ASSAY_TRY(assay_grow(&v->reasons, &v->reason_cap, v->reason_count, sizeof *v->reasons, err));
	v->reasons[v->reason_count] = assay_strdup(assay_buf_str(&why));
	if (v->reasons[v->reason_count] == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "what is wrong with a column");
	value->reason = v->reasons[v->reason_count++];
fail:
	return rc;
}

assay_check_result assay_check_judge(const assay_check *k, const assay_judge_subject *subject, assay_judge_value *value)
{
	*value = (assay_judge_value){.state = ASSAY_VALUE_ABSENT};
	if (k->kind != subject->kind || !applies(k, subject))
		return ASSAY_CHECK_ELSEWHERE;
	if (k->schema != NULL)
		*value = judge_column(k, subject);
	else if (k->metric_number != SIZE_MAX)
		*value = subject->values[k->metric_number];
	if (value->state == ASSAY_VALUE_DEFINED)
		return meets(k, value->units) ? ASSAY_CHECK_PASSED : ASSAY_CHECK_FAILED;
	return k->when_missing == ASSAY_MISSING_SKIPS || assay_judge_value_is_of_no_matter(value) ? ASSAY_CHECK_SKIPPED
												  : ASSAY_CHECK_FAILED;
}

static assay_code judge_check(assay_verdict *v, const assay_contract *c, const assay_check *k,
			      const assay_judge_subject *s, assay_err *err)
{
	assay_judge_value value;
	const assay_check_result r = assay_check_judge(k, s, &value);
	assay_code rc;

	v->applied += r == ASSAY_CHECK_PASSED || r == ASSAY_CHECK_FAILED;
	if (r != ASSAY_CHECK_FAILED)
		return ASSAY_OK;
	rc = explain_column(v, k, s, &value, err);
	return rc == ASSAY_OK ? add_finding(v, c, k, &value, err) : rc;
}

static assay_code judge_contract(assay_verdict *v, const assay_contract *c, const assay_judge_subject *s,
				 assay_err *err)
{
	const assay_check *k = c->checks, *end = c->checks + c->check_count;
	assay_code rc = ASSAY_OK;

	while (k < end && k->kind < s->kind)
		k++;
	for (; k < end && k->kind == s->kind && rc == ASSAY_OK; k++)
		rc = judge_check(v, c, k, s, err);
	return rc;
}

assay_code assay_judge(assay_verdict *v, const assay_contract *const *contracts, size_t contract_count,
		       const assay_judge_subject *subject, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	v->passed = true;
	v->applied = v->count = 0;
	forget_reasons(v);
	for (size_t i = 0; i < contract_count && rc == ASSAY_OK; i++)
		rc = judge_contract(v, contracts[i], subject, err);
	if (rc != ASSAY_OK)
		v->passed = false; /* half a verdict must not let a sample through */
	return rc;
}
