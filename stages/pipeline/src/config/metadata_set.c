#include "assay/metadata_set.h"

#include "assay/file.h"
#include "assay/memory.h"
#include "assay/text.h"

#include <stdlib.h>
#include <string.h>

void assay_metadata_set_release(assay_metadata_set *m)
{
	for (size_t i = 0; i < m->owned_count; i++)
		free(m->owned[i]);
	free(m->owned);
	free(m->items);
	*m = (assay_metadata_set){0};
}

assay_code assay_metadata_set_add(assay_metadata_set *m, const char *key, const char *value, unsigned origin,
				  assay_err *err)
{
	const assay_code rc = assay_grow(&m->items, &m->cap, m->count, sizeof *m->items, err);

	if (rc == ASSAY_OK)
		m->items[m->count++] = (assay_metadata_item){key, value, origin};
	return rc;
}

/* Takes the text over, also on failure. */
static assay_code own(assay_metadata_set *m, char *text, assay_err *err)
{
	const assay_code rc = text == NULL
				  ? ASSAY_RAISE(err, ASSAY_ENOMEM, "metadata")
				  : assay_grow(&m->owned, &m->owned_cap, m->owned_count, sizeof *m->owned, err);

	if (rc == ASSAY_OK)
		m->owned[m->owned_count++] = text;
	else
		free(text);
	return rc;
}

static assay_code own_pair(assay_metadata_set *m, char *key, char *value, unsigned origin, assay_err *err)
{
	assay_code rc = own(m, key, err);

	if (rc != ASSAY_OK) {
		free(value);
		return rc;
	}
	rc = own(m, value, err);
	return rc == ASSAY_OK ? assay_metadata_set_add(m, key, value, origin, err) : rc;
}

/* ---------------------------------------------------------------- the path */

/* A part of a file name is text unless it is no UTF-8: then it is as it stands in the sample key. */
static char *text_of(const char *p, size_t n)
{
	char *text = assay_strndup(p, n);
	ASSAY_AUTO_BUF escaped = ASSAY_BUF_INIT;

	if (text == NULL || assay_utf8_prefix(text, n) == n)
		return text;
	assay_path_escape(&escaped, text);
	free(text);
	return assay_buf_steal(&escaped);
}

static assay_code add_captures(assay_metadata_set *m, const char *pattern, const char *path, assay_err *err)
{
	assay_glob_capture captures[ASSAY_GLOB_CAPTURES_MAX];
	size_t count;
	assay_code rc = ASSAY_OK;

	if (strchr(pattern, '{') == NULL || !assay_glob_capture_all(pattern, path, captures, &count))
		return ASSAY_OK;
	for (size_t i = 0; i < count && rc == ASSAY_OK; i++)
		rc = own_pair(m, assay_strndup(captures[i].name, captures[i].name_size),
			      text_of(captures[i].text, captures[i].size), ASSAY_METADATA_PATH, err);
	return rc;
}

assay_code assay_metadata_set_find(assay_metadata_set *m, const assay_config *config, const assay_config_source *rule,
				   const char *path, assay_err *err)
{
	const assay_metadata_cell *cells;
	const size_t count = assay_metadata_tables_find(config->tables, path, &cells);
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < rule->metadata_count && rc == ASSAY_OK; i++)
		rc = assay_metadata_set_add(m, rule->metadata_keys[i], rule->metadata_values[i], ASSAY_METADATA_RULE,
					    err);
	if (rc == ASSAY_OK)
		rc = add_captures(m, rule->pattern, path, err);
	for (size_t i = 0; i < count && rc == ASSAY_OK; i++)
		rc = assay_metadata_set_add(m, cells[i].key, cells[i].value, ASSAY_METADATA_TABLE, err);
	return rc;
}

/* ---------------------------------------------------------------- the sidecar */

typedef struct reading {
	assay_metadata_set *m;
	assay_metadata_fault *fault;
	size_t rows;
} reading;

static assay_code take_row(void *ctx, int line, const assay_metadata_cell *cells, size_t count, assay_err *err)
{
	reading *r = ctx;
	assay_code rc = ASSAY_OK;

	if (r->rows++ > 0)
		return assay_metadata_refuse(r->fault, err, line, 0,
					     "a second row: the sidecar of one source has one row below its header");
	for (size_t i = 0; i < count && rc == ASSAY_OK; i++)
		rc = own_pair(r->m, assay_strdup(cells[i].key), assay_strdup(cells[i].value), ASSAY_METADATA_SIDECAR,
			      err);
	return rc;
}

assay_code assay_metadata_set_read(assay_metadata_set *m, const char *name, const void *data, size_t size,
				   assay_metadata_fault *fault, assay_err *err)
{
	reading r = {.m = m, .fault = fault};
	const char *dot = strrchr(name, '.');
	assay_code rc;

	if (dot == NULL || strcmp(dot, ".csv") != 0)
		return assay_metadata_read_json(data, size, take_row, &r, fault, err);
	rc = assay_metadata_read_csv(data, size, take_row, &r, fault, err);
	if (rc == ASSAY_OK && r.rows == 0)
		rc = assay_metadata_refuse(fault, err, 1, 0, "no row below the header");
	return rc;
}

/* ---------------------------------------------------------------- precedence */

static int compare_items(const void *pa, const void *pb)
{
	const assay_metadata_item *a = pa, *b = pb;
	const int c = strcmp(a->key, b->key);

	return c != 0 ? c : (a->origin < b->origin) - (a->origin > b->origin);
}

void assay_metadata_set_settle(assay_metadata_set *m)
{
	size_t kept = 0;

	if (m->count > 0)
		qsort(m->items, m->count, sizeof *m->items, compare_items);
	for (size_t i = 0; i < m->count; i++)
		if (kept == 0 || strcmp(m->items[kept - 1].key, m->items[i].key) != 0)
			m->items[kept++] = m->items[i];
	m->count = kept;
}
