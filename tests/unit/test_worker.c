/* Worker processes seen from the coordinator: real processes, planted failures. */
#include "assay/file.h"
#include "assay/memory.h"
#include "harness.h"
#include "test_stages.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define QEMU "/usr/bin/qemu-x86_64-static"

static harness shared; /* one worker for all tests that do it no harm */

static int start_shared(void **state)
{
	assay_err err = ASSAY_ERR_INIT;
	const harness_opts o = {.act = "none"};

	(void)state;
	if (harness_start(&shared, &o, &err) == ASSAY_OK)
		return 0;
	(void)fprintf(stderr, "%s\n", err.msg);
	return -1;
}

static int stop_shared(void **state)
{
	(void)state;
	harness_stop(&shared);
	return 0;
}

static void must_start(harness *h, const harness_opts *o)
{
	assay_err err = ASSAY_ERR_INIT;

	if (harness_start(h, o, &err) != ASSAY_OK)
		fail_msg("%s", err.msg);
}

static void must_submit(harness *h, const char *text)
{
	assay_err err = ASSAY_ERR_INIT;

	if (harness_submit(h, HARNESS_READ, text, &err) != ASSAY_OK)
		fail_msg("%s", err.msg);
}

/* ---------------------------------------------------------------- processes */

/* Parent of a process by /proc, 0 when it does not exist. */
static pid_t parent_of(pid_t pid)
{
	char path[64], text[512] = "";
	ASSAY_AUTO_FD fd = -1;
	const char *after;

	(void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof text - 1) <= 0)
		return 0;
	after = strrchr(text, ')');
	return after != NULL ? (pid_t)strtol(after + 4, NULL, 10) : 0;
}

static pid_t a_child_of(pid_t parent)
{
	DIR *proc = opendir("/proc");
	pid_t found = 0;

	assert_non_null(proc);
	for (const struct dirent *e = readdir(proc); e != NULL && found == 0; e = readdir(proc)) {
		const pid_t pid = (pid_t)strtol(e->d_name, NULL, 10);

		if (pid > 0 && parent_of(pid) == parent)
			found = pid;
	}
	(void)closedir(proc);
	return found;
}

static void nap(void)
{
	const struct timespec t = {.tv_nsec = 5000000};

	(void)nanosleep(&t, NULL);
}

static pid_t wait_for_child_of(pid_t parent)
{
	pid_t child = 0;

	for (int i = 0; i < 6000 && child == 0; i++, nap())
		child = a_child_of(parent);
	assert_int_not_equal(child, 0);
	return child;
}

/* In a container nobody may reap orphans: a zombie of init is gone enough. */
static bool is_gone(pid_t pid)
{
	char path[64], text[512] = "";
	ASSAY_AUTO_FD fd = -1;

	(void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof text - 1) <= 0)
		return true;
	return strstr(text, ") Z ") != NULL || strstr(text, ") X ") != NULL;
}

static void assert_goes(pid_t pid)
{
	for (int i = 0; i < 6000 && !is_gone(pid); i++)
		nap();
	assert_true(is_gone(pid));
}

static size_t descriptors_of(pid_t pid)
{
	char path[64];
	DIR *dir;
	size_t n = 0;

	(void)snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
	dir = opendir(path);
	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	(void)closedir(dir);
	return n;
}

/* ---------------------------------------------------------------- good units */

static void worker__a_unit__its_result_and_artifact_come_back(void **state)
{
	const char *text = "value: 42\nhello";
	assay_worker_answer a = harness_run(&shared, HARNESS_MISBEHAVE, text);

	(void)state;
	assert_int_equal(a.result.failure, ASSAY_FAILURE_NONE);
	assert_int_equal(a.result.sample_count, 1);
	assert_string_equal(a.result.samples[0].part, "page=1");
	assert_int_equal(a.result.samples[0].measurements[TEST_READ_SIZE].value, strlen(text));
	assert_int_equal(a.result.samples[0].measurements[TEST_READ_VALUE].value, 42);
	assert_int_equal(a.result.samples[0].measurement_count, 5);
	assert_int_equal(a.result.step_count, 2);
	assert_int_equal(a.result.steps[1].in, 1);
	assert_string_equal(assay_buf_str(&shared.kept), text);
	assert_int_equal(a.signal, 0);
	assert_true(a.max_rss_kib > 0);
	assert_int_equal(assay_worker_state_of(shared.worker), ASSAY_WORKER_IDLE);
	assay_result_release(&a.result);
}

