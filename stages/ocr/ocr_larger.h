/** A page of small letters that is read again, enlarged, and which of the two readings is taken. */
#ifndef ASSAY_OCR_LARGER_H
#define ASSAY_OCR_LARGER_H

#include "ocr_estimate.h"
#include "ocr_missed.h"

#define OCR_LARGER_PERCENT 150

/** What a reading says of itself. */
typedef struct ocr_merit {
	int64_t estimated;  /* error rate, millionths */
	int64_t characters; /* letters and digits in words that are sure */
	ocr_missed missed;
} ocr_merit;

/** Letters and digits in words with a confidence of 60 and more. */
int64_t ocr_characters_sure(const ocr_words *w);

/**
 * Whether the letters of a page are so small (below 24 px, page_letters.h) that it is worth reading enlarged, and the
 * enlarged page has no more than 50 million pixels.
 *
 * @param page  [borrowed] 1, 8 or 32 bpp
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code ocr_larger_fits(bool *out, struct Pix *page, assay_err *err);

/** Words of an enlarged page in pixels of the page, each at least one wide and high. */
void ocr_larger_shrink(ocr_words *w);

/**
 * Whether the reading of the enlarged page is clearly the better one: its estimated error rate is below 7/10 of the
 * plain one's, and it loses nothing by the measures that bind remedies: not more than 0.01 of the text-like ink, nor two and
 * 2 % of the sure characters.
 */
bool ocr_larger_wins(const ocr_merit *larger, const ocr_merit *plain);

#endif
