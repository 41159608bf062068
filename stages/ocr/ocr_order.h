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

/** How many steps from piece of a line to piece of a line go where they should by their places. */
typedef struct ocr_order {
	int64_t agreed, steps;
	const char *why; /* NULL, or why nothing can be said */
} ocr_order;

#define OCR_ORDER_PIECES 4096

/**
 * Lines are cut into pieces at gaps wider than three times the height of text; pieces without a letter or digit are
 * passed over. A step from one piece to the next agrees with their places, by the rules of Breuel (High performance
 * document layout analysis, 2003) for text from left to right, when
 *
 *   they stand over one another, and the next is the lower one; or
 *   the next stands to the right, no piece between them in height reaches over both, and of what is still to come
 *   nothing goes on below the first one before such a piece comes: its column is at an end; or
 *   the next stands to the left and lower, and there is such a piece between them.
 *
 * `why` is set for less than two pieces, and for more than OCR_ORDER_PIECES.
 *
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code ocr_order_weigh(ocr_order *out, const ocr_words *words, assay_err *err);

/** The median height of the words' boxes, at least 8 and at most 400 px. At least one word. ASSAY_OK, ASSAY_ENOMEM. */
ASSAY_NODISCARD assay_code ocr_text_height(int32_t *out, const ocr_words *words, assay_err *err);

#endif
