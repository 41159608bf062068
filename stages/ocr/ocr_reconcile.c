#include "ocr_reconcile.h"

#include "ocr_choose.h"
#include "ocr_engine.h"
#include "ocr_order.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

#include <leptonica/allheaders.h>
#include <utf8proc.h>

#define DOUBT     8000 /* hundredths of a percent: of a symbol less sure than this */
#define SURE_LINE 7000 /* mean of the symbols of a line that readings of something else do not overrule */

/* By the height of the text: what a line's picture shows of the page beside its words, and above and below them. */
#define SIDE_PART  9
#define ABOVE_PART 17

/* Three ways to see a line: smoothing mends broken and ragged letters, height changes what the network sees of each. Grey
 * is smooth as it is: the last look would be the one before it again, and have two votes. */
static const struct look {
	bool smooth;
	int percent;
} looks[] = {{true, 20}, {false, 40}, {true, 40}};

#define LOOKS_GREY 2

/* Broken edges are as wide as the scanner's pixels were, and these as the text is high: 2 px at 300 dpi. */
#define SMOOTH_PART 17
#define MARGIN_PART 17

/* Lines whose words tell how the page lies, and the slopes that are made level (from 0.3 degrees). */
#define SLOPE_WORDS   4
#define SLOPE_HEIGHTS 10
#define SLOPE_LINES   3
#define SLOPE_LEAST   343
#define SLOPE_MOST    11556 /* 10 degrees: beyond it lines stand upright or are none */

#define GAP_HEIGHTS 3

/* Changes of a page that are not clear, for each that is. */
#define GUESSES_MOST 2
#define LENGTH_MAX   128 /* heights that a line is long; 150 letters are 75 */

/* The page as one sort of decision makes it. */
typedef struct draft {
	ocr_words words;
	int64_t changed; /* words */
	size_t changes;  /* stretches of lines */
} draft;

typedef struct work {
	const ocr_words *old;
	draft drafts[OCR_DECISIONS];
	ocr_reading page; /* the first reading of all lines */
	const ocr_source *source;
	ocr_dictionary dictionary; /* of the words' own model: what the estimate was fitted to */
	ocr_dictionary all;        /* and of the other one: what readings are weighed by */
	int32_t height;            /* of the page's text */
	int32_t slope;             /* of its lines, as in ocr_look */
	size_t looks;              /* at a line, at most */
	ocr_reconciled *count;
} work;

typedef struct line {
	size_t first, words;     /* of the page */
	const ocr_glyph *glyphs; /* of the first reading, without blanks */
	size_t glyph_count;
	ocr_box box;
	ocr_reading readings[OCR_READINGS];
	size_t count;  /* readings */
	size_t own;    /* of these, how many further ones are of the words' own model */
	size_t far;    /* readings that differ from the first in more than half of the characters */
	int64_t sure;  /* mean of the first reading's symbols */
	int64_t apart; /* characters that the own further readings differ in from the first */
} line;

static bool knows(void *with, const char *word)
{
	return TessBaseAPIIsValidWord(with, word) != 0;
}

static bool one_knows(void *with, const char *word)
{
	const ocr_source *s = with;

	return knows(s->api, word) || (s->other != NULL && knows(s->other, word));
}

/* A part of the text's height, rounded. */
static int32_t part_of(const work *k, int32_t part)
{
	return (k->height + part / 2) / part;
}

/* ---------------------------------------------------------------- doubt */

/* Numbers are in no dictionary. */
static bool is_digit_or_mark(uint32_t point)
{
	return point < 0x80 && !(point >= 'A' && point <= 'Z') && !(point >= 'a' && point <= 'z');
}

static bool is_doubtful_word(const work *k, const ocr_glyph *g, size_t count)
{
	uint32_t points[OCR_WORD_BYTES];
	char core[OCR_WORD_BYTES];
	bool letters = false;

	if (count > ASSAY_COUNT(points))
		return true;
	for (size_t i = 0; i < count; i++) {
		if (g[i].sure < DOUBT)
			return true;
		points[i] = g[i].point;
		letters = letters || !is_digit_or_mark(g[i].point);
	}
	if (count == 1 && (points[0] == '-' || points[0] == 0x2014))
		return false;
	if (ocr_plausible_spelling(points, count) < 0)
		return true;
	return ocr_word_core(core, points, count) > 0 && letters && !ocr_word_known(&k->dictionary, core);
}

