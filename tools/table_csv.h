/** The cells of a table as a person hands them in: CSV. */
#ifndef ASSAY_TABLE_CSV_H
#define ASSAY_TABLE_CSV_H

#include "assay/error.h"
#include "assay/table_correction.h"

/**
 * RFC 4180, UTF-8, with or without a byte order mark, lines ended by LF or CR LF: a line for each row, as many cells in each.
 * White space in a cell is one blank, none at its ends; empty lines before the first row and after the last are passed
 * over.
 *
 * @param out   [in, out] gets rows, columns and texts; release it, also after a failure
 * @param path  as it is told in messages
 * @return ASSAY_OK
 *         ASSAY_ECORRUPT  what is wrong with it: the message names file and line
 *         ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_table_csv_read(assay_table_correction *out, const char *path, const void *data,
						size_t size, assay_err *err);

#endif
