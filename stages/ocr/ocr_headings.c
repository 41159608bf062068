#include "ocr_headings.h"

#include "ocr_order.h"
#include "ocr_text.h"
#include "ocr_weight.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#define SIXTEENTHS    16   /* of a pixel, in which letters are measured */
#define X_PARTS       20   /* an x is so many parts high... */
#define RISE_PARTS    9    /* ...what rises above it or hangs below the line so many more */
#define GAP_HEIGHTS   3    /* heights of text: a wider gap is none between words */
#define LINES_MAX     4    /* of one heading */
#define WANTED        3    /* points */
#define SURE_MIN      5000 /* mean confidence of a line that is more than dirt, in hundredths */
#define CAPITALS_MIN  3    /* letters: fewer are initials */
#define STAMP_NUMBERS 3
#define RUN_MIN       (3 * OCR_WEIGHT_PIXEL) /* thinner strokes are not told apart */
#define WEIGHT_PARTS  1024                   /* of an x */

typedef struct line {
	size_t first, count; /* words */
	int32_t left, top, right, bottom;
	int32_t size;   /* of an x, in sixteenths of a pixel; 0 when it has no letters */
	int32_t weight; /* of its strokes, in WEIGHT_PARTS of an x; 0: not known */
	int64_t letters, digits, capitals, sure;
	bool heading, capital, large, heavy;
	bool torn; /* by a gap such as stands between columns */
} line;

typedef struct page {
	ocr_words *words;
	line *lines;
	size_t count;
	int32_t size;   /* of most text */
	int32_t gap;    /* between most lines */
	int32_t weight; /* of most text */
	bool capital;   /* most of it is */
} page;

void ocr_headings_release(ocr_headings *h)
{
	free(h->items);
	*h = (ocr_headings){0};
}

/* ---------------------------------------------------------------- letters */

typedef struct shape {
	bool rises, hangs;
	int64_t letters, digits, capitals;
} shape;

static shape shape_of(const char *text)
{
	const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)text;
	utf8proc_int32_t c;
	shape s = {0};

	for (utf8proc_ssize_t n; *p != '\0' && (n = utf8proc_iterate(p, -1, &c)) > 0; p += n) {
		const utf8proc_category_t k = utf8proc_category(c);
		const bool small = c < 0x80 && k == UTF8PROC_CATEGORY_LL;

		if (k < UTF8PROC_CATEGORY_LU || k > UTF8PROC_CATEGORY_LO) {
			s.digits += k == UTF8PROC_CATEGORY_ND;
			continue;
		}
		s.letters++;
		s.capitals += k == UTF8PROC_CATEGORY_LU;
		s.rises = s.rises || !small || strchr("bdfhijklt", c) != NULL;
		s.hangs = s.hangs || (small && strchr("gjpqy", c) != NULL);
	}
	s.rises = s.rises || s.digits > 0;
	return s;
}

static int32_t size_of(const assay_word *w, const shape *s)
{
	const int64_t high = w->bottom > w->top ? (int64_t)w->bottom - w->top : 0;

	return (int32_t)(high * SIXTEENTHS * X_PARTS / (X_PARTS + RISE_PARTS * (s->rises + s->hangs)));
}

typedef struct weighed {
	int32_t value;
	int64_t weight;
} weighed;

static int compare_weighed(const void *a, const void *b)
{
	const int32_t x = ((const weighed *)a)->value, y = ((const weighed *)b)->value;

	return (x > y) - (x < y);
}

/* The value at which half of the weight is reached; 0 when there is none. */
static int32_t median(weighed *items, size_t count)
{
	int64_t all = 0, below = 0;

	for (size_t i = 0; i < count; i++)
		all += items[i].weight;
	qsort(items, count, sizeof *items, compare_weighed);
	for (size_t i = 0; i < count; i++) {
		below += items[i].weight;
		if (2 * below >= all && items[i].weight > 0)
			return items[i].value;
	}
	return 0;
}

/* ---------------------------------------------------------------- lines */

