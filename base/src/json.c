#include "assay/json.h"

#include "utf8.h"

#include <inttypes.h>
#include <string.h>

void assay_json_init(assay_json *j, assay_buf *out, unsigned indent)
{
	*j = (assay_json){.out = out, .indent = indent};
}

static void new_line(assay_json *j)
{
	if (j->indent == 0)
		return;
	assay_buf_putc(j->out, '\n');
	for (size_t i = 0; i < (size_t)j->indent * j->depth; i++)
		assay_buf_putc(j->out, ' ');
}

/* What stands between the item before and this one. */
static void separate(assay_json *j)
{
	if (j->after_key || j->depth == 0) {
		j->after_key = false;
		return;
	}
	if (j->filled[j->depth - 1])
		assay_buf_putc(j->out, ',');
	j->filled[j->depth - 1] = true;
	new_line(j);
}

static void raw(assay_json *j, const char *text)
{
	separate(j);
	assay_buf_puts(j->out, text);
}

static void open_level(assay_json *j, bool is_array)
{
	raw(j, is_array ? "[" : "{");
	if (j->depth == ASSAY_JSON_DEPTH) {
		j->out->failed = true; /* the only way to tell; what is written is void either way */
		return;
	}
	j->is_array[j->depth] = is_array;
	j->filled[j->depth] = false;
	j->depth++;
}

void assay_json_object(assay_json *j)
{
	open_level(j, false);
}

void assay_json_array(assay_json *j)
{
	open_level(j, true);
}

void assay_json_end(assay_json *j)
{
	if (j->depth == 0)
		return;
	j->depth--;
	if (j->filled[j->depth])
		new_line(j);
	assay_buf_putc(j->out, j->is_array[j->depth] ? ']' : '}');
}

static void escape(assay_buf *out, unsigned char c)
{
	static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
	const char *at = c != '\0' ? strchr(plain, c) : NULL;

	if (at != NULL)
		assay_buf_printf(out, "\\%c", letters[at - plain]);
	else
		assay_buf_printf(out, "\\u%04x", (unsigned)c);
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* Append what comes before the next byte that needs thought, then that byte; how far it came. */
static size_t quote_some(assay_buf *out, const unsigned char *p, size_t n)
{
	size_t run = 0, len;

	while (run < n && is_plain(p[run]))
		run++;
	assay_buf_append(out, p, run);
	if (run == n)
		return n;
	if (p[run] < 0x80) {
		escape(out, p[run]);
		return run + 1;
	}
	len = utf8_len(p + run, n - run);
	if (len > 0)
		assay_buf_append(out, p + run, len);
	else
		assay_buf_puts(out, "\xef\xbf\xbd"); /* U+FFFD */
	return run + (len > 0 ? len : 1);
}

static void quote(assay_buf *out, const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s;

	assay_buf_putc(out, '"');
	for (size_t i = 0; i < n;)
		i += quote_some(out, p + i, n - i);
	assay_buf_putc(out, '"');
}

void assay_json_key(assay_json *j, const char *key)
{
	separate(j);
	quote(j->out, key, strlen(key));
	assay_buf_puts(j->out, j->indent > 0 ? ": " : ":");
	j->after_key = true;
}

void assay_json_str(assay_json *j, const char *s)
{
	if (s == NULL)
		assay_json_null(j);
	else
		assay_json_strn(j, s, strlen(s));
}

void assay_json_strn(assay_json *j, const char *s, size_t n)
{
	if (s == NULL) {
		assay_json_null(j);
		return;
	}
	separate(j);
	quote(j->out, s, n);
}

void assay_json_int(assay_json *j, int64_t v)
{
	separate(j);
	assay_buf_printf(j->out, "%" PRId64, v);
}

void assay_json_uint(assay_json *j, uint64_t v)
{
	separate(j);
	assay_buf_printf(j->out, "%" PRIu64, v);
}

void assay_json_bool(assay_json *j, bool v)
{
	raw(j, v ? "true" : "false");
}

void assay_json_null(assay_json *j)
{
	raw(j, "null");
}

void assay_json_decimal(assay_json *j, assay_decimal d)
{
	char text[ASSAY_DECIMAL_TEXT];

	raw(j, assay_decimal_format(d, text));
}

void assay_json_power(assay_json *j, int64_t units, int exponent)
{
	separate(j);
	assay_buf_printf(j->out, "%" PRId64 "e%d", units, exponent);
}

void assay_json_digest(assay_json *j, const assay_digest *d)
{
	char hex[ASSAY_DIGEST_HEX];

	if (d == NULL) {
		assay_json_null(j);
		return;
	}
	separate(j);
	assay_buf_printf(j->out, "\"sha256:%s\"", assay_digest_hex(d, hex));
}

void assay_json_kstr(assay_json *j, const char *key, const char *s)
{
	assay_json_key(j, key);
	assay_json_str(j, s);
}

void assay_json_kint(assay_json *j, const char *key, int64_t v)
{
	assay_json_key(j, key);
	assay_json_int(j, v);
}

void assay_json_kuint(assay_json *j, const char *key, uint64_t v)
{
	assay_json_key(j, key);
	assay_json_uint(j, v);
}

void assay_json_kbool(assay_json *j, const char *key, bool v)
{
	assay_json_key(j, key);
	assay_json_bool(j, v);
}

void assay_json_kdigest(assay_json *j, const char *key, const assay_digest *d)
{
	assay_json_key(j, key);
	assay_json_digest(j, d);
}
