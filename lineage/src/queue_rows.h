/** What queue.c and queue_salvage.c share: rows of events one by one, and what is left of a ticket. For lineage/ only. */
#ifndef ASSAY_QUEUE_ROWS_H
#define ASSAY_QUEUE_ROWS_H

#include "assay/queue.h"

/** ASSAY_ENOENT without a message; ASSAY_ECORRUPT when it cannot be read. */
ASSAY_NODISCARD assay_code assay_event_get(assay_store *s, uint64_t ticket, uint32_t ordinal, assay_ticket_event *out,
					   assay_err *err);
/** Insert or replace it as it is told. */
ASSAY_NODISCARD assay_code assay_event_put(assay_store *s, uint64_t ticket, uint32_t ordinal,
					   const assay_ticket_event *e, assay_err *err);

/**
 * A ticket whose row cannot be read, as assay_ticket_peek tells it.
 * @param subject  [optional] when it is known already
 * @param why      its row cannot be read
 */
ASSAY_NODISCARD assay_code assay_ticket_salvage(assay_store *s, uint64_t id, const char *subject, const assay_err *why,
						assay_ticket *out, assay_err *err);

#endif
