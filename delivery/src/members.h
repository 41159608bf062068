/** Of the results of an evaluation those whose samples a version delivers, and what these came of. */
#ifndef ASSAY_DELIVERY_MEMBERS_H
#define ASSAY_DELIVERY_MEMBERS_H

#include "assay/feedback.h"
#include "assay/version.h"

#include <stdint.h>

typedef struct members {
	assay_digest *works; /* work keys of such samples, in the order in which the version has them */
	size_t count, cap;
	uint32_t *work_of; /* by result: place in works and 1; 0: the version does not deliver its sample */
} members;

/**
 * A version has its samples in the order of their keys' hashes: results are put into that order too, and both are gone
 * through once. To look for each sample among results that lie elsewhere, or to sort the samples by key, waits for memory.
 *
 * @return ASSAY_OK; ASSAY_ENOMEM, also for 2^32 results; ASSAY_ESTOP; what reading the version returns
 */
ASSAY_NODISCARD assay_code members_find(members *m, assay_store *s, const assay_version *v,
					const assay_feedback_set *set, assay_err *err);
void members_release(members *m);

/** Work key of the sample of a result; NULL when the version does not deliver it. */
static inline const assay_digest *members_work(const members *m, size_t result)
{
	return m->work_of[result] > 0 ? &m->works[m->work_of[result] - 1] : NULL;
}

#endif
