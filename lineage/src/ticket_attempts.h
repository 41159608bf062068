/** Attempts as the rows of tickets and events have them, and which of them an event is the first to have. */
#ifndef ASSAY_TICKET_ATTEMPTS_H
#define ASSAY_TICKET_ATTEMPTS_H

#include "assay/cbor.h"
#include "assay/queue.h"

/** [attempt...] */
void assay_ticket_attempts_encode(assay_buf *out, const assay_ticket_attempt *a, size_t count);
/** Reads the array; *out is to be freed with assay_ticket_attempts_free. */
void assay_ticket_attempts_decode(assay_cbor_reader *c, assay_ticket_attempt **out, size_t *count);

/**
 * The attempts that the next event of a ticket is to keep, since no event of it does: e->attempts and e->earlier. Their
 * texts are borrowed from both tickets; the array alone is to be freed. While some are still to be made only those are
 * kept that the list loses; the others are once it is known what came of all.
 * @param before  the ticket as it is stored; id 0 of a new one
 */
ASSAY_NODISCARD assay_code assay_ticket_attempts_unkept(assay_ticket_event *e, assay_store *s,
							const assay_ticket *before, const assay_ticket *now,
							assay_err *err);

#endif
