#include "assay/scratch.h"

#include "assay/arena.h"
#include "assay/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cmocka.h>

#define LARGE (2 * ASSAY_SCRATCH_MIN)

static int folder = -1;
static char folder_name[] = "/var/tmp/assay-scratch-XXXXXX";
static bool no_nameless; /* the file system has no O_TMPFILE */
static bool disk_full, no_memory;
static unsigned reserved; /* how often disk space was */

int __real_openat64(int dirfd, const char *path, int flags, ...);
int __wrap_openat64(int dirfd, const char *path, int flags, ...);
int __wrap_openat64(int dirfd, const char *path, int flags, ...)
{
	if (no_nameless && (flags & O_TMPFILE) == O_TMPFILE) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return __real_openat64(dirfd, path, flags, 0600);
}

int __real_posix_fallocate64(int fd, off_t at, off_t n);
int __wrap_posix_fallocate64(int fd, off_t at, off_t n);
int __wrap_posix_fallocate64(int fd, off_t at, off_t n)
{
	reserved++;
	return disk_full ? ENOSPC : __real_posix_fallocate64(fd, at, n);
}

void *__real_mmap64(void *p, size_t n, int prot, int flags, int fd, off_t at);
void *__wrap_mmap64(void *p, size_t n, int prot, int flags, int fd, off_t at);
void *__wrap_mmap64(void *p, size_t n, int prot, int flags, int fd, off_t at)
{
	return no_memory ? MAP_FAILED : __real_mmap64(p, n, prot, flags, fd, at);
}

static int set_up(void **state)
{
	(void)state;
	no_nameless = disk_full = no_memory = false;
	reserved = 0;
	return 0;
}

/* Is the byte in a mapping of a file below the folder that has no name any more? */
static bool lies_in_file(const void *p)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512];
	bool in_file = false;

	assert_non_null(maps);
	while (fgets(line, sizeof line, maps) != NULL) {
		char *end;
		const uintptr_t from = (uintptr_t)strtoull(line, &end, 16), to = (uintptr_t)strtoull(end + 1, NULL, 16);

		if (from <= (uintptr_t)p && (uintptr_t)p < to)
			in_file = strstr(line, folder_name) != NULL && strstr(line, "(deleted)") != NULL;
	}
	(void)fclose(maps);
	return in_file;
}

static size_t names_in_folder(void)
{
	DIR *dir = fdopendir(openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	(void)closedir(dir);
	return n - 2;
}

static void use(unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_int_equal(p[i], 0);
	memset(p, 0xa5, n);
}

static void alloc__large__lies_in_a_file_without_a_name(void **state)
{
	unsigned char *p = assay_scratch_alloc(folder, LARGE, 1);

	(void)state;
	assert_non_null(p);
	assert_true(lies_in_file(p));
	assert_true(lies_in_file(p + LARGE - 1));
	assert_int_equal(names_in_folder(), 0);
	use(p, LARGE);
	assay_scratch_free(p, LARGE, 1);
	assert_false(lies_in_file(p));
}

static void alloc__file_system_without_nameless_files__unlinked(void **state)
{
	unsigned char *p;

	(void)state;
	no_nameless = true;
	p = assay_scratch_alloc(folder, LARGE, 1);
	assert_non_null(p);
	assert_true(lies_in_file(p));
	assert_int_equal(names_in_folder(), 0);
	use(p, LARGE);
	assay_scratch_free(p, LARGE, 1);
}

static void alloc__no_file_to_be_had__plain_memory(void **state)
{
	const int dirs[] = {folder, -1, STDERR_FILENO};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(dirs); i++) {
		unsigned char *p;

		disk_full = dirs[i] == folder;
		p = assay_scratch_alloc(dirs[i], LARGE, 1);
		assert_non_null(p);
		assert_false(lies_in_file(p));
		use(p, LARGE);
		assay_scratch_free(p, LARGE, 1);
	}
	assert_int_equal(names_in_folder(), 0);
}

