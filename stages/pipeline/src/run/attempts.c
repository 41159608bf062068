#include "attempts.h"

#include "assay/file.h"
#include "assay/memory.h"
#include "assay/object.h"
#include "assay/stop.h"

#include "attempt_unit.h"
#include "cores.h"
#include "job.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define COMMIT_EVERY_NS ((int64_t)1000000000)
#define POLL_MS         200
#define WORKERS_MAX     128

/* What is to be done, by position in the list. */
typedef enum state { WAITING, RUNNING, DONE } state;

typedef struct lane {
	assay_worker *worker;
	size_t item; /* SIZE_MAX while idle */
	assay_unit_files files;
} lane;

struct assay_attempt_pool {
	assay_attempt_chains chains;
	lane *lanes;
	size_t lane_count;
};

typedef struct making {
	assay_attempts *a;
	struct assay_attempt_pool *pool;
	const assay_wanted *wanted;
	size_t count;
	uint8_t *states, *tries;
	size_t next, left;
	uint64_t uncommitted;
	int64_t committed_ns;
} making;

/* ---------------------------------------------------------------- what came to nothing */

static assay_code note_undone(making *m, size_t item, const char *why, assay_err *err)
{
	assay_attempts *a = m->a;
	const assay_digest *key = &m->wanted[item].work_key;
	size_t at = a->undone_count;
	char *text;
	const assay_code rc = assay_grow(&a->undone, &a->undone_cap, a->undone_count, sizeof *a->undone, err);

	if (rc != ASSAY_OK)
		return rc;
	while (at > 0 && assay_digest_cmp(&a->undone[at - 1].work_key, key) > 0)
		at--;
	if (at > 0 && assay_digest_eq(&a->undone[at - 1].work_key, key))
		return ASSAY_OK;
	text = assay_strdup(why);
	if (text == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "attempts");
	memmove(&a->undone[at + 1], &a->undone[at], (a->undone_count - at) * sizeof *a->undone);
	a->undone[at] = (assay_undone){*key, text};
	a->undone_count++;
	return ASSAY_OK;
}

static void finish(making *m, size_t item)
{
	m->states[item] = DONE;
	m->left--;
	if (m->a->progress != NULL) {
		m->a->progress->done++;
		assay_progress_show(m->a->progress, false);
	}
}

/* ---------------------------------------------------------------- handing out */

/* The next that nobody has made: shots of one video, and pages with one copy, want the same unit. */
static assay_code next_item(making *m, size_t *item, assay_err *err)
{
	*item = SIZE_MAX;
	while (m->next < m->count && *item == SIZE_MAX) {
		const size_t i = m->next++;
		bool same = false;
		uint64_t unit;
		assay_code rc;

		if (m->states[i] != WAITING)
			continue;
		for (size_t k = 0; k < m->pool->lane_count; k++)
			same |= m->pool->lanes[k].item != SIZE_MAX &&
				assay_digest_eq(&m->wanted[m->pool->lanes[k].item].work_key, &m->wanted[i].work_key);
		rc = same ? ASSAY_OK : assay_unit_find(m->a->session->store, &m->wanted[i].work_key, &unit, err);
		if (rc == ASSAY_OK)
			finish(m, i);
		else if (rc == ASSAY_ENOENT)
			*item = i;
		else
			return rc;
	}
	return ASSAY_OK;
}

static assay_code receive_artifact(void *ctx, const void *data, size_t size, const assay_digest *digest, assay_err *err)
{
	const making *m = ctx;

	return assay_object_put(m->a->session->store, ASSAY_OBJECT_ARTIFACT, data, size, digest, NULL, NULL, err);
}

static assay_code give(making *m, lane *l, size_t item, assay_err *err)
{
	const assay_wanted *w = &m->wanted[item];
	assay_worker_unit u;
	ASSAY_AUTO_BUF why = ASSAY_BUF_INIT;
	assay_code rc = assay_unit_files_open(&l->files, &why, m->a->session, m->a->rootfd, w, err);

	if (rc == ASSAY_OK)
		rc = assay_buf_check(&why, err);
	if (rc != ASSAY_OK)
		return rc;
	if (why.len > 0) {
		rc = note_undone(m, item, assay_buf_str(&why), err);
		finish(m, item);
		return rc;
	}
	u = (assay_worker_unit){
	    .chain = assay_attempt_chain_of(&m->pool->chains, w, l->files.source.modality),
	    .fd = l->files.fd,
	    .size = l->files.size,
	    .part = w->part,
	    .sidecars = l->files.sidecars,
	    .sidecar_count = l->files.sidecar_count,
	    .fresh = true,
	};
	rc = assay_worker_submit(l->worker, &u, receive_artifact, m, err);
	assay_unit_files_close(&l->files);
	if (rc == ASSAY_OK) {
		l->item = item;
		m->states[item] = RUNNING;
		m->tries[item]++;
	}
	return rc;
}

