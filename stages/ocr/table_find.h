/** The tables of a page. */
#ifndef ASSAY_OCR_TABLE_FIND_H
#define ASSAY_OCR_TABLE_FIND_H

#include "table_grid.h"
#include "table_page.h"

#define TABLE_WORDS_MAX 50000 /* of a page: one with more has no tables that could be told */
#define TABLES_MAX      64    /* of a page */

typedef struct tables {
	table items[TABLES_MAX]; /* from the top, then from the left */
	size_t count;
	int32_t height; /* of the page's text, px */
} tables;

void tables_release(tables *t);

/**
 * Find tables: first where ruling lines meet, then between level rules of about one extent, then where lines that follow
 * each other leave gaps in common. What has less than two columns or rows, or reads like columns of prose, is none.
 *
 * @param out  [out, owned] release with tables_release(), also after a failure
 * @param page  [borrowed]
 * @param whole the page is one table
 * @return ASSAY_OK, ASSAY_ENOMEM, ASSAY_EFULL with more words than TABLE_WORDS_MAX
 */
ASSAY_NODISCARD assay_code tables_find(tables *out, const table_page *page, const assay_words *words, bool whole,
				       assay_err *err);

#endif
