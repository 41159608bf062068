/** The picture of a table's cells, by what the store keeps of them. */
#ifndef ASSAY_VIEW_TABLE_H
#define ASSAY_VIEW_TABLE_H

#include "view_cells.h"

/** As of assay_view_cells_put(); nothing where the sample has no record of its cells. */
ASSAY_NODISCARD assay_code assay_view_table_put(assay_buf *out, assay_store *s, const assay_recipe *recipe,
						const assay_result_sample *sample, int32_t space,
						const assay_view_columns *failing, assay_err *err);

#endif
