#include "ocr_hyphens.h"

#include "ocr_lines.h"

#include "assay/memory.h"

#include <stdlib.h>

#include <utf8proc.h>

#define WHOLE_LEAST 5 /* letters of a word that is divided: dictionaries hold nearly every string of fewer */
#define PART_LEAST  2 /* of either part */
#define NEXT_LEAST  3 /* of the second one where the first ends in a letter too many */

/* What hyphens of old print are read as: marks that end no word; others; and letters as high as they. */
static const uint32_t strange[] = {'=', '~', '<', '>', 0xbb, 0xab, 0};
static const uint32_t quotes[] = {'"', '\'', 0x201c, 0x201d, 0x201e, 0x2018, 0x2019, 0};
static const uint32_t marks[] = {':', '*', 0};
static const uint32_t letters[] = {'a', 'c', 'e', 'm', 'n', 'o', 'r', 's', 'u', 'v', 'w', 'x', 'z', 0};

typedef struct spelt {
	uint32_t points[OCR_WORD_BYTES];
	size_t count;
} spelt;

static bool is_in(uint32_t point, const uint32_t *set)
{
	while (*set != 0 && *set != point)
		set++;
	return *set != 0;
}

/* False when it is too long to be a word. */
static bool spell(spelt *out, const char *text)
{
	const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)text;
	utf8proc_int32_t point;

	out->count = 0;
	for (utf8proc_ssize_t n; *p != '\0' && (n = utf8proc_iterate(p, -1, &point)) > 0; p += n) {
		if (out->count == OCR_WORD_BYTES)
			return false;
		out->points[out->count++] = (uint32_t)point;
	}
	return *p == '\0' && out->count > 0;
}

static bool is_letter(uint32_t point)
{
	const utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)point);

	return c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO;
}

static bool is_small(uint32_t point)
{
	return utf8proc_category((utf8proc_int32_t)point) == UTF8PROC_CATEGORY_LL;
}

/* ---------------------------------------------------------------- one end of a line */

typedef struct parts {
	spelt first, next; /* as they stand; the first ends in what may be a hyphen */
	const ocr_dictionary *dictionary;
} parts;

/* Letters and digits of so many points of the first part with the next one, or alone; *known says what the dictionary does. */
static size_t ask(bool *known, const parts *p, size_t first, bool with_next)
{
	spelt s = {.count = first};
	char core[OCR_WORD_BYTES];
	size_t n;

	for (size_t i = 0; i < first; i++)
		s.points[i] = p->first.points[i];
	for (size_t i = 0; with_next && i < p->next.count && s.count < OCR_WORD_BYTES; i++)
		s.points[s.count++] = p->next.points[i];
	n = ocr_word_core(core, s.points, s.count);
	*known = n > 0 && p->dictionary->knows(p->dictionary->with, core);
	return n;
}

static bool knows_next(const parts *p, size_t *length)
{
	char core[OCR_WORD_BYTES];

	*length = ocr_word_core(core, p->next.points, p->next.count);
	return *length > 0 && p->dictionary->knows(p->dictionary->with, core);
}

static bool is_marked(const parts *p, uint32_t last, bool quoted)
{
	const bool odd = is_in(last, strange), quote = is_in(last, quotes);
	size_t length, next_length;
	bool whole, first, next;

	if (!(odd || is_in(last, marks) || (quote && !quoted)))
		return false;
	if (odd && !quoted)
		return true;
	length = ask(&whole, p, p->first.count - 1, true);
	(void)ask(&first, p, p->first.count - 1, false);
	next = knows_next(p, &next_length);
	return whole && length >= WHOLE_LEAST && next_length >= PART_LEAST && !(quote && first && next);
}

static bool is_lettered(const parts *p, uint32_t last)
{
	size_t length, next_length;
	bool without, with, first, next;

	if (!is_in(last, letters))
		return false;
	length = ask(&without, p, p->first.count - 1, true);
	(void)ask(&with, p, p->first.count, true);
	(void)ask(&first, p, p->first.count, false);
	next = knows_next(p, &next_length);
	return length >= WHOLE_LEAST && next_length >= NEXT_LEAST && without && !with && !(first && next);
}

/* ---------------------------------------------------------------- all of them */

