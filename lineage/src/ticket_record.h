/** Tickets and their events as the bytes of rows. For lineage/ only. */
#ifndef ASSAY_TICKET_RECORD_H
#define ASSAY_TICKET_RECORD_H

#include "assay/buf.h"
#include "assay/queue.h"

void assay_ticket_encode(assay_buf *out, const assay_ticket *t);
/**
 * @param out  [out] to be released; empty unless ASSAY_OK
 * @param id   its number, which is the key of its row
 * @return ASSAY_OK; ASSAY_ECORRUPT; ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_ticket_decode(assay_ticket *out, uint64_t id, const void *p, size_t n, assay_err *err);

void assay_ticket_event_encode(assay_buf *out, const assay_ticket_event *e);
/** As assay_ticket_decode. */
ASSAY_NODISCARD assay_code assay_ticket_event_decode(assay_ticket_event *out, const void *p, size_t n, assay_err *err);

#endif
