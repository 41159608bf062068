#include "table_write.h"

#include "table_measure.h"

#include "assay/json.h"
#include "assay/memory.h"
#include "assay/table.h"

#include <string.h>

/* ---------------------------------------------------------------- CSV */

static void put_field(assay_buf *out, const char *s)
{
	if (strpbrk(s, ",\"\n\r") == NULL) {
		assay_buf_puts(out, s);
		return;
	}
	assay_buf_putc(out, '"');
	for (; *s != '\0'; s++) {
		if (*s == '"')
			assay_buf_putc(out, '"');
		assay_buf_putc(out, *s);
	}
	assay_buf_putc(out, '"');
}

assay_code table_write_csv(assay_buf *out, const table *t, assay_err *err)
{
	for (uint32_t r = 0; r < t->rows; r++)
		for (uint32_t c = 0; c < t->columns; c++) {
			const table_cell *cell = table_at(t, r, c);

			if (cell->row == r && cell->column == c)
				put_field(out, table_text(t, cell));
			assay_buf_putc(out, c + 1 < t->columns ? ',' : '\n');
		}
	return assay_buf_check(out, err);
}

/* ---------------------------------------------------------------- HTML */

static void put_escaped(assay_buf *out, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '<')
			assay_buf_puts(out, "&lt;");
		else if (*s == '>')
			assay_buf_puts(out, "&gt;");
		else if (*s == '&')
			assay_buf_puts(out, "&amp;");
		else
			assay_buf_putc(out, *s);
	}
}

static void put_cell(assay_buf *out, const table *t, const table_cell *c)
{
	const char *tag = c->row < t->head ? "th" : "td";

	assay_buf_printf(out, "<%s", tag);
	if (c->columns > 1)
		assay_buf_printf(out, " colspan=\"%u\"", c->columns);
	if (c->rows > 1)
		assay_buf_printf(out, " rowspan=\"%u\"", c->rows);
	assay_buf_putc(out, '>');
	put_escaped(out, table_text(t, c));
	assay_buf_printf(out, "</%s>", tag);
}

assay_code table_write_html(assay_buf *out, const table *t, assay_err *err)
{
	size_t next = 0;

	assay_buf_puts(out, "<table>\n");
	for (uint32_t r = 0; r < t->rows; r++) {
		if (r == 0 || r == t->head)
			assay_buf_puts(out, r < t->head ? "<thead>\n" : "<tbody>\n");
		assay_buf_puts(out, "<tr>");
		for (; next < t->count && t->cells[next].row == r; next++)
			put_cell(out, t, &t->cells[next]);
		assay_buf_puts(out, "</tr>\n");
		if (r + 1 == t->head || r + 1 == t->rows)
			assay_buf_puts(out, r < t->head ? "</thead>\n" : "</tbody>\n");
	}
	assay_buf_puts(out, "</table>\n");
	return assay_buf_check(out, err);
}

/* ---------------------------------------------------------------- JSON */

static void put_box(assay_json *j, int32_t left, int32_t top, int32_t right, int32_t bottom)
{
	assay_json_key(j, "box");
	assay_json_array(j);
	assay_json_int(j, left);
	assay_json_int(j, top);
	assay_json_int(j, right);
	assay_json_int(j, bottom);
	assay_json_end(j);
}

static void put_json_cell(assay_json *j, const table *t, const table_cell *c)
{
	assay_json_object(j);
	assay_json_kuint(j, "row", c->row);
	assay_json_kuint(j, "column", c->column);
	if (c->rows > 1)
		assay_json_kuint(j, "rows", c->rows);
	if (c->columns > 1)
		assay_json_kuint(j, "columns", c->columns);
	assay_json_kstr(j, "text", table_text(t, c));
	assay_json_kstr(j, "type", table_type_name(c->type));
	if (c->words > 0 && !t->by_hand) {
		assay_json_key(j, "confidence");
		assay_json_decimal(j, (assay_decimal){c->confidence, 2});
		put_box(j, c->left, c->top, c->right, c->bottom);
	}
	assay_json_end(j);
}

assay_code table_write_json(assay_buf *out, const table *t, assay_err *err)
{
	assay_json j;

	assay_json_init(&j, out, 0);
	assay_json_object(&j);
	assay_json_kuint(&j, "rows", t->rows);
	assay_json_kuint(&j, "columns", t->columns);
	assay_json_kuint(&j, "head", t->head);
	assay_json_kbool(&j, "ruled", t->ruled);
	if (t->by_hand)
		assay_json_kbool(&j, "by_hand", true);
	put_box(&j, t->left, t->top, t->right, t->bottom);
	assay_json_key(&j, "cells");
	assay_json_array(&j);
	for (size_t i = 0; i < t->count; i++)
		put_json_cell(&j, t, &t->cells[i]);
	assay_json_end(&j);
	assay_json_end(&j);
	assay_buf_putc(out, '\n');
	return assay_buf_check(out, err);
}

/* ---------------------------------------------------------------- columns */

