#include "ocr_seams.h"

#include "ocr_order.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#define SEAMS_MAX   8    /* of a page that are parted */
#define LINES_MAX   1024 /* a page of more is none of running text */
#define SEAM_PART   6    /* of the height of text: a seam is as wide at least, and words beside it begin as near */
#define FILL        80   /* percent of its side that a line fills on the mean */
#define BODY_WORDS  3    /* of a line on that side, on the mean */
#define LETTERS_MIN 4    /* of a line on the other side, on the mean */
#define REACH       3    /* heights of text above and below what crosses the seam that the smaller side reaches */
#define PITCH       9    /* quarters of the height of text from one line of it to the next, at most */

enum { LEFT, RIGHT };

/* A line, or what stands of it on one side. */
typedef struct piece {
	size_t first, end; /* words */
	int32_t left, top, right, bottom;
	uint32_t line, paragraph, block; /* as the engine has it */
} piece;

typedef struct half {
	int64_t pieces, filled;                /* lines, and what their words take */
	int32_t left, right;                   /* of these */
	int64_t words, small, letters, labels; /* of the lines with words on both sides; labels: that end as such do */
} half;

typedef struct seam {
	int32_t left, right; /* what is white */
	int64_t top, bottom; /* middles, doubled, of the nearest lines across it */
	int64_t first, last; /* and of the lines with words on both sides */
	half sides[2];
	int64_t crossed, lines; /* with words on both sides, and all */
	int64_t aligned;        /* whose right words begin at the seam */
	int body;               /* the side with more letters */
} seam;

typedef struct page {
	const ocr_words *words;
	piece *lines;
	size_t count;
	int32_t height;
	ocr_words made;
	piece before;                    /* what was put last */
	bool aside;                      /* it is of the seam's smaller side */
	uint32_t line, paragraph, block; /* its new ones */
} page;

/* ---------------------------------------------------------------- lines */

static piece piece_of(const ocr_words *w, size_t first, size_t end)
{
	const assay_word *a = &w->items[first];
	piece p = {first, end, a->left, a->top, a->right, a->bottom, a->line, a->paragraph, a->block};

	for (size_t i = first + 1; i < end; i++) {
		const assay_word *by = &w->items[i];

		p.left = by->left < p.left ? by->left : p.left;
		p.top = by->top < p.top ? by->top : p.top;
		p.right = by->right > p.right ? by->right : p.right;
		p.bottom = by->bottom > p.bottom ? by->bottom : p.bottom;
	}
	return p;
}

static bool find_lines(page *g)
{
	const ocr_words *w = g->words;

	g->count = 0;
	for (size_t i = 0, end; i < w->count; i = end) {
		for (end = i + 1; end < w->count && w->items[end].line == w->items[i].line; end++)
			;
		if (g->count == LINES_MAX)
			return false;
		g->lines[g->count++] = piece_of(w, i, end);
	}
	return true;
}

static int64_t middle(const piece *p)
{
	return (int64_t)p->top + p->bottom;
}

/* The first word on the right of the seam; the line's end when there is none. */
static size_t divide(const page *g, const piece *p, const seam *s)
{
	size_t i = p->first;

	while (i < p->end && g->words->items[i].left < s->right)
		i++;
	return i;
}

static bool is_across(const page *g, const piece *p, const seam *s)
{
	for (size_t i = p->first; i < p->end; i++)
		if (g->words->items[i].left < s->right && g->words->items[i].right > s->left)
			return true;
	return false;
}

static bool is_beside(const piece *p, const seam *s)
{
	return middle(p) > s->top && middle(p) < s->bottom;
}

/* ---------------------------------------------------------------- what stands on each side */

static void count_letters(half *to, const char *text)
{
	const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)text;
	utf8proc_int32_t c;

	for (utf8proc_ssize_t n; *p != '\0' && (n = utf8proc_iterate(p, -1, &c)) > 0; p += n) {
		to->small += utf8proc_category(c) == UTF8PROC_CATEGORY_LL;
		to->letters +=
		    utf8proc_category(c) >= UTF8PROC_CATEGORY_LU && utf8proc_category(c) <= UTF8PROC_CATEGORY_NO;
	}
}

static bool is_label(const char *text)
{
	const char last = text[0] != '\0' ? text[strlen(text) - 1] : '\0';

	return last == ':' || last == '.' || last == ')';
}

/* What words and the blanks between them take of it: a gap as between cells counts for no more than a blank. */
static int64_t filled(const page *g, const piece *p)
{
	int64_t width = 0;

	for (size_t i = p->first; i < p->end; i++) {
		const assay_word *w = &g->words->items[i];
		const int32_t gap = i > p->first ? w->left - w[-1].right : 0;

		width += w->right - w->left + (gap < g->height ? gap : g->height);
	}
	return width;
}

static void add_piece(half *to, const page *g, const piece *p)
{
	to->left = to->pieces == 0 || p->left < to->left ? p->left : to->left;
	to->right = to->pieces == 0 || p->right > to->right ? p->right : to->right;
	to->filled += filled(g, p);
	to->pieces++;
}

