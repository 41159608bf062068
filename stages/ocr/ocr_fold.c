#include "ocr_fold.h"

#include "assay/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

typedef struct fold {
	uint32_t from;
	const char *to; /* ASCII; "" removes it */
} fold;

/* Ascending. Spaces of category Zs and control characters become U+0020 besides. */
static const fold folds[] = {
    {0x0060, "'"},  {0x00ab, "\""}, {0x00ac, "-"},  {0x00ad, "-"},   {0x00b4, "'"},   {0x00bb, "\""}, {0x017f, "s"},
    {0x02bc, "'"},  {0x200b, ""},   {0x200c, ""},   {0x200d, ""},    {0x2010, "-"},   {0x2011, "-"},  {0x2012, "-"},
    {0x2013, "-"},  {0x2014, "-"},  {0x2015, "-"},  {0x2018, "'"},   {0x2019, "'"},   {0x201a, "'"},  {0x201b, "'"},
    {0x201c, "\""}, {0x201d, "\""}, {0x201e, "\""}, {0x201f, "\""},  {0x2026, "..."}, {0x2032, "'"},  {0x2033, "\""},
    {0x2039, "'"},  {0x203a, "'"},  {0x2060, ""},   {0x2212, "-"},   {0x2e17, "-"},   {0x2e3a, "-"},  {0x2e3b, "-"},
    {0xfb00, "ff"}, {0xfb01, "fi"}, {0xfb02, "fl"}, {0xfb03, "ffi"}, {0xfb04, "ffl"}, {0xfb05, "st"}, {0xfb06, "st"},
    {0xfeff, ""},
};

void ocr_folded_release(ocr_folded *f)
{
	free(f->points);
	free(f->words);
	*f = (ocr_folded){0};
}

static int by_from(const void *key, const void *row)
{
	const uint32_t a = *(const uint32_t *)key, b = ((const fold *)row)->from;

	return (a > b) - (a < b);
}

static const fold *find_fold(uint32_t c)
{
	return c < folds[0].from ? NULL : bsearch(&c, folds, ASSAY_COUNT(folds), sizeof *folds, by_from);
}

static bool is_space(uint32_t c)
{
	return c <= 0x20 || (c >= 0x7f && (utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_ZS ||
					   utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_CC ||
					   c == 0x2028 || c == 0x2029));
}

static bool is_letter(uint32_t c)
{
	const utf8proc_category_t k = utf8proc_category((utf8proc_int32_t)c);

	return k == UTF8PROC_CATEGORY_LL || k == UTF8PROC_CATEGORY_LU || k == UTF8PROC_CATEGORY_LO ||
	       k == UTF8PROC_CATEGORY_LT || k == UTF8PROC_CATEGORY_LM;
}

/* The small e above a vowel is how early print writes an umlaut: in Unicode a mark, in transcripts (MUFI) often a letter
 * of the private use area. */
static utf8proc_int32_t modern(utf8proc_int32_t c)
{
	switch (c) {
	case 0x0364:
		return 0x0308;
	case 0xe42c:
		return 0x00e4;
	case 0xe644:
		return 0x00f6;
	case 0xe72b:
		return 0x00fc;
	default:
		return c;
	}
}

/* Code points in NFC, lines ended by \n. */
static assay_code compose(utf8proc_int32_t **out, size_t *count, const char *text, size_t size, assay_err *err)
{
	const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
	utf8proc_ssize_t n =
	    utf8proc_decompose((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)size, NULL, 0, options);
	utf8proc_int32_t *points;

	if (n < 0)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "text is not UTF-8");
	points = assay_alloc((size_t)n + 1, sizeof *points);
	if (points == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "text of %zd code points", (ssize_t)n);
	n = utf8proc_decompose((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)size, points, n, options);
	for (utf8proc_ssize_t i = 0; i < n; i++)
		points[i] = modern(points[i]);
	if (n >= 0)
		n = utf8proc_normalize_utf32(points, n, options);
	if (n < 0) {
		free(points);
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "text is not UTF-8");
	}
	*out = points;
	*count = (size_t)n;
	return ASSAY_OK;
}

