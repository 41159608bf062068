/** The dataset's checks while it is judged. Without such checks in the contracts nothing here costs anything. */
#ifndef ASSAY_DATASET_CHECKS_H
#define ASSAY_DATASET_CHECKS_H

#include "assay/dataset_judge.h"
#include "assay/version.h"

#include "judging.h"
#include "session.h"

typedef struct assay_dataset_checks {
	const assay_session *session;
	assay_dataset_judge *judge; /* NULL without such checks */
	bool needs_time;
} assay_dataset_checks;

/** Open the checks of the session's contracts, and read their baselines. */
ASSAY_NODISCARD assay_code assay_dataset_checks_open(assay_dataset_checks *out, const assay_session *s, assay_err *err);
/** A sample with its verdict, its values as they are in j. */
ASSAY_NODISCARD assay_code assay_dataset_checks_sample(assay_dataset_checks *d, const assay_judging *j,
						       const assay_judged *of, const assay_sample_row *row,
						       assay_err *err);
/** After the last sample. summary->checks and what they say for a commit. */
ASSAY_NODISCARD assay_code assay_dataset_checks_end(assay_dataset_checks *d, assay_summary *summary, assay_err *err);
/** Keep what they came to as an object. */
ASSAY_NODISCARD assay_code assay_dataset_checks_keep(const assay_dataset_checks *d, const assay_summary *summary,
						     assay_digest *out, assay_err *err);
/** What a version says of its checks: baselines, as-of time and results. */
ASSAY_NODISCARD assay_code assay_dataset_checks_note(const assay_dataset_checks *d, const assay_summary *summary,
						     assay_version *v, assay_err *err);
void assay_dataset_checks_release(assay_dataset_checks *d);

#endif
