#include "child.h"

#include "assay/chain.h"
#include "assay/file.h"
#include "assay/memory.h"
#include "frame.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---------------------------------------------------------------- descriptors and signals */

static void close_between(int first, int last)
{
	if (first > last || syscall(SYS_close_range, (unsigned)first, (unsigned)last, 0) == 0)
		return;
	for (int fd = first; fd <= last && fd < 4096; fd++)
		(void)close(fd);
}

/* What is open in the worker (its control socket, rulesets, other files) is nothing to a child. */
static void close_others(const child_job *job)
{
	int at = CAGE_HANDOFF_FD + 1;

	for (;;) {
		int next = INT32_MAX;

		for (size_t i = 0; i < job->fd_count; i++)
			if (job->fds[i] >= at && job->fds[i] < next)
				next = job->fds[i];
		if (job->cage->ruleset >= at && job->cage->ruleset < next)
			next = job->cage->ruleset;
		close_between(at, next == INT32_MAX ? INT32_MAX : next - 1);
		if (next == INT32_MAX)
			return;
		at = next + 1;
	}
}

static void own_signals(void)
{
	const struct sigaction plain = {.sa_handler = SIG_DFL};
	sigset_t none;

	(void)sigaction(SIGCHLD, &plain, NULL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void detach(const child_job *job)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != job->worker)
		_exit(EXIT_STATUS_START);
	own_signals();
	if (dup2(job->handoff, CAGE_HANDOFF_FD) < 0)
		_exit(EXIT_STATUS_START);
	close_others(job);
}

/* ---------------------------------------------------------------- the unit */

typedef struct work {
	const child_job *job;
	const setup_chain *chain;
	int answer;
	assay_buf sidecar_bytes[UNIT_SIDECARS_MAX];
	assay_sidecar sidecars[UNIT_SIDECARS_MAX];
} work;

static _Noreturn void finish(const work *w, const assay_result *r)
{
	assay_buf record = ASSAY_BUF_INIT;

	assay_result_encode(&record, r);
	if (record.failed || frame_write(w->answer, FRAME_RESULT, record.data, record.len, NULL) != ASSAY_OK)
		_exit(record.failed ? EXIT_STATUS_START : EXIT_STATUS_ANSWER);
	_exit(0);
}

/* A failure that the chain itself could not report. */
static _Noreturn void finish_failed(const work *w, assay_failure failure, const char *message)
{
	assay_result r = {0};

	r.steps = assay_alloc(w->chain->count, sizeof *r.steps);
	if (r.steps == NULL)
		_exit(EXIT_STATUS_START);
	r.step_count = w->chain->count;
	if (assay_result_fail(&r, failure, w->job->witness->step, message, NULL) != ASSAY_OK)
		_exit(EXIT_STATUS_START);
	for (char *p = r.message; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || (unsigned char)*p >= 0x7f)
			*p = '?';
	finish(w, &r);
}

static void read_sidecars(work *w)
{
	const unit_message *unit = w->job->unit;

	for (size_t i = 0; i < unit->sidecar_count; i++) {
		const int fd = w->job->fds[UNIT_FDS_BEFORE_SIDECARS + i];
		assay_err err = ASSAY_ERR_INIT;
		const assay_code rc = assay_file_read_fd(&w->sidecar_bytes[i], fd, CHILD_SIDECAR_MAX, &err);
		char message[sizeof err.msg + 64];

		(void)close(fd);
		if (rc != ASSAY_OK) {
			(void)snprintf(message, sizeof message, "sidecar '%s': %s", unit->roles[i], err.msg);
			finish_failed(w, rc == ASSAY_EFULL ? ASSAY_FAILURE_LIMIT : ASSAY_FAILURE_UNREADABLE, message);
		}
		w->sidecars[i] = (assay_sidecar){.role = unit->roles[i],
						 .data = (const unsigned char *)assay_buf_str(&w->sidecar_bytes[i]),
						 .size = w->sidecar_bytes[i].len};
	}
}

static assay_code send_artifact(void *ctx, const void *data, size_t size, const assay_digest *digest, assay_err *err)
{
	const work *w = ctx;

	(void)digest; /* the coordinator computes its own */
	return frame_write(w->answer, FRAME_ARTIFACT, data, size, err);
}

static _Noreturn void finish_broken(const work *w, assay_code rc, const assay_err *err)
{
	if (rc == ASSAY_EIO) /* the coordinator no longer listens */
		_exit(EXIT_STATUS_ANSWER);
	if (rc == ASSAY_EFULL)
		finish_failed(w, ASSAY_FAILURE_LIMIT, err->msg);
	finish_failed(w, rc == ASSAY_ENOMEM ? ASSAY_FAILURE_OUT_OF_MEMORY : ASSAY_FAILURE_PROTOCOL, err->msg);
}

static _Noreturn void run_unit(work *w)
{
	const unit_message *unit = w->job->unit;
	const assay_chain_opts opts = {.artifact = send_artifact, .ctx = w, .current_step = &w->job->witness->step};
	const assay_input in = {.fd = w->job->fds[1],
				.size = unit->size,
				.part = unit->part,
				.sidecars = w->sidecars,
				.sidecar_count = unit->sidecar_count};
	assay_result r;
	assay_err err = ASSAY_ERR_INIT;
	assay_code rc;

	errno = 0; /* see witness.h */
	rc = assay_chain_run(&r, w->chain->steps, w->chain->count, &in, &opts, &err);
	if (rc != ASSAY_OK)
		finish_broken(w, rc, &err);
	finish(w, &r);
}

static _Noreturn void try_sandbox(const child_job *job)
{
	const unsigned layers = cage_enter(job->cage);

	job->witness->layers = cage_prove(job->cage, layers);
	_exit(0);
}

_Noreturn void child_run(const child_job *job)
{
	static work w; /* zero, and too large for a stack that a stage may need */

	detach(job);
	if (job->unit == NULL)
		try_sandbox(job);
	w.job = job;
	w.chain = &job->setup->chains[job->unit->chain];
	w.answer = job->fds[0];
	witness_install(job->witness);
	read_sidecars(&w);
	job->witness->layers = cage_enter(job->cage);
	if (job->witness->layers != job->cage->layers)
		_exit(EXIT_STATUS_SANDBOX);
	if (job->cage->ruleset >= 0)
		(void)close(job->cage->ruleset);
	run_unit(&w);
}
