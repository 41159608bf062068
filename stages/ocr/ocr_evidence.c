#include "ocr_evidence.h"

#include "ocr_fold.h"
#include "ocr_order.h"
#include "ocr_score.h"
#include "ocr_spelling.h"
#include "ocr_unordered.h"
#include "page_frame.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

#include <leptonica/allheaders.h>
#include <utf8proc.h>

#define SURE        8000 /* hundredths of a percent: a letter that is not doubted */
#define WIDTHS_MIN  5    /* letters of a kind, before their widths say something */
#define SHORT_MAX   3    /* symbols */
#define CLASS_BANDS 5
#define WEAK        9000 /* a symbol that makes a word of small letters doubtful */
#define WEAK_SHORT  9700 /* and a short one that a dictionary has: hardly any two or three letters are none */
#define FEW         20   /* symbols */
#define TURNED_OFF  3    /* px */

static int64_t share(int64_t part, int64_t whole)
{
	return whole <= 0                             ? 0
	       : part >= INT64_MAX / OCR_EVIDENCE_ONE ? OCR_EVIDENCE_ONE
						      : part * OCR_EVIDENCE_ONE / whole;
}

static bool is_letter(uint32_t c)
{
	const utf8proc_category_t k = utf8proc_category((utf8proc_int32_t)c);

	return k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_LO;
}

/* ---------------------------------------------------------------- words and symbols */

static const ocr_symbol *symbols_of(const ocr_words *w, size_t word)
{
	return w->symbols + w->details[word].symbol;
}

static int class_of(const ocr_words *w, size_t word)
{
	const ocr_detail *d = &w->details[word];

	if (d->known)
		return OCR_KNOWN;
	for (size_t i = 0; i < d->symbol_count; i++)
		if (is_letter(symbols_of(w, word)[i].point))
			return OCR_UNKNOWN;
	return OCR_OTHER;
}

static int band_of(int32_t confidence)
{
	static const int32_t below[] = {7000, 9000, 9700, 9900};
	int b = 0;

	while (b < (int)ASSAY_COUNT(below) && confidence >= below[b])
		b++;
	return b;
}

/* What a word is made of; `plain`: small letters alone, but for marks around them. */
typedef struct signs {
	int64_t letters, small, capitals, numbers;
	bool plain;
} signs;

static signs signs_of(const char *text)
{
	signs s = {.plain = true};
	bool gap = false; /* a mark behind a letter or digit: within the word when another follows */
	utf8proc_int32_t c;

	for (utf8proc_ssize_t n; *text != '\0' && (n = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &c)) > 0;
	     text += n) {
		const utf8proc_category_t k = utf8proc_category(c);
		const bool letter = is_letter((uint32_t)c),
			   number = k >= UTF8PROC_CATEGORY_ND && k <= UTF8PROC_CATEGORY_NO;

		if (!letter && !number) {
			gap = s.letters + s.numbers > 0;
			continue;
		}
		s.plain = s.plain && k == UTF8PROC_CATEGORY_LL && !gap;
		s.letters += letter;
		s.numbers += number;
		s.small += k == UTF8PROC_CATEGORY_LL;
		s.capitals += k == UTF8PROC_CATEGORY_LU;
	}
	s.plain = s.plain && s.letters > 0;
	return s;
}

static bool has_below(const ocr_words *w, size_t word, int32_t confidence)
{
	const ocr_symbol *s = symbols_of(w, word);

	for (size_t i = 0; i < w->details[word].symbol_count; i++)
		if (s[i].confidence < confidence)
			return true;
	return false;
}

/* What stands alone in print is a dash or a bullet; read from a page, as often dirt, or a mark torn from its word. */
static void count_doubts(ocr_evidence *e, const ocr_words *w, size_t word, int class)
{
	const signs s = signs_of(w->items[word].text);
	const int64_t n = (int64_t)w->details[word].symbol_count;

	e->share[OCR_ALONE] += s.letters + s.numbers == 0;
	if (class == OCR_UNKNOWN && s.plain && has_below(w, word, WEAK))
		e->share[OCR_UNKNOWN_SMALL] += n;
	if (class == OCR_KNOWN && n <= SHORT_MAX && has_below(w, word, WEAK_SHORT))
		e->share[OCR_KNOWN_SHORT] += n;
}

