/** Results of the checks of a dataset, as summary, show, log and status tell them. */
#ifndef ASSAY_DATASET_TELL_H
#define ASSAY_DATASET_TELL_H

#include "assay/dataset_result.h"

/** "checks    4 passed, 1 failed", then a line for each that did not pass, or for every one. Nothing without checks. */
void assay_say_dataset_checks(const assay_dataset_results *r, bool all);
/** "4 passed, 1 failed": what is not zero. */
void assay_tell_dataset_totals(assay_buf *out, const assay_dataset_results *r);
/** "2 checks of the dataset failed: rows, fresh": those that let no version pass. */
void assay_tell_refusal(assay_buf *out, const assay_dataset_results *r);
/** A line for each of them: "  FAILED  rows: count of samples is 36, must be >= 40". */
void assay_say_refusal(const assay_dataset_results *r);
/** key: {passed, failed, warned, skipped, checks: [...]}. */
void assay_json_dataset_checks(assay_json *j, const char *key, const assay_dataset_results *r);

#endif
