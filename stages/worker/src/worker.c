#include "assay/worker.h"

#include "answer.h"
#include "assay/file.h"
#include "assay/memory.h"
#include "engines.h"
#include "frame.h"
#include "message.h"
#include "outcome.h"
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Bytes taken from one child before the coordinator looks at the others. */
#define STEP_BUDGET ((size_t)4 << 20)
#define GRACE_NS    ((int64_t)2000000000)

struct assay_worker {
	pid_t pid;            /* 0 once reaped */
	frame_reader control; /* its descriptor is owned; -1 once the worker is gone */
	answer_shape *shapes;
	size_t shape_count;
	assay_worker_limits limits;
	assay_worker_facts facts;
	assay_worker_state state;
	uint32_t chain; /* of the unit in flight */
	answer unit;    /* valid while BUSY */
	bool exited;    /* the worker has told how the child ended: */
	exit_message end;
	const char *stopped; /* why the coordinator had the child killed */
	assay_worker_answer answer;
	bool has_answer;
};

const assay_worker_facts *assay_worker_facts_of(const assay_worker *w)
{
	return &w->facts;
}

assay_worker_state assay_worker_state_of(const assay_worker *w)
{
	return w->state;
}

/* ---------------------------------------------------------------- ending */

static bool reap(assay_worker *w, bool wait, int *status)
{
	pid_t got;

	if (w->pid == 0)
		return true;
	do {
		got = waitpid(w->pid, status, wait ? 0 : WNOHANG);
	} while (got < 0 && errno == EINTR);
	if (got == 0)
		return false;
	w->pid = 0;
	return true;
}

static void close_control(assay_worker *w)
{
	assay_closep(&w->control.fd);
	w->control.fd = -1;
}

/* A worker whose socket has closed is leaving by itself; one that does not is made to. */
static int end_worker(assay_worker *w)
{
	const int64_t until = assay_monotonic_ns() + GRACE_NS;
	const struct timespec nap = {.tv_nsec = 1000000};
	int status = 0;

	close_control(w);
	while (!reap(w, false, &status)) {
		if (assay_monotonic_ns() >= until) {
			(void)kill(w->pid, SIGKILL);
			(void)reap(w, true, &status);
			break;
		}
		(void)nanosleep(&nap, NULL);
	}
	return status;
}

void assay_worker_close(assay_worker *w)
{
	if (w == NULL)
		return;
	answer_close(&w->unit);
	(void)end_worker(w);
	answer_release(&w->unit);
	frame_reader_release(&w->control);
	assay_result_release(&w->answer.result);
	for (size_t i = 0; i < w->shape_count; i++)
		answer_shape_release(&w->shapes[i]);
	free(w->shapes);
	free(w);
}

/* ---------------------------------------------------------------- starting */

static assay_code take_ready(assay_worker *w, assay_err *err)
{
	ready_message m;
	assay_code rc;

	if (w->control.type == FRAME_FAILED)
		return message_read_failed(&w->control.body, err);
	if (w->control.type != FRAME_READY)
		return ASSAY_RAISE(err, ASSAY_EIO, "the worker begins with something else than READY");
	rc = message_read_ready(&m, &w->control.body, err);
	if (rc != ASSAY_OK)
		return rc;
	memcpy(w->facts.cpu_features, m.cpu_features, sizeof m.cpu_features);
	w->facts.layers = m.layers;
	w->facts.pid = m.pid;
	frame_next(&w->control);
	return ASSAY_OK;
}

static assay_code ended_early(assay_worker *w, assay_err *err)
{
	const int status = end_worker(w);
	char how[64];

	w->state = ASSAY_WORKER_DEAD;
	return ASSAY_RAISE(err, ASSAY_EIO,
			   "the worker ended before it was ready: %s (ASSAY_WORKER_DEBUG=1 shows what it says)",
			   outcome_end_text(WIFSIGNALED(status) ? WTERMSIG(status) : 0,
					    WIFEXITED(status) ? WEXITSTATUS(status) : 0, how, sizeof how));
}

static assay_code step_start(assay_worker *w, bool wait, assay_err *err)
{
	const frame_status s = frame_read(&w->control, wait, NULL);
	assay_code rc;

	if (s == FRAME_AGAIN)
		return ASSAY_OK;
	rc = s == FRAME_WHOLE ? take_ready(w, err) : ended_early(w, err);
	if (rc == ASSAY_OK)
		w->state = ASSAY_WORKER_IDLE;
	else
		(void)assay_err_prefix(err, "start a worker");
	return rc;
}

static assay_code send_setup(assay_worker *w, const assay_worker_opts *opts, assay_err *err)
{
	ASSAY_AUTO_BUF setup = ASSAY_BUF_INIT;
	assay_err gone = ASSAY_ERR_INIT;
	assay_code rc;

	message_setup(&setup, opts);
	rc = assay_buf_check(&setup, err);
	if (rc != ASSAY_OK)
		return rc;
	/* A worker that dies at once breaks the socket; how it died is the better message, and step_start finds it. */
	rc = frame_send(w->control.fd, FRAME_SETUP, setup.data, setup.len, NULL, 0, &gone);
	if (rc == ASSAY_OK || gone.sys == EPIPE || gone.sys == ECONNRESET)
		return ASSAY_OK;
	if (err != NULL)
		*err = gone;
	return rc;
}

