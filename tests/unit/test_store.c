#include "assay/object.h"
#include "assay/store.h"

#include "catalog.h"
#include "pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Linked with --wrap. Each fails once when its counter reaches the number that a test has set. */
static unsigned calls, fail_at;
static int fail_fdatasync, fail_fsync, fail_commit;
static unsigned long pretend_fs;
static size_t largest_map;

#define WRAP_ALLOC(name, params, args)                                                                                 \
	void *__real_##name params;                                                                                    \
	void *__wrap_##name params;                                                                                    \
	void *__wrap_##name params                                                                                     \
	{                                                                                                              \
		return ++calls == fail_at ? NULL : __real_##name args;                                                 \
	}
WRAP_ALLOC(malloc, (size_t n), (n))
WRAP_ALLOC(calloc, (size_t n, size_t s), (n, s))
WRAP_ALLOC(realloc, (void *p, size_t n), (p, n))

int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
int __wrap_fdatasync(int fd)
{
	if (fail_fdatasync == 0)
		return __real_fdatasync(fd);
	errno = fail_fdatasync;
	return -1;
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
	if (fail_fsync == 0)
		return __real_fsync(fd);
	errno = fail_fsync;
	return -1;
}

int __real_fstatfs64(int fd, struct statfs *fs);
int __wrap_fstatfs64(int fd, struct statfs *fs);
int __wrap_fstatfs64(int fd, struct statfs *fs)
{
	const int r = __real_fstatfs64(fd, fs);

	if (pretend_fs != 0)
		fs->f_type = (__fsword_t)pretend_fs;
	return r;
}

int __real_mdb_txn_commit(MDB_txn *txn);
int __wrap_mdb_txn_commit(MDB_txn *txn);
int __wrap_mdb_txn_commit(MDB_txn *txn)
{
	if (fail_commit == 0)
		return __real_mdb_txn_commit(txn);
	mdb_txn_abort(txn);
	return fail_commit;
}

/* mdb_env_info needs a mapped environment, so the size is remembered from the call that set it. */
static size_t map_size;
int __real_mdb_env_set_mapsize(MDB_env *env, size_t size);
int __wrap_mdb_env_set_mapsize(MDB_env *env, size_t size);
int __wrap_mdb_env_set_mapsize(MDB_env *env, size_t size)
{
	map_size = size;
	return __real_mdb_env_set_mapsize(env, size);
}

int __real_mdb_env_open(MDB_env *env, const char *path, unsigned flags, mdb_mode_t mode);
int __wrap_mdb_env_open(MDB_env *env, const char *path, unsigned flags, mdb_mode_t mode);
int __wrap_mdb_env_open(MDB_env *env, const char *path, unsigned flags, mdb_mode_t mode)
{
	return map_size > largest_map ? ENOMEM : __real_mdb_env_open(env, path, flags, mode);
}

