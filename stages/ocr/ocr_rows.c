#include "ocr_rows.h"

#include "ocr_missed.h"
#include "ocr_order.h"
#include "ocr_plausible.h"
#include "ocr_score.h"

#include "assay/memory.h"

#include <stdlib.h>

#include <leptonica/allheaders.h>
#include <utf8proc.h>

#define ROWS_MAX    64 /* of a page that are read */
#define TRIES       8  /* rows without text, one after another, that make the rest a picture */
#define SURE        8000
#define SURER       9000
#define SAME_PART   5 /* of the characters may differ between two looks */
#define LETTERS_MIN 3
#define DRAWN       2 /* times its ink within two heights of text around make a row a label in a drawing */
#define AROUND      2
#define NEAR_SIDE   3 /* heights of text; above and below one */
#define MARGIN_PART 8 /* of the text's height, around a row */
#define SIDE_PART   17

typedef struct found {
	ocr_box box;
	ocr_reading reading;
	size_t before; /* word of the page */
} found;

typedef struct work {
	const ocr_words *old;
	ocr_words made;
	const ocr_source *source;
	ocr_dictionary dictionary;
	int32_t height; /* of the page's text */
	PIX *ink;       /* [borrowed] of the page */
	PIX *drawn;     /* of it, what is in no word and no row */
	found rows[ROWS_MAX];
	size_t count;
	int64_t added;
} work;

static bool knows(void *with, const char *word)
{
	return TessBaseAPIIsValidWord(with, word) != 0;
}

/* ---------------------------------------------------------------- is it text? */

/* What speaks for a row. */
typedef struct merits {
	int64_t sure;            /* mean of its symbols */
	size_t symbols, letters; /* without blanks; letters and digits of them */
	size_t worded, known;    /* letters and digits of words with a letter, and of those that a dictionary knows */
	int32_t spelling;        /* what it says against it */
} merits;

static bool has_letter(const uint32_t *points, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)points[i]);

		if (c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO)
			return true;
	}
	return false;
}

static void weigh_word(merits *m, const ocr_glyph *g, size_t n, const ocr_dictionary *d)
{
	uint32_t points[OCR_WORD_BYTES] = {0};
	char core[OCR_WORD_BYTES];
	size_t letters;

	m->symbols += n;
	if (n > ASSAY_COUNT(points))
		return;
	for (size_t i = 0; i < n; i++) {
		m->sure += g[i].sure;
		points[i] = g[i].point;
	}
	letters = ocr_word_core(core, points, n);
	m->letters += letters;
	m->spelling += ocr_plausible_spelling(points, n);
	if (has_letter(points, n)) {
		m->worded += letters;
		m->known += letters > 0 && ocr_word_known(d, core) ? letters : 0;
	}
}

static size_t word_end(const ocr_reading *r, size_t i)
{
	while (i < r->count && r->items[i].point != ' ')
		i++;
	return i;
}

static merits merits_of(const ocr_reading *r, const ocr_dictionary *d)
{
	merits m = {0};

	for (size_t i = 0; i < r->count; i++) {
		const size_t end = word_end(r, i);

		weigh_word(&m, r->items + i, end - i, d);
		i = end;
	}
	m.sure = m.symbols > 0 ? m.sure / (int64_t)m.symbols : 0;
	return m;
}

static bool is_text(const merits *a, const merits *b, size_t distance)
{
	const size_t longer = a->symbols > b->symbols ? a->symbols : b->symbols;
	const int64_t sure = a->sure < b->sure ? a->sure : b->sure;

	if (sure < SURE || SAME_PART * distance > longer || a->letters < LETTERS_MIN ||
	    4 * a->letters < 3 * a->symbols || a->spelling < 0)
		return false;
	return 2 * a->known >= a->worded || (distance == 0 && sure >= SURER);
}

/* ---------------------------------------------------------------- reading */

static assay_code look_at(ocr_reading *r, const work *k, const ocr_box *box, int percent, assay_err *err)
{
	const ocr_source *s = k->source;
	const ocr_look look = {0, percent, (k->height + SIDE_PART / 2) / SIDE_PART, 0};

	return ocr_line_read(r, s->api, s->pix, s->dpi, *box, look, err);
}

