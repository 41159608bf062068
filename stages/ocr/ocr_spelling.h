/** What is odd about the letters of a word, whatever its language, and which words stand there again and again. */
#ifndef ASSAY_OCR_SPELLING_H
#define ASSAY_OCR_SPELLING_H

#include "ocr_words.h"

/**
 * Places in a word that hardly a language has: a letter beside a digit; a capital after a small letter; a sign between
 * letters, but for hyphen, apostrophe, full stop, slash and ampersand; the same letter three times; the sixth of a run
 * of Latin letters without a vowel.
 */
int64_t ocr_spelling_oddities(const char *word);

/**
 * Symbols of words that repeat what stands right before them: a run of one to eight words that stands three times or
 * more one after another; its first time does not count. Numbers and signs alone are no such run.
 */
int64_t ocr_spelling_repeated(const ocr_words *words);

#endif
