/*
 * JSON by jansson, but for its numbers: jansson gives doubles, and 1.10 must not become 1.1. The text of the n-th
 * number of the tree is the n-th number of the bytes, since jansson keeps the order of objects and refuses names that
 * stand twice. What it has accepted needs no second check, so finding a number is stepping over strings.
 */
#include "assay/metadata.h"

#include "assay/memory.h"
#include "assay/text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Where a cell's key and value stand in the texts, which move while they grow. */
typedef struct place {
	size_t key, value;
	bool is_text;
} place;

typedef struct flattening {
	const char *at, *end; /* bytes not yet searched for numbers */
	int line;
	assay_metadata_cell *cells; /* made of the places when all are there */
	place *places;
	size_t count, cap;
	assay_buf texts, path;
	assay_metadata_fault *fault;
	assay_err *err;
} flattening;

static void flattening_release(flattening *f)
{
	free(f->cells);
	free(f->places);
	assay_buf_release(&f->texts);
	assay_buf_release(&f->path);
}

static const char *skip_string(const char *p, const char *end)
{
	for (p++; p < end && *p != '"'; p++)
		p += *p == '\\';
	return p + 1;
}

static void take_number(flattening *f, const char **text, size_t *size)
{
	static const char digits[] = "0123456789+-.eE";

	while (f->at < f->end && *f->at != '-' && (*f->at < '0' || *f->at > '9'))
		f->at = *f->at == '"' ? skip_string(f->at, f->end) : f->at + 1;
	*text = f->at;
	while (f->at < f->end && memchr(digits, *f->at, sizeof digits - 1) != NULL)
		f->at++;
	*size = (size_t)(f->at - *text);
}

static assay_code add_cell(flattening *f, const char *value, size_t size, bool is_text)
{
	const char *key = assay_buf_str(&f->path);
	const char *wrong = assay_metadata_key_fault(key);
	assay_code rc;

	if (wrong != NULL)
		return assay_metadata_refuse(f->fault, f->err, f->line, 0, "%s: '%.40s'", wrong, key);
	if (size > ASSAY_METADATA_VALUE_MAX)
		return assay_metadata_refuse(f->fault, f->err, f->line, 0, "the value of '%s' is longer than %d bytes",
					     key, ASSAY_METADATA_VALUE_MAX);
	if (f->count == ASSAY_METADATA_CELLS_MAX)
		return assay_metadata_refuse(f->fault, f->err, f->line, 0, "more than %d values",
					     ASSAY_METADATA_CELLS_MAX);
	rc = assay_grow(&f->places, &f->cap, f->count, sizeof *f->places, f->err);
	if (rc != ASSAY_OK)
		return rc;
	f->places[f->count++] = (place){f->texts.len, f->texts.len + f->path.len + 1, is_text};
	assay_buf_append(&f->texts, key, f->path.len + 1);
	assay_buf_append(&f->texts, value, size);
	assay_buf_putc(&f->texts, '\0');
	return assay_buf_check(&f->texts, f->err);
}

static assay_code flatten(flattening *f, const json_t *value, size_t depth);

static assay_code flatten_below(flattening *f, const char *name, const json_t *value, size_t depth)
{
	const size_t start = f->path.len;
	assay_code rc;

	if (depth > ASSAY_METADATA_DEPTH_MAX)
		return assay_metadata_refuse(f->fault, f->err, f->line, 0, "'%.60s' is nested more than %d deep",
					     assay_buf_str(&f->path), ASSAY_METADATA_DEPTH_MAX);
	if (name[0] == '\0')
		return assay_metadata_refuse(f->fault, f->err, f->line, 0, "a name is empty");
	if (start > 0)
		assay_buf_putc(&f->path, '.');
	assay_buf_puts(&f->path, name);
	rc = assay_buf_check(&f->path, f->err);
	if (rc == ASSAY_OK)
		rc = flatten(f, value, depth);
	if (rc == ASSAY_OK) {
		f->path.len = start;
		f->path.data[start] = '\0';
	}
	return rc;
}

