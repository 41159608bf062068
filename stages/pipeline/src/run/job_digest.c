/* What a job asks of the readers of files, and what comes back. */
#include "job.h"

#include "assay/file.h"

#include "known.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

assay_code assay_job_fail(assay_job *j, assay_failure failure, const char *what, const char *why, assay_err *err)
{
	free(j->next.message);
	j->next.failure = failure;
	j->next.message = assay_asprintf("%s: %s", what, why);
	return j->next.message == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "source") : ASSAY_OK;
}

static const char *problem_text(int problem)
{
	if (problem == ESTALE)
		return "the file changed while it was read, twice";
	return problem == ENOTSUP ? "not a regular file" : strerror(problem);
}

/* ---------------------------------------------------------------- asking */

static assay_code name_sidecar(assay_job *j, const assay_found_sidecar *f, assay_err *err)
{
	assay_source_sidecar *sc = &j->next.sidecars[j->next.sidecar_count];
	ASSAY_AUTO_BUF key = ASSAY_BUF_INIT;

	assay_path_escape(&key, f->path);
	sc->role = assay_strdup(f->role);
	sc->path = assay_buf_steal(&key);
	if (sc->role != NULL && sc->path != NULL) {
		j->next.sidecar_count++;
		return ASSAY_OK;
	}
	free(sc->role);
	free(sc->path);
	return ASSAY_RAISE(err, ASSAY_ENOMEM, "sidecar");
}

static assay_code name_sidecars(assay_job *j, assay_err *err)
{
	const assay_found *f = j->found;
	assay_code rc = ASSAY_OK;

	j->next.sidecars = assay_alloc(f->sidecar_count, sizeof *j->next.sidecars);
	if (j->next.sidecars == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "sidecars");
	for (size_t i = 0; i < f->sidecar_count && rc == ASSAY_OK; i++)
		rc = name_sidecar(j, &f->sidecars[i], err);
	return rc;
}

/* Files are looked at as they are now, not as the scan saw them: a run may take hours. */
static void fill_tasks(assay_job *j, int rootfd)
{
	const assay_found *f = j->found;

	j->tasks[0] = (assay_hash_task){.rootfd = rootfd, .path = f->path, .owner = j};
	if (j->before.id != 0 && j->before.failure == ASSAY_FAILURE_NONE)
		j->tasks[0].known = j->before.stamp;
	for (size_t i = 0; i < f->sidecar_count; i++) {
		const assay_source_sidecar *sc = &j->next.sidecars[i];
		const assay_source_sidecar *known = assay_known_sidecar(&j->before, sc->role, sc->path);

		j->tasks[i + 1] = (assay_hash_task){.rootfd = rootfd, .path = f->sidecars[i].path, .owner = j};
		if (known != NULL)
			j->tasks[i + 1].known = known->stamp;
	}
}

assay_code assay_job_ask_digests(assay_job *j, int rootfd, assay_hash_pool *pool, assay_err *err)
{
	const assay_found *f = j->found;
	assay_code rc;

	j->state = ASSAY_JOB_HASHED;
	if (f->problem != 0)
		return assay_job_fail(j, ASSAY_FAILURE_UNREADABLE, "read", problem_text(f->problem), err);
	rc = name_sidecars(j, err);
	if (rc != ASSAY_OK)
		return rc;
	j->tasks = assay_alloc((size_t)f->sidecar_count + 1, sizeof *j->tasks);
	if (j->tasks == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "digests");
	fill_tasks(j, rootfd);
	j->state = ASSAY_JOB_HASHING;
	j->unhashed = (size_t)f->sidecar_count + 1;
	for (size_t i = 0; i <= f->sidecar_count; i++)
		assay_hash_pool_submit(pool, &j->tasks[i]);
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- taking */

static assay_code take(assay_job *j, const assay_hash_task *t, const char *suffix, assay_err *err)
{
	char what[24];

	if (t->problem == 0 || j->next.failure != ASSAY_FAILURE_NONE)
		return ASSAY_OK; /* the first failure is told */
	if (t->problem == ENOMEM)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "digest of '%s'", j->found->key);
	(void)snprintf(what, sizeof what, "%s%s", t->doing, suffix);
	return assay_job_fail(j, t->problem == ESTALE ? ASSAY_FAILURE_CHANGED : ASSAY_FAILURE_UNREADABLE, what,
			      problem_text(t->problem), err);
}

static assay_code take_sidecar(assay_job *j, size_t i, assay_err *err)
{
	const assay_hash_task *t = &j->tasks[i + 1];
	assay_source_sidecar *sc = &j->next.sidecars[i];

	sc->stamp = t->stamp;
	sc->digest = t->digest;
	if (t->unread)
		sc->digest = assay_known_sidecar(&j->before, sc->role, sc->path)->digest;
	return take(j, t, " sidecar", err);
}

static void forget_sidecars(assay_source *src)
{
	for (size_t i = 0; i < src->sidecar_count; i++) {
		free(src->sidecars[i].role);
		free(src->sidecars[i].path);
	}
	src->sidecar_count = 0;
}

assay_code assay_job_take_digests(assay_job *j, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	if (j->tasks == NULL)
		return ASSAY_OK; /* it could not even be looked at */
	j->next.stamp = j->tasks[0].stamp;
	if (j->tasks[0].problem == 0)
		j->next.digest = j->tasks[0].unread ? j->before.digest : j->tasks[0].digest;
	rc = take(j, &j->tasks[0], "", err);
	/* What lies beside a file that cannot be read says nothing. */
	if (j->next.failure != ASSAY_FAILURE_NONE)
		forget_sidecars(&j->next);
	for (size_t i = 0; i < j->next.sidecar_count && rc == ASSAY_OK; i++)
		rc = take_sidecar(j, i, err);
	free(j->tasks);
	j->tasks = NULL;
	return rc;
}