static bool is_doubtful(const work *k, const line *l)
{
	for (size_t i = 0; i < l->glyph_count;) {
		size_t end = i;

		while (end < l->glyph_count && l->glyphs[end].word == l->glyphs[i].word)
			end++;
		if (is_doubtful_word(k, l->glyphs + i, end - i))
			return true;
		i = end;
	}
	return false;
}

/* ---------------------------------------------------------------- the line's box */

static int by_value(const void *a, const void *b)
{
	const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

static assay_code median_height(int32_t *out, const assay_word *words, size_t count, assay_err *err)
{
	ASSAY_AUTO_FREE int32_t *heights = assay_alloc(count, sizeof *heights);

	if (heights == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "heights of words");
	for (size_t i = 0; i < count; i++)
		heights[i] = words[i].bottom - words[i].top;
	qsort(heights, count, sizeof *heights, by_value);
	*out = heights[count / 2];
	return ASSAY_OK;
}

/* ---- how the page lies */

typedef struct middle {
	int64_t x, y; /* means, x in pixels and y in half ones */
} middle;

static middle middle_of(const assay_word *words, size_t count)
{
	middle m = {0};

	for (size_t i = 0; i < count; i++) {
		m.x += (words[i].left + words[i].right) / 2;
		m.y += words[i].top + words[i].bottom;
	}
	return (middle){m.x / (int64_t)count, m.y / (int64_t)count};
}

/* What rises above an x and hangs below it evens out over all lines. False when the line is too short to tell. */
static bool slope_of(int32_t *out, const work *k, const assay_word *words, size_t count)
{
	const size_t half = count / 2;
	middle a, b;

	if (count < SLOPE_WORDS)
		return false;
	a = middle_of(words, half);
	b = middle_of(words + half, count - half);
	if (2 * (b.x - a.x) < SLOPE_HEIGHTS * (int64_t)k->height || llabs(b.y - a.y) > 2 * (b.x - a.x))
		return false;
	*out = (int32_t)((b.y - a.y) * (OCR_SLOPE_ONE / 2) / (b.x - a.x));
	return true;
}

/* The median of the lines'. */
static assay_code find_slope(work *k, assay_err *err)
{
	const ocr_words *w = k->old;
	ASSAY_AUTO_FREE int32_t *slopes = assay_alloc(w->count, sizeof *slopes);
	size_t n = 0;

	if (slopes == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "slopes of lines");
	for (size_t i = 0, end; i < w->count; i = end) {
		for (end = i + 1; end < w->count && w->items[end].line == w->items[i].line; end++)
			;
		n += slope_of(&slopes[n], k, w->items + i, end - i);
	}
	k->slope = 0;
	if (n < SLOPE_LINES)
		return ASSAY_OK;
	qsort(slopes, n, sizeof *slopes, by_value);
	if (abs(slopes[n / 2]) >= SLOPE_LEAST && abs(slopes[n / 2]) <= SLOPE_MOST)
		k->slope = slopes[n / 2];
	return ASSAY_OK;
}

/* ---- the box */

/* A word as it would lie if the page were level, seen from the line's left end. */
static assay_word level_word(const work *k, const assay_word *w, int32_t left)
{
	const int32_t fall = ocr_slope_at(k->slope, (w->left + w->right) / 2 - left);
	assay_word out = *w;

	out.top -= fall;
	out.bottom -= fall;
	return out;
}

static void widen(ocr_box *b, const assay_word *w, bool tall)
{
	b->left = w->left < b->left ? w->left : b->left;
	b->right = w->right > b->right ? w->right : b->right;
	if (tall)
		return;
	b->top = w->top < b->top ? w->top : b->top;
	b->bottom = w->bottom > b->bottom ? w->bottom : b->bottom;
}

/* All words side by side, but as high as those of usual height: dirt makes boxes that reach into other lines. */
static assay_code find_box(const work *k, line *l, assay_err *err)
{
	const assay_word *words = k->old->items + l->first;
	int32_t median = 0;
	const assay_code rc = median_height(&median, words, l->words, err);

	if (rc != ASSAY_OK)
		return rc;
	l->box = (ocr_box){INT32_MAX, INT32_MAX, 0, 0};
	for (size_t i = 0; i < l->words; i++) {
		const assay_word w = level_word(k, &words[i], words[0].left);

		widen(&l->box, &w, 2 * (int64_t)(w.bottom - w.top) > 3 * (int64_t)median);
	}
	l->box.left -= part_of(k, SIDE_PART);
	l->box.right += part_of(k, SIDE_PART);
	l->box.top -= part_of(k, ABOVE_PART);
	l->box.bottom += part_of(k, ABOVE_PART);
	return ASSAY_OK;
}

/* Lines that stand upright or are curved do not fit into a box of their own; and the network sees all at one height, so
 * that a rule which was taken for text would be endless. */
static bool fits_box(const work *k, const line *l)
{
	const int64_t width = l->box.right - l->box.left, height = l->box.bottom - l->box.top;

	return (height <= width || l->glyph_count <= 2) && height <= 4 * (int64_t)k->height &&
	       width <= LENGTH_MAX * height;
}

/* ---------------------------------------------------------------- readings */

static int64_t mean_sure(const line *l)
{
	int64_t sum = 0;

	for (size_t i = 0; i < l->glyph_count; i++)
		sum += l->glyphs[i].sure;
	return l->glyph_count > 0 ? sum / (int64_t)l->glyph_count : 0;
}

/* One more reading; *same says that it confirms the first. */
static assay_code read_again(const work *k, line *l, TessBaseAPI *api, const struct look *how, bool *same,
			     assay_err *err)
{
	const ocr_look look = {how->smooth ? part_of(k, SMOOTH_PART) : 0, how->percent, part_of(k, MARGIN_PART),
			       k->slope};
	ocr_reading *r = &l->readings[l->count];
	const ocr_source *s = k->source;
	size_t far = 0, longer;
	bool else_seen;
	assay_code rc;

	ASSAY_TRY(ocr_line_read(r, api, s->pix, s->dpi, l->box, look, err));
	ASSAY_TRY(ocr_reading_distance(&far, &l->readings[0], r, err));
	longer = r->count > l->readings[0].count ? r->count : l->readings[0].count;
	else_seen = 2 * far > longer;
	*same = far == 0;
	r->other = api != s->api;
	l->far += else_seen;
	if (else_seen && (l->sure >= SURE_LINE || r->other)) {
		r->count = 0;
	} else {
		l->count++;
		if (*same || !r->other) {
			l->own++;
			l->apart += (int64_t)far;
		}
	}
fail:
	return rc;
}

/* The other model first: what both read alike needs no further look. */
static assay_code read_line(const work *k, line *l, assay_err *err)
{
	bool same = false;
	assay_code rc = ocr_reading_line(&l->readings[0], l->glyphs, l->glyph_count, err);

	l->count = 1;
	l->sure = mean_sure(l);
	if (rc == ASSAY_OK && k->source->other != NULL)
		rc = read_again(k, l, k->source->other, &looks[0], &same, err);
	for (size_t i = 0; i < k->looks && rc == ASSAY_OK && !same; i++)
		rc = read_again(k, l, k->source->api, &looks[i], &same, err);
	return rc;
}

/* In sixths: there are one, two or three further readings. */
static int64_t apart(const line *l)
{
	return l->own > 0 ? 6 * l->apart / (int64_t)l->own : 6 * (int64_t)l->readings[0].count;
}

/* ---------------------------------------------------------------- dirt */

#define WORD_LETTERS 4 /* of a word that dirt hardly ever looks like */

static bool has_word(const work *k, const line *l)
{
	for (size_t i = 0; i < l->words; i++) {
		const char *text = k->old->items[l->first + i].text;

		if (ocr_word_letters(text) >= WORD_LETTERS && knows(k->dictionary.with, text))
			return true;
	}
	return false;
}

/* What reads as something else each time, never surely and never as a word, is no text. */
static bool is_dirt(const work *k, const line *l)
{
	const size_t all = k->looks + (k->source->other != NULL);

	return l->sure < SURE_LINE && l->far == all && !has_word(k, l);
}

/* ---------------------------------------------------------------- words of what was chosen */

typedef struct span {
	assay_word word;
	ocr_box box;     /* of its characters; top and bottom of the first reading's words that it touches */
	size_t from, to; /* those words, from > to when there are none */
	int32_t sure;    /* of its weakest character */
} span;

/* The word of the line whose place in the first reading this is. */
static size_t first_word(const line *l, const ocr_choice *c)
{
	return l->readings[0].items[c->first].word - l->glyphs[0].word;
}

static void touch(span *s, const work *k, const line *l, const ocr_choice *c)
{
	const ocr_glyph *g = &c->glyph;

	s->box.left = g->left < s->box.left ? g->left : s->box.left;
	s->box.right = g->right > s->box.right ? g->right : s->box.right;
	s->sure = g->sure < s->sure ? g->sure : s->sure;
	if (c->first >= 0) {
		const size_t word = l->first + first_word(l, c);

		s->from = word < s->from ? word : s->from;
		s->to = word > s->to ? word : s->to;
		widen(&s->box, &k->old->items[word], false);
	}
}

/* The box of the word that it was, or of its characters where it is only a part of one or new. */
static void place_word(span *s, const line *l, const ocr_box *characters, bool whole)
{
	const bool none = s->from > s->to;
	assay_word *w = &s->word;

	w->left = whole ? s->box.left : characters->left;
	w->right = whole ? s->box.right : characters->right;
	w->right = w->right > w->left ? w->right : w->left + 1;
	w->top = none ? l->box.top : s->box.top;
	w->bottom = none ? l->box.bottom : s->box.bottom;
}

static assay_code make_text(assay_buf *text, const ocr_choice *c, size_t n, assay_err *err)
{
	ASSAY_AUTO_FREE uint32_t *points = assay_alloc(n + 1, sizeof *points);

	if (points == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "text of a word");
	for (size_t i = 0; i < n; i++)
		points[i] = c[i].glyph.point;
	return ocr_points_text(text, points, n, err);
}

/* Whether the word before or behind is made of the same first word. */
static bool shares(const line *l, const ocr_choice *c, size_t count, size_t begin, size_t end)
{
	const ocr_reading *first = &l->readings[0];

	for (size_t i = 0; i < count; i++) {
		if ((i >= begin && i < end) || c[i].first < 0 || c[i].glyph.point == ' ')
			continue;
		for (size_t j = begin; j < end; j++)
			if (c[j].first >= 0 && first->items[c[j].first].word == first->items[c[i].first].word)
				return true;
	}
	return false;
}

static assay_code put_word(const work *k, draft *to, const span *s, const char *text, const ocr_choice *c, size_t count,
			   assay_err *err)
{
	ASSAY_AUTO_FREE ocr_symbol *symbols = assay_alloc(count, sizeof *symbols);
	ASSAY_AUTO_FREE uint32_t *points = assay_alloc(count, sizeof *points);
	char core[OCR_WORD_BYTES];
	assay_word w = s->word;
	bool known;

	if (symbols == NULL || points == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "symbols of a word");
	for (size_t i = 0; i < count; i++) {
		const ocr_glyph *g = &c[i].glyph;

		points[i] = g->point;
		symbols[i] = (ocr_symbol){g->point, g->left, g->right, g->sure};
	}
	known = ocr_word_core(core, points, count) > 0 && ocr_word_known(&k->dictionary, core);
	w.confidence = s->sure;
	return ocr_words_add(&to->words, &w, text, symbols, count, known, err);
}

static void take_span(span *s, ocr_box *characters, const work *k, const line *l, const ocr_choice *c, size_t count)
{
	*s = (span){
	    .word = k->old->items[l->first], .box = {INT32_MAX, INT32_MAX, 0, 0}, .from = SIZE_MAX, .sure = 10000};
	*characters = (ocr_box){INT32_MAX, 0, 0, 0};
	for (size_t i = 0; i < count; i++) {
		const ocr_glyph *g = &c[i].glyph;

		touch(s, k, l, &c[i]);
		characters->left = g->left < characters->left ? g->left : characters->left;
		characters->right = g->right > characters->right ? g->right : characters->right;
	}
}

static assay_code add_word(const work *k, draft *to, const line *l, const ocr_decision *d, size_t begin, size_t end,
			   assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	const ocr_choice *c = d->items;
	ocr_box characters;
	bool whole, same;
	span s;
	assay_code rc;

	take_span(&s, &characters, k, l, c + begin, end - begin);
	whole = s.from <= s.to && !shares(l, c, d->count, begin, end);
	place_word(&s, l, &characters, whole);
	ASSAY_TRY(make_text(&text, c + begin, end - begin, err));
	same = whole && s.from == s.to && strcmp(assay_buf_str(&text), k->old->items[s.from].text) == 0;
	to->changed += !same;
	rc = put_word(k, to, &s, assay_buf_str(&text), c + begin, end - begin, err);
fail:
	return rc;
}

/* Words of the line of which nothing was chosen. */
static int64_t count_left_out(const line *l, const ocr_decision *d)
{
	const ocr_choice *c = d->items;
	int64_t n = 0;

	for (size_t word = 0; word < l->words; word++) {
		bool there = false;

		for (size_t i = 0; i < d->count && !there; i++)
			there = c[i].first >= 0 && c[i].glyph.point != ' ' && first_word(l, &c[i]) == word;
		n += !there;
	}
	return n;
}

static assay_code add_line(const work *k, draft *to, const line *l, const ocr_decision *d, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	to->changed += count_left_out(l, d);
	to->changes += d->changes;
	for (size_t i = 0; i < d->count && rc == ASSAY_OK;) {
		size_t end = i;

		while (end < d->count && d->items[end].glyph.point != ' ')
			end++;
		rc = add_word(k, to, l, d, i, end, err);
		i = end + 1;
	}
	return rc;
}

static assay_code keep_word(work *k, size_t word, assay_err *err)
{
	const assay_word *w = &k->old->items[word];
	const ocr_detail *d = &k->old->details[word];
	assay_code rc = ASSAY_OK;

	for (int i = 0; i < OCR_DECISIONS && rc == ASSAY_OK; i++)
		rc = ocr_words_add(&k->drafts[i].words, w, w->text, k->old->symbols + d->symbol, d->symbol_count,
				   d->known, err);
	return rc;
}

static assay_code keep_line(work *k, const line *l, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = l->first; i < l->first + l->words && rc == ASSAY_OK; i++)
		rc = keep_word(k, i, err);
	return rc;
}

