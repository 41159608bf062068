/**
 * Keeping the queue in step with the verdicts: who is not delivered as the pipeline made it has a ticket in the state
 * that says why, and nobody else has one that is open. What an evaluation told of is besides: while its sample is there
 * and is delivered the ticket stays open, or comes back, until somebody decides; a verdict that comes and goes is no
 * answer.
 */
#ifndef ASSAY_TICKETING_H
#define ASSAY_TICKETING_H

#include "decided.h"

#include "assay/queue.h"

typedef struct assay_ticketing {
	assay_store *store;
	const assay_decided *decided;
	int64_t as_of_ns;                       /* judges whether a waiver has ended */
	assay_digest contracts, last_contracts; /* sets that judge now and judged before; zero: not known */
	uint64_t run;                           /* that judges */
	uint64_t *visited;                      /* tickets of subjects that fail now */
	size_t visited_count, visited_cap;
	uint64_t opened, settled; /* by this run */
	/* Tickets as they must be, by the complaints of this judging, and as they are once settled. */
	uint64_t told[2][ASSAY_TICKET_STATES + 1]; /* of samples, of sources; by state */
	uint64_t kept[2][ASSAY_TICKET_STATES + 1]; /* in place of one that feedback has opened, the one told */
} assay_ticketing;

/**
 * Of a sample the content, of a source the bytes: what stood before what its ticket tells, and what is delivered after;
 * zero where there is none. What the last event left delivered stands over the former.
 */
typedef assay_code assay_contents_fn(void *ctx, assay_digest *before, assay_digest *after, assay_err *err);

/** Of a ticket that is opened: it may be older than this judging (opened_ns, opened_run). */
typedef assay_code assay_age_fn(void *ctx, assay_ticket *t, assay_err *err);

/** What a ticket is about, as it stands now. All of it is borrowed. */
typedef struct assay_complaint {
	const char *subject; /* sample key or path of a source */
	bool is_source;
	uint64_t unit; /* 0 when there is none */
	assay_failure failure;
	const char *stage, *message;
	assay_failed_check *checks;
	size_t check_count;
	bool again;                     /* an event says so although the ticket stays as it is */
	bool passing;                   /* attempts are made next, and all is judged again */
	const assay_sample_row *before; /* the sample as it was before this judging; NULL: not known, or of a source */
	unsigned cause;                 /* of a source: what this run found changed (assay_cause); 0: nothing */
	assay_ticket_state state;       /* that the ticket is to be in; 0: open */
	const assay_decision *decision; /* that the state comes from; NULL: none */
	assay_ticket_attempt *attempts;
	size_t attempt_count;
	assay_contents_fn *contents; /* [optional] asked when an event is written */
	assay_age_fn *age;           /* [optional] asked when the ticket is opened */
	void *ctx;
} assay_complaint;

/** The subject needs a ticket: open it, or bring it up to date. */
ASSAY_NODISCARD assay_code assay_ticketing_complain(assay_ticketing *d, const assay_complaint *c, assay_err *err);
/** All complaints are in: settle every ticket that nobody complained about and that is not passed or gone already. */
ASSAY_NODISCARD assay_code assay_ticketing_settle(assay_ticketing *d, assay_err *err);
/** Forget the complaints of a judging that is begun again. */
void assay_ticketing_begin(assay_ticketing *d);
void assay_ticketing_release(assay_ticketing *d);

#endif
