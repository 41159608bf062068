#include "job.h"

#include "assay/file.h"
#include "assay/sample.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---------------------------------------------------------------- comparing with what is known */

static const assay_source_sidecar *known_sidecar(const assay_source *src, const char *role, const char *key)
{
	for (size_t i = 0; i < src->sidecar_count; i++)
		if (strcmp(src->sidecars[i].role, role) == 0 && strcmp(src->sidecars[i].path, key) == 0)
			return &src->sidecars[i];
	return NULL;
}

static bool stamp_trusted(const assay_stamp *known, const assay_stamp *seen)
{
	return assay_stamp_same(known, seen) && assay_stamp_is_settled(known);
}

static bool same_metadata(const assay_source *src, const assay_config_source *rule)
{
	if (src->metadata_count != rule->metadata_count)
		return false;
	for (size_t i = 0; i < rule->metadata_count; i++)
		if (strcmp(src->metadata_keys[i], rule->metadata_keys[i]) != 0 ||
		    strcmp(src->metadata_values[i], rule->metadata_values[i]) != 0)
			return false;
	return true;
}

static bool stamp_holds(const assay_stamp *known, const assay_stamp *seen, bool trust_young)
{
	return trust_young ? assay_stamp_same(known, seen) : stamp_trusted(known, seen);
}

static assay_code same_sidecars(bool *same, const assay_source *src, const assay_found *f, bool trust_young,
				assay_err *err)
{
	*same = src->sidecar_count == f->sidecar_count;
	for (size_t i = 0; i < f->sidecar_count && *same; i++) {
		ASSAY_AUTO_BUF key = ASSAY_BUF_INIT;
		const assay_source_sidecar *k;
		assay_code rc;

		assay_path_escape(&key, f->sidecars[i].path);
		rc = assay_buf_check(&key, err);
		if (rc != ASSAY_OK)
			return rc;
		k = known_sidecar(src, f->sidecars[i].role, assay_buf_str(&key));
		*same = k != NULL && stamp_holds(&k->stamp, &f->sidecars[i].stamp, trust_young);
	}
	return ASSAY_OK;
}

/* Outcomes of time, memory and signals are tried again by the next run. */
static assay_standing worse(assay_standing so_far, assay_failure failure)
{
	if (so_far == ASSAY_STANDING_RETRY || failure == ASSAY_FAILURE_NONE)
		return so_far;
	return assay_failure_is_deterministic(failure) ? ASSAY_STANDING_FAILED : ASSAY_STANDING_RETRY;
}

/* Rows of format 1 do not say it: their units do. */
static assay_code standing_of(assay_standing *out, assay_session *s, const assay_source *src, assay_err *err)
{
	*out = src->standing;
	if (*out != ASSAY_STANDING_UNKNOWN)
		return ASSAY_OK;
	*out = src->unit_count > 0 && src->failure == ASSAY_FAILURE_NONE ? ASSAY_STANDING_DONE : ASSAY_STANDING_RETRY;
	for (size_t i = 0; i < src->unit_count && *out != ASSAY_STANDING_RETRY; i++) {
		ASSAY_AUTO_UNIT u = {0};
		const assay_code rc = assay_unit_get(s->store, src->units[i], &u, err);

		if (rc != ASSAY_OK)
			return rc;
		*out = worse(*out, u.result.failure);
	}
	return ASSAY_OK;
}

assay_code assay_job_is_unchanged(bool *unchanged, bool *failing, assay_session *s, const assay_found *f,
				  bool trust_young, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	assay_standing standing;
	bool same;
	assay_code rc = assay_source_find(s->store, f->key, &src, err);

	*unchanged = *failing = false;
	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	if (src.missing || f->problem != 0 || src.modality != f->rule->modality ||
	    !assay_digest_eq(&src.recipe, &s->recipes[f->rule->modality]->digest) ||
	    !stamp_holds(&src.stamp, &f->stamp, trust_young) || !same_metadata(&src, f->rule))
		return ASSAY_OK;
	rc = same_sidecars(&same, &src, f, trust_young, err);
	if (rc != ASSAY_OK || !same)
		return rc;
	rc = standing_of(&standing, s, &src, err);
	*unchanged = rc == ASSAY_OK && standing != ASSAY_STANDING_RETRY;
	*failing = rc == ASSAY_OK && standing == ASSAY_STANDING_FAILED;
	return rc;
}

