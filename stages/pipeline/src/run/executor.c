#include "executor.h"

#include "assay/file.h"
#include "assay/stop.h"

#include "cores.h"
#include "helped.h"
#include "pace.h"
#include "slot.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define COMMIT_EVERY_NS ((int64_t)1000000000)
#define COMMIT_UNITS    512
#define POLL_MS         200
/* Jobs whose files are being digested, or were and wait for a worker. */
#define READ_AHEAD 64

/* ---------------------------------------------------------------- groups */

assay_code assay_executor_commit(assay_executor *r, bool force, assay_err *err)
{
	const int64_t now = assay_monotonic_ns();
	assay_code rc;

	if (r->uncommitted == 0 || (!force && r->uncommitted < COMMIT_UNITS &&
				    now - r->committed_ns < COMMIT_EVERY_NS && !assay_store_group_is_large(r->store)))
		return ASSAY_OK;
	rc = assay_store_commit(r->store, err);
	r->uncommitted = 0;
	r->committed_ns = assay_monotonic_ns();
	return rc;
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
	assay_job_release(j);
	free(j);
}

static assay_found *found_of(assay_executor *r, const assay_job *j)
{
	return &r->scan.items[j->found - r->scan.items];
}

/* Whether one that failed stands by help is known when all is judged. */
static void count_source(assay_run_sources *n, const assay_found *f)
{
	*(f->failed ? &n->failed : f->worked ? &n->processed : &n->unchanged) += 1;
}

static void count_job(assay_executor *r, const assay_job *j)
{
	const unsigned quiet = ASSAY_CAUSE_TOUCHED | ASSAY_CAUSE_RETURNED | ASSAY_CAUSE_METADATA;
	assay_found *f = found_of(r, j);

	for (size_t i = 0; i < j->part_count; i++)
		r->summary->units_cached += j->parts[i].cached;
	f->failed = j->next.standing != ASSAY_STANDING_DONE;
	f->worked = j->ran || (j->next.run == r->session->run.id && (j->next.cause & ~quiet) != 0);
	count_source(&r->summary->sources, f);
	assay_pace_job_done(r, j);
}

assay_code assay_executor_count_helped(assay_executor *r, assay_err *err)
{
	assay_run_sources *n = &r->summary->sources;
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < r->scan.count && rc == ASSAY_OK; i++) {
		assay_found *f = &r->scan.items[i];
		bool helped = false;

		if (f->failed)
			rc = assay_source_is_helped(&helped, r->store, f->key, err);
		if (!helped)
			continue;
		n->failed--;
		f->failed = false;
		count_source(n, f);
	}
	return rc;
}

/* How the next run will find it, for the index that is made for it. */
static assay_code look_again(assay_executor *r, const assay_job *j, assay_err *err)
{
	assay_found *f = found_of(r, j);
	assay_look look;
	assay_code rc;

	if (!r->whole)
		return ASSAY_OK;
	rc = assay_source_look(&look, r->session, f, false, err);
	if (rc == ASSAY_OK)
		assay_found_take(f, &look);
	r->left -= j->before.missing;
	return rc;
}

static assay_code finish_job(assay_executor *r, assay_job *j, assay_err *err)
{
	assay_code rc = assay_job_finish(j, r->session, err);

	if (rc == ASSAY_OK)
		rc = look_again(r, j, err);
	if (rc != ASSAY_OK)
		return rc;
	count_job(r, j);
	r->uncommitted++;
	drop_job(r, j);
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
		return assay_job_restart(j, r->session, r->rootfd, r->pool, err);
	j->stale = false;
	free(j->next.message);
	j->next.failure = ASSAY_FAILURE_CHANGED;
	j->next.message = assay_strdup("the file changed while it was read, twice");
	if (j->next.message == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "source");
	j->part_count = 0;
	return ASSAY_OK;
}

/* What becomes of a job none of whose parts is out. */
static assay_code look_at(assay_executor *r, assay_job *j, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	if (is_running(r, j))
		return ASSAY_OK;
	if (j->stale)
		rc = change_under_reader(r, j, err);
	return rc == ASSAY_OK && assay_job_is_done(j) ? finish_job(r, j, err) : rc;
}

/* ---------------------------------------------------------------- reading ahead */

