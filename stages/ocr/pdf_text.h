/** The written form of PDF objects (ISO 32000-1, 7.3): just enough to follow references and read dictionaries. */
#ifndef ASSAY_OCR_PDF_TEXT_H
#define ASSAY_OCR_PDF_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A run of bytes, borrowed. A value that is not there has n == 0. */
typedef struct pdf_text {
	const char *at;
	size_t n;
} pdf_text;

/** The next token ("<<", "[", "/Name", "(string)", "<hex>", "12", "obj"…), taken off the text; empty at its end. */
pdf_text pdf_token(pdf_text *rest);
/** The next value, a reference "12 0 R" as a whole, taken off the text; empty when it ends before the value does. */
pdf_text pdf_value(pdf_text *rest);
bool pdf_is(pdf_text t, const char *word);
/** A whole number of at most 18 digits. */
bool pdf_integer(int64_t *out, pdf_text t);
/** True for "12 0 R"; *number is 12 then. */
bool pdf_reference(uint32_t *number, pdf_text value);
/** Value of a key ("/Length") of a dictionary; empty when it has none, or is none. */
pdf_text pdf_get(pdf_text dictionary, const char *key);
/** What stands between the brackets of an array, for pdf_value(); empty when it is none. */
pdf_text pdf_items(pdf_text array);

#endif
