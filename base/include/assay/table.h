/**
 * What a table says of its columns: heads, what kinds of cell stand below them, their numbers and their texts. A stage that makes tables keeps it as an
 * artifact of role ASSAY_TABLE_COLUMNS; contracts judge it by table schemas (assay/table_schema.h). Stored: docs/formats.md,
 * "Columns of a table".
 */
#ifndef ASSAY_TABLE_H
#define ASSAY_TABLE_H

#include "assay/buf.h"

#define ASSAY_TABLE_COLUMNS     "columns" /* role */
#define ASSAY_TABLE_COLUMNS_MAX 256

/** Stored: never renumber. */
typedef enum assay_cell_type {
	ASSAY_CELL_EMPTY,
	ASSAY_CELL_NONE, /* a mark for no value */
	ASSAY_CELL_INTEGER,
	ASSAY_CELL_NUMBER,
	ASSAY_CELL_PERCENT,
	ASSAY_CELL_AMOUNT,
	ASSAY_CELL_DATE,
	ASSAY_CELL_TEXT,
} assay_cell_type;
#define ASSAY_CELL_TYPES 8

#define ASSAY_TABLE_NUMBERS_MAX 4096 /* of a column: those of its first rows */

typedef struct assay_table_number {
	uint32_t row;  /* of the table, from 0 */
	int64_t units; /* of 10^-4 */
} assay_table_number;

#define ASSAY_TABLE_TEXTS_MAX 4096 /* of a column: those of its first rows */
#define ASSAY_TABLE_TEXT_MAX  256  /* bytes; longer ones are not kept */

typedef struct assay_table_text {
	uint32_t row; /* of the table, from 0 */
	char *text;   /* owned; UTF-8, words parted by a blank */
} assay_table_text;

typedef struct assay_table_column {
	char *head;                       /* UTF-8, from the top, parted by blanks; "" if none */
	uint64_t cells[ASSAY_CELL_TYPES]; /* below the heads, by type; rows of totals left out, here and below */
	uint64_t merged;                  /* of the texts: several values side by side */
	assay_table_number *numbers;      /* owned; cells below the heads that are one number, by row; NULL: not told */
	size_t number_count;
	assay_table_text *texts; /* owned; cells below the heads that have a value, by row; NULL: not told */
	size_t text_count;
} assay_table_column;

typedef struct assay_table_columns {
	assay_table_column *items; /* from the left */
	size_t count;
} assay_table_columns;

void assay_table_columns_release(assay_table_columns *t);
void assay_table_columns_encode(assay_buf *out, const assay_table_columns *t);
/** @param out [out, owned] release it, also after a failure. ASSAY_OK, ASSAY_ECORRUPT, ASSAY_ENOMEM */
ASSAY_NODISCARD assay_code assay_table_columns_decode(assay_table_columns *out, const void *p, size_t n,
						      assay_err *err);

#endif