static void count_word(ocr_evidence *e, const ocr_words *w, size_t word)
{
	const ocr_detail *d = &w->details[word];
	const ocr_symbol *s = symbols_of(w, word);
	const int class = class_of(w, word);

	for (size_t i = 0; i < d->symbol_count; i++) {
		const bool sure = s[i].confidence >= SURE && is_letter(s[i].point);

		e->share[class + band_of(s[i].confidence)]++;
		e->letters_sure += sure;
		e->letters_foreign += sure && class == OCR_UNKNOWN;
	}
	e->symbols += (int64_t)d->symbol_count;
	e->words_unknown += class == OCR_UNKNOWN;
	e->words_lettered += class == OCR_UNKNOWN || (class == OCR_KNOWN && ocr_word_letters(w->items[word].text) > 0);
	e->share[OCR_ODD] += ocr_spelling_oddities(w->items[word].text);
	if (class == OCR_UNKNOWN && d->symbol_count <= SHORT_MAX)
		e->share[OCR_SHORT] += (int64_t)d->symbol_count;
	count_doubts(e, w, word, class);
}

static bool is_last_of_line(const ocr_words *w, size_t word)
{
	const assay_word *a = &w->items[word];

	return word + 1 == w->count || a[1].line != a->line || a[1].block != a->block;
}

/* Small capitals are read as capitals, small letters and both mixed, and surely so. */
static void count_capitals(ocr_evidence *e, const ocr_words *w)
{
	int64_t small = 0, capitals = 0, symbols = 0;

	for (size_t i = 0; i < w->count; i++) {
		const signs s = signs_of(w->items[i].text);

		small += s.small;
		capitals += s.capitals;
		if (s.letters >= 2 && s.capitals == s.letters)
			symbols += (int64_t)w->details[i].symbol_count;
		if (!is_last_of_line(w, i))
			continue;
		e->share[OCR_CAPITALS] += small > capitals ? symbols : 0;
		small = capitals = symbols = 0;
	}
}

/* ---------------------------------------------------------------- widths */

static int by_letter_and_width(const void *x, const void *y)
{
	const ocr_symbol *a = x, *b = y;
	const int32_t wa = a->right - a->left, wb = b->right - b->left;

	return a->point != b->point ? (a->point > b->point) - (a->point < b->point) : (wa > wb) - (wa < wb);
}

static void count_widths(int64_t *odd, int64_t *all, const ocr_symbol *s, size_t n)
{
	const int32_t median = s[n / 2].right - s[n / 2].left;

	for (size_t i = 0; i < n; i++) {
		const int64_t off = labs((long)(s[i].right - s[i].left) - median);

		*odd += 4 * (off - 4) > median;
	}
	*all += (int64_t)n;
}

