/** What came of the checks of a dataset: kept with the version, and complete in itself. */
#ifndef ASSAY_DATASET_RESULT_H
#define ASSAY_DATASET_RESULT_H

#include "assay/cbor.h"
#include "assay/dataset_check.h"
#include "assay/json.h"

#define ASSAY_DATASET_EXAMPLES 3

/** Stored: never renumber. */
typedef enum assay_dataset_verdict {
	ASSAY_DATASET_PASSED = 1,
	ASSAY_DATASET_FAILED = 2,
	ASSAY_DATASET_SKIPPED = 3, /* there is no number, and the check says that this may be */
} assay_dataset_verdict;

typedef struct assay_dataset_result {
	char *contract_id, *contract_name, *contract_version;
	char *check;
	char *subject; /* what is bounded, for people: assay_dataset_check_subject */
	unsigned kind; /* 0: every kind */
	assay_aggregate aggregate;
	char *metric; /* "" if none */
	char *unit;   /* of value and bound; "" if none */
	assay_severity severity;
	assay_bound bound;
	assay_dataset_verdict verdict;
	bool defined; /* there is a number */
	bool exact;   /* value is that number; false: it is rounded, the verdict is not */
	assay_decimal value;
	char *reason;     /* why there is none; "" when there is one */
	uint64_t samples; /* that were looked at */
	char
	    *examples[ASSAY_DATASET_EXAMPLES]; /* smallest keys (repeated values: texts) that were counted; NULL ends */
} assay_dataset_result;

typedef struct assay_dataset_results {
	assay_dataset_result *items; /* contracts in order, checks in theirs */
	size_t count, cap;
} assay_dataset_results;

typedef struct assay_dataset_totals {
	uint64_t passed, failed, warned, skipped; /* failed: severity error; warned: any other */
} assay_dataset_totals;

void assay_dataset_results_release(assay_dataset_results *r);
#define ASSAY_AUTO_DATASET_RESULTS ASSAY_CLEANUP(assay_dataset_results_release) assay_dataset_results

assay_dataset_totals assay_dataset_count(const assay_dataset_results *r);
const char *assay_dataset_verdict_name(assay_dataset_verdict v); /* "passed", "failed", "skipped" */
/** "page count: count of samples 12, must be >= 10": one line without its end. Texts are as they came. */
void assay_dataset_result_text(assay_buf *out, const assay_dataset_result *r);
/** An array of {check, contract, kind, subject, aggregate, metric, unit, severity, operator, bound, high, verdict…}. */
void assay_dataset_results_json(assay_json *j, const assay_dataset_results *r);

/** Record (docs/formats.md, "Results of dataset checks"). */
void assay_dataset_results_encode(assay_buf *out, const assay_dataset_results *r);
/** *out is empty on failure. ASSAY_OK, ASSAY_ECORRUPT, ASSAY_ENOMEM. */
ASSAY_NODISCARD assay_code assay_dataset_results_decode(assay_dataset_results *out, const void *p, size_t n,
							assay_err *err);

#endif
