/** A table: its cells in rows and columns, as read from an area. */
#ifndef ASSAY_OCR_TABLE_GRID_H
#define ASSAY_OCR_TABLE_GRID_H

#include "table_columns.h"
#include "table_type.h"

#include "assay/buf.h"

#define TABLE_SLOTS_MAX (1u << 20) /* rows times columns */

typedef struct table_cell {
	uint32_t row, column;             /* 0-based, of its first slot */
	uint32_t rows, columns;           /* how many it takes, 1 and up */
	int32_t left, top, right, bottom; /* px, of its words; all 0 without any */
	uint32_t words;
	int32_t confidence; /* mean of its words, hundredths of a percent; 0 without any */
	int32_t least;      /* the lowest of them */
	size_t text;        /* offset of its text in strings; words are parted by a blank */
	size_t size;        /* bytes */
	table_type type;
} table_cell;

typedef struct table {
	table_cell *cells; /* by row, then column; every slot is in one */
	size_t count;
	uint32_t rows, columns;
	uint32_t head;          /* rows of column heads at the top */
	uint32_t *cell_of;      /* of each slot, row * columns + column */
	bool ruled;             /* an upright rule parts two columns */
	bool by_hand;           /* a person wrote the cells: they have no boxes and no confidence */
	int64_t beside, agreed; /* words side by side, and those that rules and space place alike: set by tables_find */
	int32_t left, top, right, bottom; /* px */
	assay_buf strings;                /* each text ended by a NUL */
} table;

void table_release(table *t);

static inline const char *table_text(const table *t, const table_cell *c)
{
	return assay_buf_str(&t->strings) + c->text;
}

static inline table_cell *table_at(const table *t, uint32_t row, uint32_t column)
{
	return &t->cells[t->cell_of[(size_t)row * t->columns + column]];
}

/**
 * Read an area as a table.
 *
 * @param out     [out, owned] release with table_release(), also after a failure; no rows when the area has no words, or
 *                more slots than TABLE_SLOTS_MAX
 * @param reading what parts rows and columns
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code table_read(table *out, table_area *a, table_reading reading, assay_err *err);

/**
 * Types of the cells, by their texts, and how many rows are of heads: those before the first of values.
 * @param parted  something parts the first row from the rest: where no row is of values, that is the head
 */
void table_tell(table *t, bool parted);

#endif
