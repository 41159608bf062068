#include "act.h"

#include "assay/file.h"
#include "assay/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

typedef struct scene {
	const char *path;
	int source;
	assay_buf *report;
} scene;

typedef int act_fn(const scene *s);

static int seen(long rc)
{
	return rc < 0 ? errno : 0;
}

static int close_seen(int fd)
{
	const int error = seen(fd);

	if (fd >= 0)
		(void)close(fd);
	return error;
}

/* Through volatile, so that no compiler concludes anything from it. */
static char *volatile nowhere = NULL;

/* ---------------------------------------------------------------- ways to end */

static int act_none(const scene *s)
{
	(void)s;
	return 0;
}

/* The signal is wanted, not a sanitizer's report of it. */
__attribute__((no_sanitize("undefined"))) static int act_segfault(const scene *s)
{
	(void)s;
	*nowhere = 1;
	return 0;
}

static int act_abort(const scene *s)
{
	(void)s;
	abort();
}

static int act_spin(const scene *s)
{
	volatile unsigned n = 0;

	(void)s;
	while (nowhere == NULL)
		n++;
	return 0;
}

static int act_spin_on(const scene *s)
{
	(void)signal(SIGXCPU, SIG_IGN);
	return act_spin(s);
}

static int act_sleep(const scene *s)
{
	const struct timespec long_time = {.tv_sec = 3600};

	(void)s;
	while (nowhere == NULL)
		(void)nanosleep(&long_time, NULL);
	return 0;
}

static int act_allocate(const scene *s)
{
	void *volatile p;

	(void)s;
	do {
		p = malloc((size_t)4 << 20);
	} while (p != NULL);
	errno = 0; /* as an unwinder that clears it on its way would leave it */
	abort();
}

static int act_touch(const scene *s)
{
	const size_t n = (size_t)4 << 20;
	char *volatile p;

	(void)s;
	while (nowhere == NULL) {
		p = malloc(n);
		memset(p, 1, n); /* the null pointer at last, as a careless decoder would */
	}
	return 0;
}

/* One request that is too large, far from any limit otherwise. */
static int act_big(const scene *s)
{
	volatile size_t n = (size_t)1 << 40;
	volatile char *volatile p = malloc(n);

	(void)s;
	*p = 1;
	return 0;
}

static int act_exit(const scene *s)
{
	(void)s;
	_exit(0);
}

static int act_exit_3(const scene *s)
{
	(void)s;
	_exit(3);
}

static int act_kill_self(const scene *s)
{
	(void)s;
	(void)kill(getpid(), SIGKILL);
	return errno;
}

/* ---------------------------------------------------------------- lies on the answer socket */

static int find_socket(void)
{
	for (int fd = 3; fd < 256; fd++) {
		struct stat st;

		if (fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode))
			return fd;
	}
	return -1;
}

static int say(const void *p, size_t n)
{
	return assay_write_all(find_socket(), p, n, NULL) == ASSAY_OK ? 0 : EPIPE;
}

static int act_garbage(const scene *s)
{
	(void)s;
	return say("this is no frame at all, only some text", 39);
}

/* Claims the longest artifact and sends a little of it. */
static int act_huge_claim(const scene *s)
{
	static const unsigned char head[] = {0, 0, 0, 0x10, 16, 'x', 'y'};

	(void)s;
	(void)say(head, sizeof head);
	_exit(0);
}

static int act_false_result(const scene *s)
{
	static const unsigned char frame[] = {2, 0, 0, 0, 17, 0xa0, 0xa0};

	(void)s;
	(void)say(frame, sizeof frame);
	_exit(0);
}

static int act_stray_artifact(const scene *s)
{
	static const unsigned char frame[] = {3, 0, 0, 0, 16, 'a', 'b', 'c'};

	(void)s;
	return say(frame, sizeof frame);
}

/* ---------------------------------------------------------------- attempts to reach the outside */

static int act_open(const scene *s)
{
	return close_seen(open(s->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK));
}

static int act_read(const scene *s)
{
	char byte;
	ASSAY_AUTO_FD fd = open(s->path, O_RDONLY);

	return fd < 0 ? errno : seen(read(fd, &byte, 1));
}

