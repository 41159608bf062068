/** Cells that are no numbers in columns of numbers. */
#ifndef ASSAY_OCR_TABLE_DIGITS_H
#define ASSAY_OCR_TABLE_DIGITS_H

#include "table_reread.h"

#define TABLE_DIGITS_MAX 512 /* cells of a page that are read, and numbers that get a point */

/**
 * In a column in which three cells below the heads are numbers, and twice as many as are something else, a text of eight signs at
 * most that is not sure is read as digits and the signs beside them alone, in both ways that a line is read. Where both come to
 * the same number, and a third of the column's numbers have as many decimals and a percent sign or none as it has, it stands
 * for the cell's words: "ll" is 11 there, "none" stays what it is. Where nine in ten of the column, and five at least, are numbers,
 * a reading of 15 is enough for a text whose ink is as large as that of most of the column's numbers with as many digits: "O" is 0
 * there when it is no wider than a 2. Before a number without decimals that has ink of a point before its
 * first digit stands a point, where that makes it a number like a third of the others: ".5" is read as 5.
 *
 * @param texts   [in, out] of table_reread(); a number's words become one
 * @param found   [borrowed] the tables that its words make
 * @param taken   [out] cells that are numbers now; where there are any, tables are to be found again
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code table_digits(table_texts *texts, const table_reader *r, const tables *found, int64_t *taken,
					assay_err *err);

#endif
