#include "executor.h"

#include "assay/file.h"
#include "assay/object.h"
#include "assay/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define COMMIT_EVERY_NS ((int64_t)1000000000)
#define COMMIT_UNITS    512
#define POLL_MS         200

/* ---------------------------------------------------------------- groups */

assay_code assay_executor_commit(assay_executor *r, bool force, assay_err *err)
{
	const int64_t now = assay_monotonic_ns();
	assay_code rc;

	if (r->uncommitted == 0 || (!force && r->uncommitted < COMMIT_UNITS && now - r->committed_ns < COMMIT_EVERY_NS))
		return ASSAY_OK;
	rc = assay_store_commit(r->store, err);
	r->uncommitted = 0;
	r->committed_ns = assay_monotonic_ns();
	return rc;
}

static void show(assay_executor *r, bool force)
{
	if (r->progress != NULL)
		assay_progress_show(r->progress, force);
}

/* ---------------------------------------------------------------- workers */

static unsigned core_count(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

static void make_chains(assay_executor *r)
{
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++) {
		const assay_config_step *steps[2 * ASSAY_CONFIG_STEPS_MAX];
		size_t n;

		if (r->session->recipes[m] == NULL)
			continue;
		n = assay_config_chain(r->config, (assay_modality)m, steps);
		for (size_t i = 0; i < n; i++)
			r->steps[m][i] = (assay_worker_step){steps[i]->stage, steps[i]->params};
		r->chain_of[m] = (uint32_t)r->chain_count;
		r->chains[r->chain_count++] = (assay_worker_chain){r->steps[m], n};
	}
}

static void note_facts(assay_executor *r, const assay_worker_facts *f)
{
	r->summary->worked = true;
	r->summary->layers &= f->layers;
	memcpy(r->summary->cpu_features, f->cpu_features, sizeof r->summary->cpu_features);
}

static assay_code start_worker(assay_executor *r, assay_slot *s, assay_err *err)
{
	const assay_config_limits *l = &r->config->limits;
	const assay_worker_opts o = {
	    .chains = r->chains,
	    .chain_count = r->chain_count,
	    .limits = {(uint64_t)l->memory_mib << 20, (uint32_t)l->cpu_s, (uint32_t)l->wall_s},
	    .sandbox = r->opts->sandbox,
	};
	const assay_code rc = assay_worker_start(&s->worker, &o, err);

	if (rc == ASSAY_OK)
		note_facts(r, assay_worker_facts_of(s->worker));
	return rc;
}

/* ---------------------------------------------------------------- handing out units */

static assay_code receive_artifact(void *ctx, const void *data, size_t size, const assay_digest *digest, assay_err *err)
{
	assay_executor *r = ctx;

	return assay_object_put(r->store, ASSAY_OBJECT_ARTIFACT, data, size, digest, NULL, NULL, err);
}

static void close_sidecars(assay_worker_sidecar *sidecars, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assay_closep(&sidecars[i].fd);
	free(sidecars);
}

