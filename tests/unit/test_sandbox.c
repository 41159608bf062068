/* The sandbox from inside: what a child may reach, for each combination of layers that a machine may have. */
#include "assay/file.h"
#include "assay/memory.h"
#include "assay/sandbox.h"
#include "broker.h"
#include "harness.h"
#include "test_stages.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#define SECCOMP  ((unsigned)ASSAY_SANDBOX_SECCOMP)
#define BROKER   ((unsigned)ASSAY_SANDBOX_BROKER)
#define LANDLOCK ((unsigned)ASSAY_SANDBOX_LANDLOCK)
#define ALL      ((unsigned)ASSAY_SANDBOX_ALL)

/* ---------------------------------------------------------------- a tree to probe */

static char top[] = "/tmp/assay-sandbox-XXXXXX";

static void in_top(char out[256], const char *name)
{
	(void)snprintf(out, 256, "%s/%s", top, name);
}

static int make_file(const char *name)
{
	char path[256];

	in_top(path, name);
	return assay_file_replace(AT_FDCWD, path, "bytes", 5, NULL) == ASSAY_OK ? 0 : -1;
}

static int make_tree(void **state)
{
	static const char *const folders[] = {"allowed", "allowed/sub", "allowed-not"};
	static const char *const files[] = {"outside.txt", "allowed/inside.txt", "allowed/sub/deep.txt",
					    "allowed-not/near.txt"};
	char path[256], target[256];
	int rc = 0;

	(void)state;
	if (mkdtemp(top) == NULL)
		return -1;
	for (size_t i = 0; i < ASSAY_COUNT(folders); i++) {
		in_top(path, folders[i]);
		rc |= mkdir(path, 0755);
	}
	for (size_t i = 0; i < ASSAY_COUNT(files); i++)
		rc |= make_file(files[i]);
	in_top(path, "allowed/link-out");
	in_top(target, "outside.txt");
	rc |= symlink(target, path);
	in_top(path, "allowed/link-in");
	rc |= symlink("sub/deep.txt", path);
	in_top(path, "allowed/null");
	rc |= symlink("/dev/null", path);
	in_top(path, "allowed/pipe");
	return rc | mkfifo(path, 0644);
}

static int remove_tree(void **state)
{
	char command[300];

	(void)state;
	(void)snprintf(command, sizeof command, "rm -rf '%s'", top);
	return system(command);
}

/* ---------------------------------------------------------------- combinations */

static void start(harness *h, unsigned omit)
{
	char folder[256];
	assay_err err = ASSAY_ERR_INIT;
	const harness_opts o = {.folder = folder, .omit_layers = omit};

	in_top(folder, "allowed");
	if (harness_start(h, &o, &err) != ASSAY_OK)
		fail_msg("%s", err.msg);
}

/* What the kernel offers, asked without our code: what it offers must be in force. */
static unsigned offered(void)
{
	const unsigned notify = SECCOMP_RET_USER_NOTIF;
	unsigned layers = ASSAY_SANDBOX_NO_NEW_PRIVS | ASSAY_SANDBOX_RLIMITS;

	if (prctl(PR_GET_SECCOMP) >= 0)
		layers |= SECCOMP;
	if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &notify) == 0)
		layers |= BROKER;
	if (syscall(444 /* landlock_create_ruleset */, NULL, 0, 1 /* version */) >= 1)
		layers |= LANDLOCK;
	return layers;
}

/* Layers that this machine lacks cannot be tested on it; say so instead of passing in silence. */
static bool has(harness *h, unsigned layers)
{
	const unsigned there = assay_worker_facts_of(h->worker)->layers;
	const unsigned missing = layers & ~there;
	char text[80];

	if (missing == 0)
		return true;
	(void)assay_sandbox_layers_text(missing, text, sizeof text);
	if ((missing & offered()) != 0)
		fail_msg("offered by this machine and not in force: %s", text);
	print_message("skipped: this machine lacks %s\n", text);
	harness_stop(h);
	return false;
}

typedef struct probe {
	const char *act, *name; /* name in the tree; absolute paths as they are; NULL: none */
	int expected;           /* errno, 0: it works */
} probe;

