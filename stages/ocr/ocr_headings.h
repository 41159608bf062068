/** Which lines of a page are headings, and its paragraphs apart from them. */
#ifndef ASSAY_OCR_HEADINGS_H
#define ASSAY_OCR_HEADINGS_H

#include "ocr_words.h"

struct Pix;

typedef struct ocr_headings {
	uint32_t *items; /* ordinals of the paragraphs that are headings, ascending */
	size_t count, cap;
	int64_t paragraphs; /* others, with a letter or digit */
} ocr_headings;

void ocr_headings_release(ocr_headings *h);

/**
 * Find the headings and make each a paragraph of its own. Paragraphs of the engine that begin with a small letter, on
 * the next line of the column below one that ends no sentence, are joined to the one before. Paragraphs are numbered
 * anew and the page's text is made again. A line is a heading by points, three at least:
 *
 *   letters larger than those of most text: by a fifth two, by half three
 *   heavier than most text (ocr_weight.h), by three tenths: two
 *   in capitals, on a page that is not: one
 *   with space above, or the first of its column: one; then one more for each of
 *     in the middle of its column and no wider than three quarters of it
 *     no wider than half of its column, or its first word a number (1, 2.3, IV)
 *   ends like a sentence or in the middle of one: one less
 *
 * How large letters are is told from the boxes of words, by which of their letters rise above an x and go below the
 * line. Up to four lines of one size that follow each other are one heading; more are text. The first and last line of
 * the page are none when a number stands at their end or beginning, as in a running head, or three of their words have
 * digits, as in a stamp; no line is with more digits
 * than letters, or with a gap wider than three times the height of text, as in a table. Of a page of more than
 * OCR_HEADINGS_LINES lines none is looked for.
 *
 * @param h     [out, owned]
 * @param picture  that that the words' boxes are of; NULL: no line is heavier than others
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code ocr_headings_find(ocr_headings *h, ocr_words *w, struct Pix *picture, assay_err *err);

#define OCR_HEADINGS_LINES 4096

/** Append each heading as a line, its lines joined by blanks, words that are divided between them by nothing. */
ASSAY_NODISCARD assay_code ocr_headings_text(assay_buf *out, const ocr_headings *h, const ocr_words *w, assay_err *err);

#endif
