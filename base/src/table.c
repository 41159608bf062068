/*
 *   columns = {0: 1, 1: [* column]}                  at most 256
 *   column = {0: text, head; 1: [8 uint], cells by type; 2: uint, merged}
 */
#include "assay/table.h"

#include "assay/cbor.h"

#include <stdlib.h>

#define FORMAT 1

void assay_table_columns_release(assay_table_columns *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->items[i].head);
	free(t->items);
	*t = (assay_table_columns){0};
}

void assay_table_columns_encode(assay_buf *out, const assay_table_columns *t)
{
	assay_cbor_map(out, 2);
	assay_cbor_uint(out, 0);
	assay_cbor_uint(out, FORMAT);
	assay_cbor_uint(out, 1);
	assay_cbor_array(out, t->count);
	for (size_t i = 0; i < t->count; i++) {
		const assay_table_column *c = &t->items[i];

		assay_cbor_map(out, 3);
		assay_cbor_uint(out, 0);
		assay_cbor_words(out, c->head);
		assay_cbor_uint(out, 1);
		assay_cbor_array(out, ASSAY_CELL_TYPES);
		for (size_t k = 0; k < ASSAY_CELL_TYPES; k++)
			assay_cbor_uint(out, c->cells[k]);
		assay_cbor_uint(out, 2);
		assay_cbor_uint(out, c->merged);
	}
}

static void expect(assay_cbor_reader *r, size_t got, size_t wanted)
{
	if (got != wanted)
		assay_cbor_fault(r, "a list or map of another length");
}

static void read_column(assay_cbor_reader *r, assay_table_column *c)
{
	expect(r, assay_cbor_read_map(r), 3);
	assay_cbor_read_key(r, 0);
	c->head = assay_cbor_read_strdup(r);
	if (c->head == NULL)
		assay_cbor_fault(r, "a head that is no text"); /* a fault that is there stays */
	assay_cbor_read_key(r, 1);
	expect(r, assay_cbor_read_array(r), ASSAY_CELL_TYPES);
	for (size_t k = 0; k < ASSAY_CELL_TYPES && r->fault == NULL; k++) {
		c->cells[k] = assay_cbor_read_uint(r);
		if (c->cells[k] > UINT32_MAX)
			assay_cbor_fault(r, "more cells than a table has");
	}
	assay_cbor_read_key(r, 2);
	c->merged = assay_cbor_read_uint(r);
}

assay_code assay_table_columns_decode(assay_table_columns *out, const void *p, size_t n, assay_err *err)
{
	assay_cbor_reader r;
	size_t count;

	*out = (assay_table_columns){0};
	assay_cbor_reader_init(&r, p, n);
	expect(&r, assay_cbor_read_map(&r), 2);
	assay_cbor_read_key(&r, 0);
	if (assay_cbor_read_uint(&r) != FORMAT)
		assay_cbor_fault(&r, "a format that this release does not read");
	assay_cbor_read_key(&r, 1);
	count = assay_cbor_read_array(&r);
	if (count > ASSAY_TABLE_COLUMNS_MAX)
		assay_cbor_fault(&r, "too many columns");
	if (r.fault == NULL) {
		out->items = assay_alloc(count, sizeof *out->items);
		if (out->items == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "columns of a table");
		while (out->count < count && r.fault == NULL)
			read_column(&r, &out->items[out->count++]);
	}
	return assay_cbor_finish(&r, "columns of a table", err);
}
