/** Tables of metadata (`metadata_files` of assay.yaml): what their rows say of sources, by path. */
#ifndef ASSAY_METADATA_TABLE_H
#define ASSAY_METADATA_TABLE_H

#include "assay/metadata.h"

#include <stdint.h>

typedef struct assay_metadata_tables assay_metadata_tables;

/** A table as assay.yaml names it. */
typedef struct assay_metadata_file {
	char *path; /* relative to assay.yaml; ends in .csv or .jsonl */
	int line, column;
} assay_metadata_file;

/**
 * Read the tables below dirfd. Every row has a `path`, relative to the folder of its table; "." and ".." are
 * followed as text and must not leave dirfd. Rows of one path are one: a value that two of them give differently is
 * an error.
 *
 * @param config  name of assay.yaml, for findings about files that are not there
 * @param d       every finding, with file and line
 * @return ASSAY_OK; ASSAY_ECORRUPT when a file is not there or wrong (see d); ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_metadata_tables_load(assay_metadata_tables **out, int dirfd,
						      const assay_metadata_file *files, size_t file_count,
						      const char *config, assay_diagnostics *d, assay_err *err);
void assay_metadata_tables_close(assay_metadata_tables *t); /* NULL is fine */

/** What the tables say of a path: the number of values, and the first, sorted by key; 0 when they are silent. */
size_t assay_metadata_tables_find(const assay_metadata_tables *t, const char *path, const assay_metadata_cell **first);
/** Does any row have a value of this name? */
bool assay_metadata_tables_has_key(const assay_metadata_tables *t, const char *key);
/** The i-th name in the tables, sorted; NULL past the last. */
const char *assay_metadata_tables_key(const assay_metadata_tables *t, size_t i);

/** A path that rows speak of, and where the first of them stands. */
typedef struct assay_metadata_row {
	const char *path, *file;
	int line;
} assay_metadata_row;
/** Paths ascend by bytes. */
size_t assay_metadata_tables_count(const assay_metadata_tables *t);
assay_metadata_row assay_metadata_tables_row(const assay_metadata_tables *t, size_t i);

#endif
