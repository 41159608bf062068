/** Decisions that nobody took back, and that hold no more. */
#ifndef ASSAY_QUEUE_ENDED_H
#define ASSAY_QUEUE_ENDED_H

#include "assay/buf.h"
#include "assay/decision.h"
#include "assay/queue.h"

/** Why a decision that nobody took back is not in force. */
typedef enum assay_decision_end {
	ASSAY_DECISION_HOLDS, /* it is, or was taken back, or cannot be read: its standing says so */
	ASSAY_DECISION_WAITS, /* its subject is not there, a duplicate, filtered or given up as a whole: it has not ended */
	ASSAY_DECISION_ANSWERS_ON,  /* its file is gone, and it answers an evaluation for another with the same bytes */
	ASSAY_DECISION_EXPIRED,     /* a waiver's day came */
	ASSAY_DECISION_OTHER_BYTES, /* the source has others */
	ASSAY_DECISION_OTHER_FILE,  /* a file stands in place of its source or page, and it was made on another */
	ASSAY_DECISION_FILE_GONE,   /* the file that stood there then does no more, and none does */
	ASSAY_DECISION_OTHER_PAGE,  /* of a table: another file stands in place of the page that it was found on */
	ASSAY_DECISION_DECIDED_SINCE, /* by what was decided since it stands otherwise */
	ASSAY_DECISION_MOVED, /* its file is gone, and another has the same bytes, about which nothing was decided since */
	ASSAY_DECISION_OF_COPY,       /* a copy of it, which stands otherwise, is the original now */
	ASSAY_DECISION_OTHER_VERDICT, /* its work, or what keeps it from being delivered, is another */
} assay_decision_end;

/** As the last judging left its subject. Of a remedy by name, which changes nothing by ending, it is not told: HOLDS. */
ASSAY_NODISCARD assay_code assay_decision_end_of(assay_decision_end *out, assay_store *s, const assay_decision *d,
						 assay_err *err);
/** "it expired on 2029-01-01", "the source has other bytes now"; NULL where it holds. The text is in `out`. */
const char *assay_decision_end_text(assay_buf *out, assay_decision_end end, const assay_decision *d);
/**
 * Key of the sample that one which ANSWERS_ON answers for; NULL with any other end.
 * @param key  [out] the caller frees it
 */
ASSAY_NODISCARD assay_code assay_decision_answers_for(char **key, assay_store *s, const assay_decision *d,
						      assay_decision_end end, assay_err *err);
/** Has it ended? One that waits, or answers on, has not. */
bool assay_decision_end_is(assay_decision_end end);
/** Does a decision stand that has ended so? */
ASSAY_NODISCARD assay_code assay_decision_has_ended(bool *out, assay_store *s, const assay_decision *d, assay_err *err);
/** Is one of those about the ticket's subject, or on the metadata of its source? */
ASSAY_NODISCARD assay_code assay_ticket_has_ended(bool *out, assay_store *s, const assay_ticket *t, assay_err *err);
/** Is there one that can be taken back though its subject is gone or passes: one that has ended, or answers on? */
ASSAY_NODISCARD assay_code assay_ticket_has_left(bool *out, assay_store *s, const assay_ticket *t, assay_err *err);

#endif