static assay_code flatten(flattening *f, const json_t *value, size_t depth)
{
	const char *text;
	char number[24];
	size_t size;
	json_t *child;
	assay_code rc = ASSAY_OK;

	switch (json_typeof(value)) {
	case JSON_OBJECT:
		json_object_foreach((json_t *)(uintptr_t)value, text, child)
		{
			rc = flatten_below(f, text, child, depth + 1);
			if (rc != ASSAY_OK)
				break;
		}
		return rc;
	case JSON_ARRAY:
		for (size_t i = 0; i < json_array_size(value) && rc == ASSAY_OK; i++) {
			(void)snprintf(number, sizeof number, "%zu", i);
			rc = flatten_below(f, number, json_array_get(value, i), depth + 1);
		}
		return rc;
	case JSON_STRING:
		return add_cell(f, json_string_value(value), json_string_length(value), true);
	case JSON_INTEGER:
	case JSON_REAL:
		take_number(f, &text, &size);
		return add_cell(f, text, size, false);
	case JSON_TRUE:
		return add_cell(f, "true", 4, false);
	case JSON_FALSE:
		return add_cell(f, "false", 5, false);
	case JSON_NULL:
		return ASSAY_OK;
	}
	return ASSAY_OK;
}

static int compare_key(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* {"a.b": 1, "a": {"b": 2}}: jansson saw two names. */
static assay_code refuse_twins(flattening *f)
{
	ASSAY_AUTO_FREE const char **keys = assay_alloc(f->count, sizeof *keys);

	if (keys == NULL)
		return ASSAY_RAISE(f->err, ASSAY_ENOMEM, "metadata");
	for (size_t i = 0; i < f->count; i++)
		keys[i] = f->cells[i].key;
	qsort(keys, f->count, sizeof *keys, compare_key);
	for (size_t i = 1; i < f->count; i++)
		if (strcmp(keys[i - 1], keys[i]) == 0)
			return assay_metadata_refuse(f->fault, f->err, f->line, 0, "'%s' stands here twice", keys[i]);
	return ASSAY_OK;
}

static assay_code resolve(flattening *f)
{
	const char *texts = assay_buf_str(&f->texts);

	f->cells = assay_alloc(f->count, sizeof *f->cells);
	if (f->cells == NULL)
		return ASSAY_RAISE(f->err, ASSAY_ENOMEM, "metadata");
	for (size_t i = 0; i < f->count; i++)
		f->cells[i] =
		    (assay_metadata_cell){texts + f->places[i].key, texts + f->places[i].value, f->places[i].is_text};
	return refuse_twins(f);
}

static size_t skip_mark(const char *p, size_t size)
{
	return size >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

/* One object whose first line has the number `line`. */
static assay_code read_object(const char *p, size_t size, int line, assay_metadata_row_fn *fn, void *ctx,
			      assay_metadata_fault *fault, assay_err *err)
{
	ASSAY_CLEANUP(flattening_release)
	flattening f = {.at = p, .end = p + size, .line = line, .fault = fault, .err = err};
	json_error_t wrong;
	json_t *root = json_loadb(p, size, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &wrong);
	assay_code rc;

	if (root == NULL && json_error_code(&wrong) == json_error_out_of_memory)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "metadata");
	if (root == NULL)
		return assay_metadata_refuse(fault, err, line + (wrong.line > 0 ? wrong.line - 1 : 0),
					     wrong.column > 0 ? wrong.column : 1, "not JSON: %s", wrong.text);
	if (json_is_object(root))
		rc = flatten(&f, root, 0);
	else
		rc = assay_metadata_refuse(fault, err, line, 1, "metadata are a JSON object, such as {\"year\": 1912}");
	json_decref(root);
	if (rc == ASSAY_OK)
		rc = resolve(&f);
	return rc == ASSAY_OK ? fn(ctx, line, f.cells, f.count, err) : rc;
}

assay_code assay_metadata_read_json(const void *data, size_t size, assay_metadata_row_fn *fn, void *ctx,
				    assay_metadata_fault *fault, assay_err *err)
{
	const size_t mark = skip_mark(data, size);

	return read_object((const char *)data + mark, size - mark, 1, fn, ctx, fault, err);
}

static bool is_blank(const char *p, size_t size)
{
	while (size > 0 && (p[size - 1] == ' ' || p[size - 1] == '\t' || p[size - 1] == '\r'))
		size--;
	return size == 0;
}

assay_code assay_metadata_read_jsonl(const void *data, size_t size, assay_metadata_row_fn *fn, void *ctx,
				     assay_metadata_fault *fault, assay_err *err)
{
	const char *end = (const char *)data + size, *p = (const char *)data + skip_mark(data, size), *newline;
	assay_code rc = ASSAY_OK;

	for (int line = 1; p < end && rc == ASSAY_OK; line++) {
		newline = memchr(p, '\n', (size_t)(end - p));
		if (newline == NULL)
			newline = end;
		if (!is_blank(p, (size_t)(newline - p)))
			rc = read_object(p, (size_t)(newline - p), line, fn, ctx, fault, err);
		p = newline < end ? newline + 1 : end;
	}
	return rc;
}
