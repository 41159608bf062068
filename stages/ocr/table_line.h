/** Ink of a page read by itself, as one line. */
#ifndef ASSAY_OCR_TABLE_LINE_H
#define ASSAY_OCR_TABLE_LINE_H

#include "ocr_words.h"
#include "table_page.h"

#include <tesseract/capi.h>

typedef struct table_reader {
	TessBaseAPI *api;       /* set to read single lines */
	PIX *pix;               /* [borrowed] the page */
	const table_page *page; /* [borrowed] of it */
	int32_t dpi;            /* 0 when not known */
	bool whole;             /* the page is one table */
} table_reader;

/**
 * 0: Tesseract's layout of a line, which tells letters apart by their height. 1: the line as it stands, for where the layout
 * is misled by few letters.
 */
#define TABLE_LINE_WAYS 2

/**
 * @param out  [in, out, owned] words with places on the page, as high as the mark; nothing where Tesseract refuses the picture
 * @param mark [borrowed] where the words lie
 * @param line [borrowed] the same, as high as the line that it is on
 * @param way  below TABLE_LINE_WAYS
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code table_line_read(ocr_words *out, const table_reader *r, const table_mark *mark,
					   const table_mark *line, unsigned way, assay_err *err);

#endif
