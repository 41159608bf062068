#include "ocr_rows_put.h"

#include "ocr_plausible.h"

#include "assay/memory.h"

#include <stdlib.h>

typedef struct merger {
	const ocr_words *old;
	ocr_words made;
	const ocr_dictionary *dictionary;
	ocr_row *rows;
	size_t count;
	int64_t added;
} merger;

size_t ocr_row_word_end(const ocr_reading *r, size_t i)
{
	while (i < r->count && r->items[i].point != ' ')
		i++;
	return i;
}

bool ocr_rows_beside(const ocr_box *a, const ocr_box *b)
{
	const int64_t a_height = (int64_t)a->bottom - a->top, b_height = (int64_t)b->bottom - b->top;
	const int64_t low = a->bottom < b->bottom ? a->bottom : b->bottom, high = a->top > b->top ? a->top : b->top;

	return 2 * (low - high) > (a_height < b_height ? a_height : b_height);
}

/* ---------------------------------------------------------------- where it goes */

typedef struct line {
	size_t first, end; /* words */
	ocr_box box;
} line;

static bool next_line(line *l, const ocr_words *w)
{
	const assay_word *first;

	l->first = l->end;
	if (l->first >= w->count)
		return false;
	first = &w->items[l->first];
	l->box = (ocr_box){first->left, first->top, first->right, first->bottom};
	for (l->end++; l->end < w->count && w->items[l->end].line == first->line; l->end++) {
		const assay_word *by = &w->items[l->end];

		l->box.left = by->left < l->box.left ? by->left : l->box.left;
		l->box.top = by->top < l->box.top ? by->top : l->box.top;
		l->box.right = by->right > l->box.right ? by->right : l->box.right;
		l->box.bottom = by->bottom > l->box.bottom ? by->bottom : l->box.bottom;
	}
	return true;
}

static bool is_above(const ocr_box *a, const ocr_box *b)
{
	return (int64_t)a->top + a->bottom < (int64_t)b->top + b->bottom;
}

/* What has been found on the way through the lines; SIZE_MAX: nothing. */
typedef struct places {
	size_t above, below, left, right;
	int32_t above_bottom, below_top, left_right, right_left;
} places;

static void note(places *p, const line *l, const ocr_box *row)
{
	if (l->box.left < row->right && row->left < l->box.right) {
		if (is_above(&l->box, row) && (p->above == SIZE_MAX || l->box.bottom >= p->above_bottom)) {
			p->above = l->end;
			p->above_bottom = l->box.bottom;
		} else if (!is_above(&l->box, row) && (p->below == SIZE_MAX || l->box.top < p->below_top)) {
			p->below = l->first;
			p->below_top = l->box.top;
		}
	} else if (ocr_rows_beside(&l->box, row)) {
		if (l->box.right <= row->left && (p->left == SIZE_MAX || l->box.right > p->left_right)) {
			p->left = l->end;
			p->left_right = l->box.right;
		} else if (l->box.left >= row->right && (p->right == SIZE_MAX || l->box.left < p->right_left)) {
			p->right = l->first;
			p->right_left = l->box.left;
		}
	}
}

size_t ocr_rows_place(const ocr_words *w, const ocr_box *row)
{
	places p = {.above = SIZE_MAX, .below = SIZE_MAX, .left = SIZE_MAX, .right = SIZE_MAX};
	line l = {0};

	while (next_line(&l, w))
		note(&p, &l, row);
	if (p.above == SIZE_MAX)
		return p.below != SIZE_MAX   ? p.below
		       : p.left != SIZE_MAX  ? p.left
		       : p.right != SIZE_MAX ? p.right
					     : w->count;
	l = (line){.end = p.above};
	while (next_line(&l, w) && ocr_rows_beside(&l.box, row) && l.box.right <= row->left)
		p.above = l.end;
	return p.above;
}

/* ---------------------------------------------------------------- putting in */

/* Behind the line before it, by itself, or ahead of the next one. */
static int class_of(const ocr_row *r)
{
	return r->behind ? 0 : r->ahead ? 2 : 1;
}

static int by_left(const void *a_, const void *b_)
{
	const ocr_row *a = a_, *b = b_;

	if (a->box.left != b->box.left)
		return a->box.left < b->box.left ? -1 : 1;
	return (a->box.top > b->box.top) - (a->box.top < b->box.top);
}

static int by_place(const void *a_, const void *b_)
{
	const ocr_row *a = a_, *b = b_;

	if (a->before != b->before)
		return a->before < b->before ? -1 : 1;
	if (class_of(a) != class_of(b))
		return class_of(a) - class_of(b);
	if (class_of(a) != 1)
		return by_left(a, b);
	return a->box.top != b->box.top ? (a->box.top < b->box.top ? -1 : 1) : by_left(a, b);
}

/* Where the rows end that are one line: those by themselves at the height of the first. */
static size_t line_end(const ocr_row *rows, size_t i, size_t count)
{
	const ocr_row *first = &rows[i];

	for (i++; i < count && class_of(first) == 1; i++)
		if (rows[i].before != first->before || class_of(&rows[i]) != 1 ||
		    !ocr_rows_beside(&first->box, &rows[i].box))
			break;
	return i;
}

