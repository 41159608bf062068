/**
 * What a person says the cells of one table of a page are, in place of those that were read. Who it was stands elsewhere.
 * Stored: docs/formats.md, "Correction of a table".
 */
#ifndef ASSAY_TABLE_CORRECTION_H
#define ASSAY_TABLE_CORRECTION_H

#include "assay/buf.h"
#include "assay/error.h"

#include <stdint.h>

#define ASSAY_TABLE_CORRECTION_ROWS_MAX    4096
#define ASSAY_TABLE_CORRECTION_COLUMNS_MAX 256
#define ASSAY_TABLE_CORRECTION_CELLS_MAX   65536             /* empty ones too */
#define ASSAY_TABLE_CORRECTION_TEXT_MAX    4096              /* bytes of a cell */
#define ASSAY_TABLE_CORRECTION_SIZE_MAX    ((size_t)4 << 20) /* bytes of a record, and of the CSV that it is made of */
#define ASSAY_TABLE_CORRECTION_SIDE        10000 /* parts of the page's width and height that a box is told in */

typedef struct assay_table_correction {
	uint32_t table; /* its number on the page, from 1 */
	uint32_t half;  /* of the spread that its page is a half of, 1 or 2; 0: of none */
	/* Where it lay when it was corrected: left, top, right, bottom in ASSAY_TABLE_CORRECTION_SIDE parts of the page's
	 * width and height. All 0: nobody knows. */
	uint32_t box[4];
	uint32_t rows, columns;
	assay_buf texts; /* of the cells, by row, then column: UTF-8, each ended by a NUL; "" of an empty one */
} assay_table_correction;

void assay_table_correction_release(assay_table_correction *c);
#define ASSAY_AUTO_TABLE_CORRECTION ASSAY_CLEANUP(assay_table_correction_release) assay_table_correction

/** The cell after this one; not to be asked for after the last. */
static inline const char *assay_table_correction_next(const char *text)
{
	while (*text != '\0')
		text++;
	return text + 1;
}

/**
 * Append the record.
 * @param c  [borrowed] with as many texts as cells
 * @return ASSAY_OK
 *         ASSAY_EINVAL  no number, row or column, or more than there may be; a box that is none; a text that is not UTF-8
 *         ASSAY_EFULL   more than ASSAY_TABLE_CORRECTION_SIZE_MAX
 *         ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_table_correction_encode(assay_buf *out, const assay_table_correction *c,
							 assay_err *err);
/**
 * @param out  [out, owned] release it, also after a failure
 * @return ASSAY_OK, ASSAY_ECORRUPT (not what encode writes), ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_table_correction_decode(assay_table_correction *out, const void *p, size_t n,
							 assay_err *err);

#endif
