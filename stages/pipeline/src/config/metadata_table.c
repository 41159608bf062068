#include "assay/metadata_table.h"

#include "assay/file.h"
#include "assay/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define KEYS_MAX     ASSAY_METADATA_CELLS_MAX
#define FINDINGS_MAX 20

typedef struct table_row {
	size_t path; /* in texts */
	uint32_t file;
	int line;
	size_t first; /* of its cells */
	uint32_t count;
} table_row;

/* While tables are read texts move, so that they are named by offset. */
typedef struct raw_cell {
	uint32_t key;
	size_t value;
} raw_cell;

struct assay_metadata_tables {
	char **keys; /* in order of first sight until all are read, then sorted */
	size_t key_count, key_cap;
	uint16_t by_name[KEYS_MAX]; /* numbers of keys, ascending by name, while tables are read */
	char **files;
	size_t file_count;
	assay_buf texts;
	table_row *rows; /* one per path at last, sorted by path */
	size_t row_count, row_cap;
	raw_cell *raw;
	size_t raw_count, raw_cap;
	assay_metadata_cell *cells; /* of all rows */
	size_t cell_count;
};

void assay_metadata_tables_close(assay_metadata_tables *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->key_count; i++)
		free(t->keys[i]);
	for (size_t i = 0; i < t->file_count; i++)
		free(t->files[i]);
	free(t->keys);
	free(t->files);
	free(t->rows);
	free(t->raw);
	free(t->cells);
	assay_buf_release(&t->texts);
	free(t);
}

static void tables_closep(assay_metadata_tables **t)
{
	assay_metadata_tables_close(*t);
}

/* ---------------------------------------------------------------- one row */

typedef struct loading {
	assay_metadata_tables *t;
	const char *folder; /* of the table, with its slash */
	size_t folder_size;
	uint32_t file;
	uint32_t hint; /* where the last name was found: rows of a table have the same names in the same order */
	assay_metadata_fault fault;
	assay_buf path;
} loading;

/* "a/b/../c" and "./x" below the table's folder; false when it is absolute, leaves dirfd, or names no file. */
static bool resolve_path(loading *l, const char *text)
{
	assay_buf *b = &l->path;

	assay_buf_reset(b);
	assay_buf_append(b, l->folder, l->folder_size);
	if (text[0] == '/')
		return false;
	while (*text != '\0') {
		const size_t n = strcspn(text, "/");

		if (n == 2 && text[0] == '.' && text[1] == '.') {
			if (b->len == 0)
				return false;
			for (b->len--; b->len > 0 && b->data[b->len - 1] != '/';)
				b->len--;
		} else if (n > 0 && !(n == 1 && text[0] == '.')) {
			assay_buf_append(b, text, n);
			if (text[n] == '/')
				assay_buf_putc(b, '/');
		}
		text += n + (text[n] == '/');
	}
	return b->len > 0 && b->data[b->len - 1] != '/';
}

/* Where the key stands in by_name, or would; rows may have the names in any order, so that the hint is no help. */
static size_t place_of(const assay_metadata_tables *t, const char *key, bool *found)
{
	size_t low = 0, high = t->key_count;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (strcmp(key, t->keys[t->by_name[mid]]) > 0)
			low = mid + 1;
		else
			high = mid;
	}
	*found = low < t->key_count && strcmp(key, t->keys[t->by_name[low]]) == 0;
	return low;
}

static assay_code add_key(loading *l, const char *key, size_t place, int line, assay_err *err)
{
	assay_metadata_tables *t = l->t;
	assay_code rc;

	if (t->key_count == KEYS_MAX)
		return assay_metadata_refuse(&l->fault, err, line, 0, "more than %d names in all tables", KEYS_MAX);
	rc = assay_grow(&t->keys, &t->key_cap, t->key_count, sizeof *t->keys, err);
	if (rc != ASSAY_OK)
		return rc;
	t->keys[t->key_count] = assay_strdup(key);
	if (t->keys[t->key_count] == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "metadata");
	memmove(&t->by_name[place + 1], &t->by_name[place], (t->key_count - place) * sizeof *t->by_name);
	t->by_name[place] = (uint16_t)t->key_count++;
	return ASSAY_OK;
}

