#include "table_rows.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

void table_rows_release(table_rows *r)
{
	free(r->items);
	*r = (table_rows){0};
}

typedef struct columns {
	uint64_t bits[TABLE_COLUMNS_MAX / 64];
} columns;

/* What stands in one line between two rules. */
typedef struct strip {
	uint32_t line, band, id; /* id: in the order of the tokens */
	int32_t top, bottom, middle;
	columns filled, values, under;
	bool spans;      /* something stands in several columns: those of under */
	bool begins_low; /* its first word begins with a small letter */
	bool ends_open;  /* its last word ends in a hyphen, comma, slash or opening bracket */
	bool starts_row;
} strip;

typedef struct rowing {
	table_area *a;
	size_t column_count;
	int32_t *rules; /* y of level rules, ascending */
	size_t rule_count;
	strip *strips; /* by band, then line */
	size_t count;
	uint32_t *strip_of; /* of each token: an id */
	int32_t close;      /* lines whose middles are as near as that follow each other in a cell */
	bool trusted;       /* rules part all rows */
} rowing;

static void set_column(columns *c, unsigned i)
{
	c->bits[i / 64] |= (uint64_t)1 << (i % 64);
}

static int number_of(const columns *c)
{
	int n = 0;

	for (size_t i = 0; i < ASSAY_COUNT(c->bits); i++)
		n += __builtin_popcountll(c->bits[i]);
	return n;
}

static columns common(const columns *a, const columns *b)
{
	columns c;

	for (size_t i = 0; i < ASSAY_COUNT(c.bits); i++)
		c.bits[i] = a->bits[i] & b->bits[i];
	return c;
}

static void add_columns(columns *a, const columns *b)
{
	for (size_t i = 0; i < ASSAY_COUNT(a->bits); i++)
		a->bits[i] |= b->bits[i];
}

static int number_common(const columns *a, const columns *b)
{
	const columns c = common(a, b);

	return number_of(&c);
}

static bool has_first(const columns *c)
{
	return (c->bits[0] & 1) != 0;
}

/* ---------------------------------------------------------------- bands between rules */

static assay_code find_rules(rowing *w, assay_err *err)
{
	const table_area *a = w->a;
	const table_rules *r = a->rules;
	const int32_t near = a->height / 3 > 3 ? a->height / 3 : 3;

	w->rules = assay_alloc(r->level_count + 1, sizeof *w->rules);
	if (w->rules == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "rows of an area");
	for (size_t i = 0; i < r->level_count; i++) {
		const int32_t at = r->level[i].at;
		int32_t covered;

		if (at <= a->top + near || at >= a->bottom - near ||
		    (w->rule_count > 0 && at - w->rules[w->rule_count - 1] <= near))
			continue;
		covered = table_rules_cover(r->level, r->level_count, at, near, a->left, a->right);
		if (3 * (int64_t)covered >= a->right - a->left)
			w->rules[w->rule_count++] = at;
	}
	return ASSAY_OK;
}

static uint32_t band_of(const rowing *w, const table_token *t)
{
	const int32_t y = t->top + (t->bottom - t->top) / 2;
	size_t low = 0, high = w->rule_count;

	while (low < high) {
		const size_t half = low + (high - low) / 2;

		if (w->rules[half] <= y)
			low = half + 1;
		else
			high = half;
	}
	return (uint32_t)low;
}

/* ---------------------------------------------------------------- strips */

static const char *text_of(const rowing *w, const table_token *t)
{
	return w->a->words->items[t->word].text;
}

static int by_band(const void *a_, const void *b_)
{
	const strip *a = a_, *b = b_;

	if (a->band != b->band)
		return a->band < b->band ? -1 : 1;
	if (a->middle != b->middle)
		return a->middle < b->middle ? -1 : 1;
	return (a->line > b->line) - (a->line < b->line);
}

