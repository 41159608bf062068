#include "pack.h"

#include "store_fixture.h"

#define FEW 4096 /* bytes after which a pack counts as full here */

static assay_store *create_small(void)
{
	assay_store *s = create_store();

	s->packs.full = FEW;
	return s;
}

static void commit(assay_store *s)
{
	assay_err err = ASSAY_ERR_INIT;

	if (assay_store_commit(s, &err) != ASSAY_OK)
		fail_msg("%s", err.msg);
}

static void put_range(assay_store *s, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		(void)put_numbered(s, i);
}

/* What was put as `from` to `to` is there for readers and for the next writer. */
static void assert_kept(assay_store **s, unsigned from, unsigned to)
{
	assay_store_close(*s);
	*s = open_reader();
	assert_numbered(*s, from, to);
	assay_store_close(*s);
	*s = create_small();
	assert_numbered(*s, from, to);
}

/* ---------------------------------------------------------------- rollover */

static void packs__full_in_mid_group__next_one_follows(void **state)
{
	ASSAY_AUTO_STORE s = create_small();

	(void)state;
	put_range(s, 0, 40);
	assert_true(s->packs.current >= 5);
	assert_numbered(s, 0, 40);
	commit(s);
	assert_int_equal(weigh().files, s->packs.current);
	assert_kept(&s, 0, 40);
	put_range(s, 40, 80);
	commit(s);
	assert_kept(&s, 0, 80);
}

static void packs__rollback_after_rollover__no_trace(void **state)
{
	ASSAY_AUTO_STORE s = create_small();
	struct disk before;
	uint32_t read_last;
	unsigned i;

	(void)state;
	put_range(s, 0, 3);
	commit(s);
	before = weigh();
	assert_int_equal(before.files, 1);
	put_range(s, 100, 140);
	assert_numbered(s, 100, 140);
	read_last = s->packs.read_number;
	assert_int_equal(read_last, s->packs.current);
	assert_true(weigh().files > 3);
	assay_store_rollback(s);
	assert_weighs(&before);
	/* The same numbers of packs again, with other bytes; the first to be read is where the last one was. */
	for (i = 200; s->packs.current < read_last; i++)
		(void)put_numbered(s, i);
	(void)put_numbered(s, i);
	assert_int_equal(s->packs.current, read_last);
	assert_numbered(s, i, i + 1);
	put_range(s, 200, 240);
	assert_numbered(s, 200, 240);
	commit(s);
	assert_numbered(s, 0, 3);
	assert_kept(&s, 200, 240);
}

static void packs__first_group_rolled_back__no_trace(void **state)
{
	ASSAY_AUTO_STORE s = create_small();
	const struct disk nothing = {0};

	(void)state;
	put_range(s, 0, 20);
	assay_store_rollback(s);
	assert_weighs(&nothing);
	put_range(s, 20, 40);
	commit(s);
	assert_kept(&s, 20, 40);
}

static void packs__closed_with_a_group_open__no_trace(void **state)
{
	ASSAY_AUTO_STORE s = create_small();
	struct disk before;

	(void)state;
	put_range(s, 0, 3);
	commit(s);
	before = weigh();
	put_range(s, 3, 40);
	assay_store_close(ASSAY_STEAL(&s));
	assert_weighs(&before);
	s = create_small();
	assert_numbered(s, 0, 3);
}

