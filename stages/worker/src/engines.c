#include "assay/engines.h"

#include "about.h"
#include "assay/file.h"
#include "assay/registry.h"
#include "assay/stop.h"
#include "assay/worker.h"
#include "engines.h"
#include "frame.h"
#include "message.h"
#include "outcome.h"
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

typedef struct digested {
	char *path;
	assay_digest digest;
} digested;

struct assay_engines {
	pid_t pid;            /* of the worker that is asked; 0 without */
	frame_reader control; /* its descriptor is owned; -1 without a worker */
	bool known;
	about about; /* where known */
	digested *files;
	size_t file_count, file_cap;
};

static int end_worker(assay_engines *e, bool by_itself)
{
	int status = 0;

	assay_closep(&e->control.fd);
	if (e->pid == 0)
		return 0;
	if (!by_itself)
		(void)kill(e->pid, SIGKILL); /* it holds nothing, and its libraries take their time to leave */
	while (waitpid(e->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	e->pid = 0;
	return status;
}

bool engines_hand_on(assay_engines *e, pid_t *pid, int *control)
{
	if (e->pid == 0 || !e->known)
		return false; /* there is none, or its answer is not taken yet */
	if (waitpid(e->pid, NULL, WNOHANG) != 0) {
		e->pid = 0; /* it ended by itself */
		assay_closep(&e->control.fd);
		return false;
	}
	*pid = e->pid;
	*control = ASSAY_TAKE_FD(&e->control.fd);
	e->pid = 0;
	return true;
}

void assay_engines_close(assay_engines *e)
{
	if (e == NULL)
		return;
	(void)end_worker(e, false);
	frame_reader_release(&e->control);
	about_release(&e->about);
	for (size_t i = 0; i < e->file_count; i++)
		free(e->files[i].path);
	free(e->files);
	free(e);
}

static assay_code ask(assay_engines *e, const assay_stage *stage, const void *params, assay_err *err)
{
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;
	assay_err gone = ASSAY_ERR_INIT;
	assay_code rc;

	about_ask(&out, stage, params);
	rc = assay_buf_check(&out, err);
	if (rc != ASSAY_OK)
		return rc;
	/* How a worker died is the better message, and take_answer finds it. */
	rc = frame_send(e->control.fd, FRAME_ASK, out.data, out.len, NULL, 0, &gone);
	if (rc == ASSAY_OK || gone.sys == EPIPE || gone.sys == ECONNRESET)
		return ASSAY_OK;
	if (err != NULL)
		*err = gone;
	return rc;
}

assay_code assay_engines_open(assay_engines **out, assay_err *err)
{
	const assay_worker_opts opts = {.program = NULL};
	assay_engines *e = assay_alloc(1, sizeof *e);
	assay_code rc = ASSAY_OK;
	int control = -1;

	*out = NULL;
	if (e == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "engines");
	frame_reader_init(&e->control, -1, FRAME_ACCEPT(FRAME_TOLD) | FRAME_ACCEPT(FRAME_FAILED), false);
	if (assay_stages_at.program != NULL) {
		rc = spawn_worker(&e->pid, &control, &opts, err);
		if (rc != ASSAY_OK)
			e->pid = 0;
		e->control.fd = control;
		if (rc == ASSAY_OK)
			rc = ask(e, NULL, NULL, err);
	}
	if (rc == ASSAY_OK) {
		*out = e;
		return ASSAY_OK;
	}
	assay_engines_close(e);
	return assay_err_prefix(err, "start a worker");
}

/* A whole frame, or an end of whatever kind; a signal to stop ends it, however long the worker takes. */
static frame_status wait_for_frame(assay_engines *e, bool *stopped)
{
	frame_status status = e->control.fd >= 0 ? frame_read(&e->control, false, NULL) : FRAME_END;

	*stopped = false;
	while (status == FRAME_AGAIN && !*stopped) {
		struct pollfd fds[] = {{.fd = e->control.fd, .events = POLLIN},
				       {.fd = assay_stop_fd(), .events = POLLIN}};

		if (poll(fds, ASSAY_COUNT(fds), -1) < 0 && errno != EINTR)
			return FRAME_END;
		*stopped = assay_stop_requested() > 0;
		status = frame_read(&e->control, false, NULL);
	}
	return status;
}

/* The frame stays until frame_next. */
static assay_code take_answer(assay_engines *e, assay_err *err)
{
	char how[64];
	bool stopped;
	int status;

	if (wait_for_frame(e, &stopped) == FRAME_WHOLE)
		return e->control.type == FRAME_TOLD ? ASSAY_OK : message_read_failed(&e->control.body, err);
	status = end_worker(e, !stopped);
	if (stopped)
		return ASSAY_RAISE(err, ASSAY_ESTOP, "stopped by signal %d before anything was done",
				   assay_stop_signal());
	return ASSAY_RAISE(
	    err, ASSAY_EIO,
	    "the worker ended before it told of its engines: %s (ASSAY_WORKER_DEBUG=1 shows what it says)",
	    outcome_end_text(WIFSIGNALED(status) ? WTERMSIG(status) : 0, WIFEXITED(status) ? WEXITSTATUS(status) : 0,
			     how, sizeof how));
}

/* ---------------------------------------------------------------- the program */

static assay_code refuse_build(assay_err *err)
{
	ASSAY_AUTO_FREE char *path = NULL;
	const assay_code rc = spawn_find_program(&path, err);

	return rc == ASSAY_OK ? ASSAY_RAISE(err, ASSAY_ECONFIG, ABOUT_OTHER_BUILD, path) : rc;
}

static assay_code take_about(assay_engines *e, assay_err *err)
{
	size_t stages = 0;
	assay_code rc = take_answer(e, err);

	if (rc == ASSAY_OK)
		rc = about_decode(&e->about, &e->control.body, err);
	if (rc != ASSAY_OK)
		return rc;
	frame_next(&e->control);
	while (assay_stages[stages] != NULL)
		stages++;
	if (strcmp(e->about.build, assay_stages_at.build) != 0)
		rc = refuse_build(err);
	else if (e->about.engine_count != stages)
		rc = ASSAY_RAISE(err, ASSAY_EINVAL, "a worker told of %zu stages, and there are %zu",
				 e->about.engine_count, stages);
	if (rc != ASSAY_OK)
		about_release(&e->about);
	return rc;
}

static assay_code know(assay_engines *e, assay_err *err)
{
	assay_code rc;

	if (e->known)
		return ASSAY_OK;
	rc = assay_stages_at.program != NULL ? take_about(e, err) : about_read(&e->about, err);
	e->known = rc == ASSAY_OK;
	return rc;
}

assay_code assay_engines_libraries(const assay_build_ids **out, assay_engines *e, assay_err *err)
{
	const assay_code rc = know(e, err);

	*out = rc == ASSAY_OK ? &e->about.libraries : NULL;
	return rc;
}

assay_code assay_engines_version(const char **out, assay_engines *e, const assay_stage *stage, assay_err *err)
{
	const assay_code rc = know(e, err);

	*out = "";
	for (size_t i = 0; rc == ASSAY_OK && assay_stages[i] != NULL; i++)
		if (assay_stages[i] == stage)
			*out = e->about.engines[i];
	return rc;
}

/* ---------------------------------------------------------------- a step's files */

assay_code assay_engines_files(assay_stage_files *out, assay_engines *e, const assay_stage *stage, const void *params,
			       assay_err *err)
{
	assay_code rc;

	if (assay_stages_at.program == NULL)
		return stage->files != NULL ? stage->files(params, out, err) : ASSAY_OK;
	rc = know(e, err);
	if (rc == ASSAY_OK && e->control.fd < 0)
		rc = ASSAY_RAISE(err, ASSAY_EINVAL, "the worker that tells of '%s' was given work", stage->name);
	if (rc == ASSAY_OK)
		rc = ask(e, stage, params, err);
	if (rc == ASSAY_OK)
		rc = take_answer(e, err);
	if (rc == ASSAY_OK)
		rc = about_decode_files(out, &e->control.body, err);
	frame_next(&e->control);
	return rc;
}

static assay_code digest_file(digested *out, const char *path, assay_err *err)
{
	ASSAY_AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	assay_code rc;

	if (fd < 0)
		return ASSAY_RAISE_ERRNO(err, "open");
	rc = assay_digest_fd(&out->digest, NULL, fd, err);
	if (rc != ASSAY_OK)
		return assay_err_prefix(err, "read");
	out->path = assay_strdup(path);
	return out->path != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "read");
}

assay_code assay_engines_digest(assay_digest *out, assay_engines *e, const char *role, const char *path, assay_err *err)
{
	size_t i = 0;
	assay_code rc = ASSAY_OK;

	while (i < e->file_count && strcmp(e->files[i].path, path) != 0)
		i++;
	if (i == e->file_count) {
		rc = assay_grow(&e->files, &e->file_cap, e->file_count, sizeof *e->files, err);
		if (rc == ASSAY_OK)
			rc = digest_file(&e->files[i], path, err);
		if (rc != ASSAY_OK)
			return assay_err_prefix(err, "%s '%s'", role, path);
		e->file_count++;
	}
	*out = e->files[i].digest;
	return ASSAY_OK;
}