/* ---------------------------------------------------------------- beginning */

static assay_code fail_source(assay_job *j, assay_failure failure, assay_err *err, const char *what, const char *why)
{
	free(j->next.message);
	j->next.failure = failure;
	j->next.message = assay_asprintf("%s: %s", what, why);
	return j->next.message == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "source") : ASSAY_OK;
}

static assay_code copy_rule(assay_job *j, assay_err *err)
{
	const assay_config_source *rule = j->found->rule;
	assay_source *n = &j->next;

	n->path = assay_strdup(j->found->key);
	n->metadata_keys = assay_alloc(rule->metadata_count, sizeof *n->metadata_keys);
	n->metadata_values = assay_alloc(rule->metadata_count, sizeof *n->metadata_values);
	if (n->path == NULL || n->metadata_keys == NULL || n->metadata_values == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "source");
	while (n->metadata_count < rule->metadata_count) {
		const size_t i = n->metadata_count++;

		n->metadata_keys[i] = assay_strdup(rule->metadata_keys[i]);
		n->metadata_values[i] = assay_strdup(rule->metadata_values[i]);
		if (n->metadata_keys[i] == NULL || n->metadata_values[i] == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "source");
	}
	return ASSAY_OK;
}

/* O_NONBLOCK so that a FIFO put in a source's place cannot hold the run; it is refused right after. */
static int open_source(int rootfd, const char *path, struct stat *st)
{
	const int fd = openat(rootfd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return -1;
	if (fstat(fd, st) == 0 && S_ISREG(st->st_mode))
		return fd;
	(void)close(fd);
	errno = ENOTSUP;
	return -1;
}

static const char *problem_text(int problem)
{
	return problem == ENOTSUP ? "not a regular file" : strerror(problem);
}

static assay_code hash_file(int fd, assay_stamp *stamp, assay_digest *digest, const struct stat *st, assay_err *err)
{
	assay_stamp_of(stamp, st);
	stamp->hashed_ns = assay_now_ns();
	return assay_digest_fd(digest, NULL, fd, err);
}

static assay_code digest_source(assay_job *j, int rootfd, assay_err *err)
{
	const assay_found *f = j->found;
	struct stat st;
	assay_err read_err = ASSAY_ERR_INIT;

	if (f->problem != 0)
		return fail_source(j, ASSAY_FAILURE_UNREADABLE, err, "read", problem_text(f->problem));
	j->fd = open_source(rootfd, f->path, &st);
	if (j->fd < 0)
		return fail_source(j, ASSAY_FAILURE_UNREADABLE, err, "open", problem_text(errno));
	assay_stamp_of(&j->next.stamp, &st);
	if (j->before.id != 0 && j->before.failure == ASSAY_FAILURE_NONE &&
	    stamp_trusted(&j->before.stamp, &j->next.stamp)) {
		j->next.stamp.hashed_ns = j->before.stamp.hashed_ns;
		j->next.digest = j->before.digest;
		return ASSAY_OK;
	}
	if (hash_file(j->fd, &j->next.stamp, &j->next.digest, &st, &read_err) != ASSAY_OK)
		return fail_source(j, ASSAY_FAILURE_UNREADABLE, err, "read", read_err.msg);
	return ASSAY_OK;
}

static assay_code digest_sidecar(assay_job *j, const assay_found_sidecar *f, int rootfd, assay_err *err)
{
	assay_source_sidecar *sc = &j->next.sidecars[j->next.sidecar_count];
	ASSAY_AUTO_BUF key = ASSAY_BUF_INIT;
	ASSAY_AUTO_FD fd = -1;
	const assay_source_sidecar *known;
	assay_err read_err = ASSAY_ERR_INIT;
	assay_stamp now = {0};
	struct stat st;

	assay_path_escape(&key, f->path);
	sc->role = assay_strdup(f->role);
	sc->path = assay_buf_steal(&key);
	if (sc->role == NULL || sc->path == NULL) {
		free(sc->role);
		free(sc->path);
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "sidecar");
	}
	j->next.sidecar_count++;
	known = known_sidecar(&j->before, sc->role, sc->path);
	/* As it is now, not as the scan saw it: a run may take hours. */
	if (fstatat(rootfd, f->path, &st, 0) == 0)
		assay_stamp_of(&now, &st);
	if (known != NULL && stamp_trusted(&known->stamp, &now)) {
		sc->stamp = known->stamp;
		sc->digest = known->digest;
		return ASSAY_OK;
	}
	fd = open_source(rootfd, f->path, &st);
	if (fd < 0)
		return fail_source(j, ASSAY_FAILURE_UNREADABLE, err, "open sidecar", problem_text(errno));
	if (hash_file(fd, &sc->stamp, &sc->digest, &st, &read_err) != ASSAY_OK)
		return fail_source(j, ASSAY_FAILURE_UNREADABLE, err, "read sidecar", read_err.msg);
	return ASSAY_OK;
}

