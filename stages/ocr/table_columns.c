#include "table_columns.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

/* For each px between left and right: lines with a gap there, lines of several pieces and lines of one that run through. */
typedef struct profile {
	int32_t *gaps, *runs, *alone;
	int32_t left, width;
	uint32_t lines;            /* that have words here */
	const table_piece *pieces; /* those here, cut at the edges */
	size_t count;
	int32_t height;
	bool strict; /* a rule bounds it: most lines must leave the gap */
} profile;

static const table_piece *next_in_line(const profile *p, size_t i)
{
	return i + 1 < p->count && p->pieces[i + 1].line == p->pieces[i].line ? &p->pieces[i + 1] : NULL;
}

static bool is_alone(const profile *p, size_t i)
{
	return next_in_line(p, i) == NULL && (i == 0 || p->pieces[i - 1].line != p->pieces[i].line);
}

static void mark(int32_t *counts, const profile *p, int32_t from, int32_t to)
{
	if (to <= from)
		return;
	counts[from - p->left]++;
	counts[to - p->left]--;
}

static void sum_up(int32_t *counts, int32_t width)
{
	for (int32_t x = 1; x <= width; x++)
		counts[x] += counts[x - 1];
}

static assay_code make_profile(profile *p, assay_err *err)
{
	p->gaps = assay_alloc(3 * ((size_t)p->width + 1), sizeof *p->gaps);
	if (p->gaps == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "columns of an area");
	p->runs = p->gaps + p->width + 1;
	p->alone = p->runs + p->width + 1;
	for (size_t i = 0; i < p->count; i++) {
		const table_piece *q = &p->pieces[i], *next = next_in_line(p, i);

		p->lines += i == 0 || p->pieces[i - 1].line != q->line;
		mark(is_alone(p, i) ? p->alone : p->runs, p, q->left, q->right);
		if (next != NULL)
			mark(p->gaps, p, q->right, next->left);
	}
	sum_up(p->gaps, p->width);
	sum_up(p->runs, p->width);
	sum_up(p->alone, p->width);
	return ASSAY_OK;
}

static bool is_open(const profile *p, int32_t x)
{
	return p->gaps[x] >= 2 && 2 * p->runs[x] <= p->gaps[x] && p->alone[x] <= 3 * p->gaps[x] &&
	       (!p->strict || 3 * (uint32_t)p->gaps[x] >= 2 * p->lines);
}

static int32_t agreement(const profile *p, int32_t x)
{
	return p->gaps[x] - 2 * p->runs[x] - p->alone[x];
}

/* Where most lines agree within from..to: the middle of the first stretch of the best. */
static int32_t best_place(const profile *p, int32_t from, int32_t to)
{
	int32_t start = from, end;

	for (int32_t x = from + 1; x < to; x++)
		if (agreement(p, x) > agreement(p, start))
			start = x;
	for (end = start; end + 1 < to && agreement(p, end + 1) == agreement(p, start); end++) {
	}
	return start + (end - start) / 2;
}

static int by_number(const void *a_, const void *b_)
{
	const int32_t a = *(const int32_t *)a_, b = *(const int32_t *)b_;

	return (a > b) - (a < b);
}

/* The middle width of the gaps that contain x; room has a place for each line. */
static int32_t usual_gap(const profile *p, int32_t x, int32_t *room)
{
	size_t n = 0;

	for (size_t i = 0; i < p->count; i++) {
		const table_piece *next = next_in_line(p, i);

		if (next != NULL && p->pieces[i].right <= x && x < next->left)
			room[n++] = next->left - p->pieces[i].right;
	}
	if (n == 0)
		return 0;
	qsort(room, n, sizeof *room, by_number);
	return room[n / 2];
}

/* How wide gaps of so many lines must be, in tenths of the height of text. */
static int32_t least_gap(int32_t lines)
{
	return lines >= 8 ? 6 : lines >= 5 ? 7 : lines >= 4 ? 9 : lines >= 3 ? 11 : 14;
}

static void add(table_partings *out, table_parting p)
{
	if (out->count < ASSAY_COUNT(out->items))
		out->items[out->count++] = p;
}

/* ---------------------------------------------------------------- gaps in common */

typedef struct span {
	int32_t from, to, count;
} span;

static int by_from(const void *a_, const void *b_)
{
	const span *a = a_, *b = b_;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return (a->to > b->to) - (a->to < b->to);
}

/* The pieces that stand within from..to, joined where they overlap. */
static size_t columns_within(span *out, const profile *p, int32_t from, int32_t to)
{
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < p->count; i++)
		if (p->pieces[i].left >= from && p->pieces[i].right <= to)
			out[n++] = (span){p->pieces[i].left, p->pieces[i].right, 1};
	qsort(out, n, sizeof *out, by_from);
	for (size_t i = 0; i < n; i++) {
		if (kept > 0 && out[i].from < out[kept - 1].to) {
			out[kept - 1].to = out[i].to > out[kept - 1].to ? out[i].to : out[kept - 1].to;
			out[kept - 1].count++;
		} else {
			out[kept++] = out[i];
		}
	}
	return kept;
}

