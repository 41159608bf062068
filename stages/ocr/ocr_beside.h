/** What lies beside the words that were read: letters on their own that nobody read, and darkness that lines run into. */
#ifndef ASSAY_OCR_BESIDE_H
#define ASSAY_OCR_BESIDE_H

#include "ocr_words.h"

struct Pix;

typedef struct ocr_beside {
	int64_t letters; /* pieces of ink as large as letters, alone or a few together, in no word's box */
	int64_t lines;   /* lines that begin or end within two heights of text of a dark side of the page */
} ocr_beside;

/**
 * Measure it by the words' own size. Letters are pieces of ink from half to twice as high as the words, and from a sixth
 * to three times as wide; they count where the ink that lies closer than the height of text around them is no higher
 * than two of them and not mostly dirt: numbers of lines and of notes, which are too short to be a row of text
 * (ocr_missed.h), but not pictures. A side is dark where ink without gaps, three heights of text wide and high, touches
 * the border: shade, or what lay beneath the page.
 *
 * @param words  at least one
 * @param ink    [borrowed] 1 bpp of the words' page, 1 is ink
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code ocr_beside_measure(ocr_beside *out, const ocr_words *words, struct Pix *ink, assay_err *err);

#endif
