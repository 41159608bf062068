/** PNG (ISO/IEC 15948) of packed RGB. The same bytes on every CPU, for the same build of libdeflate. */
#ifndef ASSAY_PNG_H
#define ASSAY_PNG_H

#include "assay/buf.h"
#include "assay/error.h"

#include <stddef.h>
#include <stdint.h>

/** Filtered bytes, so that what is packed fits into one chunk. */
#define ASSAY_PNG_MAX ((size_t)1 << 30)

typedef struct assay_rgb {
	const uint8_t *data; /* [borrowed] red, green, blue of 8 bits */
	ptrdiff_t stride;    /* bytes */
	uint32_t width, height;
} assay_rgb;

/**
 * Append the picture as a PNG of 8-bit RGB without ancillary chunks. Every row has the filter Paeth.
 * @param picture  at least 1 x 1
 * @return ASSAY_EUNSUPPORTED beyond ASSAY_PNG_MAX, ASSAY_ENOMEM, or ASSAY_OK
 */
ASSAY_NODISCARD assay_code assay_png_append(assay_buf *out, const assay_rgb *picture, assay_err *err);

#endif
