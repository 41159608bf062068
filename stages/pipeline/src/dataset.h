/** The dataset as it stands: every sample judged, every ticket in its place, one version committed. */
#ifndef ASSAY_DATASET_H
#define ASSAY_DATASET_H

#include "session.h"

/**
 * Judge all present samples, open and settle tickets, and commit the version (unless !commit). Fills the counts, the
 * version and the conservation lines of the summary; summary->sources must be filled in before.
 */
ASSAY_NODISCARD assay_code assay_dataset_judge(assay_session *s, assay_summary *summary, bool commit,
					       assay_progress *progress, assay_err *err);

#endif