static assay_code keep_shapes(assay_worker *w, const assay_worker_opts *opts, assay_err *err)
{
	w->shapes = assay_alloc(opts->chain_count, sizeof *w->shapes);
	if (w->shapes == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "chains of a worker");
	while (w->shape_count < opts->chain_count) {
		assay_code rc = answer_shape_init(&w->shapes[w->shape_count], &opts->chains[w->shape_count], err);

		if (rc != ASSAY_OK)
			return rc;
		w->shape_count++;
	}
	return ASSAY_OK;
}

/* That which was asked has the environment of any other, and its libraries are loaded. */
static assay_code obtain_process(assay_worker *w, int *control, const assay_worker_opts *opts, assay_err *err)
{
	if (opts->asked != NULL && opts->program == NULL && opts->wrapper == NULL &&
	    engines_hand_on(opts->asked, &w->pid, control))
		return ASSAY_OK;
	return spawn_worker(&w->pid, control, opts, err);
}

assay_code assay_worker_launch(assay_worker **out, const assay_worker_opts *opts, assay_err *err)
{
	assay_worker *w = assay_alloc(1, sizeof *w);
	assay_code rc;
	int control = -1;

	*out = NULL;
	if (w == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "worker");
	w->limits = opts->limits;
	frame_reader_init(&w->control, -1,
			  FRAME_ACCEPT(FRAME_READY) | FRAME_ACCEPT(FRAME_FAILED) | FRAME_ACCEPT(FRAME_EXIT), false);
	w->unit.in.fd = -1;
	ASSAY_TRY(keep_shapes(w, opts, err));
	ASSAY_TRY(obtain_process(w, &control, opts, err));
	w->control.fd = control;
	ASSAY_TRY(send_setup(w, opts, err));
	*out = w;
	return ASSAY_OK;
fail:
	if (control < 0)
		w->pid = 0;
	assay_worker_close(w);
	(void)assay_err_prefix(err, "start a worker");
	return rc;
}

assay_code assay_worker_start(assay_worker **out, const assay_worker_opts *opts, assay_err *err)
{
	assay_code rc = assay_worker_launch(out, opts, err);

	if (rc == ASSAY_OK)
		rc = step_start(*out, true, err);
	if (rc != ASSAY_OK) {
		assay_worker_close(*out);
		*out = NULL;
	}
	return rc;
}

/* ---------------------------------------------------------------- a unit */

/*
 * A description of its own: read-only, at offset 0, so that no child can write to a source or move another's offset.
 * Where /proc cannot be used, a duplicate of a read-only descriptor serves.
 */
