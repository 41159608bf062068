/** A worker and the unit in its hands: handing out, and taking back what is then kept in the store. */
#ifndef ASSAY_SLOT_H
#define ASSAY_SLOT_H

#include "executor.h"

/** The chains of the modalities in use, once before the first worker is started. */
void assay_slots_make_chains(assay_executor *r);
/** Start a worker for a slot that has none; it loads its models while others work. */
ASSAY_NODISCARD assay_code assay_slot_launch(assay_executor *r, assay_slot *s, assay_err *err);
/**
 * Give a waiting part to a slot with an idle worker. j->stale is set, and nothing given, when
 * a file is no longer what was digested.
 */
ASSAY_NODISCARD assay_code assay_slot_give(assay_executor *r, assay_slot *s, assay_job *j, size_t part, assay_err *err);
/**
 * Take what has arrived; call when a descriptor of its worker is ready.
 * @param back  [out] the job whose part came back: it is DONE, or WAITING for another attempt, or the job is stale.
 *              NULL when none did
 */
ASSAY_NODISCARD assay_code assay_slot_step(assay_executor *r, assay_slot *s, assay_job **back, assay_err *err);

#endif
