/*
 * Results of dataset checks, an object of the store that the record of the version names which they let pass:
 *   {0: format 1, 1: [result...]}
 *   result = [contract id, contract name, contract version, check, subject, kind, aggregate, metric, unit, severity,
 *             operator, [units, scale], null | [units, scale], verdict, null | [units, scale, exact], reason, samples,
 *             [example...]]
 */
#include "assay/dataset_result.h"

#include "canonical.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT 1
#define FIELDS 18

static void result_release(assay_dataset_result *r)
{
	free(r->contract_id);
	free(r->contract_name);
	free(r->contract_version);
	free(r->check);
	free(r->subject);
	free(r->metric);
	free(r->unit);
	free(r->reason);
	for (size_t i = 0; i < ASSAY_DATASET_EXAMPLES; i++)
		free(r->examples[i]);
}

void assay_dataset_results_release(assay_dataset_results *r)
{
	for (size_t i = 0; i < r->count; i++)
		result_release(&r->items[i]);
	free(r->items);
	*r = (assay_dataset_results){0};
}

assay_dataset_totals assay_dataset_count(const assay_dataset_results *r)
{
	assay_dataset_totals t = {0};

	for (size_t i = 0; i < r->count; i++) {
		const bool failed = r->items[i].verdict == ASSAY_DATASET_FAILED;
		const bool error = r->items[i].severity == ASSAY_SEVERITY_ERROR;

		t.passed += r->items[i].verdict == ASSAY_DATASET_PASSED;
		t.skipped += r->items[i].verdict == ASSAY_DATASET_SKIPPED;
		t.failed += failed && error;
		t.warned += failed && !error;
	}
	return t;
}

const char *assay_dataset_verdict_name(assay_dataset_verdict v)
{
	static const char *const names[] = {NULL, "passed", "failed", "skipped"};

	return (unsigned)v < ASSAY_COUNT(names) ? names[v] : NULL;
}

/* ---------------------------------------------------------------- for people and programs */

static bool unit_says_something(const char *unit)
{
	return unit[0] != '\0' && strcmp(unit, "1") != 0 && strcmp(unit, "ratio") != 0;
}

static void put_value(assay_buf *out, const assay_dataset_result *r)
{
	const bool unit = unit_says_something(r->unit);
	char value[ASSAY_DECIMAL_TEXT];

	if (!r->defined)
		assay_buf_printf(out, "unknown (%s)", r->reason);
	else if (r->aggregate == ASSAY_AGGREGATE_AGE)
		assay_dataset_age_text(out, r->value);
	else
		assay_buf_printf(out, "%s%s%s%s", r->exact ? "" : "about ", assay_decimal_format(r->value, value),
				 unit ? " " : "", unit ? r->unit : "");
}

void assay_dataset_result_text(assay_buf *out, const assay_dataset_result *r)
{
	assay_buf_printf(out, "%s: %s", r->check, r->subject);
	if (r->kind != 0)
		assay_buf_printf(out, " (%s)", assay_sample_kind_name(r->kind));
	assay_buf_puts(out, " is ");
	put_value(out, r);
	assay_buf_puts(out, ", must be ");
	assay_dataset_bound_text(out, r->aggregate, &r->bound);
	if (r->verdict != ASSAY_DATASET_FAILED)
		return;
	for (size_t i = 0; i < ASSAY_DATASET_EXAMPLES && r->examples[i] != NULL; i++)
		assay_buf_printf(out, "%s%s", i == 0 ? "; such as " : ", ", r->examples[i]);
}

static void json_bound(assay_json *j, const assay_bound *b)
{
	assay_json_kstr(j, "operator", assay_operator_name(b->op));
	assay_json_key(j, "bound");
	assay_json_decimal(j, b->low);
	assay_json_key(j, "high");
	if (canonical_is_pair(b->op))
		assay_json_decimal(j, b->high);
	else
		assay_json_null(j);
}

static void json_result(assay_json *j, const assay_dataset_result *r)
{
	assay_json_object(j);
	assay_json_kstr(j, "check", r->check);
	assay_json_key(j, "contract");
	assay_json_object(j);
	assay_json_kstr(j, "id", r->contract_id);
	assay_json_kstr(j, "name", r->contract_name);
	assay_json_kstr(j, "version", r->contract_version);
	assay_json_end(j);
	assay_json_kstr(j, "kind", r->kind != 0 ? assay_sample_kind_name(r->kind) : NULL);
	assay_json_kstr(j, "subject", r->subject);
	assay_json_kstr(j, "aggregate", assay_aggregate_name(r->aggregate));
	assay_json_kstr(j, "metric", r->metric[0] != '\0' ? r->metric : NULL);
	assay_json_kstr(j, "unit", r->unit);
	assay_json_kstr(j, "severity", assay_severity_name(r->severity));
	json_bound(j, &r->bound);
	assay_json_kstr(j, "verdict", assay_dataset_verdict_name(r->verdict));
	assay_json_key(j, "value");
	if (r->defined)
		assay_json_decimal(j, r->value);
	else
		assay_json_null(j);
	assay_json_kbool(j, "exact", r->exact);
	assay_json_kstr(j, "reason", r->defined ? NULL : r->reason);
	assay_json_kuint(j, "samples", r->samples);
	assay_json_key(j, "examples");
	assay_json_array(j);
	for (size_t i = 0; i < ASSAY_DATASET_EXAMPLES && r->examples[i] != NULL; i++)
		assay_json_str(j, r->examples[i]);
	assay_json_end(j);
	assay_json_end(j);
}

