/** How the queue stands against what the contracts agree about it (assay/queue_agreement.h). */
#ifndef ASSAY_QUEUE_STANDING_H
#define ASSAY_QUEUE_STANDING_H

#include "assay/config.h"
#include "assay/store.h"

typedef struct assay_queue_verdict {
	char *contract; /* its name, or its id */
	char *id;       /* of the agreement */
	bool is_age, met;
	assay_decimal bound; /* seconds, or tickets */
	int64_t value;
	uint64_t ticket; /* of an age: the oldest that is open; 0: none is */
} assay_queue_verdict;

typedef struct assay_queue_standing {
	assay_queue_verdict *items; /* in the order of contracts and agreements */
	size_t count;
	size_t breached; /* that are not met */
} assay_queue_standing;

void assay_queue_standing_release(assay_queue_standing *s);

/**
 * Judge every agreement of the configuration's contracts. Nothing is read when there is none; else the count of open
 * tickets and the first of them.
 * @param now_ns  since 1970 UTC: ages are up to then, and not negative
 */
ASSAY_NODISCARD assay_code assay_queue_standing_judge(assay_queue_standing *out, const assay_config *config,
						      assay_store *store, int64_t now_ns, assay_err *err);

#endif
