/** Decisions of people that held in the last version and do not hold any more, though nobody took them back. */
#ifndef ASSAY_ENDED_H
#define ASSAY_ENDED_H

#include "assay/decision.h"
#include "assay/queue.h"

typedef struct assay_ended_decision {
	assay_decision decision;
	bool expired;             /* a waiver, by its own date; else what was decided upon has changed */
	bool other_bytes;         /* than those that a text, another file or metadata were given for */
	assay_outcome outcome;    /* of the sample as it is judged now; 0 of a source */
	uint64_t ticket;          /* of the subject; 0: it has none */
	assay_ticket_state state; /* of that ticket; 0 without one */
} assay_ended_decision;

typedef struct assay_ended {
	assay_ended_decision *items; /* ascending by subject and slot */
	size_t count, cap;
} assay_ended;

void assay_ended_release(assay_ended *e);

#endif
