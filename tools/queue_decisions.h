/** All that people decided and that bears on the subject of a ticket, in force or ended. */
#ifndef ASSAY_QUEUE_DECISIONS_H
#define ASSAY_QUEUE_DECISIONS_H

#include "queue_ended.h"
#include "tell_decision.h"

#define ASSAY_TICKET_DECISIONS 5

typedef struct assay_ticket_decisions {
	struct {
		assay_decision decision; /* id 0: none stands */
		assay_decision_end end;
		char *answers_for; /* as assay_decision_answers_for has it */
	} items
	    [ASSAY_TICKET_DECISIONS]; /* on its verdict, its content, its whole source, where it was found, metadata */
} assay_ticket_decisions;

ASSAY_NODISCARD assay_code assay_ticket_decisions_load(assay_ticket_decisions *out, assay_store *s,
						       const assay_ticket *t, assay_err *err);
void assay_ticket_decisions_release(assay_ticket_decisions *d);
#define ASSAY_AUTO_TICKET_DECISIONS ASSAY_CLEANUP(assay_ticket_decisions_release) assay_ticket_decisions

/** A paragraph for each; also for `own`, that the ticket's state comes from, where it is none of them. */
void assay_say_ticket_decisions(const assay_ticket_decisions *d, const assay_decision *own);
/** key: {verdict, content, source, found_in, metadata}, each a decision as assay_json_decision_end has it, or null. */
void assay_json_ticket_decisions(assay_json *j, const char *key, const assay_ticket_decisions *d);

/** After assay_say_decision: why it is not in force, where it is not; and what it answers for under another name. */
void assay_say_decision_end(assay_decision_end end, const assay_decision *d, const char *answers_for);
/**
 * assay_json_decision, with two members more: "not_in_force" has the reason, null where it holds; "answers_for" the key
 * of the sample under another name, or null.
 */
void assay_json_decision_end(assay_json *j, const char *key, const assay_decision *d, assay_decision_end end,
			     const char *answers_for);

#endif
