/**
 * Evaluations of models as they come back: JSON Lines, one object for each sample of a version
 * (data/schemas/evaluation.schema.json).
 *
 *     {"key": "scans/a.png#page=1", "score": 0.93}
 *     {"member": "artifacts/ab/ab12….txt", "label": "fail", "note": "total misread"}
 *
 * A sample is named by its key, or by what a delivery calls it: a file below artifacts/, or the path of a source that
 * is one sample. Other members of the objects are passed over.
 */
#ifndef ASSAY_EVALUATION_H
#define ASSAY_EVALUATION_H

#include "assay/diagnostic.h"
#include "assay/feedback.h"
#include "assay/version.h"

#define ASSAY_EVALUATION_FINDINGS_MAX 100
#define ASSAY_EVALUATION_LINE_MAX     ((size_t)1 << 20) /* bytes */

typedef struct assay_evaluation {
	assay_feedback_set results; /* sorted; of no use when a line is wrong */
	uint64_t lines;             /* that are not blank */
	uint64_t wrong;             /* of them */
	assay_diagnostics findings; /* of the first ASSAY_EVALUATION_FINDINGS_MAX wrong ones */
} assay_evaluation;

void assay_evaluation_release(assay_evaluation *e);
#define ASSAY_AUTO_EVALUATION ASSAY_CLEANUP(assay_evaluation_release) assay_evaluation

/**
 * Read an evaluation to its end, whatever its lines are.
 *
 * Memory: keys and digests of the version's samples, and the results.
 *
 * @param fd    open for reading
 * @param file  what findings call it
 * @param out   [out] release it in every case
 * @return ASSAY_OK, also with wrong lines; ASSAY_EIO; ASSAY_ECORRUPT when the store does not hold what the version
 *         names; ASSAY_ESTOP after a signal; ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_evaluation_read(assay_evaluation *out, assay_store *s, const assay_version *v, int fd,
						 const char *file, assay_err *err);

#endif
