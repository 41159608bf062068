/**
 * Where the border of the picture lies that a page was turned from: page.deskew fills the corners with white, and the
 * lines that the border cuts through end inside the page then.
 */
#ifndef ASSAY_OCR_PAGE_FRAME_H
#define ASSAY_OCR_PAGE_FRAME_H

#include "assay/stage.h"

/** The page's corners, those of its whole picture where no step turned it. */
assay_corners page_frame_of(const assay_page *page);

/**
 * The corners of a page that is turned around its middle, on a picture that has grown around the same middle.
 *
 * @param width, height of the grown picture, px
 * @param turn clockwise positive, hundredths of a degree
 */
assay_corners page_frame_turned(const assay_page *page, int32_t width, int32_t height, int32_t turn);

/** The corners of a page of which the part from (left, top) on is kept. None where it was not turned. */
assay_corners page_frame_moved(const assay_page *page, int32_t left, int32_t top);
/** The corners of a page that is brought to another size. None where it was not turned. */
assay_corners page_frame_scaled(const assay_page *page, int32_t width, int32_t height);

/** x of the left and of the right border at a height, y of the upper and of the lower one at a place across; px. */
int32_t page_frame_left(const assay_corners *c, int32_t y);
int32_t page_frame_right(const assay_corners *c, int32_t y);
int32_t page_frame_top(const assay_corners *c, int32_t x);
int32_t page_frame_bottom(const assay_corners *c, int32_t x);

#endif