static assay_code launch(making *m, lane *l, assay_err *err)
{
	const assay_config_limits *limits = &m->a->session->config->limits;
	const assay_worker_opts o = {
	    .chains = m->pool->chains.items,
	    .chain_count = m->pool->chains.count,
	    .limits = {(uint64_t)limits->memory_mib << 20, (uint32_t)limits->cpu_s, (uint32_t)limits->wall_s},
	    .sandbox = m->a->opts->sandbox,
	};

	return assay_worker_launch(&l->worker, &o, err);
}

static assay_code fill_lane(making *m, lane *l, assay_err *err)
{
	size_t item;
	assay_code rc = ASSAY_OK;

	if (l->item != SIZE_MAX)
		return ASSAY_OK;
	if (l->worker == NULL)
		return m->next < m->count ? launch(m, l, err) : ASSAY_OK;
	if (assay_worker_state_of(l->worker) != ASSAY_WORKER_IDLE)
		return ASSAY_OK;
	while (rc == ASSAY_OK && l->item == SIZE_MAX) {
		rc = next_item(m, &item, err);
		if (rc != ASSAY_OK || item == SIZE_MAX)
			return rc;
		rc = give(m, l, item, err);
	}
	return rc;
}

/* ---------------------------------------------------------------- taking back */

static assay_code again(making *m, size_t item)
{
	m->states[item] = WAITING;
	if (item < m->next)
		m->next = item;
	return ASSAY_OK;
}

static assay_code settle(making *m, lane *l, assay_worker_answer *answer, assay_err *err)
{
	const size_t item = l->item;
	const assay_wanted *w = &m->wanted[item];
	assay_session *s = m->a->session;
	assay_code rc = assay_attempt_vet(w, &answer->result, err);

	if (rc != ASSAY_OK)
		return rc;
	if (answer->result.failure != ASSAY_FAILURE_NONE && !assay_failure_is_deterministic(answer->result.failure)) {
		/* What takes too long would take as long again. */
		if (m->tries[item] < ASSAY_UNIT_ATTEMPTS && answer->result.failure != ASSAY_FAILURE_TIMEOUT)
			return again(m, item);
		rc = note_undone(m, item, assay_failure_name(answer->result.failure), err);
	}
	if (rc == ASSAY_OK)
		rc = assay_attempt_keep(s, &l->files, w, m->tries[item], answer, err);
	if (rc != ASSAY_OK)
		return rc;
	m->a->summary->attempts++;
	m->uncommitted++;
	finish(m, item);
	return ASSAY_OK;
}

static assay_code take(making *m, lane *l, assay_err *err)
{
	assay_worker_answer answer;
	assay_code rc;

	if (l->item == SIZE_MAX || !assay_worker_take(l->worker, &answer))
		return ASSAY_OK;
	m->a->summary->cpu_us += answer.cpu_us;
	rc = settle(m, l, &answer, err);
	assay_result_release(&answer.result);
	assay_unit_files_release(&l->files);
	l->item = SIZE_MAX;
	return rc;
}

static void note_facts(making *m, const assay_worker_facts *f)
{
	assay_summary *s = m->a->summary;

	s->worked = true;
	s->layers &= f->layers;
	memcpy(s->cpu_features, f->cpu_features, sizeof s->cpu_features);
}

static assay_code step(making *m, lane *l, assay_err *err)
{
	const bool starting = assay_worker_state_of(l->worker) == ASSAY_WORKER_STARTING;
	assay_code rc = assay_worker_step_io(l->worker, err);
	assay_worker_state now;

	if (rc != ASSAY_OK)
		return rc;
	now = assay_worker_state_of(l->worker);
	if (starting && now == ASSAY_WORKER_IDLE)
		note_facts(m, assay_worker_facts_of(l->worker));
	if (now == ASSAY_WORKER_DONE || now == ASSAY_WORKER_DEAD)
		rc = take(m, l, err);
	if (now == ASSAY_WORKER_DEAD) {
		assay_worker_close(l->worker);
		l->worker = NULL;
	}
	return rc;
}

