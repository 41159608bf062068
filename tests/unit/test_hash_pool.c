#include "hash_pool.h"

#include "assay/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/assay-test-hash-XXXXXX";
static int root;

/* Threads that may still be made; and what reading does, once armed. */
static atomic_int threads_left = 1000;
static atomic_int read_errno, grow_reads, stat_errno, slow;
static atomic_int reads;
/* Reads by a thread that would take a stop signal. */
static atomic_int exposed;
static pthread_t coordinator;

int __real_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *ctx);
int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *ctx);
int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *ctx)
{
	return atomic_fetch_sub(&threads_left, 1) > 0 ? __real_pthread_create(t, a, f, ctx) : EAGAIN;
}

/* A writer that is never done: the file grows behind each read that it is asked to follow. */
static void grow(int fd)
{
	char path[64];
	int own;

	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	own = open(path, O_WRONLY | O_APPEND);
	(void)!write(own, "more", 4);
	(void)close(own);
}

ssize_t __real_pread64(int fd, void *p, size_t n, off64_t at);
ssize_t __wrap_pread64(int fd, void *p, size_t n, off64_t at);
ssize_t __wrap_pread64(int fd, void *p, size_t n, off64_t at)
{
	ssize_t got;

	atomic_fetch_add(&reads, 1);
	if (!pthread_equal(pthread_self(), coordinator)) {
		sigset_t mask;

		(void)pthread_sigmask(SIG_SETMASK, NULL, &mask);
		atomic_fetch_add(&exposed, sigismember(&mask, SIGTERM) != 1);
	}
	if (atomic_load(&read_errno) != 0) {
		errno = atomic_load(&read_errno);
		return -1;
	}
	if (atomic_load(&slow) != 0)
		(void)usleep(1000);
	got = __real_pread64(fd, p, n, at);
	if (got > 0 && at == 0 && atomic_fetch_sub(&grow_reads, 1) > 0)
		grow(fd);
	return got;
}

int __real_fstat64(int fd, struct stat64 *st);
int __wrap_fstat64(int fd, struct stat64 *st);
int __wrap_fstat64(int fd, struct stat64 *st)
{
	if (atomic_load(&stat_errno) != 0) {
		errno = atomic_load(&stat_errno);
		return -1;
	}
	return __real_fstat64(fd, st);
}

/* ---- a folder ---- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static int setup(void **state)
{
	(void)state;
	coordinator = pthread_self();
	atomic_store(&exposed, 0);
	atomic_store(&threads_left, 1000);
	atomic_store(&read_errno, 0);
	atomic_store(&grow_reads, 0);
	atomic_store(&stat_errno, 0);
	atomic_store(&slow, 0);
	atomic_store(&reads, 0);
	memcpy(dir + sizeof dir - 7, "XXXXXX", 6);
	if (mkdtemp(dir) == NULL)
		return -1;
	root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return root < 0;
}

static int teardown(void **state)
{
	(void)state;
	(void)close(root);
	return nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void make(const char *name, const char *text, size_t n)
{
	const int fd = openat(root, name, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), n);
	assert_int_equal(close(fd), 0);
}

static assay_hash_pool *pool(unsigned threads)
{
	assay_hash_pool *p;

	assert_int_equal(assay_hash_pool_open(&p, threads, NULL), ASSAY_OK);
	return p;
}

/* Wait as the coordinator does. */
static assay_hash_task *next(assay_hash_pool *p)
{
	assay_hash_task *t;

	while ((t = assay_hash_pool_take(p)) == NULL) {
		struct pollfd fd = {.fd = assay_hash_pool_fd(p), .events = POLLIN};

		assert_int_equal(poll(&fd, 1, 60000), 1);
	}
	return t;
}

static assay_hash_task one(assay_hash_pool *p, const char *name)
{
	assay_hash_task t = {.rootfd = root, .path = name};

	assay_hash_pool_submit(p, &t);
	assert_ptr_equal(next(p), &t);
	assert_null(assay_hash_pool_take(p));
	return t;
}

static void assert_digest(const assay_hash_task *t, const char *text, size_t n)
{
	assay_digest d;

	assert_int_equal(t->problem, 0);
	assert_false(t->unread);
	assert_int_equal(assay_digest_of(&d, text, n, NULL), ASSAY_OK);
	assert_memory_equal(&t->digest, &d, sizeof d);
}

/* ---- tests ---- */

