#include "cue.h"

#include "compose.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

void assay_cues_release(assay_cues *c)
{
	free(c->items);
	assay_buf_release(&c->text);
	*c = (assay_cues){0};
}

/* ---------------------------------------------------------------- adding */

static bool is_utf8(const char *text, size_t n)
{
	const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)text;

	for (size_t i = 0; i < n;) {
		utf8proc_int32_t cp;
		const utf8proc_ssize_t len = utf8proc_iterate(p + i, n - i > 4 ? 4 : (utf8proc_ssize_t)(n - i), &cp);
		if (len <= 0)
			return false;
		i += (size_t)len;
	}
	return true;
}

/* Line ends are no business of this: it is given one line. */
static bool is_blank(char ch)
{
	const unsigned char c = (unsigned char)ch;

	return c <= ' ' || c == 0x7f;
}

static void append_line(assay_buf *out, const char *line, size_t n, bool first)
{
	while (n > 0 && is_blank(line[n - 1]))
		n--;
	while (n > 0 && is_blank(*line))
		line++, n--;
	if (n == 0)
		return;
	if (!first)
		assay_buf_putc(out, '\n');
	for (size_t i = 0; i < n; i++)
		assay_buf_putc(out, is_blank(line[i]) ? ' ' : line[i]);
}

static void append_lines(assay_buf *out, const char *text, size_t n)
{
	const size_t begin = out->len;

	for (size_t at = 0; at < n;) {
		size_t end = at;
		while (end < n && text[end] != '\n' && text[end] != '\r')
			end++;
		append_line(out, text + at, end - at, out->len == begin);
		at = end + 1;
	}
}

assay_code assay_cues_add(assay_cues *c, int64_t start, int64_t end, const char *text, size_t n, assay_err *err)
{
	const size_t at = c->text.len;
	ASSAY_AUTO_BUF composed = ASSAY_BUF_INIT;
	assay_code rc;

	if (start < 0 || end < start || end > ASSAY_CUE_TIME_MAX || n > ASSAY_CUE_TEXT_MAX || !is_utf8(text, n)) {
		c->malformed++;
		return ASSAY_OK;
	}
	if (c->count >= ASSAY_CUES_MAX || at > ASSAY_CUES_TEXT_MAX)
		return ASSAY_RAISE(err, ASSAY_EFULL, "more than %zu cues or %zu bytes of text", ASSAY_CUES_MAX,
				   ASSAY_CUES_TEXT_MAX);
	rc = assay_grow(&c->items, &c->cap, c->count, sizeof *c->items, err);
	if (rc != ASSAY_OK)
		return rc;
	rc = assay_text_compose(&composed, text, n, err);
	if (rc != ASSAY_OK)
		return rc;
	append_lines(&c->text, assay_buf_str(&composed), composed.len);
	if (c->text.len == at && !c->text.failed) {
		c->empty++;
		return ASSAY_OK;
	}
	c->items[c->count] = (assay_cue){.start = start, .end = end, .at = at, .size = c->text.len - at};
	assay_buf_putc(&c->text, '\0');
	rc = assay_buf_check(&c->text, err);
	c->count += rc == ASSAY_OK;
	return rc;
}

const char *assay_cue_text(const assay_cues *c, size_t i)
{
	return (const char *)c->text.data + c->items[i].at;
}

/* ---------------------------------------------------------------- order */

static int compare(const void *pa, const void *pb, void *text)
{
	const assay_cue *a = pa, *b = pb;
	const char *t = text;
	int order = (a->start > b->start) - (a->start < b->start);

	if (order == 0)
		order = (a->end > b->end) - (a->end < b->end);
	if (order == 0)
		order = strcmp(t + a->at, t + b->at);
	return order != 0 ? order : (a->at > b->at) - (a->at < b->at);
}

void assay_cues_sort(assay_cues *c)
{
	if (c->count > 1)
		qsort_r(c->items, c->count, sizeof *c->items, compare, c->text.data);
}

/* ---------------------------------------------------------------- writing */

static void put_time(assay_buf *out, int64_t ms)
{
	assay_buf_printf(out, "%02" PRId64 ":%02d:%02d.%03d", ms / 3600000, (int)(ms / 60000 % 60),
			 (int)(ms / 1000 % 60), (int)(ms % 1000));
}

static void put_escaped(assay_buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '&')
			assay_buf_puts(out, "&amp;");
		else if (*text == '<')
			assay_buf_puts(out, "&lt;");
		else if (*text == '>')
			assay_buf_puts(out, "&gt;");
		else if (*text == '{' && text[1] == '\\') /* or it would be read as an override */
			assay_buf_puts(out, "&#123;");
		else
			assay_buf_putc(out, *text);
	}
}

void assay_cues_webvtt(assay_buf *out, const assay_cues *c)
{
	assay_buf_puts(out, "WEBVTT\n");
	for (size_t i = 0; i < c->count; i++) {
		assay_buf_putc(out, '\n');
		put_time(out, c->items[i].start);
		assay_buf_puts(out, " --> ");
		put_time(out, c->items[i].end);
		assay_buf_putc(out, '\n');
		put_escaped(out, assay_cue_text(c, i));
		assay_buf_putc(out, '\n');
	}
}

void assay_cues_plain(assay_buf *out, const assay_cues *c)
{
	for (size_t i = 0; i < c->count; i++) {
		assay_buf_append(out, assay_cue_text(c, i), c->items[i].size);
		assay_buf_putc(out, '\n');
	}
}
