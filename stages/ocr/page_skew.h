/** The skew of a page's text lines. */
#ifndef ASSAY_OCR_PAGE_SKEW_H
#define ASSAY_OCR_PAGE_SKEW_H

#include "assay/error.h"

#include <leptonica/allheaders.h>

#include <stdbool.h>
#include <stdint.h>

typedef struct page_skew {
	bool found;         /* false when the page has no lines to go by */
	int32_t turn;       /* hundredths of a degree that straighten it, clockwise positive */
	int32_t confidence; /* hundredths: ratio of the best to the worst alignment score */
} page_skew;

/**
 * Search -max..max by the sharpness of the line profile (Bloomberg, Kopec and Dasari 1995, as in Leptonica).
 * @param ink 1 bpp
 * @param max hundredths of a degree
 */
page_skew page_skew_find(PIX *ink, int32_t max);

#endif
