/** Decisions that nobody took back, and that hold no more. */
#ifndef ASSAY_QUEUE_ENDED_H
#define ASSAY_QUEUE_ENDED_H

#include "assay/decision.h"
#include "assay/queue.h"

/**
 * Does a decision stand that holds no more, as the last judging left its subject? Of one that waits (its subject is not
 * there, or is a duplicate or filtered) and of a remedy by name this is not told: false.
 */
ASSAY_NODISCARD assay_code assay_decision_has_ended(bool *out, assay_store *s, const assay_decision *d, assay_err *err);
/** Is one of those about the ticket's subject, or on the metadata of its source? */
ASSAY_NODISCARD assay_code assay_ticket_has_ended(bool *out, assay_store *s, const assay_ticket *t, assay_err *err);

#endif
