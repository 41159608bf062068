#include "table_grid.h"

#include "table_rows.h"

#include "assay/decimal.h"
#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX

void table_release(table *t)
{
	free(t->cells);
	free(t->cell_of);
	assay_buf_release(&t->strings);
	*t = (table){0};
}

typedef struct grid {
	const table_area *a;
	const table_partings *p;
	const table_rows *rows;
	table *t;
	uint32_t *filled; /* words of each slot */
	uint32_t *reach;  /* of each slot: the column where a piece that begins there ends, exclusive; 0 for none */
	int32_t near;
} grid;

static size_t slot(const grid *g, uint32_t row, uint32_t column)
{
	return (size_t)row * g->t->columns + column;
}

/* ---------------------------------------------------------------- which slots are one cell */

static int32_t row_top(const grid *g, uint32_t row)
{
	return g->rows->items[row].rule >= 0 ? g->rows->items[row].rule : g->rows->items[row].top;
}

static int32_t row_bottom(const grid *g, uint32_t row)
{
	const bool ruled = row + 1 < g->rows->count && g->rows->items[row + 1].rule >= 0;

	return ruled ? g->rows->items[row + 1].rule : g->rows->items[row].bottom;
}

static int32_t column_left(const grid *g, uint32_t column)
{
	return column == 0 ? g->a->left : g->p->items[column - 1].at;
}

static int32_t column_right(const grid *g, uint32_t column)
{
	return column == g->p->count ? g->a->right : g->p->items[column].at;
}

/* The rule between two columns is missing beside this row. */
static bool is_open_right(const grid *g, uint32_t row, uint32_t column)
{
	const table_parting *p = &g->p->items[column];
	const table_rules *r = g->a->rules;
	const int32_t top = row_top(g, row), bottom = row_bottom(g, row);

	return p->ruled &&
	       4 * table_rules_cover(r->upright, r->upright_count, p->at, g->near, top, bottom) < bottom - top;
}

/* The rule between two rows is missing below this column. */
static bool is_open_below(const grid *g, uint32_t row, uint32_t column)
{
	const table_rules *r = g->a->rules;
	const int32_t left = column_left(g, column), right = column_right(g, column);
	int32_t at;

	if (row + 1 >= g->rows->count || (at = g->rows->items[row + 1].rule) < 0)
		return false;
	return 4 * table_rules_cover(r->level, r->level_count, at, g->near, left, right) < right - left;
}

/* How many columns the cell that begins here takes. */
static uint32_t width_of(const grid *g, uint32_t row, uint32_t column)
{
	const uint32_t *filled = &g->filled[slot(g, row, 0)], *reach = &g->reach[slot(g, row, 0)];
	uint32_t end = reach[column] > column + 1 ? reach[column] : column + 1;
	bool words = filled[column] > 0;

	while (end < g->t->columns && is_open_right(g, row, end - 1) && !(words && filled[end] > 0)) {
		words |= filled[end] > 0;
		end = reach[end] > end + 1 ? reach[end] : end + 1;
	}
	return end - column;
}

static bool goes_below(const grid *g, uint32_t row, uint32_t column, uint32_t width)
{
	if (!g->t->ruled || row + 1 >= g->t->rows)
		return false;
	for (uint32_t c = column; c < column + width; c++)
		if (!is_open_below(g, row, c) || g->t->cell_of[slot(g, row + 1, c)] != NONE ||
		    g->reach[slot(g, row + 1, c)] > column + width)
			return false;
	return true;
}

static void make_cell(grid *g, uint32_t row, uint32_t column)
{
	table *t = g->t;
	const uint32_t number = (uint32_t)t->count++;
	table_cell *c = &t->cells[number];
	uint32_t width = width_of(g, row, column), height = 1;

	for (uint32_t k = column + 1; k < column + width; k++)
		if (t->cell_of[slot(g, row, k)] != NONE)
			width = k - column;
	while (goes_below(g, row + height - 1, column, width))
		height++;
	*c = (table_cell){.row = row, .column = column, .rows = height, .columns = width};
	for (uint32_t r = row; r < row + height; r++)
		for (uint32_t k = column; k < column + width; k++)
			t->cell_of[slot(g, r, k)] = number;
}

static void make_cells(grid *g)
{
	for (uint32_t r = 0; r < g->t->rows; r++)
		for (uint32_t c = 0; c < g->t->columns; c++)
			if (g->t->cell_of[slot(g, r, c)] == NONE)
				make_cell(g, r, c);
}

/* ---------------------------------------------------------------- what stands in them */

/* A rule that touches a word is read as a bar at its end. */
static void put_text(assay_buf *out, const char *s)
{
	const char *const from = s + strspn(s, "|");
	size_t n = strlen(from);

	while (n > 0 && from[n - 1] == '|')
		n--;
	assay_buf_append(out, from, n);
}

static void add_word(table *t, table_cell *c, const table_token *k, const assay_word *w)
{
	const bool first = c->words == 0;

	c->left = first || k->left < c->left ? k->left : c->left;
	c->top = first || k->top < c->top ? k->top : c->top;
	c->right = first || k->right > c->right ? k->right : c->right;
	c->bottom = first || k->bottom > c->bottom ? k->bottom : c->bottom;
	c->least = first || w->confidence < c->least ? w->confidence : c->least;
	c->words++;
	if (!first)
		assay_buf_putc(&t->strings, ' ');
	put_text(&t->strings, w->text);
}

