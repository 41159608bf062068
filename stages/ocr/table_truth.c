#include "table_truth.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

void table_truth_release(table_truth *t)
{
	free(t->cells);
	assay_buf_release(&t->strings);
	*t = (table_truth){0};
}

/* ---------------------------------------------------------------- folding */

static utf8proc_int32_t fold_point(utf8proc_int32_t c, void *data)
{
	(void)data;
	if (c == 0x2013 || c == 0x2014 || c == 0x2212 || c == 0x2010 || c == 0x2011)
		return '-';
	if (c == 0x2018 || c == 0x2019)
		return '\'';
	if (c == 0x201c || c == 0x201d)
		return '"';
	return c;
}

static bool is_space(utf8proc_int32_t c)
{
	const utf8proc_category_t k = utf8proc_category(c);

	return c <= ' ' || k == UTF8PROC_CATEGORY_ZS || k == UTF8PROC_CATEGORY_CC || k == UTF8PROC_CATEGORY_CF;
}

/* Appends the folded text and a NUL; false when it is no UTF-8. */
static bool put_folded(assay_buf *out, const char *text, size_t size)
{
	utf8proc_uint8_t *folded = NULL;
	const utf8proc_ssize_t n =
	    utf8proc_map_custom((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)size, &folded,
				UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE, fold_point, NULL);
	utf8proc_int32_t c;

	if (n < 0) {
		out->failed |= n == UTF8PROC_ERROR_NOMEM;
		return n == UTF8PROC_ERROR_NOMEM;
	}
	for (utf8proc_ssize_t i = 0, step; i < n; i += step) {
		step = utf8proc_iterate(folded + i, n - i, &c);
		if (step <= 0)
			break;
		if (!is_space(c))
			assay_buf_append(out, folded + i, (size_t)step);
	}
	assay_buf_putc(out, '\0');
	free(folded);
	return true;
}

/* ---------------------------------------------------------------- cells */

typedef struct maker {
	table_truth *out;
	assay_buf cell; /* the text of the present one */
	const char *why;
	uint32_t row, column;
	bool begun; /* the present table has a cell, or a row */
	assay_err *err;
	assay_code rc;
} maker;

static bool goes_on(const maker *m)
{
	return m->rc == ASSAY_OK && m->why == NULL;
}

static assay_code keep_cell(table_truth *out, uint32_t row, uint32_t column, size_t text, assay_err *err)
{
	const assay_code rc = assay_grow(&out->cells, &out->cap, out->count, sizeof *out->cells, err);

	if (rc == ASSAY_OK)
		out->cells[out->count++] = (table_truth_cell){out->tables, row, column, text};
	return rc;
}

static void put_cell(maker *m, uint32_t row, uint32_t column)
{
	const size_t text = m->out->strings.len;

	if (row >= TABLE_TRUTH_ROWS_MAX || column >= TABLE_COLUMNS_MAX)
		m->why = "ground truth has too many rows or columns";
	else if (!put_folded(&m->out->strings, assay_buf_str(&m->cell), m->cell.len))
		m->why = "ground truth is not UTF-8";
	else if (m->out->strings.failed || m->cell.failed)
		m->rc = ASSAY_RAISE(m->err, ASSAY_ENOMEM, "ground truth");
	else if (assay_buf_str(&m->out->strings)[text] == '\0')
		m->out->strings.len = text;
	else if (m->out->count == TABLE_TRUTH_CELLS)
		m->why = "ground truth has too many cells";
	else
		m->rc = keep_cell(m->out, row, column, text, m->err);
	assay_buf_reset(&m->cell);
	m->begun = true;
}

static void end_table(maker *m)
{
	m->out->tables += m->begun;
	m->begun = false;
	m->row = m->column = 0;
}

/* ---------------------------------------------------------------- CSV */

