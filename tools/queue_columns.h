/** What checks on the columns of a table wanted, and what they found: for people who are to mend it. */
#ifndef ASSAY_QUEUE_COLUMNS_H
#define ASSAY_QUEUE_COLUMNS_H

#include "changes.h"

#include "assay/queue.h"
#include "assay/table_columns.h"

/** Of a ticket none of whose checks is on a column: nothing. */
typedef struct assay_ticket_columns {
	assay_contract_set contracts; /* of each check of the ticket */
	assay_table_columns table;    /* as it was read */
	bool has_table;               /* the store has it */
} assay_ticket_columns;

void assay_ticket_columns_release(assay_ticket_columns *c);
#define ASSAY_AUTO_TICKET_COLUMNS ASSAY_CLEANUP(assay_ticket_columns_release) assay_ticket_columns
ASSAY_NODISCARD assay_code assay_ticket_columns_load(assay_ticket_columns *out, assay_store *s, const assay_ticket *t,
						     assay_err *err);

/** The column that a check is on. */
typedef struct assay_ticket_column {
	const assay_expected_column *want;
	size_t place, of; /* in the schema, from 0; how many it has */
	size_t found;     /* in the table, from 0; SIZE_MAX: it is not there, or the store has no table */
} assay_ticket_column;

/** @param i  of the ticket's checks. false when that is not on a column */
bool assay_ticket_column_of(assay_ticket_column *out, const assay_ticket_columns *c, const assay_ticket *t, size_t i);
/** "column 2 of 3, 'Price', of numbers (amounts and percentages too), from 0 to 100, no cell empty" */
void assay_tell_expected_column(assay_buf *out, const assay_ticket_columns *c, const assay_ticket *t, size_t i);
/** "column 2, 'Price', of 5 dates"; "no such column: the table has 'Item', 'Date'". */
void assay_tell_found_column(assay_buf *out, const assay_ticket_columns *c, const assay_ticket *t, size_t i);
/** columns: [{check, head, place, type, required, minimum, maximum, sum_of, found: {place, head, cells} or null}] */
void assay_json_ticket_columns(assay_json *j, const assay_ticket_columns *c, const assay_ticket *t);

#endif
