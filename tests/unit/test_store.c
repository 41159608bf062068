#include "assay/store.h"

#include "store_fixture.h"

#include <dirent.h>

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

static int read_one(void)
{
	assay_store *reader = open_reader();
	uint64_t n;
	const assay_code rc = assay_meta_get(reader, "pack.current", &n, NULL);

	assay_store_close(reader);
	return rc == ASSAY_OK ? 0 : 1;
}

static void store_open__second_writer__busy_names_pid(void **state)
{
	ASSAY_AUTO_STORE first = create_store();
	ASSAY_AUTO_STORE second = NULL;
	assay_err err = ASSAY_ERR_INIT;
	char pid[32];

	(void)state;
	assert_non_null(first);
	(void)snprintf(pid, sizeof(pid), "pid %ld", (long)getpid());
	assert_int_equal(assay_store_open(&second, store_dir, NULL, &err), ASSAY_EBUSY);
	assert_non_null(strstr(err.msg, pid));
	assert_int_equal(in_child(read_one), 0);
}

static void store_open__other_format__refused(void **state)
{
	ASSAY_AUTO_STORE s = create_store();
	assay_err err = ASSAY_ERR_INIT;
	char path[80];
	FILE *f;

	(void)state;
	assay_store_close(ASSAY_STEAL(&s));
	(void)snprintf(path, sizeof(path), "%s/format", store_dir);
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
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++) {
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
	s = create_store();
	put(s, "x", 1);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
}

static void store_open__every_alloc_fails_in_turn__enomem_no_leak(void **state)
{
	unsigned n = 0;
	assay_code rc;

	(void)state;
	assay_store_close(create_store());
	do {
		ASSAY_AUTO_STORE s = NULL;

		arm(++n);
		rc = assay_store_open(&s, store_dir, NULL, NULL);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		assert_int_equal(s != NULL, rc == ASSAY_OK);
		arm(0);
	} while (rc != ASSAY_OK);
	assert_in_range(n, 3, 200);
}

/* ---------------------------------------------------------------- objects */

static void object__small_large_empty__come_back(void **state)
{
	static const size_t sizes[] = {0, 1, 7, 8, 4096, ASSAY_OBJECT_LARGE, ASSAY_OBJECT_LARGE + 1};
	ASSAY_AUTO_STORE s = create_store();
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;
	unsigned char *data = malloc(ASSAY_OBJECT_LARGE + 1);
	assay_digest d[ASSAY_COUNT(sizes)];

	(void)state;
	assert_non_null(data);
	for (size_t i = 0; i < ASSAY_OBJECT_LARGE + 1; i++)
		data[i] = (unsigned char)(i * 31 >> 3);
	for (int pass = 0; pass < 3; pass++) { /* in the group, after the commit, after a reopen */
		for (size_t i = 0; i < ASSAY_COUNT(sizes); i++) {
			assay_object_info info;
			unsigned char head[64] = {0};
			size_t n;

			if (pass == 0)
				d[i] = put(s, data, sizes[i]);
			assert_int_equal(assay_object_head(s, &d[i], head, sizeof head, &n, NULL), ASSAY_OK);
			assert_int_equal(n, sizes[i] < sizeof head ? sizes[i] : sizeof head);
			assert_memory_equal(head, data, n);
			assert_int_equal(get(s, &d[i], &out, NULL), ASSAY_OK);
			assert_int_equal(out.len, sizes[i]);
			assert_true(sizes[i] == 0 || memcmp(out.data, data, sizes[i]) == 0);
			assert_int_equal(assay_object_find(s, &d[i], &info, NULL), ASSAY_OK);
			assert_int_equal(info.pack == 0, sizes[i] > ASSAY_OBJECT_LARGE);
		}
		assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
		if (pass == 1) {
			assay_store_close(s);
			s = create_store();
		}
	}
	free(data);
}

static void object__put_twice__writes_nothing(void **state)
{
	ASSAY_AUTO_STORE s = create_store();
	struct stat before, after;
	char path[96];

	(void)state;
	put(s, "same", 4);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	(void)snprintf(path, sizeof(path), "%s/packs/00000001.pack", store_dir);
	assert_int_equal(stat(path, &before), 0);
	put(s, "same", 4);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_size, after.st_size);
}

