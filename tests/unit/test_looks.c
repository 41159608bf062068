#include "looks.h"

#include "assay/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

enum { FILES = 3000, FOLDER = 700 }; /* more than all batches take together; folders that end within a batch */

static char dir[] = "/tmp/assay-test-looks-XXXXXX";
static int root;
static atomic_int threads_left, threads_made;

int __real_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *ctx);
int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *ctx);
int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *ctx)
{
	if (atomic_fetch_sub(&threads_left, 1) <= 0)
		return EAGAIN;
	atomic_fetch_add(&threads_made, 1);
	return __real_pthread_create(t, a, f, ctx);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static void path_of(char out[32], int i)
{
	(void)snprintf(out, 32, "%d/%06d", i / FOLDER, i);
}

/* Of seven one is a folder, one is not there; the others are files, each of its own size. */
static int make(int i)
{
	char path[32];
	int fd, ok;

	path_of(path, i);
	if (i % FOLDER == 0) {
		char *slash = strchr(path, '/');

		*slash = '\0';
		if (mkdirat(root, path, 0777) != 0)
			return -1;
		*slash = '/';
	}
	if (i % 7 == 3)
		return mkdirat(root, path, 0777);
	if (i % 7 == 5)
		return 0;
	fd = openat(root, path, O_WRONLY | O_CREAT, 0666);
	ok = fd >= 0 ? ftruncate(fd, i) : -1;
	(void)close(fd);
	return ok;
}

static int setup(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; i < FILES; i++)
		if (make(i) != 0)
			return -1;
	return root < 0;
}

