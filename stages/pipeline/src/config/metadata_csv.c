#include "assay/metadata.h"

#include "assay/memory.h"
#include "assay/text.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX (ASSAY_METADATA_CELLS_MAX + 1) /* and the path */

typedef struct reader {
	const char *line_start, *at, *end;
	int line;
	assay_buf header, record; /* texts of the fields, each with a NUL */
	size_t *starts;           /* of the fields of the record */
	size_t count, cap;
	const char **names; /* of the columns, in header */
	size_t column_count;
	assay_metadata_cell *cells;
	assay_metadata_fault *fault;
	assay_err *err;
} reader;

static void reader_release(reader *r)
{
	assay_buf_release(&r->header);
	assay_buf_release(&r->record);
	free(r->starts);
	free(r->names);
	free(r->cells);
}

static int column(const reader *r)
{
	return (int)(r->at - r->line_start) + 1;
}

static void next_line(reader *r)
{
	r->line++;
	r->line_start = r->at;
}

/* "..." with "" for a quote; line ends inside belong to it. */
static assay_code take_quoted(reader *r)
{
	const int line = r->line, at = column(r);
	bool closed = false;

	for (r->at++; r->at < r->end; r->at++) {
		closed = *r->at == '"' && (++r->at == r->end || *r->at != '"');
		if (closed)
			break;
		if (*r->at == '\0')
			return assay_metadata_refuse(r->fault, r->err, r->line, column(r), "a NUL byte");
		assay_buf_putc(&r->record, *r->at);
		if (*r->at == '\n') {
			r->line++;
			r->line_start = r->at + 1;
		}
	}
	if (!closed)
		return assay_metadata_refuse(r->fault, r->err, line, at, "a quote is not closed");
	if (r->at < r->end && strchr(",\r\n", *r->at) == NULL)
		return assay_metadata_refuse(r->fault, r->err, r->line, column(r),
					     "text after a closing quote; a quote inside is written twice");
	return ASSAY_OK;
}

static assay_code take_plain(reader *r)
{
	const char *start = r->at;

	while (r->at < r->end && *r->at != ',' && *r->at != '\n' && *r->at != '"' && *r->at != '\0') {
		if (*r->at == '\r' && (r->at + 1 == r->end || r->at[1] == '\n'))
			break;
		r->at++;
	}
	if (r->at < r->end && *r->at == '"')
		return assay_metadata_refuse(r->fault, r->err, r->line, column(r),
					     "a quote inside a value that does not begin with one");
	if (r->at < r->end && *r->at == '\0')
		return assay_metadata_refuse(r->fault, r->err, r->line, column(r), "a NUL byte");
	assay_buf_append(&r->record, start, (size_t)(r->at - start));
	return ASSAY_OK;
}

static assay_code take_field(reader *r)
{
	const int line = r->line, at = column(r);
	const size_t start = r->record.len;
	assay_code rc = assay_grow(&r->starts, &r->cap, r->count, sizeof *r->starts, r->err);

	if (rc != ASSAY_OK)
		return rc;
	if (r->count == COLUMNS_MAX)
		return assay_metadata_refuse(r->fault, r->err, line, at, "more than %d columns", COLUMNS_MAX);
	r->starts[r->count++] = start;
	rc = r->at < r->end && *r->at == '"' ? take_quoted(r) : take_plain(r);
	if (rc == ASSAY_OK)
		rc = assay_buf_check(&r->record, r->err);
	if (rc != ASSAY_OK)
		return rc;
	if (r->record.len - start > ASSAY_METADATA_VALUE_MAX)
		return assay_metadata_refuse(r->fault, r->err, line, at, "a value is longer than %d bytes",
					     ASSAY_METADATA_VALUE_MAX);
	if (assay_utf8_prefix(assay_buf_str(&r->record) + start, r->record.len - start) != r->record.len - start)
		return assay_metadata_refuse(r->fault, r->err, line, at, "a value is not UTF-8");
	assay_buf_putc(&r->record, '\0');
	return assay_buf_check(&r->record, r->err);
}

