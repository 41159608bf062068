/** The words of a page's tables: what the page's recognition left out or doubted is read by itself. */
#ifndef ASSAY_OCR_TABLE_REREAD_H
#define ASSAY_OCR_TABLE_REREAD_H

#include "table_find.h"
#include "table_line.h"

#define TABLE_REREAD_MAX 2048 /* marks of a page that are read */

typedef struct table_texts {
	assay_words words; /* items and their texts lie in what follows */
	assay_word *items;
	size_t cap;
	assay_buf strings; /* each text ended by a NUL */
	assay_buf numbers; /* those of table_digits() likewise */
	int64_t marks;     /* read */
	int64_t found;     /* words that were read so */
} table_texts;

void table_texts_release(table_texts *t);

/**
 * Tables are found by the words that are sure and by the ink that none of them accounts for (table_marks.h); then that
 * ink is read where it stands in one, each mark as a line of its own. A word that was doubted gives way to a mark that
 * is read at least as surely; other words stay as they are.
 *
 * @param out   [out, owned] the page's words; release with table_texts_release(), also after a failure
 * @param words [borrowed] as long as out lives
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code table_reread(table_texts *out, const table_reader *r, const assay_words *words,
					assay_err *err);

#endif