static void leave_out(work *k, const line *l)
{
	for (int i = 0; i < OCR_DECISIONS; i++)
		k->drafts[i].changed += (int64_t)l->words;
}

/* ---------------------------------------------------------------- a line, and all of them */

static assay_code choose(work *k, line *l, assay_err *err)
{
	ocr_decision decisions[OCR_DECISIONS] = {0};
	ocr_alignment a = {0};
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < l->count && rc == ASSAY_OK; i++)
		rc = ocr_align(&a, l->readings, k->height, err);
	if (rc == ASSAY_EFULL) {
		rc = keep_line(k, l, err);
		goto fail;
	}
	if (rc != ASSAY_OK)
		goto fail;
	rc = ocr_choose(decisions, &a, l->readings, &k->all, err);
	for (int i = 0; i < OCR_DECISIONS && rc == ASSAY_OK; i++)
		rc = add_line(k, &k->drafts[i], l, &decisions[i], err);
fail:
	ocr_decisions_release(decisions);
	ocr_alignment_release(&a);
	return rc;
}

static assay_code do_line(work *k, line *l, assay_err *err)
{
	assay_code rc;

	ASSAY_TRY(find_box(k, l, err));
	if (l->glyph_count == 0 || !fits_box(k, l) || !(k->source->every_line || is_doubtful(k, l)))
		return keep_line(k, l, err);
	k->count->lines++;
	ASSAY_TRY(read_line(k, l, err));
	k->count->apart += apart(l);
	if (is_dirt(k, l))
		leave_out(k, l);
	else
		rc = choose(k, l, err);
fail:
	for (size_t i = 0; i < OCR_READINGS; i++)
		ocr_reading_release(&l->readings[i]);
	return rc;
}

