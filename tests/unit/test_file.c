#include "assay/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* Linked with --wrap: the n-th allocation made by our objects fails, once; fail_at == 0 never. */
static unsigned calls, fail_at;
void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__real_calloc(size_t n, size_t s);
void *__wrap_calloc(size_t n, size_t s);
void *__real_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n);

void *__wrap_malloc(size_t n)
{
	return ++calls == fail_at ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t s)
{
	return ++calls == fail_at ? NULL : __real_calloc(n, s);
}

void *__wrap_realloc(void *p, size_t n)
{
	return ++calls == fail_at ? NULL : __real_realloc(p, n);
}

static void arm(unsigned n)
{
	calls = 0;
	fail_at = n;
}

/*
 * Linked with --wrap as well: a plan for the next calls of one kind. An entry n >= 0 lets the call have n bytes at
 * most, -errno makes it fail; at the end of the plan the real call is made. pread and pwrite bear the names that
 * they have in the symbol table when off_t has 64 bits.
 */
typedef struct script {
	const int *steps;
	size_t left;
	unsigned calls;
} script;

static ino_t synced; /* inode of the last fsync */
static script reads, writes, preads, pwrites, fsyncs, renames;

/* False when the call is to fail; *n is cut to what the plan allows. */
static bool follow(script *s, size_t *n)
{
	s->calls++;
	if (s->left == 0)
		return true;
	s->left--;
	if (*s->steps < 0) {
		errno = -*s->steps++;
		return false;
	}
	*n = *n < (size_t)*s->steps ? *n : (size_t)*s->steps;
	s->steps++;
	return true;
}

ssize_t __real_read(int fd, void *p, size_t n);
ssize_t __wrap_read(int fd, void *p, size_t n);
ssize_t __real_write(int fd, const void *p, size_t n);
ssize_t __wrap_write(int fd, const void *p, size_t n);
ssize_t __real_pread64(int fd, void *p, size_t n, off_t at);
ssize_t __wrap_pread64(int fd, void *p, size_t n, off_t at);
ssize_t __real_pwrite64(int fd, const void *p, size_t n, off_t at);
ssize_t __wrap_pwrite64(int fd, const void *p, size_t n, off_t at);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_renameat(int fd, const char *from, int to_fd, const char *to);
int __wrap_renameat(int fd, const char *from, int to_fd, const char *to);

ssize_t __wrap_read(int fd, void *p, size_t n)
{
	return follow(&reads, &n) ? __real_read(fd, p, n) : -1;
}

ssize_t __wrap_write(int fd, const void *p, size_t n)
{
	return follow(&writes, &n) ? __real_write(fd, p, n) : -1;
}

ssize_t __wrap_pread64(int fd, void *p, size_t n, off_t at)
{
	return follow(&preads, &n) ? __real_pread64(fd, p, n, at) : -1;
}

ssize_t __wrap_pwrite64(int fd, const void *p, size_t n, off_t at)
{
	return follow(&pwrites, &n) ? __real_pwrite64(fd, p, n, at) : -1;
}

int __wrap_fsync(int fd)
{
	size_t n = 0;
	struct stat st;

	synced = fstat(fd, &st) == 0 ? st.st_ino : 0;
	return follow(&fsyncs, &n) ? __real_fsync(fd) : -1;
}

int __wrap_renameat(int fd, const char *from, int to_fd, const char *to)
{
	size_t n = 0;

	return follow(&renames, &n) ? __real_renameat(fd, from, to_fd, to) : -1;
}

#define PLAN(s, ...)                                                                                                   \
	do {                                                                                                           \
		static const int steps_[] = {__VA_ARGS__};                                                             \
		(s) = (script){.steps = steps_, .left = ASSAY_COUNT(steps_)};                                          \
	} while (0)

/* ---- a directory for each test ---- */

static char dir[64];
static int dirfd_;

