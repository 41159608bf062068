/** The remediation queue: one ticket per sample or source that failed, with its history. */
#ifndef ASSAY_QUEUE_H
#define ASSAY_QUEUE_H

#include "assay/sample.h"

/** Stored: never renumber. */
typedef enum assay_ticket_state {
	ASSAY_TICKET_OPEN = 1,
	ASSAY_TICKET_PASSED = 2, /* its subject passes now */
	ASSAY_TICKET_GONE = 3,   /* its subject is no longer part of the dataset */
} assay_ticket_state;

const char *assay_ticket_state_name(unsigned state);

typedef struct assay_ticket {
	uint64_t id;
	char *subject; /* sample key, or path of a source */
	bool is_source;
	assay_ticket_state state;
	uint64_t unit;         /* that failed; 0 when there is none (a source that could not be read) */
	assay_failure failure; /* class; NONE when checks failed */
	char *stage;           /* that failed, NULL when checks failed */
	char *message;         /* of the failure, NULL when checks failed */
	assay_failed_check *checks;
	size_t check_count;
	uint64_t opened_run, changed_run;
	int64_t opened_ns, changed_ns; /* never part of an identity */
	uint32_t events;
} assay_ticket;

void assay_ticket_release(assay_ticket *t);
#define ASSAY_AUTO_TICKET ASSAY_CLEANUP(assay_ticket_release) assay_ticket

/** What happened to a ticket. */
typedef struct assay_ticket_event {
	assay_ticket_state state; /* that it went into */
	uint64_t run;
	int64_t at_ns;
	char *actor;  /* "assay" or who decided */
	char *reason; /* a sentence */
} assay_ticket_event;

void assay_ticket_event_release(assay_ticket_event *e);

/** Insert (id 0) or replace, and append an event that says why. The number of open tickets is kept. */
ASSAY_NODISCARD assay_code assay_ticket_put(assay_store *s, assay_ticket *t, const char *actor, const char *reason,
					    assay_err *err);
ASSAY_NODISCARD assay_code assay_ticket_find(assay_store *s, const char *subject, assay_ticket *out, assay_err *err);
ASSAY_NODISCARD assay_code assay_ticket_get(assay_store *s, uint64_t id, assay_ticket *out, assay_err *err);
typedef assay_code assay_ticket_fn(void *ctx, const assay_ticket *t, assay_err *err);
/** Open tickets in the order they were opened; with all, settled ones too. */
ASSAY_NODISCARD assay_code assay_tickets_each(assay_store *s, bool all, assay_ticket_fn *fn, void *ctx, assay_err *err);
typedef assay_code assay_ticket_event_fn(void *ctx, const assay_ticket_event *e, assay_err *err);
ASSAY_NODISCARD assay_code assay_ticket_events(assay_store *s, uint64_t ticket, assay_ticket_event_fn *fn, void *ctx,
					       assay_err *err);
ASSAY_NODISCARD assay_code assay_tickets_open(assay_store *s, uint64_t *count, assay_err *err);

#endif
