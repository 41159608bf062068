#include "table_measure.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

/* The cell that begins in this slot and is of one column; NULL when there is none with text. */
static const table_cell *single(const table *t, uint32_t row, uint32_t column)
{
	const table_cell *c = table_at(t, row, column);

	return c->row == row && c->column == column && c->columns == 1 && c->words > 0 ? c : NULL;
}

/* ---------------------------------------------------------------- alignment */

static int by_number(const void *a_, const void *b_)
{
	const int32_t a = *(const int32_t *)a_, b = *(const int32_t *)b_;

	return (a > b) - (a < b);
}

/* How many of the places are near the middle one. Sorts them. */
static int64_t near_median(int32_t *places, size_t n, int32_t reach)
{
	int64_t near = 0;

	qsort(places, n, sizeof *places, by_number);
	for (size_t i = 0; i < n; i++)
		near += abs(places[i] - places[n / 2]) <= reach;
	return near;
}

static void align_column(table_share *out, const table *t, uint32_t column, int32_t reach, int32_t *room)
{
	int32_t *const edges[] = {room, room + t->rows, room + 2 * (size_t)t->rows};
	int64_t best = 0;
	size_t n = 0;

	for (uint32_t r = t->head; r < t->rows; r++) {
		const table_cell *c = single(t, r, column);

		if (c == NULL)
			continue;
		edges[0][n] = c->left;
		edges[1][n] = c->right;
		edges[2][n++] = c->left + (c->right - c->left) / 2;
	}
	if (n < 3)
		return;
	for (size_t i = 0; i < ASSAY_COUNT(edges); i++) {
		const int64_t near = near_median(edges[i], n, reach);

		best = near > best ? near : best;
	}
	out->good += best;
	out->of += (int64_t)n;
}

