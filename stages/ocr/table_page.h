/** What is looked for on a page before its tables are: rules, ink that looks like words, how high text is. */
#ifndef ASSAY_OCR_TABLE_PAGE_H
#define ASSAY_OCR_TABLE_PAGE_H

#include "table_marks.h"

#include "assay/stage.h"

typedef struct table_page {
	table_rules rules;
	table_marks marks;
	int32_t width, height; /* px */
	int32_t text;          /* how high text is, px, 8..400 */
} table_page;

void table_page_release(table_page *p);

/**
 * The height of text is the median height of the words (table_text_height), or that of the marks where these are lower by a ninth or
 * higher by a quarter: where much was misread, words' boxes hold noise, two lines or half a letter. Marks are then looked for again
 * with that height, until they agree with it, four times at most.
 *
 * @param out [out, owned] release with table_page_release(), also after a failure
 * @param pix [borrowed] 1, 8 or 32 bpp
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code table_page_read(table_page *out, PIX *pix, const assay_words *words, assay_err *err);

#endif
