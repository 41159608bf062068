/** The text of a sample as people corrected it: which of theirs stands for all, and how far they agree. */
#ifndef ASSAY_TEXT_CORRECTED_H
#define ASSAY_TEXT_CORRECTED_H

#include "assay/correction.h"

typedef struct assay_corrected {
	assay_correction correction; /* [owned] */
	const char *text;            /* of the correction: the one in the middle (assay_agreement_of_texts) */
	size_t size;                 /* of text, bytes */
	int64_t agreement;           /* Krippendorff's alpha over characters in 10^-ASSAY_ALPHA_SCALE */
	const char *no_agreement;    /* why there is none, static; NULL when there is */
} assay_corrected;

/**
 * Read the sidecar of role `correction`. Texts that are too long to be compared are no failure: the one that is first
 * by its bytes then stands for all.
 *
 * @param out   [out, owned] release it in either case
 * @param data  [borrowed] a correction's record of n bytes
 * @return ASSAY_OK, ASSAY_ECORRUPT (it is no such record), ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_corrected_read(assay_corrected *out, const void *data, size_t n, assay_err *err);
void assay_corrected_release(assay_corrected *c);

#endif