static void alloc__small_or_impossible__no_file(void **state)
{
	unsigned char *p = assay_scratch_alloc(folder, ASSAY_SCRATCH_MIN - 1, 1);

	(void)state;
	assert_non_null(p);
	assert_false(lies_in_file(p));
	use(p, ASSAY_SCRATCH_MIN - 1);
	assay_scratch_free(p, ASSAY_SCRATCH_MIN - 1, 1);
	assert_null(assay_scratch_alloc(folder, SIZE_MAX / 2, 3));
	assert_null(assay_scratch_alloc(folder, SIZE_MAX / 2, 1));
	assert_int_equal(reserved, 0);
	no_memory = true;
	assert_null(assay_scratch_alloc(folder, LARGE, 1));
	assay_scratch_free(NULL, LARGE, 1);
}

/* Trying to reserve it would leave others without space meanwhile. */
static void alloc__half_the_disk__not_even_tried(void **state)
{
	struct statvfs fs;
	size_t half;
	void *p;

	(void)state;
	assert_int_equal(fstatvfs(folder, &fs), 0);
	half = fs.f_bavail / 2 * fs.f_frsize;
	if (half < LARGE)
		skip();                                         /* there is no disk to speak of */
	p = assay_scratch_alloc(folder, half + (half >> 2), 1); /* there may be a little more free by now */
	assert_int_equal(reserved, 0);
	assay_scratch_free(p, half + (half >> 2), 1);
}

static void grow__across_the_border__keeps_what_is_there(void **state)
{
	const size_t most = LARGE / sizeof(uint64_t) + 1;
	uint64_t *list = NULL;
	size_t cap = 0, full;
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	for (size_t i = 0; i < most; i++) {
		assert_int_equal(assay_scratch_grow(folder, &list, &cap, i, sizeof *list, &err), ASSAY_OK);
		list[i] = i * 3;
	}
	assert_true(lies_in_file(list));
	full = cap;
	no_memory = true;
	assert_int_equal(assay_scratch_grow(folder, &list, &cap, full, sizeof *list, &err), ASSAY_ENOMEM);
	assert_int_equal(cap, full);
	for (size_t i = 0; i < most; i++)
		assert_int_equal(list[i], i * 3);
	assay_scratch_free(list, cap, sizeof *list);
	cap = SIZE_MAX / 2 + 1;
	assert_int_equal(assay_scratch_grow(folder, &list, &cap, cap, 1, &err), ASSAY_ENOMEM);
}

static void arena__on_disk__pieces_stay_where_they_are(void **state)
{
	enum { COUNT = 200000 };
	ASSAY_AUTO_FREE char **copies = calloc(COUNT, sizeof *copies);
	assay_arena a = {.on_disk = true, .dirfd = folder};
	char text[32];
	void *wide;

	(void)state;
	assert_non_null(copies);
	for (int i = 0; i < COUNT; i++) {
		(void)snprintf(text, sizeof text, "folder/%d", i);
		copies[i] = assay_arena_strdup(&a, text);
		assert_non_null(copies[i]);
	}
	wide = assay_arena_alloc(&a, LARGE, 1);
	assert_non_null(wide);
	memset(wide, 1, LARGE);
	for (int i = 0; i < COUNT; i++) {
		(void)snprintf(text, sizeof text, "folder/%d", i);
		assert_string_equal(copies[i], text);
	}
	assert_false(lies_in_file(copies[0])); /* a short list makes no file */
	assert_true(lies_in_file(copies[COUNT - 1]));
	assert_true(lies_in_file(wide));
	assay_arena_rewind(&a);
	assert_non_null(assay_arena_strdup(&a, "x"));
	assay_arena_release(&a);
	assert_null(a.last);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(alloc__large__lies_in_a_file_without_a_name, set_up),
	    cmocka_unit_test_setup(alloc__file_system_without_nameless_files__unlinked, set_up),
	    cmocka_unit_test_setup(alloc__no_file_to_be_had__plain_memory, set_up),
	    cmocka_unit_test_setup(alloc__small_or_impossible__no_file, set_up),
	    cmocka_unit_test_setup(alloc__half_the_disk__not_even_tried, set_up),
	    cmocka_unit_test_setup(grow__across_the_border__keeps_what_is_there, set_up),
	    cmocka_unit_test_setup(arena__on_disk__pieces_stay_where_they_are, set_up),
	};
	int failed;

	if (mkdtemp(folder_name) == NULL || (folder = open(folder_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return 1;
	failed = cmocka_run_group_tests_name("scratch", tests, NULL, NULL);
	(void)close(folder);
	(void)rmdir(folder_name);
	return failed;
}