/* Where the text goes on after a hyphen at a line's end, 0 when there is none at i. */
static size_t after_line_hyphen(const utf8proc_int32_t *p, size_t n, size_t i)
{
	const fold *f = find_fold((uint32_t)p[i]);
	bool line = false;
	size_t j = i + 1;

	if (i == 0 || !is_letter((uint32_t)p[i - 1]) || (p[i] != '-' && (f == NULL || strcmp(f->to, "-") != 0)))
		return 0;
	if (p[i] >= 0x2012 && p[i] <= 0x2015)
		return 0; /* dashes do not divide words */
	for (; j < n && is_space((uint32_t)p[j]); j++)
		line = line || p[j] == '\n' || p[j] == '\r';
	return line && j < n && is_letter((uint32_t)p[j]) ? j : 0;
}

static void append(ocr_folded *f, uint32_t c)
{
	const uint32_t last = f->count > 0 ? f->points[f->count - 1] : ' ';

	if (is_space(c))
		c = ' ';
	if ((c == ' ' || c == '-') && last == c)
		return; /* runs of space and of hyphens ("--" for a dash) are one */
	if (c == '\'' && last == c)
		f->points[f->count - 1] = '"'; /* two single quotation marks are typed for a double one */
	else
		f->points[f->count++] = c;
}

assay_code ocr_fold(ocr_folded *out, const char *text, size_t size, assay_err *err)
{
	ASSAY_AUTO_FREE utf8proc_int32_t *p = NULL;
	size_t n = 0;
	assay_code rc;

	*out = (ocr_folded){0};
	rc = compose(&p, &n, text, size, err);
	if (rc != ASSAY_OK)
		return rc;
	out->points = assay_alloc(n + 1, 3 * sizeof *out->points); /* a ligature folds to three at most */
	if (out->points == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "text of %zu code points", n);
	for (size_t i = 0; i < n; i++) {
		const size_t next = after_line_hyphen(p, n, i);
		const fold *f = find_fold((uint32_t)p[i]);

		if (next > 0) {
			i = next - 1;
		} else if (f == NULL) {
			append(out, (uint32_t)p[i]);
		} else if (p[i] != 0xad) { /* a soft hyphen within a line is not seen */
			for (const char *c = f->to; *c != '\0'; c++)
				append(out, (uint32_t)*c);
		}
	}
	if (out->count > 0 && out->points[out->count - 1] == ' ')
		out->count--;
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- words */

typedef struct span {
	const uint32_t *at;
	size_t length;
	size_t index; /* over both texts */
} span;

static int by_text(const void *x, const void *y)
{
	const span *a = x, *b = y;
	const size_t n = a->length < b->length ? a->length : b->length;

	for (size_t i = 0; i < n; i++)
		if (a->at[i] != b->at[i])
			return a->at[i] < b->at[i] ? -1 : 1;
	return (a->length > b->length) - (a->length < b->length);
}

static size_t count_words(const ocr_folded *f)
{
	size_t n = f->count > 0;

	for (size_t i = 0; i < f->count; i++)
		n += f->points[i] == ' ';
	return n;
}

static size_t split(span *out, const ocr_folded *f, size_t first)
{
	size_t n = 0, start = 0;

	for (size_t i = 0; i <= f->count && f->count > 0; i++) {
		if (i < f->count && f->points[i] != ' ')
			continue;
		out[n] = (span){f->points + start, i - start, first + n};
		n++;
		start = i + 1;
	}
	return n;
}

assay_code ocr_fold_words(ocr_folded *a, ocr_folded *b, assay_err *err)
{
	const size_t na = count_words(a), n = na + count_words(b);
	ASSAY_AUTO_FREE span *spans = assay_alloc(n, sizeof *spans);
	uint32_t number = 0;

	a->words = assay_alloc(na, sizeof *a->words);
	b->words = assay_alloc(n - na, sizeof *b->words);
	if (spans == NULL || a->words == NULL || b->words == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "%zu words", n);
	a->word_count = split(spans, a, 0);
	b->word_count = split(spans + na, b, na);
	qsort(spans, n, sizeof *spans, by_text);
	for (size_t i = 0; i < n; i++) {
		const size_t at = spans[i].index;

		if (i > 0 && by_text(&spans[i - 1], &spans[i]) != 0)
			number++;
		*(at < na ? &a->words[at] : &b->words[at - na]) = number;
	}
	return ASSAY_OK;
}
