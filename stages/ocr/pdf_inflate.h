/** Flate data of PDF (ISO 32000-1, 7.3.8 and 7.4.4) in pieces: what it holds may be far more than fits into memory. */
#ifndef ASSAY_OCR_PDF_INFLATE_H
#define ASSAY_OCR_PDF_INFLATE_H

#include "page_image.h"

#include "assay/buf.h"

/**
 * Inflate until enough is there; the checksum is looked at where the data ends near by.
 * @param n   [out] bytes that came out; data that ends early is no fault, *n tells it
 * @param out [in, out] what came out is appended; NULL: it is counted only
 * @return ASSAY_OK, ASSAY_ECORRUPT for damage, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code pdf_inflate(uint64_t *n, assay_buf *out, page_bytes in, uint64_t enough, assay_err *err);

#endif