static assay_code measure_widths(int64_t *out, const ocr_words *w, assay_err *err)
{
	ASSAY_AUTO_FREE ocr_symbol *s = assay_alloc(w->symbol_count, sizeof *s);
	int64_t odd = 0, all = 0;
	size_t n = 0;

	if (s == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "widths of letters");
	for (size_t i = 0; i < w->symbol_count; i++)
		if (is_letter(w->symbols[i].point))
			s[n++] = w->symbols[i];
	qsort(s, n, sizeof *s, by_letter_and_width);
	for (size_t i = 0, j; i < n; i = j) {
		for (j = i + 1; j < n && s[j].point == s[i].point; j++)
			;
		if (j - i >= WIDTHS_MIN)
			count_widths(&odd, &all, s + i, j - i);
	}
	*out = share(odd, all);
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- the page */

static int32_t lesser(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

/* Where the page was turned its border falls aslant over the height of a word, and is blurred. */
static bool touches(const assay_word *w, const ocr_evidence_page *p)
{
	const assay_corners *c = &p->corners;
	const int32_t l1 = page_frame_left(c, w->top), l2 = page_frame_left(c, w->bottom);
	const int32_t r1 = page_frame_right(c, w->top), r2 = page_frame_right(c, w->bottom);
	const int32_t off = c->x[0] == c->x[3] ? 1 : TURNED_OFF;

	return w->left <= 1 || w->right >= p->width - 1 || w->left <= -lesser(-l1, -l2) + off ||
	       w->right >= lesser(r1, r2) - off;
}

static void count_lines(ocr_evidence *e, const ocr_words *w, const ocr_evidence_page *p)
{
	int64_t area = 0;
	bool cut = false;

	for (size_t i = 0; i < w->count; i++) {
		const assay_word *a = &w->items[i];

		cut = cut || touches(a, p);
		area += (int64_t)(a->right - a->left) * (a->bottom - a->top);
		if (!is_last_of_line(w, i))
			continue;
		e->lines++;
		e->lines_cut += cut;
		cut = false;
	}
	e->covered = share(area, (int64_t)p->width * p->height);
}

assay_code ocr_evidence_edge(int64_t *out, PIX *ink, int32_t height, assay_err *err)
{
	BOXA *pieces = pixConnCompBB(ink, 8);
	const int width = pixGetWidth(ink), length = pixGetHeight(ink);

	*out = 0;
	if (pieces == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "pieces of a page");
	for (l_int32 i = 0; i < pieces->n; i++) {
		const BOX *b = pieces->box[i];
		const bool at_edge = b->x <= 1 || b->y <= 1 || b->x + b->w >= width - 1 || b->y + b->h >= length - 1;

		*out += at_edge && 3 * b->h >= height && b->h <= 2 * height && 6 * b->w >= height && b->w <= 6 * height;
	}
	boxaDestroy(&pieces);
	return ASSAY_OK;
}

assay_code ocr_evidence_read(ocr_evidence *out, const ocr_words *words, const ocr_evidence_page *page, assay_err *err)
{
	ocr_evidence e = {0};
	assay_code rc;

	for (size_t i = 0; i < words->count; i++)
		count_word(&e, words, i);
	count_capitals(&e, words);
	e.repeated = ocr_spelling_repeated(words);
	e.share[OCR_REPEATED] = e.repeated;
	e.share[OCR_EDGE] = page->edge;
	e.share[OCR_STRAY] = page->beside.letters;
	for (int i = 0; i < OCR_FIRST_COUNT; i++)
		e.share[i] = share(e.share[i], e.symbols);
	rc = measure_widths(&e.share[OCR_WIDTH], words, err);
	e.share[OCR_MISSED] = share(page->missed.missed, page->missed.missed + page->missed.read);
	e.share[OCR_OUTSIDE] = share(page->missed.ink - page->missed.missed - page->missed.read, page->missed.ink);
	if (e.share[OCR_OUTSIDE] < 0)
		e.share[OCR_OUTSIDE] = 0;
	count_lines(&e, words, page);
	e.share[OCR_FEW] = share(FEW, e.symbols + FEW);
	e.share[OCR_CUT] = share(e.lines_cut, e.lines);
	e.share[OCR_DARK] = share(page->beside.lines, e.lines);
	e.share[OCR_UNREAD] = share(page->missed.letters, page->missed.letters + e.symbols);
	e.share[OCR_APART] = share(page->apart, 6 * e.symbols);
	e.reread = page->reread;
	*out = e;
	return rc;
}

/* ---------------------------------------------------------------- the second recognition */

typedef struct entry {
	const char *text;
	size_t word; /* of the first; SIZE_MAX: of the second */
} entry;

/* Those of the second stand before equal ones of the first. */
static int by_text(const void *x, const void *y)
{
	const entry *a = x, *b = y;
	const int c = strcmp(a->text, b->text);

	return c != 0 ? c : (a->word < b->word) - (a->word > b->word);
}

static assay_code count_different(ocr_evidence *e, const ocr_words *first, const ocr_words *second, assay_err *err)
{
	const size_t n = first->count + second->count;
	ASSAY_AUTO_FREE entry *all = assay_alloc(n, sizeof *all);
	size_t free_ones = 0;

	if (all == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "words of two recognitions");
	for (size_t i = 0; i < n; i++)
		all[i] = i < first->count ? (entry){first->items[i].text, i}
					  : (entry){second->items[i - first->count].text, SIZE_MAX};
	qsort(all, n, sizeof *all, by_text);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && strcmp(all[i].text, all[i - 1].text) != 0)
			free_ones = 0;
		if (all[i].word == SIZE_MAX)
			free_ones++;
		else if (free_ones > 0)
			free_ones--;
		else
			e->share[OCR_KNOWN_DIFFERENT + class_of(first, all[i].word) / CLASS_BANDS] +=
			    (int64_t)first->details[all[i].word].symbol_count;
	}
	for (int i = OCR_KNOWN_DIFFERENT; i <= OCR_OTHER_DIFFERENT; i++)
		e->share[i] = share(e->share[i], e->symbols);
	return ASSAY_OK;
}

assay_code ocr_evidence_compare(ocr_evidence *e, const ocr_words *first, const ocr_words *second, assay_err *err)
{
	ocr_folded a = {0}, b = {0};
	size_t ordered, unordered;
	assay_code rc;

	ASSAY_TRY(ocr_fold(&a, assay_buf_str(&first->text), first->text.len, err));
	ASSAY_TRY(ocr_fold(&b, assay_buf_str(&second->text), second->text.len, err));
	rc = ocr_distance(&ordered, a.points, a.count, b.points, b.count, err);
	if (rc == ASSAY_OK)
		rc = ocr_unordered_distance(&unordered, &a, &b, err);
	if (rc == ASSAY_EFULL) { /* too long to be compared: as different as can be */
		ordered = unordered = a.count;
		rc = ASSAY_OK;
	}
	if (rc != ASSAY_OK)
		goto fail;
	e->twice = true;
	e->share[OCR_DIFFERENT] = share((int64_t)unordered, (int64_t)a.count);
	e->share[OCR_MOVED] = ordered > unordered ? share((int64_t)(ordered - unordered), (int64_t)a.count) : 0;
	rc = count_different(e, first, second, err);
fail:
	ocr_folded_release(&a);
	ocr_folded_release(&b);
	return rc;
}
