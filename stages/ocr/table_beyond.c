#include "table_beyond.h"

#include "assay/memory.h"

#include <stdlib.h>

/* A column between the rules: where its words are, and how many are values. */
typedef struct stand {
	int32_t left, right;
	size_t words, values;
} stand;

/* A line of words around the rules, and how it stands to the columns. */
typedef struct beyond_line {
	int64_t sum; /* of the middles of its words */
	int64_t words;
	int32_t top, bottom;
	size_t pieces, columns; /* columns that a piece is over or under */
	size_t several;         /* pieces over several */
	size_t numbers;         /* values under values, in one column */
	bool wide_first;        /* the first piece is a label over several columns */
} beyond_line;

typedef struct beyond {
	const table_area *around;
	const stand *stands;
	size_t stand_count;
	beyond_line *lines;
	int32_t step; /* of the lines between the rules */
} beyond;

static int32_t middle(const beyond_line *l)
{
	return (int32_t)(l->sum / l->words);
}

/* ---------------------------------------------------------------- what is between the rules */

static void find_stands(stand *out, const table_area *inside)
{
	for (size_t i = 0; i < inside->count; i++) {
		const table_token *t = &inside->tokens[i];
		stand *s = &out[t->column];

		if (t->column_end != t->column + 1)
			continue;
		s->left = s->words == 0 || t->left < s->left ? t->left : s->left;
		s->right = s->words == 0 || t->right > s->right ? t->right : s->right;
		s->words++;
		s->values += t->value;
	}
}

static void add_word(beyond_line *l, const table_token *t)
{
	l->sum += t->top + (t->bottom - t->top) / 2;
	l->top = l->words == 0 || t->top < l->top ? t->top : l->top;
	l->bottom = l->words == 0 || t->bottom > l->bottom ? t->bottom : l->bottom;
	l->words++;
}

static int by_number(const void *a_, const void *b_)
{
	const int32_t a = *(const int32_t *)a_, b = *(const int32_t *)b_;

	return (a > b) - (a < b);
}

