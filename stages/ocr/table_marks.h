/** Ink of a page that looks like words, whether or not it was read. */
#ifndef ASSAY_OCR_TABLE_MARKS_H
#define ASSAY_OCR_TABLE_MARKS_H

#include "table_rules.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TABLE_MARKS_MAX 8192 /* of a page; one with more is a texture, and has none */

typedef struct table_mark {
	int32_t left, top, right, bottom; /* px of the page, right and bottom exclusive */
	bool dash;                        /* a level stroke, as long as a hyphen or dash is */
	bool light;                       /* letters are lighter than their ground */
} table_mark;

typedef struct table_marks {
	table_mark *items; /* from the top, then from the left */
	size_t count;
	table_mark
	    *points; /* dark ones as large as a decimal point, in the same order; most are dirt or parts of letters */
	size_t point_count;
} table_marks;

void table_marks_release(table_marks *m);

/**
 * Ink is what is darker than the paper around it (the lightest within two heights of text) by three tenths of the page's
 * contrast, without ruling lines and level runs of 3 heights of text, upright ones of 5/2; a level run of which a third is upright
 * strokes of half a height is letters that run into each other, and stays. Pieces less than half a height apart
 * beside each other are a mark: a word or a few. It is a third of the text high to twice and a half, or a dash: a fifth of the text long
 * and longer than high, and where it is hardly so, with nothing above and below. Where ground
 * two heights wide and a quarter high is darker than the paper by a fifth of the contrast, the same is done for what is
 * lighter than what is around it; a mark of it must be lighter than its ground by a quarter of the contrast, and takes the
 * place of dark ones that it meets.
 *
 * @param out    [out, owned] release with table_marks_release(), also after a failure
 * @param pix    [borrowed] 1, 8 or 32 bpp
 * @param rules  [borrowed] of the page
 * @param height of text, px, 8..400
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code table_marks_find(table_marks *out, PIX *pix, const table_rules *rules, int32_t height,
					    assay_err *err);

#endif