void assay_dataset_results_json(assay_json *j, const assay_dataset_results *r)
{
	assay_json_array(j);
	for (size_t i = 0; i < r->count; i++)
		json_result(j, &r->items[i]);
	assay_json_end(j);
}

/* ---------------------------------------------------------------- writing */

static void put_number(assay_buf *b, const assay_dataset_result *r)
{
	if (!r->defined) {
		assay_cbor_null(b);
		return;
	}
	assay_cbor_array(b, 3);
	assay_cbor_int(b, r->value.units);
	assay_cbor_uint(b, (uint64_t)r->value.scale);
	assay_cbor_bool(b, r->exact);
}

static void put_result(assay_buf *b, const assay_dataset_result *r)
{
	size_t examples = 0;

	while (examples < ASSAY_DATASET_EXAMPLES && r->examples[examples] != NULL)
		examples++;
	assay_cbor_array(b, FIELDS);
	assay_cbor_text(b, r->contract_id);
	assay_cbor_text(b, r->contract_name);
	assay_cbor_text(b, r->contract_version);
	assay_cbor_text(b, r->check);
	assay_cbor_text(b, r->subject);
	assay_cbor_uint(b, r->kind);
	assay_cbor_uint(b, r->aggregate);
	assay_cbor_text(b, r->metric);
	assay_cbor_text(b, r->unit);
	assay_cbor_uint(b, r->severity);
	assay_cbor_uint(b, r->bound.op);
	canonical_put_decimal(b, r->bound.low);
	canonical_put_high(b, r->bound.op, r->bound.high);
	assay_cbor_uint(b, r->verdict);
	put_number(b, r);
	assay_cbor_text(b, r->reason);
	assay_cbor_uint(b, r->samples);
	assay_cbor_array(b, examples);
	for (size_t i = 0; i < examples; i++)
		assay_cbor_text(b, r->examples[i]);
}

void assay_dataset_results_encode(assay_buf *out, const assay_dataset_results *r)
{
	assay_cbor_map(out, 2);
	assay_cbor_uint(out, 0);
	assay_cbor_uint(out, FORMAT);
	assay_cbor_uint(out, 1);
	assay_cbor_array(out, r->count);
	for (size_t i = 0; i < r->count; i++)
		put_result(out, &r->items[i]);
}

/* ---------------------------------------------------------------- reading */

static void read_examples(assay_cbor_reader *c, assay_dataset_result *r)
{
	const size_t n = assay_cbor_read_array(c);

	if (n > ASSAY_DATASET_EXAMPLES)
		assay_cbor_fault(c, "too many examples");
	for (size_t i = 0; i < n && c->fault == NULL; i++)
		r->examples[i] = canonical_text(c);
}

static void read_result(assay_cbor_reader *c, assay_dataset_result *r)
{
	canonical_expect(c, assay_cbor_read_array(c), FIELDS);
	r->contract_id = canonical_text(c);
	r->contract_name = canonical_text(c);
	r->contract_version = canonical_text(c);
	r->check = canonical_text(c);
	r->subject = canonical_text(c);
	r->kind = canonical_within(c, 0, ASSAY_SAMPLE_KIND_MAX);
	r->aggregate = (assay_aggregate)canonical_within(c, 1, ASSAY_AGGREGATE_LAST);
	r->metric = canonical_text(c);
	r->unit = canonical_text(c);
	r->severity = (assay_severity)canonical_within(c, 1, ASSAY_SEVERITY_INFO);
	r->bound.op = (assay_operator)canonical_within(c, 1, ASSAY_MUST_NOT_BE_BETWEEN);
	r->bound.low = canonical_decimal(c);
	r->bound.high = canonical_high(c, r->bound.op, canonical_decimal);
	r->verdict = (assay_dataset_verdict)canonical_within(c, 1, ASSAY_DATASET_SKIPPED);
	r->defined = !assay_cbor_read_null(c);
	if (r->defined) {
		canonical_expect(c, assay_cbor_read_array(c), 3);
		r->value.units = assay_cbor_read_int(c);
		r->value.scale = (int)canonical_within(c, 0, ASSAY_DECIMAL_SCALE_MAX);
		r->exact = assay_cbor_read_bool(c);
	}
	r->reason = canonical_text(c);
	r->samples = assay_cbor_read_uint(c);
	read_examples(c, r);
}

assay_code assay_dataset_results_decode(assay_dataset_results *out, const void *p, size_t n, assay_err *err)
{
	assay_cbor_reader c;
	size_t count;
	assay_code rc = ASSAY_OK;

	*out = (assay_dataset_results){0};
	assay_cbor_reader_init(&c, p, n);
	canonical_expect(&c, assay_cbor_read_map(&c), 2);
	assay_cbor_read_key(&c, 0);
	if (assay_cbor_read_uint(&c) != FORMAT)
		assay_cbor_fault(&c, "a format that this release does not read");
	assay_cbor_read_key(&c, 1);
	count = assay_cbor_read_array(&c);
	while (out->count < count && c.fault == NULL && rc == ASSAY_OK) {
		rc = assay_grow(&out->items, &out->cap, out->count, sizeof *out->items, err);
		if (rc != ASSAY_OK)
			break;
		out->items[out->count] = (assay_dataset_result){0};
		read_result(&c, &out->items[out->count++]);
	}
	if (rc == ASSAY_OK)
		rc = assay_cbor_finish(&c, "results of dataset checks", err);
	if (rc != ASSAY_OK)
		assay_dataset_results_release(out);
	return rc;
}