static assay_code wait(making *m, assay_err *err)
{
	struct pollfd fds[2 * WORKERS_MAX + 1];
	size_t from[2 * WORKERS_MAX + 1], n = 0;
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < m->pool->lane_count; i++) {
		size_t k =
		    m->pool->lanes[i].worker != NULL ? assay_worker_poll_fds(m->pool->lanes[i].worker, &fds[n]) : 0;

		for (; k > 0; k--)
			from[n++] = i;
	}
	fds[n] = (struct pollfd){.fd = assay_stop_fd(), .events = POLLIN};
	if (poll(fds, (nfds_t)n + 1, POLL_MS) < 0 && errno != EINTR)
		return ASSAY_RAISE_ERRNO(err, "poll");
	for (size_t i = 0; i < n && rc == ASSAY_OK; i++)
		if (fds[i].revents != 0 && m->pool->lanes[from[i]].worker != NULL)
			rc = step(m, &m->pool->lanes[from[i]], err);
	return rc;
}

/* ---------------------------------------------------------------- the loop */

static assay_code commit(making *m, bool force, assay_err *err)
{
	const int64_t now = assay_monotonic_ns();

	if (m->uncommitted == 0 ||
	    (!force && now - m->committed_ns < COMMIT_EVERY_NS && !assay_store_group_is_large(m->a->session->store)))
		return ASSAY_OK;
	m->uncommitted = 0;
	m->committed_ns = now;
	return assay_store_commit(m->a->session->store, err);
}

static assay_code work(making *m, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	while (m->left > 0 && rc == ASSAY_OK) {
		for (size_t i = 0; i < m->pool->lane_count && rc == ASSAY_OK && assay_stop_requested() == 0; i++)
			rc = fill_lane(m, &m->pool->lanes[i], err);
		if (rc == ASSAY_OK && assay_stop_requested() > 0) {
			rc = commit(m, true, err);
			return rc != ASSAY_OK ? rc
					      : ASSAY_RAISE(err, ASSAY_ESTOP,
							    "stopped by signal %d; what was finished is kept, run "
							    "again to go on",
							    assay_stop_signal());
		}
		if (rc == ASSAY_OK && m->left > 0)
			rc = wait(m, err);
		if (rc == ASSAY_OK)
			rc = commit(m, false, err);
	}
	return rc == ASSAY_OK ? commit(m, true, err) : rc;
}

static assay_code open_pool(assay_attempts *a, assay_err *err)
{
	const unsigned jobs = a->opts->jobs > 0 ? a->opts->jobs : assay_cores();
	struct assay_attempt_pool *p = a->pool = assay_alloc(1, sizeof *p);

	if (p == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "attempts");
	p->lane_count = jobs < WORKERS_MAX ? jobs : WORKERS_MAX;
	p->lanes = assay_alloc(p->lane_count, sizeof *p->lanes);
	if (p->lanes == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "attempts");
	for (size_t i = 0; i < p->lane_count; i++)
		p->lanes[i] = (lane){.item = SIZE_MAX, .files = {.fd = -1}};
	if (a->session->run.jobs == 0)
		a->session->run.jobs = jobs;
	return assay_attempt_chains_make(&p->chains, a->session, err);
}

static assay_code open_making(making *m, assay_err *err)
{
	m->left = m->count;
	m->committed_ns = assay_monotonic_ns();
	m->states = assay_alloc(m->count, 1);
	m->tries = assay_alloc(m->count, 1);
	if (m->states == NULL || m->tries == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "attempts");
	if (m->a->pool == NULL) {
		const assay_code rc = open_pool(m->a, err);

		if (rc != ASSAY_OK)
			return rc;
	}
	m->pool = m->a->pool;
	return ASSAY_OK;
}

assay_code assay_attempts_make(assay_attempts *a, const assay_wanted *wanted, size_t count, assay_err *err)
{
	making m = {.a = a, .wanted = wanted, .count = count};
	assay_code rc;

	assay_progress_phase(a->progress, ASSAY_PHASE_REPAIR, count);
	rc = open_making(&m, err);
	if (rc == ASSAY_OK)
		rc = work(&m, err);
	free(m.states);
	free(m.tries);
	return rc;
}

static void close_pool(struct assay_attempt_pool *p)
{
	for (size_t i = 0; p->lanes != NULL && i < p->lane_count; i++) {
		assay_worker_close(p->lanes[i].worker);
		assay_unit_files_release(&p->lanes[i].files);
	}
	assay_attempt_chains_release(&p->chains);
	free(p->lanes);
	free(p);
}

void assay_attempts_release(assay_attempts *a)
{
	if (a->pool != NULL)
		close_pool(a->pool);
	a->pool = NULL;
	for (size_t i = 0; i < a->undone_count; i++)
		free(a->undone[i].why);
	free(a->undone);
	a->undone = NULL;
	a->undone_count = a->undone_cap = 0;
}
