/** Ink of a page that looks like text and that nobody read. */
#ifndef ASSAY_OCR_MISSED_H
#define ASSAY_OCR_MISSED_H

#include "ocr_words.h"

struct Boxa;
struct Pix;

/** Pixels are those of a page that is reduced until its text is 12 to 23 px high (ocr_ink.h). */
typedef struct ocr_missed {
	int64_t read;    /* ink inside the words' boxes, each pixel counted once */
	int64_t missed;  /* ink outside that looks like text */
	int64_t ink;     /* all ink */
	int64_t letters; /* pieces of what was missed; letters that touch are one */
} ocr_missed;

/**
 * Measure it by the words' own size, and by ink of its own: the engine's, by one threshold for the page, does not have
 * what is too faint for it. Ink looks like text when it comes in pieces about as large as the words are high (not smaller
 * than a third, not higher than twice or wider than six times), several of them in a row, with no more dirt than letters
 * between them, and quiet paper between: not grain, halftones, pictures or rules.
 *
 * What shows through from the other side of the sheet is no text of this page. It is known by its contrast, next to that
 * of the words that were read, and by its edges, which the paper blurs: a row whose edges are at least two thirds as steep as
 * the words' counts in full from 8 percent of their contrast on and not at all up to 4, any other from a half and up to a
 * quarter, and in proportion between.
 *
 * @param words  at least one
 * @param page   [borrowed] as it was given to be read; dark areas are looked into for bright writing (ocr_shaded.h)
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code ocr_missed_measure(ocr_missed *out, const ocr_words *words, struct Pix *page,
					      assay_err *err);
/** Where it is, in pixels of the page. */
typedef struct ocr_missed_boxes {
	struct Boxa
	    *rows; /* [owned] those that count at least by half, from top to bottom, on dark ground behind the others */
	int plain; /* how many of them are not on dark ground */
	struct Boxa *
	    shorts; /* [owned] the same of what is on paper and too short to be a row: numbers of lines and of notes; none
			      * where there are more than 4096 such pieces */
} ocr_missed_boxes;

void ocr_missed_boxes_release(ocr_missed_boxes *b);

/** As ocr_missed_measure(), and where it is. boxes: [out] nothing in it after a failure. */
ASSAY_NODISCARD assay_code ocr_missed_find(ocr_missed *out, ocr_missed_boxes *boxes, const ocr_words *words,
					   struct Pix *page, assay_err *err);

/** Take the words' ink out of a page's, with an eighth of their height around, as letters stand out of their boxes. */
void ocr_missed_clear(struct Pix *ink, const ocr_words *words);

#endif
