#include "findings.h"

#include "assay/memory.h"

#include <stdlib.h>

_Static_assert(ASSAY_SEVERITY_ERROR == ASSAY_REFUSING, "lineage/ and contracts/ name one severity");

/* Rows own their texts; one that is only compared and written borrows them. */
static char *borrow(const char *text)
{
	return (char *)(uintptr_t)text;
}

static assay_failed_check failed_check(const assay_bench *b, const assay_finding *f)
{
	/* A stored contract may speak of a metric that this build no longer has. */
	static const assay_vocabulary_metric gone = {.unit = ""};
	const size_t number = f->check->metric_number;
	const assay_vocabulary_metric *m = number != SIZE_MAX ? &b->vocabulary->items[number] : &gone;
	const bool defined = f->value.state == ASSAY_VALUE_DEFINED;
	size_t contract = 0;

	while (b->contracts[contract] != f->contract)
		contract++;
	return (assay_failed_check){
	    .contract = b->digests[contract],
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

/* The verdict forgets its own when it is used again, which may be for the same sample in another way. */
static void take_reasons(assay_findings *f, assay_verdict *verdict)
{
	const assay_findings before = *f;

	while (f->reason_count > 0)
		free(f->reasons[--f->reason_count]);
	f->reasons = verdict->reasons;
	f->reason_count = verdict->reason_count;
	f->reason_cap = verdict->reason_cap;
	verdict->reasons = before.reasons;
	verdict->reason_cap = before.reason_cap;
	verdict->reason_count = 0;
}

assay_code assay_findings_set(assay_findings *f, const assay_bench *bench, assay_verdict *verdict, assay_err *err)
{
	f->count = 0;
	take_reasons(f, verdict);
	for (size_t i = 0; i < verdict->count; i++) {
		const assay_code rc = assay_grow(&f->items, &f->cap, i, sizeof *f->items, err);

		if (rc != ASSAY_OK)
			return rc;
		f->items[i] = failed_check(bench, &verdict->findings[i]);
		f->count = i + 1;
	}
	return ASSAY_OK;
}

void assay_findings_release(assay_findings *f)
{
	while (f->reason_count > 0)
		free(f->reasons[--f->reason_count]);
	free(f->reasons);
	free(f->items);
	*f = (assay_findings){0};
}
