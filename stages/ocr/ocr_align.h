/** Several readings of a line, character below character. */
#ifndef ASSAY_OCR_ALIGN_H
#define ASSAY_OCR_ALIGN_H

#include "ocr_lines.h"

#define OCR_READINGS 5 /* at most, with the first and that of another model */

/** One place of the line: what each reading has there. */
typedef struct ocr_column {
	int32_t at[OCR_READINGS]; /* glyph of the reading; -1: it has none here */
} ocr_column;

typedef struct ocr_alignment {
	ocr_column *items;
	size_t count;
	size_t readings; /* aligned until now */
} ocr_alignment;

void ocr_alignment_release(ocr_alignment *a);

/**
 * Align readings[a->readings] with those before it, at least cost: characters that differ, and the more so the farther
 * their boxes lie apart; characters without a counterpart; blanks that meet letters most of all. The first one makes
 * the columns.
 *
 * @param height  of the line in pixels, at least 1: what distances are measured by
 * @return ASSAY_OK, ASSAY_ENOMEM, ASSAY_EFULL when the readings are too long to be compared (then nothing was changed)
 */
ASSAY_NODISCARD assay_code ocr_align(ocr_alignment *a, const ocr_reading *readings, int32_t height, assay_err *err);

#endif