/* As many as a run keeps ahead many times over, with any number of threads, none at all included. */
static void submit__many_files__each_its_own_digest(unsigned threads)
{
	enum { COUNT = 500 };
	static assay_hash_task tasks[COUNT];
	static char names[COUNT][16], texts[COUNT][32];
	assay_hash_pool *p = pool(threads);
	bool seen[COUNT] = {false};

	for (int i = 0; i < COUNT; i++) {
		(void)snprintf(names[i], sizeof names[i], "f%d", i);
		(void)snprintf(texts[i], sizeof texts[i], "text of %d", i);
		make(names[i], texts[i], strlen(texts[i]));
		tasks[i] = (assay_hash_task){.rootfd = root, .path = names[i], .owner = &seen[i]};
		assay_hash_pool_submit(p, &tasks[i]);
	}
	for (int i = 0; i < COUNT; i++) {
		assay_hash_task *t = next(p);

		assert_false(*(bool *)t->owner);
		*(bool *)t->owner = true;
		assert_digest(t, texts[t - tasks], strlen(texts[t - tasks]));
		assert_int_equal(t->stamp.size, strlen(texts[t - tasks]));
		assert_true(t->stamp.hashed_ns > 0);
	}
	assert_null(assay_hash_pool_take(p));
	assay_hash_pool_close(p);
}

static void submit__default_threads__each_its_own_digest(void **state)
{
	(void)state;
	submit__many_files__each_its_own_digest(0);
}

static void submit__one_thread_of_eight_can_be_made__each_its_own_digest(void **state)
{
	(void)state;
	atomic_store(&threads_left, 1);
	submit__many_files__each_its_own_digest(8);
}

static void submit__no_thread_can_be_made__done_in_line(void **state)
{
	(void)state;
	atomic_store(&threads_left, 0);
	submit__many_files__each_its_own_digest(8);
}

static void submit__large_and_empty_files__whole_digest(void **state)
{
	const size_t size = ((size_t)1 << 20) + 7; /* several chunks and a bit */
	char *bytes = malloc(size);
	assay_hash_pool *p = pool(2);
	assay_hash_task t;

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < size; i++)
		bytes[i] = (char)(i * 31 >> 3);
	make("large", bytes, size);
	make("empty", "", 0);
	t = one(p, "large");
	assert_digest(&t, bytes, size);
	t = one(p, "empty");
	assert_digest(&t, "", 0);
	assay_hash_pool_close(p);
	free(bytes);
}

static void submit__what_cannot_be_read__errno_and_what_failed(void **state)
{
	assay_hash_pool *p = pool(1);
	assay_hash_task t;

	(void)state;
	make("file", "text", 4);
	assert_int_equal(mkfifoat(root, "fifo", 0666), 0);
	t = one(p, "none");
	assert_int_equal(t.problem, ENOENT);
	assert_string_equal(t.doing, "open");
	t = one(p, "fifo"); /* and it does not hang */
	assert_int_equal(t.problem, ENOTSUP);
	t = one(p, ".");
	assert_int_equal(t.problem, ENOTSUP);
	atomic_store(&stat_errno, EIO);
	t = one(p, "file");
	assert_int_equal(t.problem, EIO);
	assert_string_equal(t.doing, "open");
	atomic_store(&stat_errno, 0);
	atomic_store(&read_errno, EIO);
	t = one(p, "file");
	assert_int_equal(t.problem, EIO);
	assert_string_equal(t.doing, "read");
	/* What came before is in no later digest. */
	atomic_store(&read_errno, 0);
	t = one(p, "file");
	assert_digest(&t, "text", 4);
	assay_hash_pool_close(p);
}

static void submit__changes_once_while_read__digest_of_the_last(void **state)
{
	assay_hash_pool *p = pool(1);
	assay_hash_task t;

	(void)state;
	make("file", "text", 4);
	atomic_store(&grow_reads, 1);
	t = one(p, "file");
	assert_digest(&t, "textmore", 8);
	assert_int_equal(t.stamp.size, 8);
	assay_hash_pool_close(p);
}

static void submit__changes_all_the_time__estale(void **state)
{
	assay_hash_pool *p = pool(1);
	assay_hash_task t;

	(void)state;
	make("file", "text", 4);
	atomic_store(&grow_reads, 100);
	t = one(p, "file");
	assert_int_equal(t.problem, ESTALE);
	assay_hash_pool_close(p);
}

