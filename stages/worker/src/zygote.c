/* The worker process: loads the models, tries the sandbox, then forks a child for every unit it is given. */
#include "assay/worker.h"

#include "about.h"
#include "cage.h"
#include "child.h"
#include "cpu.h"
#include "frame.h"
#include "message.h"
#include "setup.h"
#include "watch.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { EXIT_DONE = 0, EXIT_BUG = 70, EXIT_IO = 74, EXIT_CONFIG = 78 };

typedef struct zygote {
	frame_reader control;
	setup setup;
	cage cage;
	witness *witness;
} zygote;

/* Ctrl-C and hang-ups reach the whole process group, and batch systems signal every process: it is the coordinator
 * that decides what they mean, and a unit in flight is finished. Children inherit this. */
static void ignore_signals(void)
{
	static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGPIPE, SIGUSR1, SIGUSR2};
	const struct sigaction act = {.sa_handler = SIG_IGN};

	for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
		(void)sigaction(ignored[i], &act, NULL);
}

/* ---------------------------------------------------------------- setting up */

static assay_code try_sandbox(zygote *z, assay_err *err)
{
	child_job job = {.setup = &z->setup, .cage = &z->cage, .witness = z->witness};
	exit_message end;
	assay_code rc = watch_child(&end, &job, NULL, err);

	if (rc != ASSAY_OK)
		return rc;
	if (end.signal != 0 || end.status != 0)
		return ASSAY_RAISE(err, ASSAY_EPERM, "the sandbox cannot be tried: signal %d, exit status %d",
				   end.signal, end.status);
	z->cage.layers = z->witness->layers;
	return ASSAY_OK;
}

static assay_code check_required(const zygote *z, assay_err *err)
{
	const unsigned missing = ASSAY_SANDBOX_ALL & ~z->cage.layers;
	char text[80];

	if (z->setup.sandbox != ASSAY_SANDBOX_REQUIRED || missing == 0)
		return ASSAY_OK;
	return ASSAY_RAISE(err, ASSAY_EPERM, "the sandbox is required, and this machine lacks: %s",
			   assay_sandbox_layers_text(missing, text, sizeof text));
}

static assay_code set_up_sandbox(zygote *z, assay_err *err)
{
	assay_code rc = cage_build(&z->cage, &z->setup, err);

	if (rc == ASSAY_OK)
		rc = try_sandbox(z, err);
	if (rc == ASSAY_OK && z->cage.program.opens == SECCOMP_OPENS_ASK && z->cage.program.code != NULL &&
	    (z->cage.layers & ASSAY_SANDBOX_BROKER) == 0) {
		rc = cage_without_broker(&z->cage, err);
		if (rc == ASSAY_OK)
			rc = try_sandbox(z, err);
	}
	return rc == ASSAY_OK ? check_required(z, err) : rc;
}

/* libcrypto sets itself up, reading files, with its first digest: once here instead of in every child (1.2 ms). */
static assay_code warm_up(assay_err *err)
{
	assay_digest unused;

	return assay_digest_of(&unused, "", 0, err);
}

static void tell_failed(zygote *z, const assay_err *cause)
{
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;

	message_failed(&out, cause);
	/* A coordinator that is gone does not need to know. */
	if (!out.failed && frame_send(z->control.fd, FRAME_FAILED, out.data, out.len, NULL, 0, NULL) != ASSAY_OK)
		return;
}

static assay_code tell_about(zygote *z, assay_err *err)
{
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;
	assay_err why = ASSAY_ERR_INIT;
	assay_code rc = about_tell(&out, &z->control.body, &why);

	if (rc == ASSAY_OK)
		rc = assay_buf_check(&out, &why);
	frame_next(&z->control);
	if (rc == ASSAY_OK)
		return frame_send(z->control.fd, FRAME_TOLD, out.data, out.len, NULL, 0, err);
	tell_failed(z, &why);
	return ASSAY_OK;
}

/* What the coordinator asks comes first; it may ask for nothing else. */
static assay_code wait_for_setup(zygote *z, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	while (rc == ASSAY_OK) {
		if (frame_read(&z->control, true, NULL) != FRAME_WHOLE ||
		    (z->control.type != FRAME_SETUP && z->control.type != FRAME_ASK))
			return ASSAY_RAISE(err, ASSAY_ESTOP, "no SETUP came");
		if (z->control.type == FRAME_SETUP)
			break;
		rc = tell_about(z, err);
	}
	return rc;
}

