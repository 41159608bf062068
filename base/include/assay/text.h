/** Text of unknown origin: is it UTF-8; and for a terminal made harmless, and cut to the columns that there are. */
#ifndef ASSAY_TEXT_H
#define ASSAY_TEXT_H

#include "assay/buf.h"

/** Columns that a terminal gives the text once assay_text_put has made it harmless. */
size_t assay_text_columns(const char *text);
/**
 * Append text so that it takes at most that many columns: wide characters count two, combining ones none. Controls,
 * characters that change the direction of writing and bytes that are not UTF-8 become '?'. Of a text that is too long
 * the end is kept, after "...", since that is where names differ; nothing is written when not even that fits.
 *
 * @return columns written
 */
size_t assay_text_put(assay_buf *out, const char *text, size_t columns);

/** Length of the longest prefix of p that is well-formed UTF-8 (Unicode table 3-7): n when all of it is. */
size_t assay_utf8_prefix(const void *p, size_t n);

#endif
