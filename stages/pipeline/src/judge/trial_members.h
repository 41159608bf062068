/** The samples of a version with the units that they were judged by, ascending by key. */
#ifndef ASSAY_TRIAL_MEMBERS_H
#define ASSAY_TRIAL_MEMBERS_H

#include "assay/sample.h"
#include "assay/version.h"

typedef struct assay_trial_member {
	const char *key;
	size_t at;     /* of the key in texts */
	uint64_t unit; /* 0: not known any more */
	assay_sample_kind kind;
	assay_outcome outcome;
	bool failed; /* a stage or the fields rejected it */
} assay_trial_member;

typedef struct assay_trial_members {
	assay_trial_member *items;
	size_t count, cap;
	assay_buf texts;
} assay_trial_members;

ASSAY_NODISCARD assay_code assay_trial_members_read(assay_trial_members *out, assay_store *s, const assay_version *v,
						    assay_err *err);
void assay_trial_members_release(assay_trial_members *m);

#endif
