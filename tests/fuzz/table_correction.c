/*
 * Cells of a table as people hand them in: CSV, and the record that it becomes. What is read is bounded and UTF-8, what is
 * refused says where; a record that is read is the one that would be written. The first byte says which.
 */
#include "fuzz.h"

#include "table_csv.h"

#include "assay/text.h"

#include <string.h>

static void look_at(const assay_table_correction *c)
{
	const char *text = assay_buf_str(&c->texts), *const end = text + c->texts.len;

	fuzz_assert(c->rows >= 1 && c->rows <= ASSAY_TABLE_CORRECTION_ROWS_MAX);
	fuzz_assert(c->columns >= 1 && c->columns <= ASSAY_TABLE_CORRECTION_COLUMNS_MAX);
	fuzz_assert(c->rows * c->columns <= ASSAY_TABLE_CORRECTION_CELLS_MAX);
	for (uint32_t i = 0; i < c->rows * c->columns; i++) {
		fuzz_assert(text < end);
		fuzz_assert(strlen(text) <= ASSAY_TABLE_CORRECTION_TEXT_MAX);
		fuzz_assert(assay_utf8_prefix(text, strlen(text)) == strlen(text));
		text = assay_table_correction_next(text);
	}
	fuzz_assert(text == end);
}

static void read_back(const assay_table_correction *c)
{
	assay_table_correction back;
	assay_buf b = ASSAY_BUF_INIT;

	fuzz_need(assay_table_correction_encode(&b, c, NULL));
	fuzz_need(assay_table_correction_decode(&back, b.data, b.len, NULL));
	fuzz_assert(back.rows == c->rows && back.columns == c->columns && back.texts.len == c->texts.len);
	fuzz_assert(memcmp(back.texts.data, c->texts.data, c->texts.len) == 0);
	assay_table_correction_release(&back);
	assay_buf_release(&b);
}

static void from_csv(const uint8_t *data, size_t size)
{
	assay_table_correction c = {.table = 1};
	assay_err err = ASSAY_ERR_INIT;
	const assay_code rc = assay_table_csv_read(&c, "t", data, size, &err);

	fuzz_assert(rc == ASSAY_OK || (rc == ASSAY_ECORRUPT && strncmp(err.msg, "'t' ", 4) == 0));
	if (rc == ASSAY_OK) {
		look_at(&c);
		read_back(&c);
	}
	assay_table_correction_release(&c);
}

static void from_record(const uint8_t *data, size_t size)
{
	assay_table_correction c;
	assay_buf b = ASSAY_BUF_INIT;
	const assay_code rc = assay_table_correction_decode(&c, data, size, NULL);

	fuzz_assert(rc == ASSAY_OK || rc == ASSAY_ECORRUPT);
	if (rc == ASSAY_OK) {
		look_at(&c);
		fuzz_need(assay_table_correction_encode(&b, &c, NULL));
		fuzz_assert(b.len == size && memcmp(b.data, data, size) == 0);
	}
	assay_buf_release(&b);
	assay_table_correction_release(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0 || data[0] > 1)
		return -1;
	(data[0] == 0 ? from_csv : from_record)(data + 1, size - 1);
	return 0;
}
