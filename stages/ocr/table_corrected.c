#include "table_corrected.h"

#include "assay/memory.h"

#include <string.h>

#define NONE UINT32_MAX

/* ---------------------------------------------------------------- where it lies */

static int64_t area(const int64_t b[4])
{
	return b[2] > b[0] && b[3] > b[1] ? (b[2] - b[0]) * (b[3] - b[1]) : 0;
}

static int64_t part(int32_t px, int32_t side)
{
	return (int64_t)px * ASSAY_TABLE_CORRECTION_SIDE / side;
}

bool table_is_where(const table *t, const assay_table_correction *c, int32_t width, int32_t height)
{
	const int64_t here[4] = {part(t->left, width), part(t->top, height), part(t->right, width),
				 part(t->bottom, height)};
	const int64_t there[4] = {c->box[0], c->box[1], c->box[2], c->box[3]};
	int64_t both[4], shared;

	for (int i = 0; i < 4; i++)
		both[i] = (i < 2) == (here[i] > there[i]) ? here[i] : there[i];
	shared = area(both);
	return area(there) == 0 || 2 * shared >= area(here) + area(there) - shared;
}

/* ---------------------------------------------------------------- its cells */

typedef struct writing {
	table *out;
	const table *found;
	const char **texts; /* of the slots */
	bool same;          /* as many rows and columns as were found */
} writing;

static size_t slot(const writing *w, uint32_t row, uint32_t column)
{
	return (size_t)row * w->out->columns + column;
}

static bool is_alone(const writing *w, const table_cell *f)
{
	for (uint32_t r = f->row; r < f->row + f->rows; r++)
		for (uint32_t c = f->column; c < f->column + f->columns; c++)
			if ((r > f->row || c > f->column) && w->texts[slot(w, r, c)][0] != '\0')
				return false;
	return true;
}

static uint32_t count_words(const char *text)
{
	uint32_t n = 0;

	for (; *text != '\0'; text += strcspn(text, " "), text += *text == ' ')
		n++;
	return n;
}

static void put_cell(writing *w, uint32_t row, uint32_t column)
{
	table *t = w->out;
	const table_cell *f = w->same ? table_at(w->found, row, column) : NULL;
	const bool keeps = f != NULL && f->row == row && f->column == column && is_alone(w, f);
	const char *text = w->texts[slot(w, row, column)];
	const size_t size = strlen(text);
	const uint32_t number = (uint32_t)t->count++;

	t->cells[number] = (table_cell){.row = row,
					.column = column,
					.rows = keeps ? f->rows : 1,
					.columns = keeps ? f->columns : 1,
					.words = count_words(text),
					.text = t->strings.len,
					.size = size};
	assay_buf_append(&t->strings, text, size + 1);
	for (uint32_t r = row; r < row + t->cells[number].rows; r++)
		for (uint32_t c = column; c < column + t->cells[number].columns; c++)
			t->cell_of[slot(w, r, c)] = number;
}

static assay_code put_cells(writing *w, const assay_table_correction *c, assay_err *err)
{
	table *t = w->out;
	const size_t slots = (size_t)t->rows * t->columns;
	const char *text = assay_buf_str(&c->texts);

	t->cells = assay_alloc(slots, sizeof *t->cells);
	t->cell_of = assay_alloc(slots, sizeof *t->cell_of);
	if (t->cells == NULL || t->cell_of == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "cells of a table");
	memset(t->cell_of, 0xff, slots * sizeof *t->cell_of);
	for (size_t i = 0; i < slots; i++, text = assay_table_correction_next(text))
		w->texts[i] = text;
	for (uint32_t r = 0; r < t->rows; r++)
		for (uint32_t k = 0; k < t->columns; k++)
			if (t->cell_of[slot(w, r, k)] == NONE)
				put_cell(w, r, k);
	return assay_buf_check(&t->strings, err);
}

assay_code table_corrected(table *out, const table *found, const assay_table_correction *c, assay_err *err)
{
	ASSAY_AUTO_FREE const char **texts = assay_alloc((size_t)c->rows * c->columns, sizeof *texts);
	writing w = {out, found, texts, c->rows == found->rows && c->columns == found->columns};
	assay_code rc;

	*out = (table){.rows = c->rows,
		       .columns = c->columns,
		       .ruled = found->ruled,
		       .by_hand = true,
		       .left = found->left,
		       .top = found->top,
		       .right = found->right,
		       .bottom = found->bottom};
	if (texts == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "cells of a table");
	rc = put_cells(&w, c, err);
	if (rc == ASSAY_OK)
		table_tell(out, true);
	return rc;
}
