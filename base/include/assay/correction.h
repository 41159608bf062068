/** A correction: what people who looked at a sample say its text is, one text for each of them. Who they were stands elsewhere. */
#ifndef ASSAY_CORRECTION_H
#define ASSAY_CORRECTION_H

#include "assay/buf.h"
#include "assay/error.h"

#define ASSAY_CORRECTION_TEXTS_MAX 16
#define ASSAY_CORRECTION_SIZE_MAX  ((size_t)16 << 20) /* bytes of a record: as large as a sidecar may be */
#define ASSAY_CORRECTION_TEXT_MAX                                                                                      \
	(ASSAY_CORRECTION_SIZE_MAX - 25) /* of a single text: the record's heads take the rest */

typedef struct assay_correction {
	char **texts; /* UTF-8, ascending by their bytes; equal ones stand as often as people wrote them */
	size_t count; /* 1..ASSAY_CORRECTION_TEXTS_MAX */
} assay_correction;

void assay_correction_release(assay_correction *c);
#define ASSAY_AUTO_CORRECTION ASSAY_CLEANUP(assay_correction_release) assay_correction

/**
 * Append the record (docs/formats.md, "Correction"): the same for the same texts in any order.
 *
 * @param texts  [borrowed] in any order, each NUL-terminated UTF-8
 * @return ASSAY_OK
 *         ASSAY_EINVAL  no text, or more than ASSAY_CORRECTION_TEXTS_MAX
 *         ASSAY_ECORRUPT  one is not UTF-8 (the message says at which byte)
 *         ASSAY_EFULL   more than ASSAY_CORRECTION_SIZE_MAX
 *         ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_correction_encode(assay_buf *out, const char *const *texts, size_t count,
						   assay_err *err);
/** ASSAY_OK, ASSAY_ECORRUPT (not what encode writes), ASSAY_ENOMEM. *out is released by the caller when ASSAY_OK. */
ASSAY_NODISCARD assay_code assay_correction_decode(assay_correction *out, const void *p, size_t n, assay_err *err);

#endif
