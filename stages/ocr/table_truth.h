/** Tables as people wrote them down, and how far those that were read are from them. */
#ifndef ASSAY_OCR_TABLE_TRUTH_H
#define ASSAY_OCR_TABLE_TRUTH_H

#include "table_grid.h"

#define TABLE_TRUTH_ROWS_MAX 4096
#define TABLE_TRUTH_CELLS    65536 /* with text, of all tables of a page */

/** A cell with text; the text of one over several rows or columns stands in its first place. */
typedef struct table_truth_cell {
	uint32_t table, row, column; /* 0-based */
	size_t text;                 /* offset in strings: folded, ended by a NUL */
} table_truth_cell;

typedef struct table_truth {
	table_truth_cell *cells; /* by table, then in the order of the file */
	size_t count, cap;
	uint32_t tables;
	assay_buf strings;
} table_truth;

void table_truth_release(table_truth *t);

/**
 * Tables of a page: HTML when it begins with '<', its table elements with rowspan and colspan; else CSV (RFC 4180, UTF-8), tables
 * parted by an empty line. Texts are folded: NFKC, without white space, dashes and quotation marks as on a typewriter.
 *
 * @param out [out, owned] release with table_truth_release(), also after a failure
 * @param why [out] static text when it cannot be read, else NULL
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code table_truth_read(table_truth *out, const char **why, const char *text, size_t size,
					    assay_err *err);

/** Append a table that was read as one more. ASSAY_OK, ASSAY_ENOMEM, ASSAY_EFULL beyond TABLE_TRUTH_CELLS */
ASSAY_NODISCARD assay_code table_truth_add(table_truth *out, const table *t, assay_err *err);

typedef struct table_score {
	int64_t right;   /* cells that agree */
	int64_t cells;   /* those with text of the truth, and of the tables that stand for it */
	int64_t columns; /* tables with as many columns as the truth */
	int64_t tables;  /* of the truth */
} table_score;

/**
 * Each table of the truth, in turn, takes the one of those read that is most like it. Rows and columns without text are left out;
 * rows and columns of both are put side by side in order so that most cells agree (rows by the best of their columns, then columns):
 * two texts do when at most half of the longer one must change, and marks for no value do. After Smock et al. 2022,
 * arXiv:2203.12555, with rows and columns each aligned alone.
 *
 * @return ASSAY_OK, ASSAY_ENOMEM, ASSAY_EFULL when it would take more than a few seconds
 */
ASSAY_NODISCARD assay_code table_truth_score(table_score *out, const table_truth *truth, const table_truth *read,
					     assay_err *err);

#endif
