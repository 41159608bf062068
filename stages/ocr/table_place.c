/* In which columns the words of an area stand. */
#include "table_columns.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

#define HEAD_LINES 4  /* of a table, that may stand over several columns each */
#define HEADS_MAX  64 /* of one such line */

typedef struct extent {
	int32_t left, right; /* of the words that stand in one column alone */
} extent;

typedef struct placing {
	table_area *a;
	const table_partings *p;
	extent *cores; /* of each column */
} placing;

static int32_t edge_left(const placing *q, size_t column)
{
	return column == 0 ? INT32_MIN / 2 : q->p->items[column - 1].at;
}

static int32_t edge_right(const placing *q, size_t column)
{
	return column == q->p->count ? INT32_MAX / 2 : q->p->items[column].at;
}

static int32_t overlap(int32_t a, int32_t b, int32_t c, int32_t d)
{
	const int32_t from = a > c ? a : c, to = b < d ? b : d;

	return to > from ? to - from : 0;
}

/* The column that holds x. */
static size_t column_at(const placing *q, int32_t x)
{
	size_t k = 0;

	while (k < q->p->count && q->p->items[k].at <= x)
		k++;
	return k;
}

static void find_cores(placing *q)
{
	for (size_t k = 0; k <= q->p->count; k++)
		q->cores[k] = (extent){INT32_MAX, INT32_MIN};
	for (size_t i = 0; i < q->a->piece_count; i++) {
		const table_piece *s = &q->a->pieces[i];
		const size_t k = column_at(q, s->left);
		extent *core = &q->cores[k];

		if (k != column_at(q, s->right - 1))
			continue;
		core->left = s->left < core->left ? s->left : core->left;
		core->right = s->right > core->right ? s->right : core->right;
	}
	for (size_t k = 0; k <= q->p->count; k++)
		if (q->cores[k].right < q->cores[k].left)
			q->cores[k] = (extent){edge_left(q, k), edge_right(q, k)};
}

/* A rule stands at the parting, at the height of this token. */
static bool is_barred(const placing *q, const table_parting *p, const table_token *t)
{
	const table_rules *r = q->a->rules;
	const int32_t near = q->a->height / 3 > 3 ? q->a->height / 3 : 3;
	const int32_t covered = table_rules_cover(r->upright, r->upright_count, p->at, near, t->top, t->bottom);

	return p->ruled && 2 * covered >= t->bottom - t->top;
}

/* The widest gap between tokens first..end, but for the one before `except`. */
static int32_t widest_gap(const table_token *tokens, size_t first, size_t end, size_t except)
{
	int32_t widest = 0;

	for (size_t i = first + 1; i < end; i++)
		if (i != except && tokens[i].left - tokens[i - 1].right > widest)
			widest = tokens[i].left - tokens[i - 1].right;
	return widest;
}

/* Whether the tokens first..end are two cells that meet before token `at`. */
static bool is_cut(const placing *q, size_t first, size_t end, size_t at)
{
	const table_token *t = q->a->tokens;
	const int32_t gap = t[at].left - t[at - 1].right;
	const int32_t l = t[at - 1].left + (t[at - 1].right - t[at - 1].left) / 2;
	const int32_t r = t[at].left + (t[at].right - t[at].left) / 2;
	int32_t others;

	for (size_t k = column_at(q, l); k < column_at(q, r); k++) {
		const table_parting *p = &q->p->items[k];

		if (is_barred(q, p, &t[at - 1]) || is_barred(q, p, &t[at]))
			return true;
		if (p->at < t[at - 1].right - q->a->height / 4 || p->at > t[at].left + q->a->height / 4)
			continue;
		others = widest_gap(t, first, end, at);
		if (10 * gap >= 13 * others && 10 * gap >= 3 * q->a->height)
			return true;
	}
	return false;
}

/* Set the columns of tokens first..end, which are one cell. */
static void place_run(placing *q, size_t first, size_t end)
{
	table_token *t = q->a->tokens;
	const int32_t left = t[first].left, right = t[end - 1].right;
	size_t from = SIZE_MAX, to = 0, best = column_at(q, left + (right - left) / 2);
	int32_t most = -1;

	for (size_t k = column_at(q, left); k <= column_at(q, right - 1); k++) {
		const extent *core = &q->cores[k];
		const int32_t shared = overlap(left, right, core->left, core->right);
		const int32_t within = overlap(left, right, edge_left(q, k), edge_right(q, k));

		if (within > most) {
			most = within;
			best = k;
		}
		if (shared == 0 || (4 * (int64_t)shared < core->right - core->left && shared < 2 * q->a->height))
			continue;
		from = from < k ? from : k;
		to = k + 1;
	}
	if (from == SIZE_MAX || to - from == 1) {
		from = best;
		to = best + 1;
	}
	for (size_t i = first; i < end; i++) {
		t[i].column = (uint16_t)from;
		t[i].column_end = (uint16_t)to;
	}
}

/* ---------------------------------------------------------------- heads over several columns */

typedef struct group {
	size_t from, to; /* columns */
} group;

static int32_t middle_of(int32_t left, int32_t right)
{
	return left + (right - left) / 2;
}

static void set_group(placing *q, const table_piece *s, group g)
{
	for (size_t i = s->first; i < s->first + s->count; i++) {
		q->a->tokens[i].column = (uint16_t)g.from;
		q->a->tokens[i].column_end = (uint16_t)g.to;
	}
}

/* No rule bars the group at the height of the piece. */
static bool is_free(const placing *q, const table_piece *s, group g)
{
	for (size_t k = g.from; k + 1 < g.to; k++)
		if (is_barred(q, &q->p->items[k], &q->a->tokens[s->first]))
			return false;
	return true;
}

