/**
 * What is done for a sample beyond judging what the pipeline made of it, in this order:
 *   1. what people decided on its content stands in place of what the pipeline made;
 *   2. what people decided on the verdict (it is rejected, or waived) holds for that;
 *   3. where nothing was decided and it fails, remedies are tried: one that a decision names, then those that the failed
 *      checks name, in their order, each with its ladder.
 * docs/queue.md draws it.
 */
#ifndef ASSAY_SAMPLE_TREAT_H
#define ASSAY_SAMPLE_TREAT_H

#include "judging.h"

/**
 * From what the pipeline made (j->of, weighed) to what is judged in the end. Sets base, of, objection, state, decision,
 * and the row's way.
 */
ASSAY_NODISCARD assay_code assay_sample_treat(assay_judging *j, assay_err *err);
/** What it was found in was rejected: it is so with that, whatever it passes, and what was decided on it alone waits. */
assay_code assay_sample_give_up(assay_judging *j, const assay_decision *of_whole);
/**
 * What came of an attempt that gave a sample, t->of: its outcome, how many checks it fails, and a note. Leaves the
 * values, verdict and findings in j.
 * @param before  [optional] values of the base: one that lost content by them does not pass
 */
ASSAY_NODISCARD assay_code assay_try_weigh(assay_judging *j, assay_try *t, const assay_judge_value *before,
					   assay_err *err);

#endif
