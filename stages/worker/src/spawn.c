#include "spawn.h"

#include "assay/file.h"
#include "assay/memory.h"
#include "assay/registry.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS_MAX 32
#define ENV_MAX   16

/*
 * Frames and pictures are taken and given back by the dozen. malloc comes to these values by itself, once a block of the
 * first's size was given back; a child is too short-lived for that, and got every page of its pictures from the kernel.
 */
static const char tunables[] = "GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-AVX2,-FMA4,-AVX2_Usable,-FMA_Usable,-FMA4_Usable:"
			       "glibc.malloc.mmap_threshold=33554432:glibc.malloc.trim_threshold=67108864";

/* Everything a worker may know of the outside: nothing else of our environment reaches a library. */
static const char *const fixed_env[] = {
    "OMP_THREAD_LIMIT=1", /* libgomp reads it when it is loaded */
    tunables,
    "LC_ALL=C",
    "PATH=/usr/bin:/bin",
};
#ifdef ASSAY_SANITIZED
static const char *const passed_env[] = {"ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"};
#endif

typedef struct plan {
	char *words;           /* the wrapper, cut up in place */
	char *program;         /* owned */
	char *argv[WORDS_MAX]; /* borrowed from the two above and from literals */
	char *env[ENV_MAX];    /* owned */
	bool keeps_stderr;
	pid_t parent;
	int control; /* the worker's end */
	int null;    /* /dev/null */
	int told;    /* where a failed exec is told; closed by a good one */
} plan;

static void plan_release(plan *p)
{
	for (size_t i = 0; p->env[i] != NULL; i++)
		free(p->env[i]);
	free(p->words);
	free(p->program);
	assay_closep(&p->control);
	assay_closep(&p->null);
	assay_closep(&p->told);
}

assay_code spawn_own_program(char **out, assay_err *err)
{
	char path[4096];
	const ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);

	if (n < 0)
		return ASSAY_RAISE_ERRNO(err, "read /proc/self/exe");
	*out = assay_strndup(path, (size_t)n);
	return *out != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "path of the worker");
}

/* Beside this program, as it is built, or where it is installed, as seen from there. */
assay_code spawn_find_program(char **out, assay_err *err)
{
	static const char *const places[] = {"", ASSAY_LIBEXEC_FROM_BIN "/"};
	ASSAY_AUTO_FREE char *own = NULL;
	struct stat st = {0};
	assay_code rc = spawn_own_program(&own, err);
	char *slash;

	if (rc != ASSAY_OK)
		return rc;
	slash = strrchr(own, '/');
	if (slash != NULL)
		slash[1] = '\0';
	for (size_t i = 0; i < ASSAY_COUNT(places); i++) {
		ASSAY_AUTO_FREE char *path = assay_asprintf("%s%s%s", own, places[i], assay_stages_at.program);

		if (path == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "path of the worker");
		if (stat(path, &st) != 0 && (errno == ENOENT || errno == ENOTDIR))
			continue;
		if (access(path, X_OK) != 0)
			return ASSAY_RAISE(err, ASSAY_ECONFIG, "'%s' cannot be executed: %s", path, strerror(errno));
		if (!S_ISREG(st.st_mode) || st.st_size == 0) /* a shell would take an empty one for a script */
			return ASSAY_RAISE(err, ASSAY_ECONFIG, "'%s' is no program: install Assay whole", path);
		*out = ASSAY_STEAL(&path);
		return ASSAY_OK;
	}
	return ASSAY_RAISE(
	    err, ASSAY_ECONFIG,
	    "there is no program '%s' in '%s' nor in '%s%s': without it no file can be read; install Assay whole",
	    assay_stages_at.program, own, own, ASSAY_LIBEXEC_FROM_BIN);
}

static assay_code add_word(plan *p, size_t *count, char *word, assay_err *err)
{
	if (*count == WORDS_MAX - 1)
		return ASSAY_RAISE(err, ASSAY_ECONFIG, "ASSAY_WORKER_WRAPPER has more than %d words", WORDS_MAX - 6);
	p->argv[(*count)++] = word;
	return ASSAY_OK;
}

static assay_code plan_argv(plan *p, const assay_worker_opts *opts, assay_err *err)
{
	static char verb[] = "worker", option[] = "--control", value[] = "3";
	const char *wrapper = opts->wrapper != NULL ? opts->wrapper : getenv("ASSAY_WORKER_WRAPPER");
	char *const own[] = {verb, option, value};
	size_t count = 0;
	char *save = NULL;
	assay_code rc = ASSAY_OK;

	if (opts->program == NULL)
		rc = assay_stages_at.program != NULL ? spawn_find_program(&p->program, err)
						     : spawn_own_program(&p->program, err);
	else if ((p->program = assay_strdup(opts->program)) == NULL)
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "path of the worker");
	p->words = assay_strdup(wrapper != NULL ? wrapper : "");
	if (rc == ASSAY_OK && p->words == NULL)
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "wrapper of the worker");
	if (rc != ASSAY_OK)
		return rc;
	for (char *w = strtok_r(p->words, " ", &save); w != NULL && rc == ASSAY_OK; w = strtok_r(NULL, " ", &save))
		rc = add_word(p, &count, w, err);
	if (rc == ASSAY_OK)
		rc = add_word(p, &count, p->program, err);
	for (size_t i = 0; i < ASSAY_COUNT(own) && rc == ASSAY_OK; i++)
		rc = add_word(p, &count, own[i], err);
	return rc;
}

