/** Words of a page as ALTO, the format of libraries and archives for text with its place. */
#ifndef ASSAY_OCR_ALTO_H
#define ASSAY_OCR_ALTO_H

#include "assay/buf.h"
#include "assay/stage.h"

/**
 * One page as an ALTO 4.4 document (Library of Congress, namespace http://www.loc.gov/standards/alto/ns-v4#), in
 * UTF-8. Blocks are ComposedBlock, paragraphs TextBlock, lines TextLine, words String; positions are pixels, boxes of
 * lines and blocks the union of their words'. WC is the word's confidence, 0 to 1. A word that is divided at a line's
 * end (a letter, a hyphen, and a letter at the start of the next line of the paragraph) is HypPart1, HYP and HypPart2.
 * The TextBlock of a paragraph that is a heading refers to the StructureTag "heading" by its TAGREFS.
 * Characters that XML does not have, and control characters, are left out. Holds no time and no file name.
 *
 * @param words  [in, borrowed] in reading order; text is UTF-8
 * @param headings  ordinals of the paragraphs that are headings, ascending
 * @param number 1-based number of the page in its document
 * @return ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code ocr_alto_write(assay_buf *out, const assay_words *words, const uint32_t *headings,
					  size_t heading_count, uint32_t number, assay_err *err);

#endif
