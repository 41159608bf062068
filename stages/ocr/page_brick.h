/**
 * Closing and opening by bricks of any size, in a time that hardly grows with the size: a window of n pixels is two of
 * less than n that overlap. The results are Leptonica's, pixel by pixel, whose own take n passes over a page of ink.
 */
#ifndef ASSAY_OCR_PAGE_BRICK_H
#define ASSAY_OCR_PAGE_BRICK_H

#include <leptonica/allheaders.h>

/**
 * @param pix    [in, borrowed] 1 bit a pixel
 * @param width  of the brick, 1 and up, px; less than 2^16, as `height`
 *
 * @return [owned] as pixCloseSafeBrick(NULL, pix, width, height); NULL when memory is out or a side is below 1
 */
PIX *page_brick_close(PIX *pix, int width, int height);

/** As pixOpenBrick(NULL, pix, width, height): what is beside the page is paper. */
PIX *page_brick_open(PIX *pix, int width, int height);

/**
 * @param pix   [in, borrowed] 8 bits a pixel
 * @param side  of the brick, odd, 1 and up, px; less than 2^16
 *
 * @return [owned] as pixDilateGray(pix, side, side): the brightest around each pixel; NULL when memory is out
 */
PIX *page_brick_brightest(PIX *pix, int side);

/** As pixCloseGray(pix, side, side): what is dark and narrower than the brick is gone. */
PIX *page_brick_close_grey(PIX *pix, int side);

#endif