static int teardown(void **state)
{
	(void)state;
	(void)close(root);
	return nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static unsigned open_descriptors(void)
{
	DIR *fds = opendir("/proc/self/fd");
	unsigned n = 0;

	assert_non_null(fds);
	while (readdir(fds) != NULL)
		n++;
	(void)closedir(fds);
	return n;
}

/* ---------------------------------------------------------------- what comes back */

typedef struct taken {
	assay_found by_number[FILES];
	unsigned times[FILES];
	size_t refuse_after, count;
} taken;

static assay_code take(void *ctx, const assay_found *files, size_t count, assay_err *err)
{
	taken *t = ctx;

	for (size_t i = 0; i < count; i++) {
		const long n = strtol(strchr(files[i].path, '/') + 1, NULL, 10);

		t->by_number[n] = files[i];
		t->times[n]++;
	}
	t->count += count;
	return t->count > t->refuse_after ? ASSAY_RAISE(err, ASSAY_EFULL, "no more") : ASSAY_OK;
}

/* The plain way. */
static void look_plainly(assay_found *f)
{
	struct stat st;

	*f = (assay_found){.path = f->path};
	if (fstatat(root, f->path, &st, 0) != 0)
		f->problem = errno;
	else if (!S_ISREG(st.st_mode))
		f->problem = ENOTSUP;
	else
		assay_stamp_of(&f->stamp, &st);
}

/* Folder after folder, each one's descriptor closed as soon as it is left; paths are the caller's to free. */
static assay_code add_all(assay_looks *x, char (*paths)[32], assay_err *err)
{
	assay_code rc = ASSAY_OK;
	int fd = -1;

	for (int i = 0; i < FILES && rc == ASSAY_OK; i++) {
		assay_found f = {.path = paths[i]};
		char folder[16];

		path_of(paths[i], i);
		if (i % FOLDER == 0) {
			rc = assay_looks_leave(x, err);
			assay_closep(&fd);
			(void)snprintf(folder, sizeof folder, "%d", i / FOLDER);
			fd = openat(root, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
			assert_true(fd >= 0);
		}
		if (rc == ASSAY_OK)
			rc = assay_looks_add(x, fd, (size_t)(strchr(paths[i], '/') + 1 - paths[i]), &f, err);
	}
	if (rc == ASSAY_OK)
		rc = assay_looks_leave(x, err);
	assay_closep(&fd);
	return rc;
}

static void expect_all_as_plainly(int threads)
{
	taken *t = calloc(1, sizeof *t);
	char(*paths)[32] = calloc(FILES, sizeof *paths);
	const unsigned open_before = open_descriptors();
	assay_looks *x;
	assay_err err = ASSAY_ERR_INIT;

	assert_true(t != NULL && paths != NULL);
	t->refuse_after = SIZE_MAX;
	atomic_store(&threads_left, threads);
	atomic_store(&threads_made, 0);
	assert_int_equal(assay_looks_open(&x, take, t, &err), ASSAY_OK);
	assert_int_equal(add_all(x, paths, &err), ASSAY_OK);
	assert_int_equal(assay_looks_finish(x, &err), ASSAY_OK);
	assay_looks_close(x);
	assert_int_equal(open_descriptors(), open_before);
	assert_int_equal(t->count, FILES);
	for (int i = 0; i < FILES; i++) {
		assay_found plain = {.path = paths[i]};

		look_plainly(&plain);
		assert_int_equal(t->times[i], 1);
		assert_string_equal(t->by_number[i].path, paths[i]);
		assert_int_equal(t->by_number[i].problem, plain.problem);
		assert_true(assay_stamp_same(&t->by_number[i].stamp, &plain.stamp));
	}
	free(paths);
	free(t);
}

/* ---------------------------------------------------------------- tests */

static void looks__threads__each_file_once_as_looked_at_plainly(void **state)
{
	(void)state;
	expect_all_as_plainly(1000);
	assert_in_range(atomic_load(&threads_made), 1, 8);
}

static void looks__no_thread_can_be_made__the_same(void **state)
{
	(void)state;
	expect_all_as_plainly(0);
	assert_int_equal(atomic_load(&threads_made), 0);
}

static void looks__no_descriptor_left__the_same(void **state)
{
	const int spare = dup(root); /* the lowest that is free: the folders' own */
	struct rlimit before, tight;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	tight = (struct rlimit){(rlim_t)spare + 1, before.rlim_max};
	assert_int_equal(close(spare), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &tight), 0);
	expect_all_as_plainly(1000);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(atomic_load(&threads_made), 0);
}

/* What waits when it is closed has descriptors that are closed too. */
static void looks__refused__ends_there_and_leaves_nothing_open(void **state)
{
	taken *t = calloc(1, sizeof *t);
	char(*paths)[32] = calloc(FILES, sizeof *paths);
	const unsigned open_before = open_descriptors();
	assay_looks *x;
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	assert_true(t != NULL && paths != NULL);
	t->refuse_after = 0;
	atomic_store(&threads_left, 1);
	assert_int_equal(assay_looks_open(&x, take, t, &err), ASSAY_OK);
	assert_int_equal(add_all(x, paths, &err), ASSAY_EFULL);
	assert_string_equal(err.msg, "no more");
	assay_looks_close(x);
	assert_int_equal(open_descriptors(), open_before);
	free(paths);
	free(t);
}

static void looks__few_files__no_thread(void **state)
{
	taken *t = calloc(1, sizeof *t);
	assay_looks *x;
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	assert_non_null(t);
	t->refuse_after = SIZE_MAX;
	atomic_store(&threads_left, 1000);
	atomic_store(&threads_made, 0);
	assert_int_equal(assay_looks_open(&x, take, t, &err), ASSAY_OK);
	for (int i = 0; i < 2; i++) {
		const assay_found f = {.path = i == 0 ? "0/000001" : "0/000002"};

		assert_int_equal(assay_looks_add(x, root, 0, &f, &err), ASSAY_OK);
	}
	assert_int_equal(assay_looks_finish(x, &err), ASSAY_OK);
	assert_int_equal(t->by_number[1].stamp.size, 1);
	assert_int_equal(t->by_number[2].stamp.size, 2);
	assert_int_equal(atomic_load(&threads_made), 0);
	assay_looks_close(x);
	free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(looks__threads__each_file_once_as_looked_at_plainly),
	    cmocka_unit_test(looks__no_thread_can_be_made__the_same),
	    cmocka_unit_test(looks__no_descriptor_left__the_same),
	    cmocka_unit_test(looks__refused__ends_there_and_leaves_nothing_open),
	    cmocka_unit_test(looks__few_files__no_thread),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