static assay_code set_up(zygote *z, assay_err *err)
{
	assay_code rc = wait_for_setup(z, err);

	if (rc == ASSAY_OK)
		rc = warm_up(err);
	if (rc != ASSAY_OK)
		return rc;
	z->witness = witness_new();
	if (z->witness == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "shared page");
	rc = setup_read(&z->setup, z->control.body.data, z->control.body.len, err);
	frame_next(&z->control);
	return rc == ASSAY_OK ? set_up_sandbox(z, err) : rc;
}

static assay_code tell_ready(zygote *z, assay_err *err)
{
	ready_message ready = {.layers = z->cage.layers, .pid = (int32_t)getpid()};
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;
	assay_code rc;

	(void)cpu_features(ready.cpu_features, sizeof ready.cpu_features);
	message_ready(&out, &ready);
	rc = assay_buf_check(&out, err);
	return rc == ASSAY_OK ? frame_send(z->control.fd, FRAME_READY, out.data, out.len, NULL, 0, err) : rc;
}

/* ---------------------------------------------------------------- units */

static assay_code tell_exit(zygote *z, const exit_message *end, assay_err *err)
{
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;
	assay_code rc;

	message_exit(&out, end);
	rc = assay_buf_check(&out, err);
	return rc == ASSAY_OK ? frame_send(z->control.fd, FRAME_EXIT, out.data, out.len, NULL, 0, err) : rc;
}

static assay_code run_unit(zygote *z, const unit_message *unit, assay_err *err)
{
	child_job job = {.setup = &z->setup,
			 .cage = &z->cage,
			 .witness = z->witness,
			 .unit = unit,
			 .fds = z->control.fds,
			 .fd_count = z->control.fd_count};
	int fds[FRAME_FDS_MAX];
	exit_message end;
	assay_code rc;

	for (size_t i = 0; i < job.fd_count; i++)
		fds[i] = z->control.fds[i];
	job.fds = fds;
	z->control.fd_count = 0; /* watch_child closes them */
	rc = watch_child(&end, &job, &z->control, err);
	return rc == ASSAY_OK ? tell_exit(z, &end, err) : rc;
}

static assay_code take_unit(zygote *z, assay_err *err)
{
	unit_message unit;
	assay_code rc = message_read_unit(&unit, &z->control.body, err);

	frame_next(&z->control);
	if (rc != ASSAY_OK)
		return rc;
	if (unit.chain >= z->setup.chain_count || z->control.fd_count != UNIT_FDS_BEFORE_SIDECARS + unit.sidecar_count)
		rc = ASSAY_RAISE(err, ASSAY_ECORRUPT, "UNIT with a wrong chain or wrong descriptors");
	else
		rc = run_unit(z, &unit, err);
	unit_message_release(&unit);
	return rc;
}

/* Ends with ASSAY_ESTOP when the coordinator closes the socket. */
static assay_code serve(zygote *z, assay_err *err)
{
	for (;;) {
		const frame_status s = frame_read(&z->control, true, NULL);
		assay_code rc = ASSAY_OK;

		if (s != FRAME_WHOLE)
			return ASSAY_RAISE(err, ASSAY_ESTOP, "the coordinator is gone");
		if (z->control.type == FRAME_UNIT)
			rc = take_unit(z, err);
		else
			frame_next(&z->control); /* a STOP that crossed the EXIT */
		if (rc != ASSAY_OK)
			return rc;
	}
}

int assay_worker_main(int control_fd)
{
	zygote z = {.cage = {.ruleset = -1}};
	assay_err err = ASSAY_ERR_INIT;
	assay_code rc;
	int status = EXIT_DONE;

	ignore_signals();
	watch_init();
	frame_reader_init(&z.control, control_fd,
			  FRAME_ACCEPT(FRAME_ASK) | FRAME_ACCEPT(FRAME_SETUP) | FRAME_ACCEPT(FRAME_UNIT) |
			      FRAME_ACCEPT(FRAME_STOP),
			  true);
	rc = set_up(&z, &err);
	if (rc == ASSAY_OK) {
		rc = tell_ready(&z, &err);
		if (rc == ASSAY_OK)
			rc = serve(&z, &err);
		if (rc != ASSAY_ESTOP)
			status = rc == ASSAY_EIO ? EXIT_IO : EXIT_BUG;
	} else if (rc != ASSAY_ESTOP) {
		tell_failed(&z, &err);
		status = EXIT_CONFIG;
	}
	/* For whoever runs with ASSAY_WORKER_DEBUG; otherwise this is /dev/null. */
	if (status != EXIT_DONE)
		(void)fprintf(stderr, "assay worker: %s\n", err.msg);
	cage_release(&z.cage);
	setup_release(&z.setup);
	witness_free(z.witness);
	frame_reader_release(&z.control);
	return status;
}