static int act_list(const scene *s)
{
	return close_seen(open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static int act_relative(const scene *s)
{
	ASSAY_AUTO_FD dir = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return dir < 0 ? 0 : close_seen(openat(dir, "../outside.txt", O_RDONLY));
}

static int act_write(const scene *s)
{
	return close_seen(open(s->path, O_WRONLY | O_CREAT, 0600));
}

static int act_append(const scene *s)
{
	return close_seen(open(s->path, O_RDWR | O_APPEND));
}

static int act_unlink(const scene *s)
{
	return seen(unlink(s->path));
}

static int act_chmod(const scene *s)
{
	return seen(chmod(s->path, 0600));
}

static int act_reopen(const scene *s)
{
	char link[40];

	(void)snprintf(link, sizeof link, "/proc/self/fd/%d", s->source);
	return close_seen(open(link, O_RDWR));
}

static int act_write_source(const scene *s)
{
	return seen(write(s->source, "x", 1));
}

static int act_memory(const scene *s)
{
	(void)s;
	return close_seen(open("/proc/self/mem", O_RDWR));
}

static int act_socket(const scene *s)
{
	(void)s;
	return close_seen(socket(AF_INET, SOCK_STREAM, 0));
}

static int act_sendmsg(const scene *s)
{
	char byte = 0;
	struct iovec iov = {&byte, 1};
	const struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	(void)s;
	return seen(sendmsg(find_socket(), &msg, 0));
}

static int act_exec(const scene *s)
{
	char program[] = "/bin/true";
	char *const argv[] = {program, NULL};

	(void)s;
	return seen(execve(program, argv, argv + 1));
}

static int act_fork(const scene *s)
{
	const pid_t pid = fork();

	(void)s;
	if (pid == 0)
		_exit(0);
	return seen(pid);
}

static int act_ptrace(const scene *s)
{
	(void)s;
	return seen(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static int act_kill_parent(const scene *s)
{
	(void)s;
	return seen(kill(getppid(), 0));
}

static int act_io_uring(const scene *s)
{
	unsigned char params[256] = {0};

	(void)s;
	return seen(syscall(SYS_io_uring_setup, 1, params));
}

static int act_map_exec(const scene *s)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)s;
	return p == MAP_FAILED ? errno : 0;
}

static int act_set_limit(const scene *s)
{
	(void)s;
	return seen(syscall(SYS_prlimit64, 0, 9 /* RLIMIT_AS */, environ, NULL));
}

/* ---------------------------------------------------------------- looking around */

static int act_environment(const scene *s)
{
	for (char **e = environ; *e != NULL; e++)
		assay_buf_printf(s->report, "%s\n", *e);
	return 0;
}

static int act_descriptors(const scene *s)
{
	for (int fd = 0; fd < 1024; fd++) {
		const int flags = fcntl(fd, F_GETFL);

		if (flags >= 0)
			assay_buf_printf(s->report, "%d %s\n", fd,
					 (flags & O_ACCMODE) == O_RDONLY   ? "r"
					 : (flags & O_ACCMODE) == O_WRONLY ? "w"
									   : "rw");
	}
	return 0;
}

/* One list, for the names are the choices of a parameter and must stand alone. */
// clang-format off
#define ACTS(X) \
	X(none) X(segfault) X(abort) X(spin) X(spin_on) X(sleep) X(allocate) X(touch) X(big) X(exit) \
	X(exit_3) X(kill_self) X(garbage) X(huge_claim) X(false_result) X(stray_artifact) X(open) \
	X(read) X(list) X(relative) X(write) X(append) X(unlink) X(chmod) X(reopen) X(write_source) \
	X(memory) X(socket) X(sendmsg) X(exec) X(fork) X(ptrace) X(kill_parent) X(io_uring) \
	X(map_exec) X(set_limit) X(environment) X(descriptors)
// clang-format on

#define NAME(act)     #act,
#define FUNCTION(act) act_##act,

const char *const test_acts[] = {ACTS(NAME) NULL};
static act_fn *const functions[] = {ACTS(FUNCTION)};

int test_act(const char *name, const char *path, int source, assay_buf *report)
{
	const scene s = {.path = path, .source = source, .report = report};

	for (size_t i = 0; test_acts[i] != NULL; i++)
		if (strcmp(test_acts[i], name) == 0)
			return functions[i](&s);
	return EINVAL;
}