static assay_code plan_env(plan *p, assay_err *err)
{
	size_t n = 0;

	for (size_t i = 0; i < ASSAY_COUNT(fixed_env); i++)
		if ((p->env[n++] = assay_strdup(fixed_env[i])) == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "environment of the worker");
#ifdef ASSAY_SANITIZED
	for (size_t i = 0; i < ASSAY_COUNT(passed_env); i++) {
		const char *value = getenv(passed_env[i]);

		if (value != NULL && (p->env[n++] = assay_asprintf("%s=%s", passed_env[i], value)) == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "environment of the worker");
	}
#endif
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- between fork and exec: async-signal-safe only */

static void tell(const plan *p)
{
	const int why = errno;
	ssize_t ignored = write(p->told, &why, sizeof why);

	(void)ignored;
	_exit(127);
}

static void default_signals(void)
{
	const struct sigaction plain = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int s = 1; s < NSIG; s++)
		(void)sigaction(s, &plain, NULL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void close_the_rest_on_exec(int first)
{
	if (syscall(SYS_close_range, (unsigned)first, ~0u, CLOSE_RANGE_CLOEXEC) == 0)
		return;
	for (int fd = first; fd < 1024; fd++)
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static void place_descriptors(const plan *p)
{
	if (dup2(p->null, 0) < 0 || dup2(p->null, 1) < 0)
		tell(p);
	/* Libraries talk; their noise is for developers. */
	if (!p->keeps_stderr && dup2(p->null, 2) < 0)
		tell(p);
	if (dup2(p->control, SPAWN_CONTROL_FD) < 0)
		tell(p);
	close_the_rest_on_exec(SPAWN_CONTROL_FD + 1);
}

static _Noreturn void become_worker(const plan *p)
{
	default_signals();
	/* The worker goes when we go, however we go; if we went before the call, nobody will tell it. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
		tell(p);
	if (getppid() != p->parent)
		_exit(0);
	place_descriptors(p);
	(void)execvpe(p->argv[0], p->argv, p->env);
	tell(p);
	_exit(127);
}

/* ---------------------------------------------------------------- the coordinator's side */

/* The descriptors must lie above SPAWN_CONTROL_FD, or placing one would close another. */
static assay_code lift(int *fd, assay_err *err)
{
	const int high = fcntl(*fd, F_DUPFD_CLOEXEC, SPAWN_CONTROL_FD + 1);

	if (high < 0)
		return ASSAY_RAISE_ERRNO(err, "descriptor for a worker");
	(void)close(*fd);
	*fd = high;
	return ASSAY_OK;
}

static assay_code plan_descriptors(plan *p, int *control, int *told, assay_err *err)
{
	int pair[2], report[2];
	assay_code rc;

	p->null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (p->null < 0)
		return ASSAY_RAISE_ERRNO(err, "open /dev/null");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return ASSAY_RAISE_ERRNO(err, "control socket of a worker");
	*control = pair[0];
	p->control = pair[1];
	if (pipe2(report, O_CLOEXEC) != 0)
		return ASSAY_RAISE_ERRNO(err, "pipe to a worker");
	*told = report[0];
	p->told = report[1];
	rc = lift(&p->null, err);
	if (rc == ASSAY_OK)
		rc = lift(&p->control, err);
	return rc == ASSAY_OK ? lift(&p->told, err) : rc;
}

static assay_code wait_for_exec(pid_t pid, int told, const char *program, assay_err *err)
{
	int why = 0;
	ssize_t n;

	do {
		n = read(told, &why, sizeof why);
	} while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof why)
		return ASSAY_OK;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	return ASSAY_RAISE_SYS(err, ASSAY_EIO, why, "execute '%s': %s", program, strerror(why));
}

assay_code spawn_worker(pid_t *pid, int *control, const assay_worker_opts *opts, assay_err *err)
{
	ASSAY_CLEANUP(plan_release) plan p = {.parent = getpid(), .control = -1, .null = -1, .told = -1};
	ASSAY_AUTO_FD told = -1;
	assay_code rc;

	*control = -1;
	p.keeps_stderr = getenv("ASSAY_WORKER_DEBUG") != NULL;
	ASSAY_TRY(plan_argv(&p, opts, err));
	ASSAY_TRY(plan_env(&p, err));
	ASSAY_TRY(plan_descriptors(&p, control, &told, err));
	*pid = fork();
	if (*pid < 0) {
		rc = ASSAY_RAISE_ERRNO(err, "fork a worker");
		goto fail;
	}
	if (*pid == 0)
		become_worker(&p);
	assay_closep(&p.told);
	assay_closep(&p.control);
	rc = wait_for_exec(*pid, told, p.argv[0], err);
	if (rc == ASSAY_OK)
		return ASSAY_OK;
fail:
	assay_closep(control);
	return rc;
}
