/**
 * Metadata files: what people say of sources beside their bytes. JSON and CSV from outside, read as rows of texts.
 * Everything here takes hostile bytes: it is bounded, and what is wrong is told with its line.
 */
#ifndef ASSAY_METADATA_H
#define ASSAY_METADATA_H

#include "assay/diagnostic.h"

#define ASSAY_METADATA_SIDECAR_MAX ((size_t)1 << 20)   /* bytes of a sidecar */
#define ASSAY_METADATA_TABLE_MAX   ((size_t)256 << 20) /* bytes of a table */
#define ASSAY_METADATA_CELLS_MAX   1000                /* values of one source from one file */
#define ASSAY_METADATA_KEY_MAX     128                 /* bytes of a name */
#define ASSAY_METADATA_VALUE_MAX   8192                /* bytes of a value */
#define ASSAY_METADATA_DEPTH_MAX   16                  /* of nested JSON */

/** One value by its name, both UTF-8 without NUL. */
typedef struct assay_metadata_cell {
	const char *key, *value;
	bool is_text; /* it is written as a text: all of CSV, strings of JSON */
} assay_metadata_cell;

/** What is wrong with a file, and where; line and column are 1-based, column 0 when the whole line is meant. */
typedef struct assay_metadata_fault {
	int line, column;
	char text[256];
} assay_metadata_fault;

/**
 * A row as it is read. Cells are in the order of the file, no key twice, absent values left out; all borrowed for the
 * call. What it returns, unless ASSAY_OK, ends the reading.
 */
typedef assay_code assay_metadata_row_fn(void *ctx, int line, const assay_metadata_cell *cells, size_t count,
					 assay_err *err);

/**
 * A JSON object (RFC 8259): one row. Texts are as they are, numbers as they are written, booleans "true" and "false";
 * null is absent. What is nested becomes names with dots: {"author": {"name": "x"}} gives author.name, and items of
 * arrays are counted from 0: tags.0, tags.1. A byte order mark is skipped.
 *
 * @param fault [out] filled when ASSAY_ECORRUPT is returned, and err says the same
 * @return ASSAY_OK, ASSAY_ECORRUPT, ASSAY_ENOMEM, or what fn returned
 */
ASSAY_NODISCARD assay_code assay_metadata_read_json(const void *data, size_t size, assay_metadata_row_fn *fn, void *ctx,
						    assay_metadata_fault *fault, assay_err *err);
/** One such object a line; empty lines are skipped. */
ASSAY_NODISCARD assay_code assay_metadata_read_jsonl(const void *data, size_t size, assay_metadata_row_fn *fn,
						     void *ctx, assay_metadata_fault *fault, assay_err *err);
/**
 * CSV (RFC 4180) in UTF-8: a header with the names, then a row for each record; lines end in LF or CR LF. Values are
 * as they are written, blanks included; an empty one, quoted or not, is absent. Empty lines are skipped.
 */
ASSAY_NODISCARD assay_code assay_metadata_read_csv(const void *data, size_t size, assay_metadata_row_fn *fn, void *ctx,
						   assay_metadata_fault *fault, assay_err *err);

/** Fill fault, and raise ASSAY_ECORRUPT with "line L, column C: text". */
ASSAY_NODISCARD assay_code assay_metadata_refuse(assay_metadata_fault *fault, assay_err *err, int line, int column,
						 const char *fmt, ...) ASSAY_PRINTF(5, 6);
/** Is a name fit to be one? NULL, or what is wrong with it. */
const char *assay_metadata_key_fault(const char *key);

#endif
