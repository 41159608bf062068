/** What Tesseract read on a page, as Assay's words, text and JSON. */
#ifndef ASSAY_OCR_WORDS_H
#define ASSAY_OCR_WORDS_H

#include "assay/buf.h"
#include "assay/stage.h"

#include <tesseract/capi.h>

typedef struct ocr_words {
	assay_word *items; /* text points into strings once ocr_words_read has returned */
	size_t count, cap;
	assay_buf strings; /* the words, each ended by a NUL */
	assay_buf text;    /* the page: lines, paragraphs separated by an empty line */
} ocr_words;

void ocr_words_release(ocr_words *w);

/** Letters and digits in a word. */
int64_t ocr_word_letters(const char *text);

/** Collect the words of the last recognition, in reading order. */
ASSAY_NODISCARD assay_code ocr_words_read(ocr_words *w, TessBaseAPI *api, assay_err *err);

/** {"width":…,"height":…,"words":[{"text":…,"box":[l,t,r,b],"confidence":…,"line":…,"paragraph":…,"block":…},…]} */
ASSAY_NODISCARD assay_code ocr_words_json(assay_buf *out, const ocr_words *w, int width, int height, assay_err *err);

/** A WORDS value that takes over what w holds; NULL when memory is out (err filled). */
assay_value *ocr_words_value(ocr_words *w, uint32_t root, int width, int height, assay_err *err);

#endif
