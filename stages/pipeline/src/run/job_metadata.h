/** The metadata of a source on its way through a run. */
#ifndef ASSAY_JOB_METADATA_H
#define ASSAY_JOB_METADATA_H

#include "job.h"

/**
 * Fill in the metadata of a job whose files are digested. A sidecar that says what its row keeps is not read again;
 * one that is broken is the source's failure.
 */
ASSAY_NODISCARD assay_code assay_job_take_metadata(assay_job *j, const assay_session *s, int rootfd, assay_err *err);

#endif
