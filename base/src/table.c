/*
 *   columns = {0: 3, 1: [* column]}                  at most 256
 *   column = {0: text, head; 1: [8 uint], cells by type; 2: uint, merged; 3: [* number]; 4: [* value]}
 *   number = [uint, row; int, units of 10^-4]        ascending by row, at most 4096
 *   value  = [uint, row; text]                       ascending by row, at most 4096 of at most 256 bytes
 *
 * In format 2 a column has no values, in format 1 no numbers either.
 */
#include "assay/table.h"

#include "assay/cbor.h"

#include <stdlib.h>
#include <string.h>

#define FORMAT                 3
#define FORMAT_WITHOUT_TEXTS   2
#define FORMAT_WITHOUT_NUMBERS 1

void assay_table_columns_release(assay_table_columns *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->items[i].head);
		free(t->items[i].numbers);
		for (size_t k = 0; k < t->items[i].text_count; k++)
			free(t->items[i].texts[k].text);
		free(t->items[i].texts);
	}
	free(t->items);
	*t = (assay_table_columns){0};
}

static void put_numbers(assay_buf *out, const assay_table_column *c)
{
	assay_cbor_array(out, c->number_count);
	for (size_t i = 0; i < c->number_count; i++) {
		assay_cbor_array(out, 2);
		assay_cbor_uint(out, c->numbers[i].row);
		assay_cbor_int(out, c->numbers[i].units);
	}
}

static void put_texts(assay_buf *out, const assay_table_column *c)
{
	assay_cbor_array(out, c->text_count);
	for (size_t i = 0; i < c->text_count; i++) {
		assay_cbor_array(out, 2);
		assay_cbor_uint(out, c->texts[i].row);
		assay_cbor_words(out, c->texts[i].text);
	}
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

		assay_cbor_map(out, 5);
		assay_cbor_uint(out, 0);
		assay_cbor_words(out, c->head);
		assay_cbor_uint(out, 1);
		assay_cbor_array(out, ASSAY_CELL_TYPES);
		for (size_t k = 0; k < ASSAY_CELL_TYPES; k++)
			assay_cbor_uint(out, c->cells[k]);
		assay_cbor_uint(out, 2);
		assay_cbor_uint(out, c->merged);
		assay_cbor_uint(out, 3);
		put_numbers(out, c);
		assay_cbor_uint(out, 4);
		put_texts(out, c);
	}
}

static void expect(assay_cbor_reader *r, size_t got, size_t wanted)
{
	if (got != wanted)
		assay_cbor_fault(r, "a list or map of another length");
}

static const char no_memory[] = "out of memory"; /* told from faults of the record by its address */

static void read_numbers(assay_cbor_reader *r, assay_table_column *c)
{
	const size_t n = assay_cbor_read_array(r);

	if (n > ASSAY_TABLE_NUMBERS_MAX)
		assay_cbor_fault(r, "more numbers than are kept");
	if (r->fault != NULL)
		return;
	c->numbers = assay_alloc(n, sizeof *c->numbers);
	if (c->numbers == NULL) {
		assay_cbor_fault(r, no_memory);
		return;
	}
	for (; c->number_count < n && r->fault == NULL; c->number_count++) {
		assay_table_number *k = &c->numbers[c->number_count];
		uint64_t row;

		expect(r, assay_cbor_read_array(r), 2);
		row = assay_cbor_read_uint(r);
		k->row = (uint32_t)row;
		k->units = assay_cbor_read_int(r);
		if (row > UINT32_MAX || (c->number_count > 0 && k->row <= k[-1].row))
			assay_cbor_fault(r, "numbers that do not ascend by row");
	}
}

static void read_texts(assay_cbor_reader *r, assay_table_column *c)
{
	const size_t n = assay_cbor_read_array(r);

	if (n > ASSAY_TABLE_TEXTS_MAX)
		assay_cbor_fault(r, "more texts than are kept");
	if (r->fault != NULL)
		return;
	c->texts = assay_alloc(n, sizeof *c->texts);
	if (c->texts == NULL) {
		assay_cbor_fault(r, no_memory);
		return;
	}
	while (c->text_count < n && r->fault == NULL) {
		assay_table_text *k = &c->texts[c->text_count];
		uint64_t row;

		expect(r, assay_cbor_read_array(r), 2);
		row = assay_cbor_read_uint(r);
		k->row = (uint32_t)row;
		if (row > UINT32_MAX || (c->text_count > 0 && k->row <= k[-1].row))
			assay_cbor_fault(r, "texts that do not ascend by row");
		k->text = assay_cbor_read_strdup(r);
		c->text_count++;
		if (k->text == NULL)
			assay_cbor_fault(r, no_memory);
		else if (strlen(k->text) > ASSAY_TABLE_TEXT_MAX)
			assay_cbor_fault(r, "a longer text than is kept");
	}
}

static void read_column(assay_cbor_reader *r, assay_table_column *c, uint64_t format)
{
	expect(r, assay_cbor_read_map(r), 2 + format);
	assay_cbor_read_key(r, 0);
	c->head = assay_cbor_read_strdup(r);
	if (c->head == NULL)
		assay_cbor_fault(r, no_memory); /* a fault that is there stays */
	assay_cbor_read_key(r, 1);
	expect(r, assay_cbor_read_array(r), ASSAY_CELL_TYPES);
	for (size_t k = 0; k < ASSAY_CELL_TYPES && r->fault == NULL; k++) {
		c->cells[k] = assay_cbor_read_uint(r);
		if (c->cells[k] > UINT32_MAX)
			assay_cbor_fault(r, "more cells than a table has");
	}
	assay_cbor_read_key(r, 2);
	c->merged = assay_cbor_read_uint(r);
	if (format > FORMAT_WITHOUT_NUMBERS) {
		assay_cbor_read_key(r, 3);
		read_numbers(r, c);
	}
	if (format > FORMAT_WITHOUT_TEXTS) {
		assay_cbor_read_key(r, 4);
		read_texts(r, c);
	}
}

assay_code assay_table_columns_decode(assay_table_columns *out, const void *p, size_t n, assay_err *err)
{
	assay_cbor_reader r;
	uint64_t format;
	size_t count;

	*out = (assay_table_columns){0};
	assay_cbor_reader_init(&r, p, n);
	expect(&r, assay_cbor_read_map(&r), 2);
	assay_cbor_read_key(&r, 0);
	format = assay_cbor_read_uint(&r);
	if (format < FORMAT_WITHOUT_NUMBERS || format > FORMAT)
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
			read_column(&r, &out->items[out->count++], format);
	}
	if (r.fault == no_memory)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "columns of a table");
	return assay_cbor_finish(&r, "columns of a table", err);
}
