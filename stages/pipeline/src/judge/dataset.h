/** The dataset as it stands: every sample judged, every ticket in its place, one version committed. */
#ifndef ASSAY_DATASET_H
#define ASSAY_DATASET_H

#include "repair.h"
#include "session.h"

/** What a judging is asked to do, and what is left to be made after it. */
typedef struct assay_dataset_job {
	bool
	    whole; /* every source was looked at: the checks of the dataset are judged; one that fails prevents the commit */
	bool commit; /* make a version of it */
	/* Attempts are made by whoever asks: while some are wanted there is no version. Otherwise the version is made
	 * without them, and is incomplete. */
	bool repairs;
	const assay_undone *undone; /* attempts that could not be finished; ascending by work key */
	size_t undone_count;
	assay_wanted *wanted; /* [out] freed with assay_dataset_job_release; texts none */
	size_t wanted_count, wanted_cap;
	int dirfd; /* of the store: where long lists lie */
} assay_dataset_job;

void assay_dataset_job_release(assay_dataset_job *j);

/**
 * Judge all present samples, open and settle tickets, and commit the version (unless !commit, or something is still
 * wanted). Fills the counts, the version and the conservation lines of the summary; summary->sources must be filled in
 * before.
 */
ASSAY_NODISCARD assay_code assay_dataset_judge_present(assay_session *s, assay_summary *summary, assay_dataset_job *job,
						       assay_progress *progress, assay_err *err);

#endif
