/** Rows of text that the page's recognition passed over, read one by one. */
#ifndef ASSAY_OCR_ROWS_H
#define ASSAY_OCR_ROWS_H

#include "ocr_missed.h"
#include "ocr_reconcile.h"

/**
 * Read the rows that look like text and are in no word's box (ocr_missed.h), each from its own picture, and put those
 * into the words that are text by two looks: both sure, saying the same but for a fifth of the characters, letters and
 * digits for the most part, spelt as words are; and half of their letters are in words that a dictionary knows, or both
 * looks are all but equal and surer still. What no look reads surely is a picture and stays one; and a row on paper with twice
 * its ink of other kinds close around it, rules left aside, is a label in a drawing, and so is a word by itself, but for an amount
 * and what it is of. What is too short for a row becomes text in columns of five and more that can be read and have lines
 * beside them, and as amounts, as numbers directly before a line, or words near others.
 *
 * ocr_rows_put.h says where in the text.
 *
 * @param w      at least one; replaced
 * @param added  [out] words put in; 0: w is as it was
 * @param ink    [borrowed] 1 bpp of the words' page
 * @param boxes  of what nobody read, by these words
 * @return ASSAY_OK, ASSAY_ENOMEM; w is still whole after a failure. The engine holds no page afterwards.
 */
ASSAY_NODISCARD assay_code ocr_rows_read(ocr_words *w, int64_t *added, const ocr_source *source, struct Pix *ink,
					 const ocr_missed_boxes *boxes, assay_err *err);

#endif
