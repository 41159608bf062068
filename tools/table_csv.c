#include "table_csv.h"

#include "csv.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

typedef struct reading {
	assay_table_correction *out;
	const char *path;
	assay_csv csv;
	int first;       /* line of the first row */
	int empty;       /* the first empty line since the row before; 0: none */
	uint32_t passed; /* empty lines since */
	bool written;    /* some cell has a text */
	bool told;       /* its first line said what parts cells */
	bool parted;     /* each row holds what other programs part cells by */
} reading;

static const char other_separator[] = "cells are parted by commas, not by semicolons or tabs";

static assay_code refuse(const reading *r, int line, assay_err *err, const char *what)
{
	return ASSAY_RAISE(err, ASSAY_ECORRUPT, "'%s' line %d: %s", r->path, line, what);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* Bytes of the blank at the front, of those of Unicode too, and of what shows nothing; 0: there is none. */
static size_t blank_size(const char *s)
{
	static const char *const wide[] = {
	    "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004",
	    "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u200b",
	    "\u2028", "\u2029", "\u202f", "\u205f", "\u2060", "\u3000", "\ufeff",
	};

	if (is_space(*s))
		return 1;
	for (size_t i = 0; i < ASSAY_COUNT(wide); i++)
		if (begins(s, wide[i]))
			return strlen(wide[i]);
	return 0;
}

static const char *skip_blanks(const char *s)
{
	for (size_t n = blank_size(s); n > 0; n = blank_size(s))
		s += n;
	return s;
}

/* What would be read off a page has words parted by a blank. */
static assay_code put_cell(reading *r, const char *s, assay_err *err)
{
	assay_buf *texts = &r->out->texts;
	const size_t from = texts->len;

	/* Spreadsheets pad with blanks of other kinds; within a text they are part of it. */
	if (*skip_blanks(s) == '\0')
		s = "";
	while (*s != '\0') {
		const char *word = s;

		for (; *s != '\0' && !is_space(*s); s++)
			if ((unsigned char)*s < ' ' || *s == 0x7f)
				return refuse(r, r->csv.line, err, "a control character");
		if (s > word && texts->len > from)
			assay_buf_putc(texts, ' ');
		assay_buf_append(texts, word, (size_t)(s - word));
		while (is_space(*s))
			s++;
	}
	if (texts->len - from > ASSAY_TABLE_CORRECTION_TEXT_MAX)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "'%s' line %d: a cell is longer than %d bytes", r->path,
				   r->csv.line, ASSAY_TABLE_CORRECTION_TEXT_MAX);
	r->written |= texts->len > from;
	assay_buf_putc(texts, '\0');
	return assay_buf_check(texts, err);
}

/* Of a table of one column an empty line is an empty cell. */
static assay_code put_passed(reading *r, assay_err *err)
{
	assay_table_correction *t = r->out;

	if (r->passed > 0 && t->columns > 1)
		return refuse(r, r->empty, err, "it is empty, and rows follow");
	for (; r->passed > 0; r->passed--, t->rows++)
		assay_buf_putc(&t->texts, '\0');
	return assay_buf_check(&t->texts, err);
}

static assay_code check_row(const reading *r, assay_err *err)
{
	const assay_table_correction *t = r->out;

	if (r->csv.count != t->columns)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "'%s' line %d: %zu cells, and line %d has %" PRIu32, r->path,
				   r->csv.line, r->csv.count, r->first, t->columns);
	if (t->rows + r->passed >= ASSAY_TABLE_CORRECTION_ROWS_MAX)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "'%s' line %d: a table has at most %d rows", r->path,
				   r->csv.line, ASSAY_TABLE_CORRECTION_ROWS_MAX);
	/* 4096 rows of 256 fit */
	if ((t->rows + 1) * t->columns > ASSAY_TABLE_CORRECTION_CELLS_MAX)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "'%s' line %d: a table has at most %d cells", r->path,
				   r->csv.line, ASSAY_TABLE_CORRECTION_CELLS_MAX);
	return ASSAY_OK;
}

static bool is_empty_line(const reading *r)
{
	return r->csv.count == 1 && assay_csv_field(&r->csv, 0)[0] == '\0';
}

/* Excel's first line "sep=,", which tells what parts the cells and is none of the rows. '\0': this is no such line. */
static char told_separator(const assay_csv *csv)
{
	const char *s = assay_csv_field(csv, 0);

	if (strncasecmp(s, "sep=", 4) != 0)
		return '\0';
	if (csv->count == 2 && s[4] == '\0' && assay_csv_field(csv, 1)[0] == '\0')
		return ',';
	return csv->count == 1 && s[4] != '\0' && s[5] == '\0' ? s[4] : '\0';
}

static assay_code read_row(reading *r, assay_err *err)
{
	assay_table_correction *t = r->out;
	assay_code rc;

	if (is_empty_line(r)) {
		r->empty = r->passed == 0 ? r->csv.line : r->empty;
		r->passed += r->first > 0 && r->passed <= ASSAY_TABLE_CORRECTION_ROWS_MAX;
		return ASSAY_OK;
	}
	if (r->first == 0 && !r->told) {
		const char separator = told_separator(&r->csv);

		r->told = separator != '\0';
		if (separator == ',')
			return ASSAY_OK;
		if (r->told)
			return refuse(r, r->csv.line, err, other_separator);
	}
	if (r->first == 0) {
		r->first = r->csv.line;
		t->columns = (uint32_t)r->csv.count;
	}
	rc = check_row(r, err);
	if (rc == ASSAY_OK)
		rc = put_passed(r, err);
	r->parted &= strpbrk(assay_csv_field(&r->csv, 0), ";\t") != NULL;
	for (size_t i = 0; i < r->csv.count && rc == ASSAY_OK; i++)
		rc = put_cell(r, assay_csv_field(&r->csv, i), err);
	t->rows++;
	return rc;
}

static assay_code check_all(const reading *r, assay_err *err)
{
	const assay_table_correction *t = r->out;

	if (r->csv.texts.failed)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "'%s'", r->path);
	if (r->csv.fault != NULL)
		return refuse(r, r->csv.line, err, r->csv.fault);
	if (!r->written)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "'%s' has no cell with a text: it is no table", r->path);
	if (t->columns == 1 && r->parted)
		return refuse(r, r->first, err, other_separator);
	if (t->rows < 2)
		return refuse(r, r->first, err, "a table has heads and at least a row of values: this is the only row");
	return ASSAY_OK;
}

/* A CR alone ends lines to some programs and is a blank to others: whose rows would they be? */
static assay_code check_line_ends(const char *path, const char *text, size_t size, assay_err *err)
{
	int line = 1;

	for (size_t i = 0; i < size; i++) {
		line += text[i] == '\n';
		if (text[i] == '\r' && (i + 1 == size || text[i + 1] != '\n'))
			return ASSAY_RAISE(err, ASSAY_ECORRUPT,
					   "'%s' line %d: it ends with CR alone: save it with line ends LF or CR LF",
					   path, line);
	}
	return ASSAY_OK;
}

assay_code assay_table_csv_read(assay_table_correction *out, const char *path, const void *data, size_t size,
				assay_err *err)
{
	reading r = {.out = out, .path = path, .parted = true};
	assay_code rc = check_line_ends(path, data, size, err);

	assay_csv_open(&r.csv, data, size);
	r.csv.exact = true;
	while (rc == ASSAY_OK && assay_csv_next(&r.csv))
		rc = read_row(&r, err);
	if (rc == ASSAY_OK)
		rc = check_all(&r, err);
	assay_csv_release(&r.csv);
	return rc;
}
