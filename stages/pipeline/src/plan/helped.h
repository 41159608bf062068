/**
 * Sources that fail as the pipeline makes them, and are settled all the same: by a remedy or another file, by which they
 * stand, or by a person who gave them up.
 */
#ifndef ASSAY_HELPED_H
#define ASSAY_HELPED_H

#include "session.h"

#include "assay/source.h"

/** As the last judging left it: does a source that fails give samples by help? Its ticket says so. */
ASSAY_NODISCARD assay_code assay_source_is_helped(bool *out, assay_store *s, const char *key, assay_err *err);
/** Does a person's other file stand in the place of these bytes, so that what becomes of them is of no matter? */
ASSAY_NODISCARD assay_code assay_source_is_replaced(bool *out, const assay_session *s, const assay_source *src,
						    assay_err *err);

/** Did a person give these bytes up, so that what failed for want of time is not made again? Its ticket says so. */
ASSAY_NODISCARD assay_code assay_source_is_given_up(bool *out, const assay_session *s, const assay_source *src,
						    assay_err *err);
/** One or the other. */
ASSAY_NODISCARD assay_code assay_source_is_decided(bool *out, const assay_session *s, const assay_source *src,
						   assay_err *err);

#endif