static int reopen(int fd)
{
	char path[40];
	int own;

	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	own = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (own >= 0)
		return own;
	if ((fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDONLY || lseek(fd, 0, SEEK_SET) != 0) {
		errno = EACCES;
		return -1;
	}
	return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

static int own_description(const assay_worker_unit *unit, int fd)
{
	return unit->fresh ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : reopen(fd);
}

static assay_code open_inputs(int *fds, size_t *count, const assay_worker_unit *unit, assay_err *err)
{
	fds[*count] = own_description(unit, unit->fd);
	if (fds[*count] < 0)
		return ASSAY_RAISE_ERRNO(err, "open the source again for its worker");
	++*count;
	for (size_t i = 0; i < unit->sidecar_count; i++) {
		fds[*count] = own_description(unit, unit->sidecars[i].fd);
		if (fds[*count] < 0)
			return ASSAY_RAISE_ERRNO(err, "open sidecar '%s' again for its worker", unit->sidecars[i].role);
		++*count;
	}
	return ASSAY_OK;
}

static assay_code hand_over(assay_worker *w, const assay_worker_unit *unit, const int *fds, size_t count,
			    assay_err *err)
{
	ASSAY_AUTO_BUF head = ASSAY_BUF_INIT;
	assay_code rc;

	message_unit(&head, unit);
	rc = assay_buf_check(&head, err);
	return rc == ASSAY_OK ? frame_send(w->control.fd, FRAME_UNIT, head.data, head.len, fds, count, err) : rc;
}

static void close_all(const int *fds, size_t count)
{
	while (count > 0)
		(void)close(fds[--count]);
}

/* A worker that is gone is an answer, not an error: the unit is in flight and step_io finds the worker dead. */
static bool is_gone(const assay_err *err)
{
	return err->sys == EPIPE || err->sys == ECONNRESET;
}

assay_code assay_worker_submit(assay_worker *w, const assay_worker_unit *unit, assay_worker_artifact_fn *artifact,
			       void *ctx, assay_err *err)
{
	int fds[UNIT_FDS_BEFORE_SIDECARS + UNIT_SIDECARS_MAX], pair[2];
	size_t count = 0;
	assay_err why = ASSAY_ERR_INIT;
	assay_code rc;

	if (w->state != ASSAY_WORKER_IDLE || unit->chain >= w->shape_count || unit->sidecar_count > UNIT_SIDECARS_MAX)
		return ASSAY_RAISE(err, ASSAY_EINVAL, "a unit for a worker that is not idle, or with a wrong head");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return ASSAY_RAISE_ERRNO(err, "answer socket of a unit");
	fds[count++] = pair[1];
	rc = open_inputs(fds, &count, unit, &why);
	if (rc == ASSAY_OK)
		rc = hand_over(w, unit, fds, count, &why);
	close_all(fds, count);
	if (rc != ASSAY_OK && !is_gone(&why)) {
		(void)close(pair[0]);
		if (err != NULL)
			*err = why;
		return rc;
	}
	answer_init(&w->unit, &w->shapes[unit->chain], pair[0], artifact, ctx);
	w->chain = unit->chain;
	w->exited = false;
	w->stopped = NULL;
	w->state = ASSAY_WORKER_BUSY;
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- what arrives */

/* Listen no longer and have the child killed; if it has ended already, its answer is void all the same. */
static void stop_child(assay_worker *w, const char *why)
{
	answer_close(&w->unit);
	if (w->stopped != NULL)
		return;
	w->stopped = why;
	if (w->exited)
		return;
	/* If the worker is gone as well, its closed socket tells. */
	if (frame_send(w->control.fd, FRAME_STOP, NULL, 0, NULL, 0, NULL) != ASSAY_OK)
		return;
}

static assay_code lose_worker(assay_worker *w, assay_err *err)
{
	const bool in_flight = w->state == ASSAY_WORKER_BUSY;
	const int status = end_worker(w);
	assay_code rc = ASSAY_OK;

	if (in_flight) {
		answer_release(&w->unit);
		rc = outcome_of_dead_worker(&w->answer, status, w->shapes[w->chain].count, err);
		w->has_answer = true;
	}
	w->state = ASSAY_WORKER_DEAD;
	return rc;
}

static assay_code take_control(assay_worker *w, assay_err *err)
{
	const frame_status s = frame_read(&w->control, false, NULL);

	if (s == FRAME_AGAIN)
		return ASSAY_OK;
	if (s != FRAME_WHOLE || w->control.type != FRAME_EXIT || w->state != ASSAY_WORKER_BUSY ||
	    message_read_exit(&w->end, &w->control.body, NULL) != ASSAY_OK)
		return lose_worker(w, err);
	frame_next(&w->control);
	w->exited = true;
	return ASSAY_OK;
}

static assay_code finish(assay_worker *w, assay_err *err)
{
	assay_code rc = outcome_of(&w->answer, &w->end, &w->unit, &w->limits, w->stopped, err);

	answer_release(&w->unit);
	w->has_answer = true;
	w->state = ASSAY_WORKER_DONE;
	return rc;
}

assay_code assay_worker_step_io(assay_worker *w, assay_err *err)
{
	assay_code rc, ended;

	if (w->state == ASSAY_WORKER_DEAD || w->state == ASSAY_WORKER_DONE)
		return ASSAY_OK;
	if (w->state == ASSAY_WORKER_STARTING)
		return step_start(w, false, err);
	rc = take_control(w, err);
	if (rc != ASSAY_OK || w->state != ASSAY_WORKER_BUSY)
		return rc;
	/* A child that has ended has nothing more to send than what is in the socket now. */
	rc = answer_step(&w->unit, w->exited ? SIZE_MAX : STEP_BUDGET, err);
	if (rc != ASSAY_OK)
		stop_child(w, "stopped: its artifacts could not be kept");
	else if (w->unit.fault[0] != '\0')
		stop_child(w, w->unit.fault);
	if (!w->exited)
		return rc;
	ended = finish(w, rc == ASSAY_OK ? err : NULL);
	return rc != ASSAY_OK ? rc : ended;
}

size_t assay_worker_poll_fds(const assay_worker *w, struct pollfd fds[2])
{
	size_t n = 0;

	if (w->control.fd >= 0)
		fds[n++] = (struct pollfd){.fd = w->control.fd, .events = POLLIN};
	if (w->state == ASSAY_WORKER_BUSY && answer_is_open(&w->unit))
		fds[n++] = (struct pollfd){.fd = w->unit.in.fd, .events = POLLIN};
	return n;
}

bool assay_worker_take(assay_worker *w, assay_worker_answer *out)
{
	if (!w->has_answer)
		return false;
	*out = w->answer;
	w->answer = (assay_worker_answer){0};
	w->has_answer = false;
	if (w->state == ASSAY_WORKER_DONE)
		w->state = ASSAY_WORKER_IDLE;
	return true;
}