static void worker__an_artifact_larger_than_the_socket__arrives_whole(void **state)
{
	const size_t n = (size_t)900 << 10;
	ASSAY_AUTO_FREE char *text = malloc(n + 1);
	assay_worker_answer a;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', n);
	text[n] = '\0';
	a = harness_run(&shared, HARNESS_READ, text);
	assert_int_equal(a.result.failure, ASSAY_FAILURE_NONE);
	assert_int_equal(shared.kept.len, n);
	assert_memory_equal(shared.kept.data, text, n);
	assay_result_release(&a.result);
}

static void worker__many_pages__all_their_artifacts_agree(void **state)
{
	assay_worker_answer a = harness_run(&shared, HARNESS_READ, "pages: 300\n");

	(void)state;
	assert_int_equal(a.result.failure, ASSAY_FAILURE_NONE);
	assert_int_equal(a.result.sample_count, 300);
	assert_int_equal(a.result.pages, 300);
	assert_int_equal(shared.kept_count, 300);
	assay_result_release(&a.result);
}

static void worker__failures_of_the_input__are_results(void **state)
{
	static const struct {
		const char *text;
		assay_failure failure;
	} cases[] = {
	    {"fail: decode\n", ASSAY_FAILURE_DECODE},
	    {"fail: unsupported\n", ASSAY_FAILURE_UNSUPPORTED},
	    {"fail: font\n", ASSAY_FAILURE_FONT},
	    {"pages: 0\n", ASSAY_FAILURE_EMPTY},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		assay_worker_answer a = harness_run(&shared, HARNESS_READ, cases[i].text);

		assert_int_equal(a.result.failure, cases[i].failure);
		assert_int_equal(a.result.failed_step, 0);
		assert_int_equal(a.signal, 0);
		assay_result_release(&a.result);
	}
}

static assay_worker_answer run_with_sidecar(const char *text, const char *sidecar, size_t size)
{
	ASSAY_AUTO_FD fd = memfd_create("source", MFD_CLOEXEC), side = memfd_create("sidecar", MFD_CLOEXEC);
	const assay_worker_sidecar sidecars[] = {{"ground_truth", side}};
	const assay_worker_unit unit = {
	    .chain = HARNESS_READ, .fd = fd, .size = strlen(text), .sidecars = sidecars, .sidecar_count = 1};
	assay_worker_answer a;

	assert_int_equal(assay_write_all(fd, text, strlen(text), NULL), ASSAY_OK);
	assert_int_equal(assay_write_all(side, sidecar, strlen(sidecar), NULL), ASSAY_OK);
	assert_int_equal(ftruncate(side, (off_t)size), 0);
	assert_int_equal(assay_worker_submit(shared.worker, &unit, NULL, NULL, NULL), ASSAY_OK);
	assert_int_equal(harness_wait(&shared, &a, NULL), ASSAY_OK);
	return a;
}

static void worker__a_sidecar__reaches_the_reader(void **state)
{
	assay_worker_answer a = run_with_sidecar("", "the truth", 9);
	assay_digest expected;

	(void)state;
	assert_int_equal(a.result.failure, ASSAY_FAILURE_NONE);
	assert_int_equal(a.result.samples[0].artifact_count, 2);
	assert_int_equal(assay_digest_of(&expected, "the truth", 9, NULL), ASSAY_OK);
	assert_true(assay_digest_eq(&a.result.samples[0].artifacts[1].digest, &expected));
	assay_result_release(&a.result);
}

static void worker__a_sidecar_that_is_too_large__fails_the_unit_with_limit(void **state)
{
	assay_worker_answer a = run_with_sidecar("", "x", ((size_t)16 << 20) + 1);

	(void)state;
	assert_int_equal(a.result.failure, ASSAY_FAILURE_LIMIT);
	assert_non_null(strstr(a.result.message, "sidecar 'ground_truth'"));
	assay_result_release(&a.result);
}

/* The harness hands over a read-write descriptor whose offset is at the end. */
static void worker__the_source__is_read_only_and_at_its_start(void **state)
{
	(void)state;
	assert_int_equal(harness_errno(&shared, "write_source", NULL), EBADF);
}