static assay_code key_number(loading *l, const char *key, int line, uint32_t *out, assay_err *err)
{
	const assay_metadata_tables *t = l->t;
	bool found = l->hint < t->key_count && strcmp(t->keys[l->hint], key) == 0;
	size_t place;
	assay_code rc = ASSAY_OK;

	if (!found) {
		place = place_of(t, key, &found);
		if (!found)
			rc = add_key(l, key, place, line, err);
		if (rc != ASSAY_OK)
			return rc;
		l->hint = t->by_name[place];
	}
	*out = l->hint++;
	return ASSAY_OK;
}

static assay_code add_cell(loading *l, const assay_metadata_cell *cell, int line, assay_err *err)
{
	assay_metadata_tables *t = l->t;
	raw_cell *raw;
	assay_code rc = assay_grow(&t->raw, &t->raw_cap, t->raw_count, sizeof *t->raw, err);

	if (rc != ASSAY_OK)
		return rc;
	raw = &t->raw[t->raw_count];
	rc = key_number(l, cell->key, line, &raw->key, err);
	if (rc != ASSAY_OK)
		return rc;
	t->raw_count++;
	raw->value = t->texts.len;
	assay_buf_append(&t->texts, cell->value, strlen(cell->value) + 1);
	return assay_buf_check(&t->texts, err);
}

static assay_code refuse_pathless(loading *l, int line, const assay_metadata_cell *cells, size_t count, assay_err *err)
{
	const bool joined = count > 0 && strpbrk(cells[0].key, ";\t|") != NULL;

	return assay_metadata_refuse(&l->fault, err, line, 0, "no 'path', which names the file that the row is of%s",
				     joined ? "; columns are separated by commas" : "");
}

static assay_code take_row(void *ctx, int line, const assay_metadata_cell *cells, size_t count, assay_err *err)
{
	loading *l = ctx;
	assay_metadata_tables *t = l->t;
	const assay_metadata_cell *path = NULL;
	table_row *row;
	assay_code rc = assay_grow(&t->rows, &t->row_cap, t->row_count, sizeof *t->rows, err);

	if (rc != ASSAY_OK)
		return rc;
	for (size_t i = 0; i < count && path == NULL; i++)
		path = strcmp(cells[i].key, "path") == 0 ? &cells[i] : NULL;
	if (path == NULL)
		return refuse_pathless(l, line, cells, count, err);
	if (!path->is_text)
		return assay_metadata_refuse(&l->fault, err, line, 0, "path is a text: write \"%.100s\"", path->value);
	if (resolve_path(l, path->value) && l->path.failed)
		return assay_buf_check(&l->path, err);
	if (!resolve_path(l, path->value))
		return assay_metadata_refuse(&l->fault, err, line, 0,
					     "path '%.100s' names no file below the folder of assay.yaml; paths are "
					     "relative to the folder of the table",
					     path->value);
	row = &t->rows[t->row_count++];
	*row = (table_row){.path = t->texts.len, .file = l->file, .line = line, .first = t->raw_count};
	assay_buf_append(&t->texts, l->path.data, l->path.len);
	assay_buf_putc(&t->texts, '\0');
	for (size_t i = 0; i < count && rc == ASSAY_OK; i++)
		if (&cells[i] != path)
			rc = add_cell(l, &cells[i], line, err);
	row->count = (uint32_t)(t->raw_count - row->first);
	return rc;
}

/* ---------------------------------------------------------------- one table */

