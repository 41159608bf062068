#include "sums.h"

#include "assay/file.h"
#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

#define HEX_DIGITS ((size_t)ASSAY_DIGEST_HEX - 1)

void sums_release(sums *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->rows[i].path);
	free(s->rows);
	*s = (sums){0};
}

assay_code sums_add(sums *s, const char *path, size_t size, const assay_digest *d, assay_err *err)
{
	assay_code rc = assay_grow(&s->rows, &s->cap, s->count, sizeof *s->rows, err);
	char *copy;

	if (rc != ASSAY_OK)
		return rc;
	copy = assay_strndup(path, size);
	if (copy == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "list of files");
	s->rows[s->count++] = (sums_row){.path = copy, .digest = *d};
	return ASSAY_OK;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const sums_row *)a)->path, ((const sums_row *)b)->path);
}

static int compare_path(const void *key, const void *row)
{
	return strcmp(key, ((const sums_row *)row)->path);
}

void sums_sort(sums *s)
{
	if (s->count > 1)
		qsort(s->rows, s->count, sizeof *s->rows, compare);
}

sums_row *sums_find(sums *s, const char *path)
{
	return s->count > 0 ? bsearch(path, s->rows, s->count, sizeof *s->rows, compare_path) : NULL;
}

bool sums_has_folder(const sums *s, const char *folder)
{
	const size_t size = strlen(folder);
	size_t low = 0, high = s->count;

	/* The first path that begins with "folder/" or comes after it. */
	while (low < high) {
		const size_t mid = low + (high - low) / 2;
		const int order = strncmp(s->rows[mid].path, folder, size);

		if (order < 0 || (order == 0 && (unsigned char)s->rows[mid].path[size] < '/'))
			low = mid + 1;
		else
			high = mid;
	}
	return low < s->count && strncmp(s->rows[low].path, folder, size) == 0 && s->rows[low].path[size] == '/';
}

void sums_text(assay_buf *out, const sums *s)
{
	char hex[ASSAY_DIGEST_HEX];

	for (size_t i = 0; i < s->count; i++)
		assay_buf_printf(out, "%s  %s\n", assay_digest_hex(&s->rows[i].digest, hex), s->rows[i].path);
}

/* ---------------------------------------------------------------- reading */

static bool is_hex(const char *line)
{
	return strspn(line, "0123456789abcdef") >= HEX_DIGITS;
}

static assay_code parse_line(sums *out, const char *line, size_t size, int number, assay_diagnostics *d, assay_err *err)
{
	char hex[ASSAY_DIGEST_HEX] = "";
	ASSAY_AUTO_FREE char *path = NULL;
	assay_digest digest;

	if (size < HEX_DIGITS + 3 || !is_hex(line) || memcmp(line + HEX_DIGITS, "  ", 2) != 0) {
		assay_diagnostics_add(d, true, SUMS_NAME, number, 1, "this is not a digest, two blanks and a path");
		return ASSAY_OK;
	}
	memcpy(hex, line, HEX_DIGITS);
	path = assay_strndup(line + HEX_DIGITS + 2, size - HEX_DIGITS - 2);
	if (path == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "list of files");
	if (strlen(path) != size - HEX_DIGITS - 2 || !assay_path_is_inside(path) || strcmp(path, SUMS_NAME) == 0) {
		assay_diagnostics_add(d, true, SUMS_NAME, number, 1,
				      "the path must lie inside the delivery and be another file than this one");
		return ASSAY_OK;
	}
	if (out->count > 0 && strcmp(out->rows[out->count - 1].path, path) >= 0)
		assay_diagnostics_add(d, true, SUMS_NAME, number, 1, "the path does not come after the one before it");
	if (!assay_digest_parse(&digest, hex))
		return ASSAY_RAISE(err, ASSAY_EINVAL, "64 digits that are no digest");
	return sums_add(out, path, strlen(path), &digest, err);
}

/* A path that is there twice could have two digests: the first one stands, the finding is there already. */
static void drop_repeated(sums *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->count; i++) {
		if (kept > 0 && strcmp(s->rows[kept - 1].path, s->rows[i].path) == 0)
			free(s->rows[i].path);
		else
			s->rows[kept++] = s->rows[i];
	}
	s->count = kept;
}

assay_code sums_parse(sums *out, const char *text, size_t size, assay_diagnostics *d, assay_err *err)
{
	assay_code rc = ASSAY_OK;
	int number = 0;

	*out = (sums){0};
	for (size_t at = 0; at < size && rc == ASSAY_OK;) {
		const char *end = memchr(text + at, '\n', size - at);
		const size_t length = end != NULL ? (size_t)(end - text) - at : size - at;

		rc = parse_line(out, text + at, length, ++number, d, err);
		if (end == NULL)
			assay_diagnostics_add(d, true, SUMS_NAME, number, 1, "the last line is not complete");
		at += length + 1;
	}
	sums_sort(out);
	drop_repeated(out);
	return rc;
}
