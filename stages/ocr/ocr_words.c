#include "ocr_words.h"

#include "ocr_text.h"

#include "assay/decimal.h"
#include "assay/json.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

int64_t ocr_word_letters(const char *text)
{
	const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)text;
	utf8proc_int32_t point;
	int64_t n = 0;

	for (utf8proc_ssize_t size; *p != '\0' && (size = utf8proc_iterate(p, -1, &point)) > 0; p += size) {
		const utf8proc_category_t c = utf8proc_category(point);

		n += (c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO) ||
		     (c >= UTF8PROC_CATEGORY_ND && c <= UTF8PROC_CATEGORY_NO);
	}
	return n;
}

void ocr_words_release(ocr_words *w)
{
	free(w->items);
	free(w->details);
	free(w->symbols);
	assay_buf_release(&w->strings);
	assay_buf_release(&w->text);
	*w = (ocr_words){0};
}

/* ---------------------------------------------------------------- reading */

typedef struct cursor {
	uint32_t block, paragraph, line; /* one more than the ordinal: 0 is before the first */
} cursor;

static void advance(cursor *c, const TessPageIterator *it)
{
	c->block += TessPageIteratorIsAtBeginningOf(it, RIL_BLOCK) ? 1 : 0;
	c->paragraph += TessPageIteratorIsAtBeginningOf(it, RIL_PARA) ? 1 : 0;
	c->line += TessPageIteratorIsAtBeginningOf(it, RIL_TEXTLINE) ? 1 : 0;
}

static int32_t to_hundredths(float confidence)
{
	bool defined;
	const int64_t v = assay_round_f64((double)confidence, 2, &defined);

	return !defined || v < 0 ? 0 : v > 10000 ? 10000 : (int32_t)v;
}

/* NFC, in fresh memory. Tesseract's own text is UTF-8; anything else is kept out. */
static char *composed(const char *text)
{
	return text == NULL ? NULL : (char *)utf8proc_NFC((const utf8proc_uint8_t *)text);
}

static bool is_blank(const char *s)
{
	return s == NULL || s[strspn(s, " \t\r\n")] == '\0';
}

/* There is room for it, and its detail is there. */
static void put_word(ocr_words *w, const assay_word *word, const char *text)
{
	assay_buf_append(&w->strings, text, strlen(text) + 1);
	w->items[w->count++] = *word;
}

assay_code ocr_words_add(ocr_words *w, const assay_word *word, const char *text, const ocr_symbol *symbols,
			 size_t count, bool known, assay_err *err)
{
	const ocr_detail d = {w->symbol_count, count, known};
	assay_code rc;

	ASSAY_TRY(assay_grow(&w->items, &w->cap, w->count, sizeof *w->items, err));
	ASSAY_TRY(assay_grow(&w->details, &w->detail_cap, w->count, sizeof *w->details, err));
	for (size_t i = 0; i < count; i++) {
		ASSAY_TRY(assay_grow(&w->symbols, &w->symbol_cap, w->symbol_count, sizeof *w->symbols, err));
		w->symbols[w->symbol_count++] = symbols[i];
	}
	w->details[w->count] = d;
	put_word(w, word, text);
fail:
	return rc;
}

static assay_code add_symbol(ocr_words *w, const TessResultIterator *it, size_t *length, assay_err *err)
{
	ocr_symbol s = {.confidence = to_hundredths(TessResultIteratorConfidence(it, RIL_SYMBOL))};
	char *text = TessResultIteratorGetUTF8Text(it, RIL_SYMBOL);
	utf8proc_int32_t point = 0;
	int l = 0, t = 0, r = 0, b = 0;
	const assay_code rc = assay_grow(&w->symbols, &w->symbol_cap, w->symbol_count, sizeof *w->symbols, err);

	*length = text != NULL ? strlen(text) : 0;
	if (rc == ASSAY_OK) {
		(void)TessPageIteratorBoundingBox(TessResultIteratorGetPageIteratorConst(it), RIL_SYMBOL, &l, &t, &r,
						  &b);
		if (text != NULL && utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &point) > 0)
			s.point = (uint32_t)point;
		s.left = l;
		s.right = r;
		w->symbols[w->symbol_count++] = s;
	}
	TessDeleteText(text);
	return rc;
}

