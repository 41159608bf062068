#include "ocr_order.h"

#include "assay/memory.h"

#include <stdlib.h>

#define HEIGHT_MIN  8   /* px: below, a piece of text cannot be told from dirt */
#define HEIGHT_MAX  400 /* px: boxes of words that are larger are layout gone wrong */
#define GAP_HEIGHTS 3   /* a wider gap is no space between words */

static int compare_heights(const void *a, const void *b)
{
	const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

assay_code ocr_text_height(int32_t *out, const ocr_words *words, assay_err *err)
{
	ASSAY_AUTO_FREE int32_t *heights = assay_alloc(words->count, sizeof *heights);
	int32_t h;

	if (heights == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "heights of words");
	for (size_t i = 0; i < words->count; i++)
		heights[i] = words->items[i].bottom - words->items[i].top;
	qsort(heights, words->count, sizeof *heights, compare_heights);
	h = heights[words->count / 2];
	*out = h < HEIGHT_MIN ? HEIGHT_MIN : h > HEIGHT_MAX ? HEIGHT_MAX : h;
	return ASSAY_OK;
}

static bool same_line(const assay_word *a, const assay_word *b)
{
	return a->line == b->line && a->paragraph == b->paragraph && a->block == b->block;
}

static void widen(assay_word *box, const assay_word *by)
{
	box->left = by->left < box->left ? by->left : box->left;
	box->top = by->top < box->top ? by->top : box->top;
	box->right = by->right > box->right ? by->right : box->right;
	box->bottom = by->bottom > box->bottom ? by->bottom : box->bottom;
}

/* It goes on below: its middle is lower, and it stands under or over some of the line before. */
static bool goes_on(const assay_word *before, const assay_word *line)
{
	return line->top + line->bottom > before->top + before->bottom && line->left < before->right &&
	       before->left < line->right;
}

/* One line: its box, and the gaps before words that are more than dirt. *i moves past it. */
static bool read_line(assay_word *box, int64_t *gaps, const ocr_words *words, size_t *i, int32_t height)
{
	bool text = false;

	*gaps = 0;
	for (bool first = true; *i < words->count && (first || same_line(&words->items[*i], &words->items[*i - 1]));
	     first = false, ++*i) {
		const assay_word *w = &words->items[*i];
		const bool is_text = ocr_word_letters(w->text) > 0;

		if (first)
			*box = *w;
		else if (is_text)
			*gaps += w->left - w[-1].right > GAP_HEIGHTS * height;
		widen(box, w);
		text = text || is_text;
	}
	return text;
}

assay_code ocr_order_breaks(int64_t *out, const ocr_words *words, assay_err *err)
{
	assay_word before = {0}, line = {0};
	bool has_before = false;
	int32_t height;
	assay_code rc;

	*out = 0;
	if (words->count == 0)
		return ASSAY_OK;
	rc = ocr_text_height(&height, words, err);
	if (rc != ASSAY_OK)
		return rc;
	for (size_t i = 0; i < words->count;) {
		int64_t gaps;

		if (!read_line(&line, &gaps, words, &i, height))
			continue;
		if (has_before)
			*out += gaps + !goes_on(&before, &line);
		before = line;
		has_before = true;
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- by places alone */

static bool over_one_another(const assay_word *a, const assay_word *b)
{
	return a->left < b->right && b->left < a->right;
}

static int64_t middle(const assay_word *p)
{
	return (int64_t)p->top + p->bottom;
}

/* The middle of the first piece below `from` that reaches over both columns; INT64_MAX when there is none. */
static int64_t next_bar(const assay_word *pieces, size_t count, size_t from, size_t other)
{
	const assay_word *a = &pieces[from], *b = &pieces[other];
	int64_t least = INT64_MAX;

	for (size_t i = 0; i < count; i++) {
		const assay_word *p = &pieces[i];

		if (i != from && i != other && middle(p) > middle(a) && middle(p) < least && over_one_another(p, a) &&
		    over_one_another(p, b))
			least = middle(p);
	}
	return least;
}

/* Something that is read later goes on in the column of piece i, which piece i + 1 has left to the right. */
static bool is_left_open(const assay_word *pieces, size_t count, size_t i)
{
	const assay_word *a = &pieces[i], *b = &pieces[i + 1];
	const int64_t bar = next_bar(pieces, count, i, i + 1);

	for (size_t k = i + 2; k < count; k++)
		if (middle(&pieces[k]) > middle(a) && middle(&pieces[k]) < bar && over_one_another(&pieces[k], a) &&
		    !over_one_another(&pieces[k], b))
			return true;
	return false;
}

static bool agrees(const assay_word *pieces, size_t count, size_t i)
{
	const assay_word *a = &pieces[i], *b = &pieces[i + 1];
	const bool lower = middle(b) > middle(a);

	if (over_one_another(a, b))
		return lower;
	if (lower && next_bar(pieces, count, i, i + 1) < middle(b))
		return true;
	if (a->left > b->left)
		return false;
	return next_bar(pieces, count, i + 1, i) > middle(a) && !is_left_open(pieces, count, i);
}

/* Pieces of lines with a letter or digit, in their order; `pieces` holds as many as there are words. */
static size_t cut(assay_word *pieces, const ocr_words *words, int32_t height)
{
	size_t n = 0;
	bool text = false;

	for (size_t i = 0; i < words->count; i++) {
		const assay_word *w = &words->items[i];
		const bool goes_on = i > 0 && same_line(w, w - 1) && w->left - w[-1].right <= GAP_HEIGHTS * height;

		if (!goes_on) {
			n += text;
			pieces[n] = *w;
			text = false;
		}
		widen(&pieces[n], w);
		text = text || ocr_word_letters(w->text) > 0;
	}
	return n + text;
}

assay_code ocr_order_weigh(ocr_order *out, const ocr_words *words, assay_err *err)
{
	ASSAY_AUTO_FREE assay_word *pieces = assay_alloc(words->count, sizeof *pieces);
	int32_t height;
	size_t count;
	assay_code rc;

	*out = (ocr_order){.why = "less than two lines"};
	if (pieces == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "pieces of lines");
	if (words->count < 2)
		return ASSAY_OK;
	rc = ocr_text_height(&height, words, err);
	if (rc != ASSAY_OK)
		return rc;
	count = cut(pieces, words, height);
	if (count > OCR_ORDER_PIECES)
		out->why = "too many lines";
	if (count < 2 || count > OCR_ORDER_PIECES)
		return ASSAY_OK;
	*out = (ocr_order){.steps = (int64_t)count - 1};
	for (size_t i = 0; i + 1 < count; i++)
		out->agreed += agrees(pieces, count, i);
	return ASSAY_OK;
}
