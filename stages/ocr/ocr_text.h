/** The text of a page, made of its words. */
#ifndef ASSAY_OCR_TEXT_H
#define ASSAY_OCR_TEXT_H

#include "assay/stage.h"

/**
 * Append the words in their order: one blank between them, lines ended by \n, an empty line between paragraphs.
 *
 * @param join  words that are divided between two lines of a paragraph stand whole on the first one. The hyphen goes
 *              when a small letter follows it, and stays before any other ("Anglo-Saxon"). Not joined: hyphens are kept
 *              at the ends of lines, as printed.
 */
void ocr_text_write(assay_buf *out, const assay_word *items, size_t count, bool join);

/**
 * Bytes of the hyphen at which word i is divided between its line and the next of the paragraph: it ends in a letter
 * and a hyphen (- U+2010 U+2011 U+00AD U+00AC U+2E17), and the next line begins with a letter. 0 when it is not divided.
 */
size_t ocr_text_divided(const assay_word *items, size_t count, size_t i);

/** A word at the end of a line goes on, with a small letter, on the next; or there is no end of a sentence before one. */
bool ocr_text_goes_on(const assay_word *last, const assay_word *next);

#endif
