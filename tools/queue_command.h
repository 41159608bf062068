/**
 * What waive, reject, resolve and retry share: decisions on tickets, all of them or none, then the repair and judging
 * that follow from them, and what became of each ticket.
 */
#ifndef ASSAY_QUEUE_COMMAND_H
#define ASSAY_QUEUE_COMMAND_H

#include "queue_obstacles.h"
#include "queue_select.h"
#include "queue_ticket.h"

#include "assay/decision.h"
#include "assay/pipeline.h"

/** Rows of the tables of these verbs. */
#define ASSAY_COMMAND_OPTIONS                                                                                          \
	{"reason", 0, "TEXT", "why, kept with the decision"},                                                          \
	    {"actor", 0, "NAME", "who decides (default: the name of the user who runs it)"},                           \
	    {"dry-run", 'n', NULL, "tell what would be decided, write nothing"},                                       \
	    {"as-of", 0, "TIME", "judge ages and expiry as of this time (default: now)"},                              \
	{                                                                                                              \
		"jobs", 'j', "N", "worker processes, where something is to be done again (default: one per core)"      \
	}

/** For the help of these verbs. */
#define ASSAY_COMMAND_HELP                                                                                             \
	"All of the tickets or none: a ticket that it cannot be done to is named, and nothing is written. Then what\n" \
	"follows is done at once: attempts are made, everything is judged, and a version is committed.\n"

/** Their exit codes beside those that all verbs have. */
extern const assay_exit_row assay_command_exits[];

/** A ticket that the command is about. */
typedef struct assay_command_item {
	uint64_t ticket; /* 0: it had none before */
	char *subject;
	assay_ticket_state before; /* 0 without one */
	char *text;                /* what is done to it */
	char *reason;              /* why */
	bool left;                 /* nothing is: it stays as it is */
	uint64_t decision;         /* that was made; 0: none */
	bool told;                 /* an event of its own tells who decided so: what a person lets pass or gives up */
} assay_command_item;

/** What a file holds for a ticket that is not taken: what came between. */
typedef struct assay_command_skip {
	uint64_t ticket;
	char *subject, *text, *annotator;
} assay_command_skip;

typedef struct assay_command {
	const assay_invocation *in;
	const char *own;             /* option of the verb that is no filter; NULL: none is */
	assay_obstacle_fn *obstacle; /* what it is in the way of is left out of paths, and told; NULL: nothing is */
	assay_config *config;
	int rootfd;
	assay_store *store;
	assay_run_opts opts;
	char *actor;
	const char *reason; /* "" when none was given */
	int64_t now_ns;
	bool dry;
	bool judge; /* something was decided that judging must see */
	assay_command_item *items;
	size_t count, cap;
	bool skips; /* the verb may leave some of its file out: */
	assay_command_skip *skipped;
	size_t skip_count, skip_cap;
	assay_basis_maker *bases; /* once a basis was asked for */
	uint64_t *taken;          /* numbers of decisions that cannot be read and are taken out */
	size_t taken_count, taken_cap;
	uint64_t *anew; /* numbers of tickets that could not be read, and were made anew before all else */
	size_t anew_count, anew_cap;
} assay_command;

/** Read the shared options and the configuration, open the store: to write, unless it is a dry run. */
ASSAY_NODISCARD assay_code assay_command_open(assay_command *c, const assay_invocation *in, assay_err *err);
void assay_command_release(assay_command *c);
#define ASSAY_AUTO_COMMAND ASSAY_CLEANUP(assay_command_release) assay_command

/** What a verb does to one ticket: it checks that it can, decides, and notes it. */
typedef assay_code assay_command_fn(void *ctx, assay_command *c, const assay_ticket *t, assay_err *err);
/**
 * Each ticket of the selection that the operands and filters name. Those that cannot be read are made anew first, by a
 * judging: it changes nothing else.
 * @return ASSAY_ECORRUPT when one cannot be made anew, or it is a dry run; ASSAY_EUSAGE when they name none: neither an operand nor a filter, or nothing matches
 */
ASSAY_NODISCARD assay_code assay_command_each(assay_command *c, assay_command_fn *fn, void *ctx, assay_err *err);

/** Was it made anew by this command? */
bool assay_command_made_anew(const assay_command *c, uint64_t ticket);

/** The ticket is part of the command; the text says what is done. */
ASSAY_NODISCARD assay_code assay_command_note(assay_command *c, const assay_ticket *t, const char *text,
					      assay_err *err);
/** The same, where an event of its own tells who decided so. */
ASSAY_NODISCARD assay_code assay_command_note_told(assay_command *c, const assay_ticket *t, const char *text,
						   assay_err *err);
/** It is named by the selection, and left as it is; the text says why. */
ASSAY_NODISCARD assay_code assay_command_note_left(assay_command *c, const assay_ticket *t, const char *text,
						   assay_err *err);
/** The same of what stands by this decision already, or, where it has no kind, is in its state: it stays so. */
ASSAY_NODISCARD assay_code assay_command_note_kept(assay_command *c, const assay_ticket *t, const assay_decision *d,
						   assay_err *err);
/**
 * Decide (actor, reason and time are filled in), and note it. d is released. What the ticket stands by already, by the same
 * person for the same reason, stays as it was.
 */
ASSAY_NODISCARD assay_code assay_command_decide(assay_command *c, const assay_ticket *t, assay_decision *d,
						assay_err *err);
/** Say more of the ticket that was decided or noted last. */
ASSAY_NODISCARD assay_code assay_command_add(assay_command *c, const char *text, assay_err *err);
/**
 * What a decision of this kind is on: its basis. Of a sample it is what the contracts say of it now, by which the judging
 * that follows goes, also where they were edited since it was judged.
 * @param passes  [out] of a sample: nothing speaks against it by these
 */
ASSAY_NODISCARD assay_code assay_command_basis(assay_digest *out, bool *passes, assay_command *c, const assay_ticket *t,
					       assay_decision_kind kind, assay_err *err);
/** The same of a sample as it stands, with a ticket or without. */
ASSAY_NODISCARD assay_code assay_command_basis_of_row(assay_digest *out, bool *passes, assay_command *c,
						      const assay_sample_row *row, assay_decision_kind kind,
						      assay_err *err);
/** The source of a ticket, which must be there. */
ASSAY_NODISCARD assay_code assay_command_source(assay_source *out, assay_command *c, const assay_ticket *t,
						assay_err *err);
/** ASSAY_EUSAGE: "T12 (scans/a.tif#page=3) ..." */
ASSAY_NODISCARD assay_code assay_command_refuse(const assay_ticket *t, assay_err *err, const char *fmt, ...)
    ASSAY_PRINTF(3, 4);

/** ASSAY_EUSAGE says what keeps it from being done. */
ASSAY_NODISCARD assay_code assay_command_allow(assay_command *c, const assay_ticket *t, assay_obstacle_fn *obstacle,
					       assay_err *err);

/** Commit, do what follows, tell of every ticket. @param exit  [out] that the verb is to end with */
ASSAY_NODISCARD assay_code assay_command_finish(assay_command *c, int *exit, assay_err *err);

#endif
