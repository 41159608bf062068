/** What was measured of one sample, by the numbers of a vocabulary, for contracts to look at. */
#ifndef ASSAY_SAMPLE_VALUES_H
#define ASSAY_SAMPLE_VALUES_H

#include "assay/judge.h"
#include "assay/result.h"

#include "known_recipe.h"

/** Kept over all samples: only what the last one had, and the next has not, is cleared. */
typedef struct assay_sample_values {
	assay_judge_value *items; /* by number of the vocabulary */
	size_t *set, set_count;   /* numbers that the sample has values of */
} assay_sample_values;

ASSAY_NODISCARD assay_code assay_sample_values_open(assay_sample_values *v, const assay_vocabulary *vocabulary,
						    assay_err *err);
void assay_sample_values_release(assay_sample_values *v);
/** In place of those before. Reasons are borrowed from the sample. ASSAY_OK or ASSAY_ECORRUPT. */
ASSAY_NODISCARD assay_code assay_sample_values_set(assay_sample_values *v, const assay_known_recipe *recipe,
						   const assay_result_sample *sample, assay_err *err);

#endif