static const char *quoted_field(maker *m, const char *s, const char *end)
{
	while (s < end) {
		const char *q = memchr(s, '"', (size_t)(end - s));

		if (q == NULL)
			break;
		assay_buf_append(&m->cell, s, (size_t)(q - s));
		if (q + 1 == end || q[1] != '"')
			return q + 1;
		assay_buf_putc(&m->cell, '"');
		s = q + 2;
	}
	m->why = "ground truth has a quoted field without an end";
	return end;
}

static void read_csv(maker *m, const char *s, const char *end)
{
	while (s < end && goes_on(m)) {
		const char *from = s;

		if (m->column == 0 && (*s == '\n' || (*s == '\r' && s + 1 < end && s[1] == '\n'))) {
			end_table(m);
			s += *s == '\n' ? 1 : 2;
			continue;
		}
		if (*s == '"')
			s = quoted_field(m, s + 1, end);
		for (from = s; s < end && *s != ',' && *s != '\n';)
			s++;
		assay_buf_append(&m->cell, from, (size_t)(s - from));
		put_cell(m, m->row, m->column);
		m->column = s < end && *s == ',' ? m->column + 1 : 0;
		m->row += m->column == 0;
		s += s < end;
	}
	end_table(m);
}

/* ---------------------------------------------------------------- HTML */

typedef struct html {
	maker *m;
	uint32_t taken[TABLE_COLUMNS_MAX]; /* the first row in which a column is free */
	uint32_t high, wide;               /* of the present cell */
	bool inside;                       /* of a cell */
} html;

static bool is_tag(const char *s, const char *end, const char *name)
{
	const size_t n = strlen(name);

	for (size_t i = 0; i < n; i++)
		if ((size_t)(end - s) <= i || (s[i] | 0x20) != (name[i] | 0x20))
			return false;
	return (size_t)(end - s) == n || s[n] == ' ' || s[n] == '\t' || s[n] == '\n' || s[n] == '\r' || s[n] == '/';
}

/* rowspan="3": 1 to 255, 1 when there is none. */
static uint32_t span_of(const char *s, const char *end, const char *name)
{
	const size_t n = strlen(name);
	uint32_t v = 0;

	for (; (size_t)(end - s) > n; s++) {
		size_t i = 0;

		while (i < n && (s[i] | 0x20) == name[i])
			i++;
		if (i < n || s[n] != '=')
			continue;
		for (s += n + 1; s < end && (*s == '"' || *s == '\''); s++) {
		}
		for (; s < end && *s >= '0' && *s <= '9' && v < 256; s++)
			v = 10 * v + (uint32_t)(*s - '0');
		break;
	}
	return v < 1 ? 1 : v > 255 ? 255 : v;
}

static void end_cell(html *h)
{
	maker *m = h->m;

	if (!h->inside)
		return;
	h->inside = false;
	while (m->column < TABLE_COLUMNS_MAX && h->taken[m->column] > m->row)
		m->column++;
	for (uint32_t c = m->column; c < m->column + h->wide && c < TABLE_COLUMNS_MAX; c++)
		h->taken[c] = m->row + h->high;
	put_cell(m, m->row, m->column);
	m->column += h->wide;
}

static void begin_row(html *h)
{
	end_cell(h);
	h->m->row += h->m->begun;
	h->m->column = 0;
	h->m->begun = true;
}

static void take_tag(html *h, const char *s, const char *end)
{
	const bool closes = s < end && *s == '/';

	s += closes;
	if (is_tag(s, end, "td") || is_tag(s, end, "th")) {
		end_cell(h);
		h->inside = !closes;
		h->high = span_of(s, end, "rowspan");
		h->wide = span_of(s, end, "colspan");
		assay_buf_reset(&h->m->cell);
	} else if (is_tag(s, end, "tr") && !closes) {
		begin_row(h);
	} else if (is_tag(s, end, "table")) {
		end_cell(h);
		end_table(h->m);
		memset(h->taken, 0, sizeof h->taken);
	}
}

