/** Heads above and totals below the rules that bound a table. */
#ifndef ASSAY_OCR_TABLE_BEYOND_H
#define ASSAY_OCR_TABLE_BEYOND_H

#include "table_grid.h"

/** Where the lines of a table end, px; those of its rules where nothing of it stands beyond them. */
typedef struct table_ends {
	int32_t top, bottom;
} table_ends;

/**
 * The lines directly above and below two level rules that are of the table between them: at the step of its lines, with no
 * other rule on the way, each piece over or under one of its columns, two at least. Above, where what is between the rules has
 * no heads, half of the columns; above such lines heads over several columns and what goes on in one. Below, a number under
 * numbers; the label before it may run on.
 *
 * @param ends   [in, out] where the rules are
 * @param t      [borrowed] what was read between them
 * @param inside [borrowed] what it was read from: its tokens have their columns
 * @param around [borrowed] all words between the ends of the rules and beyond them, those inside too
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code table_beyond(table_ends *ends, const table *t, const table_area *inside,
					const table_area *around, assay_err *err);

#endif