/* ---------------------------------------------------------------- planted failures */

typedef struct planted {
	const char *act;
	assay_failure failure;
	int signal;
	const char *message; /* must occur in it; %s of the stage follows where one is named */
	bool unsanitized;    /* not under sanitizers, which end otherwise and set no address-space limit */
} planted;

static const planted plants[] = {
    {"segfault", ASSAY_FAILURE_CRASH, SIGSEGV, "signal 11 (SIGSEGV) in ", false},
    {"abort", ASSAY_FAILURE_CRASH, SIGABRT, "signal 6 (SIGABRT) in ", false},
    {"kill_self", ASSAY_FAILURE_KILLED, SIGKILL, "signal 9 (SIGKILL) in ", false},
    {"exit", ASSAY_FAILURE_PROTOCOL, 0, "without a result in ", false},
    {"exit_3", ASSAY_FAILURE_CRASH, 0, "exit status 3 in ", false},
    {"garbage", ASSAY_FAILURE_PROTOCOL, -1, "malformed", false},
    {"huge_claim", ASSAY_FAILURE_PROTOCOL, 0, "without a result", false},
    {"false_result", ASSAY_FAILURE_PROTOCOL, -1, "malformed", false},
    {"stray_artifact", ASSAY_FAILURE_PROTOCOL, -1, "not as many artifacts", false},
    {"allocate", ASSAY_FAILURE_OUT_OF_MEMORY, SIGABRT, "out of memory in ", true},
    {"touch", ASSAY_FAILURE_OUT_OF_MEMORY, SIGSEGV, "out of memory in ", true},
    {"big", ASSAY_FAILURE_OUT_OF_MEMORY, SIGSEGV, "out of memory in ", true},
};

static bool is_skipped(const planted *p)
{
#ifdef ASSAY_SANITIZED
	return p->unsanitized;
#else
	(void)p;
	return false;
#endif
}

static void check_planted(assay_worker_answer *a, const planted *p, const char *stage)
{
	if (a->result.failure != p->failure || strstr(a->result.message, p->message) == NULL)
		fail_msg("%s: %s (%s)", p->act, assay_failure_name(a->result.failure), a->result.message);
	if (p->signal >= 0)
		assert_int_equal(a->signal, p->signal);
	if (p->message[strlen(p->message) - 1] == ' ')
		assert_non_null(strstr(a->result.message, stage));
	assert_int_equal(a->result.sample_count, 0);
	assay_result_release(&a->result);
}

static void worker__each_way_to_fail__is_told_and_the_next_unit_goes_on(void **state)
{
	/* All the libraries of the real stages take 200 MiB of address space before a unit begins. */
	const harness_opts o = {.limits = {(uint64_t)640 << 20, 20, 60}};
	harness h;

	(void)state;
	must_start(&h, &o);
	for (size_t i = 0; i < ASSAY_COUNT(plants); i++) {
		char text[64];
		assay_worker_answer a;

		if (is_skipped(&plants[i]))
			continue;
		(void)snprintf(text, sizeof text, "act: %s\n", plants[i].act);
		a = harness_run(&h, HARNESS_READ, text);
		check_planted(&a, &plants[i], "test.read");
		a = harness_run(&h, HARNESS_READ, "value: 1\n");
		assert_int_equal(a.result.failure, ASSAY_FAILURE_NONE);
		assay_result_release(&a.result);
	}
	harness_stop(&h);
}

static void worker__a_failure_in_a_later_stage__names_that_stage(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const harness_opts o = {.act = plants[i].act};
		harness h;
		assay_worker_answer a;

		must_start(&h, &o);
		a = harness_run(&h, HARNESS_MISBEHAVE, "");
		assert_int_equal(a.result.failed_step, 1);
		check_planted(&a, &plants[i], "test.misbehave");
		harness_stop(&h);
	}
}

