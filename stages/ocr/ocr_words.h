/** What Tesseract read on a page, as Assay's words, text and JSON. */
#ifndef ASSAY_OCR_WORDS_H
#define ASSAY_OCR_WORDS_H

#include "assay/buf.h"
#include "assay/stage.h"

#include <tesseract/capi.h>

/** A letter, digit or sign of a word, as the engine told them apart. */
typedef struct ocr_symbol {
	uint32_t point;      /* its first code point */
	int32_t left, right; /* pixels of the page, right exclusive */
	int32_t confidence;  /* hundredths of a percent, 0..10000 */
} ocr_symbol;

/** What is known of a word beside what every stage is told. */
typedef struct ocr_detail {
	size_t symbol, symbol_count; /* in ocr_words.symbols */
	bool known;                  /* a dictionary of the languages has it */
} ocr_detail;

typedef struct ocr_words {
	assay_word *items; /* text points into strings once ocr_words_read has returned */
	size_t count, cap;
	ocr_detail *details; /* one for each item */
	size_t detail_cap;
	ocr_symbol *symbols;
	size_t symbol_count, symbol_cap;
	assay_buf strings; /* the words, each ended by a NUL */
	assay_buf text;    /* the page: lines, paragraphs separated by an empty line */
} ocr_words;

void ocr_words_release(ocr_words *w);

/** Letters and digits in a word. */
int64_t ocr_word_letters(const char *text);

/** Collect the words of the last recognition, in reading order. */
ASSAY_NODISCARD assay_code ocr_words_read(ocr_words *w, TessBaseAPI *api, assay_err *err);

/**
 * Append a word behind those before it. What `word` says of its text is not looked at. After the last word
 * ocr_words_close() makes all of them whole.
 */
ASSAY_NODISCARD assay_code ocr_words_add(ocr_words *w, const assay_word *word, const char *text,
					 const ocr_symbol *symbols, size_t count, bool known, assay_err *err);
ASSAY_NODISCARD assay_code ocr_words_close(ocr_words *w, assay_err *err);

/** Make the text of the page again, after paragraphs were numbered otherwise. */
ASSAY_NODISCARD assay_code ocr_words_retext(ocr_words *w, assay_err *err);

/**
 * {"width":…,"height":…,"words":[{"text":…,"box":[l,t,r,b],"confidence":…,"line":…,"paragraph":…,"block":…},…],
 * "headings":[…]}
 *
 * @param headings  paragraphs that are headings, ascending
 */
ASSAY_NODISCARD assay_code ocr_words_json(assay_buf *out, const ocr_words *w, const uint32_t *headings,
					  size_t heading_count, int width, int height, assay_err *err);

/** A WORDS value that takes over what w holds; NULL when memory is out (err filled). */
assay_value *ocr_words_value(ocr_words *w, uint32_t root, int width, int height, assay_err *err);

#endif
