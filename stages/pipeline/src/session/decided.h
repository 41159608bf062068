/**
 * The decisions of people that stand, held in memory while sources are looked at and samples judged: there are few, and
 * each sample is asked about. Which of them are in force, judging finds out and notes here.
 */
#ifndef ASSAY_DECIDED_H
#define ASSAY_DECIDED_H

#include "assay/decision.h"

typedef struct assay_decided {
	assay_decision *items; /* ascending by subject and slot */
	bool *in_force;        /* in parallel: their subject is there, and is what was decided upon */
	size_t count, cap;
	uint64_t *damaged; /* numbers of those that cannot be read; none unless it was asked for */
	size_t damaged_count, damaged_cap;
} assay_decided;

ASSAY_NODISCARD assay_code assay_decided_load(assay_decided *d, assay_store *s, assay_err *err);
/** The same for who only looks: those that cannot be read are noted, and left out. */
ASSAY_NODISCARD assay_code assay_decided_look(assay_decided *d, assay_store *s, assay_err *err);
void assay_decided_release(assay_decided *d);
/** NULL when none stands in the slot. */
const assay_decision *assay_decided_find(const assay_decided *d, const char *subject, assay_decision_slot slot);
/** Position of the first whose subject is not before this text; d->count when there is none. */
size_t assay_decided_from(const assay_decided *d, const char *subject);
/** Does one name a remedy, whether or not a check does? */
bool assay_decided_names_remedy(const assay_decided *d);

/** Nothing is in force until it is found to be. */
void assay_decided_begin(assay_decided *d);
void assay_decided_enforce(assay_decided *d, const assay_decision *which);
/** Is one in force that names this remedy? */
bool assay_decided_tries(const assay_decided *d, const char *remedy);
/** Store the list of those in force for a version; *out is zero when there are none. */
ASSAY_NODISCARD assay_code assay_decided_keep(const assay_decided *d, assay_store *s, assay_digest *out,
					      assay_err *err);

#endif
