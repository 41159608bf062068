#include "assay/stop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Handlers and counters last as long as the process: each case has its own, and answers by its exit status. */
#define CHECK(cond)                                                                                                    \
	do {                                                                                                           \
		if (!(cond))                                                                                           \
			_exit(__LINE__ % 250 + 1);                                                                     \
	} while (0)

static void in_child(void (*body)(int), int arg)
{
	const pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		body(arg);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status))
		fail_msg("child died of signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		fail_msg("check on line %d (mod 250) failed", WEXITSTATUS(status) - 1);
}

static bool is_readable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) == 1 && (p.revents & POLLIN) != 0;
}

static void before_install(int unused)
{
	(void)unused;
	CHECK(assay_stop_fd() == -1);
	CHECK(assay_stop_requested() == 0);
	CHECK(assay_stop_signal() == 0);
}

static void stop__before_install__nothing(void **state)
{
	(void)state;
	in_child(before_install, 0);
}

static void two_signals(int signo)
{
	const int other = signo == SIGINT ? SIGTERM : SIGINT;

	CHECK(assay_stop_install(NULL) == ASSAY_OK);
	CHECK(assay_stop_fd() >= 0);
	CHECK(!is_readable(assay_stop_fd()));
	errno = 4321;
	CHECK(raise(signo) == 0);
	CHECK(errno == 4321);
	CHECK(assay_stop_requested() == 1);
	CHECK(assay_stop_signal() == signo);
	CHECK(is_readable(assay_stop_fd()));
	CHECK(raise(other) == 0);
	CHECK(assay_stop_requested() == 2);
	CHECK(assay_stop_signal() == signo);
	CHECK(is_readable(assay_stop_fd()));
}

static void stop__each_signal__counted_first_kept_fd_readable(void **state)
{
	(void)state;
	in_child(two_signals, SIGINT);
	in_child(two_signals, SIGTERM);
	in_child(two_signals, SIGHUP);
}

static void install_twice(int unused)
{
	int fd;

	(void)unused;
	CHECK(assay_stop_install(NULL) == ASSAY_OK);
	fd = assay_stop_fd();
	CHECK(raise(SIGINT) == 0);
	CHECK(assay_stop_install(NULL) == ASSAY_OK);
	CHECK(assay_stop_fd() == fd);
	CHECK(assay_stop_requested() == 1);
	CHECK(is_readable(fd));
}

static void stop_install__again__state_kept(void **state)
{
	(void)state;
	in_child(install_twice, 0);
}

static void write_to_closed_pipe(int unused)
{
	int fds[2];

	(void)unused;
	CHECK(assay_stop_install(NULL) == ASSAY_OK);
	CHECK(pipe(fds) == 0 && close(fds[0]) == 0);
	CHECK(write(fds[1], "x", 1) == -1 && errno == EPIPE);
	CHECK(assay_stop_requested() == 0);
}

static void stop_install__closed_pipe__epipe_not_death(void **state)
{
	(void)state;
	in_child(write_to_closed_pipe, 0);
}

static void under_nohup(int unused)
{
	(void)unused;
	CHECK(signal(SIGHUP, SIG_IGN) != SIG_ERR);
	CHECK(assay_stop_install(NULL) == ASSAY_OK);
	CHECK(raise(SIGHUP) == 0);
	CHECK(assay_stop_requested() == 0);
	CHECK(raise(SIGTERM) == 0);
	CHECK(assay_stop_requested() == 1);
}

static void stop_install__hangup_ignored_before__stays_ignored(void **state)
{
	(void)state;
	in_child(under_nohup, 0);
}

static void signal_with_closed_fd(int unused)
{
	(void)unused;
	CHECK(assay_stop_install(NULL) == ASSAY_OK);
	CHECK(close(assay_stop_fd()) == 0); /* makes the handler's write set errno */
	errno = 4321;
	CHECK(raise(SIGINT) == 0);
	CHECK(errno == 4321);
	CHECK(assay_stop_requested() == 1);
}

static void stop__handler_fails_to_write__errno_kept(void **state)
{
	(void)state;
	in_child(signal_with_closed_fd, 0);
}

static void many_signals(int unused)
{
	(void)unused;
	CHECK(assay_stop_install(NULL) == ASSAY_OK);
	for (int i = 0; i < 1000; i++)
		CHECK(raise(i % 2 == 0 ? SIGTERM : SIGHUP) == 0);
	CHECK(assay_stop_requested() == 1000);
	CHECK(assay_stop_signal() == SIGTERM);
}

static void stop__a_thousand_signals__all_counted(void **state)
{
	(void)state;
	in_child(many_signals, 0);
}

static void no_descriptors(int unused)
{
	assay_err err;
	int fd;

	(void)unused;
	memset(&err, 0x5a, sizeof(err));
	while ((fd = dup(0)) >= 0)
		continue;
	CHECK(assay_stop_install(&err) == ASSAY_EIO);
	CHECK(err.sys == EMFILE);
	CHECK(strcmp(err.msg, "eventfd: Too many open files") == 0);
	CHECK(assay_stop_fd() == -1);
}

static void stop_install__no_descriptor_left__eio(void **state)
{
	(void)state;
	in_child(no_descriptors, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(stop__before_install__nothing),
	    cmocka_unit_test(stop__each_signal__counted_first_kept_fd_readable),
	    cmocka_unit_test(stop_install__again__state_kept),
	    cmocka_unit_test(stop_install__closed_pipe__epipe_not_death),
	    cmocka_unit_test(stop_install__hangup_ignored_before__stays_ignored),
	    cmocka_unit_test(stop__handler_fails_to_write__errno_kept),
	    cmocka_unit_test(stop__a_thousand_signals__all_counted),
	    cmocka_unit_test(stop_install__no_descriptor_left__eio),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