static assay_code open_sidecars(assay_executor *r, assay_job *j, assay_worker_sidecar **out, size_t *count,
				assay_err *err)
{
	*count = 0;
	*out = assay_alloc(j->found->sidecar_count, sizeof **out);
	if (*out == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "sidecars");
	for (size_t i = 0; i < j->found->sidecar_count; i++) {
		const int fd =
		    openat(r->rootfd, j->found->sidecars[i].path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

		if (fd < 0) {
			j->stale = true; /* it was there when it was digested */
			return ASSAY_OK;
		}
		(*out)[i] = (assay_worker_sidecar){j->found->sidecars[i].role, fd};
		(*count)++;
	}
	return ASSAY_OK;
}

/* Each unit needs a file description of its own: children read at their own offsets. */
static int reopen(int fd)
{
	char path[40];

	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

static assay_code submit(assay_executor *r, assay_slot *s, assay_job *j, size_t part, assay_err *err)
{
	assay_worker_sidecar *sidecars = NULL;
	size_t count = 0;
	ASSAY_AUTO_FD fd = reopen(j->fd);
	assay_worker_unit u = {
	    .chain = r->chain_of[j->next.modality],
	    .fd = fd,
	    .size = j->next.stamp.size,
	};
	assay_code rc;

	if (fd < 0)
		return ASSAY_RAISE_ERRNO(err, "open '%s' again", j->found->path);
	if (j->next.modality == ASSAY_MODALITY_PAGE) {
		u.first_page = (uint32_t)(part * ASSAY_UNIT_PAGES + 1);
		u.last_page = (uint32_t)((part + 1) * ASSAY_UNIT_PAGES);
	}
	rc = open_sidecars(r, j, &sidecars, &count, err);
	u.sidecars = sidecars;
	u.sidecar_count = count;
	if (rc == ASSAY_OK && !j->stale)
		rc = assay_worker_submit(s->worker, &u, receive_artifact, r, err);
	close_sidecars(sidecars, count);
	if (rc != ASSAY_OK || j->stale)
		return rc;
	s->job = j;
	s->part = part;
	j->parts[part].state = ASSAY_PART_RUNNING;
	j->parts[part].attempts++;
	j->ran = true;
	if (r->progress != NULL)
		r->progress->current = j->found->key;
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- jobs */

static void drop_job(assay_executor *r, assay_job *j)
{
	for (size_t i = 0; i < r->job_count; i++)
		if (r->jobs[i] == j) {
			memmove(&r->jobs[i], &r->jobs[i + 1], (r->job_count - i - 1) * sizeof(assay_job *));
			r->job_count--;
			break;
		}
	if (r->progress != NULL && r->progress->current == j->found->key)
		r->progress->current = "";
	assay_job_release(j);
	free(j);
}

static void count_job(assay_executor *r, const assay_job *j)
{
	const unsigned quiet = ASSAY_CAUSE_TOUCHED | ASSAY_CAUSE_RETURNED | ASSAY_CAUSE_METADATA;

	for (size_t i = 0; i < j->part_count; i++)
		r->summary->units_cached += j->parts[i].cached;
	if (j->next.standing != ASSAY_STANDING_DONE)
		r->summary->sources.failed++;
	else if (j->ran || (j->next.run == r->session->run.id && (j->next.cause & ~quiet) != 0))
		r->summary->sources.processed++;
	else
		r->summary->sources.unchanged++;
	if (r->progress != NULL) {
		r->progress->done++;
		r->progress->samples += j->samples;
		r->progress->failed = r->summary->sources.failed;
	}
}

static assay_code finish_job(assay_executor *r, assay_job *j, assay_err *err)
{
	const assay_code rc = assay_job_finish(j, r->session, err);

	if (rc != ASSAY_OK)
		return rc;
	count_job(r, j);
	r->uncommitted++;
	drop_job(r, j);
	return ASSAY_OK;
}

/* Take the next source of the scan. *job is NULL when it needed no unit of work. */
static assay_code next_source(assay_executor *r, assay_job **job, assay_err *err)
{
	const assay_found *f = &r->scan.items[r->next++];
	bool unchanged, failing;
	assay_job *j;
	assay_code rc;

	*job = NULL;
	if (f->elsewhere)
		return ASSAY_OK;
	r->taken++;
	rc = assay_job_is_unchanged(&unchanged, &failing, r->session, f, false, err);
	if (rc != ASSAY_OK)
		return rc;
	if (unchanged) {
		*(failing ? &r->summary->sources.failed : &r->summary->sources.unchanged) += 1;
		if (r->progress != NULL)
			r->progress->done++;
		return ASSAY_OK;
	}
	j = assay_alloc(1, sizeof *j);
	if (j == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "job");
	r->jobs[r->job_count++] = j;
	r->begun++;
	rc = assay_job_begin(j, r->session, f, r->rootfd, err);
	if (rc != ASSAY_OK)
		return assay_err_prefix(err, "source '%s'", f->key);
	if (assay_job_is_done(j))
		return finish_job(r, j, err);
	*job = j;
	return ASSAY_OK;
}

static bool may_begin(const assay_executor *r)
{
	return r->next < r->scan.count && r->job_count < ASSAY_JOBS_MAX / 2 &&
	       (r->opts->limit == 0 || r->begun < r->opts->limit) && assay_stop_requested() == 0;
}

/* A unit that waits, of the oldest job first; sources are begun as long as none waits. */
static assay_code pick(assay_executor *r, assay_job **job, size_t *part, assay_err *err)
{
	*job = NULL;
	for (size_t i = 0; i < r->job_count; i++) {
		*part = assay_job_waiting(r->jobs[i]);
		if (*part != SIZE_MAX) {
			*job = r->jobs[i];
			return ASSAY_OK;
		}
	}
	while (may_begin(r) && *job == NULL) {
		assay_code rc = next_source(r, job, err);

		if (rc == ASSAY_OK)
			rc = assay_executor_commit(r, false, err);
		if (rc != ASSAY_OK)
			return rc;
		show(r, false);
	}
	if (*job != NULL)
		*part = assay_job_waiting(*job);
	return ASSAY_OK;
}

static bool is_running(const assay_executor *r, const assay_job *j)
{
	for (size_t i = 0; i < r->slot_count; i++)
		if (r->slots[i].job == j)
			return true;
	return false;
}

static assay_code change_under_reader(assay_executor *r, assay_job *j, assay_err *err)
{
	if (!j->redone)
		return assay_job_restart(j, r->session, r->rootfd, err);
	j->stale = false;
	free(j->next.message);
	j->next.failure = ASSAY_FAILURE_CHANGED;
	j->next.message = assay_strdup("the file changed while it was read, twice");
	if (j->next.message == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "source");
	j->part_count = 0;
	return ASSAY_OK;
}

static assay_code fill_slots(assay_executor *r, assay_err *err)
{
	for (size_t i = 0; i < r->slot_count; i++) {
		assay_slot *s = &r->slots[i];
		assay_job *j;
		size_t part;
		assay_code rc;

		if (s->job != NULL)
			continue;
		rc = pick(r, &j, &part, err);
		if (rc == ASSAY_OK && j == NULL)
			return ASSAY_OK;
		if (rc == ASSAY_OK && s->worker == NULL)
			rc = start_worker(r, s, err);
		if (rc == ASSAY_OK)
			rc = submit(r, s, j, part, err);
		if (rc == ASSAY_OK && j->stale && !is_running(r, j))
			rc = change_under_reader(r, j, err);
		if (rc == ASSAY_OK && !j->stale && assay_job_is_done(j) && !is_running(r, j))
			rc = finish_job(r, j, err);
		if (rc != ASSAY_OK)
			return rc;
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- taking answers */

static assay_code count_stages(assay_executor *r, assay_modality modality, const assay_result *result, assay_err *err)
{
	const char *names[2 * ASSAY_CONFIG_STEPS_MAX];
	const assay_worker_chain *chain = &r->chains[r->chain_of[modality]];

	for (size_t i = 0; i < chain->count; i++)
		names[i] = chain->steps[i].stage->name;
	return assay_stage_totals_add(&r->summary->stages, modality, names, result, err);
}

static assay_code keep_unit(assay_executor *r, assay_job *j, size_t part, assay_worker_answer *a, assay_err *err)
{
	ASSAY_AUTO_FREE assay_unit_sidecar *sidecars = NULL;
	assay_unit_key key;
	assay_unit u = {
	    .run = r->session->run.id,
	    .cpu_us = a->cpu_us,
	    .wall_us = a->wall_us,
	    .max_rss_kib = a->max_rss_kib,
	    .finished_ns = assay_now_ns(),
	    .attempts = j->parts[part].attempts,
	    .result = a->result,
	};
	char text[48];
	assay_code rc = assay_job_unit_key(&key, &sidecars, j, part, text, err);

	if (rc == ASSAY_OK)
		rc = assay_work_key(&u.work_key, &key, err);
	if (rc != ASSAY_OK)
		return rc;
	/* Another path with the same bytes may have been done meanwhile. */
	rc = assay_unit_find(r->store, &u.work_key, &j->parts[part].unit, err);
	if (rc == ASSAY_OK)
		j->parts[part].cached = true;
	if (rc != ASSAY_ENOENT)
		return rc;
	u.source = key.source;
	u.recipe = key.recipe;
	u.part = text;
	u.sidecars = sidecars;
	u.sidecar_count = key.sidecar_count;
	assay_job_part_tell(&j->parts[part], &a->result);
	rc = assay_unit_put(r->store, &u, err); /* everything in u is borrowed */
	j->parts[part].unit = u.id;
	r->summary->units_run++;
	return rc == ASSAY_OK ? count_stages(r, j->next.modality, &a->result, err) : rc;
}

/* What no single unit can tell of itself: a child may be in the hands of the file that it read. */
static assay_code vet_answer(const assay_job *j, size_t part, assay_worker_answer *a, assay_err *err)
{
	if (a->result.failure != ASSAY_FAILURE_NONE)
		return ASSAY_OK;
	if (a->result.pages > ASSAY_PAGES_MAX)
		return assay_result_fail(&a->result, ASSAY_FAILURE_LIMIT, 0, "the document claims too many pages", err);
	if (part > 0 && a->result.pages != j->pages)
		return assay_result_fail(&a->result, ASSAY_FAILURE_PROTOCOL, 0,
					 "the document has another number of pages than before", err);
	if (!assay_job_owns_parts(j, part, &a->result))
		return assay_result_fail(&a->result, ASSAY_FAILURE_PROTOCOL, 0,
					 "the child names samples that are not this unit's", err);
	return ASSAY_OK;
}

static assay_code settle_part(assay_executor *r, assay_job *j, size_t part, assay_worker_answer *a, assay_err *err)
{
	assay_job_part *p = &j->parts[part];
	assay_code rc = vet_answer(j, part, a, err);

	if (rc != ASSAY_OK)
		return rc;
	if (!assay_failure_is_deterministic(a->result.failure) && a->result.failure != ASSAY_FAILURE_NONE &&
	    p->attempts < ASSAY_UNIT_ATTEMPTS) {
		p->state = ASSAY_PART_WAITING;
		return ASSAY_OK;
	}
	rc = keep_unit(r, j, part, a, err);
	if (rc != ASSAY_OK)
		return rc;
	r->uncommitted++;
	p->state = ASSAY_PART_DONE;
	return part == 0 && a->result.failure == ASSAY_FAILURE_NONE
		   ? assay_job_expand(j, r->session, a->result.pages, err)
		   : ASSAY_OK;
}

static assay_code take_answer(assay_executor *r, assay_slot *s, assay_err *err)
{
	assay_worker_answer a;
	assay_job *j = s->job;
	assay_code rc = ASSAY_OK;

	if (!assay_worker_take(s->worker, &a))
		return ASSAY_OK;
	s->job = NULL;
	j->stale |= assay_job_file_changed(j, r->rootfd);
	if (!j->stale)
		rc = settle_part(r, j, s->part, &a, err);
	else if (!is_running(r, j))
		rc = change_under_reader(r, j, err);
	assay_result_release(&a.result);
	if (rc == ASSAY_OK && !j->stale && assay_job_is_done(j) && !is_running(r, j))
		rc = finish_job(r, j, err);
	return rc;
}

static assay_code step_slot(assay_executor *r, assay_slot *s, assay_err *err)
{
	assay_code rc = assay_worker_step_io(s->worker, err);

	if (rc != ASSAY_OK)
		return rc;
	switch (assay_worker_state_of(s->worker)) {
	case ASSAY_WORKER_DONE:
		return take_answer(r, s, err);
	case ASSAY_WORKER_DEAD:
		rc = s->job != NULL ? take_answer(r, s, err) : ASSAY_OK;
		assay_worker_close(s->worker);
		s->worker = NULL;
		return rc;
	case ASSAY_WORKER_IDLE:
	case ASSAY_WORKER_BUSY:
		break;
	}
	return ASSAY_OK;
}

static assay_code wait_for_workers(assay_executor *r, assay_err *err)
{
	struct pollfd fds[2 * ASSAY_JOBS_MAX + 1];
	size_t from[2 * ASSAY_JOBS_MAX + 1];
	size_t n = 0;
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < r->slot_count; i++) {
		size_t k;

		if (r->slots[i].worker == NULL)
			continue;
		k = assay_worker_poll_fds(r->slots[i].worker, &fds[n]);
		for (; k > 0; k--)
			from[n++] = i;
	}
	fds[n] = (struct pollfd){.fd = assay_stop_fd(), .events = POLLIN};
	if (poll(fds, (nfds_t)n + 1, POLL_MS) < 0 && errno != EINTR)
		return ASSAY_RAISE_ERRNO(err, "poll");
	for (size_t i = 0; i < n && rc == ASSAY_OK; i++)
		if (fds[i].revents != 0 && r->slots[from[i]].worker != NULL)
			rc = step_slot(r, &r->slots[from[i]], err);
	return rc;
}

static bool is_busy(const assay_executor *r)
{
	for (size_t i = 0; i < r->slot_count; i++)
		if (r->slots[i].job != NULL)
			return true;
	return false;
}

/* ---------------------------------------------------------------- the loop */

assay_code assay_executor_work(assay_executor *r, assay_err *err)
{
	for (;;) {
		assay_code rc = fill_slots(r, err);

		/* Units in flight are given up: the next run does them again. */
		if (rc == ASSAY_OK && assay_stop_requested() > 0)
			return ASSAY_ESTOP;
		if (rc == ASSAY_OK && !is_busy(r))
			return ASSAY_OK;
		if (rc == ASSAY_OK)
			rc = wait_for_workers(r, err);
		if (rc == ASSAY_OK)
			rc = assay_executor_commit(r, false, err);
		if (rc != ASSAY_OK)
			return rc;
		show(r, false);
	}
}

/* -j 64 needs room for each worker's two sockets and each job's file. */
static void raise_file_limit(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) != 0 || l.rlim_cur == l.rlim_max)
		return;
	l.rlim_cur = l.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &l);
}

assay_code assay_executor_open(assay_executor *r, assay_err *err)
{
	unsigned jobs = r->opts->jobs > 0 ? r->opts->jobs : core_count();

	if (jobs > ASSAY_JOBS_MAX / 2)
		jobs = ASSAY_JOBS_MAX / 2;
	raise_file_limit();
	r->session->run.jobs = jobs;
	r->slot_count = jobs;
	r->slots = assay_alloc(jobs, sizeof *r->slots);
	r->jobs = assay_alloc(ASSAY_JOBS_MAX, sizeof *r->jobs);
	if (r->slots == NULL || r->jobs == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "run");
	make_chains(r);
	r->committed_ns = assay_monotonic_ns();
	return ASSAY_OK;
}

void assay_executor_release(assay_executor *r)
{
	for (size_t i = 0; i < r->slot_count && r->slots != NULL; i++)
		assay_worker_close(r->slots[i].worker);
	while (r->job_count > 0)
		drop_job(r, r->jobs[0]);
	free(r->slots);
	free(r->jobs);
	assay_scan_release(&r->scan);
}
