/** Making the units that a judging wants: attempts of remedies, and what people corrected or put in place of a file. */
#ifndef ASSAY_ATTEMPTS_H
#define ASSAY_ATTEMPTS_H

#include "assay/worker.h"

#include "repair.h"
#include "session.h"

typedef struct assay_attempts {
	assay_session *session;
	int rootfd; /* the folder of assay.yaml */
	const assay_run_opts *opts;
	assay_summary *summary;
	assay_progress *progress; /* optional */
	/* What came to nothing for want of time or memory, or because a file cannot be read as it was digested; ascending
	 * by work key, each once. */
	assay_undone *undone;
	size_t undone_count, undone_cap;
	struct assay_attempt_pool *pool; /* workers, kept from one call to the next; NULL before the first */
} assay_attempts;

/**
 * Make them, in their order; what was made meanwhile is not made again. Results are committed in groups.
 * @return ASSAY_OK; ASSAY_ESTOP after a signal, with what was finished committed; else as assay_pipeline_run
 */
ASSAY_NODISCARD assay_code assay_attempts_make(assay_attempts *a, const assay_wanted *wanted, size_t count,
					       assay_err *err);
void assay_attempts_release(assay_attempts *a); /* ends the workers */

#endif
