#include "roster.h"

#include "assay/file.h"
#include "assay/memory.h"
#include "assay/stop.h"
#include "assay/trie.h"
#include "assay/unit.h"

#include "keysort.h"

#include <stdlib.h>
#include <string.h>

#define DIGEST_DIGITS (2 * ASSAY_DIGEST_SIZE)

/* ---------------------------------------------------------------- keys */

static assay_code take_entry(void *ctx, const assay_trie_entry *e, assay_err *err)
{
	roster *r = ctx;
	roster_entry *x;
	const assay_code rc = assay_grow(&r->entries, &r->cap, r->count, sizeof *r->entries, err);

	if (rc != ASSAY_OK)
		return rc;
	if (assay_stop_requested() > 0)
		return ASSAY_RAISE(err, ASSAY_ESTOP, "stopped");
	x = &r->entries[r->count];
	*x = (roster_entry){assay_arena_strdup(&r->keys, e->key), e->work_key};
	if (x->key == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "samples");
	r->count++;
	return ASSAY_OK;
}

assay_code roster_open(roster *r, assay_store *s, const assay_version *v, assay_err *err)
{
	assay_code rc;

	*r = (roster){.store = s};
	rc = assay_trie_each(s, &v->accepted, take_entry, r, err);
	return rc == ASSAY_OK ? keysort(r->entries, r->count, err) : rc;
}

void roster_release(roster *r)
{
	free(r->entries);
	free(r->artifacts);
	assay_arena_release(&r->keys);
	*r = (roster){0};
}