static assay_code digest_sidecars(assay_job *j, int rootfd, assay_err *err)
{
	const assay_found *f = j->found;
	assay_code rc = ASSAY_OK;

	j->next.sidecars = assay_alloc(f->sidecar_count, sizeof *j->next.sidecars);
	if (j->next.sidecars == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "sidecars");
	for (size_t i = 0; i < f->sidecar_count && rc == ASSAY_OK; i++)
		rc = digest_sidecar(j, &f->sidecars[i], rootfd, err);
	return rc;
}

/* ---------------------------------------------------------------- parts */

void assay_job_part_text(const assay_job *j, size_t part, char out[48])
{
	out[0] = '\0';
	if (j->next.modality == ASSAY_MODALITY_PAGE)
		(void)snprintf(out, 48, "pages=%zu-%zu", part * ASSAY_UNIT_PAGES + 1, (part + 1) * ASSAY_UNIT_PAGES);
}

assay_code assay_job_unit_key(assay_unit_key *out, assay_unit_sidecar **out_sidecars, const assay_job *j, size_t part,
			      char text[48], assay_err *err)
{
	assay_unit_sidecar *sidecars = assay_alloc(j->next.sidecar_count, sizeof *sidecars);

	*out_sidecars = sidecars;
	if (sidecars == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "work key");
	for (size_t i = 0; i < j->next.sidecar_count; i++)
		sidecars[i] = (assay_unit_sidecar){j->next.sidecars[i].role, j->next.sidecars[i].digest};
	assay_job_part_text(j, part, text);
	*out = (assay_unit_key){
	    .source = j->next.digest,
	    .part = text,
	    .sidecars = sidecars,
	    .sidecar_count = j->next.sidecar_count,
	    .recipe = j->next.recipe,
	};
	return ASSAY_OK;
}