/* Take the next source of the scan: it becomes a job unless it needs nothing. */
static assay_code next_source(assay_executor *r, assay_err *err)
{
	assay_found *f = &r->scan.items[r->next++];
	assay_job *j;
	assay_code rc;

	if (f->elsewhere)
		return ASSAY_OK;
	r->taken++;
	if (f->unchanged) {
		f->failed = f->failing;
		count_source(&r->summary->sources, f);
		assay_pace_unchanged(r);
		return ASSAY_OK;
	}
	j = assay_alloc(1, sizeof *j);
	if (j == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "job");
	r->jobs[r->job_count++] = j;
	r->begun++;
	rc = assay_job_begin(j, r->session, f, r->rootfd, r->pool, err);
	return rc == ASSAY_OK ? rc : assay_err_prefix(err, "source '%s'", f->key);
}

static bool may_begin(const assay_executor *r)
{
	size_t ahead = 0;

	if (r->next == r->scan.count || r->job_count == ASSAY_JOBS_MAX || assay_stop_requested() > 0 ||
	    (r->opts->limit > 0 && r->begun >= r->opts->limit))
		return false;
	for (size_t i = 0; i < r->job_count; i++)
		ahead += r->jobs[i]->state != ASSAY_JOB_WORKING;
	return ahead < READ_AHEAD;
}

static assay_code read_ahead(assay_executor *r, assay_err *err)
{
	while (may_begin(r)) {
		const assay_code rc = next_source(r, err);

		if (rc != ASSAY_OK)
			return rc;
		assay_pace_show(r);
	}
	return ASSAY_OK;
}

static void take_digests(assay_executor *r)
{
	for (assay_hash_task *t = assay_hash_pool_take(r->pool); t != NULL; t = assay_hash_pool_take(r->pool)) {
		assay_job *j = t->owner;

		if (--j->unhashed > 0)
			continue;
		j->state = ASSAY_JOB_HASHED;
		assay_pace_digested(r, j);
	}
}

/* ---------------------------------------------------------------- filling the slots */

/* The skip-th waiting part of a job, SIZE_MAX when there are fewer; *skip is counted down. */
static size_t waiting_part(const assay_job *j, size_t *skip)
{
	for (size_t i = 0; i < j->part_count && !j->stale; i++)
		if (j->parts[i].state == ASSAY_PART_WAITING && (*skip)-- == 0)
			return i;
	return SIZE_MAX;
}

/* The oldest job with something to do, past `skip` parts that others will take; or NULL. */
static assay_job *oldest_ready(const assay_executor *r, size_t skip, size_t *part)
{
	for (size_t i = 0; i < r->job_count; i++) {
		assay_job *j = r->jobs[i];

		*part = SIZE_MAX;
		if (j->state == ASSAY_JOB_WORKING)
			*part = waiting_part(j, &skip);
		if (*part != SIZE_MAX || j->state == ASSAY_JOB_HASHED)
			return j;
		/* With one worker sources come in the order of the scan, whichever is digested first, so that every
		 * run gives them the same numbers; one that is read again does not hold the others. With more
		 * workers their order is nobody's, and a large file must not keep all of them waiting. */
		if (r->slot_count == 1 && j->state == ASSAY_JOB_HASHING && !j->redone)
			return NULL;
	}
	return NULL;
}

/* A part that waits, of the oldest job first. *job is NULL when there is none at the moment. */
static assay_code pick(assay_executor *r, size_t skip, assay_job **job, size_t *part, assay_err *err)
{
	for (;;) {
		assay_job *j;
		assay_code rc = read_ahead(r, err);

		take_digests(r);
		*job = j = oldest_ready(r, skip, part);
		if (rc != ASSAY_OK || j == NULL || *part != SIZE_MAX)
			return rc;
		if (assay_stop_requested() > 0) {
			*job = NULL;
			return ASSAY_OK;
		}
		rc = assay_job_go_on(j, r->session, r->rootfd, err);
		if (rc != ASSAY_OK)
			return assay_err_prefix(err, "source '%s'", j->found->key);
		if (assay_job_is_done(j))
			rc = finish_job(r, j, err);
		if (rc == ASSAY_OK)
			rc = assay_executor_commit(r, false, err);
		if (rc != ASSAY_OK)
			return rc;
		assay_pace_show(r);
	}
}

static assay_code give(assay_executor *r, assay_slot *s, assay_job *j, size_t part, assay_err *err)
{
	const assay_code rc = assay_slot_give(r, s, j, part, err);

	if (rc != ASSAY_OK)
		return rc;
	if (j->stale)
		return look_at(r, j, err);
	assay_pace_given(r, s);
	return ASSAY_OK;
}