static void add_to_strip(strip *s, const rowing *w, const table_token *t, bool first)
{
	const char *text = text_of(w, t);

	s->top = first || t->top < s->top ? t->top : s->top;
	s->bottom = first || t->bottom > s->bottom ? t->bottom : s->bottom;
	s->middle = s->top + (s->bottom - s->top) / 2;
	for (unsigned c = t->column; c < t->column_end; c++)
		set_column(&s->filled, c);
	if (t->value)
		set_column(&s->values, t->column);
	s->spans |= t->column_end - t->column > 1;
	for (unsigned c = t->column; t->column_end - t->column > 1 && c < t->column_end; c++)
		set_column(&s->under, c);
	if (first)
		s->begins_low = text[0] >= 'a' && text[0] <= 'z';
	s->ends_open = text[0] != '\0' && strchr("-,/(&", text[strlen(text) - 1]) != NULL && strlen(text) > 1;
}

/* Tokens come by line; a line has a strip in each band that it touches. */
static assay_code make_strips(rowing *w, assay_err *err)
{
	const table_area *a = w->a;
	size_t begin = 0;

	w->strips = assay_alloc(a->count, sizeof *w->strips);
	w->strip_of = assay_alloc(a->count, sizeof *w->strip_of);
	if (w->strips == NULL || w->strip_of == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "rows of an area");
	for (size_t i = 0; i < a->count; i++) {
		const table_token *t = &a->tokens[i];
		const uint32_t band = band_of(w, t);
		size_t k = w->count;

		if (i > 0 && t->line != a->tokens[i - 1].line)
			begin = w->count;
		while (k > begin && w->strips[k - 1].band != band)
			k--;
		if (k == begin) {
			w->strips[w->count] = (strip){.line = t->line, .band = band, .id = (uint32_t)k};
			k = ++w->count;
			add_to_strip(&w->strips[k - 1], w, t, true);
		} else {
			add_to_strip(&w->strips[k - 1], w, t, false);
		}
		w->strip_of[i] = w->strips[k - 1].id;
	}
	qsort(w->strips, w->count, sizeof *w->strips, by_band);
	return ASSAY_OK;
}

static int by_number(const void *a_, const void *b_)
{
	const int32_t a = *(const int32_t *)a_, b = *(const int32_t *)b_;

	return (a > b) - (a < b);
}

static int32_t step_of(const rowing *w, size_t i)
{
	return w->strips[i].middle - w->strips[i - 1].middle;
}