static int setup(void **state)
{
	(void)state;
	reads = writes = preads = pwrites = fsyncs = renames = (script){0};
	(void)snprintf(dir, sizeof(dir), "/tmp/assay-test-file-XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	dirfd_ = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dirfd_ >= 0 ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int teardown(void **state)
{
	(void)state;
	arm(0);
	(void)close(dirfd_);
	return nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void put(const char *name, const char *text)
{
	ASSAY_AUTO_FD fd = openat(dirfd_, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(__real_write(fd, text, strlen(text)), strlen(text));
}

static void assert_file(const char *name, const char *text)
{
	ASSAY_AUTO_FD fd = openat(dirfd_, name, O_RDONLY);
	char got[256] = "";

	assert_true(fd >= 0);
	assert_true(__real_read(fd, got, sizeof(got) - 1) >= 0);
	assert_string_equal(got, text);
}

static unsigned count_entries(void)
{
	DIR *d = opendir(dir);
	unsigned n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	(void)closedir(d);
	return n - 2; /* "." and ".." */
}

/* ---- reading ---- */

static void file_read__whole_file__appended(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	put("f", "0123456789");
	assay_buf_puts(&b, "<");
	assert_int_equal(assay_file_read(&b, dirfd_, "f", 10, NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&b), "<0123456789");
	assert_int_equal(reads.calls, 2); /* one for all of it, one to see the end */
}

static void file_read__pipe_or_folder__refused_at_once(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_err err = {0};

	(void)state;
	assert_int_equal(mkfifoat(dirfd_, "pipe", 0600), 0);
	(void)alarm(20); /* a reader that waits is ended */
	assert_int_equal(assay_file_read(&b, dirfd_, "pipe", 10, &err), ASSAY_EINVAL);
	(void)alarm(0);
	assert_non_null(strstr(err.msg, "'pipe' is not a regular file"));
	assert_int_equal(assay_file_read(&b, dirfd_, ".", 10, &err), ASSAY_EIO);
	assert_int_equal(err.sys, EISDIR);
	assert_int_equal(unlinkat(dirfd_, "pipe", 0), 0);
}

static void file_read__empty_file__nothing(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	put("f", "");
	assert_int_equal(assay_file_read(&b, dirfd_, "f", 0, NULL), ASSAY_OK);
	assert_int_equal(assay_file_read(&b, dirfd_, "f", SIZE_MAX, NULL), ASSAY_OK);
	assert_int_equal(b.len, 0);
}

static void file_read__longer_than_max__efull_and_buffer_as_before(void **state)
{
	(void)state;
	put("f", "0123456789");
	for (size_t max = 0; max < 10; max++) {
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
		char expected[64];
		assay_err err;

		memset(&err, 0x5a, sizeof(err));
		assay_buf_puts(&b, "<");
		assert_int_equal(assay_file_read(&b, dirfd_, "f", max, &err), ASSAY_EFULL);
		(void)snprintf(expected, sizeof(expected), "'f': longer than %zu bytes", max);
		assert_string_equal(err.msg, expected);
		assert_string_equal(assay_buf_str(&b), "<");
	}
}

static void file_read__short_reads_and_eintr__whole_file(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	put("f", "0123456789");
	PLAN(reads, -EINTR, 1, 3, -EINTR, -EINTR, 2);
	assert_int_equal(assay_file_read(&b, dirfd_, "f", 100, NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&b), "0123456789");
	assert_int_equal(reads.left, 0);
	PLAN(reads, 1);
	assert_int_equal(assay_file_read(&b, dirfd_, "f", 100, NULL), ASSAY_OK);
	assert_int_equal(reads.calls, 3); /* the one byte, the rest, the end */
}

static void file_read__read_fails__eio_and_buffer_as_before(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_err err;

	(void)state;
	put("f", "0123456789");
	assay_buf_puts(&b, "<");
	PLAN(reads, 4, -EIO);
	memset(&err, 0x5a, sizeof(err));
	assert_int_equal(assay_file_read(&b, dirfd_, "f", 100, &err), ASSAY_EIO);
	assert_string_equal(err.msg, "'f': read: Input/output error");
	assert_string_equal(assay_buf_str(&b), "<");
	PLAN(reads, 4, -EIO); /* the look behind the limit */
	assert_int_equal(assay_file_read(&b, dirfd_, "f", 4, &err), ASSAY_EIO);
	assert_string_equal(assay_buf_str(&b), "<");
}

static void file_read__missing__eio_names_path(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_err err;

	(void)state;
	assert_int_equal(assay_file_read(&b, dirfd_, "none", 100, &err), ASSAY_EIO);
	assert_int_equal(err.sys, ENOENT);
	assert_string_equal(err.msg, "open 'none': No such file or directory");
}

static void file_read_fd__pipe__all_that_comes(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(__real_write(fds[1], "through a pipe", 14), 14);
	(void)close(fds[1]);
	assert_int_equal(assay_file_read_fd(&b, fds[0], 1000, NULL), ASSAY_OK);
	assert_string_equal(assay_buf_str(&b), "through a pipe");
	(void)close(fds[0]);
}

static void file_read__every_alloc_fails_in_turn__enomem(void **state)
{
	assay_code rc;
	unsigned n = 0;

	(void)state;
	put("f", "0123456789");
	do {
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

		arm(++n);
		rc = assay_file_read(&b, dirfd_, "f", 100, NULL);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
	} while (rc != ASSAY_OK);
	assert_in_range(n, 2, 10);
}

static void pread_all__short_reads_and_eintr__exact_bytes(void **state)
{
	ASSAY_AUTO_FD fd = -1;
	char got[8] = "xxxxxxx";

	(void)state;
	put("f", "0123456789");
	fd = openat(dirfd_, "f", O_RDONLY);
	PLAN(preads, 1, -EINTR, 2, 1);
	assert_int_equal(assay_pread_all(fd, got, 6, 3, NULL), ASSAY_OK);
	assert_string_equal(got, "345678x");
	assert_int_equal(preads.left, 0);
	assert_int_equal(assay_pread_all(fd, got, 0, 100, NULL), ASSAY_OK);
}

static void pread_all__file_too_short_or_broken__code_and_offset(void **state)
{
	ASSAY_AUTO_FD fd = -1;
	assay_err err;
	char got[16];

	(void)state;
	put("f", "0123456789");
	fd = openat(dirfd_, "f", O_RDONLY);
	memset(&err, 0x5a, sizeof(err));
	assert_int_equal(assay_pread_all(fd, got, 8, 3, &err), ASSAY_ECORRUPT);
	assert_string_equal(err.msg, "file ends at byte 10, 1 more are needed");
	assert_int_equal(assay_pread_all(fd, got, 1, UINT64_MAX, &err), ASSAY_ECORRUPT);
	assert_string_equal(err.msg, "offset 18446744073709551615 is beyond any file");
	assert_int_equal(assay_pread_all(fd, got, 1, INT64_MAX, &err), ASSAY_ECORRUPT);
	assert_string_equal(err.msg, "offset 9223372036854775807 is beyond any file");
	PLAN(preads, 2, -EIO);
	assert_int_equal(assay_pread_all(fd, got, 8, 1, &err), ASSAY_EIO);
	assert_string_equal(err.msg, "read at byte 3: Input/output error");
}

/* ---- writing ---- */

static void write_all__short_writes_and_eintr__all_written(void **state)
{
	ASSAY_AUTO_FD fd = openat(dirfd_, "f", O_WRONLY | O_CREAT, 0600);

	(void)state;
	PLAN(writes, -EINTR, 1, 3, -EINTR, 2);
	assert_int_equal(assay_write_all(fd, "0123456789", 10, NULL), ASSAY_OK);
	assert_int_equal(writes.left, 0);
	assert_file("f", "0123456789");
	PLAN(writes, -EIO);
	assert_int_equal(assay_write_all(fd, NULL, 0, NULL), ASSAY_OK);
	assert_int_equal(writes.left, 1);
}

static void write_all__refused__code_by_errno(void **state)
{
	ASSAY_AUTO_FD fd = openat(dirfd_, "f", O_WRONLY | O_CREAT, 0600);
	assay_err err;

	(void)state;
	memset(&err, 0x5a, sizeof(err));
	PLAN(writes, 4, -ENOSPC);
	assert_int_equal(assay_write_all(fd, "0123456789", 10, &err), ASSAY_EFULL);
	assert_int_equal(err.sys, ENOSPC);
	assert_string_equal(err.msg, "write: No space left on device");
	PLAN(writes, 4, 0);
	assert_int_equal(assay_write_all(fd, "0123456789", 10, &err), ASSAY_EIO);
	assert_string_equal(err.msg, "write: nothing was taken, 6 bytes left");
}

static void pwrite_all__short_writes_and_eintr__at_the_offset(void **state)
{
	ASSAY_AUTO_FD fd = -1;
	assay_err err;

	(void)state;
	put("f", "----------");
	fd = openat(dirfd_, "f", O_WRONLY);
	PLAN(pwrites, 1, -EINTR, 2);
	assert_int_equal(assay_pwrite_all(fd, "abcdef", 6, 2, NULL), ASSAY_OK);
	assert_file("f", "--abcdef--");
	assert_int_equal(assay_pwrite_all(fd, "x", 1, UINT64_MAX, &err), ASSAY_EINVAL);
	assert_string_equal(err.msg, "offset 18446744073709551615 is beyond any file");
	PLAN(pwrites, 2, -EIO);
	assert_int_equal(assay_pwrite_all(fd, "abcdef", 6, 2, &err), ASSAY_EIO);
	assert_string_equal(err.msg, "write at byte 4: Input/output error");
	PLAN(pwrites, 2, 0);
	assert_int_equal(assay_pwrite_all(fd, "abcdef", 6, 2, &err), ASSAY_EIO);
	assert_string_equal(err.msg, "write: nothing was taken, 4 bytes left");
}

static void file_replace__new_and_old_target__contents_and_no_temp(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(mkdirat(dirfd_, "sub", 0700), 0);
	assert_int_equal(assay_file_replace(dirfd_, "f", "one", 3, NULL), ASSAY_OK);
	assert_file("f", "one");
	assert_int_equal(assay_file_replace(dirfd_, "f", "", 0, NULL), ASSAY_OK);
	assert_file("f", "");
	assert_int_equal(assay_file_replace(dirfd_, "sub/g", "two", 3, NULL), ASSAY_OK);
	assert_file("sub/g", "two");
	assert_int_equal(fstatat(dirfd_, "sub", &st, 0), 0);
	assert_int_equal(synced, st.st_ino);
	assert_int_equal(fsyncs.calls, 6); /* file and directory each time */
	assert_int_equal(count_entries(), 2);
}

static void file_replace__step_fails__old_file_kept_no_temp_left(void **state)
{
	static const int write_steps[] = {1, -ENOSPC}, fail[] = {-EIO};
	static const struct {
		script *which;
		script plan;
		assay_code code;
		const char *part; /* of the message */
	} cases[] = {
	    {&writes, {write_steps, 2, 0}, ASSAY_EFULL, ": write: No space left on device"},
	    {&fsyncs, {fail, 1, 0}, ASSAY_EIO, ": fsync 'f."},
	    {&renames, {fail, 1, 0}, ASSAY_EIO, ": rename 'f."},
	};

	(void)state;
	put("f", "old");
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		assay_err err;

		memset(&err, 0x5a, sizeof(err));
		*cases[i].which = cases[i].plan;
		assert_int_equal(assay_file_replace(dirfd_, "f", "new", 3, &err), cases[i].code);
		assert_memory_equal(err.msg, "replace 'f'", 11);
		assert_non_null(strstr(err.msg, cases[i].part));
		assert_int_equal(cases[i].which->left, 0);
		assert_file("f", "old");
		assert_int_equal(count_entries(), 1);
	}
}

static void file_replace__directory_fsync_fails__told_though_renamed(void **state)
{
	assay_err err;

	(void)state;
	put("f", "old");
	PLAN(fsyncs, 0, -EIO);
	assert_int_equal(assay_file_replace(dirfd_, "f", "new", 3, &err), ASSAY_EIO);
	assert_string_equal(err.msg, "replace 'f': fsync '.': Input/output error");
	assert_file("f", "new");
	assert_int_equal(count_entries(), 1);
}

static void file_replace__temps_of_the_dead__stepped_over(void **state)
{
	char name[64];

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		(void)snprintf(name, sizeof(name), "f.%ld.%u.tmp", (long)getpid(), i);
		put(name, "dead");
	}
	assert_int_equal(assay_file_replace(dirfd_, "f", "new", 3, NULL), ASSAY_OK);
	assert_file("f", "new");
	assert_file(name, "dead");
	assert_int_equal(count_entries(), 4);
}

static void file_replace__no_such_directory__eio_names_target(void **state)
{
	assay_err err;

	(void)state;
	assert_int_equal(assay_file_replace(dirfd_, "no/f", "new", 3, &err), ASSAY_EIO);
	assert_int_equal(err.sys, ENOENT);
	assert_memory_equal(err.msg, "replace 'no/f': create 'no/f.", 29);
}

static void file_replace__every_alloc_fails_in_turn__old_or_new(void **state)
{
	assay_code rc;
	unsigned n = 0;

	(void)state;
	put("f", "old");
	do {
		assay_err err;

		arm(++n);
		rc = assay_file_replace(dirfd_, "f", "new", 3, &err);
		arm(0);
		assert_file("f", rc == ASSAY_OK ? "new" : "old");
		assert_int_equal(count_entries(), 1);
		if (rc != ASSAY_OK) {
			assert_int_equal(rc, ASSAY_ENOMEM);
			assert_memory_equal(err.msg, "replace 'f': out of memory", 26);
		}
	} while (rc != ASSAY_OK);
	assert_int_equal(n, 3);
}

static void fsync__eintr_then_error__retried_then_told(void **state)
{
	assay_err err;

	(void)state;
	PLAN(fsyncs, -EINTR, -EINTR);
	assert_int_equal(assay_fsync(dirfd_, "d", NULL), ASSAY_OK);
	assert_int_equal(fsyncs.calls, 3);
	PLAN(fsyncs, -EIO);
	assert_int_equal(assay_fsync(dirfd_, "some file", &err), ASSAY_EIO);
	assert_string_equal(err.msg, "fsync 'some file': Input/output error");
}

static void fsync_dir__self_missing_file__ok_or_named(void **state)
{
	assay_err err;

	(void)state;
	put("f", "");
	assert_int_equal(assay_fsync_dir(dirfd_, ".", NULL), ASSAY_OK);
	assert_int_equal(fsyncs.calls, 1);
	assert_int_equal(assay_fsync_dir(dirfd_, "f", &err), ASSAY_EIO);
	assert_string_equal(err.msg, "open directory 'f': Not a directory");
}

static void mkdirs__any_shape_of_path__directories_exist(void **state)
{
	static const char *const paths[] = {"a", "a/b/c", "a/b/c", "d//e/", "./g/./h", "a/../i"};
	static const char *const made[] = {"a/b/c", "d/e", "g/h", "i"};
	char absolute[128];
	struct stat st;

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(paths); i++)
		assert_int_equal(assay_mkdirs(dirfd_, paths[i], NULL), ASSAY_OK);
	for (size_t i = 0; i < ASSAY_COUNT(made); i++) {
		assert_int_equal(fstatat(dirfd_, made[i], &st, 0), 0);
		assert_true(S_ISDIR(st.st_mode));
	}
	(void)snprintf(absolute, sizeof(absolute), "%s/abs/x", dir);
	assert_int_equal(assay_mkdirs(AT_FDCWD, absolute, NULL), ASSAY_OK);
	assert_int_equal(fstatat(dirfd_, "abs/x", &st, 0), 0);
	assert_int_equal(assay_mkdirs(AT_FDCWD, "/", NULL), ASSAY_OK);
}

static void mkdirs__file_in_the_way__eio_names_it(void **state)
{
	assay_err err;

	(void)state;
	put("f", "");
	memset(&err, 0x5a, sizeof(err));
	assert_int_equal(assay_mkdirs(dirfd_, "f", &err), ASSAY_EIO);
	assert_string_equal(err.msg, "'f' is not a directory");
	assert_int_equal(err.sys, ENOTDIR);
	assert_int_equal(assay_mkdirs(dirfd_, "f/g", &err), ASSAY_EIO);
	assert_string_equal(err.msg, "'f' is not a directory");
	assert_int_equal(assay_mkdirs(dirfd_, "", &err), ASSAY_EIO);
	assert_string_equal(err.msg, "create directory '': No such file or directory");
	arm(1);
	assert_int_equal(assay_mkdirs(dirfd_, "x", &err), ASSAY_ENOMEM);
	arm(0);
	assert_string_equal(err.msg, "out of memory: directory 'x'");
}

static void closep__open_or_not__closed_once_errno_kept(void **state)
{
	int fd = dup(dirfd_), copy = fd;

	(void)state;
	errno = 4321;
	assay_closep(&fd);
	assert_int_equal(fd, -1);
	assert_int_equal(fcntl(copy, F_GETFD), -1);
	errno = 4321;
	assay_closep(&fd);
	assert_int_equal(errno, 4321);
	assay_closep(&copy); /* closed already: close sets EBADF */
	assert_int_equal(errno, 4321);
}

/* ---- names ---- */

static const struct {
	const char *path, *text;
} escapes[] = {
    {"", ""},
    {"plain/file.pdf", "plain/file.pdf"},
    {"sp ace~!$&'()*+,;=:@", "sp ace~!$&'()*+,;=:@"},
    {"100%", "100%25"},
    {"%25", "%2525"},
    {"a#b", "a%23b"},
    {"a\tb\nc\x01\x1f\x7f", "a%09b%0Ac%01%1F%7F"},
    {"\xc3\xbc\xe6\xb0\xb4\xf0\x90\x85\x91", "\xc3\xbc\xe6\xb0\xb4\xf0\x90\x85\x91"},
    {"\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0", "%C2%80%C2%9B%C2%9F\xc2\xa0"}, /* C1 controls; U+00A0 is none */
    {"\xff\xfe", "%FF%FE"},
    {"a\xc3", "a%C3"},
    {"\xc3(", "%C3("},
    {"\xc0\xaf", "%C0%AF"},        /* overlong '/' */
    {"\xed\xa0\x80", "%ED%A0%80"}, /* surrogate */
    {"\xe6\xb0\xe6\xb0\xb4", "%E6%B0\xe6\xb0\xb4"},
};

static void path_escape__table__expected_text_and_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(escapes); i++) {
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
		ASSAY_AUTO_BUF back = ASSAY_BUF_INIT;

		assay_path_escape(&text, escapes[i].path);
		assert_string_equal(assay_buf_str(&text), escapes[i].text);
		assert_true(assay_path_unescape(&back, assay_buf_str(&text)));
		assert_string_equal(assay_buf_str(&back), escapes[i].path);
	}
}

