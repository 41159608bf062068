/**
 * The remediation queue: one ticket per sample or source that failed, with its history. docs/queue.md draws the states.
 */
#ifndef ASSAY_QUEUE_H
#define ASSAY_QUEUE_H

#include "assay/sample.h"

/** Stored: never renumber. */
typedef enum assay_ticket_state {
	ASSAY_TICKET_OPEN = 1,         /* it fails, and nothing was tried yet or can be by the machine */
	ASSAY_TICKET_PASSED = 2,       /* its subject passes now, without help */
	ASSAY_TICKET_GONE = 3,         /* its subject is no longer part of the dataset */
	ASSAY_TICKET_RETRYING = 4,     /* remedies, or a person's correction, are still to be tried */
	ASSAY_TICKET_REPAIRED = 5,     /* a remedy made it pass */
	ASSAY_TICKET_NEEDS_REVIEW = 6, /* whatever there was to try was tried in vain: a person is to look at it */
	ASSAY_TICKET_CORRECTED = 7,    /* a person's correction made it pass */
	ASSAY_TICKET_REPLACED = 8,     /* a person's other file made it pass */
	ASSAY_TICKET_WAIVED = 9,       /* a person lets it pass although it fails */
	ASSAY_TICKET_REJECTED = 10,    /* a person gave it up: it stays quarantined */
} assay_ticket_state;

#define ASSAY_TICKET_STATES 10

const char *assay_ticket_state_name(unsigned state); /* "open"…; NULL for no state */
/** The states in which somebody or something is still to act, a bit for each. */
#define ASSAY_TICKETS_OPEN                                                                                             \
	((uint32_t)1 << ASSAY_TICKET_OPEN | (uint32_t)1 << ASSAY_TICKET_RETRYING |                                     \
	 (uint32_t)1 << ASSAY_TICKET_NEEDS_REVIEW)
/** Is it one of these: open, retrying, needs-review? */
bool assay_ticket_state_is_open(unsigned state);

/** Who opened it. Stored: never renumber. */
typedef enum assay_ticket_origin {
	ASSAY_TICKET_JUDGED = 1, /* a verdict, or a source that gave no samples */
	ASSAY_TICKET_FEEDBACK =
	    2, /* a model's evaluation: its sample may well be accepted, and only a decision settles it */
} assay_ticket_origin;

const char *assay_ticket_origin_name(unsigned origin); /* "judged", "feedback"; NULL for none */

/** What an attempt at repair came to. Stored: never renumber. */
typedef enum assay_attempt_outcome {
	ASSAY_ATTEMPT_WANTED = 1,   /* not made yet */
	ASSAY_ATTEMPT_PASSED = 2,   /* its sample passes every check */
	ASSAY_ATTEMPT_CHECKS = 3,   /* it fails checks */
	ASSAY_ATTEMPT_FAILED = 4,   /* the unit failed */
	ASSAY_ATTEMPT_REJECTED = 5, /* a stage rejected its sample, or there is none */
	ASSAY_ATTEMPT_LOST = 6,     /* it would lose content that is there without it */
	ASSAY_ATTEMPT_UNDONE = 7,   /* an outcome of time, memory or a signal: tried again by the next run */
} assay_attempt_outcome;

#define ASSAY_ATTEMPT_OUTCOMES 7

const char *assay_attempt_outcome_name(unsigned outcome); /* "wanted"…; NULL for none */

/** One way that was or is to be tried, in the order of trying. */
typedef struct assay_ticket_attempt {
	assay_sample_way way;
	char *remedy;        /* WAY_REMEDY: its name; NULL otherwise */
	uint32_t rung;       /* of the remedy, from 0 */
	assay_digest recipe; /* that it changes to */
	uint64_t unit;       /* 0: it was not made */
	assay_attempt_outcome outcome;
	bool chosen;            /* the sample stands as this attempt made it */
	uint32_t failed_checks; /* of severity error */
	char *note;             /* a sentence about the outcome; NULL when there is no more to say */
} assay_ticket_attempt;

void assay_ticket_attempts_free(assay_ticket_attempt *a, size_t count);
/** Do they say the same? */
bool assay_ticket_attempts_same(const assay_ticket_attempt *a, size_t a_count, const assay_ticket_attempt *b,
				size_t b_count);