/* The columns over which a level rule runs, closely below the piece, that stands alone there in its line. */
static group under_rule(const placing *q, size_t first, size_t end, size_t piece, const table_rule *r)
{
	const table_piece *all = q->a->pieces, *s = &all[piece];
	const int32_t near = q->a->height / 2, bottom = q->a->tokens[s->first].bottom;
	group g = {SIZE_MAX, 0};

	if (r->at < bottom - near / 2 || r->at > bottom + 3 * near || r->from > s->left + near ||
	    r->to < s->right - near || 4 * (int64_t)(r->to - r->from) > 3 * (int64_t)(q->a->right - q->a->left))
		return (group){0, 0};
	for (size_t i = first; i < end; i++)
		if (i != piece && all[i].left < r->to && all[i].right > r->from)
			return (group){0, 0};
	for (size_t k = 0; k <= q->p->count; k++) {
		const int32_t x = middle_of(q->cores[k].left, q->cores[k].right);

		if (x < r->from || x >= r->to)
			continue;
		g.from = g.from < k ? g.from : k;
		g.to = k + 1;
	}
	return g.to == 0 ? (group){0, 0} : g;
}

static void place_by_rules(placing *q, size_t first, size_t end)
{
	const table_rules *r = q->a->rules;

	for (size_t i = first; i < end; i++)
		for (size_t k = 0; k < r->level_count; k++) {
			const group g = under_rule(q, first, end, i, &r->level[k]);

			if (g.to - g.from > 1 && is_free(q, &q->a->pieces[i], g))
				set_group(q, &q->a->pieces[i], g);
		}
}

/* The columns from `from` on over whose middle the piece stands, so that the next piece of its line stands beyond them; all
 * that are left for the last one. None: from == to. */
static group centred(const placing *q, const table_piece *s, bool last, size_t from)
{
	const size_t columns = q->p->count + 1;

	for (size_t to = last ? columns : from + 1; to <= columns; to++) {
		const int32_t left = q->cores[from].left, right = q->cores[to - 1].right;
		const int32_t off = middle_of(left, right) - middle_of(s->left, s->right);
		const int32_t most =
		    to - from == 1 || right - left < 8 * q->a->height ? q->a->height : (right - left) / 8;

		if (abs(off) <= most && (last || s[1].left >= right))
			return (group){from, to};
	}
	return (group){from, from};
}

/* One head in the middle of three may as well be of one column whose head has a line more than the others. */
static bool may_be_of_one(const placing *q, const table_piece *s)
{
	const extent *core = &q->cores[column_at(q, middle_of(s->left, s->right))];

	return s->left >= core->left && s->right <= core->right;
}

/* The pieces of a line stand over the middles of groups of columns that are all columns, but for the first. */
static void place_centred(placing *q, size_t first, size_t end)
{
	const table_piece *all = q->a->pieces;
	group groups[HEADS_MAX];
	size_t n = 0, next = 1;

	if (column_at(q, middle_of(all[first].left, all[first].right)) == 0)
		first++;
	if (first == end || end - first > HEADS_MAX || (end - first == 1 && may_be_of_one(q, &all[first])))
		return;
	for (size_t i = first; i < end && next <= q->p->count; i++) {
		const group g = centred(q, &all[i], i + 1 == end, next);

		if (g.to == g.from || !is_free(q, &all[i], g))
			return;
		groups[n++] = g;
		next = g.to;
	}
	if (next != q->p->count + 1 || n != end - first)
		return;
	for (size_t i = 0; i < n; i++)
		if (groups[i].to - groups[i].from > 1)
			set_group(q, &all[first + i], groups[i]);
}

/* No number but a year. */
static bool is_head(const placing *q, size_t first, size_t end)
{
	const table_piece *all = q->a->pieces;

	for (size_t i = all[first].first; i < all[end - 1].first + all[end - 1].count; i++) {
		const table_token *t = &q->a->tokens[i];
		const char *s = q->a->words->items[t->word].text;

		if (t->value && (strlen(s) != 4 || strspn(s, "0123456789") != 4))
			return false;
	}
	return true;
}

/* The first lines, above one that has something in every column, but for the first. */
static void place_heads(placing *q)
{
	const table_area *a = q->a;
	bool above = true;

	for (size_t first = 0, end; first < a->piece_count && a->pieces[first].line < HEAD_LINES; first = end) {
		for (end = first + 1; end < a->piece_count && a->pieces[end].line == a->pieces[first].line; end++) {
		}
		above = above && end - first < q->p->count;
		if (!is_head(q, first, end))
			return;
		if (above)
			place_centred(q, first, end);
		place_by_rules(q, first, end);
	}
}

assay_code table_columns_place(table_area *a, const table_partings *p, assay_err *err)
{
	placing q = {.a = a, .p = p};
	ASSAY_AUTO_FREE extent *cores = assay_alloc(p->count + 1, sizeof *cores);

	if (cores == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "columns of an area");
	q.cores = cores;
	find_cores(&q);
	for (size_t i = 0; i < a->piece_count; i++) {
		const size_t end = a->pieces[i].first + a->pieces[i].count;
		size_t first = a->pieces[i].first;

		for (size_t k = first + 1; k < end; k++)
			if (is_cut(&q, a->pieces[i].first, end, k)) {
				place_run(&q, first, k);
				first = k;
			}
		place_run(&q, first, end);
	}
	place_heads(&q);
	return ASSAY_OK;
}
