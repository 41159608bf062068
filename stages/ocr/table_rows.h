/** The rows of an area whose words have their columns. */
#ifndef ASSAY_OCR_TABLE_ROWS_H
#define ASSAY_OCR_TABLE_ROWS_H

#include "table_columns.h"

typedef struct table_row {
	int32_t top, bottom; /* of its words; of the rules around it where there are none */
	int32_t rule;        /* y of the rule above it, -1 when there is none */
} table_row;

typedef struct table_rows {
	table_row *items;
	size_t count, cap;
} table_rows;

void table_rows_release(table_rows *r);

/**
 * Rows part at level rules over a third of the area's width. Between two rules, lines of words are rows of their own
 * but where one goes on from the one before: closely below it, with fewer cells and no value under a value. Where the
 * rules part most lines, what stands between two of them is one row, unless a column has several values there.
 *
 * @param out [out, owned] release with table_rows_release(), also after a failure
 * @param a   tokens get their row
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code table_rows_place(table_rows *out, table_area *a, const table_partings *p,
					    table_reading reading, assay_err *err);

#endif