static void object__unknown__enoent_names_it(void **state)
{
	ASSAY_AUTO_STORE s = create_store();
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;
	assay_digest d = {{0xab}};
	assay_err err = ASSAY_ERR_INIT;
	unsigned char head[8];
	size_t n;

	(void)state;
	assert_int_equal(get(s, &d, &out, &err), ASSAY_ENOENT);
	assert_non_null(strstr(err.msg, "object ab00"));
	assert_int_equal(assay_object_head(s, &d, head, sizeof head, &n, &err), ASSAY_ENOENT);
	assert_int_equal(n, 0);
}

static void flip(const char *name, long offset_from_end)
{
	char path[128];
	FILE *f;
	int c;

	(void)snprintf(path, sizeof(path), "%s/%s", store_dir, name);
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
	ASSAY_AUTO_STORE s = create_store();
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
	(void)snprintf(path, sizeof(path), "objects/%.2s/%s", hex, hex + 2);
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
	ASSAY_AUTO_STORE s = create_store();
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
	s = create_store();
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

	for (size_t i = 0; i < ASSAY_COUNT(rows); i++) {
		fail_commit = rows[i].mrc;
		commit_fails_then_store_is_as_before(rows[i].code);
		assert_int_equal(teardown(state), 0);
		assert_int_equal(setup(state), 0);
	}
}

static void store_commit__without_an_error_to_fill__still_its_code(void **state)
{
	ASSAY_AUTO_STORE s = create_store();

	(void)state;
	(void)put_numbered(s, 0);
	fail_commit = ENOSPC;
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_EFULL);
}

/* Nothing is committed on top of a group that could not be undone. */
static void store_rollback__fails__so_does_all_else_until_it_succeeds(void **state)
{
	ASSAY_AUTO_STORE s = create_store();
	char here[192], away[192];

	(void)state;
	(void)put_numbered(s, 0);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	(void)put_numbered(s, 1);
	(void)strcpy(here, path_in_store("packs/00000001.pack"));
	(void)strcpy(away, path_in_store("packs/away"));
	assert_int_equal(rename(here, away), 0);
	assay_store_rollback(s);
	assert_int_equal(assay_object_put(s, ASSAY_OBJECT_ARTIFACT, "x", 1, NULL, NULL, NULL, NULL), ASSAY_EINVAL);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_EINVAL);
	assert_int_equal(rename(away, here), 0);
	assay_store_rollback(s);
	(void)put_numbered(s, 2);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	assert_numbered(s, 0, 1);
	assert_numbered(s, 2, 3);
}

/* ---------------------------------------------------------------- kills */

#define GROUPS     2
#define GROUP_SIZE 5

/* Groups of numbered objects over many packs, each with a row; what is committed is told through the pipe. */
static void write_groups(unsigned group, unsigned end, int told)
{
	assay_store *s = create_store();

	s->packs.full = 2048;
	for (; group < end; group++) {
		uint64_t id;

		for (unsigned i = 0; i < GROUP_SIZE; i++)
			(void)put_numbered(s, group * GROUP_SIZE + i);
		if (assay_content_id(s, &(assay_digest){{(uint8_t)group, 1}}, &id, NULL) != ASSAY_OK ||
		    id != group + 1 || assay_store_commit(s, NULL) != ASSAY_OK ||
		    write(told, &group, sizeof(group)) != sizeof(group))
			_exit(1);
	}
	assay_store_close(s);
}

static assay_code find_numbered(assay_store *s, unsigned i)
{
	char bytes[2048];
	assay_digest d;
	assay_object_info o;

	assert_int_equal(assay_digest_of(&d, bytes, numbered(bytes, i), NULL), ASSAY_OK);
	return assay_object_find(s, &d, &o, NULL);
}