static void check_probes(harness *h, const probe *probes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char path[256] = "";
		int met;

		if (probes[i].name != NULL && probes[i].name[0] == '/')
			(void)snprintf(path, sizeof path, "%s", probes[i].name);
		else if (probes[i].name != NULL)
			in_top(path, probes[i].name);
		met = harness_errno(h, probes[i].act, path);
		if (met != probes[i].expected)
			fail_msg("%s %s: %s, expected %s", probes[i].act, path,
				 met < 0 ? "failed" : strerrorname_np(met), strerrorname_np(probes[i].expected));
	}
}

/* What the filter of system calls denies, whatever decides on opens. */
static const probe calls[] = {
    {"socket", NULL, EPERM},
    {"sendmsg", NULL, EPERM},
    {"exec", NULL, EPERM},
    {"fork", NULL, EPERM},
    {"ptrace", NULL, EPERM},
    {"kill_parent", NULL, EPERM},
    {"io_uring", NULL, EPERM},
    {"map_exec", NULL, EPERM},
    {"set_limit", NULL, EPERM},
    {"unlink", "outside.txt", EPERM},
    {"unlink", "allowed/inside.txt", EPERM},
    {"chmod", "allowed/inside.txt", EPERM},
    {"write_source", NULL, EBADF},
};

static const probe brokered[] = {
    {"read", "allowed/inside.txt", 0},
    {"read", "allowed/sub/deep.txt", 0},
    {"read", "allowed/link-in", 0},
    {"list", "allowed", 0},
    {"list", "allowed/sub", 0},
    {"open", "allowed/missing.txt", ENOENT},
    {"open", "missing.txt", EACCES},
    {"open", "outside.txt", EACCES},
    {"open", "allowed/../outside.txt", EACCES},
    {"open", "allowed/link-out", EACCES},
    {"open", "allowed/null", EACCES},
    {"open", "allowed/pipe", EACCES},
    {"open", "allowed-not/near.txt", EACCES},
    {"list", "", EACCES},
    {"list", "/", EACCES},
    {"open", "/etc/passwd", EACCES},
    {"open", "/proc/self/environ", EACCES},
    {"open", "/proc/self/fd/3", EACCES},
    {"open", "/dev/zero", EACCES},
    {"relative", "allowed", EACCES},
    {"write", "allowed/inside.txt", EACCES},
    {"write", "allowed/new.txt", EACCES},
    {"write", "new.txt", EACCES},
    {"append", "allowed/inside.txt", EACCES},
    {"memory", NULL, EACCES},
    {"reopen", NULL, EACCES},
};

static void check_brokered(harness *h)
{
	check_probes(h, calls, ASSAY_COUNT(calls));
	check_probes(h, brokered, ASSAY_COUNT(brokered));
}

static void sandbox__all_layers__only_the_listed_folder_can_be_read(void **state)
{
	harness h;

	(void)state;
	start(&h, 0);
	if (!has(&h, ALL & ~LANDLOCK))
		skip();
	check_brokered(&h);
	harness_stop(&h);
}

static void sandbox__without_landlock__the_broker_alone_decides_the_same(void **state)
{
	harness h;

	(void)state;
	start(&h, LANDLOCK);
	assert_int_equal(assay_worker_facts_of(h.worker)->layers & LANDLOCK, 0);
	if (!has(&h, SECCOMP | BROKER))
		skip();
	check_brokered(&h);
	harness_stop(&h);
}

static void sandbox__without_broker__landlock_decides_on_reads_and_the_filter_on_writes(void **state)
{
	static const probe probes[] = {
	    {"read", "allowed/inside.txt", 0},
	    {"read", "allowed/link-in", 0},
	    {"list", "allowed", 0},
	    {"open", "allowed/missing.txt", ENOENT},
	    {"open", "outside.txt", EACCES},
	    {"open", "allowed/../outside.txt", EACCES},
	    {"open", "allowed/link-out", EACCES},
	    {"open", "allowed-not/near.txt", EACCES},
	    {"list", "/", EACCES},
	    {"open", "/etc/passwd", EACCES},
	    {"relative", "allowed", EACCES},
	    {"write", "allowed/inside.txt", EPERM},
	    {"write", "allowed/new.txt", EPERM},
	    {"append", "allowed/inside.txt", EPERM},
	    {"memory", NULL, EPERM},
	    {"reopen", NULL, EPERM},
	};
	harness h;

	(void)state;
	start(&h, BROKER);
	assert_int_equal(assay_worker_facts_of(h.worker)->layers & BROKER, 0);
	if (!has(&h, SECCOMP | LANDLOCK))
		skip();
	check_probes(&h, calls, ASSAY_COUNT(calls));
	check_probes(&h, probes, ASSAY_COUNT(probes));
	harness_stop(&h);
}

