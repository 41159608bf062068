/** A store whose system calls can be made to fail, for tests of the store itself and of what it is made of. */
#ifndef ASSAY_TEST_STORE_FIXTURE_H
#define ASSAY_TEST_STORE_FIXTURE_H

#include "assay/object.h"

#include "catalog.h"
#include "handle.h"
#include "lineage_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

/* Linked with --wrap; each fails with this errno while it is not 0. */
static int fail_fdatasync, fail_fsync, fail_pwrite, fail_commit, fail_mmap;
static unsigned skip_pwrites; /* so many succeed before */
static unsigned fail_digest_at, digests;
static unsigned long pretend_fs;
static size_t largest_map;
static ino_t watched; /* fsyncs of this file are counted */
static unsigned watched_syncs;

/* A process that is to die dies before or after the n-th thing it does to a disk. */
static unsigned points, die_at;

static void point(void)
{
	if (++points == die_at)
		(void)kill(getpid(), SIGKILL);
}

#define WRAP(type, name, params, args, before)                                                                         \
	type __real_##name params;                                                                                     \
	type __wrap_##name params;                                                                                     \
	type __wrap_##name params                                                                                      \
	{                                                                                                              \
		type r;                                                                                                \
		point();                                                                                               \
		before;                                                                                                \
		r = __real_##name args;                                                                                \
		point();                                                                                               \
		return r;                                                                                              \
	}

static bool fails(int with)
{
	errno = with;
	return with != 0;
}

static void watch(int fd)
{
	struct stat st;

	watched_syncs += watched != 0 && fstat(fd, &st) == 0 && st.st_ino == watched;
}

static bool pwrite_fails(void)
{
	if (fail_pwrite == 0 || skip_pwrites > 0) {
		skip_pwrites -= skip_pwrites > 0;
		return false;
	}
	return fails(fail_pwrite);
}

int __real_mdb_txn_commit(MDB_txn *txn);
static bool commit_lies; /* it commits, and says that it failed */

static int refuse_commit(MDB_txn *txn)
{
	if (!commit_lies)
		mdb_txn_abort(txn);
	else if (__real_mdb_txn_commit(txn) != MDB_SUCCESS)
		abort();
	return fail_commit;
}

WRAP(int, fdatasync, (int fd), (fd), if (fails(fail_fdatasync)) return -1)
WRAP(int, fsync, (int fd), (fd), watch(fd); if (fails(fail_fsync)) return -1)
WRAP(ssize_t, pwrite64, (int fd, const void *p, size_t n, off_t at), (fd, p, n, at), if (pwrite_fails()) return -1)
WRAP(int, renameat, (int a, const char *from, int b, const char *to), (a, from, b, to), )
WRAP(int, unlinkat, (int fd, const char *name, int flags), (fd, name, flags), )
WRAP(int, ftruncate64, (int fd, off_t size), (fd, size), )
WRAP(int, mkdirat, (int fd, const char *name, mode_t mode), (fd, name, mode), )
WRAP(int, mdb_txn_commit, (MDB_txn * txn), (txn), if (fail_commit != 0) return refuse_commit(txn))
WRAP(void *, mmap64, (void *p, size_t n, int prot, int flags, int fd, off_t at), (p, n, prot, flags, fd, at),
     if (fails(fail_mmap)) return MAP_FAILED)
WRAP(int, SHA256_Update, (void *ctx, const void *p, size_t n), (ctx, p, n), if (++digests == fail_digest_at) return 0)

int __real_fstatfs64(int fd, struct statfs *fs);
int __wrap_fstatfs64(int fd, struct statfs *fs);
int __wrap_fstatfs64(int fd, struct statfs *fs)
{
	const int r = __real_fstatfs64(fd, fs);

	if (pretend_fs != 0)
		fs->f_type = (__fsword_t)pretend_fs;
	return r;
}

/* mdb_env_info needs a mapped environment, so the size is remembered from the call that set it. */
static size_t map_size;
static int fail_remap;
int __real_mdb_env_set_mapsize(MDB_env *env, size_t size);
int __wrap_mdb_env_set_mapsize(MDB_env *env, size_t size);
int __wrap_mdb_env_set_mapsize(MDB_env *env, size_t size)
{
	map_size = size;
	return fail_remap != 0 ? fail_remap : __real_mdb_env_set_mapsize(env, size);
}

