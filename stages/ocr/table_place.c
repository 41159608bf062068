/* In which columns the words of an area stand. */
#include "table_columns.h"

#include "assay/memory.h"

#include <stdlib.h>

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
	return ASSAY_OK;
}