/* The tokens of each cell in one list: head of each cell, next of each token, in the order of the tokens. */
static assay_code fill_cells(const grid *g, assay_err *err)
{
	table *t = g->t;
	const table_area *a = g->a;
	ASSAY_AUTO_FREE uint32_t *head = assay_alloc(t->count, sizeof *head);
	ASSAY_AUTO_FREE uint32_t *next = assay_alloc(a->count, sizeof *next);

	if (head == NULL || next == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "cells of a table");
	memset(head, 0xff, t->count * sizeof *head);
	for (size_t i = a->count; i-- > 0;) {
		const uint32_t cell = t->cell_of[slot(g, a->tokens[i].row, a->tokens[i].column)];

		next[i] = head[cell];
		head[cell] = (uint32_t)i;
	}
	for (size_t k = 0; k < t->count; k++) {
		table_cell *c = &t->cells[k];
		int64_t sum = 0;

		c->text = t->strings.len;
		for (uint32_t i = head[k]; i != NONE; i = next[i]) {
			const assay_word *w = &a->words->items[a->tokens[i].word];

			add_word(t, c, &a->tokens[i], w);
			sum += w->confidence;
		}
		c->size = t->strings.len - c->text;
		c->confidence = c->words > 0 ? (int32_t)assay_round_ratio(sum, c->words, 0) : 0;
		assay_buf_putc(&t->strings, '\0');
	}
	return assay_buf_check(&t->strings, err);
}

static void find_types(table *t)
{
	for (size_t k = 0; k < t->count; k++)
		t->cells[k].type = table_type_of(table_text(t, &t->cells[k]), t->cells[k].size);
}

/* ---------------------------------------------------------------- heads */

static bool is_row_of_values(const table *t, uint32_t row)
{
	uint32_t filled = 0, values = 0;

	for (uint32_t c = 0; c < t->columns; c++) {
		const table_cell *cell = table_at(t, row, c);

		if (cell->row != row || cell->column != c || cell->words == 0)
			continue;
		filled++;
		values += table_type_is_value(cell->type) || cell->type == TABLE_NONE;
	}
	return values > 0 && 2 * values + 1 >= filled;
}

/* Rows before the first of values; the first row alone where there are no values, when a rule parts it from the rest. */
static void find_head(table *t, bool parted)
{
	uint32_t r = 0;

	while (r < t->rows && !is_row_of_values(t, r))
		r++;
	if (r == t->rows)
		r = t->rows > 1 && parted ? 1 : 0;
	for (uint32_t k = 1; k < r; k++) /* heads of several rows name the first column once */
		if (table_at(t, k, 0)->row == k && table_at(t, k, 0)->words > 0 && table_at(t, k - 1, 0)->words > 0)
			r = k;
	if (r > 4 || 2 * r > t->rows)
		r = r > 0 && t->rows > 1 ? 1 : 0;
	t->head = r;
}

void table_tell(table *t, bool parted)
{
	find_types(t);
	find_head(t, parted);
}

/* ---------------------------------------------------------------- all of it */

static assay_code make_slots(grid *g, assay_err *err)
{
	table *t = g->t;
	const size_t slots = (size_t)t->rows * t->columns;

	t->cells = assay_alloc(slots, sizeof *t->cells);
	t->cell_of = assay_alloc(slots, sizeof *t->cell_of);
	g->filled = assay_alloc(slots, sizeof *g->filled);
	g->reach = assay_alloc(slots, sizeof *g->reach);
	if (t->cells == NULL || t->cell_of == NULL || g->filled == NULL || g->reach == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "cells of a table");
	memset(t->cell_of, 0xff, slots * sizeof *t->cell_of);
	for (size_t i = 0; i < g->a->count; i++) {
		const table_token *k = &g->a->tokens[i];
		const size_t s = slot(g, k->row, k->column);

		g->filled[s]++;
		if (k->column_end > g->reach[s])
			g->reach[s] = k->column_end;
	}
	return ASSAY_OK;
}

static assay_code fill(grid *g, assay_err *err)
{
	assay_code rc = make_slots(g, err);

	if (rc == ASSAY_OK) {
		make_cells(g);
		rc = fill_cells(g, err);
	}
	if (rc == ASSAY_OK)
		table_tell(g->t, g->rows->count > 1 && g->rows->items[1].rule >= 0);
	free(g->filled);
	free(g->reach);
	return rc;
}

assay_code table_read(table *out, table_area *a, table_reading reading, assay_err *err)
{
	ASSAY_AUTO_FREE table_partings *p = assay_alloc(1, sizeof *p);
	table_rows rows = {0};
	grid g = {a, p, &rows, out, NULL, NULL, a->height / 3 > 3 ? a->height / 3 : 3};
	assay_code rc;

	*out = (table){.left = a->left, .top = a->top, .right = a->right, .bottom = a->bottom};
	if (p == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "columns of a table");
	ASSAY_TRY(table_columns_find(p, a, reading, err));
	ASSAY_TRY(table_rows_place(&rows, a, p, reading, err));
	for (size_t i = 0; i < p->count; i++)
		out->ruled |= p->items[i].ruled;
	if (rows.count > 0 && rows.count * (p->count + 1) <= TABLE_SLOTS_MAX) {
		out->rows = (uint32_t)rows.count;
		out->columns = (uint32_t)p->count + 1;
		rc = fill(&g, err);
	}
fail:
	table_rows_release(&rows);
	return rc;
}