/* From line to line: the upper quartile, for lines of one cell are closer than rows. One line alone tells none. */
static assay_code find_step(int32_t *out, const table_area *inside, assay_err *err)
{
	ASSAY_AUTO_FREE beyond_line *lines = assay_alloc(inside->lines, sizeof *lines);
	ASSAY_AUTO_FREE int32_t *steps = assay_alloc(inside->lines, sizeof *steps);

	if (lines == NULL || steps == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "lines of a table");
	for (size_t i = 0; i < inside->count; i++)
		add_word(&lines[inside->tokens[i].line], &inside->tokens[i]);
	for (uint32_t k = 1; k < inside->lines; k++)
		steps[k - 1] = middle(&lines[k]) - middle(&lines[k - 1]);
	if (inside->lines > 1)
		qsort(steps, inside->lines - 1, sizeof *steps, by_number);
	*out = inside->lines > 1 ? steps[3 * (inside->lines - 1) / 4] : 0;
	if (2 * *out < 3 * inside->height)
		*out = 3 * inside->height / 2;
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- lines around them */

/* The columns that it stands over or under are after those of the pieces before it in its line. */
static void put_piece(const beyond *b, const table_piece *p, size_t *next)
{
	beyond_line *l = &b->lines[p->line];
	size_t over = 0, values = 0;

	for (size_t c = 0; c < b->stand_count; c++) {
		const stand *s = &b->stands[c];

		if (s->words == 0 || s->right <= p->left || s->left >= p->right)
			continue;
		over++;
		l->columns += c >= *next;
		*next = c + 1 > *next ? c + 1 : *next;
		values = s->values;
	}
	for (size_t i = p->first; i < p->first + p->count; i++)
		l->numbers += over == 1 && values > 0 && b->around->tokens[i].value;
	l->wide_first |= l->pieces == 0 && over > 1 && p->count < 5 && !b->around->tokens[p->first].value;
	l->several += over > 1;
	l->pieces++;
}

static void put_lines(const beyond *b)
{
	size_t next = 0;

	for (size_t i = 0; i < b->around->count; i++)
		add_word(&b->lines[b->around->tokens[i].line], &b->around->tokens[i]);
	for (size_t i = 0; i < b->around->piece_count; i++) {
		const table_piece *p = &b->around->pieces[i];

		if (i == 0 || p[-1].line != p->line)
			next = 0;
		put_piece(b, p, &next);
	}
}

/* A rule over half of the width, but one that is double with the rule at the edge. */
static bool is_barred(const beyond *b, int32_t from, int32_t to, int32_t edge)
{
	const table_rules *r = b->around->rules;
	const int32_t left = b->around->left, right = b->around->right, near = b->around->height / 3;

	for (size_t i = 0; i < r->level_count; i++) {
		const int32_t at = r->level[i].at;

		if (at > from && at < to && abs(at - edge) > b->around->height &&
		    2 * table_rules_cover(r->level, r->level_count, at, near, left, right) > right - left)
			return true;
	}
	return false;
}

/* ---------------------------------------------------------------- heads */

/* Each text over a column of its own, half of them at least. */
static bool are_heads(const beyond *b, const beyond_line *l)
{
	return l->several == 0 && l->columns >= 2 && 2 * l->columns >= b->stand_count &&
	       l->words < 5 * (int64_t)l->columns;
}

/* Above heads: heads over several of them, or what one begins with, at the distance of lines of one cell. */
static bool are_over_heads(const beyond *b, const beyond_line *l, const beyond_line *below)
{
	if (l->several > 0)
		return l->pieces >= 2 && 2 * l->columns >= b->stand_count && l->words < 5 * (int64_t)l->pieces;
	return l->columns > 0 && 5 * (below->top - l->bottom) <= 3 * b->around->height &&
	       l->words < 5 * (int64_t)l->columns;
}

static int32_t grow_up(const beyond *b, int32_t edge, uint32_t first)
{
	int32_t top = edge;

	for (uint32_t k = first; k-- > 0;) {
		const beyond_line *l = &b->lines[k], *below = &b->lines[k + 1];
		const bool at_rule = k + 1 == first;
		const int32_t step = middle(below) - middle(l);

		if (2 * step > (at_rule ? 4 : 3) * b->step || is_barred(b, middle(l), middle(below), edge))
			break;
		if (!are_heads(b, l) && (at_rule || !are_over_heads(b, l, below)))
			break;
		top = l->top < top ? l->top : top;
	}
	return top;
}

/* ---------------------------------------------------------------- totals */

static bool are_totals(const beyond_line *l)
{
	return l->numbers > 0 && l->pieces >= 2 && l->several == l->wide_first && l->words < 5 * (int64_t)l->pieces;
}

static int32_t grow_down(const beyond *b, int32_t edge, uint32_t last)
{
	int32_t bottom = edge;

	for (uint32_t k = last + 1; k < b->around->lines; k++) {
		const beyond_line *l = &b->lines[k], *above = &b->lines[k - 1];
		const int32_t step = middle(l) - middle(above);

		if (2 * step > (k == last + 1 ? 4 : 3) * b->step || is_barred(b, middle(above), middle(l), edge))
			break;
		if (!are_totals(l))
			break;
		bottom = l->bottom > bottom ? l->bottom : bottom;
	}
	return bottom;
}

/* ---------------------------------------------------------------- both */

static void grow(table_ends *ends, const beyond *b, bool headed)
{
	const int32_t top = ends->top, bottom = ends->bottom;
	uint32_t first = UINT32_MAX, last = 0;

	for (uint32_t k = 0; k < b->around->lines; k++) {
		const int32_t y = middle(&b->lines[k]);

		if (y < top || y >= bottom)
			continue;
		first = first == UINT32_MAX ? k : first;
		last = k;
	}
	if (first == UINT32_MAX)
		return;
	if (!headed)
		ends->top = grow_up(b, top, first);
	ends->bottom = grow_down(b, bottom, last);
}

assay_code table_beyond(table_ends *ends, const table *t, const table_area *inside, const table_area *around,
			assay_err *err)
{
	ASSAY_AUTO_FREE stand *stands = assay_alloc(t->columns, sizeof *stands);
	ASSAY_AUTO_FREE beyond_line *lines = assay_alloc(around->lines, sizeof *lines);
	beyond b = {.around = around, .stands = stands, .stand_count = t->columns, .lines = lines};
	assay_code rc;

	if (stands == NULL || lines == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "lines around a table");
	rc = find_step(&b.step, inside, err);
	if (rc != ASSAY_OK)
		return rc;
	find_stands(stands, inside);
	put_lines(&b);
	grow(ends, &b, t->head > 0);
	return ASSAY_OK;
}
