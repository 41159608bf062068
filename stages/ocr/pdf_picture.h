/** One picture of a PDF: whether its data holds the rows that it declares. */
#ifndef ASSAY_OCR_PDF_PICTURE_H
#define ASSAY_OCR_PDF_PICTURE_H

#include "pdf_document.h"

/**
 * JPEG is decoded, other data counted against width, height, depth and colours. What qpdf cannot unpack (JPEG 2000,
 * CCITT, JBIG2), or nobody writes (two compressions on top of each other, but for a packed JPEG), is left alone.
 * @param stream [in, borrowed] of subtype Image; its filters may be others afterwards
 * @return ASSAY_OK, ASSAY_ESHORT, ASSAY_ECORRUPT, ASSAY_EUNSUPPORTED (a JPEG that libjpeg does not read), ASSAY_EFULL
 *         (one of more bytes than are taken into memory), ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code pdf_picture_check(const pdf_document *d, qpdf_oh stream, assay_err *err);

#endif