static void read_line(line *l, const ocr_words *w, int32_t height, weighed *sizes)
{
	int64_t sure = 0;
	size_t n = 0;

	for (size_t i = l->first; i < l->first + l->count; i++) {
		const assay_word *word = &w->items[i];
		const shape s = shape_of(word->text);

		l->left = i == l->first || word->left < l->left ? word->left : l->left;
		l->top = i == l->first || word->top < l->top ? word->top : l->top;
		l->right = i == l->first || word->right > l->right ? word->right : l->right;
		l->bottom = i == l->first || word->bottom > l->bottom ? word->bottom : l->bottom;
		l->letters += s.letters;
		l->digits += s.digits;
		l->capitals += s.capitals;
		l->torn = l->torn || (i > l->first && word->left - word[-1].right > GAP_HEIGHTS * height);
		sure += word->confidence;
		sizes[n++] = (weighed){size_of(word, &s), s.letters};
	}
	l->size = median(sizes, n);
	l->sure = sure / (int64_t)l->count;
	l->capital = l->letters >= CAPITALS_MIN && 5 * l->capitals >= 4 * l->letters;
}

static void read_lines(page *p, int32_t height, weighed *sizes)
{
	const ocr_words *w = p->words;

	for (size_t i = 0; i < w->count; i++) {
		if (i == 0 || w->items[i].line != w->items[i - 1].line)
			p->lines[p->count++] = (line){.first = i};
		p->lines[p->count - 1].count++;
	}
	for (size_t i = 0; i < p->count; i++)
		read_line(&p->lines[i], w, height, sizes);
}

/* The strokes of larger letters are as much thicker. */
static assay_code weigh_lines(page *p, struct Pix *picture, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < p->count && rc == ASSAY_OK; i++) {
		line *l = &p->lines[i];
		int32_t run = 0;

		if (l->size == 0)
			continue;
		rc = ocr_weight_of(&run, picture, &p->words->items[l->first], l->count, err);
		if (run >= RUN_MIN)
			l->weight = (int32_t)((int64_t)run * (SIXTEENTHS / OCR_WEIGHT_PIXEL) * WEIGHT_PARTS / l->size);
	}
	return rc;
}

static bool overlap(const line *a, const line *b)
{
	return a->left < b->right && b->left < a->right;
}

static int64_t middle(const line *l)
{
	return (int64_t)l->top + l->bottom;
}

/* From the line to the nearest one above it; INT32_MAX for the first of its column. */
static int32_t gap_above(const page *p, const line *l)
{
	int32_t least = INT32_MAX;

	for (size_t i = 0; i < p->count; i++) {
		const line *o = &p->lines[i];

		if (o != l && overlap(o, l) && middle(o) < middle(l) && l->top - o->bottom < least)
			least = l->top - o->bottom;
	}
	return least;
}

/* What most of the page is like. */
static void read_page(page *p, weighed *items)
{
	int64_t letters = 0, capitals = 0;
	size_t gaps = 0;

	for (size_t i = 0; i < p->count; i++) {
		items[i] = (weighed){p->lines[i].size, p->lines[i].letters};
		letters += p->lines[i].letters;
		capitals += p->lines[i].capitals;
	}
	p->size = median(items, p->count);
	p->capital = 2 * capitals > letters;
	for (size_t i = 0; i < p->count; i++)
		items[i] = (weighed){p->lines[i].weight, p->lines[i].weight > 0 ? p->lines[i].letters : 0};
	p->weight = median(items, p->count);
	for (size_t i = 0; i < p->count; i++) {
		const int32_t gap = gap_above(p, &p->lines[i]);

		if (gap != INT32_MAX)
			items[gaps++] = (weighed){gap, 1};
	}
	p->gap = median(items, gaps);
}

/* ---------------------------------------------------------------- points */

static bool is_number(const char *s)
{
	const size_t digits = strspn(s, "0123456789."), roman = strspn(s, "IVXLC");

	return s[0] != '\0' && (s[digits] == '\0' || (roman > 0 && (s[roman] == '\0' || strcmp(s + roman, ".") == 0)));
}