static char dir[] = "/tmp/assay-test-store-XXXXXX";
static char store_dir[64];

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static int setup(void **state)
{
	(void)state;
	fail_at = calls = 0;
	fail_fdatasync = fail_fsync = fail_commit = 0;
	pretend_fs = 0;
	largest_map = SIZE_MAX;
	memcpy(dir + sizeof dir - 7, "XXXXXX", 6);
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(store_dir, sizeof store_dir, "%s/store", dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fail_at = 0;
	return nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static assay_store *open_store(void)
{
	const assay_store_opts o = {.create = true};
	assay_store *s = NULL;
	assay_err err = ASSAY_ERR_INIT;

	if (assay_store_open(&s, store_dir, &o, &err) != ASSAY_OK)
		fail_msg("%s", err.msg);
	return s;
}

static assay_digest put(assay_store *s, const void *p, size_t n)
{
	assay_digest d;

	assert_int_equal(assay_object_put(s, ASSAY_OBJECT_ARTIFACT, p, n, NULL, &d, NULL, NULL), ASSAY_OK);
	return d;
}

static assay_code get(assay_store *s, const assay_digest *d, assay_buf *out, assay_err *err)
{
	assay_buf_reset(out);
	return assay_object_get(s, d, out, err);
}

/* ---------------------------------------------------------------- opening */

static void store_open__missing__enoent_says_what_makes_one(void **state)
{
	assay_store *s = (assay_store *)(uintptr_t)1;
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	assert_int_equal(assay_store_open(&s, store_dir, NULL, &err), ASSAY_ENOENT);
	assert_null(s);
	assert_non_null(strstr(err.msg, "assay init"));
	assert_non_null(strstr(err.msg, store_dir));
}

/* In a process of its own: LMDB forbids two environments on one file in one process. */
static int opens_for_reading(void)
{
	int status;
	const pid_t pid = fork();

	if (pid == 0) {
		const assay_store_opts read_only = {.read_only = true};
		assay_store *reader = NULL;

		_exit(assay_store_open(&reader, store_dir, &read_only, NULL) == ASSAY_OK ? 0 : 1);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void store_open__second_writer__busy_names_pid(void **state)
{
	ASSAY_AUTO_STORE first = open_store();
	ASSAY_AUTO_STORE second = NULL;
	assay_err err = ASSAY_ERR_INIT;
	char pid[32];

	(void)state;
	assert_non_null(first);
	(void)snprintf(pid, sizeof pid, "pid %ld", (long)getpid());
	assert_int_equal(assay_store_open(&second, store_dir, NULL, &err), ASSAY_EBUSY);
	assert_non_null(strstr(err.msg, pid));
	assert_true(opens_for_reading());
}

static void store_open__other_format__refused(void **state)
{
	ASSAY_AUTO_STORE s = open_store();
	assay_err err = ASSAY_ERR_INIT;
	char path[80];
	FILE *f;

	(void)state;
	assay_store_close(ASSAY_STEAL(&s));
	(void)snprintf(path, sizeof path, "%s/format", store_dir);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs("assay store 2\n", f) >= 0 && fclose(f) == 0);
	assert_int_equal(assay_store_open(&s, store_dir, NULL, &err), ASSAY_EUNSUPPORTED);
	assert_non_null(strstr(err.msg, "assay store 1"));
}

static void store_open__network_file_systems__refused_by_name(void **state)
{
	static const struct {
		unsigned long magic;
		const char *name;
	} rows[] = {{0x6969, "NFS"}, {0xff534d42, "CIFS"}, {0x0bd00bd0, "Lustre"}, {0x65735546, "FUSE"}};
	const assay_store_opts create = {.create = true};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assay_store *s = NULL;
		assay_err err = ASSAY_ERR_INIT;

		pretend_fs = rows[i].magic;
		assert_int_equal(assay_store_open(&s, store_dir, &create, &err), ASSAY_EUNSUPPORTED);
		assert_non_null(strstr(err.msg, rows[i].name));
		assert_null(s);
	}
}

static void store_open__small_address_space__halves_the_map(void **state)
{
	ASSAY_AUTO_STORE s = NULL;

	(void)state;
	largest_map = (size_t)1 << 30;
	s = open_store();
	put(s, "x", 1);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
}

static void store_open__every_alloc_fails_in_turn__enomem_no_leak(void **state)
{
	unsigned n = 0;
	assay_code rc;

	(void)state;
	assay_store_close(open_store());
	do {
		ASSAY_AUTO_STORE s = NULL;

		calls = 0;
		fail_at = ++n;
		rc = assay_store_open(&s, store_dir, NULL, NULL);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		assert_int_equal(s != NULL, rc == ASSAY_OK);
		fail_at = 0;
	} while (rc != ASSAY_OK);
	assert_in_range(n, 3, 200);
}

/* ---------------------------------------------------------------- objects */

static void object__small_large_empty__come_back(void **state)
{
	static const size_t sizes[] = {0, 1, 7, 8, 4096, ASSAY_OBJECT_LARGE, ASSAY_OBJECT_LARGE + 1};
	ASSAY_AUTO_STORE s = open_store();
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;
	unsigned char *data = malloc(ASSAY_OBJECT_LARGE + 1);
	assay_digest d[sizeof sizes / sizeof *sizes];

	(void)state;
	assert_non_null(data);
	for (size_t i = 0; i < ASSAY_OBJECT_LARGE + 1; i++)
		data[i] = (unsigned char)(i * 31 >> 3);
	for (int pass = 0; pass < 3; pass++) { /* in the group, after the commit, after a reopen */
		for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
			assay_object_info info;

			if (pass == 0)
				d[i] = put(s, data, sizes[i]);
			assert_int_equal(get(s, &d[i], &out, NULL), ASSAY_OK);
			assert_int_equal(out.len, sizes[i]);
			assert_true(sizes[i] == 0 || memcmp(out.data, data, sizes[i]) == 0);
			assert_int_equal(assay_object_find(s, &d[i], &info, NULL), ASSAY_OK);
			assert_int_equal(info.pack == 0, sizes[i] > ASSAY_OBJECT_LARGE);
		}
		assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
		if (pass == 1) {
			assay_store_close(s);
			s = open_store();
		}
	}
	free(data);
}

static void object__put_twice__writes_nothing(void **state)
{
	ASSAY_AUTO_STORE s = open_store();
	struct stat before, after;
	char path[96];

	(void)state;
	put(s, "same", 4);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	(void)snprintf(path, sizeof path, "%s/packs/00000001.pack", store_dir);
	assert_int_equal(stat(path, &before), 0);
	put(s, "same", 4);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_size, after.st_size);
}

