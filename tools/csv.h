/**
 * Tables as text (RFC 4180), for spreadsheets that people open: a cell that a spreadsheet would take for a formula is
 * guarded by an apostrophe, and reading takes it off again.
 */
#ifndef ASSAY_CSV_H
#define ASSAY_CSV_H

#include "assay/buf.h"

#define ASSAY_CSV_COLUMNS_MAX 256

/**
 * Append a cell, and a comma before it unless it is the first. Guarded: a text that begins with any number of
 * apostrophes and then =, +, -, @, a tab or CR gets one more before it (OWASP, CSV injection).
 */
void assay_csv_cell(assay_buf *out, const char *text, bool first);
void assay_csv_end(assay_buf *out); /* of a record: CR LF */

typedef struct assay_csv {
	const char *at, *end; /* not yet read */
	int line;             /* of the record that was read last: where it begins, from 1 */
	int next_line;
	bool exact;      /* set it to have cells as they stand, and an empty line as a record of one empty cell */
	assay_buf texts; /* [owned] its fields, each with a NUL */
	size_t starts[ASSAY_CSV_COLUMNS_MAX];
	size_t count;      /* fields */
	const char *fault; /* what is wrong with it, static; NULL: nothing */
} assay_csv;

/** Bytes are borrowed until it is released. A byte order mark is skipped. */
void assay_csv_open(assay_csv *c, const void *data, size_t size);
void assay_csv_release(assay_csv *c);
#define ASSAY_AUTO_CSV ASSAY_CLEANUP(assay_csv_release) assay_csv

/**
 * The next record; empty lines are skipped. Cells are unguarded. Neither when c->exact.
 * @return false at the end, when memory is out (c->texts.failed), or when c->fault says what is wrong from c->line on
 */
bool assay_csv_next(assay_csv *c);
/** Field i < c->count of the record. Borrowed until the next. */
const char *assay_csv_field(const assay_csv *c, size_t i);

#endif
