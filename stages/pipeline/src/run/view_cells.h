/** How the picture of a table's cells is drawn: lines for the sidecar `boxes` of page.picture. */
#ifndef ASSAY_VIEW_CELLS_H
#define ASSAY_VIEW_CELLS_H

#include "assay/view.h"

/** More rows, columns or cells of a table are not drawn. */
#define ASSAY_VIEW_CELLS_MAX 8192

/** Columns of a table, from 0, in which checks fail. */
typedef struct assay_view_columns {
	const size_t *items; /* borrowed */
	size_t count;
} assay_view_columns;

/**
 * A piece of the page with what was found in the table: a line between two columns or rows wherever their cells leave
 * room for one, and the box of each cell's words, those of the columns of `failing` marked. All by the record of the
 * table (artifact `cells`), in pixels of the page as it was read; what is no such record has nothing drawn.
 *
 * @param space  px around the table
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_view_cells_put(assay_buf *out, const void *json, size_t n, int32_t space,
						const assay_view_columns *failing, assay_err *err);

#endif
