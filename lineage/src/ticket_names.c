/* The words for what a ticket can be. */
#include "assay/queue.h"

const char *assay_ticket_state_name(unsigned state)
{
	static const char *const names[] = {
	    [ASSAY_TICKET_OPEN] = "open",           [ASSAY_TICKET_PASSED] = "passed",
	    [ASSAY_TICKET_GONE] = "gone",           [ASSAY_TICKET_RETRYING] = "retrying",
	    [ASSAY_TICKET_REPAIRED] = "repaired",   [ASSAY_TICKET_NEEDS_REVIEW] = "needs-review",
	    [ASSAY_TICKET_CORRECTED] = "corrected", [ASSAY_TICKET_REPLACED] = "replaced",
	    [ASSAY_TICKET_WAIVED] = "waived",       [ASSAY_TICKET_REJECTED] = "rejected",
	};

	return state < ASSAY_COUNT(names) ? names[state] : NULL;
}

bool assay_ticket_state_is_open(unsigned state)
{
	return state <= ASSAY_TICKET_STATES && (ASSAY_TICKETS_OPEN >> state & 1) != 0;
}

const char *assay_ticket_origin_name(unsigned origin)
{
	static const char *const names[] = {[ASSAY_TICKET_JUDGED] = "judged", [ASSAY_TICKET_FEEDBACK] = "feedback"};

	return origin < ASSAY_COUNT(names) ? names[origin] : NULL;
}

const char *assay_attempt_outcome_name(unsigned outcome)
{
	static const char *const names[] = {
	    [ASSAY_ATTEMPT_WANTED] = "wanted",     [ASSAY_ATTEMPT_PASSED] = "passed",
	    [ASSAY_ATTEMPT_CHECKS] = "checks",     [ASSAY_ATTEMPT_FAILED] = "failed",
	    [ASSAY_ATTEMPT_REJECTED] = "rejected", [ASSAY_ATTEMPT_LOST] = "lost-content",
	    [ASSAY_ATTEMPT_UNDONE] = "undone",
	};

	return outcome < ASSAY_COUNT(names) ? names[outcome] : NULL;
}
