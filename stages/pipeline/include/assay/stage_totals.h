/** What went through each stage of each pipeline, summed over the units that a run did. */
#ifndef ASSAY_STAGE_TOTALS_H
#define ASSAY_STAGE_TOTALS_H

#include "assay/kind.h"
#include "assay/result.h"

typedef struct assay_stage_total {
	assay_modality modality;
	uint32_t step;          /* position in its pipeline, the reader is 0 */
	const char *stage;      /* name; borrowed, static storage */
	assay_step_count count; /* in = consumed + passed + dropped; drops sorted by reason */
} assay_stage_total;

typedef struct assay_stage_totals {
	assay_stage_total *items; /* by modality, then step */
	size_t count, cap;
} assay_stage_totals;

/**
 * Add a unit's counts.
 * @param names  of the stages of its pipeline, one for each of the result's steps; kept
 */
ASSAY_NODISCARD assay_code assay_stage_totals_add(assay_stage_totals *t, assay_modality modality,
						  const char *const *names, const assay_result *r, assay_err *err);
void assay_stage_totals_release(assay_stage_totals *t);

#endif
