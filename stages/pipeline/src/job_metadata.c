#include "job_metadata.h"

#include "assay/file.h"
#include "assay/memory.h"

#include "known.h"

#include <fcntl.h>
#include <string.h>

bool assay_role_is_metadata(const char *role)
{
	return strcmp(role, ASSAY_SIDECAR_METADATA) == 0;
}

/* What the metadata sidecar of a row said. The row outlives the set. */
static assay_code recall(assay_metadata_set *m, const assay_source *src, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < src->metadata_count && rc == ASSAY_OK; i++)
		if (src->metadata_origins[i] == ASSAY_METADATA_SIDECAR)
			rc = assay_metadata_set_add(m, src->metadata_keys[i], src->metadata_values[i],
						    ASSAY_METADATA_SIDECAR, err);
	return rc;
}

assay_code assay_metadata_now(assay_metadata_set *out, const assay_config *config, const assay_found *f,
			      const assay_source *src, assay_err *err)
{
	bool has_sidecar = false;
	assay_code rc = assay_metadata_set_find(out, config, f->rule, f->path, err);

	for (size_t i = 0; i < f->sidecar_count; i++)
		has_sidecar = has_sidecar || assay_role_is_metadata(f->sidecars[i].role);
	if (rc == ASSAY_OK && has_sidecar)
		rc = recall(out, src, err);
	assay_metadata_set_settle(out);
	return rc;
}

bool assay_metadata_stands(const assay_source *src, const assay_metadata_set *now)
{
	if (src->metadata_count != now->count)
		return false;
	for (size_t i = 0; i < now->count; i++)
		if (strcmp(src->metadata_keys[i], now->items[i].key) != 0 ||
		    strcmp(src->metadata_values[i], now->items[i].value) != 0 ||
		    src->metadata_origins[i] != now->items[i].origin)
			return false;
	return true;
}

static assay_code keep(assay_source *row, const assay_metadata_set *m, assay_err *err)
{
	row->metadata_keys = assay_alloc(m->count, sizeof *row->metadata_keys);
	row->metadata_values = assay_alloc(m->count, sizeof *row->metadata_values);
	row->metadata_origins = assay_alloc(m->count, sizeof *row->metadata_origins);
	if (row->metadata_keys == NULL || row->metadata_values == NULL || row->metadata_origins == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "metadata");
	while (row->metadata_count < m->count) {
		const size_t i = row->metadata_count++;

		row->metadata_keys[i] = assay_strdup(m->items[i].key);
		row->metadata_values[i] = assay_strdup(m->items[i].value);
		row->metadata_origins[i] = (uint8_t)m->items[i].origin;
		if (row->metadata_keys[i] == NULL || row->metadata_values[i] == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "metadata");
	}
	return ASSAY_OK;
}

bool assay_metadata_equal(const assay_source *a, const assay_source *b)
{
	if (a->metadata_count != b->metadata_count)
		return false;
	for (size_t i = 0; i < a->metadata_count; i++)
		if (strcmp(a->metadata_keys[i], b->metadata_keys[i]) != 0 ||
		    strcmp(a->metadata_values[i], b->metadata_values[i]) != 0)
			return false;
	return true;
}

/* ---------------------------------------------------------------- of a job */

/* Digested again, so that the row's digest is of the bytes that are taken at their word, whatever happened meanwhile. */
static assay_code read_sidecar(assay_metadata_set *m, assay_job *j, size_t i, int rootfd, assay_err *err)
{
	const char *path = j->found->sidecars[i].path, *name = j->next.sidecars[i].path; /* escaped: to be told */
	ASSAY_AUTO_FD fd = openat(rootfd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	ASSAY_AUTO_BUF bytes = ASSAY_BUF_INIT;
	assay_metadata_fault fault = {0};
	assay_err why = ASSAY_ERR_INIT;
	assay_code rc =
	    fd < 0 ? ASSAY_RAISE_ERRNO(&why, "open") : assay_file_read_fd(&bytes, fd, ASSAY_METADATA_SIDECAR_MAX, &why);

	if (rc == ASSAY_EFULL)
		return assay_job_fail(j, ASSAY_FAILURE_METADATA, name, "metadata of one source are at most 1 MiB", err);
	if (rc != ASSAY_OK && rc != ASSAY_ENOMEM)
		return assay_job_fail(j, ASSAY_FAILURE_UNREADABLE, "read sidecar", why.msg, err);
	if (rc == ASSAY_OK)
		rc = assay_digest_of(&j->next.sidecars[i].digest, assay_buf_str(&bytes), bytes.len, &why);
	if (rc == ASSAY_OK)
		rc = assay_metadata_set_read(m, path, assay_buf_str(&bytes), bytes.len, &fault, &why);
	if (rc == ASSAY_ECORRUPT)
		return assay_job_fail(j, ASSAY_FAILURE_METADATA, name, why.msg, err);
	return rc == ASSAY_OK ? ASSAY_OK : ASSAY_RAISE(err, rc, "metadata of '%s'", j->found->key);
}

/* Rows of old formats kept nothing of a sidecar: their stamps of it are no longer trusted (lineage/src/source.c). */
static bool is_kept(const assay_job *j, const assay_source_sidecar *sc)
{
	const assay_source_sidecar *known = assay_known_sidecar(&j->before, sc->role, sc->path);

	return known != NULL && known->stamp.hashed_ns != 0 && assay_digest_eq(&known->digest, &sc->digest) &&
	       j->before.failure == ASSAY_FAILURE_NONE;
}

assay_code assay_job_take_metadata(assay_job *j, const assay_config *config, int rootfd, assay_err *err)
{
	ASSAY_AUTO_METADATA_SET m = {0};
	assay_code rc = assay_metadata_set_find(&m, config, j->found->rule, j->found->path, err);

	for (size_t i = 0; i < j->next.sidecar_count && rc == ASSAY_OK; i++) {
		if (!assay_role_is_metadata(j->next.sidecars[i].role) || j->next.failure != ASSAY_FAILURE_NONE)
			continue;
		rc = is_kept(j, &j->next.sidecars[i]) ? recall(&m, &j->before, err)
						      : read_sidecar(&m, j, i, rootfd, err);
	}
	if (rc != ASSAY_OK)
		return rc;
	assay_metadata_set_settle(&m);
	return keep(&j->next, &m, err);
}
