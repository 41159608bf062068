/**
 * Contracts tried out on a version: what they would say of its samples, from what the store measured. Nothing is
 * written, and judging is that of a run (judge.h, dataset_judge.h).
 */
#ifndef ASSAY_TRIAL_H
#define ASSAY_TRIAL_H

#include "assay/dataset_result.h"
#include "assay/judge.h"
#include "assay/sample.h"
#include "assay/version.h"

/** One check of a sample. samples = passed + failed + undefined + skipped. */
typedef struct assay_trial_check {
	const assay_contract *contract; /* borrowed from the options */
	const assay_check *check;       /* there */
	uint64_t samples;               /* judged ones that it is about */
	uint64_t passed;
	uint64_t failed;    /* the value is outside of the bound */
	uint64_t undefined; /* failed, since there is no value */
	uint64_t skipped;   /* there is no value, and the check says that this may be */
} assay_trial_check;

/** A sample that would have another outcome. All of it is borrowed for the call. */
typedef struct assay_trial_change {
	const char *key;
	assay_sample_kind kind;
	assay_outcome before, after;
	const assay_failed_check *checks; /* that it would not pass, any severity */
	size_t check_count;
} assay_trial_change;

typedef assay_code assay_trial_fn(void *ctx, const assay_trial_change *c, assay_err *err);

typedef struct assay_trial_opts {
	const assay_version *version;
	/**
	 * The contracts to try; each stands in the place of the version's contract of the same id, or beside them where
	 * there is none. Loaded with the vocabulary; ids differ.
	 */
	const assay_contract *const *contracts;
	size_t count;
	const assay_vocabulary *vocabulary;
	const int64_t *as_of_ns; /* of checks of ages and the end of waivers; NULL: now, in whole seconds */
	assay_trial_fn *fn;      /* optional: called for each change, ascending by key */
	void *ctx;
} assay_trial_opts;

/**
 * samples = judged + left + unknown. Judged are those whose outcome is the contracts' to decide. Left as they are:
 * duplicates, what filters took out, and what a stage or the fields rejected. A waiver or rejection by people holds while
 * what is decided upon is the same under the contracts, and a waiver until it expires. Remedies are not tried. Of the unknown the store no longer says by which measurements they had
 * their outcome in the version; it is left too.
 */
typedef struct assay_trial {
	bool *replaces;                /* by contract: it stands in the place of another */
	assay_contract **kept;         /* contracts of the version that stand */
	assay_trial_check *checks;     /* of the contracts that are tried, in order */
	assay_dataset_results dataset; /* of their checks of the dataset, over all samples but the unknown */
	size_t kept_count, check_count;
	uint64_t samples, judged, left, unknown;
	uint64_t admitted; /* quarantined ones that would be accepted */
	uint64_t refused;  /* accepted ones that would be quarantined */
	uint64_t lapsed;   /* waived ones that would be quarantined: their waiver ends */
	uint64_t unneeded; /* waived ones that would be accepted: they would pass */
	uint64_t given_up; /* quarantined ones that stay so since people rejected them, whatever contracts say */
} assay_trial;

void assay_trial_release(assay_trial *t);
/** A sample's outcome would change, or a check of the dataset of severity error prevent the version. */
bool assay_trial_differs(const assay_trial *t);

/**
 * Metadata and modification times are those that the store has of the sources now.
 *
 * Memory: 40 bytes and its key for each sample of the version, and what dataset_judge.h says. Units are read once each
 * for samples that follow one another.
 *
 * @param out [out] release it in every case
 * @return ASSAY_OK; ASSAY_ECONFIG when a check of drift names a version that is not there; ASSAY_ECORRUPT, ASSAY_EIO,
 *         ASSAY_ENOMEM; what fn returned
 */
ASSAY_NODISCARD assay_code assay_trial_run(assay_trial *out, assay_store *store, const assay_trial_opts *opts,
					   assay_err *err);

#endif
