/** A table as CSV, HTML and JSON. */
#ifndef ASSAY_OCR_TABLE_WRITE_H
#define ASSAY_OCR_TABLE_WRITE_H

#include "table_grid.h"

/** RFC 4180 with LF: a line for each row, a field for each column; the text of a cell stands in its first slot. */
ASSAY_NODISCARD assay_code table_write_csv(assay_buf *out, const table *t, assay_err *err);
/** A table element: thead and tbody, th and td, colspan and rowspan. */
ASSAY_NODISCARD assay_code table_write_html(assay_buf *out, const table *t, assay_err *err);
/**
 * {"rows":…,"columns":…,"head":…,"ruled":…,"box":[l,t,r,b],"cells":[{"row":…,"column":…,"rows":…,"columns":…,"text":…,
 * "type":…,"confidence":…,"box":[…]},…]}; spans of one and what empty cells have none of is left out. Of one that a person wrote
 * "by_hand":true stands after "ruled", and no cell has a confidence or a box.
 */
ASSAY_NODISCARD assay_code table_write_json(assay_buf *out, const table *t, assay_err *err);

/** Heads and types of the columns, for contracts (assay/table.h): of the rows below the heads that are not of totals. */
ASSAY_NODISCARD assay_code table_write_columns(assay_buf *out, const table *t, assay_err *err);

#endif
