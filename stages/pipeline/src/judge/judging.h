/**
 * Who judges samples: the contracts, a place for what is judged now, and the scales that one result of a sample is put
 * on. What becomes of the sample is decided in treat.h and verdict.h.
 */
#ifndef ASSAY_JUDGING_H
#define ASSAY_JUDGING_H

#include "assay/judge.h"
#include "assay/sample.h"
#include "assay/source.h"
#include "assay/unit.h"

#include "findings.h"
#include "known_recipe.h"
#include "repair.h"
#include "sample_values.h"
#include "session.h"

/** What speaks against a sample as nobody treated it, which is what its ticket is about. */
typedef struct assay_objection {
	assay_findings findings;
	assay_failure failure; /* of the stage that rejected it, NONE otherwise */
	const char *stage;     /* that did; NULL without a failure */
} assay_objection;

/** Who judges: kept over all samples of a judging. What it says of a sample stays until the next one is judged. */
typedef struct assay_judging {
	assay_session *session;
	const assay_contract **contracts; /* in the configuration's order */
	assay_sample_values values;
	assay_verdict verdict;   /* of the contracts */
	assay_findings findings; /* its findings as rows have them */
	assay_buf key, original; /* texts of row */
	assay_buf broken;        /* how its metadata break the fields, "" if they do not */
	assay_sample_row row;    /* as it stands now; all borrowed */
	assay_sample_row before; /* as it was; in the arena */
	assay_arena rows;
	assay_repair repair;            /* what was tried, and is wanted */
	assay_judged base;              /* the sample as its ticket speaks of it: plain if that fails */
	assay_judged of;                /* that the verdict is about in the end */
	assay_objection objection;      /* against the base */
	assay_ticket_state state;       /* of its ticket; 0: it needs none */
	const assay_decision *decision; /* that decided on the verdict, or changed the content; NULL: none */
	const assay_decision *content; /* in force on its content: a text, another file, a remedy by name; NULL: none */
	bool repairs;                  /* attempts that are wanted are made next, and all is judged again */
	bool passing;   /* set by the caller: what it was found in is tried next, and all is judged again */
	bool unsettled; /* an attempt was not made, or only in vain for want of time or memory */
	assay_judge_value *base_values; /* of the base, by number of the vocabulary: NULL until first needed */
} assay_judging;

/** @param known  recipes that are known already, and are added to */
ASSAY_NODISCARD assay_code assay_judging_open(assay_judging *j, assay_session *s, assay_known_recipes *known,
					      assay_err *err);
void assay_judging_release(assay_judging *j);

/** A text for j->row. Rows own their texts; one that is only compared and written borrows them. */
static inline char *assay_judging_text(const char *text)
{
	return (char *)(uintptr_t)text;
}

/** Judge one result of the sample: values, verdict, findings; j->row's failure, and its outcome but for decisions. */
ASSAY_NODISCARD assay_code assay_judging_weigh(assay_judging *j, const assay_judged *of, assay_err *err);
/** What the ticket of a sample says of its failure, by the last weighing; NULL when it has none. */
const char *assay_judging_message(const assay_judging *j, const assay_judged *of);

#endif
