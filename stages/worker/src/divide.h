/** Samples that are divided: what their parts have of them, and a result without them. */
#ifndef ASSAY_DIVIDE_H
#define ASSAY_DIVIDE_H

#include "assay/result.h"

/**
 * Give a part what was measured of the whole so far, and its rejection if it has one. What was kept of the whole goes to
 * the first part that is made: it was sent once.
 * @return ASSAY_OK or ASSAY_ENOMEM, *part as far as it came
 */
ASSAY_NODISCARD assay_code divide_inherit(assay_result_sample *part, assay_result_sample *whole, assay_err *err);

/**
 * Take samples out of a result; others move up, and their children with them.
 * @param gone  positions, in any order; none of them is a parent
 * @return ASSAY_OK or ASSAY_ENOMEM, the result unchanged
 */
ASSAY_NODISCARD assay_code divide_forget(assay_result *r, const uint32_t *gone, size_t count, assay_err *err);

#endif