static void worker__time_is_used_up__is_a_timeout(void **state)
{
	static const struct {
		const char *act, *message;
		assay_worker_limits limits;
	} cases[] = {
	    {"act: spin\n", "1 s of CPU used up in test.read", {(uint64_t)1 << 30, 1, 60}},
	    {"act: spin_on\n", "1 s of CPU used up in test.read", {(uint64_t)1 << 30, 1, 60}},
	    {"act: sleep\n", "no end after 1 s in test.read", {(uint64_t)1 << 30, 20, 1}},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		const harness_opts o = {.limits = cases[i].limits};
		harness h;
		assay_worker_answer a;

		must_start(&h, &o);
		a = harness_run(&h, HARNESS_READ, cases[i].act);
		assert_int_equal(a.result.failure, ASSAY_FAILURE_TIMEOUT);
		assert_string_equal(a.result.message, cases[i].message);
		assay_result_release(&a.result);
		harness_stop(&h);
	}
}

static void worker__its_receiver_fails__the_error_comes_back_and_the_unit_ends(void **state)
{
	assay_worker_answer a;
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	must_submit(&shared, "pages: 50\n");
	shared.refuse = ASSAY_EFULL;
	assert_int_equal(harness_wait(&shared, &a, &err), ASSAY_EFULL);
	assert_string_equal(err.msg, "the receiver refuses");
	shared.refuse = ASSAY_OK;
	assert_int_equal(harness_wait(&shared, &a, NULL), ASSAY_OK);
	assert_int_equal(a.result.failure, ASSAY_FAILURE_KILLED);
	assay_result_release(&a.result);
}

/* ---------------------------------------------------------------- start */

static void worker_start__a_stage_cannot_load__econfig_names_it(void **state)
{
	const harness_opts o = {.path = "refuse to load"};
	assay_err err = ASSAY_ERR_INIT;
	harness h;

	(void)state;
	assert_int_equal(harness_start(&h, &o, &err), ASSAY_ECONFIG);
	assert_null(h.worker);
	assert_string_equal(err.msg, "start a worker: prepare test.misbehave: the model is not there");
	harness_stop(&h);
}

static void worker_start__no_such_program__eio_names_it(void **state)
{
	const harness_opts o = {.program = "/nonexistent/assay"};
	assay_err err = ASSAY_ERR_INIT;
	harness h;

	(void)state;
	assert_int_equal(harness_start(&h, &o, &err), ASSAY_EIO);
	assert_string_equal(err.msg, "start a worker: execute '/nonexistent/assay': No such file or directory");
	harness_stop(&h);
}

static void worker_start__a_program_that_is_no_worker__eio_tells_how_it_ended(void **state)
{
	const harness_opts o = {.program = "/bin/false"};
	assay_err err = ASSAY_ERR_INIT;
	harness h;

	(void)state;
	assert_int_equal(harness_start(&h, &o, &err), ASSAY_EIO);
	assert_non_null(strstr(err.msg, "ended before it was ready: exit status 1"));
	harness_stop(&h);
}

static void worker_start__environment__is_exactly_what_is_listed(void **state)
{
	static const char tunables[] =
	    "GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-AVX2,-FMA4,-AVX2_Usable,-FMA_Usable,-FMA4_Usable:"
	    "glibc.malloc.mmap_threshold=33554432:glibc.malloc.trim_threshold=67108864\n";
	static const char *const lines[] = {
	    "OMP_THREAD_LIMIT=1\n",
	    tunables,
	    "LC_ALL=C\n",
	    "PATH=/usr/bin:/bin\n",
	};
	ASSAY_AUTO_BUF expected = ASSAY_BUF_INIT;
	const harness_opts o = {.act = "environment"};
	assay_worker_answer a;
	harness h;

	(void)state;
	assert_int_equal(setenv("ASSAY_TEST_LEAK", "1", 1), 0);
	must_start(&h, &o);
	assert_int_equal(unsetenv("ASSAY_TEST_LEAK"), 0);
	for (size_t i = 0; i < ASSAY_COUNT(lines); i++)
		assay_buf_puts(&expected, lines[i]);
#ifdef ASSAY_SANITIZED
	if (getenv("ASAN_OPTIONS") != NULL || getenv("UBSAN_OPTIONS") != NULL || getenv("LSAN_OPTIONS") != NULL)
		skip();
#endif
	a = harness_run(&h, HARNESS_MISBEHAVE, "");
	assert_int_equal(a.result.failure, ASSAY_FAILURE_NONE);
	assert_string_equal(assay_buf_str(&h.kept), assay_buf_str(&expected));
	assay_result_release(&a.result);
	harness_stop(&h);
}