assay_code table_alignment(table_share *out, const table *t, int32_t height, assay_err *err)
{
	ASSAY_AUTO_FREE int32_t *room = assay_alloc(3 * (size_t)t->rows, sizeof *room);

	*out = (table_share){0};
	if (room == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "alignment of a table");
	for (uint32_t c = 0; c < t->columns; c++)
		align_column(out, t, c, height / 2, room);
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- types */

/* What a column is of: whole numbers and others go together. */
static table_type kind_of(table_type t)
{
	return t == TABLE_INTEGER ? TABLE_NUMBER : t;
}

table_share table_type_consistency(const table *t)
{
	table_share s = {0};

	for (uint32_t c = 0; c < t->columns; c++) {
		int64_t count[TABLE_TYPES] = {0}, most = 0, all = 0;

		for (uint32_t r = t->head; r < t->rows; r++) {
			const table_cell *cell = single(t, r, c);

			if (cell != NULL && cell->type != TABLE_NONE && cell->type != TABLE_EMPTY)
				count[kind_of(cell->type)]++;
		}
		for (size_t k = 0; k < TABLE_TYPES; k++) {
			all += count[k];
			most = count[k] > most ? count[k] : most;
		}
		if (all < 2)
			continue;
		s.good += most;
		s.of += all;
	}
	return s;
}

/* Each word is a value, and there are several, and all of it is none. */
bool table_is_merged(const table *t, const table_cell *c)
{
	const char *s = table_text(t, c);
	size_t values = 0;

	if (c->type != TABLE_TEXT)
		return false;
	while (*s != '\0') {
		const size_t n = strcspn(s, " ");
		const table_type type = table_type_of(s, n);

		if (!table_type_is_value(type) && type != TABLE_NONE)
			return false;
		values += table_type_is_value(type);
		s += n + (s[n] == ' ');
	}
	return values >= 2;
}

table_share table_merged(const table *t)
{
	table_share s = {0};

	for (size_t i = 0; i < t->count; i++) {
		const table_cell *c = &t->cells[i];

		if (c->words == 0 || c->row < t->head)
			continue;
		s.good += table_is_merged(t, c);
		s.of++;
	}
	return s;
}

table_share table_heads(const table *t)
{
	table_share s = {0};

	for (uint32_t c = 0; t->head > 0 && c < t->columns; c++) {
		bool headed = false;

		for (uint32_t r = 0; r < t->head; r++)
			headed |= table_at(t, r, c)->words > 0;
		s.good += headed;
		s.of++;
	}
	return s;
}

/* ---------------------------------------------------------------- totals */

static bool begins_with(const char *s, const char *word)
{
	for (; *word != '\0'; s++, word++)
		if ((*s | 0x20) != *word)
			return false;
	return (*s | 0x20) < 'a' || (*s | 0x20) > 'z';
}

/* The first text of the row is a word for a total. */
static bool is_total(const table *t, uint32_t row)
{
	static const char *const words[] = {"total",  "totals",    "subtotal", "sum",  "grand total", "summe",
					    "gesamt", "insgesamt", "totale",   "suma", NULL};

	for (uint32_t c = 0; c < t->columns; c++) {
		const table_cell *cell = table_at(t, row, c);

		if (cell->row != row || cell->words == 0)
			continue;
		for (const char *const *w = words; *w != NULL; w++)
			if (begins_with(table_text(t, cell), *w))
				return true;
		return false;
	}
	return false;
}

void table_total_rows(bool *out, const table *t)
{
	size_t others = 0;

	for (uint32_t r = 0; r < t->rows; r++) {
		const bool named = r >= t->head && is_total(t, r);

		out[r] = named && others >= 2;
		others += r >= t->head && !named;
	}
}

static bool number_at(int64_t *out, const table *t, uint32_t row, uint32_t column)
{
	const table_cell *c = single(t, row, column);

	return c != NULL && table_type_is_number(c->type) && table_type_number(out, table_text(t, c), c->size);
}

/* The last decimal place of the numbers of a column, in units: 10000 for whole numbers. */
static int64_t last_place(const table *t, uint32_t column)
{
	int64_t place = 10000, v;

	for (uint32_t r = t->head; r < t->rows; r++)
		if (number_at(&v, t, r, column))
			while (place > 1 && v % place != 0)
				place /= 10;
	return place;
}

typedef struct sum {
	int64_t value, terms;
	bool too_large;
} sum;

static void add(sum *s, int64_t v)
{
	s->too_large |= __builtin_add_overflow(s->value, v, &s->value);
	s->terms++;
}

static bool is_sum(const sum *s, int64_t total, int64_t place)
{
	int64_t off;

	if (s->terms < 2 || s->too_large || __builtin_sub_overflow(s->value, total, &off))
		return false;
	off = off < 0 ? -off : off;
	return place == 10000 ? off == 0 : 2 * off <= place * (s->terms + 1);
}

static void total_column(table_share *out, const table *t, uint32_t column)
{
	const int64_t place = last_place(t, column);
	sum all = {0}, since = {0};
	int64_t v;

	for (uint32_t r = t->head; r < t->rows; r++) {
		if (!number_at(&v, t, r, column))
			continue;
		if (!is_total(t, r)) {
			add(&all, v);
			add(&since, v);
			continue;
		}
		if (all.terms >= 2) {
			out->good += is_sum(&all, v, place) || is_sum(&since, v, place);
			out->of++;
		}
		since = (sum){0};
	}
}

table_share table_totals(const table *t)
{
	table_share s = {0};

	for (uint32_t c = 0; c < t->columns; c++)
		total_column(&s, t, c);
	return s;
}

/* ---------------------------------------------------------------- running totals */

typedef struct numbers {
	int64_t *values; /* of each row and column */
	bool *known;
	uint32_t rows, columns;
} numbers;

/* Rows in which `to` has grown by what `by` has. */
static table_share growth(const numbers *n, uint32_t by, uint32_t to)
{
	table_share s = {0};

	for (uint32_t r = 1; r < n->rows; r++) {
		const size_t last = (size_t)(r - 1) * n->columns, here = (size_t)r * n->columns;
		int64_t grown;

		if (!n->known[last + to] || !n->known[here + to] || !n->known[here + by])
			continue;
		s.of++;
		s.good += !__builtin_sub_overflow(n->values[here + to], n->values[last + to], &grown) &&
			  llabs(grown - n->values[here + by]) <= 1000 && n->values[here + by] != 0;
	}
	return s;
}

assay_code table_running(table_share *out, const table *t, assay_err *err)
{
	const size_t slots = (size_t)t->rows * t->columns;
	ASSAY_AUTO_FREE int64_t *values = assay_alloc(slots, sizeof *values);
	ASSAY_AUTO_FREE bool *known = assay_alloc(slots, sizeof *known);
	const numbers n = {values, known, t->rows, t->columns};

	*out = (table_share){0};
	if (values == NULL || known == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "running totals of a table");
	for (uint32_t r = t->head; r < t->rows; r++)
		for (uint32_t c = 0; c < t->columns; c++)
			if (!is_total(t, r))
				known[(size_t)r * t->columns + c] =
				    number_at(&values[(size_t)r * t->columns + c], t, r, c);
	for (uint32_t to = 1; to < t->columns && t->columns <= 32; to++)
		for (uint32_t by = 0; by < to; by++) {
			const table_share s = growth(&n, by, to);

			if (s.of < 4 || 2 * s.good <= s.of)
				continue;
			*out = s;
			return ASSAY_OK;
		}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- two readings */

assay_code table_readings(table_share *out, table_area *a, assay_err *err)
{
	ASSAY_AUTO_FREE table_partings *p = assay_alloc(1, sizeof *p);
	ASSAY_AUTO_FREE uint16_t *columns = assay_alloc(a->count, sizeof *columns);
	assay_code rc;

	*out = (table_share){0};
	if (p == NULL || columns == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "readings of a table");
	rc = table_columns_find(p, a, TABLE_BY_RULES, err);
	if (rc != ASSAY_OK || p->count == 0)
		return rc;
	for (size_t i = 0; i < a->count; i++)
		columns[i] = a->tokens[i].column;
	rc = table_columns_find(p, a, TABLE_BY_SPACE, err);
	for (size_t i = 1; i < a->count && rc == ASSAY_OK; i++) {
		if (a->tokens[i].line != a->tokens[i - 1].line)
			continue;
		out->of++;
		out->good += (columns[i] == columns[i - 1]) == (a->tokens[i].column == a->tokens[i - 1].column);
	}
	return rc;
}