static bool ends_a_sentence(const page *p, const line *l)
{
	const char *last = p->words->items[l->first + l->count - 1].text;
	const size_t n = strlen(last);

	return n > 0 && strchr(".,;-", last[n - 1]) != NULL && !(l->count == 1 && is_number(last));
}

/* The extent of all lines above and below. */
static void column_of(const page *p, const line *l, int32_t *left, int32_t *right)
{
	*left = l->left;
	*right = l->right;
	for (size_t i = 0; i < p->count; i++)
		if (overlap(&p->lines[i], l)) {
			*left = p->lines[i].left < *left ? p->lines[i].left : *left;
			*right = p->lines[i].right > *right ? p->lines[i].right : *right;
		}
}

/* More room than between most lines. */
static bool is_apart(const page *p, int32_t gap)
{
	return 4 * SIXTEENTHS * ((int64_t)gap - p->gap) >= 3 * (int64_t)p->size;
}

static int points_of_place(const page *p, const line *l)
{
	const int32_t gap = gap_above(p, l), x = p->size / SIXTEENTHS;
	int32_t left, right;
	int64_t lean;
	int points = 1;

	if (gap != INT32_MAX && !is_apart(p, gap))
		return 0;
	column_of(p, l, &left, &right);
	lean = ((int64_t)l->left - left) - ((int64_t)right - l->right);
	points += l->left - left >= 2 * x && lean >= -2 * x && lean <= 2 * x &&
		  4 * ((int64_t)l->right - l->left) <= 3 * ((int64_t)right - left);
	points += 2 * ((int64_t)l->right - l->left) <= (int64_t)right - left ||
		  (l->count > 1 && is_number(p->words->items[l->first].text));
	return points;
}

/* A running head or foot, or a stamp of dates and numbers. */
static bool is_running(const page *p, const line *l)
{
	const assay_word *first = &p->words->items[l->first];
	size_t numbers = 0;

	for (size_t i = 0; i < l->count; i++)
		numbers += strpbrk(first[i].text, "0123456789") != NULL;
	return (l == p->lines || l == &p->lines[p->count - 1]) && l->count > 1 &&
	       (is_number(first->text) || is_number(first[l->count - 1].text) || numbers >= STAMP_NUMBERS);
}

static void judge_line(const page *p, line *l)
{
	int points = points_of_place(p, l);

	l->large = 5 * (int64_t)l->size >= 6 * (int64_t)p->size;
	points += l->large ? 2 : 0;
	points += 2 * (int64_t)l->size >= 3 * (int64_t)p->size;
	l->heavy = p->weight > 0 && 10 * (int64_t)l->weight >= 13 * (int64_t)p->weight;
	points += l->heavy ? 2 : 0;
	points += l->capital && !p->capital;
	points -= ends_a_sentence(p, l);
	l->heading = l->letters >= 2 && l->letters > l->digits && !l->torn && l->sure >= SURE_MIN &&
		     !is_running(p, l) && points >= WANTED;
}

/* ---------------------------------------------------------------- headings */

static bool is_alike(const page *p, const line *a, const line *b)
{
	const int64_t d = (int64_t)a->size - b->size, larger = a->size > b->size ? a->size : b->size;

	return 8 * d <= larger && 8 * d >= -larger && a->capital == b->capital && a->heavy == b->heavy &&
	       overlap(a, b) && p->words->items[a->first].block == p->words->items[b->first].block;
}

/* Lines from `first` on that are one heading; 0 when it is none, and past what is text in large letters. */
static size_t lines_of(const page *p, size_t first, bool *heading)
{
	size_t n = 1;

	while (first + n < p->count &&
	       (p->lines[first + n].large || p->lines[first + n].heavy || p->lines[first + n].capital) &&
	       p->lines[first + n].sure >= SURE_MIN && is_alike(p, &p->lines[first], &p->lines[first + n]))
		n++;
	*heading = n <= LINES_MAX;
	return n;
}

