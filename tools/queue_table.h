/** Tables that people correct by hand: which one of its page it is, and where it lies. */
#ifndef ASSAY_QUEUE_TABLE_H
#define ASSAY_QUEUE_TABLE_H

#include "assay/decision.h"
#include "assay/queue.h"
#include "assay/sample.h"
#include "assay/table_correction.h"

/** Is it the key of a table? */
bool assay_key_is_table(const char *key);
/** Is the ticket about one? */
bool assay_ticket_is_table(const assay_ticket *t);
/**
 * The number of its table on the page, the half of the spread, and where it lies: of the sample as it stands.
 * @param out  [in, out] gets table, half and box; the box stays 0 where nothing says where it lies
 * @return ASSAY_OK, ASSAY_ENOENT without a message where its sample is not there, errors of the store
 */
ASSAY_NODISCARD assay_code assay_table_place(assay_table_correction *out, assay_store *s, const assay_ticket *t,
					     assay_err *err);
/**
 * The decision by which another file stands in place of the page that a table lies on. Nobody said of the tables of that
 * what their cells are. *out: id 0 where there is none.
 * @param row  of the table's sample
 */
ASSAY_NODISCARD assay_code assay_table_other_page(assay_decision *out, assay_store *s, const assay_sample_row *row,
						  assay_err *err);

#endif
