#include "csv.h"

#include "assay/text.h"

#include <string.h>

/* Would a spreadsheet calculate, once apostrophes are taken off? */
static bool is_formula(const char *text)
{
	text += strspn(text, "'");
	return *text != '\0' && strchr("=+-@\t\r", *text) != NULL;
}

void assay_csv_cell(assay_buf *out, const char *text, bool first)
{
	const bool guarded = is_formula(text);

	if (!first)
		assay_buf_putc(out, ',');
	if (!guarded && strpbrk(text, ",\"\r\n") == NULL) {
		assay_buf_puts(out, text);
		return;
	}
	assay_buf_putc(out, '"');
	if (guarded)
		assay_buf_putc(out, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			assay_buf_putc(out, '"');
		assay_buf_putc(out, *text);
	}
	assay_buf_putc(out, '"');
}

void assay_csv_end(assay_buf *out)
{
	assay_buf_puts(out, "\r\n");
}

void assay_csv_open(assay_csv *c, const void *data, size_t size)
{
	*c = (assay_csv){.at = data, .end = (const char *)data + size, .next_line = 1};
	if (size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
		c->at += 3;
}

void assay_csv_release(assay_csv *c)
{
	assay_buf_release(&c->texts);
}

const char *assay_csv_field(const assay_csv *c, size_t i)
{
	return (const char *)c->texts.data + c->starts[i];
}

static bool refuse(assay_csv *c, const char *fault)
{
	c->fault = fault;
	return false;
}

static bool at_line_end(const assay_csv *c)
{
	return c->at == c->end || *c->at == '\n' || (*c->at == '\r' && (c->at + 1 == c->end || c->at[1] == '\n'));
}

/* "..." with "" for a quote; line ends inside belong to it. */
static bool take_quoted(assay_csv *c)
{
	for (c->at++;; c->at++) {
		if (c->at == c->end)
			return refuse(c, "a quote is not closed");
		if (*c->at == '"' && (++c->at == c->end || *c->at != '"'))
			break;
		if (*c->at == '\0')
			return refuse(c, "a NUL byte");
		c->next_line += *c->at == '\n';
		assay_buf_putc(&c->texts, *c->at);
	}
	return at_line_end(c) || *c->at == ','
		   ? true
		   : refuse(c, "text after a closing quote; a quote inside is written twice");
}

static bool take_plain(assay_csv *c)
{
	for (; !at_line_end(c) && *c->at != ','; c->at++) {
		if (*c->at == '"')
			return refuse(c, "a quote inside a cell that does not begin with one");
		if (*c->at == '\0')
			return refuse(c, "a NUL byte");
		assay_buf_putc(&c->texts, *c->at);
	}
	return true;
}

/* The guard that assay_csv_cell put on. */
static void unguard(assay_csv *c, size_t start)
{
	char *text = (char *)c->texts.data + start;
	const size_t size = c->texts.len - start;

	if (c->exact || text[0] != '\'' || !is_formula(text))
		return;
	memmove(text, text + 1, size - 1);
	c->texts.len--;
}

static bool take_field(assay_csv *c)
{
	const size_t start = c->texts.len;

	if (c->count == ASSAY_CSV_COLUMNS_MAX)
		return refuse(c, "too many cells");
	c->starts[c->count++] = start;
	if (!(c->at < c->end && *c->at == '"' ? take_quoted(c) : take_plain(c)))
		return false;
	if (c->texts.len > start) {
		unguard(c, start);
		if (assay_utf8_prefix(c->texts.data + start, c->texts.len - start) < c->texts.len - start)
			return refuse(c, "a cell is not UTF-8");
	}
	assay_buf_putc(&c->texts, '\0');
	return !c->texts.failed;
}

static void skip_line_end(assay_csv *c)
{
	c->at += c->at < c->end && *c->at == '\r';
	c->at += c->at < c->end && *c->at == '\n';
	c->next_line++;
}

bool assay_csv_next(assay_csv *c)
{
	assay_buf_reset(&c->texts);
	c->count = 0;
	while (!c->exact && c->at < c->end && at_line_end(c))
		skip_line_end(c);
	if (c->at == c->end)
		return false;
	c->line = c->next_line;
	while (take_field(c)) {
		if (at_line_end(c)) {
			skip_line_end(c);
			return true;
		}
		c->at++; /* a comma */
	}
	return false;
}