static bool has_any(const assay_word *a, const uint32_t *set, size_t but_last)
{
	spelt s;

	if (!spell(&s, a->text))
		return false;
	for (size_t i = 0; i + but_last < s.count; i++)
		if (is_in(s.points[i], set))
			return true;
	return false;
}

/* Whether the mark at a word's end may close a quotation: its partner is on the page, or another one before it in its line. */
static bool is_quoted(const ocr_words *w, size_t at, uint32_t mark)
{
	static const uint32_t open[] = {0xab, 0}, closed[] = {0xbb, 0};
	static const uint32_t doubled[] = {'"', 0x201c, 0x201d, 0x201e, 0};

	if (mark == 0xbb || mark == 0xab) {
		for (size_t i = 0; i < w->count; i++)
			if (has_any(&w->items[i], mark == 0xbb ? open : closed, 0))
				return true;
		return false;
	}
	for (size_t i = at + 1; is_in(mark, quotes) && i-- > 0 && w->items[i].line == w->items[at].line;)
		if (has_any(&w->items[i], doubled, i == at))
			return true;
	return false;
}

static bool is_divided(const ocr_words *w, size_t i, const ocr_dictionary *d)
{
	const assay_word *a = &w->items[i], *b = a + 1;
	parts p = {.dictionary = d};
	uint32_t last;

	if (i + 1 == w->count || a->line == b->line || a->paragraph != b->paragraph || a->block != b->block ||
	    !spell(&p.first, a->text) || !spell(&p.next, b->text) || p.first.count <= PART_LEAST ||
	    !is_small(p.next.points[0]) || !is_letter(p.first.points[p.first.count - 2]))
		return false;
	last = p.first.points[p.first.count - 1];
	return is_letter(last) ? is_lettered(&p, last) : is_marked(&p, last, is_quoted(w, i, last));
}

/* Its last sign becomes a hyphen; where the word is in the dictionary or not is said of its first part as before. */
static assay_code put_divided(ocr_words *made, const ocr_words *w, size_t i, assay_err *err)
{
	const ocr_detail *d = &w->details[i];
	ASSAY_AUTO_FREE ocr_symbol *symbols = assay_alloc(d->symbol_count + 1, sizeof *symbols);
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	spelt s;
	assay_code rc;

	if (symbols == NULL || !spell(&s, w->items[i].text))
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "a divided word");
	s.points[s.count - 1] = '-';
	ASSAY_TRY(ocr_points_text(&text, s.points, s.count, err));
	for (size_t k = 0; k < d->symbol_count; k++)
		symbols[k] = w->symbols[d->symbol + k];
	if (d->symbol_count > 0)
		symbols[d->symbol_count - 1].point = '-';
	rc = ocr_words_add(made, &w->items[i], assay_buf_str(&text), symbols, d->symbol_count, d->known, err);
fail:
	return rc;
}

static assay_code put(ocr_words *made, const ocr_words *w, size_t i, bool divided, assay_err *err)
{
	const ocr_detail *d = &w->details[i];

	if (divided)
		return put_divided(made, w, i, err);
	return ocr_words_add(made, &w->items[i], w->items[i].text, w->symbols + d->symbol, d->symbol_count, d->known,
			     err);
}

assay_code ocr_hyphens_mend(ocr_words *w, int64_t *mended, const ocr_dictionary *d, assay_err *err)
{
	ASSAY_AUTO_FREE bool *divided = assay_alloc(w->count + 1, sizeof *divided);
	ocr_words made = {0};
	assay_code rc = ASSAY_OK;

	*mended = 0;
	if (divided == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "divided words");
	for (size_t i = 0; i < w->count; i++) {
		divided[i] = is_divided(w, i, d);
		*mended += divided[i];
	}
	if (*mended == 0)
		return ASSAY_OK;
	for (size_t i = 0; i < w->count && rc == ASSAY_OK; i++)
		rc = put(&made, w, i, divided[i], err);
	if (rc == ASSAY_OK)
		rc = ocr_words_close(&made, err);
	if (rc == ASSAY_OK) {
		ocr_words_release(w);
		*w = made;
		made = (ocr_words){0};
	}
	ocr_words_release(&made);
	return rc;
}
