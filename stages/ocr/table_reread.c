#include "table_reread.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

#define SURE       6000 /* hundredths of a percent: words below are doubted */
#define SURE_SHORT 8000 /* of three letters and less */
#define ENOUGH     9000 /* a reading as sure as that is not doubted */
#define HOPELESS   3000 /* words below are left out where their ink was not read better */
#define NONE       SIZE_MAX

void table_texts_release(table_texts *t)
{
	free(t->items);
	assay_buf_release(&t->strings);
	assay_buf_release(&t->numbers);
	*t = (table_texts){0};
}

/* What is known of a mark. */
typedef struct state {
	int64_t sure, letters; /* of the page's words in it: letters, and confidence times letters */
	int64_t wide;          /* px that they cover */
	int64_t left, right;   /* of those words */
	bool doubted, inside, reread;
	bool point; /* ink of a decimal point is in a number that has none */
} state;

/* A word of a mark that was read. */
typedef struct read_word {
	assay_word word; /* but for its text */
	size_t text;     /* offset in table_texts.strings */
} read_word;

typedef struct rereading {
	const table_reader *r;
	const assay_words *words;
	table_texts *out;
	table_marks own; /* the page's, those of one sure word as one */
	const table_marks *marks;
	state *states;    /* of each mark */
	size_t *mark_of;  /* of each word; NONE */
	assay_word *seen; /* what tables are found by */
	size_t seen_count;
	read_word *read;
	size_t read_count, read_cap;
} rereading;

/* ---------------------------------------------------------------- what is doubted */

static int32_t points_in(const char *s)
{
	int32_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

/* A box much higher than text holds two lines, or a rule. */
static bool is_high(const assay_word *w, int32_t height)
{
	return (int64_t)w->bottom - w->top > 2 * (int64_t)height;
}

/* Words of two cells that were read as one: an upright rule stands in its box. */
static bool is_barred(const rereading *q, const assay_word *w)
{
	const table_rules *r = &q->r->page->rules;
	const int32_t third = q->r->page->text / 3;

	for (size_t i = 0; i < r->upright_count; i++) {
		const table_rule *u = &r->upright[i];

		if (u->at > w->left + third && u->at < w->right - third && u->from <= w->top + third &&
		    u->to >= w->bottom - third)
			return true;
	}
	return false;
}

/* Few letters are soon taken for sure; a small box is no word. */
static bool is_doubted(const rereading *q, const assay_word *w)
{
	const int32_t n = points_in(w->text), height = q->r->page->text;
	const int64_t high = (int64_t)w->bottom - w->top, wide = (int64_t)w->right - w->left;

	return w->confidence < (n <= 3 ? SURE_SHORT : SURE) || is_high(w, height) || 3 * high < height ||
	       6 * wide < (int64_t)n * height || is_barred(q, w);
}

static bool is_dash(const char *s)
{
	return strcmp(s, "-") == 0 || strcmp(s, "\xe2\x80\x93") == 0 || strcmp(s, "\xe2\x80\x94") == 0;
}

/* ---------------------------------------------------------------- marks and words */

/* The first mark that may reach down to y: marks come from the top, none is higher than 5/2 of the text. */
static size_t first_near(const rereading *q, int64_t y)
{
	size_t low = 0, high = q->marks->count;

	while (low < high) {
		const size_t half = low + (high - low) / 2;

		if (q->marks->items[half].top < y - q->r->page->text / 4 - 5 * (int64_t)q->r->page->text / 2)
			low = half + 1;
		else
			high = half;
	}
	return low;
}

static bool is_in(const table_mark *m, const assay_word *w)
{
	const int32_t x = m->left + (m->right - m->left) / 2, y = m->top + (m->bottom - m->top) / 2;

	return m->left < m->right && x >= w->left && x < w->right && y >= w->top && y < w->bottom;
}

/* Letters of a word may stand too far from each other to be one mark, those around a point for example. */
static void join_marks(rereading *q, const assay_word *w)
{
	table_mark *into = NULL;

	for (size_t i = first_near(q, w->top); i < q->own.count && q->own.items[i].top < w->bottom; i++) {
		table_mark *m = &q->own.items[i];

		if (!is_in(m, w))
			continue;
		if (into == NULL) {
			into = m;
			continue;
		}
		into->left = m->left < into->left ? m->left : into->left;
		into->right = m->right > into->right ? m->right : into->right;
		into->bottom = m->bottom > into->bottom ? m->bottom : into->bottom;
		into->dash = false;
		m->right = m->left; /* nothing is in it any more */
	}
}

static assay_code own_marks(rereading *q, assay_err *err)
{
	const table_marks *page = &q->r->page->marks;

	q->own.items = assay_alloc(page->count + 1, sizeof *q->own.items);
	if (q->own.items == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "marks of a page");
	if (page->count > 0)
		memcpy(q->own.items, page->items, page->count * sizeof *page->items);
	q->own.count = page->count;
	q->marks = &q->own;
	for (size_t i = 0; i < q->words->count; i++)
		if (!is_doubted(q, &q->words->items[i]))
			join_marks(q, &q->words->items[i]);
	return ASSAY_OK;
}

/* The mark in which the middle of a word lies. */
static size_t mark_at(const rereading *q, const assay_word *w)
{
	const int64_t x = ((int64_t)w->left + w->right) / 2, y = ((int64_t)w->top + w->bottom) / 2;
	const int64_t near = q->r->page->text / 4;

	for (size_t i = first_near(q, y); i < q->marks->count && q->marks->items[i].top <= y + near; i++) {
		const table_mark *m = &q->marks->items[i];

		if (m->left < m->right && y < m->bottom + near && x >= m->left - near && x < m->right + near)
			return i;
	}
	return NONE;
}

static bool is_number(const char *s)
{
	return strpbrk(s, "0123456789") != NULL && strpbrk(s, ".,:;'") == NULL;
}

/* A number of two digits and more without a point, and ink of one between its first digit and its last, at their foot. */
static bool lost_point(const rereading *q, const assay_word *w)
{
	const table_marks *m = &q->r->page->marks;
	const int32_t quarter = (w->bottom - w->top) / 4, half = (w->bottom - w->top) / 2;
	size_t low = 0, high = m->point_count;

	if (points_in(w->text) < 2 || !is_number(w->text) || is_high(w, q->r->page->text) || w->right <= w->left)
		return false;
	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (m->points[mid].top < w->top + half)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < m->point_count && m->points[low].top < w->bottom; low++) {
		const table_mark *p = &m->points[low];

		if (p->left > w->left + quarter && p->right < w->right - quarter &&
		    p->bottom >= w->bottom - quarter / 2 && p->bottom <= w->bottom + quarter)
			return true;
	}
	return false;
}

