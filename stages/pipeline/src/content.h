/** What is delivered of a sample, as one digest: by names rather than by the numbers of its recipe. */
#ifndef ASSAY_CONTENT_H
#define ASSAY_CONTENT_H

#include "assay/recipe.h"
#include "assay/result.h"
#include "assay/source.h"

/**
 * Digest of {0: format 1, 1: source digest, 2: kind, 3: part, 4: span | null, 5: [[metric, scale, value | reason]...],
 * 6: [[stage, role, size, digest]...], 7: [[metadata key, value]...]} (docs/formats.md, "Sample content").
 *
 * @param scratch  [in, out] reused; its contents are overwritten
 * @return ASSAY_OK; ASSAY_ECORRUPT when the result names what its recipe does not have; ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_content_digest(assay_digest *out, assay_buf *scratch, const assay_recipe *recipe,
						const assay_source *source, const assay_result_sample *s,
						assay_err *err);

#endif