static void submit__known_and_settled__not_read(void **state)
{
	assay_hash_pool *p = pool(1);
	const struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
	assay_hash_task t = {.rootfd = root, .path = "file"};

	(void)state;
	make("file", "text", 4);
	assert_int_equal(utimensat(root, "file", old, 0), 0);
	assay_hash_pool_submit(p, &t);
	(void)next(p);
	assert_digest(&t, "text", 4);
	/* Hashed long after its last change, as far as the stamp says. */
	t.known = t.stamp;
	t.known.hashed_ns += (int64_t)3600 * 1000000000;
	atomic_store(&reads, 0);
	assay_hash_pool_submit(p, &t);
	(void)next(p);
	assert_true(t.unread);
	assert_int_equal(t.problem, 0);
	assert_memory_equal(&t.stamp, &t.known, sizeof t.stamp);
	assert_int_equal(atomic_load(&reads), 0);
	/* Too young to be trusted then, or another stamp. */
	t.known.hashed_ns = t.known.ctime_ns + 1;
	assay_hash_pool_submit(p, &t);
	(void)next(p);
	assert_digest(&t, "text", 4);
	t.known.hashed_ns += (int64_t)3600 * 1000000000;
	t.known.size = 5;
	assay_hash_pool_submit(p, &t);
	(void)next(p);
	assert_digest(&t, "text", 4);
	assay_hash_pool_close(p);
}

/* A run that is stopped does not wait for a large file. */
static void close__while_a_large_file_is_read__gives_up(void **state)
{
	const int fd = openat(root, "huge", O_WRONLY | O_CREAT, 0666);
	assay_hash_task tasks[3];
	assay_hash_pool *p = pool(2);
	const int64_t start = assay_monotonic_ns();

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)1 << 36), 0); /* 64 GiB of nothing take a minute at best */
	assert_int_equal(close(fd), 0);
	atomic_store(&slow, 1);
	for (int i = 0; i < 3; i++) {
		tasks[i] = (assay_hash_task){.rootfd = root, .path = "huge"};
		assay_hash_pool_submit(p, &tasks[i]);
	}
	while (atomic_load(&reads) < 4)
		(void)usleep(1000);
	assay_hash_pool_close(p);
	assert_in_range(assay_monotonic_ns() - start, 0, (int64_t)20 * 1000000000);
}

static volatile sig_atomic_t signals;
static pthread_t taker;
static void on_signal(int signo)
{
	(void)signo;
	signals++;
	taker = pthread_self();
}

/* poll must be interrupted by a stop signal: no thread of the pool may take it. */
static void submit__signal_while_reading__reaches_the_coordinator(void **state)
{
	const struct sigaction act = {.sa_handler = on_signal};
	struct sigaction before;
	assay_hash_pool *p = pool(4);
	assay_hash_task tasks[4];

	(void)state;
	assert_int_equal(sigaction(SIGTERM, &act, &before), 0);
	make("file", "text", 4);
	atomic_store(&slow, 1);
	for (int round = 0; round < 50; round++) {
		for (int i = 0; i < 4; i++) {
			tasks[i] = (assay_hash_task){.rootfd = root, .path = "file"};
			assay_hash_pool_submit(p, &tasks[i]);
		}
		assert_int_equal(kill(getpid(), SIGTERM), 0);
		for (int i = 0; i < 4; i++)
			(void)next(p);
		assert_true(pthread_equal(taker, pthread_self()));
	}
	assert_int_equal(signals, 50);
	/* The kernel asks the first thread first, so that it comes there by luck: none of the others may want it. */
	assert_int_equal(atomic_load(&exposed), 0);
	assay_hash_pool_close(p);
	assert_int_equal(sigaction(SIGTERM, &before, NULL), 0);
}

#define HASH_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    HASH_TEST(submit__default_threads__each_its_own_digest),
	    HASH_TEST(submit__one_thread_of_eight_can_be_made__each_its_own_digest),
	    HASH_TEST(submit__no_thread_can_be_made__done_in_line),
	    HASH_TEST(submit__large_and_empty_files__whole_digest),
	    HASH_TEST(submit__what_cannot_be_read__errno_and_what_failed),
	    HASH_TEST(submit__changes_once_while_read__digest_of_the_last),
	    HASH_TEST(submit__changes_all_the_time__estale),
	    HASH_TEST(submit__known_and_settled__not_read),
	    HASH_TEST(close__while_a_large_file_is_read__gives_up),
	    HASH_TEST(submit__signal_while_reading__reaches_the_coordinator),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
