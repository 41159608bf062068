/** What a viewer reads of the markup that subtitles carry. */
#ifndef ASSAY_TEXT_MARKUP_H
#define ASSAY_TEXT_MARKUP_H

#include "assay/buf.h"

/**
 * Append the text of a SubRip or WebVTT cue without its markup: tags such as <i>, </font>, <v Name>, <00:01.000>,
 * overrides such as {\an8}, and character references (amp, lt, gt, quot, apos, nbsp, lrm, rlm and numeric ones).
 * A '<' or '{' that begins no such thing stays. Bytes are not checked to be UTF-8.
 */
void assay_markup_html(assay_buf *out, const char *text, size_t n);

/**
 * Append the text of an Advanced SubStation event without its markup: {override blocks} go, drawings (\p1 and above)
 * go, \N and \n become line ends, \h a no-break space.
 */
void assay_markup_ass(assay_buf *out, const char *text, size_t n);

#endif