static void add_words(half *to, const ocr_words *w, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++)
		count_letters(to, w->items[i].text);
	to->words += (int64_t)(end - first);
	to->labels += is_label(w->items[end - 1].text);
}

/* Do its words begin at the seam? */
static bool is_near(const page *g, const piece *right, int32_t start)
{
	return abs(right->left - start) <= g->height / SEAM_PART;
}

static void weigh_crossing(seam *s, const page *g, const piece *p, size_t at, int32_t start)
{
	const piece left = piece_of(g->words, p->first, at), right = piece_of(g->words, at, p->end);

	add_piece(&s->sides[LEFT], g, &left);
	add_piece(&s->sides[RIGHT], g, &right);
	add_words(&s->sides[LEFT], g->words, p->first, at);
	add_words(&s->sides[RIGHT], g->words, at, p->end);
	s->first = s->crossed == 0 || middle(p) < s->first ? middle(p) : s->first;
	s->last = s->crossed == 0 || middle(p) > s->last ? middle(p) : s->last;
	s->crossed++;
	s->aligned += is_near(g, &right, start);
}

/* Lines of columns further off say nothing. */
static void weigh_beside(seam *s, const page *g, const piece *p, int of, int32_t start)
{
	half *to = &s->sides[of];

	if (p->left >= to->right || p->right <= to->left)
		return;
	add_piece(to, g, p);
	s->aligned += of == RIGHT && is_near(g, p, start);
	s->lines++;
}

static void weigh_lines(seam *s, const page *g, int32_t start)
{
	for (size_t i = 0; i < g->count; i++) {
		const piece *p = &g->lines[i];
		const size_t at = divide(g, p, s);

		if (is_beside(p, s) && at > p->first && at < p->end)
			weigh_crossing(s, g, p, at, start);
	}
	s->lines = s->crossed;
	for (size_t i = 0; i < g->count && s->crossed >= OCR_SEAM_CROSSED; i++) {
		const piece *p = &g->lines[i];
		const size_t at = divide(g, p, s);

		if (is_beside(p, s) && (at == p->first || at == p->end))
			weigh_beside(s, g, p, at == p->first ? RIGHT : LEFT, start);
	}
}

static bool is_text(const seam *s)
{
	const half *body = &s->sides[s->body], *other = &s->sides[1 - s->body];

	if (body->words < BODY_WORDS * s->crossed || 2 * body->small < body->letters ||
	    100 * body->filled < FILL * body->pieces * ((int64_t)body->right - body->left))
		return false;
	if (other->letters < LETTERS_MIN * s->crossed || 2 * other->small < other->letters)
		return false;
	return s->body == LEFT || (2 * other->words >= 3 * s->crossed && 2 * other->labels <= s->crossed);
}

/* What of a line stands on the smaller side, in its columns. */
static bool other_part(piece *out, const page *g, const piece *p, const seam *s)
{
	const half *other = &s->sides[1 - s->body];
	const size_t at = divide(g, p, s), first = s->body == LEFT ? at : p->first, end = s->body == LEFT ? p->end : at;

	if (!is_beside(p, s) || first == end)
		return false;
	*out = piece_of(g->words, first, end);
	return out->left < other->right && out->right > other->left;
}

static bool goes_on(const page *g, const seam *s, const piece *from)
{
	piece p;

	for (size_t i = 0; i < g->count; i++)
		if (other_part(&p, g, &g->lines[i], s) && middle(&p) > middle(from) &&
		    2 * (middle(&p) - middle(from)) <= PITCH * (int64_t)g->height)
			return true;
	return false;
}

/* Do its lines follow one another? First words of entries, whose other lines are indented, do not. */
static bool is_block(const page *g, const seam *s)
{
	int64_t lines = 0, followed = 0;
	piece p;

	for (size_t i = 0; i < g->count; i++)
		if (other_part(&p, g, &g->lines[i], s)) {
			lines++;
			followed += goes_on(g, s, &p);
		}
	return lines >= OCR_SEAM_ALIGNED && 2 * followed >= lines;
}

/* Is there a seam on the left of this word of this line? */
static bool try_seam(seam *s, const page *g, const piece *line, int32_t start)
{
	const int32_t part = g->height / SEAM_PART;

	*s = (seam){.left = start - 2 * part, .right = start - part, .top = INT64_MIN, .bottom = INT64_MAX};
	for (size_t i = 0; i < g->count; i++) {
		const piece *p = &g->lines[i];

		if (!is_across(g, p, s))
			continue;
		if (middle(p) <= middle(line) && middle(p) > s->top)
			s->top = middle(p);
		if (middle(p) >= middle(line) && middle(p) < s->bottom)
			s->bottom = middle(p);
	}
	weigh_lines(s, g, start);
	s->body = s->sides[LEFT].letters >= s->sides[RIGHT].letters ? LEFT : RIGHT;
	return s->crossed >= OCR_SEAM_CROSSED && s->lines >= OCR_SEAM_LINES && s->aligned >= OCR_SEAM_ALIGNED &&
	       4 * s->aligned >= 3 * s->sides[RIGHT].pieces && is_text(s) && is_block(g, s);
}

