#include "table_area.h"

#include "table_type.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

#define NONE      UINT32_MAX
#define SHELF_MAX 64 /* lines of one height that are looked at: text has two or three */

void table_area_release(table_area *a)
{
	free(a->tokens);
	free(a->pieces);
	*a = (table_area){0};
}

/* How much a word says of the height of text: dirt is short, and not sure. */
static uint64_t weight_of(const assay_word *w)
{
	uint64_t letters = 0;

	for (const char *s = w->text; *s != '\0' && letters < 32; s++)
		letters += ((unsigned char)*s & 0xc0) != 0x80;
	return letters * (uint64_t)(w->confidence > 0 ? w->confidence / 100 + 1 : 1);
}

assay_code table_text_height(int32_t *out, const assay_words *words, assay_err *err)
{
	enum { LOW = 8, HIGH = 400 };
	ASSAY_AUTO_FREE uint64_t *weight = assay_alloc(HIGH + 1, sizeof *weight);
	uint64_t all = 0, below = 0;

	if (weight == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "heights of words");
	for (size_t i = 0; i < words->count; i++) {
		const int64_t h = (int64_t)words->items[i].bottom - words->items[i].top;
		const uint64_t w = weight_of(&words->items[i]);

		weight[h < LOW ? LOW : h > HIGH ? HIGH : h] += w;
		all += w;
	}
	for (*out = LOW; *out < HIGH; (*out)++) {
		below += weight[*out];
		if (2 * below >= all)
			break;
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- lines */

/* Lines that are open at their right end, by the middle of their last word, in shelves of one height of text. */
typedef struct shelves {
	uint32_t *head;        /* of each shelf: a line, or NONE */
	uint32_t *next, *prev; /* of each line */
	uint32_t *last;        /* of each line: its rightmost token */
	uint32_t shelves, lines;
	int32_t top, height;
} shelves;

static int32_t middle(const table_token *t)
{
	return t->top + (t->bottom - t->top) / 2;
}

static uint32_t shelf_of(const shelves *s, const table_token *t)
{
	return (uint32_t)((middle(t) - s->top) / s->height);
}

static void put(shelves *s, uint32_t line, uint32_t shelf)
{
	s->prev[line] = NONE;
	s->next[line] = s->head[shelf];
	if (s->head[shelf] != NONE)
		s->prev[s->head[shelf]] = line;
	s->head[shelf] = line;
}

static void take_out(shelves *s, uint32_t line, uint32_t shelf)
{
	if (s->prev[line] != NONE)
		s->next[s->prev[line]] = s->next[line];
	else
		s->head[shelf] = s->next[line];
	if (s->next[line] != NONE)
		s->prev[s->next[line]] = s->prev[line];
}

/* Shared height in halves of the lower one, or -1 for less than one. */
static int32_t distance(const table_token *a, const table_token *b)
{
	const int32_t top = a->top > b->top ? a->top : b->top, bottom = a->bottom < b->bottom ? a->bottom : b->bottom;
	const int32_t ha = a->bottom - a->top, hb = b->bottom - b->top;

	if (2 * (bottom - top) < (ha < hb ? ha : hb))
		return -1;
	return abs(middle(a) - middle(b));
}

/* Words that lie over each other are no line, but for boxes that are a little too wide, and for a stroke or point at the
 * end of a word whose box holds it too. */
static int32_t may_share(const shelves *s, const table_token *t)
{
	const int32_t wide = t->right - t->left;

	return wide < s->height ? s->height : wide / 2;
}

static uint32_t find_line(const shelves *s, const table_token *tokens, const table_token *t)
{
	const uint32_t own = shelf_of(s, t);
	uint32_t best = NONE;
	int32_t least = INT32_MAX;

	for (uint32_t k = own > 0 ? own - 1 : 0; k <= own + 1 && k < s->shelves; k++) {
		int left = SHELF_MAX;

		for (uint32_t l = s->head[k]; l != NONE && left-- > 0; l = s->next[l]) {
			const table_token *last = &tokens[s->last[l]];
			const int32_t d = distance(last, t);

			if (d < 0 || d >= least || last->right - t->left > may_share(s, t))
				continue;
			best = l;
			least = d;
		}
	}
	return best;
}

static int by_left(const void *a_, const void *b_)
{
	const table_token *a = a_, *b = b_;

	if (a->left != b->left)
		return a->left < b->left ? -1 : 1;
	if (a->top != b->top)
		return a->top < b->top ? -1 : 1;
	return (a->word > b->word) - (a->word < b->word);
}

static int by_line(const void *a_, const void *b_)
{
	const table_token *a = a_, *b = b_;

	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return by_left(a, b);
}

static void chain_lines(shelves *s, table_token *tokens, size_t count)
{
	for (size_t i = 0; i < s->shelves; i++)
		s->head[i] = NONE;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t line = find_line(s, tokens, &tokens[i]);

		if (line == NONE)
			line = s->lines++;
		else
			take_out(s, line, shelf_of(s, &tokens[s->last[line]]));
		tokens[i].line = line;
		s->last[line] = i;
		put(s, line, shelf_of(s, &tokens[i]));
	}
}

typedef struct line_place {
	int64_t sum, count; /* of the middles of its words */
	uint32_t line;
} line_place;

static int by_mean(const void *a_, const void *b_)
{
	const line_place *a = a_, *b = b_;
	const int64_t x = a->sum * b->count, y = b->sum * a->count; /* below 2^32 * 2^17 each */

	if (x != y)
		return x < y ? -1 : 1;
	return (a->line > b->line) - (a->line < b->line);
}

/* Number the lines from the top. */
static assay_code order_lines(table_area *a, assay_err *err)
{
	ASSAY_AUTO_FREE line_place *places = assay_alloc(a->lines, sizeof *places);
	ASSAY_AUTO_FREE uint32_t *rank = assay_alloc(a->lines, sizeof *rank);

	if (places == NULL || rank == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "lines of words");
	for (uint32_t i = 0; i < a->lines; i++)
		places[i].line = i;
	for (size_t i = 0; i < a->count; i++) {
		places[a->tokens[i].line].sum += middle(&a->tokens[i]);
		places[a->tokens[i].line].count++;
	}
	qsort(places, a->lines, sizeof *places, by_mean);
	for (uint32_t i = 0; i < a->lines; i++)
		rank[places[i].line] = i;
	for (size_t i = 0; i < a->count; i++)
		a->tokens[i].line = rank[a->tokens[i].line];
	qsort(a->tokens, a->count, sizeof *a->tokens, by_line);
	return ASSAY_OK;
}

static assay_code find_lines(table_area *a, assay_err *err)
{
	const size_t shelf_count = (size_t)((a->bottom - a->top) / a->height) + 2;
	ASSAY_AUTO_FREE uint32_t *memory = NULL;
	shelves s = {.shelves = (uint32_t)shelf_count, .top = a->top, .height = a->height};

	memory = assay_alloc(3 * a->count + shelf_count, sizeof *memory);
	if (memory == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "lines of words");
	s.next = memory;
	s.prev = s.next + a->count;
	s.last = s.prev + a->count;
	s.head = s.last + a->count;
	qsort(a->tokens, a->count, sizeof *a->tokens, by_left);
	chain_lines(&s, a->tokens, a->count);
	a->lines = s.lines;
	return order_lines(a, err);
}

/* ---------------------------------------------------------------- pieces */

static const char *text_of(const table_area *a, const table_token *t)
{
	return a->words->items[t->word].text;
}

static bool all_digits(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return n > 0;
}

/* "10" and "000", "1 234" and "567": parts of one number. */
static bool is_grouped(const char *a, const char *b)
{
	const char *const number = a + strspn(a, "(-+<$");
	const size_t n = strlen(number);

	return n <= 3 && all_digits(number, n) && strcspn(b, ".,%*)") == 3 && all_digits(b, 3);
}

/* A sign that belongs to the word beside it, whichever the distance. */
static bool is_glue(const char *s)
{
	static const char *const signs[] = {"\xc2\xb1",     "%", "+/-",          "<",        ">", "=", "\xe2\x89\xa4",
					    "\xe2\x89\xa5", "$", "\xe2\x82\xac", "\xc2\xa3", "/", "&", NULL};

	for (const char *const *g = signs; *g != NULL; g++)
		if (strcmp(s, *g) == 0)
			return true;
	return false;
}

/* (60.2): what stands so behind a value is of it. */
static bool is_bracketed(const char *s)
{
	return s[0] == '(' && s[strlen(s) - 1] == ')';
}

static bool belongs(const table_area *a, const table_token *l, const table_token *r, int32_t join)
{
	const int32_t gap = r->left - l->right;
	const char *s = text_of(a, l), *t = text_of(a, r);
	const bool two = l->value && r->value && !is_bracketed(t);

	if (gap < (two && 2 * join > a->height ? a->height / 2 : join))
		return true;
	return gap < a->height && (is_grouped(s, t) || is_glue(s) || is_glue(t));
}

static int by_number(const void *a_, const void *b_)
{
	const int32_t a = *(const int32_t *)a_, b = *(const int32_t *)b_;

	return (a > b) - (a < b);
}

/* How far apart words of one cell are at most: 1.7 times the space between words, of which the lower quartile of the
 * gaps below a height of text tells where there are some; 0.45 to 0.8 heights. Two values are nearer still. */
static assay_code joining_gap(int32_t *out, const table_area *a, assay_err *err)
{
	ASSAY_AUTO_FREE int32_t *gaps = assay_alloc(a->count + 1, sizeof *gaps);
	size_t n = 0;
	int32_t space = a->height / 2;

	if (gaps == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "gaps between words");
	for (size_t i = 1; i < a->count; i++) {
		const int32_t gap = a->tokens[i].left - a->tokens[i - 1].right;

		if (a->tokens[i].line == a->tokens[i - 1].line && gap > 0 && gap < a->height)
			gaps[n++] = gap;
	}
	qsort(gaps, n, sizeof *gaps, by_number);
	if (n >= 8)
		space = gaps[n / 4];
	*out = space * 17 / 10;
	if (*out > a->height * 4 / 5)
		*out = a->height * 4 / 5;
	if (*out < a->height * 9 / 20)
		*out = a->height * 9 / 20;
	return ASSAY_OK;
}

static assay_code find_pieces(table_area *a, assay_err *err)
{
	int32_t join = 0;
	const assay_code rc = joining_gap(&join, a, err);

	if (rc != ASSAY_OK)
		return rc;
	a->pieces = assay_alloc(a->count, sizeof *a->pieces);
	if (a->pieces == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "pieces of lines");
	for (size_t i = 0; i < a->count; i++) {
		table_token *t = &a->tokens[i];
		table_piece *p = a->piece_count > 0 ? &a->pieces[a->piece_count - 1] : NULL;

		if (p != NULL && p->line == t->line && belongs(a, t - 1, t, join)) {
			p->count++;
			p->right = t->right > p->right ? t->right : p->right;
		} else {
			a->pieces[a->piece_count++] = (table_piece){i, 1, t->left, t->right, t->line};
		}
		t->piece = (uint32_t)a->piece_count - 1;
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- an area */

static void bound(table_area *a)
{
	a->left = a->top = INT32_MAX;
	a->right = a->bottom = INT32_MIN;
	for (size_t i = 0; i < a->count; i++) {
		const table_token *t = &a->tokens[i];

		a->left = t->left < a->left ? t->left : a->left;
		a->top = t->top < a->top ? t->top : a->top;
		a->right = t->right > a->right ? t->right : a->right;
		a->bottom = t->bottom > a->bottom ? t->bottom : a->bottom;
	}
}

assay_code table_area_make(table_area *out, const assay_words *words, const table_token *tokens, size_t count,
			   const table_rules *rules, int32_t height, assay_err *err)
{
	assay_code rc;

	*out = (table_area){.words = words, .rules = rules, .height = height, .count = count};
	out->tokens = assay_alloc(count, sizeof *out->tokens);
	if (out->tokens == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "words of an area");
	if (count == 0)
		return ASSAY_OK;
	memcpy(out->tokens, tokens, count * sizeof *tokens);
	for (size_t i = 0; i < count; i++) {
		const char *text = text_of(out, &out->tokens[i]);

		out->tokens[i].value = table_type_is_value(table_type_of(text, strlen(text)));
	}
	bound(out);
	rc = find_lines(out, err);
	return rc != ASSAY_OK ? rc : find_pieces(out, err);
}