static void weigh_word(rereading *q, size_t i)
{
	const assay_word *w = &q->words->items[i];
	const size_t m = mark_at(q, w);
	state *s;

	q->mark_of[i] = m;
	if (m == NONE)
		return;
	s = &q->states[m];
	s->left = s->letters == 0 || w->left < s->left ? w->left : s->left;
	s->right = s->letters == 0 || w->right > s->right ? w->right : s->right;
	s->letters += points_in(w->text);
	s->sure +=
	    points_in(w->text) * (is_high(w, q->r->page->text) || is_barred(q, w) ? w->confidence / 2 : w->confidence);
	s->wide += (int64_t)w->right - w->left;
	s->point |= lost_point(q, w);
	s->doubted |= q->marks->items[m].dash ? !is_dash(w->text) : is_doubted(q, w);
}

/* A mark is doubted where a word in it is, and where its words leave out half a height of it. */
static assay_code doubt(rereading *q, assay_err *err)
{
	const size_t n = q->words->count;

	q->states = assay_alloc(q->marks->count + 1, sizeof *q->states);
	q->mark_of = assay_alloc(n + 1, sizeof *q->mark_of);
	q->seen = assay_alloc(n + q->marks->count + 1, sizeof *q->seen);
	if (q->states == NULL || q->mark_of == NULL || q->seen == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "words of a page");
	for (size_t i = 0; i < n; i++)
		weigh_word(q, i);
	for (size_t i = 0; i < q->marks->count; i++) {
		const table_mark *m = &q->marks->items[i];
		state *s = &q->states[i];

		if (m->left == m->right)
			continue;
		s->doubted |= s->letters == 0 || 2 * (s->left - m->left) > q->r->page->text ||
			      2 * (m->right - s->right) > q->r->page->text;
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- which marks stand in tables */

static void mark_inside(rereading *q, const tables *found)
{
	for (size_t i = 0; i < q->marks->count; i++) {
		const table_mark *m = &q->marks->items[i];
		const int32_t x = m->left + (m->right - m->left) / 2, y = m->top + (m->bottom - m->top) / 2;

		for (size_t k = 0; k < found->count && !q->states[i].inside; k++) {
			const table *t = &found->items[k];

			q->states[i].inside = x >= t->left && x < t->right && y >= t->top && y < t->bottom;
		}
	}
}

/* Words of marks that are not doubted; a doubted mark stands in for a number where it is short, for a word where not. */
static void see(rereading *q)
{
	for (size_t i = 0; i < q->words->count; i++) {
		const size_t m = q->mark_of[i];

		if (m == NONE ? !is_doubted(q, &q->words->items[i]) : !q->states[m].doubted)
			q->seen[q->seen_count++] = q->words->items[i];
	}
	for (size_t i = 0; i < q->marks->count; i++) {
		const table_mark *m = &q->marks->items[i];
		const char *text = m->dash ? "-" : m->right - m->left > 5 * q->r->page->text ? "x" : "0";

		if (q->states[i].doubted)
			q->seen[q->seen_count++] = (assay_word){
			    .text = text, .left = m->left, .top = m->top, .right = m->right, .bottom = m->bottom};
	}
}

static assay_code find_inside(rereading *q, assay_err *err)
{
	tables *found = assay_alloc(1, sizeof *found);
	assay_words all = *q->words;
	assay_code rc;

	if (found == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "marks of a page");
	see(q);
	all.items = q->seen;
	all.count = q->seen_count;
	rc = tables_find(found, q->r->page, &all, q->r->whole, err);
	if (rc == ASSAY_OK)
		mark_inside(q, found);
	tables_release(found);
	free(found);
	return rc == ASSAY_EFULL ? ASSAY_OK : rc;
}

/* ---------------------------------------------------------------- reading a mark */

static void widen(table_mark *out, const table_mark *m, const table_mark *other, int32_t height)
{
	const int32_t top = m->top > other->top ? m->top : other->top;
	const int32_t bottom = m->bottom < other->bottom ? m->bottom : other->bottom;

	if (other->light != m->light || 2 * (bottom - top) <= m->bottom - m->top ||
	    2 * (m->top - other->top) > height || 2 * (other->bottom - m->bottom) > height)
		return;
	out->top = other->top < out->top ? other->top : out->top;
	out->bottom = other->bottom > out->bottom ? other->bottom : out->bottom;
}

/* Marks beside it tell how high a line is: letters without a stem look like others where they fill a picture. */
static table_mark on_line(const rereading *q, size_t number)
{
	const table_mark *items = q->marks->items, *m = &items[number];
	table_mark out = *m;

	for (size_t i = number; i-- > 0 && items[i].top >= m->top - q->r->page->text;)
		widen(&out, m, &items[i], q->r->page->text);
	for (size_t i = number + 1; i < q->marks->count && items[i].top < m->bottom; i++)
		widen(&out, m, &items[i], q->r->page->text);
	return out;
}

static assay_code add_read(rereading *q, const assay_word *w, assay_err *err)
{
	const assay_code rc = assay_grow(&q->read, &q->read_cap, q->read_count, sizeof *q->read, err);

	if (rc != ASSAY_OK)
		return rc;
	q->read[q->read_count++] = (read_word){
	    {.left = w->left, .top = w->top, .right = w->right, .bottom = w->bottom, .confidence = w->confidence},
	    q->out->strings.len};
	assay_buf_append(&q->out->strings, w->text, strlen(w->text) + 1);
	return assay_buf_check(&q->out->strings, err);
}

/* How sure the page's words are of a mark, in hundredths of a percent: by their letters, and by how much of it they cover. */
static int64_t sure_before(const state *s, const table_mark *m)
{
	const int64_t wide = m->right - m->left;

	return s->letters == 0 || wide <= 0 ? 0 : s->sure / s->letters * (s->wide < wide ? s->wide : wide) / wide;
}

static int64_t sure_of(const ocr_words *w)
{
	int64_t letters = 0, sure = 0;

	for (size_t i = 0; i < w->count; i++) {
		letters += points_in(w->items[i].text);
		sure += (int64_t)points_in(w->items[i].text) * w->items[i].confidence;
	}
	return letters > 0 ? sure / letters : 0;
}

static assay_code take_words(rereading *q, const ocr_words *w, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < w->count && rc == ASSAY_OK; i++)
		rc = add_read(q, &w->items[i], err);
	return rc;
}

static bool has_point(const ocr_words *w)
{
	for (size_t i = 0; i < w->count; i++)
		if (strpbrk(w->items[i].text, ".,") != NULL)
			return true;
	return false;
}

/* The surest of the readings stands for the mark when it is as sure as the page's words; where ink of a point was lost, one
 * that has it. */
static assay_code read_mark(rereading *q, size_t number, assay_err *err)
{
	const table_mark *m = &q->marks->items[number], line = on_line(q, number);
	const assay_word dash = {
	    .text = "-", .left = m->left, .top = m->top, .right = m->right, .bottom = m->bottom, .confidence = SURE};
	state *s = &q->states[number];
	int64_t best = sure_before(s, m);
	const size_t first = q->read_count;
	assay_code rc = ASSAY_OK;

	if (m->dash) {
		s->reread = true;
		return add_read(q, &dash, err);
	}
	for (unsigned i = 0; i < TABLE_LINE_WAYS && rc == ASSAY_OK && (best < ENOUGH || s->point || i == 0); i++) {
		ocr_words w = {0};
		bool found;

		rc = table_line_read(&w, q->r, m, &line, i, err);
		found = s->point && has_point(&w) && sure_of(&w) >= SURE;
		if (rc == ASSAY_OK && w.count > 0 && (found || (s->doubted && sure_of(&w) >= best))) {
			s->reread = true;
			best = found ? ENOUGH : sure_of(&w);
			s->point &= !found;
			q->read_count = first;
			rc = take_words(q, &w, err);
		}
		ocr_words_release(&w);
	}
	return rc;
}

static assay_code read_marks(rereading *q, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < q->marks->count && q->out->marks < TABLE_REREAD_MAX && rc == ASSAY_OK; i++) {
		if (!q->states[i].inside || (!q->states[i].doubted && !q->states[i].point))
			continue;
		q->out->marks++;
		rc = read_mark(q, i, err);
	}
	return rc;
}