static void object__unknown__enoent_names_it(void **state)
{
	ASSAY_AUTO_STORE s = open_store();
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;
	assay_digest d = {{0xab}};
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	assert_int_equal(get(s, &d, &out, &err), ASSAY_ENOENT);
	assert_non_null(strstr(err.msg, "object ab00"));
}

static void flip(const char *name, long offset_from_end)
{
	char path[128];
	FILE *f;
	int c;

	(void)snprintf(path, sizeof path, "%s/%s", store_dir, name);
	f = fopen(path, "r+");
	assert_non_null(f);
	assert_int_equal(fseek(f, -offset_from_end, SEEK_END), 0);
	c = fgetc(f);
	assert_int_equal(fseek(f, -offset_from_end, SEEK_END), 0);
	assert_int_equal(fputc(c ^ 1, f), c ^ 1);
	assert_int_equal(fclose(f), 0);
}

static void object__flipped_bit__corrupt_names_it(void **state)
{
	ASSAY_AUTO_STORE s = open_store();
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;
	const assay_digest small = put(s, "eight by", 8);
	char *data = calloc(1, ASSAY_OBJECT_LARGE + 1);
	assay_digest large;
	char hex[ASSAY_DIGEST_HEX], path[96];
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	assert_non_null(data);
	large = put(s, data, ASSAY_OBJECT_LARGE + 1);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	flip("packs/00000001.pack", 3);
	assay_digest_hex(&large, hex);
	(void)snprintf(path, sizeof path, "objects/%.2s/%s", hex, hex + 2);
	flip(path, 100);
	assert_int_equal(get(s, &small, &out, &err), ASSAY_ECORRUPT);
	assert_non_null(strstr(err.msg, "another digest"));
	assert_int_equal(get(s, &large, &out, &err), ASSAY_ECORRUPT);
	assert_non_null(strstr(err.msg, hex));
	assert_int_equal(out.len, 0);
	free(data);
}

/* ---------------------------------------------------------------- groups */

static void store__rollback__leaves_nothing(void **state)
{
	ASSAY_AUTO_STORE s = open_store();
	assay_object_info info;
	assay_digest kept, lost;
	uint64_t a, b;

	(void)state;
	kept = put(s, "kept", 4);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	assert_int_equal(assay_next_id(s, ASSAY_TABLE_UNIT, &a, NULL), ASSAY_OK);
	lost = put(s, "lost", 4);
	assay_store_rollback(s);
	assert_int_equal(assay_object_find(s, &lost, &info, NULL), ASSAY_ENOENT);
	assert_int_equal(assay_object_find(s, &kept, &info, NULL), ASSAY_OK);
	assert_int_equal(assay_next_id(s, ASSAY_TABLE_UNIT, &b, NULL), ASSAY_OK);
	assert_int_equal(a, b);
}

static void commit_fails_then_store_is_as_before(assay_code expected)
{
	ASSAY_AUTO_STORE s = NULL;
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;
	const int fds = fail_fdatasync, fs = fail_fsync, commit = fail_commit;
	assay_object_info info;
	assay_digest kept, lost;
	assay_err err = ASSAY_ERR_INIT;

	fail_fdatasync = fail_fsync = fail_commit = 0;
	s = open_store();
	kept = put(s, "kept", 4);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	lost = put(s, "lost", 4);
	fail_fdatasync = fds, fail_fsync = fs, fail_commit = commit;
	assert_int_equal(assay_store_commit(s, &err), expected);
	assert_non_null(strstr(err.msg, store_dir));
	fail_fdatasync = fail_fsync = fail_commit = 0;
	assert_int_equal(assay_object_find(s, &lost, &info, NULL), ASSAY_ENOENT);
	assert_int_equal(get(s, &kept, &out, NULL), ASSAY_OK);
	/* and it goes on */
	lost = put(s, "lost", 4);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	assert_int_equal(get(s, &lost, &out, NULL), ASSAY_OK);
}

static void store_commit__fdatasync_fails__told_and_undone(void **state)
{
	(void)state;
	fail_fdatasync = EIO;
	commit_fails_then_store_is_as_before(ASSAY_EIO);
}