/* Groups that are there: all that were told, and none in part. */
static unsigned count_groups(unsigned told)
{
	ASSAY_AUTO_STORE s = create_store();
	unsigned groups = 0;
	uint64_t id;

	while (assay_index_get(s, ASSAY_INDEX_CONTENT, &(assay_digest){{(uint8_t)groups, 1}}, &id, NULL) == ASSAY_OK)
		groups++;
	assert_true(groups >= told);
	assert_numbered(s, 0, groups * GROUP_SIZE);
	for (unsigned i = groups * GROUP_SIZE; i < (groups + 1) * GROUP_SIZE; i++)
		assert_int_equal(find_numbered(s, i), ASSAY_ENOENT);
	assert_int_equal(weigh().files, s->packs.current);
	return groups;
}

/* Returns the groups that the writer told of before it died or ended. */
static unsigned run_writer(unsigned group, unsigned end, unsigned dies_at, useconds_t after, bool *killed)
{
	int fds[2], status;
	unsigned told = group, n;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		points = 0;
		die_at = dies_at;
		write_groups(group, end, fds[1]);
		_exit(0);
	}
	(void)close(fds[1]);
	if (after > 0 && usleep(after) == 0)
		(void)kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
	*killed = WIFSIGNALED(status);
	while (read(fds[0], &n, sizeof(n)) == sizeof(n))
		told = n + 1;
	(void)close(fds[0]);
	return told;
}

/* Before and after each thing that a writer does to the disk, from making the store on. */
static void store__killed_at_every_point__groups_are_whole_and_the_next_goes_on(void **state)
{
	bool killed = true;
	unsigned n;

	largest_map = (size_t)64 << 20;
	for (n = 1; killed; n++) {
		const unsigned told = run_writer(0, GROUPS, n, 0, &killed);
		const unsigned there = count_groups(told);

		assert_true(there >= told && there <= GROUPS);
		if (there < GROUPS)
			assert_int_equal(run_writer(there, GROUPS, 0, 0, &killed), GROUPS);
		assert_int_equal(count_groups(GROUPS), GROUPS);
		killed = there < GROUPS;
		assert_int_equal(teardown(state), 0);
		assert_int_equal(setup(state), 0);
		largest_map = (size_t)64 << 20;
	}
	assert_in_range(n, 30, 1000);
}

static void store__killed_at_any_moment__groups_are_whole_and_the_next_goes_on(void **state)
{
	unsigned groups = 0;
	bool killed;

	(void)state;
	seed();
	largest_map = (size_t)64 << 20;
	assay_store_close(create_store());
	/* On a slow disk the first lives may all end before a group is whole: later ones are longer. */
	for (unsigned i = 0; i < 30 || (groups == 0 && i < 120); i++)
		groups = count_groups(run_writer(groups, 200, 0, 1 + rnd() % (20000 * (1 + i / 10)), &killed));
	assert_true(groups > 0);
}

static void store_open__pack_shorter_than_catalog_says__corrupt(void **state)
{
	ASSAY_AUTO_STORE s = create_store();
	assay_err err = ASSAY_ERR_INIT;
	char path[96];

	(void)state;
	put(s, "some bytes", 10);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	assay_store_close(ASSAY_STEAL(&s));
	(void)snprintf(path, sizeof(path), "%s/packs/00000001.pack", store_dir);
	assert_int_equal(truncate(path, 40), 0);
	assert_int_equal(assay_store_open(&s, store_dir, NULL, &err), ASSAY_ECORRUPT);
	assert_non_null(strstr(err.msg, "pack 1 has 40 bytes"));
}

static void store_open__made_in_part__no_store_until_it_is_finished(void **state)
{
	const assay_store_opts read_only = {.read_only = true};
	ASSAY_AUTO_STORE s = create_store();

	(void)state;
	(void)put_numbered(s, 0);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	assay_store_close(ASSAY_STEAL(&s));
	assert_int_equal(unlink(path_in_store("format")), 0);
	assert_int_equal(assay_store_open(&s, store_dir, &read_only, NULL), ASSAY_ENOENT);
	assert_int_equal(assay_store_open(&s, store_dir, NULL, NULL), ASSAY_ENOENT);
	s = create_store();
	assert_numbered(s, 0, 1);
	assay_store_close(ASSAY_STEAL(&s));
	s = open_reader();
	assert_numbered(s, 0, 1);
}