_Static_assert((int)TABLE_EMPTY == (int)ASSAY_CELL_EMPTY && (int)TABLE_NONE == (int)ASSAY_CELL_NONE &&
		   (int)TABLE_INTEGER == (int)ASSAY_CELL_INTEGER && (int)TABLE_NUMBER == (int)ASSAY_CELL_NUMBER &&
		   (int)TABLE_PERCENT == (int)ASSAY_CELL_PERCENT && (int)TABLE_AMOUNT == (int)ASSAY_CELL_AMOUNT &&
		   (int)TABLE_DATE == (int)ASSAY_CELL_DATE && (int)TABLE_TEXT == (int)ASSAY_CELL_TEXT &&
		   TABLE_TYPES == ASSAY_CELL_TYPES,
	       "a cell's type has one number here and in what is stored");

/* The texts of the heads over a column, from the top; one that goes over several rows once. */
static char *head_of(const table *t, uint32_t column)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	for (uint32_t r = 0; r < t->head; r++) {
		const table_cell *c = table_at(t, r, column);

		if (c->row == r && c->words > 0)
			assay_buf_printf(&b, "%s%s", b.len > 0 ? " " : "", table_text(t, c));
	}
	return b.failed ? NULL : b.len > 0 ? assay_buf_steal(&b) : assay_strdup("");
}

/* What of a table its columns are told of: a row of totals is of no record, its label stands in any column, and what has
 * no total is empty. */
typedef struct records {
	const table *t;
	const bool *total; /* of each row */
} records;

/* The cell that begins here, but of a row of totals; NULL where there is none. */
static const table_cell *cell_of_record(const records *of, uint32_t row, uint32_t column)
{
	const table_cell *c = table_at(of->t, row, column);

	return c->row == row && c->column == column && !of->total[row] ? c : NULL;
}

/* A number of a cell over several columns is in the first. */
static assay_code keep_numbers(assay_table_column *out, const records *of, uint32_t column, assay_err *err)
{
	const table *t = of->t;

	out->numbers =
	    assay_alloc(t->rows < ASSAY_TABLE_NUMBERS_MAX ? t->rows : ASSAY_TABLE_NUMBERS_MAX, sizeof *out->numbers);
	if (out->numbers == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "columns of a table");
	for (uint32_t r = t->head; r < t->rows && out->number_count < ASSAY_TABLE_NUMBERS_MAX; r++) {
		const table_cell *c = cell_of_record(of, r, column);
		assay_table_number n = {.row = r};

		if (c != NULL && table_type_is_number(c->type) &&
		    table_type_number(&n.units, table_text(t, c), c->size))
			out->numbers[out->number_count++] = n;
	}
	return ASSAY_OK;
}

static assay_code keep_texts(assay_table_column *out, const records *of, uint32_t column, assay_err *err)
{
	const table *t = of->t;

	out->texts = assay_alloc(t->rows < ASSAY_TABLE_TEXTS_MAX ? t->rows : ASSAY_TABLE_TEXTS_MAX, sizeof *out->texts);
	if (out->texts == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "columns of a table");
	for (uint32_t r = t->head; r < t->rows && out->text_count < ASSAY_TABLE_TEXTS_MAX; r++) {
		const table_cell *c = cell_of_record(of, r, column);
		assay_table_text *x = &out->texts[out->text_count];

		if (c == NULL || c->type == TABLE_EMPTY || c->type == TABLE_NONE || c->size > ASSAY_TABLE_TEXT_MAX)
			continue;
		x->row = r;
		x->text = assay_strdup(table_text(t, c));
		if (x->text == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "columns of a table");
		out->text_count++;
	}
	return ASSAY_OK;
}

static void count_cells(assay_table_column *out, const records *of, uint32_t column)
{
	for (uint32_t r = of->t->head; r < of->t->rows; r++) {
		const table_cell *c = cell_of_record(of, r, column);

		if (c == NULL)
			continue;
		out->cells[c->type]++;
		out->merged += table_is_merged(of->t, c);
	}
}

assay_code table_write_columns(assay_buf *out, const table *t, assay_err *err)
{
	ASSAY_CLEANUP(assay_table_columns_release) assay_table_columns all = {0};
	ASSAY_AUTO_FREE bool *total = assay_alloc(t->rows, sizeof *total);
	const records of = {t, total};

	all.items = assay_alloc(t->columns, sizeof *all.items);
	if (all.items == NULL || total == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "columns of a table");
	table_total_rows(total, t);
	while (all.count < t->columns) {
		const uint32_t number = (uint32_t)all.count;
		assay_table_column *c = &all.items[all.count++];
		assay_code rc;

		c->head = head_of(t, number);
		if (c->head == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "columns of a table");
		count_cells(c, &of, number);
		rc = keep_numbers(c, &of, number, err);
		if (rc == ASSAY_OK)
			rc = keep_texts(c, &of, number, err);
		if (rc != ASSAY_OK)
			return rc;
	}
	assay_table_columns_encode(out, &all);
	return assay_buf_check(out, err);
}
