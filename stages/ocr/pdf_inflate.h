/** Flate streams of PDF (ISO 32000-1, 7.4.4), whole or as a count. */
#ifndef ASSAY_OCR_PDF_INFLATE_H
#define ASSAY_OCR_PDF_INFLATE_H

#include "assay/error.h"

#include <stddef.h>
#include <stdint.h>

/**
 * Inflate a stream in memory.
 * @param out [out, owned] terminated by a 0 that is not counted; NULL when it is damaged, or longer than max
 */
ASSAY_NODISCARD assay_code pdf_inflate_all(char **out, size_t *n, const char *in, size_t size, size_t max,
					   assay_err *err);

/**
 * Count what a stream in a file inflates to, in pieces. Stops when enough is there, but looks at the checksum where the
 * stream ends near by. A stream that ends early is no fault: *n tells it.
 * @return ASSAY_OK, ASSAY_ECORRUPT for damage, ASSAY_ENOMEM, ASSAY_EIO
 */
ASSAY_NODISCARD assay_code pdf_inflate_count(uint64_t *n, int fd, uint64_t at, uint64_t size, uint64_t enough,
					     assay_err *err);

#endif
