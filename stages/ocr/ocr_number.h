/** Numbers as receipts, forms and tables have them: "12.50", "$5.50", "6%", "(1,200)", "12/03/18". */
#ifndef ASSAY_OCR_NUMBER_H
#define ASSAY_OCR_NUMBER_H

#include "ocr_lines.h"

/** A word of digits, and of marks and signs as they stand in and around numbers, that are no more than its digits. */
bool ocr_is_number(const ocr_glyph *word, size_t count);
/** A sum of money: a number with a sign of money, or with two digits behind a point or comma. */
bool ocr_is_amount(const ocr_glyph *word, size_t count);
/** Take single signs off a line's end that stand behind a number: a flag beside an amount that was not recognised. */
void ocr_reading_trim(ocr_reading *r);
/** Where two readings of a line differ in nothing but one such symbol at the end, take it off. */
void ocr_reading_trim_both(ocr_reading *a, ocr_reading *b);

#endif