int __real_mdb_env_open(MDB_env *env, const char *path, unsigned flags, mdb_mode_t mode);
int __wrap_mdb_env_open(MDB_env *env, const char *path, unsigned flags, mdb_mode_t mode);
int __wrap_mdb_env_open(MDB_env *env, const char *path, unsigned flags, mdb_mode_t mode)
{
	return map_size > largest_map ? ENOMEM : __real_mdb_env_open(env, path, flags, mode);
}

static const char *store_dir;

static inline int setup(void **state)
{
	arm(0);
	fail_fdatasync = fail_fsync = fail_pwrite = fail_commit = fail_mmap = fail_remap = 0;
	skip_pwrites = fail_digest_at = die_at = 0;
	commit_lies = false;
	pretend_fs = 0;
	largest_map = SIZE_MAX;
	watched = 0;
	if (make_dir(state) != 0)
		return -1;
	store_dir = FIXTURE(state)->store;
	return 0;
}

static inline int teardown(void **state)
{
	return close_store(state);
}

static inline assay_store *create_store(void)
{
	const assay_store_opts o = {.create = true};
	assay_store *s = NULL;
	assay_err err = ASSAY_ERR_INIT;

	if (assay_store_open(&s, store_dir, &o, &err) != ASSAY_OK)
		fail_msg("%s", err.msg);
	return s;
}

static inline assay_store *open_reader(void)
{
	const assay_store_opts o = {.read_only = true};
	assay_store *s = NULL;
	assay_err err = ASSAY_ERR_INIT;

	if (assay_store_open(&s, store_dir, &o, &err) != ASSAY_OK)
		fail_msg("%s", err.msg);
	return s;
}

static inline const char *path_in_store(const char *name)
{
	static char path[192];

	(void)snprintf(path, sizeof(path), "%s/%s", store_dir, name);
	return path;
}

static inline assay_digest put(assay_store *s, const void *p, size_t n)
{
	assay_digest d;

	assert_int_equal(assay_object_put(s, ASSAY_OBJECT_ARTIFACT, p, n, NULL, &d, NULL, NULL), ASSAY_OK);
	return d;
}

static inline assay_code get(assay_store *s, const assay_digest *d, assay_buf *out, assay_err *err)
{
	assay_buf_reset(out);
	return assay_object_get(s, d, out, err);
}

/* A text that says its number, longer for some. */
static inline size_t numbered(char out[2048], unsigned i)
{
	const int n = snprintf(out, 2048, "object number %u", i);

	memset(out + n, '.', 2048 - (size_t)n);
	return (size_t)n + i * 37 % 1500;
}

static inline assay_digest put_numbered(assay_store *s, unsigned i)
{
	char bytes[2048];

	return put(s, bytes, numbered(bytes, i));
}

static inline void assert_numbered(assay_store *s, unsigned from, unsigned to)
{
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;

	for (unsigned i = from; i < to; i++) {
		char bytes[2048];
		const size_t n = numbered(bytes, i);
		assay_digest d;
		assay_err err = ASSAY_ERR_INIT;

		assert_int_equal(assay_digest_of(&d, bytes, n, NULL), ASSAY_OK);
		if (get(s, &d, &out, &err) != ASSAY_OK)
			fail_msg("object %u: %s", i, err.msg);
		assert_int_equal(out.len, n);
		assert_memory_equal(out.data, bytes, n);
	}
}

/* What lies in the store but for the catalog. */
struct disk {
	unsigned files;
	uint64_t bytes;
};

static struct disk weighed;

static inline int weigh_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)path;
	(void)at;
	if (type == FTW_F) {
		weighed.files++;
		weighed.bytes += (uint64_t)st->st_size;
	}
	return 0;
}

static inline struct disk weigh(void)
{
	weighed = (struct disk){0};
	assert_int_equal(nftw(path_in_store("packs"), weigh_one, 16, FTW_PHYS), 0);
	assert_int_equal(nftw(path_in_store("objects"), weigh_one, 16, FTW_PHYS), 0);
	return weighed;
}

static inline void assert_weighs(const struct disk *expected)
{
	const struct disk now = weigh();

	assert_int_equal(now.files, expected->files);
	assert_int_equal(now.bytes, expected->bytes);
}

/* Its result, as the status of a process of its own: a process must not have a store open twice. */
static inline int in_child(int (*fn)(void))
{
	int status = -1;
	const pid_t pid = fork();

	if (pid == 0)
		_exit(fn());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

#define STORE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
