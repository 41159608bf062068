/** Edit distance of two texts that does not ask for the same reading order. */
#ifndef ASSAY_OCR_UNORDERED_H
#define ASSAY_OCR_UNORDERED_H

#include "ocr_fold.h"

/**
 * The least of three distances in code points, so that order that is right is used and order that is wrong costs
 * nothing:
 *
 *   1. the texts as they are (ocr_distance);
 *   2. what is left of each, in its order, when words that both have are taken out, each as often as both have it;
 *   3. the same words paired: each of the truth's, longest first, with the nearest that is free, where that is nearer
 *      than nothing; a word without partner costs its length and one for the space.
 *
 * The third is left out where it would take more than some seconds. Where the truth has no lower-case letter, as lists
 * typed in capitals do, case is not compared.
 *
 * @param truth,read  [in,out] folded; both are put in capitals in that case
 * @return ASSAY_OK; ASSAY_EFULL when the texts are too long; ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code ocr_unordered_distance(size_t *out, ocr_folded *truth, ocr_folded *read, assay_err *err);

#endif
