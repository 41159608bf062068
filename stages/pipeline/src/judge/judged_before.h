/** Is there anything to judge? The last judgement, what it was made from, and what is written down of this one. */
#ifndef ASSAY_JUDGED_BEFORE_H
#define ASSAY_JUDGED_BEFORE_H

#include "assay/judgement.h"

#include "session.h"

/**
 * Number of this program's way to judge. Raise it when equal rows, contracts and configuration may give another
 * outcome, another ticket or another version than before.
 */
#define ASSAY_JUDGING_FORMAT 16

typedef struct assay_judged_before {
	bool known; /* there was a judgement whose tries hold what the rows say */
	assay_judgement last;
	assay_digest inputs; /* of a judgement made now */
} assay_judged_before;

ASSAY_NODISCARD assay_code assay_judged_before_read(assay_judged_before *b, const assay_session *s, assay_err *err);
/** Nothing that judging reads has changed, and no time has come: the last judgement stands. */
ASSAY_NODISCARD assay_code assay_judged_before_stands(const assay_judged_before *b, const assay_session *s,
						      bool *stands, assay_err *err);
/** What the last judgement came to, as if it had been made again. @param whole  its dataset checks too */
ASSAY_NODISCARD assay_code assay_judged_before_tell(const assay_judged_before *b, const assay_session *s,
						    assay_summary *summary, bool whole, bool commit, assay_err *err);
/** Write down what this judging came to. @param until_ns  see assay_judgement */
ASSAY_NODISCARD assay_code assay_judged_before_note(const assay_judged_before *b, const assay_session *s,
						    const assay_summary *summary, const assay_version *v,
						    int64_t until_ns, assay_err *err);

#endif