/* xorshift64*: Vigna 2016, arXiv:1402.6246 */
static uint64_t rng;

static unsigned rnd(void)
{
	rng ^= rng >> 12;
	rng ^= rng << 25;
	rng ^= rng >> 27;
	return (unsigned)((rng * UINT64_C(0x2545F4914F6CDD1D)) >> 33);
}

/* Half of the bytes from those that matter, so that sequences, cut ones and escapes come up often. */
static char random_byte(void)
{
	static const char odd[] = "%#/AF09\xc2\xc3\x80\xa0\xe6\xb0\xb4\xed\xf0\x90\xff\x7f\n";
	const unsigned r = rnd();

	return r & 1 ? odd[(r >> 1) % (sizeof(odd) - 1)] : (char)((r >> 1) % 255 + 1);
}

static void path_escape__random_bytes__printable_and_back(void **state)
{
	(void)state;
	rng = 20260103;
	print_message("seed %" PRIu64 "\n", rng);
	for (unsigned round = 0; round < 50000; round++) {
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
		ASSAY_AUTO_BUF back = ASSAY_BUF_INIT;
		char path[24];
		const size_t n = rnd() % sizeof(path);

		for (size_t i = 0; i < n; i++)
			path[i] = random_byte();
		path[n] = '\0';
		assay_path_escape(&text, path);
		assert_null(strchr(assay_buf_str(&text), '#'));
		for (size_t i = 0; i < text.len; i++)
			assert_true(text.data[i] >= 0x20 && text.data[i] != 0x7f);
		assert_true(assay_path_unescape(&back, assay_buf_str(&text)));
		assert_string_equal(assay_buf_str(&back), path);
	}
}