/* A record into r->record and r->starts, and past its line end. */
static assay_code take_record(reader *r)
{
	assay_code rc;

	assay_buf_reset(&r->record);
	r->count = 0;
	for (;;) {
		rc = take_field(r);
		if (rc != ASSAY_OK)
			return rc;
		if (r->at == r->end || *r->at != ',')
			break;
		r->at++;
	}
	r->at += r->at < r->end && *r->at == '\r';
	r->at += r->at < r->end && *r->at == '\n';
	next_line(r);
	return ASSAY_OK;
}

static bool skip_empty_line(reader *r)
{
	const char *p = r->at + (*r->at == '\r');

	if (p < r->end && *p != '\n')
		return false;
	r->at = p < r->end ? p + 1 : p;
	next_line(r);
	return true;
}

/* ---------------------------------------------------------------- header and rows */

static assay_code name_column(reader *r, size_t i, int line)
{
	const char *name = assay_buf_str(&r->header) + r->starts[i];
	const char *wrong = assay_metadata_key_fault(name);

	if (wrong != NULL)
		return assay_metadata_refuse(r->fault, r->err, line, 0, "column %zu of the header: %s", i + 1, wrong);
	for (size_t k = 0; k < i; k++)
		if (strcmp(r->names[k], name) == 0)
			return assay_metadata_refuse(r->fault, r->err, line, 0, "column '%s' stands here twice", name);
	r->names[r->column_count++] = name;
	return ASSAY_OK;
}

static assay_code read_header(reader *r)
{
	const int line = r->line;
	assay_code rc = take_record(r);

	if (rc != ASSAY_OK)
		return rc;
	r->header = r->record;
	r->record = ASSAY_BUF_INIT;
	r->names = assay_alloc(r->count, sizeof *r->names);
	r->cells = assay_alloc(r->count, sizeof *r->cells);
	if (r->names == NULL || r->cells == NULL)
		return ASSAY_RAISE(r->err, ASSAY_ENOMEM, "metadata");
	for (size_t i = 0; i < r->count && rc == ASSAY_OK; i++)
		rc = name_column(r, i, line);
	return rc;
}

static assay_code read_row(reader *r, assay_metadata_row_fn *fn, void *ctx)
{
	const int line = r->line;
	size_t count = 0;
	assay_code rc = take_record(r);

	if (rc != ASSAY_OK)
		return rc;
	if (r->count != r->column_count)
		return assay_metadata_refuse(r->fault, r->err, line, 0, "%zu values, the header names %zu columns",
					     r->count, r->column_count);
	for (size_t i = 0; i < r->count; i++) {
		const char *value = assay_buf_str(&r->record) + r->starts[i];

		if (value[0] != '\0')
			r->cells[count++] = (assay_metadata_cell){r->names[i], value, true};
	}
	return fn(ctx, line, r->cells, count, r->err);
}

assay_code assay_metadata_read_csv(const void *data, size_t size, assay_metadata_row_fn *fn, void *ctx,
				   assay_metadata_fault *fault, assay_err *err)
{
	const char *p = data;
	const size_t mark = size >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	ASSAY_CLEANUP(reader_release)
	reader r = {.line_start = p + mark, .at = p + mark, .end = p + size, .line = 1, .fault = fault, .err = err};
	bool headed = false;
	assay_code rc = ASSAY_OK;

	while (r.at < r.end && rc == ASSAY_OK) {
		if (skip_empty_line(&r))
			continue;
		rc = headed ? read_row(&r, fn, ctx) : read_header(&r);
		headed = true;
	}
	if (rc == ASSAY_OK && !headed)
		rc = assay_metadata_refuse(fault, err, 1, 0, "no header: the first line names the columns");
	return rc;
}