static assay_code fill_slots(assay_executor *r, assay_err *err)
{
	size_t starting = 0;
	assay_job *j;
	size_t part;
	assay_code rc = ASSAY_OK;

	if (assay_stop_requested() > 0)
		return ASSAY_OK;
	for (size_t i = 0; i < r->slot_count; i++) {
		assay_slot *s = &r->slots[i];

		if (s->worker == NULL || s->job != NULL)
			continue;
		if (assay_worker_state_of(s->worker) == ASSAY_WORKER_STARTING) {
			starting++;
			continue;
		}
		rc = pick(r, 0, &j, &part, err);
		if (rc != ASSAY_OK || j == NULL)
			return rc;
		rc = give(r, s, j, part, err);
		if (rc != ASSAY_OK)
			return rc;
	}
	/* Workers are started for what waits beyond those that are starting already, all at one time. */
	for (size_t i = 0; i < r->slot_count && rc == ASSAY_OK; i++) {
		if (r->slots[i].worker != NULL)
			continue;
		rc = pick(r, starting++, &j, &part, err);
		if (rc != ASSAY_OK || j == NULL)
			return rc;
		rc = assay_slot_launch(r, &r->slots[i], err);
	}
	return rc;
}

/* ---------------------------------------------------------------- the loop */

static assay_code step_slot(assay_executor *r, assay_slot *s, assay_err *err)
{
	assay_job *back;
	const assay_code rc = assay_slot_step(r, s, &back, err);

	if (rc != ASSAY_OK || back == NULL)
		return rc;
	assay_pace_back(r, s);
	return look_at(r, back, err);
}

static assay_code wait_for_work(assay_executor *r, assay_err *err)
{
	struct pollfd fds[2 * ASSAY_JOBS_MAX + 2];
	size_t from[2 * ASSAY_JOBS_MAX + 2];
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
	fds[n + 1] = (struct pollfd){.fd = assay_hash_pool_fd(r->pool), .events = POLLIN};
	if (poll(fds, (nfds_t)n + 2, POLL_MS) < 0 && errno != EINTR)
		return ASSAY_RAISE_ERRNO(err, "poll");
	take_digests(r);
	for (size_t i = 0; i < n && rc == ASSAY_OK; i++)
		if (fds[i].revents != 0 && r->slots[from[i]].worker != NULL)
			rc = step_slot(r, &r->slots[from[i]], err);
	return rc;
}

assay_code assay_executor_work(assay_executor *r, assay_err *err)
{
	for (;;) {
		assay_code rc = fill_slots(r, err);

		/* Units in flight are given up: the next run does them again. */
		if (rc == ASSAY_OK && assay_stop_requested() > 0)
			return ASSAY_ESTOP;
		if (rc == ASSAY_OK && r->job_count == 0)
			return ASSAY_OK;
		if (rc == ASSAY_OK)
			rc = wait_for_work(r, err);
		if (rc == ASSAY_OK)
			rc = assay_executor_commit(r, false, err);
		if (rc != ASSAY_OK)
			return rc;
		assay_pace_show(r);
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
	unsigned jobs = r->opts->jobs > 0 ? r->opts->jobs : assay_cores();

	if (jobs > ASSAY_JOBS_MAX / 2)
		jobs = ASSAY_JOBS_MAX / 2;
	raise_file_limit();
	r->session->run.jobs = jobs;
	r->slot_count = jobs;
	r->slots = assay_alloc(jobs, sizeof *r->slots);
	r->jobs = assay_alloc(ASSAY_JOBS_MAX, sizeof *r->jobs);
	if (r->slots == NULL || r->jobs == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "run");
	assay_slots_make_chains(r);
	r->committed_ns = assay_monotonic_ns();
	return assay_hash_pool_open(&r->pool, 0, err);
}

void assay_executor_release(assay_executor *r)
{
	assay_hash_pool_close(r->pool); /* before the jobs whose tasks it may hold */
	for (size_t i = 0; i < r->slot_count && r->slots != NULL; i++)
		assay_worker_close(r->slots[i].worker);
	while (r->job_count > 0)
		drop_job(r, r->jobs[0]);
	free(r->slots);
	free(r->jobs);
	assay_plan_release(&r->plan);
	assay_seen_close(r->seen);
	assay_scan_release(&r->scan);
}
