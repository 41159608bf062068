/** One sample: from what was measured to its outcome, its findings and its row. */
#ifndef ASSAY_SAMPLE_VERDICT_H
#define ASSAY_SAMPLE_VERDICT_H

#include "assay/judge.h"
#include "assay/sample.h"
#include "assay/source.h"
#include "assay/unit.h"

#include "known_recipe.h"
#include "session.h"

/** Who judges: kept over all samples of a judging. values stay until the next sample is judged. */
typedef struct assay_judging {
	const assay_session *session;
	const assay_contract **contracts; /* in the configuration's order */
	assay_judge_value *values;        /* of the sample judged last, by number of the vocabulary */
	size_t *set, set_count;           /* numbers that it has values of */
	assay_verdict verdict;            /* of the contracts on it */
	assay_buf scratch;
} assay_judging;

/** What is judged. All of it is borrowed. */
typedef struct assay_judged {
	const assay_source *source;
	const assay_known_recipe *recipe;
	const assay_unit *unit;
	uint32_t position;                 /* in the unit's result */
	const assay_result_sample *sample; /* there */
	const char *original;              /* path of the source that this one duplicates, NULL */
} assay_judged;

ASSAY_NODISCARD assay_code assay_judging_open(assay_judging *j, const assay_session *s, assay_err *err);
void assay_judging_release(assay_judging *j);

/**
 * Give the sample its verdict, and its row where that says something else than before.
 *
 * @param row      [out] as it stands now, to be released
 * @param changed  [out] the outcome is another one than before
 */
ASSAY_NODISCARD assay_code assay_sample_judge(assay_judging *j, const assay_judged *of, assay_sample_row *row,
					      bool *changed, assay_err *err);
#endif