typedef struct assay_ticket {
	uint64_t id;
	char *subject; /* sample key, or path of a source */
	bool is_source;
	assay_ticket_state state;
	assay_ticket_origin origin;
	uint64_t unit;         /* that failed; 0 when there is none (a source that could not be read) */
	assay_failure failure; /* class; NONE when checks failed */
	char *stage;           /* that failed, NULL when checks failed */
	char *message;         /* of the failure, NULL when checks failed */
	assay_failed_check *checks;
	size_t check_count;
	uint64_t opened_run, changed_run;
	int64_t opened_ns, changed_ns; /* never part of an identity */
	uint32_t events;
	uint64_t decision;   /* that the state comes from, 0: none */
	int64_t feedback_ns; /* when an evaluation last told of it: a decision made since answers that; 0: none did */
	uint64_t
	    feedback_unit; /* of which it told then: what the sample was made of; 0: not known, by an older program */
	assay_ticket_attempt *attempts;
	size_t attempt_count;
	bool damaged; /* its row cannot be read: this is what other rows say of it (assay_ticket_peek) */
} assay_ticket;

void assay_ticket_release(assay_ticket *t);
#define ASSAY_AUTO_TICKET ASSAY_CLEANUP(assay_ticket_release) assay_ticket
/** Its subject passes as the pipeline makes it, or is not known to fail: no failure, no checks. */
void assay_ticket_forget_failure(assay_ticket *t);
/** It is open for what an evaluation said, without a decision. What its sample fails without help it goes on to say. */
void assay_ticket_turn_to_feedback(assay_ticket *t);

/** What happened to a ticket. */
typedef struct assay_ticket_event {
	assay_ticket_state state; /* that it went into */
	uint64_t run;
	int64_t at_ns;
	char *actor;  /* "assay" or who decided */
	char *reason; /* a sentence */
	/* What stood before, and what is delivered after: of a sample its content (assay/content.h), of a source its
	 * bytes. Zero where there is none; docs/queue.md has it for each state. */
	assay_digest before, after;
	/* When an evaluation told of it, where it told of another sample, whose place this one takes; 0: at at_ns, or the
	 * event is not of an evaluation. */
	int64_t told_ns;
	bool act;     /* what a person did: the state is the one that it was in, and what came of it is told next */
	bool damaged; /* its row cannot be read: reason says so, all else is nothing */
	/* Attempts that no event before it has, but for those that another judged otherwise; the first `earlier` of them
	 * were judged so before it. */
	assay_ticket_attempt *attempts;
	size_t attempt_count, earlier;
} assay_ticket_event;

void assay_ticket_event_release(assay_ticket_event *e);
/** Did an evaluation tell of it? Who judges has a run, and what a person does is an act: this is neither. */
bool assay_ticket_event_is_told(const assay_ticket_event *e);

/** What an event says to a sample of what an evaluation told of another, in whose place it is. @param words  NULL: lost */
void assay_ticket_tell_place(assay_buf *out, const char *other, const char *words);
/** The words in what an event says, whichever samples they came by; all that it says of one that was told itself. */
const char *assay_ticket_words(const char *reason);

/**
 * Insert (id 0) or replace, and append an event that says why. How many tickets are in each state is kept. The event
 * begins where the last one that can be read ended, and keeps what attempts of the ticket no event has.
 * @param e  actor, reason, told_ns, before and after are taken from it; before only where the last event left nothing delivered
 */
ASSAY_NODISCARD assay_code assay_ticket_put_event(assay_store *s, assay_ticket *t, const assay_ticket_event *e,
						  assay_err *err);
/** The same for an event that leaves delivered what was; where nothing was, `before` is its subject as it was judged last. */
ASSAY_NODISCARD assay_code assay_ticket_put(assay_store *s, assay_ticket *t, const char *actor, const char *reason,
					    assay_err *err);
/** ASSAY_ENOENT without a message; ASSAY_ECORRUPT says which ticket cannot be read, and what makes it anew. */
ASSAY_NODISCARD assay_code assay_ticket_find(assay_store *s, const char *subject, assay_ticket *out, assay_err *err);
ASSAY_NODISCARD assay_code assay_ticket_get(assay_store *s, uint64_t id, assay_ticket *out, assay_err *err);
/**
 * The same for those who only tell of it: one whose row cannot be read is no error, but `damaged`. What is known of it
 * then: why (message); whom it is about, by the index (subject; NULL when that cannot be told); the state that it is
 * listed in, or that its last event left (0: neither can be read); by its events how many there are, when it was opened
 * and when an evaluation told of it.
 */
ASSAY_NODISCARD assay_code assay_ticket_peek(assay_store *s, uint64_t id, assay_ticket *out, assay_err *err);
/** By its subject. ASSAY_ENOENT without a message. */
ASSAY_NODISCARD assay_code assay_ticket_peek_on(assay_store *s, const char *subject, assay_ticket *out, assay_err *err);
/**
 * A person does something to a ticket, which stays as it is: an event by itself, of no run, with the contents that stand.
 * Time and state of the ticket do not change by it.
 */
ASSAY_NODISCARD assay_code assay_ticket_put_act(assay_store *s, uint64_t id, const char *actor, const char *reason,
						int64_t at_ns, assay_err *err);
