#include "view_cells.h"

#include "assay/memory.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define LINE 2 /* px between rows and columns */

/* Where the cells of a row or column begin and end; from > to: none has words. */
typedef struct extent {
	int32_t from, to;
} extent;

typedef struct drawing {
	assay_buf *out;
	int32_t box[4];
	size_t rows, columns;
	extent *extents; /* of columns, then of rows */
	const assay_view_columns *failing;
} drawing;

/* What a store says may be anything. */
static bool take_box(int32_t box[4], const json_t *array)
{
	if (json_array_size(array) != 4)
		return false;
	for (size_t i = 0; i < 4; i++) {
		const json_t *n = json_array_get(array, i);

		if (!json_is_integer(n) || json_integer_value(n) < 0 || json_integer_value(n) > ASSAY_VIEW_SIDE_MAX)
			return false;
		box[i] = (int32_t)json_integer_value(n);
	}
	return box[0] < box[2] && box[1] < box[3];
}

static bool take_count(size_t *out, const json_t *object, const char *name, size_t otherwise)
{
	const json_t *n = json_object_get(object, name);

	*out = n == NULL                                          ? otherwise
	       : json_is_integer(n) && json_integer_value(n) >= 0 ? (size_t)json_integer_value(n)
								  : SIZE_MAX;
	return *out <= ASSAY_VIEW_CELLS_MAX;
}

typedef struct cell {
	size_t row, column, rows, columns;
	int32_t box[4];
} cell;

/* One with words on it, inside of its table. */
static bool take_cell(cell *out, const drawing *d, const json_t *c)
{
	return take_count(&out->row, c, "row", SIZE_MAX) && take_count(&out->column, c, "column", SIZE_MAX) &&
	       take_count(&out->rows, c, "rows", 1) && take_count(&out->columns, c, "columns", 1) &&
	       out->row < d->rows && out->column < d->columns && take_box(out->box, json_object_get(c, "box"));
}

static void widen(extent *e, int32_t from, int32_t to)
{
	if (e->from > e->to) {
		*e = (extent){from, to};
		return;
	}
	e->from = from < e->from ? from : e->from;
	e->to = to > e->to ? to : e->to;
}

static void measure(drawing *d, const json_t *cells)
{
	cell c;

	for (size_t i = 0; i < d->columns + d->rows; i++)
		d->extents[i] = (extent){1, 0};
	for (size_t i = 0; i < json_array_size(cells); i++) {
		if (!take_cell(&c, d, json_array_get(cells, i)))
			continue;
		if (c.columns == 1)
			widen(&d->extents[c.column], c.box[0], c.box[2]);
		if (c.rows == 1)
			widen(&d->extents[d->columns + c.row], c.box[1], c.box[3]);
	}
}

static void put(drawing *d, char sign, int32_t left, int32_t top, int32_t right, int32_t bottom)
{
	assay_buf_printf(d->out, "%c %d %d %d %d\n", sign, left, top, right, bottom);
}

/* In the middle of the room that two neighbours leave. */
static bool between(int32_t *at, const extent *a, const extent *b)
{
	*at = a->to + (b->from - a->to - LINE) / 2;
	return a->from <= a->to && b->from <= b->to && b->from - a->to >= LINE;
}

static void put_lines(drawing *d)
{
	const extent *rows = d->extents + d->columns;
	int32_t at;

	for (size_t i = 1; i < d->columns; i++)
		if (between(&at, &d->extents[i - 1], &d->extents[i]))
			put(d, '|', at, d->box[1], at + LINE, d->box[3]);
	for (size_t i = 1; i < d->rows; i++)
		if (between(&at, &rows[i - 1], &rows[i]))
			put(d, '|', d->box[0], at, d->box[2], at + LINE);
}

static bool is_failing(const drawing *d, const cell *c)
{
	for (size_t i = 0; i < d->failing->count; i++)
		if (d->failing->items[i] >= c->column && d->failing->items[i] - c->column < c->columns)
			return true;
	return false;
}

static assay_code put_table(drawing *d, const json_t *root, int32_t space, assay_err *err)
{
	const json_t *cells = json_object_get(root, "cells");
	cell c;

	if (!take_box(d->box, json_object_get(root, "box")) || !take_count(&d->rows, root, "rows", SIZE_MAX) ||
	    !take_count(&d->columns, root, "columns", SIZE_MAX) || json_array_size(cells) > ASSAY_VIEW_CELLS_MAX)
		return ASSAY_OK;
	d->extents = assay_alloc(d->rows + d->columns, sizeof *d->extents);
	if (d->extents == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "cells of a table");
	measure(d, cells);
	put(d, '=', d->box[0] > space ? d->box[0] - space : 0, d->box[1] > space ? d->box[1] - space : 0,
	    d->box[2] + space, d->box[3] + space);
	put_lines(d);
	for (size_t i = 0; i < json_array_size(cells); i++)
		if (take_cell(&c, d, json_array_get(cells, i)))
			put(d, is_failing(d, &c) ? '!' : '-', c.box[0], c.box[1], c.box[2], c.box[3]);
	free(d->extents);
	return assay_buf_check(d->out, err);
}

assay_code assay_view_cells_put(assay_buf *out, const void *json, size_t n, int32_t space,
				const assay_view_columns *failing, assay_err *err)
{
	drawing d = {.out = out, .failing = failing};
	json_error_t e;
	json_t *root = json_loadb(json, n, JSON_REJECT_DUPLICATES, &e);
	const assay_code rc = root != NULL ? put_table(&d, root, space, err) : ASSAY_OK;

	json_decref(root);
	return rc;
}
