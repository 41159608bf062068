/** Judging: stored measurements against contracts. Decodes nothing, opens nothing, allocates only for findings. */
#ifndef ASSAY_JUDGE_H
#define ASSAY_JUDGE_H

#include "assay/contract.h"

/** A sample's measurement of one metric. */
typedef enum assay_value_state {
	ASSAY_VALUE_ABSENT = 0, /* the pipeline does not measure it on this sample */
	ASSAY_VALUE_DEFINED = 1,
	ASSAY_VALUE_UNDEFINED = 2, /* measured and found to have no value */
} assay_value_state;

typedef struct assay_judge_value {
	assay_value_state state;
	int64_t units;      /* in the metric's resolution */
	const char *reason; /* of UNDEFINED; borrowed */
} assay_judge_value;

/**
 * Does it have no value because it speaks of work that was not done on this sample: an engine's of a text that people
 * wrote, or people's of one that they did not (ASSAY_BY_HAND, ASSAY_NOT_BY_HAND)? Such a sample is not judged by it.
 */
bool assay_judge_value_is_of_no_matter(const assay_judge_value *v);

typedef struct assay_judge_subject {
	assay_sample_kind kind;
	const assay_judge_value *values; /* one per metric of the vocabulary, by number */
	const char *const *metadata_keys;
	const char *const *metadata_values;
	size_t metadata_count;
	const assay_table_columns *columns; /* of a table; NULL when nothing is known of them */
} assay_judge_subject;

/** One check that a sample did not pass. */
typedef struct assay_finding {
	const assay_contract *contract; /* borrowed */
	const assay_check *check;       /* borrowed */
	assay_judge_value value;        /* ABSENT and UNDEFINED fail unless they are skipped */
} assay_finding;

typedef struct assay_verdict {
	bool passed; /* no finding of severity error */
	size_t
	    applied; /* checks that gave a result: not those for other metadata, nor those that skip a missing metric */
	assay_finding *findings; /* every failed check of any severity: contracts in order, checks in their order */
	size_t count, cap;
	char **reasons; /* that findings about columns point to */
	size_t reason_count, reason_cap;
} assay_verdict;

/** What one check says of one sample. */
typedef enum assay_check_result {
	ASSAY_CHECK_ELSEWHERE, /* it is about another kind, or other metadata */
	ASSAY_CHECK_PASSED,
	ASSAY_CHECK_FAILED,
	ASSAY_CHECK_SKIPPED, /* there is no value, and this may be: whenMissing: skip, ASSAY_BY_HAND, ASSAY_NOT_BY_HAND */
} assay_check_result;

/** Is there a check of tables that needs to know their columns? */
bool assay_judge_wants_columns(const assay_contract *const *contracts, size_t count);

/** @param value [out] what it looked at; its state tells whether a check failed by its bound or for want of a value */
assay_check_result assay_check_judge(const assay_check *k, const assay_judge_subject *subject,
				     assay_judge_value *value);

void assay_verdict_release(assay_verdict *v);
/** Judge one sample. v is reset first and its memory reused. ASSAY_OK or ASSAY_ENOMEM. */
ASSAY_NODISCARD assay_code assay_judge(assay_verdict *v, const assay_contract *const *contracts, size_t contract_count,
				       const assay_judge_subject *subject, assay_err *err);

#endif