/* Is a file of that name among the descriptors of a process? */
static bool has_open(pid_t pid, const char *name)
{
	bool found = false;

	for (int fd = 0; fd < 1024 && !found; fd++) {
		char path[64], target[256];
		ssize_t n;

		(void)snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)pid, fd);
		n = readlink(path, target, sizeof target - 1);
		target[n > 0 ? n : 0] = '\0';
		found = strstr(target, name) != NULL;
	}
	return found;
}

static void worker__descriptors_of_the_coordinator__do_not_reach_it(void **state)
{
	ASSAY_AUTO_FD low = memfd_create("stray-of-coordinator", MFD_CLOEXEC);
	/* Not close-on-exec, and high: a low number would be the control socket's in the worker. */
	ASSAY_AUTO_FD stray = fcntl(low, F_DUPFD, 50);
	const harness_opts o = {.act = NULL};
	harness h;

	(void)state;
	assert_true(stray >= 50);
	must_start(&h, &o);
	assert_true(has_open(getpid(), "stray-of-coordinator"));
	assert_false(has_open(assay_worker_facts_of(h.worker)->pid, "stray-of-coordinator"));
	harness_stop(&h);
}

static void worker__descriptors_of_a_child__are_its_own_alone(void **state)
{
	const harness_opts o = {.act = "descriptors"};
	unsigned readable = 0, writable = 0, others = 0;
	assay_worker_answer a;
	harness h;
	char *line, *save = NULL;

	(void)state;
	must_start(&h, &o);
	a = harness_run(&h, HARNESS_MISBEHAVE, "");
	assert_int_equal(a.result.failure, ASSAY_FAILURE_NONE);
	/* /dev/null three times, the answer socket; the source and the statm of the witness are read-only. */
	for (line = strtok_r((char *)h.kept.data, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save)) {
		const long fd = strtol(line, NULL, 10);

		if (fd <= 2)
			continue;
		readable += strstr(line, " r") != NULL && strstr(line, " rw") == NULL;
		writable += strstr(line, " rw") != NULL;
		others += strstr(line, " w") != NULL;
	}
	assert_int_equal(readable, 2);
	assert_int_equal(writable, 1);
	assert_int_equal(others, 0);
	assay_result_release(&a.result);
	harness_stop(&h);
}

/* ---------------------------------------------------------------- processes come and go */

static void worker__200_units__no_descriptor_and_no_zombie_is_left(void **state)
{
	const pid_t worker = assay_worker_facts_of(shared.worker)->pid;
	assay_worker_answer a = harness_run(&shared, HARNESS_READ, "value: 1\n");
	const size_t own = descriptors_of(getpid()), theirs = descriptors_of(worker);

	(void)state;
	assay_result_release(&a.result);
	for (unsigned i = 0; i < 200; i++) {
		a = harness_run(&shared, HARNESS_MISBEHAVE, i % 10 == 0 ? "act: segfault\n" : "value: 1\n");
		assert_int_equal(a.result.failure, i % 10 == 0 ? ASSAY_FAILURE_CRASH : ASSAY_FAILURE_NONE);
		assay_result_release(&a.result);
	}
	assert_int_equal(descriptors_of(getpid()), own);
	assert_int_equal(descriptors_of(worker), theirs);
	assert_int_equal(a_child_of(worker), 0);
}

static void worker_close__a_unit_in_flight__worker_and_child_go(void **state)
{
	const harness_opts o = {.act = NULL};
	pid_t worker, child;
	harness h;

	(void)state;
	must_start(&h, &o);
	worker = assay_worker_facts_of(h.worker)->pid;
	must_submit(&h, "act: sleep\n");
	child = wait_for_child_of(worker);
	harness_stop(&h);
	assert_int_equal(parent_of(worker), 0);
	assert_goes(child);
}

