#include "job_metadata.h"

#include "assay/file.h"
#include "assay/memory.h"

#include "known.h"
#include "source_metadata.h"

#include <fcntl.h>

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

/*
 * Rows of old formats kept nothing of a sidecar: their stamps of it are no longer trusted (lineage/src/source.c). Nor
 * does a row keep what a decision stood over.
 */
static bool is_kept(const assay_job *j, const assay_source_sidecar *sc)
{
	const assay_source_sidecar *known = assay_known_sidecar(&j->before, sc->role, sc->path);

	for (size_t i = 0; i < j->before.metadata_count; i++)
		if (j->before.metadata_origins[i] == ASSAY_METADATA_DECISION)
			return false;
	return known != NULL && known->stamp.hashed_ns != 0 && assay_digest_eq(&known->digest, &sc->digest) &&
	       j->before.failure == ASSAY_FAILURE_NONE;
}

assay_code assay_job_take_metadata(assay_job *j, const assay_session *s, int rootfd, assay_err *err)
{
	ASSAY_AUTO_METADATA_SET m = {0};
	assay_code rc = assay_metadata_set_find(&m, s->config, j->found->rule, j->found->path, err);

	for (size_t i = 0; i < j->next.sidecar_count && rc == ASSAY_OK; i++) {
		if (!assay_role_is_metadata(j->next.sidecars[i].role) || j->next.failure != ASSAY_FAILURE_NONE)
			continue;
		rc = is_kept(j, &j->next.sidecars[i]) ? assay_metadata_recall(&m, &j->before, err)
						      : read_sidecar(&m, j, i, rootfd, err);
	}
	if (rc == ASSAY_OK)
		rc = assay_metadata_decide(&m, &s->decided, j->next.path, &j->next.digest, err);
	if (rc != ASSAY_OK)
		return rc;
	assay_metadata_set_settle(&m);
	return assay_metadata_keep(&j->next, &m, err);
}
