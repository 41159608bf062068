/** What `assay why` knows of a sample's verdict: what speaks against it, who decided what, what changed before it. */
#ifndef ASSAY_WHY_VERDICT_H
#define ASSAY_WHY_VERDICT_H

#include "changes.h"
#include "queue_ended.h"
#include "tell.h"
#include "why_moved.h"

#include "assay/sample.h"
#include "assay/source.h"

typedef struct assay_why_verdict {
	assay_ticket ticket;  /* id 0 when it never had one */
	char *last_reason;    /* of the ticket's last event */
	const char *original; /* of a duplicate: how that stands which it duplicates */
	assay_decision decisions[ASSAY_DECISION_OF_METADATA + 1]; /* newest by slot; id 0: none */
	assay_decision_end ended[ASSAY_DECISION_OF_METADATA + 1]; /* why it is not in force */
	char *answers_for;        /* of the one on the verdict, as assay_decision_answers_for has it */
	assay_decision found_in;  /* on the content of what it was found in, beside one of its own; id 0: none */
	assay_decision of_source; /* that stands on the content of its whole source; id 0: none */
	assay_decision_end source_end;
	assay_why_moved moved;
	assay_unit unit;
	assay_recipe *recipe;
	const assay_result_sample *sample; /* of unit; NULL when the unit has none at that position */
	assay_contract_set contracts;
	assay_run_note run;
	bool confirmed; /* the last judgement, under other contracts, came to the same: */
	assay_contract_set later_contracts;
	assay_run_note later_run;
	assay_changes changes; /* since the verdict before */
	bool filters_known;    /* of both verdicts */
} assay_why_verdict;

/** @param v  zeroed by the caller; what it holds is released by assay_why_verdict_release, also after an error */
ASSAY_NODISCARD assay_code assay_why_verdict_load(assay_why_verdict *v, assay_store *s, const assay_sample_row *row,
						  const assay_source *src, assay_err *err);
void assay_why_verdict_release(assay_why_verdict *v);
#define ASSAY_AUTO_WHY_VERDICT ASSAY_CLEANUP(assay_why_verdict_release) assay_why_verdict

/** For people, a paragraph. */
void assay_why_verdict_say(const assay_sample_row *row, const assay_why_verdict *v);
/** Its members, into an object that is open. */
void assay_why_verdict_json(assay_json *j, const assay_sample_row *row, const assay_why_verdict *v);

#endif
