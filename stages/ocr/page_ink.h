/** The ink of a page, as every operator sees it that works on ink and paper. */
#ifndef ASSAY_OCR_PAGE_INK_H
#define ASSAY_OCR_PAGE_INK_H

#include "assay/error.h"

#include <leptonica/allheaders.h>

#include <stdint.h>

/**
 * Black pixels of a binary page, those up to Otsu's threshold of others; none when ink and paper are less than 26 grey
 * levels apart (grey_tones).
 *
 * @param ink    [out, owned] 1 bpp, 1 is ink: the page itself when it is binary (a new reference); may be NULL when
 *               there is none
 * @param pixels [out] how many
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code page_ink(PIX **ink, uint64_t *pixels, PIX *pix, assay_err *err);

#endif
