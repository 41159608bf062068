/** Tickets of a selection in another order than that of their numbers. */
#ifndef ASSAY_QUEUE_SORT_H
#define ASSAY_QUEUE_SORT_H

#include "queue_select.h"

/**
 * Each ticket of the selection, sorted; equal ones by number. Memory grows with the selection: some 50 bytes for each
 * and its text.
 *
 * @param by     "severity" (failures, errors, warnings), "distance" (farthest off first, those without a value last),
 *               "age" (oldest first), "subject" or "check" (of the worst check; failures last)
 * @param after  begin after where this ticket stands, or would stand; 0: at the beginning
 * @return what fn returned; ASSAY_ESTOP ends it and is no error. ASSAY_ENOENT when there is no ticket `after`
 */
ASSAY_NODISCARD assay_code assay_selection_sorted(assay_selection *sel, const char *by, uint64_t after,
						  assay_ticket_fn *fn, void *ctx, assay_err *err);

#endif
