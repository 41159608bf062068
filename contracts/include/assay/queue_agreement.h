/**
 * What a contract says of the queue of tickets by `slaProperties`: how many may be open (queueSize), and how long the
 * oldest may be (queueAge). These are agreements about work, not about data: they are judged by the clock, keep no
 * version back, and are no part of a contract's canonical form.
 */
#ifndef ASSAY_QUEUE_AGREEMENT_H
#define ASSAY_QUEUE_AGREEMENT_H

#include "assay/buf.h"
#include "assay/decimal.h"

typedef struct assay_queue_agreement {
	char *id;            /* "dataset.queueSize" when none is given */
	bool is_age;         /* queueAge; else queueSize */
	assay_decimal bound; /* at most so many seconds, or tickets */
	int line, column;
} assay_queue_agreement;

/** @param value  seconds, or tickets */
bool assay_queue_agreement_met(const assay_queue_agreement *a, int64_t value);
/**
 * "queueSize 12 tickets, at most 10", "queueAge 3 d 4 h, at most 2 d". An age is told by two units where that is above the
 * bound too, else to the second, as the bound is: "queueAge 1 d 7 s, at most 1 d".
 */
void assay_queue_agreement_text(assay_buf *out, bool is_age, assay_decimal bound, int64_t value);

#endif