typedef struct workspace {
	span *spans;
	int32_t *widths;
} workspace; /* a place for each piece */

/* The partings of one stretch of openness: one, or one on each side of columns that few lines fill. */
static void part_stretch(table_partings *out, const profile *p, int32_t from, int32_t to, const workspace *w)
{
	const size_t n = columns_within(w->spans, p, p->left + from, p->left + to);
	int32_t begin = from;

	for (size_t i = 0; i <= n; i++) {
		const int32_t end = i < n ? w->spans[i].from - p->left : to;

		if (i < n && w->spans[i].count < 2 && p->lines > 8)
			continue;
		if (begin < end) {
			const int32_t x = best_place(p, begin, end), lines = p->gaps[x];

			if (10 * usual_gap(p, p->left + x, w->widths) >= least_gap(lines) * p->height)
				add(out, (table_parting){p->left + x, false, (uint32_t)lines});
		}
		if (i < n)
			begin = w->spans[i].to - p->left;
	}
}

static assay_code part_profile(table_partings *out, profile *p, const workspace *w, assay_err *err)
{
	const assay_code rc = make_profile(p, err);
	int32_t from = -1;

	for (int32_t x = 0; rc == ASSAY_OK && x <= p->width; x++) {
		const bool open = x < p->width && is_open(p, x);

		if (open && from < 0)
			from = x;
		if (!open && from >= 0) {
			part_stretch(out, p, from, x, w);
			from = -1;
		}
	}
	free(p->gaps);
	return rc;
}

/* The pieces of from..to, cut there. */
static size_t cut_pieces(table_piece *out, const table_area *a, int32_t from, int32_t to)
{
	size_t n = 0;

	for (size_t i = 0; i < a->piece_count; i++) {
		table_piece p = a->pieces[i];

		p.left = p.left > from ? p.left : from;
		p.right = p.right < to ? p.right : to;
		if (p.left < p.right)
			out[n++] = p;
	}
	return n;
}

/* Between each two of the ruled partings, the first and last edge included. */
static assay_code by_space(table_partings *out, const table_area *a, const table_partings *ruled, assay_err *err)
{
	ASSAY_AUTO_FREE span *spans = assay_alloc(a->piece_count, sizeof *spans);
	ASSAY_AUTO_FREE int32_t *widths = assay_alloc(a->piece_count, sizeof *widths);
	ASSAY_AUTO_FREE table_piece *pieces = assay_alloc(a->piece_count, sizeof *pieces);
	const workspace w = {spans, widths};
	assay_code rc = ASSAY_OK;

	if (spans == NULL || widths == NULL || pieces == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "columns of an area");
	for (size_t i = 0; i <= ruled->count && rc == ASSAY_OK; i++) {
		const int32_t from = i > 0 ? ruled->items[i - 1].at : a->left;
		const int32_t to = i < ruled->count ? ruled->items[i].at : a->right;
		profile p = {.left = from, .width = to - from, .pieces = pieces, .height = a->height};

		p.strict = ruled->count > 0;
		p.count = cut_pieces(pieces, a, from, to);
		if (p.count > 0)
			rc = part_profile(out, &p, &w, err);
	}
	return rc;
}

/* ---------------------------------------------------------------- rules */

/* Lines beside and beyond the rule leave a gap where it stands, three for each that runs through. */
static bool goes_on_as_gap(const table_area *a, const table_rule *u)
{
	size_t gaps = 0, runs = 0;

	for (size_t i = 0; i < a->piece_count; i++) {
		const table_piece *q = &a->pieces[i];

		runs += q->left < u->at - 1 && q->right > u->at + 1;
		gaps += i > 0 && q[-1].line == q->line && q[-1].right <= u->at + 1 && q->left >= u->at - 1;
	}
	return gaps >= 2 && gaps >= 3 * runs;
}

static void by_rules(table_partings *out, const table_area *a)
{
	const table_rules *r = a->rules;
	const int32_t near = a->height / 3 > 3 ? a->height / 3 : 3;
	int32_t last = INT32_MIN / 2;

	for (size_t i = 0; i < r->upright_count; i++) {
		const table_rule *u = &r->upright[i];
		int32_t covered;

		if (u->at <= a->left + near || u->at >= a->right - near || u->at - last <= near ||
		    u->from >= a->bottom || u->to <= a->top)
			continue;
		covered = table_rules_cover(r->upright, r->upright_count, u->at, near, a->top, a->bottom);
		if (3 * covered < a->bottom - a->top && !goes_on_as_gap(a, u))
			continue;
		add(out, (table_parting){u->at, true, 0});
		last = u->at;
	}
}

