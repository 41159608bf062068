/**
 * Whether the pictures that a PDF page draws are whole. poppler draws what it can of one that ends early or is
 * damaged, and says nothing.
 */
#ifndef ASSAY_OCR_PAGE_PDF_IMAGES_H
#define ASSAY_OCR_PAGE_PDF_IMAGES_H

#include "assay/error.h"

#include <stdint.h>

typedef struct page_pdf_images page_pdf_images;

/**
 * @param fd    [in, borrowed] until freed
 * @param pages as poppler counts them: where another number is found, each page answers for all pictures
 */
ASSAY_NODISCARD assay_code page_pdf_images_open(page_pdf_images **out, int fd, uint32_t pages, assay_err *err);
void page_pdf_images_close(page_pdf_images *p); /* NULL is fine */

/**
 * Check the pictures that hang on a page (0-based): JPEG is decoded, Flate inflated, plain data measured, against the
 * rows that the picture declares. Other filters, and documents
 * encrypted with an empty password, are left to poppler. Each picture is read once.
 * @return ASSAY_OK, ASSAY_ESHORT, ASSAY_ECORRUPT, ASSAY_EUNSUPPORTED (a JPEG that libjpeg does not read), ASSAY_EFULL
 *         (one of more bytes than are taken into memory), ASSAY_ENOMEM, ASSAY_EIO
 */
ASSAY_NODISCARD assay_code page_pdf_images_check(page_pdf_images *p, uint32_t page, assay_err *err);

#endif
