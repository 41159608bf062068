/**
 * Rows of text that the upper or the lower border of a page cuts through. What touches such a border is as often a rule,
 * the black edge of a scan or dirt; of a row that is cut
 *
 * - letters touch it: pieces of ink a sixth to twice as high as text, eight and more of them;
 * - and half of these and more end at one height inside, at the line that they stand on or at the height of an x;
 * - and of all pieces that end there, between the first and the last of these, more than half touch. Where a page is cut
 *   close to its text, only letters that rise above the others or hang below them do.
 */
#ifndef ASSAY_OCR_CUT_H
#define ASSAY_OCR_CUT_H

#include "assay/stage.h"

/**
 * @param out     [out] 0 to 2
 * @param ink     [borrowed] 1 bpp
 * @param corners of what the file shows of the page (page_frame.h)
 * @param height  of text, px, 1 and up
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code ocr_cut_rows(int64_t *out, struct Pix *ink, const assay_corners *corners, int32_t height,
					assay_err *err);

#endif