static bool find_seam(seam *s, const page *g)
{
	for (size_t i = 0; i < g->count; i++)
		for (size_t k = g->lines[i].first + 1; k < g->lines[i].end; k++) {
			const assay_word *w = &g->words->items[k];

			if (w->left - w[-1].right >= 2 * (g->height / SEAM_PART) &&
			    try_seam(s, g, &g->lines[i], w->left))
				return true;
		}
	return false;
}

/* ---------------------------------------------------------------- parting */

/* The first line of the other side's begins a paragraph, and so does that of each note. */
static bool begins_paragraph(const page *g, const piece *p, bool aside)
{
	return aside != g->aside || p->paragraph != g->before.paragraph ||
	       (aside && middle(p) - middle(&g->before) > PITCH * (int64_t)g->height / 2);
}

static assay_code put(page *g, const piece *p, bool aside, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	if (g->made.count > 0) {
		g->line++;
		g->paragraph += begins_paragraph(g, p, aside);
		g->block += aside != g->aside || p->block != g->before.block;
	}
	g->before = *p;
	g->aside = aside;
	for (size_t i = p->first; i < p->end && rc == ASSAY_OK; i++) {
		const ocr_detail *d = &g->words->details[i];
		assay_word w = g->words->items[i];

		w.line = g->line;
		w.paragraph = g->paragraph;
		w.block = g->block;
		rc = ocr_words_add(&g->made, &w, w.text, g->words->symbols + d->symbol, d->symbol_count, d->known, err);
	}
	return rc;
}

/* A line of the other side alone, far from all that crosses the seam, such as a page number, stays where it is. */
static bool is_far(const page *g, const piece *p, const seam *s)
{
	const int64_t reach = 2 * REACH * (int64_t)g->height;

	return middle(p) < s->first - reach || middle(p) > s->last + reach;
}

/* What stands on one side of the lines from `first` on, those without a word across the seam. */
static assay_code put_side(page *g, const seam *s, int side, size_t first, size_t end, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = first; i < end && rc == ASSAY_OK; i++) {
		const piece *p = &g->lines[i];
		const size_t at = divide(g, p, s);
		const bool whole = at == p->first || at == p->end;
		const int of = whole && is_far(g, p, s) ? s->body : at == p->first ? RIGHT : LEFT;
		piece part = *p;

		if (!is_beside(p, s) || (whole && of != side))
			continue;
		if (!whole)
			part = piece_of(g->words, side == LEFT ? p->first : at, side == LEFT ? at : p->end);
		rc = put(g, &part, side != s->body, err);
	}
	return rc;
}

static assay_code put_lines(page *g, const seam *s, bool above, size_t first, size_t end, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = first; i < end && rc == ASSAY_OK; i++)
		if (!is_beside(&g->lines[i], s) && (middle(&g->lines[i]) <= s->top) == above)
			rc = put(g, &g->lines[i], false, err);
	return rc;
}

static assay_code put_all(page *g, const seam *s, assay_err *err)
{
	size_t first = 0, end = g->count;
	assay_code rc = ASSAY_OK;

	while (!is_beside(&g->lines[first], s))
		first++;
	while (!is_beside(&g->lines[end - 1], s))
		end--;
	for (size_t i = 0; i < first && rc == ASSAY_OK; i++)
		rc = put(g, &g->lines[i], false, err);
	if (rc == ASSAY_OK)
		rc = put_lines(g, s, true, first, end, err);
	if (rc == ASSAY_OK)
		rc = put_side(g, s, LEFT, first, end, err);
	if (rc == ASSAY_OK)
		rc = put_side(g, s, RIGHT, first, end, err);
	if (rc == ASSAY_OK)
		rc = put_lines(g, s, false, first, end, err);
	for (size_t i = end; i < g->count && rc == ASSAY_OK; i++)
		rc = put(g, &g->lines[i], false, err);
	return rc;
}

static assay_code part(ocr_words *w, page *g, const seam *s, assay_err *err)
{
	assay_code rc;

	ASSAY_TRY(put_all(g, s, err));
	ASSAY_TRY(ocr_words_close(&g->made, err));
	ocr_words_release(w);
	*w = g->made;
	g->made = (ocr_words){0};
fail:
	ocr_words_release(&g->made);
	return rc;
}

assay_code ocr_seams_part(ocr_words *w, assay_err *err)
{
	ASSAY_AUTO_FREE piece *lines = assay_alloc(LINES_MAX, sizeof *lines);
	assay_code rc = ASSAY_OK;
	seam s;

	if (lines == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "lines of a page");
	for (int i = 0; i < SEAMS_MAX && w->count > 0 && rc == ASSAY_OK; i++) {
		page g = {.words = w, .lines = lines};

		rc = ocr_text_height(&g.height, w, err);
		if (rc != ASSAY_OK || !find_lines(&g) || !find_seam(&s, &g))
			break;
		rc = part(w, &g, &s, err);
	}
	return rc;
}