size_t roster_at(const roster *r, const char *key)
{
	size_t low = 0, high = r->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (strcmp(r->entries[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t roster_find(const roster *r, const char *key)
{
	const size_t at = roster_at(r, key);

	return at < r->count && strcmp(r->entries[at].key, key) == 0 ? at : ROSTER_NONE;
}

/* ---------------------------------------------------------------- sources */

/* A source that is one sample has its path for a key; of any other the keys go on with '#'. */
static assay_code find_parts(const roster *r, const char *path, size_t *first, size_t *count, assay_err *err)
{
	ASSAY_AUTO_BUF start = ASSAY_BUF_INIT;
	const size_t whole = roster_find(r, path);
	assay_code rc;

	assay_buf_printf(&start, "%s#", path);
	rc = assay_buf_check(&start, err);
	if (rc != ASSAY_OK)
		return rc;
	*first = roster_at(r, assay_buf_str(&start));
	while (*first + *count < r->count &&
	       strncmp(r->entries[*first + *count].key, assay_buf_str(&start), start.len) == 0)
		++*count;
	if (whole != ROSTER_NONE)
		*first = whole;
	*count += whole != ROSTER_NONE;
	return ASSAY_OK;
}

static assay_code find_path(const roster *r, const char *path, size_t *first, size_t *count, assay_err *err)
{
	ASSAY_AUTO_BUF escaped = ASSAY_BUF_INIT;
	assay_code rc = find_parts(r, path, first, count, err);

	if (rc != ASSAY_OK || *count > 0)
		return rc;
	assay_path_escape(&escaped, path);
	rc = assay_buf_check(&escaped, err);
	return rc == ASSAY_OK ? find_parts(r, assay_buf_str(&escaped), first, count, err) : rc;
}

/* ---------------------------------------------------------------- files of the delivery */

static assay_code add_digest(roster *r, size_t entry, const assay_digest *d, assay_err *err)
{
	const assay_code rc = assay_grow(&r->artifacts, &r->artifact_cap, r->artifact_count, sizeof *r->artifacts, err);

	if (rc == ASSAY_OK)
		r->artifacts[r->artifact_count++] = (roster_artifact){*d, entry};
	return rc;
}

static assay_code add_artifacts(roster *r, size_t entry, const assay_unit *u, assay_err *err)
{
	const assay_result_sample *s = assay_unit_sample(u, r->entries[entry].key);
	assay_code rc = add_digest(r, entry, &u->source, err); /* a replaced sample is delivered with its source */

	for (size_t i = 0; s != NULL && i < s->artifact_count && rc == ASSAY_OK; i++)
		rc = add_digest(r, entry, &s->artifacts[i].digest, err);
	return rc;
}

static int by_digest(const void *pa, const void *pb)
{
	const roster_artifact *a = pa, *b = pb;
	const int order = assay_digest_cmp(&a->digest, &b->digest);

	return order != 0 ? order : (a->entry > b->entry) - (a->entry < b->entry);
}

/* Samples of a unit follow each other, nearly always. */
static assay_code list_artifacts(roster *r, assay_err *err)
{
	ASSAY_AUTO_UNIT u = {0};
	uint64_t id;
	assay_code rc;

	r->artifacts = assay_alloc(r->count, sizeof *r->artifacts);
	r->artifact_cap = r->artifacts != NULL ? r->count : 0;
	if (r->artifacts == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "files of the delivery");
	for (size_t i = 0; i < r->count; i++) {
		if (u.id == 0 || !assay_digest_eq(&u.work_key, &r->entries[i].work_key)) {
			assay_unit_release(&u);
			u = (assay_unit){0};
			ASSAY_TRY(assay_unit_find(r->store, &r->entries[i].work_key, &id, err));
			ASSAY_TRY(assay_unit_get(r->store, id, &u, err));
		}
		ASSAY_TRY(add_artifacts(r, i, &u, err));
	}
	if (r->artifact_count > 1)
		qsort(r->artifacts, r->artifact_count, sizeof *r->artifacts, by_digest);
	return ASSAY_OK;
fail:
	if (rc == ASSAY_ENOENT)
		rc = ASSAY_RAISE(err, ASSAY_ECORRUPT, "the store does not hold the work that a sample came of");
	return rc;
}

/* "artifacts/ab/ab12….txt", below any folder, or the digest alone. */
static bool read_digest(assay_digest *out, const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *base = slash != NULL ? slash + 1 : name;
	char hex[DIGEST_DIGITS + 1] = "";

	if (assay_digest_parse(out, base))
		return true;
	if (strlen(base) <= DIGEST_DIGITS || base[DIGEST_DIGITS] != '.')
		return false;
	memcpy(hex, base, DIGEST_DIGITS);
	return assay_digest_parse(out, hex);
}

static assay_code find_artifact(roster *r, const assay_digest *d, size_t *first, size_t *count, assay_err *err)
{
	size_t low = 0, high;
	const assay_code rc = r->artifacts == NULL ? list_artifacts(r, err) : ASSAY_OK;

	if (rc != ASSAY_OK)
		return rc;
	high = r->artifact_count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (assay_digest_cmp(&r->artifacts[middle].digest, d) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < r->artifact_count)
		*first = r->artifacts[low].entry;
	/* A sample may have the same bytes twice. */
	for (; low < r->artifact_count && assay_digest_eq(&r->artifacts[low].digest, d); low++)
		*count += *count == 0 || r->artifacts[low].entry != r->artifacts[low - 1].entry;
	return ASSAY_OK;
}

assay_code roster_find_member(roster *r, const char *name, size_t *first, size_t *count, assay_err *err)
{
	assay_digest d;
	assay_code rc = ASSAY_OK;

	*count = 0;
	while (strncmp(name, "./", 2) == 0)
		name += 2;
	*first = roster_find(r, name);
	if (*first != ROSTER_NONE && strchr(name, '#') != NULL)
		*count = 1;
	else
		rc = find_path(r, name, first, count, err);
	if (rc == ASSAY_OK && *count == 0 && read_digest(&d, name))
		rc = find_artifact(r, &d, first, count, err);
	if (*count == 0)
		*first = ROSTER_NONE;
	return rc;
}
