/** Pages with more pixels. */
#ifndef ASSAY_OCR_PAGE_ENLARGE_H
#define ASSAY_OCR_PAGE_ENLARGE_H

#include <leptonica/allheaders.h>

#include <stdint.h>

/**
 * A page enlarged, between its pixels by linear interpolation; a binary page becomes grey.
 *
 * @param pix     [borrowed] 1, 8 or 32 bpp
 * @param factor  hundredths, 100 and up
 * @return [owned] NULL when memory is out
 */
PIX *page_enlarged(PIX *pix, int64_t factor);

/** Its resolution. */
int32_t page_enlarged_dpi(int32_t dpi, int64_t factor);

#endif
