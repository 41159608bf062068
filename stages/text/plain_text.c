#include "plain_text.h"

#include "compose.h"

#include <string.h>

#include <utf8proc.h>

void assay_plain_text_release(assay_plain_text *t)
{
	assay_buf_release(&t->text);
	*t = (assay_plain_text){0};
}

/* ---------------------------------------------------------------- lines */

static bool is_utf8(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n;) {
		utf8proc_int32_t point;
		const utf8proc_ssize_t size = utf8proc_iterate(p + i, (utf8proc_ssize_t)(n - i), &point);
		if (size <= 0)
			return false;
		i += (size_t)size;
	}
	return true;
}

static bool is_blank(unsigned char c)
{
	return c <= ' ' || c == 0x7f;
}

static void append_line(assay_buf *out, const unsigned char *p, size_t n)
{
	while (n > 0 && is_blank(p[n - 1]))
		n--;
	for (size_t i = 0; i < n; i++)
		assay_buf_putc(out, is_blank(p[i]) ? ' ' : (char)p[i]);
	assay_buf_putc(out, '\n');
}

static void append_lines(assay_plain_text *t, assay_buf *out, const unsigned char *p, size_t n)
{
	for (size_t at = 0; at < n;) {
		size_t end = at;
		while (end < n && p[end] != '\n' && p[end] != '\r')
			end++;
		if (is_utf8(p + at, end - at))
			append_line(out, p + at, end - at);
		else
			t->malformed++;
		at = end + (end + 1 < n && p[end] == '\r' && p[end + 1] == '\n' ? 2 : 1);
	}
	while (out->len > 0 && out->data[out->len - 1] == '\n' && (out->len == 1 || out->data[out->len - 2] == '\n'))
		out->len--;
}

/* ---------------------------------------------------------------- counting */

static bool is_space(utf8proc_int32_t point)
{
	const utf8proc_category_t c = utf8proc_category(point);

	return point <= ' ' || point == 0x85 || c == UTF8PROC_CATEGORY_ZS || c == UTF8PROC_CATEGORY_ZL ||
	       c == UTF8PROC_CATEGORY_ZP;
}

static bool is_of_words(utf8proc_int32_t point)
{
	const utf8proc_category_t c = utf8proc_category(point);

	return (c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO) ||
	       (c >= UTF8PROC_CATEGORY_ND && c <= UTF8PROC_CATEGORY_NO);
}

static void count(assay_plain_text *t)
{
	const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)t->text.data;
	bool space = false; /* after the last word */
	bool word = false;  /* the current run is one */

	for (size_t i = 0; i < t->text.len;) {
		utf8proc_int32_t point;
		i += (size_t)utf8proc_iterate(p + i, (utf8proc_ssize_t)(t->text.len - i), &point);
		if (is_space(point)) {
			space = t->characters > 0;
			word = false;
			continue;
		}
		t->characters += space ? 2 : 1;
		space = false;
		t->words += !word && is_of_words(point);
		word = word || is_of_words(point);
	}
}

assay_code assay_plain_text_read(assay_plain_text *out, const void *data, size_t n, assay_err *err)
{
	static const unsigned char mark[] = {0xef, 0xbb, 0xbf};
	const unsigned char *p = data;
	ASSAY_AUTO_BUF lines = ASSAY_BUF_INIT;
	assay_code rc;

	*out = (assay_plain_text){0};
	if (n >= sizeof mark && memcmp(p, mark, sizeof mark) == 0) {
		p += sizeof mark;
		n -= sizeof mark;
	}
	append_lines(out, &lines, p, n);
	rc = assay_buf_check(&lines, err);
	if (rc != ASSAY_OK || out->malformed > 0 || lines.len == 0)
		return rc;
	rc = assay_text_compose(&out->text, assay_buf_str(&lines), lines.len, err);
	if (rc == ASSAY_OK)
		count(out);
	return rc;
}