/* A line that runs across a gap is two: a caption beside a column, cells of a table. */
static bool goes_on(const work *k, const assay_word *a, const assay_word *b)
{
	return a->line == b->line && (int64_t)b->left - a->right <= GAP_HEIGHTS * (int64_t)k->height;
}

static assay_code do_lines(work *k, assay_err *err)
{
	const ocr_words *w = k->old;
	size_t glyph = 0;
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < w->count && rc == ASSAY_OK;) {
		line l = {.first = i, .glyphs = k->page.items + glyph};

		do
			i++;
		while (i < w->count && goes_on(k, &w->items[i - 1], &w->items[i]));
		l.words = i - l.first;
		while (glyph < k->page.count && k->page.items[glyph].word < i)
			glyph++;
		l.glyph_count = (size_t)(k->page.items + glyph - l.glyphs);
		rc = do_line(k, &l, err);
	}
	return rc;
}

static void set_segmentation(const ocr_source *s, TessPageSegMode mode)
{
	TessBaseAPISetPageSegMode(s->api, mode);
	if (s->other != NULL)
		TessBaseAPISetPageSegMode(s->other, mode);
}

/* Guesses are right two times in three, and clear changes nearly always. Where these are few, the page is read well, or
 * what is on it is in no dictionary; guesses may then make it worse as well as better, and there is little to gain. */