static void path_unescape__malformed__false_and_out_as_before(void **state)
{
	static const char *const bad[] = {"%",    "a%",  "a%4",     "%4g", "%g4",      "%%41",
					  "% 41", "%00", "ok%41%0", "%-1", "%\xff\xff"};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(bad); i++) {
		ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;

		assay_buf_puts(&out, "<");
		if (assay_path_unescape(&out, bad[i]))
			fail_msg("'%s' was accepted", bad[i]);
		assert_string_equal(assay_buf_str(&out), "<");
	}
}

static void path_unescape__either_case__same_byte(void **state)
{
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;

	(void)state;
	assert_true(assay_path_unescape(&out, "%c3%BC%2f#"));
	assert_string_equal(assay_buf_str(&out), "\xc3\xbc/#");
}

static void path_is_inside__table__expected(void **state)
{
	static const struct {
		const char *path;
		bool inside;
	} cases[] = {
	    {"a", true},    {"a/b", true},   {"...", true},   {".a/..b/c..", true}, {"a b", true},     {"", false},
	    {"/", false},   {"/a", false},   {"a/", false},   {"a//b", false},      {".", false},      {"..", false},
	    {"./a", false}, {"../a", false}, {"a/..", false}, {"a/./b", false},     {"a/../b", false}, {"a/.", false},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		if (assay_path_is_inside(cases[i].path) != cases[i].inside)
			fail_msg("'%s'", cases[i].path);
	}
}

