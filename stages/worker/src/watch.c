#include "watch.h"

#include "assay/file.h"
#include "broker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct watched {
	pid_t pid;
	int handoff; /* -1 once the listener has come, or cannot come any more */
	broker broker;
	frame_reader *control;
	int64_t started, deadline;
	unsigned flags;
	bool killed, orphaned, ended;
	int status;
	struct rusage usage;
} watched;

static void on_child(int signal)
{
	(void)signal; /* it interrupts ppoll, which is all it is for */
}

/*
 * Blocked everywhere but within ppoll, SIGCHLD cannot be missed between looking and waiting. A descriptor of the
 * process (pidfd) would do the same on newer kernels; this works on all, qemu's emulation included.
 */
void watch_init(void)
{
	const struct sigaction act = {.sa_handler = on_child};
	sigset_t chld;

	(void)sigaction(SIGCHLD, &act, NULL);
	(void)sigemptyset(&chld);
	(void)sigaddset(&chld, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &chld, NULL);
}

/* The child has not been waited for, so the number is still its own. */
static void kill_child(watched *w)
{
	if (!w->ended && !w->killed)
		(void)kill(w->pid, SIGKILL);
	w->killed = true;
}

static void take_listener(watched *w)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec iov = {&byte, 1};
	struct msghdr msg = {
	    .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
	const ssize_t n = recvmsg(w->handoff, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	struct cmsghdr *c = n == 1 ? CMSG_FIRSTHDR(&msg) : NULL;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (c != NULL && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&w->broker.listener, CMSG_DATA(c), sizeof w->broker.listener);
	assay_closep(&w->handoff);
}

static void take_control(watched *w)
{
	const frame_status s = frame_read(w->control, false, NULL);

	if (s == FRAME_AGAIN)
		return;
	if (s == FRAME_WHOLE && w->control->type == FRAME_STOP) {
		w->flags |= EXIT_FLAG_STOPPED;
		frame_next(w->control);
	} else {
		w->orphaned = true;
	}
	kill_child(w);
}

static void look_for_end(watched *w)
{
	pid_t got;

	do {
		got = wait4(w->pid, &w->status, WNOHANG, &w->usage);
	} while (got < 0 && errno == EINTR);
	w->ended = got == w->pid;
}

static void keep_time(watched *w, struct timespec *left)
{
	int64_t ns = w->deadline - assay_monotonic_ns();

	if (ns <= 0 && !w->killed) {
		w->flags |= EXIT_FLAG_WALL;
		kill_child(w);
	}
	if (w->killed || ns < 0)
		ns = 1000000000; /* until the kernel has taken it away */
	*left = (struct timespec){.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
}

static void wait_once(watched *w)
{
	struct pollfd fds[3];
	struct timespec left;
	sigset_t open_mask;

	keep_time(w, &left);
	/* poll passes over negative descriptors */
	fds[0] = (struct pollfd){.fd = w->control != NULL && !w->orphaned ? w->control->fd : -1, .events = POLLIN};
	fds[1] = (struct pollfd){.fd = w->handoff, .events = POLLIN};
	fds[2] = (struct pollfd){.fd = w->broker.listener, .events = POLLIN};
	(void)sigemptyset(&open_mask);
	if (ppoll(fds, 3, &left, &open_mask) <= 0)
		return;
	if (fds[0].revents != 0)
		take_control(w);
	if (fds[1].revents != 0)
		take_listener(w);
	if ((fds[2].revents & POLLIN) != 0)
		broker_serve(&w->broker);
	else if (fds[2].revents != 0) /* nobody is left under the filter */
		assay_closep(&w->broker.listener);
}

static uint64_t microseconds(struct timeval t)
{
	return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_usec;
}

static void report(exit_message *end, const watched *w, const child_job *job)
{
	*end = (exit_message){.flags = w->flags,
			      .step = job->witness->step,
			      .cpu_us = microseconds(w->usage.ru_utime) + microseconds(w->usage.ru_stime),
			      .wall_us = (uint64_t)(assay_monotonic_ns() - w->started) / 1000u,
			      .max_rss_kib = (uint64_t)w->usage.ru_maxrss};
	if (WIFSIGNALED(w->status))
		end->signal = WTERMSIG(w->status);
	else
		end->status = WEXITSTATUS(w->status);
	if (end->signal != 0 && witness_memory_was_out(job->witness, cage_memory_limit(job->cage)))
		end->flags |= EXIT_FLAG_MEMORY;
}

static assay_code start(watched *w, child_job *job, assay_err *err)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return ASSAY_RAISE_ERRNO(err, "socket of a child");
	job->worker = getpid();
	job->handoff = pair[1];
	w->started = assay_monotonic_ns();
	w->pid = fork();
	if (w->pid == 0)
		child_run(job);
	(void)close(pair[1]);
	w->handoff = pair[0];
	w->broker.child = w->pid;
	if (w->pid > 0)
		return ASSAY_OK;
	assay_closep(&w->handoff);
	return ASSAY_RAISE_ERRNO(err, "fork a child");
}

assay_code watch_child(exit_message *end, child_job *job, frame_reader *control, assay_err *err)
{
	watched w = {.handoff = -1, .control = control};
	const uint32_t wall_s = job->cage->limits.wall_s;
	assay_code rc;

	w.broker = (broker){.listener = -1, .allowed = job->cage->readable};
	witness_clear(job->witness);
	rc = start(&w, job, err);
	if (rc != ASSAY_OK)
		return rc;
	w.deadline = wall_s != 0 ? w.started + (int64_t)wall_s * 1000000000 : INT64_MAX;
	/* The unit's descriptors are the child's now: the answer socket must end when the child does. */
	for (size_t i = 0; i < job->fd_count; i++)
		(void)close(job->fds[i]);
	for (look_for_end(&w); !w.ended; look_for_end(&w))
		wait_once(&w);
	assay_closep(&w.handoff);
	assay_closep(&w.broker.listener);
	report(end, &w, job);
	return w.orphaned ? ASSAY_RAISE(err, ASSAY_ESTOP, "the coordinator is gone") : ASSAY_OK;
}