static void renumber(page *p, size_t first, size_t lines, uint32_t number)
{
	const line *last = &p->lines[first + lines - 1];

	for (size_t i = p->lines[first].first; i < last->first + last->count; i++)
		p->words->items[i].paragraph = number;
}

static bool has_text(const page *p, const line *l)
{
	for (size_t i = l->first; i < l->first + l->count; i++)
		if (ocr_word_letters(p->words->items[i].text) > 0)
			return true;
	return false;
}

/* The engine begins a paragraph here, and no sentence goes on with the next line of the column. */
static bool begins(const page *p, size_t i, uint32_t before)
{
	const line *l = &p->lines[i];
	const assay_word *first = &p->words->items[l->first];

	return first->paragraph != before &&
	       (i == 0 || first->block != first[-1].block || !overlap(l, l - 1) || middle(l) <= middle(l - 1) ||
		is_apart(p, l->top - l[-1].bottom) || !ocr_text_goes_on(first - 1, first));
}

/* Paragraphs anew: one for each heading, the others as the engine found them, parted by headings. */
static assay_code divide(ocr_headings *h, page *p, assay_err *err)
{
	uint32_t before = 0, number = 0;
	bool begun = false, counted = false;

	for (size_t i = 0, n = 1; i < p->count; i += n) {
		const uint32_t was = p->words->items[p->lines[i].first].paragraph;
		bool heading = false;

		n = p->lines[i].heading ? lines_of(p, i, &heading) : 1;
		if (heading || !begun || begins(p, i, before)) {
			number += i > 0;
			counted = false;
		}
		renumber(p, i, n, number);
		begun = !heading;
		before = was;
		if (heading) {
			const assay_code rc = assay_grow(&h->items, &h->cap, h->count, sizeof *h->items, err);

			if (rc != ASSAY_OK)
				return rc;
			h->items[h->count++] = number;
		} else if (!counted && has_text(p, &p->lines[i])) {
			counted = true;
			h->paragraphs++;
		}
	}
	return ASSAY_OK;
}

static size_t count_lines(const ocr_words *w)
{
	size_t n = w->count > 0;

	for (size_t i = 1; i < w->count; i++)
		n += w->items[i].line != w->items[i - 1].line;
	return n;
}

assay_code ocr_headings_find(ocr_headings *h, ocr_words *w, struct Pix *picture, assay_err *err)
{
	const size_t lines = count_lines(w);
	ASSAY_AUTO_FREE line *items = assay_alloc(lines, sizeof *items);
	ASSAY_AUTO_FREE weighed *room = assay_alloc(w->count, sizeof *room);
	page p = {.words = w, .lines = items};
	int32_t height;
	assay_code rc;

	*h = (ocr_headings){0};
	if (items == NULL || room == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "lines of a page");
	if (lines == 0)
		return ASSAY_OK;
	ASSAY_TRY(ocr_text_height(&height, w, err));
	read_lines(&p, height, room);
	if (lines <= OCR_HEADINGS_LINES) {
		if (picture != NULL)
			ASSAY_TRY(weigh_lines(&p, picture, err));
		read_page(&p, room);
		for (size_t i = 0; i < p.count; i++)
			judge_line(&p, &p.lines[i]);
	}
	ASSAY_TRY(divide(h, &p, err));
	rc = ocr_words_retext(w, err);
fail:
	return rc;
}

assay_code ocr_headings_text(assay_buf *out, const ocr_headings *h, const ocr_words *w, assay_err *err)
{
	size_t at = 0;

	for (size_t i = 0; i < h->count; i++) {
		while (w->items[at].paragraph != h->items[i])
			at++;
		for (const size_t first = at; at < w->count && w->items[at].paragraph == h->items[i]; at++) {
			if (at > first && ocr_text_divided(w->items, w->count, at - 1) == 0)
				assay_buf_putc(out, ' ');
			assay_buf_append(out, w->items[at].text,
					 strlen(w->items[at].text) - ocr_text_divided(w->items, w->count, at));
		}
		assay_buf_putc(out, '\n');
	}
	return assay_buf_check(out, err);
}