/* ---- time ---- */

static void time_format__edges__utc_with_milliseconds(void **state)
{
	static const struct {
		int64_t ns;
		const char *text;
	} cases[] = {
	    {0, "1970-01-01T00:00:00.000Z"},
	    {INT64_C(1767323045678999999), "2026-01-02T03:04:05.678Z"}, /* date -u -d 2026-01-02T03:04:05 +%s */
	    {INT64_C(951782400000000000), "2000-02-29T00:00:00.000Z"},
	    {-1, "1969-12-31T23:59:59.999Z"},
	    {-1000000000, "1969-12-31T23:59:59.000Z"},
	    {INT64_MAX, "2262-04-11T23:47:16.854Z"},
	    {INT64_MIN, "1677-09-21T00:12:43.145Z"},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		char out[32];

		memset(out, 'x', sizeof(out));
		assert_ptr_equal(assay_time_format(cases[i].ns, out), out);
		assert_string_equal(out, cases[i].text);
	}
}

static void now__twice__plausible_and_not_backwards(void **state)
{
	const int64_t start = assay_monotonic_ns();
	const int64_t now = assay_now_ns();

	(void)state;
	assert_true(assay_monotonic_ns() >= start);
	assert_in_range(now / 1000000000, time(NULL) - 5, time(NULL) + 5);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(file_read__whole_file__appended),
	    TEST(file_read__empty_file__nothing),
	    TEST(file_read__pipe_or_folder__refused_at_once),
	    TEST(file_read__longer_than_max__efull_and_buffer_as_before),
	    TEST(file_read__short_reads_and_eintr__whole_file),
	    TEST(file_read__read_fails__eio_and_buffer_as_before),
	    TEST(file_read__missing__eio_names_path),
	    TEST(file_read_fd__pipe__all_that_comes),
	    TEST(file_read__every_alloc_fails_in_turn__enomem),
	    TEST(pread_all__short_reads_and_eintr__exact_bytes),
	    TEST(pread_all__file_too_short_or_broken__code_and_offset),
	    TEST(write_all__short_writes_and_eintr__all_written),
	    TEST(write_all__refused__code_by_errno),
	    TEST(pwrite_all__short_writes_and_eintr__at_the_offset),
	    TEST(file_replace__new_and_old_target__contents_and_no_temp),
	    TEST(file_replace__step_fails__old_file_kept_no_temp_left),
	    TEST(file_replace__directory_fsync_fails__told_though_renamed),
	    TEST(file_replace__temps_of_the_dead__stepped_over),
	    TEST(file_replace__no_such_directory__eio_names_target),
	    TEST(file_replace__every_alloc_fails_in_turn__old_or_new),
	    TEST(fsync__eintr_then_error__retried_then_told),
	    TEST(fsync_dir__self_missing_file__ok_or_named),
	    TEST(mkdirs__any_shape_of_path__directories_exist),
	    TEST(mkdirs__file_in_the_way__eio_names_it),
	    TEST(closep__open_or_not__closed_once_errno_kept),
	    cmocka_unit_test(path_escape__table__expected_text_and_back),
	    cmocka_unit_test(path_escape__random_bytes__printable_and_back),
	    cmocka_unit_test(path_unescape__malformed__false_and_out_as_before),
	    cmocka_unit_test(path_unescape__either_case__same_byte),
	    cmocka_unit_test(path_is_inside__table__expected),
	    cmocka_unit_test(time_format__edges__utc_with_milliseconds),
	    cmocka_unit_test(now__twice__plausible_and_not_backwards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
