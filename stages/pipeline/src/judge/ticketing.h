/** Keeping the queue in step with the verdicts: who fails has an open ticket, and nobody else has. */
#ifndef ASSAY_TICKETING_H
#define ASSAY_TICKETING_H

#include "assay/queue.h"

typedef struct assay_ticketing {
	assay_store *store;
	uint64_t run;      /* that judges */
	uint64_t *visited; /* tickets of subjects that fail now */
	size_t visited_count, visited_cap;
	uint64_t opened, settled; /* by this run */
} assay_ticketing;

/** What a ticket is about, as it stands now. All of it is borrowed. */
typedef struct assay_complaint {
	const char *subject; /* sample key or path of a source */
	bool is_source;
	uint64_t unit; /* 0 when there is none */
	assay_failure failure;
	const char *stage, *message;
	assay_failed_check *checks;
	size_t check_count;
} assay_complaint;

/** The subject fails: open its ticket, or bring it up to date. */
ASSAY_NODISCARD assay_code assay_ticketing_complain(assay_ticketing *d, const assay_complaint *c, assay_err *err);
/** All complaints are in: settle every open ticket that nobody complained about. */
ASSAY_NODISCARD assay_code assay_ticketing_settle(assay_ticketing *d, assay_err *err);
void assay_ticketing_release(assay_ticketing *d);

#endif
