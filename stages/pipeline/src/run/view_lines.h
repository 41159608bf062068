/** The lines of a page's words (artifact `words` of ocr.recognize) in which the engine doubts a word. */
#ifndef ASSAY_VIEW_LINES_H
#define ASSAY_VIEW_LINES_H

#include "assay/view.h"

/** More are not told of: a page has some hundred lines. */
#define ASSAY_VIEW_LINES_MAX 1000

/**
 * Append to out->lines, in the order of the words. The bytes come from a decoder that may be in the hands of the file:
 * what is no list of words, or has boxes outside of its page, gives no lines.
 *
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_view_lines_read(assay_view *out, const void *json, size_t n, assay_err *err);

/**
 * Width and height of the page, in pixels, by the head of the same bytes, which ocr.recognize writes first; the rest is not
 * looked at. False when they do not begin so.
 */
bool assay_view_page_size(int32_t size[2], const void *json, size_t n);

#endif