/*
 * The symbols from where `at` stands to the end of the word, whose text is `left` bytes long. When those are had, the
 * iterator is not asked to go on, which takes it through the page; only a word with a mark of direction before it has
 * more bytes than its symbols.
 */
static assay_code add_symbols(ocr_words *w, TessResultIterator *at, size_t left, assay_err *err)
{
	const TessPageIterator *place = TessResultIteratorGetPageIteratorConst(at);
	size_t length;
	assay_code rc;

	do {
		rc = add_symbol(w, at, &length, err);
		left -= length < left ? length : left;
	} while (rc == ASSAY_OK && left > 0 && TessResultIteratorNext(at, RIL_SYMBOL) &&
		 !TessPageIteratorIsAtBeginningOf(place, RIL_WORD));
	return rc;
}

/* The symbols of the word that `it` stands at, which it keeps. */
static assay_code add_detail(ocr_words *w, const TessResultIterator *it, size_t length, assay_err *err)
{
	ocr_detail d = {.symbol = w->symbol_count, .known = TessResultIteratorWordIsFromDictionary(it) != 0};
	TessResultIterator *at = TessResultIteratorCopy(it);
	assay_code rc = assay_grow(&w->details, &w->detail_cap, w->count, sizeof *w->details, err);

	if (rc == ASSAY_OK)
		rc = add_symbols(w, at, length, err);
	TessResultIteratorDelete(at);
	d.symbol_count = w->symbol_count - d.symbol;
	if (rc == ASSAY_OK)
		w->details[w->count] = d;
	return rc;
}

static assay_code add_word(ocr_words *w, const TessResultIterator *it, const cursor *c, const char *raw,
			   const char *text, assay_err *err)
{
	assay_word word = {.confidence = to_hundredths(TessResultIteratorConfidence(it, RIL_WORD)),
			   .block = c->block > 0 ? c->block - 1 : 0,
			   .paragraph = c->paragraph > 0 ? c->paragraph - 1 : 0,
			   .line = c->line > 0 ? c->line - 1 : 0};
	int l = 0, t = 0, r = 0, b = 0;
	assay_code rc = assay_grow(&w->items, &w->cap, w->count, sizeof *w->items, err);

	if (rc == ASSAY_OK)
		rc = add_detail(w, it, strlen(raw), err);
	if (rc != ASSAY_OK)
		return rc;
	(void)TessPageIteratorBoundingBox(TessResultIteratorGetPageIteratorConst(it), RIL_WORD, &l, &t, &r, &b);
	word.left = l;
	word.top = t;
	word.right = r;
	word.bottom = b;
	put_word(w, &word, text);
	return ASSAY_OK;
}

/* The buffer of the words may have moved while it grew. */
static void point_words(ocr_words *w)
{
	const char *s = assay_buf_str(&w->strings);

	for (size_t i = 0; i < w->count; i++) {
		w->items[i].text = s;
		s += strlen(s) + 1;
	}
}

assay_code ocr_words_close(ocr_words *w, assay_err *err)
{
	assay_code rc;

	ASSAY_TRY(assay_buf_check(&w->strings, err));
	point_words(w);
	rc = ocr_words_retext(w, err);
fail:
	return rc;
}

assay_code ocr_words_retext(ocr_words *w, assay_err *err)
{
	assay_buf_reset(&w->text);
	ocr_text_write(&w->text, w->items, w->count, false);
	return assay_buf_check(&w->text, err);
}

static assay_code read_word(ocr_words *w, const TessResultIterator *it, const cursor *c, assay_err *err)
{
	char *raw = TessResultIteratorGetUTF8Text(it, RIL_WORD);
	char *text = composed(raw);
	assay_code rc = ASSAY_OK;

	if (!is_blank(text))
		rc = add_word(w, it, c, raw, text, err);
	free(text);
	TessDeleteText(raw);
	return rc;
}