static void sandbox__without_broker_and_landlock__nothing_can_be_opened(void **state)
{
	static const probe probes[] = {
	    {"open", "allowed/inside.txt", EACCES}, {"list", "allowed", EACCES}, {"open", "/etc/passwd", EACCES},
	    {"write", "allowed/new.txt", EACCES},   {"memory", NULL, EACCES},    {"reopen", NULL, EACCES},
	};
	harness h;

	(void)state;
	start(&h, BROKER | LANDLOCK);
	if (!has(&h, SECCOMP))
		skip();
	assert_int_equal(assay_worker_facts_of(h.worker)->layers, ALL & ~(BROKER | LANDLOCK));
	check_probes(&h, calls, ASSAY_COUNT(calls));
	check_probes(&h, probes, ASSAY_COUNT(probes));
	harness_stop(&h);
}

static void sandbox__landlock_alone__keeps_files_closed(void **state)
{
	static const probe probes[] = {
	    {"read", "allowed/inside.txt", 0},
	    {"open", "outside.txt", EACCES},
	    {"open", "allowed/link-out", EACCES},
	    {"write", "allowed/inside.txt", EACCES},
	    {"write", "allowed/new.txt", EACCES},
	    {"unlink", "allowed/inside.txt", EACCES},
	    {"exec", NULL, EACCES},
	    {"open", "/etc/passwd", EACCES},
	};
	harness h;

	(void)state;
	start(&h, SECCOMP);
	assert_int_equal(assay_worker_facts_of(h.worker)->layers & (SECCOMP | BROKER), 0);
	if (!has(&h, LANDLOCK))
		skip();
	check_probes(&h, probes, ASSAY_COUNT(probes));
	harness_stop(&h);
}

/* The probes have teeth: without layers they get through. */
static void sandbox__no_layer_at_all__the_probes_succeed(void **state)
{
	static const probe probes[] = {
	    {"open", "/etc/passwd", 0},
	    {"socket", NULL, 0},
	    {"fork", NULL, 0},
	    {"kill_parent", NULL, 0},
	    {"map_exec", NULL, 0},
	    {"list", "/", 0},
	    {"reopen", NULL, 0},
	    {"open", "allowed/link-out", 0},
	    {"append", "allowed/inside.txt", 0},
	};
	harness h;

	(void)state;
	start(&h, ALL);
	assert_int_equal(assay_worker_facts_of(h.worker)->layers, 0);
	check_probes(&h, probes, ASSAY_COUNT(probes));
	harness_stop(&h);
}

static void sandbox__every_combination__gives_the_same_result(void **state)
{
	ASSAY_AUTO_BUF first = ASSAY_BUF_INIT;

	(void)state;
	for (unsigned omit = 0; omit <= ALL; omit++) {
		ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
		assay_worker_answer a;
		harness h;

		start(&h, omit);
		assert_int_equal(assay_worker_facts_of(h.worker)->layers & omit, 0);
		a = harness_run(&h, HARNESS_MISBEHAVE, "pages: 3\nvalue: 5\n");
		assert_int_equal(a.result.failure, ASSAY_FAILURE_NONE);
		assay_result_encode(omit == 0 ? &first : &record, &a.result);
		if (omit != 0) {
			assert_int_equal(record.len, first.len);
			assert_memory_equal(record.data, first.data, first.len);
		}
		assay_result_release(&a.result);
		harness_stop(&h);
	}
}

static void sandbox__required_with_a_layer_missing__start_is_refused(void **state)
{
	const harness_opts o = {.omit_layers = LANDLOCK, .sandbox = ASSAY_SANDBOX_REQUIRED};
	assay_err err = ASSAY_ERR_INIT;
	harness h;

	(void)state;
	assert_int_equal(harness_start(&h, &o, &err), ASSAY_EPERM);
	assert_non_null(strstr(err.msg, "landlock"));
	assert_null(h.worker);
	harness_stop(&h);
}

static void sandbox__required_with_all_layers__works(void **state)
{
	const harness_opts o = {.sandbox = ASSAY_SANDBOX_REQUIRED};
	assay_err err = ASSAY_ERR_INIT;
	harness h;

	(void)state;
	start(&h, 0);
	if (!has(&h, ALL))
		skip();
	harness_stop(&h);
	assert_int_equal(harness_start(&h, &o, &err), ASSAY_OK);
	assert_int_equal(assay_worker_facts_of(h.worker)->layers, ALL);
	harness_stop(&h);
}

