/** What the sub-verbs of `queue` share: a ticket with all that is known of it, and what to try. */
#ifndef ASSAY_QUEUE_TICKET_H
#define ASSAY_QUEUE_TICKET_H

#include "changes.h"
#include "queue_columns.h"
#include "tell.h"
#include "tell_decision.h"

#include "assay/view.h"

/** What is known about a ticket beyond its row. */
typedef struct assay_ticket_facts {
	assay_unit unit; /* id 0 when no unit failed */
	assay_recipe *recipe;
	assay_contract_set contracts; /* of each check of the ticket */
	assay_ticket_columns columns; /* of a table: what its checks on columns wanted and found */
	assay_run_note opened, changed;
	assay_decision decision;           /* that its state comes from; id 0: none */
	const assay_result_sample *sample; /* of unit; NULL for a source, or when the unit failed */
	const char *kind;                  /* of the sample, "source" for a source */
	assay_view_region region;          /* of sample, on its page; see assay_ticket_facts_load_region */
	char *feedback;                    /* of a ticket that feedback opened: what it said last; NULL otherwise */
	assay_sample_row stands;           /* assay_ticket_standing */
	const char *lane;                  /* [borrowed] set by who knows it (queue_lane.h); NULL otherwise */
	const assay_config *config;        /* [borrowed] the same of assay.yaml; NULL: it is not there, or wrong */
} assay_ticket_facts;

void assay_ticket_facts_release(assay_ticket_facts *c);
/** All but recipe and contracts. */
ASSAY_NODISCARD assay_code assay_ticket_facts_load(assay_ticket_facts *c, assay_store *s, const assay_ticket *t,
						   assay_err *err);
/** Where on its page its sample lies, after that; with the recipe of facts->unit, which is read again where it is another. */
ASSAY_NODISCARD assay_code assay_ticket_facts_load_region(assay_ticket_facts *c, assay_store *s, assay_recipe **recipe,
							  assay_err *err);
/** Recipe, contracts and the place of the sample on its page, after the rest. */
ASSAY_NODISCARD assay_code assay_ticket_facts_load_rest(assay_ticket_facts *c, assay_store *s, const assay_ticket *t,
							assay_err *err);

/**
 * Its sample, where a correction or another file stands in its place and does not help: its checks, which it fails as it
 * stands, keep it out, while those of the ticket are the pipeline's. Else *out is of id 0.
 */
ASSAY_NODISCARD assay_code assay_ticket_standing(assay_sample_row *out, assay_store *s, const assay_ticket *t,
						 assay_err *err);

/**
 * The ticket as its subject stands: where a correction or another file in its place does not help, what that fails is what
 * there is to be done, by which tickets are sorted, put into lanes and handed out; else the ticket.
 * @param now   [out] borrows from t and hold: not to be released
 * @param hold  [out, owned] as of assay_ticket_standing
 */
ASSAY_NODISCARD assay_code assay_ticket_now(assay_ticket *now, assay_sample_row *hold, assay_store *s,
					    const assay_ticket *t, assay_err *err);

/** The same by a row that is known: what is returned borrows from both. */
assay_ticket assay_ticket_standing_as(const assay_ticket *t, const assay_sample_row *row);

/** Is it about a page or a recording? */
bool assay_ticket_has_text(const assay_ticket_facts *c);
/** Has its recipe a stage that takes a text from people (assay_stage.takes_correction)? After the rest. */
bool assay_ticket_takes_text(const assay_ticket_facts *c);
/** One that takes the cells of a table (assay_stage.takes_table)? After the rest. */
bool assay_ticket_takes_table(const assay_ticket_facts *c);

/** Path of the source that it is about: its subject, or the subject without its part. The caller frees it. */
ASSAY_NODISCARD assay_code assay_ticket_path(char **out, const assay_ticket *t, assay_err *err);
/** Kind of its sample, "source" for a source; NULL when it is not known. */
ASSAY_NODISCARD assay_code assay_ticket_kind(const char **out, assay_store *s, const assay_ticket *t, assay_err *err);
/**
 * How far it is off: the largest distance (assay_bound_distance) of its checks of the worst severity.
 * @return false, and *out 0, when none of them has a value
 */
bool assay_ticket_distance(const assay_ticket *t, assay_decimal *out);
/** Number of the page, in the document, that its sample is or lies on; false when there is none. */
bool assay_ticket_page(const assay_ticket *t, uint64_t *page);
/** "failed", or the worst severity of its checks. */
const char *assay_ticket_severity(const assay_ticket *t);

/** What an evaluation said last of it, else the reason of its last event; to be freed. NULL of a ticket without events. */
ASSAY_NODISCARD assay_code assay_ticket_told(char **out, assay_store *s, const assay_ticket *t, assay_err *err);

/** Of one that is damaged: "ticket T12 of 'a.tif' cannot be read (why); 'assay queue retry T12' makes it anew". */
void assay_tell_damaged_ticket(assay_buf *out, const assay_ticket *t);

/** The members of a ticket's object that a list has too. */
void assay_json_ticket(assay_json *j, const assay_ticket *t, const assay_ticket_facts *c);

typedef void assay_advise_fn(void *ctx, const char *text);
/** Call fn with each thing to try, none that a verb would refuse; nothing for a ticket that is settled. */
ASSAY_NODISCARD assay_code assay_ticket_advise(assay_store *s, const assay_ticket *t, const assay_ticket_facts *c,
					       assay_advise_fn *fn, void *ctx, assay_err *err);

#endif