typedef assay_code assay_ticket_fn(void *ctx, const assay_ticket *t, assay_err *err);
/** Open tickets (assay_ticket_state_is_open) in the order they were first made; with all, settled ones too. */
ASSAY_NODISCARD assay_code assay_tickets_each(assay_store *s, bool all, assay_ticket_fn *fn, void *ctx, assay_err *err);
/**
 * Tickets in one of the states (bit 1 << state; 0: in any), from the one after number `after` on, in order of number.
 * What is read grows with those that there are in these states, not with all, but in a store whose last writer kept no
 * list of them (src/standing.h). Those that cannot be read are left out, with a warning. fn may change the ticket that it gets; it must not bring others into these states.
 */
ASSAY_NODISCARD assay_code assay_tickets_in(assay_store *s, uint32_t states, uint64_t after, assay_ticket_fn *fn,
					    void *ctx, assay_err *err);
/** Of a ticket whose row cannot be read, and why. */
typedef assay_code assay_ticket_damaged_fn(void *ctx, uint64_t id, const assay_err *why, assay_err *err);
/** The same as assay_tickets_in, and `damaged` gets those that cannot be read in place of a warning. */
ASSAY_NODISCARD assay_code assay_tickets_look(assay_store *s, uint32_t states, assay_ticket_fn *fn,
					      assay_ticket_damaged_fn *damaged, void *ctx, assay_err *err);
/** All tickets in order of number. @param damaged  [optional] gets those that cannot be read; either may change its own */
ASSAY_NODISCARD assay_code assay_tickets_all(assay_store *s, assay_ticket_fn *fn, assay_ticket_damaged_fn *damaged,
					     void *ctx, assay_err *err);
/**
 * Whom a ticket is about, by what the index and the rows of samples and sources say, not by its own.
 * @param subject  [out, owned] NULL when that cannot be told: ASSAY_ENOENT without a message
 */
ASSAY_NODISCARD assay_code assay_ticket_subject(assay_store *s, uint64_t id, char **subject, bool *is_source,
						assay_err *err);
typedef assay_code assay_ticket_event_fn(void *ctx, const assay_ticket_event *e, assay_err *err);
ASSAY_NODISCARD assay_code assay_ticket_events(assay_store *s, uint64_t ticket, assay_ticket_event_fn *fn, void *ctx,
					       assay_err *err);
/** An attempt that a ticket has seen, and since when. */
typedef struct assay_ticket_tried {
	const assay_ticket_attempt *attempt; /* borrowed; `chosen`: it was taken then */
	bool current;   /* it is of the ticket's own list: what speaks for or against its subject as it stands */
	uint32_t event; /* of the history, from 1: the first that tells of it so. 0: none does yet, or it was judged so
			 * before any event told, by an older program or in a run that was stopped */
	uint64_t run;   /* of that event, */
	int64_t at_ns;  /* and its time */
} assay_ticket_tried;

typedef assay_code assay_ticket_tried_fn(void *ctx, const assay_ticket_tried *x, assay_err *err);
/**
 * Every attempt that the ticket has seen, each as often as it was judged otherwise: those that count no more in the
 * order in which they came, then the ticket's own list. None is ever removed; of a damaged event those that it alone had
 * are lost with it.
 */
ASSAY_NODISCARD assay_code assay_ticket_tried_each(assay_store *s, const assay_ticket *t, assay_ticket_tried_fn *fn,
						   void *ctx, assay_err *err);
/** The last of them that can be read. ASSAY_ENOENT without a message when there is none. */
ASSAY_NODISCARD assay_code assay_ticket_last_event(assay_store *s, const assay_ticket *t, assay_ticket_event *out,
						   assay_err *err);
/**
 * An event that cannot be read, or is not there, keeps its place in the history: an act stands in it from then on, by who
 * answers for that, with the state that the event before it left.
 * @param ordinal  from 1
 * @return ASSAY_ENOENT when the ticket has no such event, ASSAY_EUSAGE when it can be read
 */
ASSAY_NODISCARD assay_code assay_ticket_can_give_up(assay_store *s, uint64_t ticket, uint32_t ordinal, assay_err *err);
ASSAY_NODISCARD assay_code assay_ticket_give_up(assay_store *s, uint64_t ticket, uint32_t ordinal, const char *actor,
						const char *reason, int64_t at_ns, assay_err *err);
ASSAY_NODISCARD assay_code assay_tickets_open(assay_store *s, uint64_t *count, assay_err *err);
/** How many tickets are in each state; counts[0] is 0. */
ASSAY_NODISCARD assay_code assay_tickets_count(assay_store *s, uint64_t counts[ASSAY_TICKET_STATES + 1],
					       assay_err *err);

#endif