/* ---------------------------------------------------------------- all of it */

static assay_code put(table_texts *out, const assay_word *w, assay_err *err)
{
	const assay_code rc = assay_grow(&out->items, &out->cap, out->words.count, sizeof *out->items, err);

	if (rc == ASSAY_OK)
		out->items[out->words.count++] = *w;
	return rc;
}

/* Of what was read no better, words are left out that none can be. */
static bool stays(const rereading *q, size_t word)
{
	const assay_word *w = &q->words->items[word];
	const size_t m = q->mark_of[word];

	if (m == NONE)
		return !is_doubted(q, w);
	if (q->states[m].reread)
		return false;
	return !q->states[m].doubted || !q->states[m].inside || w->confidence >= HOPELESS;
}

static assay_code choose(rereading *q, assay_err *err)
{
	table_texts *out = q->out;
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < q->words->count && rc == ASSAY_OK; i++) {
		if (stays(q, i))
			rc = put(out, &q->words->items[i], err);
	}
	for (size_t i = 0; i < q->read_count && rc == ASSAY_OK; i++) {
		assay_word w = q->read[i].word;

		w.text = assay_buf_str(&out->strings) + q->read[i].text;
		out->found++;
		rc = put(out, &w, err);
	}
	out->words.items = out->items;
	return rc;
}

assay_code table_reread(table_texts *out, const table_reader *r, const assay_words *words, assay_err *err)
{
	rereading q = {.r = r, .words = words, .out = out};
	assay_code rc;

	*out = (table_texts){.words = *words};
	if (words->count > TABLE_WORDS_MAX)
		return ASSAY_OK;
	out->words.count = 0;
	ASSAY_TRY(own_marks(&q, err));
	ASSAY_TRY(doubt(&q, err));
	ASSAY_TRY(find_inside(&q, err));
	ASSAY_TRY(read_marks(&q, err));
	rc = choose(&q, err);
fail:
	table_marks_release(&q.own);
	free(q.states);
	free(q.mark_of);
	free(q.seen);
	free(q.read);
	return rc;
}
