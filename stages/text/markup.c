#include "markup.h"

#include <string.h>

#include <utf8proc.h>

enum {
	SPAN_MAX = 8192,    /* bytes of a tag or a block: looking for its end stays linear */
	REFERENCE_MAX = 12, /* bytes of a character reference: &#x0010ffff; */
};

/* ---------------------------------------------------------------- SubRip and WebVTT */

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Length of what reaches from p to `end` on the same line, 0 when there is none near. */
static size_t span_to(const char *p, size_t n, char end)
{
	const size_t near = n < SPAN_MAX ? n : SPAN_MAX;
	const char *e = memchr(p, end, near);
	const char *line = memchr(p, '\n', near);

	return e == NULL || (line != NULL && line < e) ? 0 : (size_t)(e - p) + 1;
}

/* A tag begins with a letter, a time stamp with a digit: "1 < 2" and "<3" are text. */
static size_t tag_length(const char *p, size_t n)
{
	const size_t name = n > 1 && p[1] == '/' ? 2 : 1;

	if (n <= name || (!is_letter(p[name]) && !is_digit(p[name]) && p[name] != '>'))
		return 0;
	return span_to(p, n, '>');
}

static size_t override_length(const char *p, size_t n)
{
	return n > 1 && p[1] == '\\' ? span_to(p, n, '}') : 0;
}

static bool put_point(assay_buf *out, uint32_t point)
{
	utf8proc_uint8_t bytes[4];
	utf8proc_ssize_t n;

	if (point == 0 || !utf8proc_codepoint_valid((utf8proc_int32_t)point))
		return false;
	n = utf8proc_encode_char((utf8proc_int32_t)point, bytes);
	assay_buf_append(out, bytes, (size_t)n);
	return true;
}

/* &#8217; and &#x2019;: p is what stands between '#' and ';', too short to overflow. */
static bool put_number(assay_buf *out, const char *p, size_t n)
{
	const bool hex = n > 1 && (p[0] == 'x' || p[0] == 'X');
	uint32_t point = 0;

	for (size_t i = hex; i < n; i++) {
		const char c = p[i] >= 'A' && p[i] <= 'F' ? (char)(p[i] + 32) : p[i];
		if (!is_digit(c) && !(hex && c >= 'a' && c <= 'f'))
			return false;
		point = point * (hex ? 16 : 10) + (uint32_t)(is_digit(c) ? c - '0' : c - 'a' + 10);
	}
	return put_point(out, point);
}

/* Appends what the reference at p stands for and returns its length; 0 when it is none. */
static size_t put_reference(assay_buf *out, const char *p, size_t n)
{
	static const struct {
		const char *name;
		uint32_t point;
	} named[] = {
	    {"amp", '&'},   {"lt", '<'},      {"gt", '>'},     {"quot", '"'},
	    {"apos", '\''}, {"nbsp", 0x00a0}, {"lrm", 0x200e}, {"rlm", 0x200f},
	};
	const size_t whole = span_to(p, n < REFERENCE_MAX ? n : REFERENCE_MAX, ';');

	if (whole < 4)
		return 0;
	if (p[1] == '#')
		return put_number(out, p + 2, whole - 3) ? whole : 0;
	for (size_t i = 0; i < ASSAY_COUNT(named); i++)
		if (strlen(named[i].name) == whole - 2 && memcmp(p + 1, named[i].name, whole - 2) == 0)
			return put_point(out, named[i].point) ? whole : 0;
	return 0;
}

void assay_markup_html(assay_buf *out, const char *text, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t skip = 0;
		if (text[i] == '<')
			skip = tag_length(text + i, n - i);
		else if (text[i] == '{')
			skip = override_length(text + i, n - i);
		else if (text[i] == '&')
			skip = put_reference(out, text + i, n - i);
		if (skip == 0)
			assay_buf_putc(out, text[i]);
		i += skip > 0 ? skip : 1;
	}
}

/* ---------------------------------------------------------------- Advanced SubStation */

/* What the last \p of a block says: 1 a drawing follows, 0 text does, -1 nothing is said. \pos and \pbo are others. */
static int drawing_of(const char *block, size_t n)
{
	int says = -1;

	for (size_t i = 0; i + 2 < n; i++)
		if (block[i] == '\\' && block[i + 1] == 'p' && is_digit(block[i + 2]))
			says = block[i + 2] != '0';
	return says;
}

void assay_markup_ass(assay_buf *out, const char *text, size_t n)
{
	bool drawing = false;

	for (size_t i = 0; i < n; i++) {
		const size_t block = text[i] == '{' ? span_to(text + i, n - i, '}') : 0;
		if (block > 0) {
			const int says = drawing_of(text + i, block);
			drawing = says < 0 ? drawing : says > 0;
			i += block - 1;
		} else if (drawing) {
			continue;
		} else if (text[i] == '\\' && i + 1 < n && (text[i + 1] == 'N' || text[i + 1] == 'n')) {
			assay_buf_putc(out, '\n');
			i++;
		} else if (text[i] == '\\' && i + 1 < n && text[i + 1] == 'h') {
			assay_buf_puts(out, "\u00a0");
			i++;
		} else {
			assay_buf_putc(out, text[i]);
		}
	}
}