static void put_in_order(ocr_row *rows, size_t count)
{
	qsort(rows, count, sizeof *rows, by_place);
	for (size_t i = 0, end; i < count; i = end) {
		end = line_end(rows, i, count);
		qsort(rows + i, end - i, sizeof *rows, by_left);
		for (size_t at = i; at < end; at++)
			rows[at].last = at + 1 == end && class_of(&rows[at]) == 1;
	}
}

static assay_code put_word(merger *k, const ocr_row *r, size_t from, size_t to, assay_word w, assay_err *err)
{
	ASSAY_AUTO_FREE ocr_symbol *symbols = assay_alloc(to - from, sizeof *symbols);
	ASSAY_AUTO_FREE uint32_t *points = assay_alloc(to - from, sizeof *points);
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	char core[OCR_WORD_BYTES];
	assay_code rc;

	if (symbols == NULL || points == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "symbols of a word");
	w.left = INT32_MAX;
	w.right = 0;
	w.confidence = 10000;
	for (size_t i = from; i < to; i++) {
		const ocr_glyph *g = &r->reading.items[i];

		points[i - from] = g->point;
		symbols[i - from] = (ocr_symbol){g->point, g->left, g->right, g->sure};
		w.left = g->left < w.left ? g->left : w.left;
		w.right = g->right > w.right ? g->right : w.right;
		w.confidence = g->sure < w.confidence ? g->sure : w.confidence;
	}
	ASSAY_TRY(ocr_points_text(&text, points, to - from, err));
	k->added++;
	rc = ocr_words_add(&k->made, &w, assay_buf_str(&text), symbols, to - from,
			   ocr_word_core(core, points, to - from) > 0 && ocr_word_known(k->dictionary, core), err);
fail:
	return rc;
}

static assay_code put_row(merger *k, const ocr_row *r, uint32_t number, assay_err *err)
{
	const assay_word *neighbour = &k->old->items[r->before > 0 && !r->ahead ? r->before - 1 : r->before];
	const assay_word w = {.top = r->box.top,
			      .bottom = r->box.bottom,
			      .line = number,
			      .paragraph = neighbour->paragraph,
			      .block = neighbour->block};
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < r->reading.count && rc == ASSAY_OK; i++) {
		const size_t end = ocr_row_word_end(&r->reading, i);

		if (end > i)
			rc = put_word(k, r, i, end, w, err);
		i = end;
	}
	return rc;
}

static assay_code put_old(merger *k, size_t i, uint32_t number, assay_err *err)
{
	const ocr_detail *d = &k->old->details[i];
	assay_word w = k->old->items[i];

	w.line = number;
	return ocr_words_add(&k->made, &w, w.text, k->old->symbols + d->symbol, d->symbol_count, d->known, err);
}

static assay_code merge(merger *k, assay_err *err)
{
	const assay_word *old = k->old->items;
	uint32_t number = 0;
	size_t next = 0;
	assay_code rc = ASSAY_OK;

	put_in_order(k->rows, k->count);
	for (size_t i = 0; i <= k->old->count && rc == ASSAY_OK; i++) {
		number += i > 0 && (i == k->old->count || old[i].line != old[i - 1].line);
		for (; next < k->count && k->rows[next].before == i && rc == ASSAY_OK; next++) {
			rc = put_row(k, &k->rows[next], number - k->rows[next].behind, err);
			number += k->rows[next].last;
		}
		if (i < k->old->count && rc == ASSAY_OK)
			rc = put_old(k, i, number, err);
	}
	return rc == ASSAY_OK ? ocr_words_close(&k->made, err) : rc;
}

/* The nearest line at its height, on either side. */
static bool place_beside(ocr_row *r, const ocr_words *w)
{
	int64_t nearest = INT64_MAX;
	line l = {0};

	while (next_line(&l, w)) {
		const int64_t behind = (int64_t)r->box.left - l.box.right, ahead = (int64_t)l.box.left - r->box.right;

		if (!ocr_rows_beside(&l.box, &r->box) || (behind < 0 && ahead < 0))
			continue;
		if ((behind >= 0 ? behind : ahead) >= nearest)
			continue;
		nearest = behind >= 0 ? behind : ahead;
		r->behind = behind >= 0;
		r->ahead = !r->behind;
		r->before = r->behind ? l.end : l.first;
	}
	return nearest != INT64_MAX;
}

/* Where it stands at the height of a line that it goes before or behind, it is a part of that. */
static void place(ocr_row *r, const ocr_words *w)
{
	line l = {0};

	if (r->beside && place_beside(r, w))
		return;
	r->before = ocr_rows_place(w, &r->box);
	while (next_line(&l, w) && l.first <= r->before) {
		if (!ocr_rows_beside(&l.box, &r->box))
			continue;
		r->behind = r->behind || (l.end == r->before && l.box.right <= r->box.left);
		r->ahead = l.first == r->before && r->box.right <= l.box.left && !r->behind;
	}
}

assay_code ocr_rows_put(ocr_words *w, int64_t *added, ocr_row *rows, size_t count, const ocr_dictionary *d,
			assay_err *err)
{
	merger k = {.old = w, .dictionary = d, .rows = rows, .count = count};
	assay_code rc;

	for (size_t i = 0; i < count; i++)
		place(&rows[i], w);
	rc = merge(&k, err);
	if (rc == ASSAY_OK) {
		ocr_words_release(w);
		*w = k.made;
		*added = k.added;
		k.made = (ocr_words){0};
	}
	ocr_words_release(&k.made);
	return rc;
}