/* ---------------------------------------------------------------- parts by themselves */

static void broker_open__flags__anything_but_reading_is_refused(void **state)
{
	static const int refused[] = {O_WRONLY, O_RDWR,    O_CREAT,  O_TRUNC, O_APPEND,
				      O_PATH,   O_TMPFILE, O_DIRECT, O_SYNC,  3};
	static const int fine[] = {0, O_CLOEXEC, O_NONBLOCK, O_NOCTTY, O_NOFOLLOW, O_LARGEFILE, 0100000};
	char folder[256], path[256];
	readable allowed = {0};

	(void)state;
	in_top(folder, "allowed");
	in_top(path, "allowed/inside.txt");
	assert_int_equal(readable_add(&allowed, folder, NULL), ASSAY_OK);
	for (size_t i = 0; i < ASSAY_COUNT(refused); i++)
		assert_int_equal(broker_open(&allowed, path, refused[i]), -EACCES);
	for (size_t i = 0; i < ASSAY_COUNT(fine); i++) {
		const int fd = broker_open(&allowed, path, fine[i]);

		assert_true(fd >= 0);
		assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
		(void)close(fd);
	}
	readable_release(&allowed);
}

/* The layer by itself: in a child another one would hide its mistakes. */
static void broker_open__paths__only_what_lies_inside(void **state)
{
	static const struct {
		const char *name;
		int expected;
	} cases[] = {
	    {"allowed/missing.txt", -ENOENT},    {"outside.txt", -EACCES},
	    {"allowed/../outside.txt", -EACCES}, {"allowed/link-out", -EACCES},
	    {"allowed/null", -EACCES},           {"allowed/pipe", -EACCES},
	    {"allowed-not/near.txt", -EACCES},   {"", -EACCES},
	};
	char path[256];
	readable allowed = {0};

	(void)state;
	in_top(path, "allowed");
	assert_int_equal(readable_add(&allowed, path, NULL), ASSAY_OK);
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		in_top(path, cases[i].name);
		assert_int_equal(broker_open(&allowed, path, O_RDONLY), cases[i].expected);
	}
	/* Relative ones are relative to a descriptor that only the child has. */
	assert_int_equal(chdir(top), 0);
	assert_int_equal(broker_open(&allowed, "allowed/inside.txt", O_RDONLY), -EACCES);
	assert_int_equal(broker_open(&allowed, "", O_RDONLY), -EACCES);
	assert_int_equal(chdir("/"), 0);
	readable_release(&allowed);
}

static void layers_text__any_size__is_whole_names(void **state)
{
	char text[80];

	(void)state;
	assert_string_equal(assay_sandbox_layers_text(ALL, text, sizeof text),
			    "no-new-privs rlimits seccomp broker landlock");
	assert_string_equal(assay_sandbox_layers_text(0, text, sizeof text), "");
	assert_string_equal(assay_sandbox_layers_text(LANDLOCK | SECCOMP, text, sizeof text), "seccomp landlock");
	assert_string_equal(assay_sandbox_layers_text(ALL, text, 21), "no-new-privs rlimits");
	assert_string_equal(assay_sandbox_layers_text(ALL, text, 20), "no-new-privs broker");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sandbox__all_layers__only_the_listed_folder_can_be_read),
	    cmocka_unit_test(sandbox__without_landlock__the_broker_alone_decides_the_same),
	    cmocka_unit_test(sandbox__without_broker__landlock_decides_on_reads_and_the_filter_on_writes),
	    cmocka_unit_test(sandbox__without_broker_and_landlock__nothing_can_be_opened),
	    cmocka_unit_test(sandbox__landlock_alone__keeps_files_closed),
	    cmocka_unit_test(sandbox__no_layer_at_all__the_probes_succeed),
	    cmocka_unit_test(sandbox__every_combination__gives_the_same_result),
	    cmocka_unit_test(sandbox__required_with_a_layer_missing__start_is_refused),
	    cmocka_unit_test(sandbox__required_with_all_layers__works),
	    cmocka_unit_test(broker_open__flags__anything_but_reading_is_refused),
	    cmocka_unit_test(broker_open__paths__only_what_lies_inside),
	    cmocka_unit_test(layers_text__any_size__is_whole_names),
	};

	harness_maybe_worker(argc, argv);
	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
