/** A table whose cells a person wrote, in place of those that were read. */
#ifndef ASSAY_OCR_TABLE_CORRECTED_H
#define ASSAY_OCR_TABLE_CORRECTED_H

#include "table_grid.h"

#include "assay/table_correction.h"

/**
 * Does the table lie where the one lay that was corrected? By half and more of what both take together; yes where nobody
 * knows where that one lay. Another recipe may find others, and number them otherwise.
 * @param width, height  px of the page
 */
bool table_is_where(const table *t, const assay_table_correction *c, int32_t width, int32_t height);

/**
 * The table as the person wrote it: it lies where it was found, and its cells have no boxes and no confidence. Where it has
 * as many rows and columns as were found, a cell that was found over several keeps them, unless one of the others has a
 * text. Types and heads are told anew; where no row is of values the first is the head.
 *
 * @param out    [out, owned] release with table_release(), also after a failure
 * @param found  [borrowed]
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code table_corrected(table *out, const table *found, const assay_table_correction *c,
					   assay_err *err);

#endif
