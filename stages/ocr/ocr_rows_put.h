/** Rows that were read by themselves, and how they become lines of the page. */
#ifndef ASSAY_OCR_ROWS_PUT_H
#define ASSAY_OCR_ROWS_PUT_H

#include "ocr_lines.h"
#include "ocr_plausible.h"
#include "ocr_words.h"

typedef struct ocr_row {
	ocr_box box;
	ocr_reading reading;
	size_t before; /* word of the page */
	bool behind;   /* it belongs to the line that ends there */
	bool ahead;    /* or to the one that begins there */
	bool last;     /* of a line of its own */
	bool alone;    /* one word, with no word of the page near */
	bool worded;   /* it has a letter */
	bool beside;   /* it goes with the line at its height, rather than below the one above */
} ocr_row;

/** Where the word ends that begins there: at a blank or the end. */
size_t ocr_row_word_end(const ocr_reading *r, size_t i);
/** Do they overlap by more than half of the lower one's height? */
bool ocr_rows_beside(const ocr_box *a, const ocr_box *b);

/**
 * Put them into the words: those that go beside lines into the nearest one at their height, the others where
 * ocr_rows_place() says, as a line of its own, or as a part of the line that it stands beside when it goes directly before or
 * behind that. Lines are numbered anew.
 *
 * @param w      at least one; replaced
 * @param added  [out] words put in; only written on success
 * @param rows   [in, out] put in order, and told where they went
 * @return ASSAY_OK, ASSAY_ENOMEM; w is as it was after a failure
 */
ASSAY_NODISCARD assay_code ocr_rows_put(ocr_words *w, int64_t *added, ocr_row *rows, size_t count,
					const ocr_dictionary *d, assay_err *err);

/**
 * The word before which a row of that box goes, at the beginning of a line or the end: behind the lowest line above it that shares
 * a column of pixels with it, and behind lines at its own height that follow there on its left; without such a line before the
 * highest one below, else beside a line of its height, else at the end.
 *
 * @return 0 to w->count
 */
size_t ocr_rows_place(const ocr_words *w, const ocr_box *row);

#endif
