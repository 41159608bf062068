/** Bright writing on dark ground: areas of a page that one threshold for the whole page takes for solid ink. */
#ifndef ASSAY_OCR_SHADED_H
#define ASSAY_OCR_SHADED_H

#include "assay/error.h"

#include <leptonica/allheaders.h>

#include <stdint.h>

/**
 * The dark ground of a page: where a square of the height of text fits into what is ink by Otsu's threshold.
 *
 * @param out    [out, owned] 1 bpp, 1 is dark ground
 * @param page   [borrowed] 8 bpp
 * @param height of text, px, 1 and up
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code ocr_shaded_ground(PIX **out, PIX *page, int32_t height, assay_err *err);
/**
 * Look inside the areas of dark ground, coloured cells of a table for one: where their grey falls into two levels and the
 * brighter is the rarer, that is writing. Two levels are such that Otsu's threshold of the area explains at least three
 * quarters of the variance, as it does not in photographs. Dark writing on tinted ground is ink as any other (ocr_ink.h).
 *
 * @param out    [out, owned] 1 bpp, that writing is 1; NULL when there is none
 * @param ground [borrowed] as found above
 */
ASSAY_NODISCARD assay_code ocr_shaded_ink(PIX **out, PIX *ground, PIX *page, int32_t height, assay_err *err);

#endif