static bool ends_in(const char *text, const char *end)
{
	const size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

static assay_code parse_table(loading *l, const char *path, const assay_buf *b, assay_err *err)
{
	if (ends_in(path, ".csv"))
		return assay_metadata_read_csv(assay_buf_str(b), b->len, take_row, l, &l->fault, err);
	return assay_metadata_read_jsonl(assay_buf_str(b), b->len, take_row, l, &l->fault, err);
}

/* What is wrong with a table is a finding; the others are read all the same. */
static assay_code load_table(assay_metadata_tables *t, int dirfd, const assay_metadata_file *f, const char *config,
			     assay_diagnostics *d, assay_err *err)
{
	ASSAY_AUTO_BUF bytes = ASSAY_BUF_INIT;
	const char *slash = strrchr(f->path, '/');
	loading l = {.t = t, .folder = f->path, .folder_size = slash != NULL ? (size_t)(slash - f->path) + 1 : 0};
	assay_err why = ASSAY_ERR_INIT;
	assay_code rc;

	l.file = (uint32_t)t->file_count;
	t->files[t->file_count] = assay_strdup(f->path);
	if (t->files[t->file_count] == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "metadata");
	t->file_count++;
	rc = assay_file_read(&bytes, dirfd, f->path, ASSAY_METADATA_TABLE_MAX, &why);
	if (rc == ASSAY_ENOMEM)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "metadata file '%s'", f->path);
	if (rc != ASSAY_OK) {
		const bool gone = why.sys == ENOENT;

		assay_diagnostics_add(d, true, config, f->line, f->column, "metadata file '%s' %s%s", f->path,
				      gone ? "does not exist" : "cannot be read: ", gone ? "" : why.msg);
		return ASSAY_OK;
	}
	rc = parse_table(&l, f->path, &bytes, err);
	assay_buf_release(&l.path);
	if (rc != ASSAY_ECORRUPT)
		return rc;
	assay_diagnostics_add(d, true, f->path, l.fault.line, l.fault.column > 0 ? l.fault.column : 1, "%s",
			      l.fault.text);
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- rows of one path become one */

/* One value and where it stands, while rows of a path are brought together. */
typedef struct placed {
	const char *key, *value, *file;
	int line;
	size_t order;
} placed;

typedef struct joining {
	assay_metadata_tables *t;
	placed *items; /* of one path */
	size_t count, cap, findings;
	assay_diagnostics *d;
} joining;

static int compare_rows(const void *pa, const void *pb, void *texts)
{
	const table_row *a = pa, *b = pb;
	const int c = strcmp((const char *)texts + a->path, (const char *)texts + b->path);

	if (c != 0)
		return c;
	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	return (a->line > b->line) - (a->line < b->line);
}

static int compare_placed(const void *pa, const void *pb)
{
	const placed *a = pa, *b = pb;
	const int c = strcmp(a->key, b->key);

	return c != 0 ? c : (a->order > b->order) - (a->order < b->order);
}

static assay_code gather(joining *j, const table_row *row, assay_err *err)
{
	const char *texts = assay_buf_str(&j->t->texts);
	assay_code rc = ASSAY_OK;

	for (uint32_t i = 0; i < row->count && rc == ASSAY_OK; i++) {
		const raw_cell *raw = &j->t->raw[row->first + i];

		rc = assay_grow(&j->items, &j->cap, j->count, sizeof *j->items, err);
		if (rc != ASSAY_OK)
			return rc;
		j->items[j->count] = (placed){.key = j->t->keys[raw->key],
					      .value = texts + raw->value,
					      .file = j->t->files[row->file],
					      .line = row->line,
					      .order = j->count};
		j->count++;
	}
	return rc;
}

static void tell_conflict(joining *j, const placed *a, const placed *b, const char *path)
{
	if (j->findings++ < FINDINGS_MAX)
		assay_diagnostics_add(j->d, true, b->file, b->line, 1,
				      "%s of '%s' is '%.60s' here, and '%.60s' in %s:%d", b->key, path, b->value,
				      a->value, a->file, a->line);
}

/* The gathered values, each name once, as the cells of the row. */
static void settle_row(joining *j, table_row *row)
{
	assay_metadata_tables *t = j->t;
	const char *path = assay_buf_str(&t->texts) + row->path;

	qsort(j->items, j->count, sizeof *j->items, compare_placed);
	row->first = t->cell_count;
	for (size_t i = 0; i < j->count; i++) {
		const placed *p = &j->items[i];

		if (i > 0 && strcmp(p->key, p[-1].key) == 0) {
			if (strcmp(p->value, p[-1].value) != 0)
				tell_conflict(j, &p[-1], p, path);
			continue;
		}
		t->cells[t->cell_count++] = (assay_metadata_cell){.key = p->key, .value = p->value};
	}
	row->count = (uint32_t)(t->cell_count - row->first);
	j->count = 0;
}

static assay_code join_rows(assay_metadata_tables *t, assay_diagnostics *d, assay_err *err)
{
	joining j = {.t = t, .d = d};
	const char *texts = assay_buf_str(&t->texts);
	size_t kept = 0;
	assay_code rc = ASSAY_OK;

	t->cells = assay_alloc(t->raw_count, sizeof *t->cells);
	if (t->cells == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "metadata");
	if (t->row_count > 0)
		qsort_r(t->rows, t->row_count, sizeof *t->rows, compare_rows, (void *)(uintptr_t)texts);
	for (size_t i = 0; i < t->row_count && rc == ASSAY_OK; i++) {
		table_row row = t->rows[i];

		rc = gather(&j, &row, err);
		while (rc == ASSAY_OK && i + 1 < t->row_count &&
		       strcmp(texts + t->rows[i + 1].path, texts + row.path) == 0)
			rc = gather(&j, &t->rows[++i], err);
		if (rc != ASSAY_OK)
			break;
		settle_row(&j, &row);
		t->rows[kept++] = row;
	}
	free(j.items);
	t->row_count = kept;
	if (j.findings > FINDINGS_MAX)
		assay_diagnostics_add(d, true, t->files[0], 1, 1, "%zu more values disagree",
				      j.findings - FINDINGS_MAX);
	return rc;
}

static int compare_keys(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

assay_code assay_metadata_tables_load(assay_metadata_tables **out, int dirfd, const assay_metadata_file *files,
				      size_t file_count, const char *config, assay_diagnostics *d, assay_err *err)
{
	ASSAY_CLEANUP(tables_closep) assay_metadata_tables *t = assay_alloc(1, sizeof *t);
	const size_t errors = d->errors;
	assay_code rc = ASSAY_OK;

	*out = NULL;
	if (t == NULL || (t->files = assay_alloc(file_count, sizeof *t->files)) == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "metadata");
	for (size_t i = 0; i < file_count && rc == ASSAY_OK; i++)
		rc = load_table(t, dirfd, &files[i], config, d, err);
	if (rc == ASSAY_OK)
		rc = join_rows(t, d, err);
	if (rc != ASSAY_OK)
		return rc;
	if (d->failed)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "findings");
	if (d->errors > errors)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "metadata files have %zu error%s", d->errors - errors,
				   d->errors - errors == 1 ? "" : "s");
	/* Cells hold the names themselves, so that only their list is sorted. */
	if (t->key_count > 0)
		qsort(t->keys, t->key_count, sizeof *t->keys, compare_keys);
	*out = ASSAY_STEAL(&t);
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- questions */

size_t assay_metadata_tables_find(const assay_metadata_tables *t, const char *path, const assay_metadata_cell **first)
{
	size_t low = 0, high = t != NULL ? t->row_count : 0;

	*first = NULL;
	while (low < high) {
		const size_t mid = low + (high - low) / 2;
		const int c = strcmp(path, assay_buf_str(&t->texts) + t->rows[mid].path);

		if (c == 0) {
			*first = t->cells + t->rows[mid].first;
			return t->rows[mid].count;
		}
		if (c < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return 0;
}

bool assay_metadata_tables_has_key(const assay_metadata_tables *t, const char *key)
{
	return t != NULL && t->key_count > 0 &&
	       bsearch(&key, t->keys, t->key_count, sizeof *t->keys, compare_keys) != NULL;
}

const char *assay_metadata_tables_key(const assay_metadata_tables *t, size_t i)
{
	return t != NULL && i < t->key_count ? t->keys[i] : NULL;
}

size_t assay_metadata_tables_count(const assay_metadata_tables *t)
{
	return t != NULL ? t->row_count : 0;
}

assay_metadata_row assay_metadata_tables_row(const assay_metadata_tables *t, size_t i)
{
	const table_row *r = &t->rows[i];

	return (assay_metadata_row){assay_buf_str(&t->texts) + r->path, t->files[r->file], r->line};
}
