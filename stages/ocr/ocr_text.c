#include "ocr_text.h"

#include <string.h>

#include <utf8proc.h>

#define SOFT_HYPHEN 0xad

/* The code point at s, and its length in *n; what is not UTF-8 is skipped byte by byte as code point 0. */
static utf8proc_int32_t point_at(const char *s, size_t *n)
{
	utf8proc_int32_t c = 0;
	const utf8proc_ssize_t got = utf8proc_iterate((const utf8proc_uint8_t *)s, -1, &c);

	*n = got > 0 ? (size_t)got : 1;
	return got > 0 ? c : 0;
}

static bool is_letter(utf8proc_int32_t c)
{
	const utf8proc_category_t k = utf8proc_category(c);

	return k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_LO;
}

static bool is_hyphen(utf8proc_int32_t c)
{
	return c == '-' || c == 0x2010 || c == 0x2011 || c == SOFT_HYPHEN || c == 0xac || c == 0x2e17;
}

/* Bytes of the hyphen that ends a word after a letter; 0 when none does. */
static size_t hyphen_of(const char *s)
{
	utf8proc_int32_t before = 0, last = 0;
	size_t n = 0;

	for (; *s != '\0'; s += n) {
		before = last;
		last = point_at(s, &n);
	}
	return is_hyphen(last) && is_letter(before) ? n : 0;
}

static bool same_paragraph(const assay_word *a, const assay_word *b)
{
	return a->paragraph == b->paragraph && a->block == b->block;
}

size_t ocr_text_divided(const assay_word *items, size_t count, size_t i)
{
	size_t n;

	if (i + 1 >= count || items[i].line == items[i + 1].line || !same_paragraph(&items[i], &items[i + 1]) ||
	    !is_letter(point_at(items[i + 1].text, &n)))
		return 0;
	return hyphen_of(items[i].text);
}

static bool is_small(const char *s)
{
	size_t n;

	return utf8proc_category(point_at(s, &n)) == UTF8PROC_CATEGORY_LL;
}

bool ocr_text_goes_on(const assay_word *last, const assay_word *next)
{
	const size_t n = strlen(last->text);

	return n > 0 && strchr(".!?:;", last->text[n - 1]) == NULL && is_small(next->text);
}

void ocr_text_write(assay_buf *out, const assay_word *items, size_t count, bool join)
{
	bool owed = false; /* the line's end stands behind the rest of a word */

	for (size_t i = 0; i < count; i++) {
		const size_t hyphen = join ? ocr_text_divided(items, count, i) : 0, size = strlen(items[i].text);
		const bool whole = hyphen == 0 || !is_small(items[i + 1].text);

		assay_buf_append(out, items[i].text, whole ? size : size - hyphen);
		if (i + 1 == count || !same_paragraph(&items[i], &items[i + 1]))
			assay_buf_puts(out, i + 1 == count ? "\n" : "\n\n");
		else if (hyphen == 0)
			assay_buf_putc(out, owed || items[i].line != items[i + 1].line ? '\n' : ' ');
		owed = hyphen > 0;
	}
}
