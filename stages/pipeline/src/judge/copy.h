/** A source that has the bytes of another: what it has to be the original of it. */
#ifndef ASSAY_COPY_H
#define ASSAY_COPY_H

#include "original.h"
#include "source_treat.h"

/** Kept over all that are asked about. Blank is empty. */
typedef struct assay_copy {
	assay_source_treatment treatment;
	assay_arena units; /* as the pipeline made them */
} assay_copy;

void assay_copy_release(assay_copy *c);

/** What j knows of the sample that was judged last is gone afterwards. Otherwise as assay_original_rank_fn. */
ASSAY_NODISCARD assay_code assay_copy_rank(assay_copy *c, assay_judging *j, const assay_source *src, bool gives,
					   assay_original_standing *out, assay_err *err);

#endif
