#include "assay/diagnostic.h"

#include "assay/memory.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void assay_diagnostics_release(assay_diagnostics *d)
{
	for (size_t i = 0; i < d->count; i++) {
		free(d->items[i].file);
		free(d->items[i].message);
	}
	free(d->items);
	*d = (assay_diagnostics){0};
}

static int place_cmp(const assay_diagnostic *a, const assay_diagnostic *b)
{
	const int files = strcmp(a->file, b->file);

	if (files != 0)
		return files;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return (a->column > b->column) - (a->column < b->column);
}

/* The list is kept in order of place; findings come nearly in order, so the search starts at the end. */
static void insert(assay_diagnostics *d, assay_diagnostic item)
{
	size_t at = d->count;

	while (at > 0 && place_cmp(&d->items[at - 1], &item) > 0)
		at--;
	memmove(&d->items[at + 1], &d->items[at], (d->count - at) * sizeof *d->items);
	d->items[at] = item;
	d->count++;
}

static char *message_text(const char *fmt, va_list ap) ASSAY_PRINTF(1, 0);
static char *message_text(const char *fmt, va_list ap)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	assay_buf_vprintf(&b, fmt, ap);
	return b.failed ? NULL : assay_strdup(assay_buf_str(&b));
}

void assay_diagnostics_add(assay_diagnostics *d, bool is_error, const char *file, int line, int column, const char *fmt,
			   ...)
{
	assay_diagnostic item = {.line = line, .column = column, .is_error = is_error};
	va_list ap;

	d->errors += is_error; /* counted even when it cannot be kept: an error must never be lost */
	va_start(ap, fmt);
	item.message = message_text(fmt, ap);
	va_end(ap);
	item.file = assay_strdup(file ? file : "");
	if (item.message == NULL || item.file == NULL ||
	    assay_grow(&d->items, &d->cap, d->count, sizeof *d->items, NULL) != ASSAY_OK) {
		free(item.message);
		free(item.file);
		d->failed = true;
		return;
	}
	insert(d, item);
}

static void put_place(const assay_diagnostic *i, assay_buf *out)
{
	if (i->file[0] != '\0')
		assay_buf_printf(out, "%s:", i->file);
	if (i->line > 0)
		assay_buf_printf(out, "%d:%d:", i->line, i->column);
	if (i->file[0] != '\0' || i->line > 0)
		assay_buf_putc(out, ' ');
}

void assay_diagnostics_text(const assay_diagnostics *d, assay_buf *out)
{
	for (size_t i = 0; i < d->count; i++) {
		put_place(&d->items[i], out);
		assay_buf_printf(out, "%s: %s\n", d->items[i].is_error ? "error" : "warning", d->items[i].message);
	}
}

void assay_diagnostics_json(const assay_diagnostics *d, assay_json *j)
{
	assay_json_array(j);
	for (size_t i = 0; i < d->count; i++) {
		const assay_diagnostic *item = &d->items[i];

		assay_json_object(j);
		assay_json_kstr(j, "file", item->file);
		assay_json_kint(j, "line", item->line);
		assay_json_kint(j, "column", item->column);
		assay_json_kstr(j, "severity", item->is_error ? "error" : "warning");
		assay_json_kstr(j, "message", item->message);
		assay_json_end(j);
	}
	assay_json_end(j);
}

static const assay_diagnostic *first_error(const assay_diagnostics *d)
{
	for (size_t i = 0; i < d->count; i++)
		if (d->items[i].is_error)
			return &d->items[i];
	return NULL;
}

assay_code assay_diagnostics_check(const assay_diagnostics *d, assay_err *err)
{
	const assay_diagnostic *first = first_error(d);
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	if (d->failed)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "recording what is wrong with the configuration");
	if (first == NULL)
		return ASSAY_OK;
	put_place(first, &text);
	assay_buf_puts(&text, first->message);
	if (d->errors == 2)
		assay_buf_puts(&text, " (and 1 more error)");
	else if (d->errors > 2)
		assay_buf_printf(&text, " (and %zu more errors)", d->errors - 1);
	if (text.failed)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "recording what is wrong with the configuration");
	return ASSAY_RAISE(err, ASSAY_ECONFIG, "%s", assay_buf_str(&text));
}