static void store_commit__disk_full__told_and_undone(void **state)
{
	(void)state;
	fail_fdatasync = ENOSPC;
	commit_fails_then_store_is_as_before(ASSAY_EFULL);
}

static void store_commit__catalog_refuses__told_and_undone(void **state)
{
	static const struct {
		int mrc;
		assay_code code;
	} rows[] = {{EIO, ASSAY_EIO}, {ENOSPC, ASSAY_EFULL}, {MDB_MAP_FULL, ASSAY_EFULL}};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		fail_commit = rows[i].mrc;
		commit_fails_then_store_is_as_before(rows[i].code);
		assert_int_equal(teardown(state), 0);
		assert_int_equal(setup(state), 0);
	}
}

static void object_put__large_object_cannot_be_synced__told(void **state)
{
	ASSAY_AUTO_STORE s = open_store();
	char *data = calloc(1, ASSAY_OBJECT_LARGE + 1);
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	assert_non_null(data);
	fail_fsync = EIO;
	assert_int_equal(
	    assay_object_put(s, ASSAY_OBJECT_ARTIFACT, data, ASSAY_OBJECT_LARGE + 1, NULL, NULL, NULL, &err),
	    ASSAY_EIO);
	free(data);
}

/* A writer is killed at any moment: what it had committed is there, what it had not is gone, and the next goes on. */
static void store__killed_writer__next_one_finds_the_last_commit(void **state)
{
	unsigned seed = 20261122;

	(void)state;
	print_message("seed %u\n", seed);
	assay_store_close(open_store());
	for (int i = 0; i < 30; i++) {
		int pipe_fds[2], status;
		uint32_t acknowledged = 0, n;
		pid_t pid;

		assert_int_equal(pipe(pipe_fds), 0);
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			assay_store *s = open_store();

			for (n = 0;; n++) {
				char text[32];

				(void)snprintf(text, sizeof text, "loop %d object %u", i, n);
				if (assay_object_put(s, ASSAY_OBJECT_ARTIFACT, text, strlen(text), NULL, NULL, NULL,
						     NULL) != ASSAY_OK ||
				    (n % 3 == 2 && (assay_store_commit(s, NULL) != ASSAY_OK ||
						    write(pipe_fds[1], &n, sizeof n) != sizeof n)))
					_exit(1);
			}
		}
		(void)close(pipe_fds[1]);
		(void)usleep((unsigned)rand_r(&seed) % 20000);
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		while (read(pipe_fds[0], &n, sizeof n) == sizeof n)
			acknowledged = n + 1;
		(void)close(pipe_fds[0]);
		{
			ASSAY_AUTO_STORE s = open_store();
			ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;

			for (n = 0; n < acknowledged; n++) {
				char text[32];
				assay_digest d;

				(void)snprintf(text, sizeof text, "loop %d object %u", i, n);
				assert_int_equal(assay_digest_of(&d, text, strlen(text), NULL), ASSAY_OK);
				assert_int_equal(get(s, &d, &out, NULL), ASSAY_OK);
			}
		}
	}
}

static void store_open__pack_shorter_than_catalog_says__corrupt(void **state)
{
	ASSAY_AUTO_STORE s = open_store();
	assay_err err = ASSAY_ERR_INIT;
	char path[96];

	(void)state;
	put(s, "some bytes", 10);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	assay_store_close(ASSAY_STEAL(&s));
	(void)snprintf(path, sizeof path, "%s/packs/00000001.pack", store_dir);
	assert_int_equal(truncate(path, 40), 0);
	assert_int_equal(assay_store_open(&s, store_dir, NULL, &err), ASSAY_ECORRUPT);
	assert_non_null(strstr(err.msg, "pack 1 has 40 bytes"));
}

/* ---------------------------------------------------------------- rows, index, edges */

