/** The dataset as it stands: every sample judged, every ticket in its place, one version committed. */
#ifndef ASSAY_DATASET_H
#define ASSAY_DATASET_H

#include "session.h"

/**
 * Judge all present samples, open and settle tickets, and commit the version (unless !commit). Fills the counts, the
 * version and the conservation lines of the summary; summary->sources must be filled in before.
 *
 * @param whole  every source was looked at: the checks of the dataset are judged; one that fails prevents the commit
 */
ASSAY_NODISCARD assay_code assay_dataset_judge_present(assay_session *s, assay_summary *summary, bool whole,
						       bool commit, assay_progress *progress, assay_err *err);

#endif