/* ---------------------------------------------------------------- both */

static int by_at(const void *a_, const void *b_)
{
	const table_parting *a = a_, *b = b_;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return (int)b->ruled - (int)a->ruled;
}

/* Words that stand in this column alone. */
static size_t words_in(const table_area *a, size_t column)
{
	size_t n = 0;

	for (size_t i = 0; i < a->count; i++)
		n += a->tokens[i].column == column && a->tokens[i].column_end == column + 1;
	return n;
}

static size_t across(const table_area *a, int32_t at)
{
	size_t n = 0;

	for (size_t i = 0; i < a->piece_count; i++)
		n += a->pieces[i].left < at && a->pieces[i].right > at;
	return n;
}

static void drop(table_partings *p, size_t i)
{
	memmove(&p->items[i], &p->items[i + 1], (p->count - i - 1) * sizeof *p->items);
	p->count--;
}

/* A sign that stands before the numbers of a column, or after them, by itself. */
static bool is_sign(const char *s, bool after)
{
	static const char *const signs[] = {"$", "\xe2\x82\xac", "\xc2\xa3", "\xc2\xa5", "US$", NULL};

	if (after)
		return strcmp(s, "%") == 0;
	for (const char *const *g = signs; *g != NULL; g++)
		if (strcmp(s, *g) == 0)
			return true;
	return false;
}

/* Most words of the column are one sign: it is of the numbers beside it, and no column. */
static bool is_of_signs(const table_area *a, size_t column, bool after)
{
	const char *sign = NULL;
	size_t same = 0, all = 0;

	for (size_t i = 0; i < a->count; i++) {
		const table_token *t = &a->tokens[i];
		const char *text = a->words->items[t->word].text;

		if (t->column != column || t->column_end != column + 1)
			continue;
		if (sign == NULL && is_sign(text, after))
			sign = text;
		same += sign != NULL && strcmp(text, sign) == 0;
		all++;
	}
	return same >= 2 && 2 * same > all;
}

/* The parting between a column of signs and the column of their numbers; SIZE_MAX where there is none. */
static size_t parts_signs(const table_partings *p, const table_area *a)
{
	for (size_t k = 0; k < p->count; k++)
		if (!p->items[k].ruled && (is_of_signs(a, k, false) || is_of_signs(a, k + 1, true)))
			return k;
	return SIZE_MAX;
}

/* Which side of a column without words of its own is the less a parting: no rule, more pieces across, less support. */
static size_t weaker_side(const table_partings *p, const table_area *a, size_t column)
{
	const table_parting *l, *r;

	if (column == 0)
		return 0;
	if (column == p->count)
		return column - 1;
	l = &p->items[column - 1];
	r = &p->items[column];
	if (l->ruled != r->ruled)
		return l->ruled ? column : column - 1;
	if (across(a, l->at) != across(a, r->at))
		return across(a, l->at) > across(a, r->at) ? column - 1 : column;
	return l->support < r->support ? column - 1 : column;
}

/* Each column has words of its own, or rules on both sides; otherwise one of its sides is no parting. */
static assay_code drop_needless(table_partings *p, table_area *a, assay_err *err)
{
	assay_code rc = table_columns_place(a, p, err);

	for (size_t k = 0; k <= p->count && p->count > 0 && rc == ASSAY_OK;) {
		const int32_t from = k > 0 ? p->items[k - 1].at : a->left,
			      to = k < p->count ? p->items[k].at : a->right;
		const bool ruled = (k == 0 || p->items[k - 1].ruled) && (k == p->count || p->items[k].ruled);

		if (words_in(a, k) > 0 || (ruled && to - from >= 2 * a->height)) {
			k++;
		} else {
			drop(p, weaker_side(p, a, k));
			rc = table_columns_place(a, p, err);
			k = 0;
		}
	}
	for (size_t k; rc == ASSAY_OK && (k = parts_signs(p, a)) != SIZE_MAX;) {
		drop(p, k);
		rc = table_columns_place(a, p, err);
	}
	return rc;
}

assay_code table_columns_find(table_partings *out, table_area *a, table_reading reading, assay_err *err)
{
	ASSAY_AUTO_FREE table_partings *ruled = assay_alloc(1, sizeof *ruled);
	assay_code rc = ASSAY_OK;

	out->count = 0;
	if (ruled == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "columns of an area");
	if (a->count == 0)
		return ASSAY_OK;
	if ((reading & TABLE_BY_RULES) != 0)
		by_rules(out, a);
	if ((reading & TABLE_BY_SPACE) != 0) {
		*ruled = *out;
		rc = by_space(out, a, ruled, err);
	}
	qsort(out->items, out->count, sizeof *out->items, by_at);
	return rc != ASSAY_OK ? rc : drop_needless(out, a, err);
}