static void row__changed_value__corrupt_names_table_and_row(void **state)
{
	ASSAY_AUTO_STORE s = open_store();
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_err err = ASSAY_ERR_INIT;
	const void *p;
	size_t n;

	(void)state;
	assay_buf_puts(&b, "a payload that nothing else holds");
	assert_int_equal(assay_row_put_at(s, ASSAY_TABLE_RUN, 7, &b, NULL), ASSAY_OK);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	assay_store_close(ASSAY_STEAL(&s));
	{
		ASSAY_AUTO_BUF file = ASSAY_BUF_INIT;
		char path[96];
		unsigned char *at;
		FILE *f;

		(void)snprintf(path, sizeof path, "%s/catalog/data.mdb", store_dir);
		f = fopen(path, "r+");
		assert_non_null(f);
		assert_non_null(assay_buf_extend(&file, 1 << 20));
		file.len = fread(file.data, 1, 1 << 20, f);
		at = memmem(file.data, file.len, "nothing else", 12);
		assert_non_null(at);
		assert_int_equal(fseek(f, at - file.data, SEEK_SET), 0);
		assert_int_equal(fputc('N', f), 'N');
		assert_int_equal(fclose(f), 0);
	}
	s = open_store();
	assert_int_equal(assay_row_get_at(s, ASSAY_TABLE_RUN, 7, &p, &n, &err), ASSAY_ECORRUPT);
	assert_string_equal(err.msg, "catalog table 'run', row 7: its checksum differs");
	assert_int_equal(assay_row_get_at(s, ASSAY_TABLE_RUN, 8, &p, &n, &err), ASSAY_ENOENT);
}

static assay_code collect(void *ctx, uint64_t to, assay_err *err)
{
	uint64_t **at = ctx;

	(void)err;
	*(*at)++ = to;
	return ASSAY_OK;
}

static void edge__several__in_order_of_target(void **state)
{
	ASSAY_AUTO_STORE s = open_store();
	uint64_t seen[8] = {0}, *at = seen;

	(void)state;
	for (uint64_t to = 5; to > 2; to--)
		assert_int_equal(assay_edge_put(s, ASSAY_EDGE_CONTENT_UNIT, 256, to, NULL), ASSAY_OK);
	assert_int_equal(assay_edge_put(s, ASSAY_EDGE_CONTENT_UNIT, 257, 9, NULL), ASSAY_OK);
	assert_int_equal(assay_edge_put(s, ASSAY_EDGE_SIDECAR_UNIT, 256, 9, NULL), ASSAY_OK);
	assert_int_equal(assay_edges_each(s, ASSAY_EDGE_CONTENT_UNIT, 256, collect, &at, NULL), ASSAY_OK);
	assert_int_equal(at - seen, 3);
	assert_int_equal(seen[0], 3);
	assert_int_equal(seen[2], 5);
}

static assay_code count_prefix(void *ctx, const assay_digest *d, uint64_t id, assay_err *err)
{
	(void)d, (void)id, (void)err;
	++*(int *)ctx;
	return ASSAY_OK;
}

static void index_prefix__hex_digits__matches_half_bytes(void **state)
{
	ASSAY_AUTO_STORE s = open_store();
	static const struct {
		const char *hex;
		int expected;
	} rows[] = {{"", 3}, {"a", 3}, {"ab", 2}, {"abc", 2}, {"abcd", 1}, {"b", 0}, {"ac", 1}};
	const assay_digest d[] = {{{0xab, 0xcd}}, {{0xab, 0xce}}, {{0xac}}};

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(assay_index_put(s, ASSAY_INDEX_VERSION, &d[i], i + 1, NULL), ASSAY_OK);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int n = 0;

		assert_int_equal(assay_index_prefix(s, ASSAY_INDEX_VERSION, rows[i].hex, count_prefix, &n, NULL),
				 ASSAY_OK);
		assert_int_equal(n, rows[i].expected);
	}
}

#define STORE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(store_open__missing__enoent_says_what_makes_one),
	    STORE_TEST(store_open__second_writer__busy_names_pid),
	    STORE_TEST(store_open__other_format__refused),
	    STORE_TEST(store_open__network_file_systems__refused_by_name),
	    STORE_TEST(store_open__small_address_space__halves_the_map),
	    STORE_TEST(store_open__every_alloc_fails_in_turn__enomem_no_leak),
	    STORE_TEST(store_open__pack_shorter_than_catalog_says__corrupt),
	    STORE_TEST(object__small_large_empty__come_back),
	    STORE_TEST(object__put_twice__writes_nothing),
	    STORE_TEST(object__unknown__enoent_names_it),
	    STORE_TEST(object__flipped_bit__corrupt_names_it),
	    STORE_TEST(store__rollback__leaves_nothing),
	    STORE_TEST(store_commit__fdatasync_fails__told_and_undone),
	    STORE_TEST(store_commit__disk_full__told_and_undone),
	    STORE_TEST(store_commit__catalog_refuses__told_and_undone),
	    STORE_TEST(object_put__large_object_cannot_be_synced__told),
	    STORE_TEST(store__killed_writer__next_one_finds_the_last_commit),
	    STORE_TEST(row__changed_value__corrupt_names_table_and_row),
	    STORE_TEST(edge__several__in_order_of_target),
	    STORE_TEST(index_prefix__hex_digits__matches_half_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
