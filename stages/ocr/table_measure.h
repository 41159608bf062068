/** What a table says of itself that a damaged one does not: alignment, types, totals, two readings that agree. */
#ifndef ASSAY_OCR_TABLE_MEASURE_H
#define ASSAY_OCR_TABLE_MEASURE_H

#include "table_grid.h"

/** Of so many places, so many are as they should be. */
typedef struct table_share {
	int64_t good, of; /* of == 0: there is none to look at */
} table_share;

/**
 * Cells below the heads whose left edge, right edge or middle is within half a height of text of their column's median: for
 * each column of three such cells and more the best of the three. Cells of several columns do not count.
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code table_alignment(table_share *out, const table *t, int32_t height, assay_err *err);

/**
 * Cells below the heads of the kind that most in their column are: numbers, percentages, amounts, dates or text; for each
 * column of two cells and more. Marks for no value count nowhere; of kinds that are equally frequent the first is taken.
 */
table_share table_type_consistency(const table *t);

/** Each word of the cell is a value or a mark for none, two are values, and all of it together is none. */
bool table_is_merged(const table *t, const table_cell *c);
/** Cells with text below the heads, and those whose words are several values side by side and no value together. */
table_share table_merged(const table *t);

/** Columns of a table with heads, and those with one. */
table_share table_heads(const table *t);

/**
 * Totals: of each row whose first text begins with total, sum or the like, the columns that have a number there and two at
 * least above; and those where it is the sum of the numbers above, or of those since the last total, by no more than half a last
 * place for each.
 */
table_share table_totals(const table *t);

/**
 * Which rows are of totals: those whose first text begins so, below two others and more that are below the heads.
 * @param out [out] of each row
 */
void table_total_rows(bool *out, const table *t);

/**
 * Running totals: a column whose numbers grow by those of another one in most of at least four rows in a row, and in how many of
 * them. The first such pair.
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code table_running(table_share *out, const table *t, assay_err *err);

/**
 * Words side by side in an area of which its rules and the gaps that lines have in common both say whether a column begins
 * between them, and those of which they say the same. None when no rule parts columns. Changes the tokens' places.
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code table_readings(table_share *out, table_area *a, assay_err *err);

#endif