static void worker__killed_with_a_unit_in_flight__dead_and_the_unit_is_killed(void **state)
{
	const harness_opts o = {.act = NULL};
	assay_worker_answer a;
	pid_t worker, child;
	struct pollfd fds[2];
	harness h;

	(void)state;
	must_start(&h, &o);
	worker = assay_worker_facts_of(h.worker)->pid;
	must_submit(&h, "act: sleep\n");
	child = wait_for_child_of(worker);
	assert_int_equal(kill(worker, SIGKILL), 0);
	assert_int_equal(harness_wait(&h, &a, NULL), ASSAY_OK);
	assert_int_equal(assay_worker_state_of(h.worker), ASSAY_WORKER_DEAD);
	assert_int_equal(assay_worker_poll_fds(h.worker, fds), 0);
	assert_int_equal(a.result.failure, ASSAY_FAILURE_KILLED);
	assert_string_equal(a.result.message, "the worker process ended: signal 9 (SIGKILL)");
	assert_false(assay_worker_take(h.worker, &a));
	assert_goes(child);
	assay_result_release(&a.result);
	harness_stop(&h);
}

static void worker__killed_while_idle__is_dead_without_an_answer(void **state)
{
	const harness_opts o = {.act = NULL};
	assay_worker_answer a;
	struct pollfd fds[2];
	harness h;

	(void)state;
	must_start(&h, &o);
	assert_int_equal(kill(assay_worker_facts_of(h.worker)->pid, SIGKILL), 0);
	assert_int_equal(assay_worker_poll_fds(h.worker, fds), 1);
	assert_int_equal(poll(fds, 1, 60000), 1);
	assert_int_equal(assay_worker_step_io(h.worker, NULL), ASSAY_OK);
	assert_int_equal(assay_worker_state_of(h.worker), ASSAY_WORKER_DEAD);
	assert_false(assay_worker_take(h.worker, &a));
	harness_stop(&h);
}

static void worker__signals_of_a_terminal__leave_the_unit_in_flight_alone(void **state)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	const harness_opts o = {.limits = {(uint64_t)1 << 30, 20, 2}};
	assay_worker_answer a;
	pid_t worker, child;
	harness h;

	(void)state;
	must_start(&h, &o);
	worker = assay_worker_facts_of(h.worker)->pid;
	must_submit(&h, "act: sleep\n");
	child = wait_for_child_of(worker);
	for (size_t i = 0; i < ASSAY_COUNT(signals); i++) {
		assert_int_equal(kill(worker, signals[i]), 0);
		assert_int_equal(kill(child, signals[i]), 0);
	}
	assert_int_equal(harness_wait(&h, &a, NULL), ASSAY_OK);
	assert_int_equal(a.result.failure, ASSAY_FAILURE_TIMEOUT); /* by its own limit, not by a signal */
	assay_result_release(&a.result);
	harness_stop(&h);
}

/* A coordinator of its own that is killed; it tells the worker's number through the pipe. */
static void be_a_coordinator(int told)
{
	const harness_opts o = {.act = NULL};
	harness h;
	pid_t worker;

	must_start(&h, &o);
	worker = assay_worker_facts_of(h.worker)->pid;
	must_submit(&h, "act: sleep\n");
	if (write(told, &worker, sizeof worker) != (ssize_t)sizeof worker)
		_exit(1);
	for (;;)
		(void)pause();
}

static void worker__coordinator_is_killed__worker_and_child_vanish(void **state)
{
	pid_t coordinator, worker = 0, child;
	int told[2];

	(void)state;
	assert_int_equal(pipe2(told, O_CLOEXEC), 0);
	coordinator = fork();
	assert_true(coordinator >= 0);
	if (coordinator == 0)
		be_a_coordinator(told[1]);
	(void)close(told[1]);
	assert_int_equal(read(told[0], &worker, sizeof worker), sizeof worker);
	child = wait_for_child_of(worker);
	/* A stopped worker cannot notice that its socket has closed: the kernel must end it. */
	assert_int_equal(kill(worker, SIGSTOP), 0);
	assert_int_equal(kill(coordinator, SIGKILL), 0);
	assert_int_equal(waitpid(coordinator, NULL, 0), coordinator);
	assert_goes(worker);
	assert_goes(child);
	(void)close(told[0]);
}

/* ---------------------------------------------------------------- another CPU */

