/** Sections that a page must have, looked for among its headings. */
#ifndef ASSAY_OCR_SECTIONS_H
#define ASSAY_OCR_SECTIONS_H

#include "ocr_headings.h"

#include "assay/stage.h"

/**
 * How many of the wanted sections no heading of the page is. A heading is compared by its letters and digits, small and
 * large alike, folded as ground truth is (ocr_fold.h). It is a section when it is the same, ends in it ("2.1 Methods",
 * of two letters and more), or differs in a fifth of the signs of the longer of the two at most: it may be misread.
 *
 * @param out     [out] 0..wanted->count
 * @param wanted  [borrowed] as printed
 * @return ASSAY_OK; ASSAY_ECORRUPT when a wanted one is not UTF-8; ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code ocr_sections_missing(int64_t *out, const assay_text_list *wanted, const ocr_headings *h,
						const ocr_words *w, assay_err *err);

#endif