/*
 * Where lines, paragraphs and blocks begin, a plain iterator tells, which goes through the words of each line from left
 * to right, as many in each as the other goes through in the order of reading. The other would go through the page
 * from its beginning for each question.
 */
static assay_code read_words(ocr_words *w, TessResultIterator *it, TessPageIterator *lines, assay_err *err)
{
	cursor c = {0};
	assay_code rc;

	TessPageIteratorBegin(lines);
	do {
		advance(&c, lines);
		rc = read_word(w, it, &c, err);
		(void)TessPageIteratorNext(lines, RIL_WORD);
	} while (rc == ASSAY_OK && TessResultIteratorNext(it, RIL_WORD));
	return rc;
}

assay_code ocr_words_read(ocr_words *w, TessBaseAPI *api, assay_err *err)
{
	TessResultIterator *it = TessBaseAPIGetIterator(api);
	TessPageIterator *lines;
	assay_code rc;

	if (it == NULL)
		return ASSAY_OK;                                                  /* nothing on the page */
	lines = TessPageIteratorCopy(TessResultIteratorGetPageIteratorConst(it)); /* as a plain one */
	rc = read_words(w, it, lines, err);
	TessPageIteratorDelete(lines);
	TessResultIteratorDelete(it);
	return rc != ASSAY_OK ? rc : ocr_words_close(w, err);
}

/* ---------------------------------------------------------------- giving back */

static void write_word(assay_json *j, const assay_word *w)
{
	assay_json_object(j);
	assay_json_kstr(j, "text", w->text);
	assay_json_key(j, "box");
	assay_json_array(j);
	assay_json_int(j, w->left);
	assay_json_int(j, w->top);
	assay_json_int(j, w->right);
	assay_json_int(j, w->bottom);
	assay_json_end(j);
	assay_json_key(j, "confidence");
	assay_json_decimal(j, (assay_decimal){w->confidence, 2});
	assay_json_kuint(j, "line", w->line);
	assay_json_kuint(j, "paragraph", w->paragraph);
	assay_json_kuint(j, "block", w->block);
	assay_json_end(j);
}

assay_code ocr_words_json(assay_buf *out, const ocr_words *w, const uint32_t *headings, size_t heading_count, int width,
			  int height, assay_err *err)
{
	assay_json j;

	assay_json_init(&j, out, 0);
	assay_json_object(&j);
	assay_json_kint(&j, "width", width);
	assay_json_kint(&j, "height", height);
	assay_json_key(&j, "words");
	assay_json_array(&j);
	for (size_t i = 0; i < w->count; i++)
		write_word(&j, &w->items[i]);
	assay_json_end(&j);
	assay_json_key(&j, "headings");
	assay_json_array(&j);
	for (size_t i = 0; i < heading_count; i++)
		assay_json_uint(&j, headings[i]);
	assay_json_end(&j);
	assay_json_end(&j);
	assay_buf_putc(out, '\n');
	return assay_buf_check(out, err);
}

static void free_words(assay_value *v)
{
	ocr_words_release(v->owner);
	free(v->owner);
}

assay_value *ocr_words_value(ocr_words *w, uint32_t root, int width, int height, assay_err *err)
{
	ocr_words *own = assay_alloc(1, sizeof *own);
	assay_value *v = assay_value_new(ASSAY_VALUE_WORDS, root);

	if (own == NULL || v == NULL) {
		free(own);
		assay_value_unref(v);
		(void)ASSAY_RAISE(err, ASSAY_ENOMEM, "words value");
		return NULL;
	}
	*own = *w;
	*w = (ocr_words){0};
	v->time = (assay_time){0, 1, 1};
	v->u.words = (assay_words){own->items, own->count, assay_buf_str(&own->text), width, height};
	v->owner = own;
	v->free_payload = free_words;
	return v;
}