/* The distance of lines that follow each other closely: a fifth above the tenth of all, at most 2.2 heights of text. */
static assay_code find_close(rowing *w, assay_err *err)
{
	ASSAY_AUTO_FREE int32_t *steps = assay_alloc(w->count + 1, sizeof *steps);
	size_t n = 0;

	if (steps == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "rows of an area");
	for (size_t i = 1; i < w->count; i++) {
		const int32_t step = step_of(w, i);

		if (w->strips[i].band == w->strips[i - 1].band && 10 * step > 8 * w->a->height)
			steps[n++] = step;
	}
	qsort(steps, n, sizeof *steps, by_number);
	w->close = n > 0 ? steps[n / 10] * 12 / 10 : 0;
	if (w->close > w->a->height * 22 / 10)
		w->close = w->a->height * 22 / 10;
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- rows */

/* A column of the band has values in several lines. */
static bool has_several_values(const rowing *w, size_t from, size_t to)
{
	columns seen = {0};

	for (size_t i = from; i < to; i++) {
		if (number_common(&seen, &w->strips[i].values) > 0)
			return true;
		add_columns(&seen, &w->strips[i].values);
	}
	return false;
}

static bool has_values(const rowing *w, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (number_of(&w->strips[i].values) > 0)
			return true;
	return false;
}

static size_t end_of_band(const rowing *w, size_t from)
{
	size_t to = from + 1;

	while (to < w->count && w->strips[to].band == w->strips[from].band)
		to++;
	return to;
}

/* Rules part the rows when there are upright ones too and three bands, or when no band has many lines: two each, three where
 * the values of half of the bands, and of none several, say that each is a row. */
static bool is_trusted(const rowing *w, const table_partings *p)
{
	size_t bands = 0, ruled = 0, valued = 0, several = 0;

	for (size_t from = 0, to; from < w->count; from = to) {
		to = end_of_band(w, from);
		bands++;
		valued += has_values(w, from, to);
		several += has_several_values(w, from, to);
	}
	for (size_t i = 0; i < p->count; i++)
		ruled += p->items[i].ruled;
	if (bands >= 3 && ruled > 0)
		return true;
	return bands >= 4 && (w->count <= 2 * bands || (w->count <= 3 * bands && 2 * valued >= bands && several == 0));
}

/* The strips from..to stand close to each other and are the lines of one row: some cell has fewer lines than the others. */
static bool is_one_row(const rowing *w, size_t from, size_t to)
{
	columns all = {0}, every = w->strips[from].filled;

	if (has_several_values(w, from, to))
		return false;
	for (size_t i = from; i < to; i++) {
		if (w->strips[i].spans)
			return false;
		add_columns(&all, &w->strips[i].filled);
		every = common(&every, &w->strips[i].filled);
	}
	return number_of(&every) < number_of(&all);
}

/* b is the next line of the row that has come to `row` and whose last line is a. */
static bool goes_on(const rowing *w, const columns *row, const strip *a, const strip *b)
{
	const int na = number_of(&a->filled), nb = number_of(&b->filled);

	if (a->spans || b->spans)
		return false;
	if (number_of(&b->values) == 0 && 3 * nb <= 2 * number_of(row) && number_common(row, &b->filled) == nb &&
	    (b->begins_low || a->ends_open || !has_first(&b->filled)))
		return true;
	/* a label that began on the line before its values */
	return na < nb && number_of(&a->values) == 0 && number_common(&a->filled, &b->filled) == na &&
	       has_first(&a->filled) && (b->begins_low || a->ends_open) && w->column_count > 1;
}

static bool is_close(const rowing *w, size_t i)
{
	return step_of(w, i) <= w->close;
}

/* Lines at a distance that only cells of one row have: there is a clear step from close lines to others. */
static bool has_two_distances(const rowing *w, size_t from, size_t to)
{
	size_t far = 0, near = 0;

	for (size_t i = from + 1; i < to; i++) {
		far += 10 * step_of(w, i) >= 12 * w->close;
		near += is_close(w, i);
	}
	return far >= 2 && near >= 1 && 4 * far >= near;
}

static size_t end_of_cluster(const rowing *w, size_t from, size_t to)
{
	size_t end = from + 1;

	while (end < to && is_close(w, end))
		end++;
	return end;
}

/* The lines of column heads: those before the first with values in half of the columns. */
static size_t end_of_head(const rowing *w)
{
	for (size_t i = 0; i < w->count; i++)
		if (2 * (size_t)number_of(&w->strips[i].values) + 1 >= w->column_count &&
		    number_of(&w->strips[i].values) > 0)
			return i;
	return 0;
}

/* Both lines have something in every column: they are two rows, of heads or of others. */
static bool are_full(const rowing *w, const strip *a, const strip *b)
{
	return (size_t)number_of(&a->filled) == w->column_count && (size_t)number_of(&b->filled) == w->column_count;
}

/* Lines of heads that stand as high as each other in part, in other columns: three lines beside two. */
static bool is_beside(const rowing *w, const strip *a, const strip *b)
{
	return 4 * (a->bottom - b->top) > w->a->height && number_common(&a->filled, &b->filled) == 0;
}

static bool goes_on_in_head(const rowing *w, size_t k)
{
	const strip *a = &w->strips[k - 1], *b = &w->strips[k];

	return !a->spans && !b->spans && (is_beside(w, a, b) || (number_of(&b->filled) > 1 && !are_full(w, a, b)));
}

static void split_band(rowing *w, size_t from, size_t to, size_t head)
{
	const bool two = has_two_distances(w, from, to);
	columns row = {0};

	for (size_t i = from; i < to;) {
		const size_t end = end_of_cluster(w, i, to);
		const bool one = two && is_one_row(w, i, end);

		for (size_t k = i; k < end; k++) {
			const strip *s = &w->strips[k];

			w->strips[k].starts_row =
			    k == i || !(one || (k < head && goes_on_in_head(w, k)) || goes_on(w, &row, s - 1, s));
			if (s->starts_row)
				row = (columns){0};
			add_columns(&row, &s->filled);
		}
		i = end;
	}
	for (size_t i = from + 1; i < to; i++) /* marks beside and above their line */
		if (20 * (w->strips[i].middle - w->strips[i - 1].middle) <= 11 * w->a->height)
			w->strips[i].starts_row = false;
}

/* The first line of a band, and no other, stands over several columns that all have something below: heads of their own. */
static bool is_under_span(const rowing *w, size_t from, size_t to)
{
	const strip *over = &w->strips[from];

	if (to - from < 2 || !over->spans || is_beside(w, over, over + 1))
		return false;
	for (size_t i = from + 1; i < to; i++)
		if (w->strips[i].spans)
			return false;
	return number_common(&over->under, &over[1].filled) == number_of(&over->under);
}

static void start_rows(rowing *w)
{
	const size_t head = end_of_head(w);
	size_t from = 0;

	while (from < w->count) {
		const size_t to = end_of_band(w, from);

		if (w->trusted && !has_several_values(w, from, to)) {
			w->strips[from].starts_row = true;
			if (from < head && is_under_span(w, from, to))
				w->strips[from + 1].starts_row = true;
		} else {
			split_band(w, from, to, head);
		}
		from = to;
	}
}

static assay_code number_rows(table_rows *out, rowing *w, assay_err *err)
{
	ASSAY_AUTO_FREE uint32_t *row_of = assay_alloc(w->count, sizeof *row_of); /* of each strip, by id */
	assay_code rc;

	if (row_of == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "rows of an area");
	for (size_t i = 0; i < w->count; i++) {
		const strip *s = &w->strips[i];
		table_row *r;

		if (s->starts_row) {
			rc = assay_grow(&out->items, &out->cap, out->count, sizeof *out->items, err);
			if (rc != ASSAY_OK)
				return rc;
			out->items[out->count++] = (table_row){s->top, s->bottom, -1};
			if (s->band > 0 && (i == 0 || w->strips[i - 1].band != s->band))
				out->items[out->count - 1].rule = w->rules[s->band - 1];
		}
		r = &out->items[out->count - 1];
		r->top = s->top < r->top ? s->top : r->top;
		r->bottom = s->bottom > r->bottom ? s->bottom : r->bottom;
		row_of[s->id] = (uint32_t)out->count - 1;
	}
	for (size_t i = 0; i < w->a->count; i++)
		w->a->tokens[i].row = row_of[w->strip_of[i]];
	return ASSAY_OK;
}

assay_code table_rows_place(table_rows *out, table_area *a, const table_partings *p, table_reading reading,
			    assay_err *err)
{
	rowing w = {.a = a, .column_count = p->count + 1};
	assay_code rc = ASSAY_OK;

	*out = (table_rows){0};
	if (a->count == 0)
		return ASSAY_OK;
	if ((reading & TABLE_BY_RULES) != 0)
		rc = find_rules(&w, err);
	if (rc == ASSAY_OK)
		rc = make_strips(&w, err);
	if (rc == ASSAY_OK)
		rc = find_close(&w, err);
	if (rc == ASSAY_OK) {
		w.trusted = is_trusted(&w, p);
		start_rows(&w);
		rc = number_rows(out, &w, err);
	}
	free(w.rules);
	free(w.strips);
	free(w.strip_of);
	return rc;
}
