/** How often the order in which a page is read jumps. */
#ifndef ASSAY_OCR_ORDER_H
#define ASSAY_OCR_ORDER_H

#include "ocr_words.h"

/**
 * Breaks in the order of the words: gaps within a line that are wider than three times the height of text, as where a
 * line runs across two columns; and lines that do not go on below the one before, as where columns take turns. The
 * height of text is the median of the words' boxes. Words without a letter or digit may be dirt: no gap before one
 * counts, nor does a line of such words. Gaps of the first line do not count: a running head has its page number there.
 *
 * A page of one column has none, one of several columns one for each that begins.
 *
 * @param out  [out] 0 and up
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code ocr_order_breaks(int64_t *out, const ocr_words *words, assay_err *err);
/** The median height of the words' boxes, at least 8 and at most 400 px. At least one word. ASSAY_OK, ASSAY_ENOMEM. */
ASSAY_NODISCARD assay_code ocr_text_height(int32_t *out, const ocr_words *words, assay_err *err);

#endif