/* Folders that the store is found by are durable before it is one. */
static void store_open__new__folders_are_synced(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(stat(FIXTURE(state)->dir, &st), 0);
	watched = st.st_ino;
	watched_syncs = 0;
	assay_store_close(create_store());
	assert_int_equal(watched_syncs, 1);
	assay_store_close(create_store());
	assert_int_equal(watched_syncs, 1);
}

static unsigned inherited_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned n = 0;

	assert_non_null(dir);
	for (const struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
		const int flags = fcntl(atoi(e->d_name), F_GETFD);

		n += e->d_name[0] != '.' && flags >= 0 && (flags & FD_CLOEXEC) == 0;
	}
	(void)closedir(dir);
	return n;
}

/* A worker that inherited the lock would hold it after the coordinator is gone. */
static void store__descriptors__none_is_inherited_by_workers(void **state)
{
	const unsigned before = inherited_fds();
	ASSAY_AUTO_STORE s = create_store();
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;
	const assay_digest d = put_numbered(s, 0);

	(void)state;
	assert_int_equal(get(s, &d, &out, NULL), ASSAY_OK);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	assert_int_equal(inherited_fds(), before);
}

/* ---------------------------------------------------------------- readers */

/* Steps that the writer takes when it is told to; each ends with a byte back. */
static void write_in_steps(int steps, int done)
{
	assay_store *s = create_store();
	char c;

	s->packs.full = 4096;
	for (unsigned step = 0; read(steps, &c, 1) == 1; step++) {
		if (step == 0)
			for (unsigned i = 1; i < 30; i++)
				(void)put_numbered(s, i);
		else if (step == 1 && assay_store_commit(s, NULL) != ASSAY_OK)
			_exit(1);
		else if (step == 2)
			(void)put_numbered(s, 30);
		else if (step == 3)
			assay_store_rollback(s);
		if (write(done, "", 1) != 1)
			_exit(1);
	}
	assay_store_close(s);
	_exit(0);
}

static void step(const int fds[2])
{
	char c;

	assert_int_equal(write(fds[1], "", 1), 1);
	assert_int_equal(read(fds[0], &c, 1), 1);
}

