#include "assay/stop.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Lock-free atomics are the only objects that threads and handlers may share (C17 7.14.1.1p5). */
_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "handlers need lock-free int");
static atomic_int requests;
static atomic_int first_signal;
static atomic_int event_fd = -1;

static const int stop_signals[] = {SIGINT, SIGTERM, SIGHUP};
#define STOP_SIGNALS (sizeof(stop_signals) / sizeof(*stop_signals))

static void on_stop(int signo)
{
	const int saved = errno;
	const uint64_t one = 1;
	int none = 0;

	(void)atomic_compare_exchange_strong(&first_signal, &none, signo);
	if (atomic_fetch_add(&requests, 1) == 0) {
		/* Nobody reads the descriptor, so one write keeps it readable for good. */
		const ssize_t ignored = write(atomic_load(&event_fd), &one, sizeof(one));

		(void)ignored;
	}
	errno = saved;
}

static assay_code install(int signo, void (*handler)(int), assay_err *err)
{
	/* Restart, since the libraries that we call do not expect EINTR; poll(2) returns all the same. */
	struct sigaction sa = {.sa_handler = handler, .sa_flags = SA_RESTART};

	sigemptyset(&sa.sa_mask);
	for (size_t i = 0; i < STOP_SIGNALS; i++)
		sigaddset(&sa.sa_mask, stop_signals[i]);
	if (sigaction(signo, &sa, NULL) != 0)
		return ASSAY_RAISE_ERRNO(err, "handler of signal %d", signo);
	return ASSAY_OK;
}

/* nohup(1) starts us with SIGHUP ignored, and means it. */
static bool is_kept_ignored(int signo)
{
	struct sigaction old;

	return signo == SIGHUP && sigaction(signo, NULL, &old) == 0 && old.sa_handler == SIG_IGN;
}

assay_code assay_stop_install(assay_err *err)
{
	assay_code rc = ASSAY_OK;

	if (atomic_load(&event_fd) < 0) {
		const int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

		if (fd < 0)
			return ASSAY_RAISE_ERRNO(err, "eventfd");
		atomic_store(&event_fd, fd);
	}
	for (size_t i = 0; i < STOP_SIGNALS && rc == ASSAY_OK; i++) {
		if (!is_kept_ignored(stop_signals[i]))
			rc = install(stop_signals[i], on_stop, err);
	}
	return rc == ASSAY_OK ? install(SIGPIPE, SIG_IGN, err) : rc;
}

int assay_stop_requested(void)
{
	return atomic_load(&requests);
}

int assay_stop_signal(void)
{
	return atomic_load(&first_signal);
}

int assay_stop_fd(void)
{
	return atomic_load(&event_fd);
}
