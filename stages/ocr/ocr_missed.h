/** Ink of a page that looks like text and that nobody read. */
#ifndef ASSAY_OCR_MISSED_H
#define ASSAY_OCR_MISSED_H

#include "ocr_words.h"

struct Boxa;
struct Pix;

typedef struct ocr_missed {
	int64_t read;   /* ink pixels inside the words' boxes, each counted once */
	int64_t missed; /* ink pixels outside that look like text */
} ocr_missed;

/**
 * Measure it by the words' own size. Ink looks like text when it comes in pieces about as large as the words are high
 * (not smaller than a third, not higher than twice or wider than six times), several of them in a row.
 *
 * @param words  at least one
 * @param ink    [borrowed] 1 bpp of the words' page, 1 is ink
 * @param page   [borrowed] the same page as it was given to be read: areas of solid ink are looked into (ocr_shaded.h)
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code ocr_missed_measure(ocr_missed *out, const ocr_words *words, struct Pix *ink,
					      struct Pix *page, assay_err *err);
/**
 * The rows of such ink, from top to bottom; those within solid ink behind the others.
 *
 * @param out    [out, owned] boxaDestroy(); NULL after a failure
 * @param plain  [out] how many are not within solid ink
 */
ASSAY_NODISCARD assay_code ocr_missed_rows(struct Boxa **out, int *plain, const ocr_words *words, struct Pix *ink,
					   struct Pix *page, assay_err *err);

/** Take the words' ink out of a page's, with an eighth of their height around, as letters stand out of their boxes. */
void ocr_missed_clear(struct Pix *ink, const ocr_words *words);

#endif
