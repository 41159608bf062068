/** What was decided on a source that fails holds for its copies as well: they are the same work, and fail in the same way. */
#ifndef ASSAY_DECIDED_ELSEWHERE_H
#define ASSAY_DECIDED_ELSEWHERE_H

#include "assay/unit.h"

#include "session.h"

/**
 * The first decision by path that gave up another source which fails as this one does, or named a remedy for it; NULL
 * when there is none. It is not put in force by this.
 * @param failed  the unit of src that failed
 * @param stage   that it failed in
 */
ASSAY_NODISCARD assay_code assay_decided_elsewhere(const assay_decision **out, const assay_session *s,
						   const assay_source *src, const assay_unit *failed, const char *stage,
						   assay_err *err);

#endif
