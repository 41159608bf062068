/** What the checks of the dataset came to when a version was made. */
#ifndef ASSAY_VERSION_RESULTS_H
#define ASSAY_VERSION_RESULTS_H

#include "assay/dataset_result.h"
#include "assay/version.h"

/** The results that an object holds. ASSAY_OK; ASSAY_ENOENT, ASSAY_ECORRUPT, ASSAY_EIO, ASSAY_ENOMEM. */
ASSAY_NODISCARD assay_code assay_results_read(assay_dataset_results *out, assay_store *s, const assay_digest *object,
					      assay_err *err);
/** Results that are kept with a version; none (and ASSAY_OK) when it has none. */
ASSAY_NODISCARD assay_code assay_version_results(assay_dataset_results *out, assay_store *s, const assay_version *v,
						 assay_err *err);

#endif