static ocr_box with_margin(const BOX *b, int32_t margin)
{
	return (ocr_box){b->x - margin, b->y - margin, b->x + b->w + margin, b->y + b->h + margin};
}

/* One word with no word of the page beside or above or below it: a label too. */
static bool is_alone(const work *k, const found *r)
{
	const int64_t side = NEAR_SIDE * (int64_t)k->height, above = k->height;

	if (word_end(&r->reading, 0) < r->reading.count)
		return false;
	for (size_t i = 0; i < k->old->count; i++) {
		const assay_word *w = &k->old->items[i];

		if (w->left < r->box.right + side && r->box.left < w->right + side && w->top < r->box.bottom + above &&
		    r->box.top < w->bottom + above)
			return false;
	}
	return true;
}

/* *text says whether the row was put among the found ones. */
static assay_code read_row(work *k, const BOX *b, bool paper, bool *text, assay_err *err)
{
	const ocr_box box = with_margin(b, k->height / MARGIN_PART);
	found *r = &k->rows[k->count];
	ocr_reading second = {0};
	merits a, c;
	size_t distance;
	assay_code rc;

	*r = (found){.box = {b->x, b->y, b->x + b->w, b->y + b->h}};
	*text = false;
	ASSAY_TRY(look_at(&r->reading, k, &box, 20, err));
	a = merits_of(&r->reading, &k->dictionary);
	if (!is_text(&a, &a, 0) || (paper && is_alone(k, r)))
		goto fail;
	ASSAY_TRY(look_at(&second, k, &box, 40, err));
	ASSAY_TRY(ocr_reading_distance(&distance, &r->reading, &second, err));
	c = merits_of(&second, &k->dictionary);
	*text = is_text(&a, &c, distance);
fail:
	ocr_reading_release(&second);
	if (rc == ASSAY_OK && *text)
		k->count++;
	else
		ocr_reading_release(&r->reading);
	return rc;
}

static int64_t count_ink(PIX *pix, const BOX *b, int32_t around)
{
	BOX *box = boxCreate(b->x - around, b->y - around, b->w + 2 * around, b->h + 2 * around);
	l_int32 n = 0;

	if (box != NULL)
		(void)pixCountPixelsInRect(pix, box, &n, NULL);
	boxDestroy(&box);
	return n;
}

/* Labels in maps and figures are no text of the page. */
static bool is_label(const work *k, const BOX *b)
{
	return count_ink(k->drawn, b, AROUND * k->height) > DRAWN * count_ink(k->ink, b, 0);
}

/* The first `plain` are on paper, where a drawing can be told from it. */
static assay_code read_rows(work *k, const BOXA *boxes, int plain, assay_err *err)
{
	int failed = 0, tried = 0;
	assay_code rc = ASSAY_OK;

	for (l_int32 i = 0; i < boxes->n && tried < ROWS_MAX && failed < TRIES && rc == ASSAY_OK; i++) {
		bool text;

		if (i < plain && is_label(k, boxes->box[i]))
			continue;
		tried++;
		rc = read_row(k, boxes->box[i], i < plain, &text, err);
		failed = text ? 0 : failed + 1;
	}
	return rc;
}

static assay_code find_drawn(work *k, const ocr_words *w, const BOXA *boxes, assay_err *err)
{
	k->drawn = pixCopy(NULL, k->ink);
	if (k->drawn == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "drawings of a page");
	ocr_missed_clear(k->drawn, w);
	for (l_int32 i = 0; i < boxes->n; i++) {
		const BOX *b = boxes->box[i];

		(void)pixRasterop(k->drawn, b->x, b->y, b->w, b->h, PIX_CLR, NULL, 0, 0);
	}
	return ASSAY_OK;
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

static bool is_beside(const ocr_box *a, const ocr_box *b)
{
	const int64_t a_height = (int64_t)a->bottom - a->top, b_height = (int64_t)b->bottom - b->top;
	const int64_t low = a->bottom < b->bottom ? a->bottom : b->bottom, high = a->top > b->top ? a->top : b->top;

	return 2 * (low - high) > (a_height < b_height ? a_height : b_height);
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
	} else if (is_beside(&l->box, row)) {
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
	while (next_line(&l, w) && is_beside(&l.box, row) && l.box.right <= row->left)
		p.above = l.end;
	return p.above;
}

/* ---------------------------------------------------------------- putting in */

static int by_place(const void *a_, const void *b_)
{
	const found *a = a_, *b = b_;

	if (a->before != b->before)
		return a->before < b->before ? -1 : 1;
	if (!is_beside(&a->box, &b->box))
		return a->box.top < b->box.top ? -1 : 1;
	return (a->box.left > b->box.left) - (a->box.left < b->box.left);
}

static assay_code put_word(work *k, const found *r, size_t from, size_t to, assay_word w, assay_err *err)
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
			   ocr_word_core(core, points, to - from) > 0 && ocr_word_known(&k->dictionary, core), err);
