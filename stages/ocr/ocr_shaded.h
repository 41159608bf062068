/** Writing on shaded ground: dark areas of a page that one threshold for the whole page takes for solid ink. */
#ifndef ASSAY_OCR_SHADED_H
#define ASSAY_OCR_SHADED_H

#include "assay/error.h"

#include <leptonica/allheaders.h>

#include <stdint.h>

/**
 * Look inside the areas of solid ink, coloured cells of a table for one: where their grey falls into two levels, the
 * rarer is writing. An area is solid where a square of the height of text fits into the ink; two levels are so when
 * Otsu's threshold of the area explains at least three quarters of the variance, as it does not in photographs.
 *
 * @param out    [out, owned] 1 bpp, that writing is 1; NULL when there is none
 * @param ink    [borrowed] 1 bpp, the page as it was recognised
 * @param page   [borrowed] the same page, 8 or 32 bpp; a binary page has nothing left to look at
 * @param height of text, px, 1 and up
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code ocr_shaded_ink(PIX **out, PIX *ink, PIX *page, int32_t height, assay_err *err);

#endif