/* What a killed writer left: the next one cuts the pack that is counted on, and removes those behind it. */
static void packs__opened_after_a_kill__cut_and_removed(void **state)
{
	ASSAY_AUTO_STORE s = create_small();
	struct disk before;
	int status;
	pid_t pid;

	(void)state;
	put_range(s, 0, 3);
	commit(s);
	assay_store_close(ASSAY_STEAL(&s));
	before = weigh();
	pid = fork();
	if (pid == 0) {
		put_range(create_small(), 3, 40);
		(void)kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(weigh().files > 3);
	s = create_small();
	assert_weighs(&before);
	put_range(s, 40, 80);
	commit(s);
	assert_kept(&s, 40, 80);
}

static void packs__files_of_other_names__left_alone(void **state)
{
	static const char *const names[] = {"packs/7.pack", "packs/00000009.pack.old", "packs/notes",
					    "packs/00000000.pack"};
	ASSAY_AUTO_STORE s = create_small();
	unsigned before;

	(void)state;
	put_range(s, 0, 1);
	commit(s);
	assay_store_close(ASSAY_STEAL(&s));
	for (size_t i = 0; i < ASSAY_COUNT(names); i++) {
		const int fd = open(path_in_store(names[i]), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

		assert_true(fd >= 0);
		assert_int_equal(close(fd), 0);
	}
	before = weigh().files;
	s = create_small();
	assert_int_equal(weigh().files, before);
}

/* ---------------------------------------------------------------- failures */

/* An append that finds no memory leaves nothing of its record behind, so that the next stands where it is said to. */
static void packs__every_alloc_fails_in_turn__offsets_stay_true(void **state)
{
	ASSAY_AUTO_STORE s = create_store();
	unsigned char *data = calloc(1, 500000);
	unsigned failed = 0, k = 0;
	assay_code rc;

	(void)state;
	assert_non_null(data);
	for (unsigned size = 1; size < 500000; size = size * 5 + 3) {
		unsigned n = 0;

		do {
			memcpy(data, &size, sizeof(size));
			arm(++n);
			rc = assay_object_put(s, ASSAY_OBJECT_ARTIFACT, data, size, NULL, NULL, NULL, NULL);
			arm(0);
			assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
			failed += rc == ASSAY_ENOMEM;
			(void)put_numbered(s, k++);
			if (n % 2 == 0)
				commit(s);
		} while (rc != ASSAY_OK);
	}
	free(data);
	assert_in_range(failed, 10, 1000);
	commit(s);
	assert_kept(&s, 0, k);
}

static void packs__disk_full_in_mid_group__told_until_undone(void **state)
{
	ASSAY_AUTO_STORE s = create_small();
	struct disk before;
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	put_range(s, 0, 3);
	commit(s);
	before = weigh();
	for (unsigned skip = 0; skip < 6; skip++) {
		char bytes[2048];
		assay_code rc = ASSAY_OK;

		fail_pwrite = ENOSPC;
		skip_pwrites = skip;
		for (unsigned i = 100; i < 140 && rc == ASSAY_OK; i++)
			rc = assay_object_put(s, ASSAY_OBJECT_ARTIFACT, bytes, numbered(bytes, i), NULL, NULL, NULL,
					      &err);
		assert_int_equal(rc, ASSAY_EFULL);
		fail_pwrite = 0;
		assert_int_equal(assay_store_commit(s, &err), ASSAY_EFULL);
		assert_non_null(strstr(err.msg, "commit to store"));
		assert_weighs(&before);
		assert_numbered(s, 0, 3);
	}
	put_range(s, 3, 40);
	commit(s);
	assert_kept(&s, 0, 40);
}

/* fdatasync says once that bytes are lost. */
static void packs__sync_fails_at_rollover__a_second_try_does_not_hide_it(void **state)
{
	ASSAY_AUTO_STORE s = create_small();
	char bytes[2048];
	unsigned i = 0;
	assay_code rc;
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	fail_fdatasync = EIO;
	do
		rc = assay_object_put(s, ASSAY_OBJECT_ARTIFACT, bytes, numbered(bytes, i++), NULL, NULL, NULL, &err);
	while (rc == ASSAY_OK && i < 100);
	assert_int_equal(rc, ASSAY_EIO);
	fail_fdatasync = 0;
	assert_int_equal(assay_object_put(s, ASSAY_OBJECT_ARTIFACT, "x", 1, NULL, NULL, NULL, &err), ASSAY_EIO);
	assert_non_null(strstr(err.msg, "fdatasync pack 1"));
	assert_int_equal(assay_store_commit(s, &err), ASSAY_EIO);
	put_range(s, 0, 20);
	commit(s);
	assert_kept(&s, 0, 20);
}

/* To read what was just put may mean to write it first. */
static void packs__read_on_a_full_disk__full_not_damaged(void **state)
{
	ASSAY_AUTO_STORE s = create_store();
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;
	const assay_digest kept = put_numbered(s, 1);
	assay_digest d;
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	commit(s);
	d = put_numbered(s, 2);
	fail_pwrite = ENOSPC;
	assert_int_equal(get(s, &d, &out, &err), ASSAY_EFULL);
	assert_int_equal(get(s, &kept, &out, &err), ASSAY_OK);
}

/* ---------------------------------------------------------------- damage */

static void packs__current_one_is_gone__ecorrupt(void **state)
{
	ASSAY_AUTO_STORE s = create_store();
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	put_range(s, 0, 1);
	commit(s);
	assay_store_close(ASSAY_STEAL(&s));
	assert_int_equal(unlink(path_in_store("packs/00000001.pack")), 0);
	assert_int_equal(assay_store_open(&s, store_dir, NULL, &err), ASSAY_ECORRUPT);
	assert_non_null(strstr(err.msg, "packs/00000001.pack"));
}

/* Where the current pack should be lies something longer that is none: it is not cut to length first. */
static void packs__current_one_is_another_file__left_as_it_is(void **state)
{
	ASSAY_AUTO_STORE s = create_store();
	char junk[9000];
	struct disk before;
	int fd;

	(void)state;
	put_range(s, 0, 1);
	commit(s);
	assay_store_close(ASSAY_STEAL(&s));
	memset(junk, 'j', sizeof(junk));
	fd = open(path_in_store("packs/00000001.pack"), O_WRONLY | O_CLOEXEC);
	assert_int_equal(write(fd, junk, sizeof(junk)), sizeof(junk));
	assert_int_equal(close(fd), 0);
	before = weigh();
	assert_int_equal(assay_store_open(&s, store_dir, NULL, NULL), ASSAY_ECORRUPT);
	assert_weighs(&before);
}

static void packs__bad_header__refused_by_every_read(void **state)
{
	ASSAY_AUTO_STORE s = create_store();
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;
	const assay_digest d = put_numbered(s, 0);
	const int fd = open(path_in_store("packs/00000001.pack"), O_WRONLY | O_CLOEXEC);
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	commit(s);
	assert_int_equal(pwrite(fd, "x", 1, 0), 1);
	assert_int_equal(close(fd), 0);
	assay_store_close(s);
	s = open_reader();
	for (int i = 0; i < 2; i++) {
		assert_int_equal(get(s, &d, &out, &err), ASSAY_ECORRUPT);
		assert_non_null(strstr(err.msg, "does not start like one"));
	}
}

static void packs__gone_under_a_reader__ecorrupt_without_an_error_to_fill(void **state)
{
	ASSAY_AUTO_STORE s = create_store();
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;
	const assay_digest d = put_numbered(s, 0);

	(void)state;
	commit(s);
	assay_store_close(s);
	s = open_reader();
	assert_int_equal(unlink(path_in_store("packs/00000001.pack")), 0);
	assert_int_equal(get(s, &d, &out, NULL), ASSAY_ECORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(packs__full_in_mid_group__next_one_follows),
	    STORE_TEST(packs__rollback_after_rollover__no_trace),
	    STORE_TEST(packs__first_group_rolled_back__no_trace),
	    STORE_TEST(packs__closed_with_a_group_open__no_trace),
	    STORE_TEST(packs__opened_after_a_kill__cut_and_removed),
	    STORE_TEST(packs__files_of_other_names__left_alone),
	    STORE_TEST(packs__every_alloc_fails_in_turn__offsets_stay_true),
	    STORE_TEST(packs__disk_full_in_mid_group__told_until_undone),
	    STORE_TEST(packs__sync_fails_at_rollover__a_second_try_does_not_hide_it),
	    STORE_TEST(packs__read_on_a_full_disk__full_not_damaged),
	    STORE_TEST(packs__current_one_is_gone__ecorrupt),
	    STORE_TEST(packs__current_one_is_another_file__left_as_it_is),
	    STORE_TEST(packs__bad_header__refused_by_every_read),
	    STORE_TEST(packs__gone_under_a_reader__ecorrupt_without_an_error_to_fill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