static const char *take_entity(maker *m, const char *s, const char *end)
{
	static const struct {
		const char *name, *text;
	} entities[] = {{"amp;", "&"}, {"lt;", "<"}, {"gt;", ">"}, {"quot;", "\""}, {"apos;", "'"}, {"nbsp;", " "}};

	for (size_t i = 0; i < ASSAY_COUNT(entities); i++) {
		const size_t n = strlen(entities[i].name);

		if ((size_t)(end - s) >= n && memcmp(s, entities[i].name, n) == 0) {
			assay_buf_puts(&m->cell, entities[i].text);
			return s + n;
		}
	}
	if (end - s > 1 && *s == '#') {
		const bool hex = (s[1] | 0x20) == 'x';
		utf8proc_uint8_t bytes[4];
		uint32_t v = 0;
		const char *p = s + 1 + hex;

		for (; p < end && v < 0x110000; p++) {
			const int low = *p | 0x20;

			if (*p >= '0' && *p <= '9')
				v = v * (hex ? 16 : 10) + (uint32_t)(*p - '0');
			else if (hex && low >= 'a' && low <= 'f')
				v = v * 16 + (uint32_t)(low - 'a' + 10);
			else
				break;
		}
		if (p < end && *p == ';' && utf8proc_codepoint_valid((utf8proc_int32_t)v)) {
			assay_buf_append(&m->cell, bytes, (size_t)utf8proc_encode_char((utf8proc_int32_t)v, bytes));
			return p + 1;
		}
	}
	assay_buf_putc(&m->cell, '&');
	return s;
}

static void read_html(maker *m, const char *s, const char *end)
{
	html h = {.m = m};

	while (s < end && goes_on(m)) {
		const bool comment = end - s >= 4 && memcmp(s, "<!--", 4) == 0;
		const char *close = NULL;

		if (*s == '&') {
			s = take_entity(m, s + 1, end);
			continue;
		}
		if (*s != '<') {
			assay_buf_putc(&m->cell, *s++);
			continue;
		}
		for (close = s + 1; close < end && (*close != '>' || (comment && memcmp(close - 2, "--", 2) != 0));
		     close++) {
		}
		if (!comment)
			take_tag(&h, s + 1, close);
		s = close < end ? close + 1 : end;
	}
	end_cell(&h);
	end_table(m);
}

assay_code table_truth_read(table_truth *out, const char **why, const char *text, size_t size, assay_err *err)
{
	const char *s = text, *const end = text + size;
	maker m = {.out = out, .err = err};

	*out = (table_truth){0};
	if (size >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
		s += 3;
	while (s < end && (*s == '\n' || *s == '\r' || *s == ' '))
		s++;
	if (s < end && *s == '<')
		read_html(&m, s, end);
	else
		read_csv(&m, s, end);
	if (m.cell.failed && m.rc == ASSAY_OK)
		m.rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "ground truth");
	assay_buf_release(&m.cell);
	*why = m.why != NULL ? m.why : out->count == 0 ? "ground truth has no table" : NULL;
	return m.rc;
}

assay_code table_truth_add(table_truth *out, const table *t, assay_err *err)
{
	for (size_t i = 0; i < t->count; i++) {
		const table_cell *c = &t->cells[i];
		const size_t text = out->strings.len;
		assay_code rc;

		if (c->words == 0 || !put_folded(&out->strings, table_text(t, c), c->size))
			continue;
		rc = assay_buf_check(&out->strings, err);
		if (rc == ASSAY_OK && out->count == TABLE_TRUTH_CELLS)
			rc = ASSAY_RAISE(err, ASSAY_EFULL, "tables of a page");
		if (rc == ASSAY_OK && assay_buf_str(&out->strings)[text] != '\0')
			rc = keep_cell(out, c->row, c->column, text, err);
		if (rc != ASSAY_OK)
			return rc;
	}
	out->tables++;
	return ASSAY_OK;
}
