/** Edit distances between recognised text and ground truth. */
#ifndef ASSAY_OCR_SCORE_H
#define ASSAY_OCR_SCORE_H

#include "assay/error.h"

#include <stddef.h>
#include <stdint.h>

/**
 * Levenshtein distance (insertions, deletions, substitutions cost 1) between two sequences of symbols.
 *
 * Bit-parallel: Myers 1999 in the block form of Hyyro 2003; na / 64 x nb steps.
 * @param out [out] the distance
 * @return ASSAY_OK; ASSAY_EFULL when the work or the tables would be too large; ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code ocr_distance(size_t *out, const uint32_t *a, size_t na, const uint32_t *b, size_t nb,
					assay_err *err);
/** The same by the plain recurrence, for tests. SIZE_MAX when memory is out. */
size_t ocr_distance_plain(const uint32_t *a, size_t na, const uint32_t *b, size_t nb);

#endif
