/**
 * Judging a dataset: every sample is shown once, in any order, then each check has its number. All arithmetic is exact
 * (drift.h says what is rounded). Of a check that needs the distribution of a metric each different value is kept once,
 * of one that looks for repeated values a digest of each: memory does not grow with the samples otherwise.
 */
#ifndef ASSAY_DATASET_JUDGE_H
#define ASSAY_DATASET_JUDGE_H

#include "assay/dataset_result.h"
#include "assay/judge.h"

typedef struct assay_dataset_subject {
	const char *key; /* of the sample */
	assay_judge_subject sample;
	unsigned outcome;  /* assay_outcome (lineage/) */
	int64_t source_ns; /* when its source was last changed, ns since 1970 UTC */
} assay_dataset_subject;

typedef struct assay_dataset_judge assay_dataset_judge;

/**
 * @param contracts  [borrowed] loaded or decoded with the vocabulary that samples are measured in
 * @param vocabulary [borrowed]
 * @param as_of_ns   what is dated later does not count for ages
 */
ASSAY_NODISCARD assay_code assay_dataset_judge_open(assay_dataset_judge **out, const assay_contract *const *contracts,
						    size_t contract_count, const assay_vocabulary *vocabulary,
						    int64_t as_of_ns, assay_err *err);
void assay_dataset_judge_close(assay_dataset_judge *j); /* NULL is fine */

/** Number of checks; the n-th, contracts in order, checks in theirs. */
size_t assay_dataset_judge_count(const assay_dataset_judge *j);
const assay_dataset_check *assay_dataset_judge_check(const assay_dataset_judge *j, size_t n);
/** A value of the baseline's distribution, of a check that is about drift. */
ASSAY_NODISCARD assay_code assay_dataset_judge_baseline(assay_dataset_judge *j, size_t n, int64_t value,
							assay_err *err);
/** There is no baseline of that check: why, for its result. */
ASSAY_NODISCARD assay_code assay_dataset_judge_no_baseline(assay_dataset_judge *j, size_t n, const char *why,
							   assay_err *err);
ASSAY_NODISCARD assay_code assay_dataset_judge_add(assay_dataset_judge *j, const assay_dataset_subject *s,
						   assay_err *err);
/** Once, after the last sample. Results are released by the caller, also on failure. */
ASSAY_NODISCARD assay_code assay_dataset_judge_end(assay_dataset_judge *j, assay_dataset_results *out, assay_err *err);

#endif
