/** How heavy the strokes of printed words are: bold is told from the picture, for the engine does not tell it. */
#ifndef ASSAY_OCR_WEIGHT_H
#define ASSAY_OCR_WEIGHT_H

#include "assay/stage.h"

#include <stddef.h>
#include <stdint.h>

struct Pix;

#define OCR_WEIGHT_PIXEL 16 /* parts of a pixel */

/**
 * Mean run of ink along the rows of the words' boxes: twice the ink over the sum of the steps from pixel to pixel. Paper
 * is the median of the boxes, ink what a twentieth of them is darker than; between a quarter and three quarters of the
 * way from one to the other a pixel counts in part, so that neither grain nor blur does. Integers only.
 *
 * @param out   [out] sixteenths of a pixel; 0 where ink and paper are less than 32 levels apart, as in white on black
 * @param page  the picture that the boxes are of, any depth that grey.h reads; what lies outside of it is left out
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code ocr_weight_of(int32_t *out, struct Pix *page, const assay_word *words, size_t count,
					 assay_err *err);

#endif