static void worker__under_qemu__works_reduced_and_sees_no_avx(void **state)
{
	const harness_opts o = {.wrapper = "qemu-x86_64-static -cpu Nehalem"};
	const assay_worker_facts *facts;
	assay_worker_answer a;
	harness h;

	(void)state;
#ifdef ASSAY_SANITIZED
	skip(); /* the sanitizers' shadow memory does not fit into qemu's address space */
#endif
	if (access(QEMU, X_OK) != 0) {
		print_message("skipped: no %s\n", QEMU);
		skip();
	}
	must_start(&h, &o);
	facts = assay_worker_facts_of(h.worker);
	assert_non_null(strstr(facts->cpu_features, "sse4.2"));
	assert_null(strstr(facts->cpu_features, "avx"));
	assert_int_equal(facts->layers & (ASSAY_SANDBOX_SECCOMP | ASSAY_SANDBOX_BROKER | ASSAY_SANDBOX_LANDLOCK), 0);
	for (unsigned i = 0; i < 3; i++) {
		a = harness_run(&h, HARNESS_MISBEHAVE, "value: 7\n");
		assert_int_equal(a.result.failure, ASSAY_FAILURE_NONE);
		assert_string_equal(assay_buf_str(&h.kept), "value: 7\n");
		assay_result_release(&a.result);
	}
	a = harness_run(&h, HARNESS_READ, "act: segfault\n");
	assert_int_equal(a.result.failure, ASSAY_FAILURE_CRASH);
	assay_result_release(&a.result);
	harness_stop(&h);
}

static void worker_start__sandbox_required_under_qemu__eperm_names_what_lacks(void **state)
{
	const harness_opts o = {.wrapper = "qemu-x86_64-static -cpu Nehalem", .sandbox = ASSAY_SANDBOX_REQUIRED};
	assay_err err = ASSAY_ERR_INIT;
	harness h;

	(void)state;
#ifdef ASSAY_SANITIZED
	skip();
#endif
	if (access(QEMU, X_OK) != 0)
		skip();
	assert_int_equal(harness_start(&h, &o, &err), ASSAY_EPERM);
	assert_non_null(strstr(err.msg, "seccomp broker landlock"));
	harness_stop(&h);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(worker__a_unit__its_result_and_artifact_come_back),
	    cmocka_unit_test(worker__an_artifact_larger_than_the_socket__arrives_whole),
	    cmocka_unit_test(worker__many_pages__all_their_artifacts_agree),
	    cmocka_unit_test(worker__failures_of_the_input__are_results),
	    cmocka_unit_test(worker__a_sidecar__reaches_the_reader),
	    cmocka_unit_test(worker__a_sidecar_that_is_too_large__fails_the_unit_with_limit),
	    cmocka_unit_test(worker__the_source__is_read_only_and_at_its_start),
	    cmocka_unit_test(worker__each_way_to_fail__is_told_and_the_next_unit_goes_on),
	    cmocka_unit_test(worker__a_failure_in_a_later_stage__names_that_stage),
	    cmocka_unit_test(worker__time_is_used_up__is_a_timeout),
	    cmocka_unit_test(worker__its_receiver_fails__the_error_comes_back_and_the_unit_ends),
	    cmocka_unit_test(worker_start__a_stage_cannot_load__econfig_names_it),
	    cmocka_unit_test(worker_start__no_such_program__eio_names_it),
	    cmocka_unit_test(worker_start__a_program_that_is_no_worker__eio_tells_how_it_ended),
	    cmocka_unit_test(worker_start__environment__is_exactly_what_is_listed),
	    cmocka_unit_test(worker__descriptors_of_the_coordinator__do_not_reach_it),
	    cmocka_unit_test(worker__descriptors_of_a_child__are_its_own_alone),
	    cmocka_unit_test(worker__200_units__no_descriptor_and_no_zombie_is_left),
	    cmocka_unit_test(worker_close__a_unit_in_flight__worker_and_child_go),
	    cmocka_unit_test(worker__killed_with_a_unit_in_flight__dead_and_the_unit_is_killed),
	    cmocka_unit_test(worker__killed_while_idle__is_dead_without_an_answer),
	    cmocka_unit_test(worker__signals_of_a_terminal__leave_the_unit_in_flight_alone),
	    cmocka_unit_test(worker__coordinator_is_killed__worker_and_child_vanish),
	    cmocka_unit_test(worker__under_qemu__works_reduced_and_sees_no_avx),
	    cmocka_unit_test(worker_start__sandbox_required_under_qemu__eperm_names_what_lacks),
	};

	harness_maybe_worker(argc, argv);
	return cmocka_run_group_tests(tests, start_shared, stop_shared);
}
