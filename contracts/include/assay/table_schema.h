/**
 * What the columns of a table must be: the `properties` of a schema entry named table, in their order. Each is a check of
 * its own, named after the column, so that a table whose columns were swapped, merged, split or shifted fails by their names.
 */
#ifndef ASSAY_TABLE_SCHEMA_H
#define ASSAY_TABLE_SCHEMA_H

#include "assay/decimal.h"
#include "assay/table.h"

#include <regex.h>

/** Metric that the checks of columns name; no stage measures it. */
#define ASSAY_TABLE_SCHEMA_METRIC "table.schema"

/** Stored: never renumber. */
typedef enum assay_column_type {
	ASSAY_COLUMN_ANY = 1,
	ASSAY_COLUMN_STRING = 2, /* most cells are no values */
	ASSAY_COLUMN_INTEGER = 3,
	ASSAY_COLUMN_NUMBER = 4, /* integers, numbers, percentages, amounts */
	ASSAY_COLUMN_DATE = 5,
} assay_column_type;

/** As a property's logicalType names it; NULL for ANY and for what is none. */
const char *assay_column_type_name(unsigned type);

typedef struct assay_expected_column {
	char *head; /* as printed: physicalName, or name */
	assay_column_type type;
	bool required; /* no cell is empty */
	bool has_low, has_high;
	assay_decimal low, high; /* its numbers lie between them, themselves included */
	size_t *parts;           /* owned; columns of the schema whose numbers of a row add up to this one's */
	size_t part_count;
	size_t *larger; /* owned; columns of the schema whose number of a row is this one's at least */
	size_t larger_count;
	char *pattern;    /* owned; regular expression of ECMA-262 that its texts match; NULL: none */
	regex_t *matcher; /* owned; the same, compiled */
} assay_expected_column;

typedef struct assay_table_schema {
	assay_expected_column *columns; /* from the left */
	size_t count;
} assay_table_schema;

/**
 * How a table breaks what is wanted of one column.
 *
 * Heads are compared by their letters and digits, small and large alike; a head that ends in the wanted one, or differs in a
 * fifth of the signs at most, is it. Of a table without any head, of texts alone for example, the first row is the heads when half
 * of those that are wanted stand in it, two at least; else it is judged by the position of its columns. Cells are of a type when
 * four fifths of those with a value are, or all but one of at least three; as many of a column's numbers lie in its range, and as
 * many of the rows in which all numbers were read add up, by no more than half a last decimal place for each number; and in
 * as many of the rows in which both were read its number is at most that of each column that is larger. As many of the texts of a
 * column match its pattern.
 *
 * @param out    [out] what is wrong, in words that name columns by their heads; "" when it is as it must be
 * @param schema [borrowed]
 * @param column of the schema, from 0
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_table_schema_fault(assay_buf *out, const assay_table_schema *schema, size_t column,
						    const assay_table_columns *table, assay_err *err);

/** Where a column of the schema was found in the table, from 0, as for its faults; SIZE_MAX: it was not. */
size_t assay_table_schema_place(const assay_table_schema *schema, size_t column, const assay_table_columns *table);

#endif
