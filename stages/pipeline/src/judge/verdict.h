/** One sample: from what was measured, and what was tried, to its outcome, its findings, its row and its ticket. */
#ifndef ASSAY_SAMPLE_VERDICT_H
#define ASSAY_SAMPLE_VERDICT_H

#include "judging.h"

/**
 * Give the sample its verdict: j->row, j->values, j->state. Its row is written when it says something else than before;
 * a verdict that stands keeps the run and the contracts that first gave it. Decisions that apply are put in force.
 *
 * @param of       the sample as the pipeline makes it
 * @param written  [out] the row was written; whether the outcome is another one, j->before says
 */
ASSAY_NODISCARD assay_code assay_sample_judge(assay_judging *j, const assay_judged *of, bool *written, assay_err *err);

#endif
