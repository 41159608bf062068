/*
 *   table correction = {0: format 1, 1: uint, table; 2: uint, half; 3: [4 uint], box; 4: uint, columns; 5: [* text]}
 */
#include "assay/table_correction.h"

#include "assay/cbor.h"

#include <string.h>

enum { KEY_FORMAT, KEY_TABLE, KEY_HALF, KEY_BOX, KEY_COLUMNS, KEY_TEXTS, KEYS };
#define FORMAT 1

void assay_table_correction_release(assay_table_correction *c)
{
	assay_buf_release(&c->texts);
	*c = (assay_table_correction){0};
}

static bool is_box(const uint32_t b[4])
{
	if ((b[0] | b[1] | b[2] | b[3]) == 0)
		return true;
	return b[0] < b[2] && b[1] < b[3] && b[2] <= ASSAY_TABLE_CORRECTION_SIDE && b[3] <= ASSAY_TABLE_CORRECTION_SIDE;
}

/* What is wrong with all but its texts; NULL: nothing. */
static const char *fault_of(const assay_table_correction *c)
{
	if (c->table == 0)
		return "no number of a table";
	if (c->half > 2)
		return "a half of a page that there is not";
	if (!is_box(c->box))
		return "a box that is none";
	if (c->rows == 0 || c->rows > ASSAY_TABLE_CORRECTION_ROWS_MAX)
		return "no rows, or too many";
	if (c->columns == 0 || c->columns > ASSAY_TABLE_CORRECTION_COLUMNS_MAX)
		return "no columns, or too many";
	/* 4096 times 256 fit */
	return c->rows * c->columns > ASSAY_TABLE_CORRECTION_CELLS_MAX ? "too many cells" : NULL;
}

assay_code assay_table_correction_encode(assay_buf *out, const assay_table_correction *c, assay_err *err)
{
	const size_t before = out->len;
	const char *fault = fault_of(c), *text = assay_buf_str(&c->texts);

	if (fault != NULL)
		return ASSAY_RAISE(err, ASSAY_EINVAL, "correction of a table: %s", fault);
	assay_cbor_map(out, KEYS);
	assay_cbor_uint(out, KEY_FORMAT);
	assay_cbor_uint(out, FORMAT);
	assay_cbor_uint(out, KEY_TABLE);
	assay_cbor_uint(out, c->table);
	assay_cbor_uint(out, KEY_HALF);
	assay_cbor_uint(out, c->half);
	assay_cbor_uint(out, KEY_BOX);
	assay_cbor_array(out, 4);
	for (size_t i = 0; i < 4; i++)
		assay_cbor_uint(out, c->box[i]);
	assay_cbor_uint(out, KEY_COLUMNS);
	assay_cbor_uint(out, c->columns);
	assay_cbor_uint(out, KEY_TEXTS);
	assay_cbor_array(out, (size_t)c->rows * c->columns);
	for (uint32_t i = 0; i < c->rows * c->columns; i++, text = assay_table_correction_next(text))
		assay_cbor_text(out, text);
	if (out->len - before > ASSAY_TABLE_CORRECTION_SIZE_MAX)
		return ASSAY_RAISE(err, ASSAY_EFULL, "the texts of a table are larger than %zu MiB together",
				   ASSAY_TABLE_CORRECTION_SIZE_MAX >> 20);
	return assay_buf_check(out, err);
}

static uint32_t read_number(assay_cbor_reader *r, uint64_t key)
{
	uint64_t n;

	assay_cbor_read_key(r, key);
	n = assay_cbor_read_uint(r);
	if (n > UINT32_MAX)
		assay_cbor_fault(r, "a number that is too large");
	return (uint32_t)n;
}

static void read_box(assay_cbor_reader *r, uint32_t box[4])
{
	assay_cbor_read_key(r, KEY_BOX);
	if (assay_cbor_read_array(r) != 4)
		assay_cbor_fault(r, "a box that is none");
	for (size_t i = 0; i < 4; i++) {
		const uint64_t n = assay_cbor_read_uint(r);

		box[i] = n <= ASSAY_TABLE_CORRECTION_SIDE ? (uint32_t)n : UINT32_MAX;
	}
}

static void read_texts(assay_table_correction *c, assay_cbor_reader *r)
{
	size_t n;

	assay_cbor_read_key(r, KEY_TEXTS);
	n = assay_cbor_read_array(r);
	if (n > ASSAY_TABLE_CORRECTION_CELLS_MAX || c->columns == 0 || n % c->columns != 0)
		assay_cbor_fault(r, "a number of cells that no table has");
	c->rows = r->fault == NULL && c->columns > 0 ? (uint32_t)(n / c->columns) : 0;
	for (size_t i = 0; i < n && r->fault == NULL; i++) {
		size_t size = 0;
		const char *text = assay_cbor_read_text(r, &size);

		if (text == NULL || size > ASSAY_TABLE_CORRECTION_TEXT_MAX || memchr(text, '\0', size) != NULL) {
			assay_cbor_fault(r, "not the text of a cell");
			break;
		}
		assay_buf_append(&c->texts, text, size);
		assay_buf_putc(&c->texts, '\0');
	}
}

assay_code assay_table_correction_decode(assay_table_correction *out, const void *p, size_t n, assay_err *err)
{
	assay_cbor_reader r;
	const char *fault;
	assay_code rc;

	*out = (assay_table_correction){0};
	if (n > ASSAY_TABLE_CORRECTION_SIZE_MAX)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "correction of a table: %zu bytes are too many", n);
	assay_cbor_reader_init(&r, p, n);
	if (assay_cbor_read_map(&r) != KEYS)
		assay_cbor_fault(&r, "a map of another size");
	if (read_number(&r, KEY_FORMAT) != FORMAT)
		assay_cbor_fault(&r, "unknown format");
	out->table = read_number(&r, KEY_TABLE);
	out->half = read_number(&r, KEY_HALF);
	read_box(&r, out->box);
	out->columns = read_number(&r, KEY_COLUMNS);
	read_texts(out, &r);
	fault = fault_of(out);
	if (fault != NULL)
		assay_cbor_fault(&r, fault);
	rc = assay_cbor_finish(&r, "correction of a table", err);
	return rc == ASSAY_OK ? assay_buf_check(&out->texts, err) : rc;
}
