/** How high the letters of a page are, by its ink alone: before anything is recognised. */
#ifndef ASSAY_OCR_PAGE_LETTERS_H
#define ASSAY_OCR_PAGE_LETTERS_H

#include "assay/error.h"

#include <leptonica/allheaders.h>

#include <stdint.h>

typedef struct page_letters {
	int64_t count;  /* groups of ink that may be letters */
	int64_t height; /* px; 0: fewer than 8 of them, which say nothing of the size of the text */
} page_letters;

/**
 * The median height of the groups of ink that may be letters, each with the weight of its width: specks, rules and
 * pictures are none, and letters that touch count as wide as they are. For print that is the height of small letters
 * without ascenders, or little more.
 *
 * @param pix  1, 8 or 32 bpp
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code page_letters_look(page_letters *out, PIX *pix, assay_err *err);

#endif