fail:
	return rc;
}

static assay_code put_row(work *k, const found *r, uint32_t number, assay_err *err)
{
	const assay_word *neighbour = &k->old->items[r->before > 0 ? r->before - 1 : 0];
	const assay_word w = {.top = r->box.top,
			      .bottom = r->box.bottom,
			      .line = number,
			      .paragraph = neighbour->paragraph,
			      .block = neighbour->block};
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < r->reading.count && rc == ASSAY_OK; i++) {
		const size_t end = word_end(&r->reading, i);

		if (end > i)
			rc = put_word(k, r, i, end, w, err);
		i = end;
	}
	return rc;
}

static assay_code put_old(work *k, size_t i, uint32_t number, assay_err *err)
{
	const ocr_detail *d = &k->old->details[i];
	assay_word w = k->old->items[i];

	w.line = number;
	return ocr_words_add(&k->made, &w, w.text, k->old->symbols + d->symbol, d->symbol_count, d->known, err);
}

static assay_code merge(work *k, assay_err *err)
{
	const assay_word *old = k->old->items;
	uint32_t number = 0;
	size_t next = 0;
	assay_code rc = ASSAY_OK;

	qsort(k->rows, k->count, sizeof *k->rows, by_place);
	for (size_t i = 0; i <= k->old->count && rc == ASSAY_OK; i++) {
		number += i > 0 && (i == k->old->count || old[i].line != old[i - 1].line);
		for (; next < k->count && k->rows[next].before == i && rc == ASSAY_OK; next++)
			rc = put_row(k, &k->rows[next], number++, err);
		if (i < k->old->count && rc == ASSAY_OK)
			rc = put_old(k, i, number, err);
	}
	return rc == ASSAY_OK ? ocr_words_close(&k->made, err) : rc;
}

static assay_code replace(ocr_words *w, work *k, assay_err *err)
{
	assay_code rc;

	for (size_t i = 0; i < k->count; i++)
		k->rows[i].before = ocr_rows_place(w, &k->rows[i].box);
	ASSAY_TRY(merge(k, err));
	ocr_words_release(w);
	*w = k->made;
	k->made = (ocr_words){0};
fail:
	return rc;
}

assay_code ocr_rows_read(ocr_words *w, int64_t *added, const ocr_source *source, PIX *ink, assay_err *err)
{
	ASSAY_AUTO_FREE work *k = assay_alloc(1, sizeof *k);
	BOXA *boxes = NULL;
	int plain;
	assay_code rc;

	*added = 0;
	if (k == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "rows of a page");
	*k = (work){.old = w, .source = source, .dictionary = {knows, source->api}, .ink = ink};
	TessBaseAPISetPageSegMode(source->api, PSM_RAW_LINE);
	ASSAY_TRY(ocr_text_height(&k->height, w, err));
	ASSAY_TRY(ocr_missed_rows(&boxes, &plain, w, source->pix, err));
	ASSAY_TRY(find_drawn(k, w, boxes, err));
	ASSAY_TRY(read_rows(k, boxes, plain, err));
	if (k->count > 0)
		rc = replace(w, k, err);
	if (rc == ASSAY_OK)
		*added = k->added;
fail:
	TessBaseAPISetPageSegMode(source->api, source->segmentation);
	for (size_t i = 0; i < k->count; i++)
		ocr_reading_release(&k->rows[i].reading);
	ocr_words_release(&k->made);
	pixDestroy(&k->drawn);
	boxaDestroy(&boxes);
	return rc;
}
