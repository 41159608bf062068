/**
 * Whether the pictures that PDF pages draw are whole. poppler draws what it can of one that ends early or is damaged,
 * and says nothing.
 */
#ifndef ASSAY_OCR_PAGE_PDF_IMAGES_H
#define ASSAY_OCR_PAGE_PDF_IMAGES_H

#include "assay/error.h"

#include <stdint.h>

/**
 * Check the pictures that hang on some pages, in forms, patterns, masks and annotations too: each once, against the
 * rows that it declares (pdf_picture.h). The document is read for that, and let go.
 * @param fd    [in, borrowed]
 * @param pages as poppler counts them: where qpdf finds more, the first answers for the pictures of all; fewer are damage
 * @param first 0-based
 * @param last  inclusive, below `pages`
 * @return ASSAY_OK, ASSAY_ESHORT, ASSAY_ECORRUPT, ASSAY_EUNSUPPORTED (a JPEG that libjpeg does not read), ASSAY_EFULL
 *         (one of more bytes than are taken into memory), ASSAY_ENOMEM, ASSAY_EIO
 */
ASSAY_NODISCARD assay_code page_pdf_images_check(int fd, uint32_t pages, uint32_t first, uint32_t last, assay_err *err);

#endif