static draft *better_draft(work *k)
{
	const size_t clear = k->drafts[OCR_CLEAR].changes, guesses = k->drafts[OCR_LIKELIEST].changes - clear;

	return &k->drafts[guesses <= GUESSES_MOST * clear ? OCR_LIKELIEST : OCR_CLEAR];
}

static assay_code finish(ocr_words *w, work *k, assay_err *err)
{
	draft *best = better_draft(k);
	const assay_code rc = ocr_words_close(&best->words, err);

	if (rc != ASSAY_OK)
		return rc;
	k->count->words = best->changed;
	ocr_words_release(w);
	*w = best->words;
	best->words = (ocr_words){0};
	return ASSAY_OK;
}

assay_code ocr_reconcile(ocr_words *w, ocr_reconciled *out, const ocr_source *source, assay_err *err)
{
	ocr_source with = *source;
	work k = {
	    .old = w, .source = source, .dictionary = {knows, source->api}, .all = {one_knows, &with}, .count = out};
	assay_code rc;

	*out = (ocr_reconciled){0};
	if (w->count == 0)
		return ASSAY_OK;
	k.looks = pixGetDepth(source->pix) == 1 ? ASSAY_COUNT(looks) : LOOKS_GREY;
	set_segmentation(source, PSM_RAW_LINE);
	ASSAY_TRY(ocr_text_height(&k.height, w, err));
	ASSAY_TRY(find_slope(&k, err));
	ASSAY_TRY(ocr_reading_take(&k.page, source->api, 0, err));
	ASSAY_TRY(do_lines(&k, err));
	rc = finish(w, &k, err);
fail:
	set_segmentation(source, source->segmentation);
	for (int i = 0; i < OCR_DECISIONS; i++)
		ocr_words_release(&k.drafts[i].words);
	ocr_reading_release(&k.page);
	return rc;
}
