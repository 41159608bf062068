/** Where the columns of an area part. */
#ifndef ASSAY_OCR_TABLE_COLUMNS_H
#define ASSAY_OCR_TABLE_COLUMNS_H

#include "table_area.h"

#define TABLE_COLUMNS_MAX 256

typedef struct table_parting {
	int32_t at;       /* px */
	bool ruled;       /* an upright rule stands there */
	uint32_t support; /* lines that leave a gap there */
} table_parting;

typedef struct table_partings {
	table_parting items[TABLE_COLUMNS_MAX - 1]; /* ascending; one less than the columns */
	size_t count;
} table_partings;

/** What is looked at: rules, the gaps that lines have in common, or both. */
typedef enum table_reading {
	TABLE_BY_RULES = 1,
	TABLE_BY_SPACE = 2,
	TABLE_BY_BOTH = 3,
} table_reading;

/**
 * Find the columns, and set those of each token.
 *
 * A column parting is an upright rule over a third of the area's height, with words on both sides; or a place where at least two
 * lines leave a gap and, for each two that do, at most one runs through with words on both sides of the gap. The fewer
 * lines, the wider their gaps must be. Words that stand alone within a gap are a column of their own.
 *
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code table_columns_find(table_partings *out, table_area *a, table_reading reading,
					      assay_err *err);

/**
 * Set the columns of each token. A piece that runs through a parting is cut where a rule stands on its way, or where its
 * widest gap is; otherwise it stands in all columns whose words it shares a quarter of the width with.
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code table_columns_place(table_area *a, const table_partings *p, assay_err *err);

#endif
