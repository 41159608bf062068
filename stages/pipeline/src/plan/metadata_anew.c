#include "source_metadata.h"

#include "assay/file.h"
#include "assay/log.h"
#include "assay/memory.h"

#include "seen.h"

#include <fcntl.h>
#include <stdlib.h>

typedef struct withdrawn {
	const assay_session *session;
	int rootfd;
	char **paths; /* of sources about whose metadata a decision was taken back, and none stands */
	size_t count, cap;
} withdrawn;

static void withdrawn_release(withdrawn *w)
{
	for (size_t i = 0; i < w->count; i++)
		free(w->paths[i]);
	free(w->paths);
}

static assay_code note(void *ctx, const assay_decision *d, assay_err *err)
{
	withdrawn *w = ctx;
	assay_code rc;

	if (d->kind != ASSAY_DECISION_METADATA || d->standing != ASSAY_DECISION_WITHDRAWN ||
	    assay_decided_find(&w->session->decided, d->subject, ASSAY_DECISION_OF_METADATA) != NULL)
		return ASSAY_OK;
	rc = assay_grow(&w->paths, &w->cap, w->count, sizeof *w->paths, err);
	if (rc != ASSAY_OK)
		return rc;
	w->paths[w->count] = assay_strdup(d->subject);
	return w->paths[w->count++] != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "decisions");
}

static bool says_what_was_decided(const assay_source *src)
{
	for (size_t i = 0; i < src->metadata_count; i++)
		if (src->metadata_origins[i] == ASSAY_METADATA_DECISION)
			return true;
	return false;
}

/* *same: it is the file that the row was made by, and the set has what it says. */
static assay_code read_sidecar(assay_metadata_set *m, bool *same, const assay_source_sidecar *sc, int rootfd,
			       assay_err *err)
{
	ASSAY_AUTO_BUF path = ASSAY_BUF_INIT, bytes = ASSAY_BUF_INIT;
	assay_metadata_fault fault = {0};
	assay_err why = ASSAY_ERR_INIT;
	assay_digest digest;
	assay_code rc;

	*same = false;
	if (!assay_path_unescape(&path, sc->path))
		return assay_buf_check(&path, err);
	rc = assay_file_read(&bytes, rootfd, assay_buf_str(&path), ASSAY_METADATA_SIDECAR_MAX, &why);
	if (rc == ASSAY_OK)
		rc = assay_digest_of(&digest, assay_buf_str(&bytes), bytes.len, &why);
	if (rc != ASSAY_OK || !assay_digest_eq(&digest, &sc->digest))
		return rc == ASSAY_ENOMEM ? ASSAY_RAISE(err, rc, "%s", why.msg) : ASSAY_OK;
	rc = assay_metadata_set_read(m, assay_buf_str(&path), assay_buf_str(&bytes), bytes.len, &fault, &why);
	*same = rc == ASSAY_OK;
	return rc == ASSAY_ENOMEM ? ASSAY_RAISE(err, rc, "%s", why.msg) : ASSAY_OK;
}

/* *found: all that speaks of the source could be asked. */
static assay_code find(assay_metadata_set *m, bool *found, const withdrawn *w, const assay_source *src, assay_err *err)
{
	const assay_config *config = w->session->config;
	const assay_config_source *rule;
	ASSAY_AUTO_BUF path = ASSAY_BUF_INIT;
	assay_code rc;

	*found = false;
	if (!assay_path_unescape(&path, src->path))
		return assay_buf_check(&path, err);
	rule = assay_config_rule_of(config, assay_buf_str(&path));
	if (rule == NULL || (config->metadata_file_count > 0 && config->tables == NULL))
		return ASSAY_OK;
	rc = assay_metadata_set_find(m, config, rule, assay_buf_str(&path), err);
	*found = true;
	for (size_t i = 0; i < src->sidecar_count && rc == ASSAY_OK && *found; i++)
		if (assay_role_is_metadata(src->sidecars[i].role))
			rc = read_sidecar(m, found, &src->sidecars[i], w->rootfd, err);
	assay_metadata_set_settle(m);
	return rc;
}

static assay_code find_one(const withdrawn *w, const char *path, assay_err *err)
{
	ASSAY_AUTO_METADATA_SET m = {0};
	ASSAY_AUTO_SOURCE src = {0};
	bool found = false;
	assay_code rc = assay_source_find(w->session->store, path, &src, err);

	if (rc != ASSAY_OK || src.missing || !says_what_was_decided(&src))
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	rc = find(&m, &found, w, &src, err);
	if (rc == ASSAY_OK && !found)
		assay_log(ASSAY_LOG_WARNING,
			  "metadata of '%s' stay as they were decided until the next 'assay run': what files say of it "
			  "has changed since it was read",
			  path);
	if (rc != ASSAY_OK || !found)
		return rc;
	rc = assay_metadata_say_instead(&src, &m, w->session->run.id, err);
	if (rc == ASSAY_OK)
		rc = assay_source_put(w->session->store, &src, err);
	return rc == ASSAY_OK ? assay_seen_forget(w->session->store, err) : rc;
}

assay_code assay_metadata_find_anew(const assay_session *s, int rootfd, assay_err *err)
{
	ASSAY_CLEANUP(withdrawn_release) withdrawn w = {.session = s, .rootfd = rootfd};
	assay_code rc = assay_decisions_each(s->store, false, note, &w, err);

	for (size_t i = 0; i < w.count && rc == ASSAY_OK; i++)
		rc = find_one(&w, w.paths[i], err);
	return rc;
}