static void reader__snapshot__lasts_until_refresh(void **state)
{
	ASSAY_AUTO_STORE s = create_store();
	int steps[2], done[2], status;
	pid_t pid;

	(void)state;
	(void)put_numbered(s, 0);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	assay_store_close(ASSAY_STEAL(&s));
	assert_true(pipe(steps) == 0 && pipe(done) == 0);
	pid = fork();
	if (pid == 0) {
		(void)close(steps[1]);
		write_in_steps(steps[0], done[1]);
	}
	s = open_reader();
	for (int i = 0; i < 2; i++) { /* put, then committed */
		assert_numbered(s, 0, 1);
		step((const int[2]){done[0], steps[1]});
		assert_numbered(s, 0, 1);
		assert_int_equal(find_numbered(s, 29), ASSAY_ENOENT);
	}
	assay_store_refresh(s);
	for (int i = 0; i < 2; i++) { /* put, then rolled back */
		assert_numbered(s, 0, 30);
		step((const int[2]){done[0], steps[1]});
		assert_int_equal(find_numbered(s, 30), ASSAY_ENOENT);
		assay_store_refresh(s);
	}
	assert_numbered(s, 0, 30);
	(void)close(steps[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void reader__write__einval_and_nothing_touched(void **state)
{
	ASSAY_AUTO_STORE s = create_store();
	assay_err err = ASSAY_ERR_INIT;
	struct disk before;

	(void)state;
	(void)put_numbered(s, 0);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	assay_store_close(s);
	before = weigh();
	s = open_reader();
	assert_int_equal(assay_object_put(s, ASSAY_OBJECT_ARTIFACT, "x", 1, NULL, NULL, NULL, &err), ASSAY_EINVAL);
	assert_int_equal(assay_meta_put(s, "x", 1, &err), ASSAY_EINVAL);
	assert_int_equal(assay_store_commit(s, &err), ASSAY_OK);
	assert_weighs(&before);
	assert_numbered(s, 0, 1);
}

/* ---------------------------------------------------------------- rows, index, edges */

static void row__changed_value__corrupt_names_table_and_row(void **state)
{
	ASSAY_AUTO_STORE s = create_store();
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

		(void)snprintf(path, sizeof(path), "%s/catalog/data.mdb", store_dir);
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
	s = create_store();
	assert_int_equal(assay_row_get_at(s, ASSAY_TABLE_RUN, 7, &p, &n, &err), ASSAY_ECORRUPT);
	assert_string_equal(err.msg, "catalog table 'run', row 7: its checksum differs");
	assert_int_equal(assay_row_get_at(s, ASSAY_TABLE_RUN, 8, &p, &n, &err), ASSAY_ENOENT);
}

/* A row of this many bytes under the number; what is in them follows from both. */
static void make_row(assay_buf *b, uint64_t id, size_t size)
{
	unsigned char *p;

	assay_buf_reset(b);
	p = assay_buf_extend(b, size);
	assert_non_null(p);
	for (size_t i = 0; i < size; i++)
		p[i] = (unsigned char)(id * 31 + i * 7 + size);
}

/* Half a checksum must not be part of the next: of what stands before the key, of the key, of the row. */
static void row__digest_fails_in_the_middle__next_checksums_are_right(void **state)
{
	static const size_t sizes[] = {8, 5000};
	ASSAY_AUTO_STORE s = create_store();
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(sizes); i++) {
		make_row(&row, i, sizes[i]);
		for (unsigned n = 1; n <= 3; n++) {
			const void *p;
			size_t size;

			digests = 0;
			fail_digest_at = n;
			assert_int_equal(assay_row_put_at(s, ASSAY_TABLE_RUN, 1, &row, NULL), ASSAY_ENOMEM);
			fail_digest_at = 0;
			assert_int_equal(assay_row_put_at(s, ASSAY_TABLE_RUN, 2, &row, NULL), ASSAY_OK);
			assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
			assay_store_close(s);
			s = create_store();
			assert_int_equal(assay_row_get_at(s, ASSAY_TABLE_RUN, 1, &p, &size, NULL), ASSAY_ENOENT);
			assert_int_equal(assay_row_get_at(s, ASSAY_TABLE_RUN, 2, &p, &size, NULL), ASSAY_OK);
			assert_int_equal(size, row.len);
			assert_memory_equal(p, row.data, row.len);
		}
	}
}

/* docs/formats.md: 8 bytes of SHA-256 of the table's number, the size of the key, the key and the payload. */
static void row__any_size__checksum_is_that_of_the_whole(void **state)
{
	static const size_t sizes[] = {0, 1, 63, 200, 4095, 4096, 4097, 20000};
	ASSAY_AUTO_STORE s = create_store();
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT, whole = ASSAY_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(sizes); i++) {
		const unsigned char head[10] = {ASSAY_TABLE_RUN, 8, 0, 0, 0, 0, 0, 0, 0, (unsigned char)(i + 1)};
		MDB_val k = {.mv_size = 8, .mv_data = (void *)(uintptr_t)(head + 2)}, v;
		assay_digest d;

		make_row(&row, i, sizes[i]);
		assert_int_equal(assay_row_put_at(s, ASSAY_TABLE_RUN, i + 1, &row, NULL), ASSAY_OK);
		assay_buf_reset(&whole);
		assay_buf_append(&whole, head, sizeof head);
		assay_buf_append(&whole, row.data, row.len);
		assert_int_equal(assay_digest_of(&d, whole.data, whole.len, NULL), ASSAY_OK);
		assert_int_equal(assay_env_get(&s->env, ASSAY_TABLE_RUN, &k, &v), MDB_SUCCESS);
		assert_int_equal(v.mv_size, 8 + row.len);
		assert_memory_equal(v.mv_data, d.bytes, 8);
	}
}

static void expect_row(assay_store *s, uint64_t id, size_t size)
{
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;
	const void *p;
	size_t n;
	assay_code rc = assay_row_get_at(s, ASSAY_TABLE_SAMPLE, id, &p, &n, NULL);

	if (size == 0) {
		assert_int_equal(rc, ASSAY_ENOENT);
		return;
	}
	assert_int_equal(rc, ASSAY_OK);
	make_row(&row, id, size);
	assert_int_equal(n, row.len);
	assert_memory_equal(p, row.data, row.len);
}

/* The next number is looked for beside the last one. Rows that grow and appear in between move what is beside it. */
static void row_get__in_order_among_writes_and_gaps__as_searched(void **state)
{
	enum { ROWS = 600 };
	ASSAY_AUTO_STORE s = create_store();
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;
	size_t sizes[ROWS + 2] = {0};

	(void)state;
	for (uint64_t id = 1; id <= ROWS; id += id % 7 == 0 ? 2u : 1u) {
		sizes[id] = 20 + id * 13 % 300;
		make_row(&row, id, sizes[id]);
		assert_int_equal(assay_row_put_at(s, ASSAY_TABLE_SAMPLE, id, &row, NULL), ASSAY_OK);
	}
	for (unsigned round = 0; round < 3; round++) {
		for (uint64_t id = 1; id <= ROWS + 1; id++) {
			const uint64_t other = id % 3 == 0 ? id + 1 : id % 3 == 1 ? id : id / 2 + 1;

			expect_row(s, id, sizes[id]);
			if (round == 0 || id % 5 != 0 || other > ROWS)
				continue;
			sizes[other] = 50 + (id * 97 + round * 31) % 900;
			make_row(&row, other, sizes[other]);
			assert_int_equal(assay_row_put_at(s, ASSAY_TABLE_SAMPLE, other, &row, NULL), ASSAY_OK);
		}
		assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	}
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
	ASSAY_AUTO_STORE s = create_store();
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
	ASSAY_AUTO_STORE s = create_store();
	static const struct {
		const char *hex;
		int expected;
	} rows[] = {{"", 3}, {"a", 3}, {"ab", 2}, {"abc", 2}, {"abcd", 1}, {"b", 0}, {"ac", 1}};
	const assay_digest d[] = {{{0xab, 0xcd}}, {{0xab, 0xce}}, {{0xac}}};

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(assay_index_put(s, ASSAY_INDEX_VERSION, &d[i], i + 1, NULL), ASSAY_OK);
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++) {
		int n = 0;

		assert_int_equal(assay_index_prefix(s, ASSAY_INDEX_VERSION, rows[i].hex, count_prefix, &n, NULL),
				 ASSAY_OK);
		assert_int_equal(n, rows[i].expected);
	}
}

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
	    STORE_TEST(store_commit__without_an_error_to_fill__still_its_code),
	    STORE_TEST(store_rollback__fails__so_does_all_else_until_it_succeeds),
	    STORE_TEST(store__killed_at_every_point__groups_are_whole_and_the_next_goes_on),
	    STORE_TEST(store__killed_at_any_moment__groups_are_whole_and_the_next_goes_on),
	    STORE_TEST(store_open__made_in_part__no_store_until_it_is_finished),
	    STORE_TEST(store_open__new__folders_are_synced),
	    STORE_TEST(store__descriptors__none_is_inherited_by_workers),
	    STORE_TEST(reader__snapshot__lasts_until_refresh),
	    STORE_TEST(reader__write__einval_and_nothing_touched),
	    STORE_TEST(row__digest_fails_in_the_middle__next_checksums_are_right),
	    STORE_TEST(row__any_size__checksum_is_that_of_the_whole),
	    STORE_TEST(row_get__in_order_among_writes_and_gaps__as_searched),
	    STORE_TEST(row__changed_value__corrupt_names_table_and_row),
	    STORE_TEST(edge__several__in_order_of_target),
	    STORE_TEST(index_prefix__hex_digits__matches_half_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
