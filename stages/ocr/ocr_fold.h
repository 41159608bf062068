/** Text made comparable before it is scored: see ocr.recognize.md for the table. */
#ifndef ASSAY_OCR_FOLD_H
#define ASSAY_OCR_FOLD_H

#include "assay/error.h"

#include <stddef.h>
#include <stdint.h>

typedef struct ocr_folded {
	uint32_t *points; /* code points: NFC, no space at either end, runs of space are one U+0020 */
	size_t count;
	uint32_t *words; /* numbers of the words; equal words of one ocr_fold_words call have equal numbers */
	size_t word_count;
} ocr_folded;

/**
 * Fold UTF-8 text.
 * @return ASSAY_OK; ASSAY_ECORRUPT when it is not UTF-8; ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code ocr_fold(ocr_folded *out, const char *text, size_t size, assay_err *err);
/** Number the words of both texts. */
ASSAY_NODISCARD assay_code ocr_fold_words(ocr_folded *a, ocr_folded *b, assay_err *err);
void ocr_folded_release(ocr_folded *f);

#endif
