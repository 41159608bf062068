/** How deep in the ink each pixel lies. */
#ifndef ASSAY_OCR_PAGE_DISTANCE_H
#define ASSAY_OCR_PAGE_DISTANCE_H

#include <leptonica/allheaders.h>

/**
 * @param pix  [in, borrowed] 1 bit a pixel
 *
 * @return [owned] 8 bits a pixel, as pixDistanceFunction(pix, 4, 8, L_BOUNDARY_BG): steps to the nearest paper along
 *         rows and columns, 255 at most; ink in the outermost rows and columns is 1. NULL when memory is out
 */
PIX *page_distance(PIX *pix);

#endif
