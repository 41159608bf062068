/** A decoded frame as an upright PNG. */
#ifndef ASSAY_PICTURE_H
#define ASSAY_PICTURE_H

#include "assay/stage.h"

/**
 * Encode as 8-bit RGB PNG, turned upright, not stretched to square pixels.
 * @param out       [out, owned by the caller's buffer] the PNG is appended
 * @param max_width scale down so that the upright picture is at most this wide; 0 keeps the size
 */
ASSAY_NODISCARD assay_code assay_picture_png(assay_buf *out, const assay_frame *f, uint32_t max_width, assay_err *err);

#endif
