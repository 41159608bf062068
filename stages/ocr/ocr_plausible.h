/** How much a string looks like a word. */
#ifndef ASSAY_OCR_PLAUSIBLE_H
#define ASSAY_OCR_PLAUSIBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ocr_dictionary {
	bool (*knows)(void *with, const char *word); /* UTF-8, without marks around it */
	void *with;
} ocr_dictionary;

#define OCR_WORD_BYTES 256 /* of a word that is looked up; longer ones are unknown */

/**
 * The word without what is neither letter nor digit at its ends, as UTF-8 in `out`.
 *
 * @return its letters and digits; 0 and "" when it has none or is too long
 */
size_t ocr_word_core(char out[OCR_WORD_BYTES], const uint32_t *points, size_t count);

/** Whether the dictionary knows the word, or all parts of one with hyphens. */
bool ocr_word_known(const ocr_dictionary *d, const char *core);

/**
 * What its spelling says against a word, in thousandths of a natural logarithm of odds: marks that hardly occur in
 * text, two quotation marks side by side, a capital behind a small letter, letters beside digits, and neither of them.
 *
 * @return 0 and below
 */
int32_t ocr_plausible_spelling(const uint32_t *points, size_t count);

/** The same, and what speaks for the word when the dictionary knows it, less if it is short; or else a little against. */
int32_t ocr_word_score(const uint32_t *points, size_t count, const ocr_dictionary *d);

#endif