static assay_code find_cached(assay_job *j, assay_session *s, size_t part, assay_err *err)
{
	ASSAY_AUTO_FREE assay_unit_sidecar *sidecars = NULL;
	assay_unit_key key;
	assay_digest work;
	char text[48];
	assay_code rc = assay_job_unit_key(&key, &sidecars, j, part, text, err);

	if (rc == ASSAY_OK)
		rc = assay_work_key(&work, &key, err);
	if (rc == ASSAY_OK)
		rc = assay_unit_find(s->store, &work, &j->parts[part].unit, err);
	if (rc == ASSAY_OK) {
		j->parts[part].state = ASSAY_PART_DONE;
		j->parts[part].cached = true;
	}
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

static assay_code make_parts(assay_job *j, assay_session *s, size_t count, assay_err *err)
{
	const size_t from = j->part_count;
	assay_job_part *parts = realloc(j->parts, count * sizeof *parts);
	assay_code rc = ASSAY_OK;

	if (parts == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "units of '%s'", j->next.path);
	j->parts = parts;
	memset(parts + from, 0, (count - from) * sizeof *parts);
	j->part_count = count;
	for (size_t i = from; i < count && rc == ASSAY_OK; i++)
		rc = find_cached(j, s, i, err);
	return rc;
}

assay_code assay_job_expand(assay_job *j, assay_session *s, uint32_t pages, assay_err *err)
{
	const size_t count = ((size_t)pages + ASSAY_UNIT_PAGES - 1) / ASSAY_UNIT_PAGES;

	j->pages = pages;
	return j->next.modality == ASSAY_MODALITY_PAGE && count > j->part_count ? make_parts(j, s, count, err)
										: ASSAY_OK;
}

static assay_code expand_cached(assay_job *j, assay_session *s, assay_err *err)
{
	ASSAY_AUTO_UNIT u = {0};
	assay_code rc;

	if (j->parts[0].state != ASSAY_PART_DONE)
		return ASSAY_OK;
	rc = assay_unit_get(s->store, j->parts[0].unit, &u, err);
	return rc == ASSAY_OK ? assay_job_expand(j, s, u.result.pages, err) : rc;
}

static assay_code begin(assay_job *j, assay_session *s, int rootfd, assay_err *err)
{
	assay_code rc;

	j->next.modality = j->found->rule->modality;
	j->next.recipe = s->recipes[j->next.modality]->digest;
	ASSAY_TRY(copy_rule(j, err));
	ASSAY_TRY(digest_source(j, rootfd, err));
	if (j->next.failure == ASSAY_FAILURE_NONE)
		ASSAY_TRY(digest_sidecars(j, rootfd, err));
	if (j->next.failure == ASSAY_FAILURE_NONE) {
		ASSAY_TRY(make_parts(j, s, 1, err));
		ASSAY_TRY(expand_cached(j, s, err));
	}
fail:
	return rc;
}

assay_code assay_job_begin(assay_job *j, assay_session *s, const assay_found *f, int rootfd, assay_err *err)
{
	assay_code rc;

	*j = (assay_job){.found = f, .fd = -1};
	rc = assay_source_find(s->store, f->key, &j->before, err);
	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return rc;
	return begin(j, s, rootfd, err);
}

static void forget_next(assay_job *j)
{
	assay_source_release(&j->next);
	j->next = (assay_source){0};
	assay_closep(&j->fd);
	j->fd = -1;
	free(j->parts);
	j->parts = NULL;
	j->part_count = 0;
}

assay_code assay_job_restart(assay_job *j, assay_session *s, int rootfd, assay_err *err)
{
	forget_next(j);
	j->redone = true;
	j->stale = false;
	return begin(j, s, rootfd, err);
}

void assay_job_release(assay_job *j)
{
	forget_next(j);
	assay_source_release(&j->before);
	*j = (assay_job){.fd = -1};
}

size_t assay_job_waiting(const assay_job *j)
{
	for (size_t i = 0; i < j->part_count && !j->stale; i++)
		if (j->parts[i].state == ASSAY_PART_WAITING)
			return i;
	return SIZE_MAX;
}

bool assay_job_is_done(const assay_job *j)
{
	for (size_t i = 0; i < j->part_count; i++)
		if (j->parts[i].state != ASSAY_PART_DONE)
			return false;
	return true;
}

/* What a part is made of (docs/formats.md, "Sample keys"); '#' and '%' belong to the path before it. */
#define PART_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789=&/-"

/* "page=17", and "page=17&table=2" for what was found on it. */
static bool is_of_pages(const char *part, size_t first, size_t last)
{
	unsigned long page;
	char *end;

	if (strncmp(part, "page=", 5) != 0 || part[5] < '1' || part[5] > '9')
		return false;
	page = strtoul(part + 5, &end, 10);
	return (*end == '\0' || *end == '&') && page >= first && page <= last;
}

static int compare_parts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool assay_job_owns_parts(const assay_job *j, size_t part, const assay_result *r)
{
	ASSAY_AUTO_FREE const char **parts = assay_alloc(r->sample_count, sizeof *parts);
	const bool document = j->next.modality == ASSAY_MODALITY_PAGE;
	const size_t first = part * ASSAY_UNIT_PAGES + 1;
	size_t last = first + ASSAY_UNIT_PAGES - 1, pages = 0;
	bool ok = parts != NULL;

	if (document && r->pages > 0 && last > r->pages)
		last = r->pages;
	for (size_t i = 0; i < r->sample_count && ok; i++) {
		parts[i] = r->samples[i].part;
		pages += r->samples[i].kind == ASSAY_SAMPLE_PAGE;
		ok = parts[i][strspn(parts[i], PART_CHARACTERS)] == '\0' &&
		     (!document || is_of_pages(parts[i], first, last));
	}
	/* Parts are distinct (below), so the right number of pages in the right range is every page. */
	if (document && r->pages > 0)
		ok = ok && last >= first && pages == last - first + 1;
	if (ok && r->sample_count > 1)
		qsort(parts, r->sample_count, sizeof *parts, compare_parts);
	for (size_t i = 1; i < r->sample_count && ok; i++)
		ok = strcmp(parts[i - 1], parts[i]) != 0;
	return ok;
}

void assay_job_part_tell(assay_job_part *p, const assay_result *r)
{
	p->told = true;
	p->failure = r->failure;
	p->samples = r->sample_count;
}

static bool stamp_differs(int rootfd, const char *path, const assay_stamp *known)
{
	struct stat st;
	assay_stamp now;

	if (fstatat(rootfd, path, &st, 0) != 0)
		return true;
	assay_stamp_of(&now, &st);
	return !assay_stamp_same(&now, known);
}

bool assay_job_file_changed(const assay_job *j, int rootfd)
{
	if (stamp_differs(rootfd, j->found->path, &j->next.stamp))
		return true;
	for (size_t i = 0; i < j->next.sidecar_count; i++)
		if (stamp_differs(rootfd, j->found->sidecars[i].path, &j->next.sidecars[i].stamp))
			return true;
	return false;
}

/* ---------------------------------------------------------------- finishing */

static bool sidecars_equal(const assay_source *a, const assay_source *b)
{
	if (a->sidecar_count != b->sidecar_count)
		return false;
	for (size_t i = 0; i < a->sidecar_count; i++)
		if (strcmp(a->sidecars[i].role, b->sidecars[i].role) != 0 ||
		    !assay_digest_eq(&a->sidecars[i].digest, &b->sidecars[i].digest))
			return false;
	return true;
}

static unsigned cause_of(const assay_job *j)
{
	const assay_source *a = &j->before, *b = &j->next;
	unsigned cause = 0;

	if (a->id == 0)
		return ASSAY_CAUSE_NEW;
	if (a->missing)
		cause |= ASSAY_CAUSE_RETURNED;
	if (b->failure == ASSAY_FAILURE_NONE && !assay_digest_eq(&a->digest, &b->digest))
		cause |= ASSAY_CAUSE_CONTENT;
	if (b->failure == ASSAY_FAILURE_NONE && !sidecars_equal(a, b))
		cause |= ASSAY_CAUSE_SIDECAR;
	if (!assay_digest_eq(&a->recipe, &b->recipe))
		cause |= ASSAY_CAUSE_RECIPE;
	if (!same_metadata(a, j->found->rule))
		cause |= ASSAY_CAUSE_METADATA;
	if (cause == 0)
		cause = j->ran || a->failure != b->failure ? ASSAY_CAUSE_RETRY : ASSAY_CAUSE_TOUCHED;
	return cause;
}

/* The state before moves over: the row that it came from is released with it empty. */
static void keep_before(assay_job *j)
{
	assay_source *a = &j->before, *b = &j->next;

	b->has_before = a->id != 0;
	b->before_digest = a->digest;
	b->before_recipe = a->recipe;
	b->before_sidecars = a->sidecars;
	b->before_sidecar_count = a->sidecar_count;
	a->sidecars = NULL;
	a->sidecar_count = 0;
}

/* A touch is no change: it must not hide the change before it. */
static void keep_history(assay_job *j)
{
	assay_source *a = &j->before, *b = &j->next;

	b->has_before = a->has_before;
	b->before_digest = a->before_digest;
	b->before_recipe = a->before_recipe;
	b->before_sidecars = a->before_sidecars;
	b->before_sidecar_count = a->before_sidecar_count;
	a->before_sidecars = NULL;
	a->before_sidecar_count = 0;
}

typedef struct pruning {
	assay_session *session;
	const assay_source *now; /* NULL: the whole source is gone */
} pruning;

static assay_code prune_sample(void *ctx, const assay_sample_row *row, assay_err *err)
{
	pruning *p = ctx;
	ASSAY_AUTO_SAMPLE_ROW copy = {0};
	assay_code rc;

	for (size_t i = 0; p->now != NULL && i < p->now->unit_count; i++)
		if (p->now->units[i] == row->unit)
			return ASSAY_OK;
	if (row->missing)
		return ASSAY_OK;
	rc = assay_sample_get(p->session->store, row->id, &copy, err);
	if (rc != ASSAY_OK)
		return rc;
	copy.missing = true;
	return assay_sample_put(p->session->store, &copy, err);
}

static assay_code take_stock(assay_job *j, assay_session *s, assay_err *err)
{
	const bool read = j->next.failure == ASSAY_FAILURE_NONE && j->part_count > 0;

	j->next.standing = read ? ASSAY_STANDING_DONE : ASSAY_STANDING_RETRY;
	j->samples = 0;
	for (size_t i = 0; i < j->part_count; i++) {
		assay_job_part *p = &j->parts[i];

		if (!p->told) {
			ASSAY_AUTO_UNIT u = {0};
			const assay_code rc = assay_unit_get(s->store, p->unit, &u, err);

			if (rc != ASSAY_OK)
				return rc;
			assay_job_part_tell(p, &u.result);
		}
		j->next.standing = worse(j->next.standing, p->failure);
		j->samples += p->samples;
	}
	return ASSAY_OK;
}

assay_code assay_job_finish(assay_job *j, assay_session *s, assay_err *err)
{
	assay_source *n = &j->next;
	pruning p = {.session = s, .now = n};
	const bool was_known = j->before.id != 0;
	assay_code rc = take_stock(j, s, err);

	if (rc != ASSAY_OK)
		return rc;
	n->id = j->before.id;
	n->cause = cause_of(j);
	n->run = s->run.id;
	n->units = assay_alloc(j->part_count, sizeof *n->units);
	if (n->units == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "source");
	for (size_t i = 0; i < j->part_count && n->failure == ASSAY_FAILURE_NONE; i++)
		n->units[n->unit_count++] = j->parts[i].unit;
	if (n->cause == ASSAY_CAUSE_TOUCHED) {
		/* Hashed again only because its stamp was too young to be trusted: nothing happened. */
		if (assay_stamp_same(&j->before.stamp, &n->stamp)) {
			n->cause = j->before.cause;
			n->run = j->before.run;
		}
		keep_history(j);
	} else {
		keep_before(j);
	}
	rc = assay_source_put(s->store, n, err);
	/* What is still made comes back to life when it is judged. */
	if (rc == ASSAY_OK && was_known)
		rc = assay_samples_of(s->store, n->id, prune_sample, &p, err);
	return rc;
}

assay_code assay_source_gone(assay_session *s, uint64_t source, assay_err *err)
{
	pruning p = {.session = s};
	ASSAY_AUTO_SOURCE src = {0};
	assay_code rc = assay_source_get(s->store, source, &src, err);

	if (rc != ASSAY_OK)
		return rc;
	src.missing = true;
	src.run = s->run.id;
	rc = assay_source_put(s->store, &src, err);
	return rc == ASSAY_OK ? assay_samples_of(s->store, source, prune_sample, &p, err) : rc;
}
