/** Which sources of a scan need work, before any is begun, and what that will cost by what work cost before. */
#ifndef ASSAY_PLAN_H
#define ASSAY_PLAN_H

#include "cost.h"
#include "known.h"
#include "past.h"
#include "seen.h"

typedef struct assay_plan {
	assay_costs costs; /* what is left is what the plan holds */
	assay_past past;
	uint64_t needed;    /* sources that are not simply unchanged */
	uint64_t digest_us; /* digesting those of them that are to be read for it */
} assay_plan;

/**
 * Look at the sources of this shard, in order, and mark them in the scan.
 * @param seen   [optional] tells of most of them without their rows
 * @param limit  stop after so many that need anything; 0: none
 */
ASSAY_NODISCARD assay_code assay_plan_make(assay_plan *p, assay_session *s, assay_scan *scan, assay_seen *seen,
					   uint64_t limit, assay_err *err);
/** What a look at its row found is noted in the scan. */
void assay_found_take(assay_found *f, const assay_look *look);
/** Learn costs from what the store holds of the scan's sources: of all, or of some thousands spread over them. */
ASSAY_NODISCARD assay_code assay_plan_learn(assay_costs *c, assay_session *s, const assay_scan *scan, assay_err *err);
/**
 * What the source itself took when it was last done, if it had the size that it has now.
 * @param took            [out] units 0: nothing is known
 * @param present_recipe  [out] it was done by the recipe of today
 * @param units           how many more units may be read; counted down
 */
ASSAY_NODISCARD assay_code assay_plan_recall(assay_cost *took, bool *present_recipe, assay_session *s,
					     const assay_found *f, size_t *units, assay_err *err);
void assay_plan_release(assay_plan *p);

#endif
