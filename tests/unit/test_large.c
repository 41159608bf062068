#include "large.h"

#include "store_fixture.h"

#define SIZE (ASSAY_OBJECT_LARGE + 1)

static unsigned char *bytes;

static int setup_bytes(void **state)
{
	bytes = calloc(1, SIZE);
	return bytes != NULL ? setup(state) : -1;
}

static int teardown_bytes(void **state)
{
	free(bytes);
	return teardown(state);
}

/* A large object that differs from others in its first byte. */
static assay_digest put_large(assay_store *s, unsigned char which)
{
	bytes[0] = which;
	return put(s, bytes, SIZE);
}

static assay_code get_large(assay_store *s, const assay_digest *d)
{
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;

	return get(s, d, &out, NULL);
}

static void large__rolled_back_or_closed__file_goes_too(void **state)
{
	ASSAY_AUTO_STORE s = create_store();
	const assay_digest kept = put_large(s, 1);
	struct disk before;
	assay_digest lost;

	(void)state;
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	before = weigh();
	lost = put_large(s, 2);
	(void)put_large(s, 1);
	assay_store_rollback(s);
	assert_weighs(&before);
	assert_int_equal(get_large(s, &kept), ASSAY_OK);
	assert_int_equal(get_large(s, &lost), ASSAY_ENOENT);
	lost = put_large(s, 2);
	assay_store_close(ASSAY_STEAL(&s));
	assert_weighs(&before);
	s = create_store();
	lost = put_large(s, 2);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	assay_store_rollback(s); /* there is nothing to undo */
	assert_int_equal(get_large(s, &lost), ASSAY_OK);
}

static void large__commit_fails__file_goes_too(void **state)
{
	ASSAY_AUTO_STORE s = create_store();
	const struct disk before = weigh();
	assay_digest d = put_large(s, 1);

	(void)state;
	fail_commit = ENOSPC;
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_EFULL);
	fail_commit = 0;
	assert_weighs(&before);
	d = put_large(s, 1);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	assert_int_equal(get_large(s, &d), ASSAY_OK);
}

/* The last step of a commit may fail and yet have been done: what the catalog names then stays. */
static void large__commit_fails_but_was_one__kept(void **state)
{
	ASSAY_AUTO_STORE s = create_store();
	const assay_digest d = put_large(s, 1);

	(void)state;
	(void)put_numbered(s, 0);
	fail_commit = EIO;
	commit_lies = true;
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_EIO);
	fail_commit = 0;
	assert_int_equal(get_large(s, &d), ASSAY_OK);
	assert_numbered(s, 0, 1);
	(void)put_numbered(s, 1);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	assay_store_close(s);
	s = create_store();
	assert_int_equal(get_large(s, &d), ASSAY_OK);
	assert_numbered(s, 0, 2);
}

/* A file without a row, and one that was not finished, as a killed writer leaves them: put again, they are sound. */
static void large__left_by_a_killed_writer__put_again(void **state)
{
	ASSAY_AUTO_STORE s = create_store();
	assay_digest d;
	int status;
	pid_t pid;

	(void)state;
	assay_store_close(ASSAY_STEAL(&s));
	pid = fork();
	if (pid == 0) {
		int fd;

		(void)put_large(create_store(), 1);
		fd = open(path_in_store("objects/new"), O_WRONLY | O_CREAT, 0666);
		if (fd < 0 || ftruncate(fd, 2 * SIZE) != 0)
			_exit(1);
		(void)kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(weigh().files, 2);
	s = create_store();
	d = put_large(s, 1);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	assert_int_equal(get_large(s, &d), ASSAY_OK);
	assert_int_equal(weigh().files, 1);
	assert_int_equal(weigh().bytes, SIZE);
}

/* The folder may be that of a writer which was killed before it could make its name durable. */
static void large__folder_is_there__its_name_is_synced_once(void **state)
{
	ASSAY_AUTO_STORE s = create_store();
	char path[ASSAY_LARGE_PATH];
	assay_digest d;
	struct stat st;

	(void)state;
	bytes[0] = 1;
	assert_int_equal(assay_digest_of(&d, bytes, SIZE, NULL), ASSAY_OK);
	assay_large_path(path, &d);
	path[strlen("objects/ab")] = '\0';
	assert_int_equal(mkdir(path_in_store(path), 0777), 0);
	assert_int_equal(stat(path_in_store("objects"), &st), 0);
	watched = st.st_ino;
	watched_syncs = 0;
	(void)put_large(s, 1);
	assert_int_equal(watched_syncs, 1);
	assay_store_rollback(s);
	(void)put_large(s, 1);
	assert_int_equal(watched_syncs, 1);
}

static void large__sync_fails__told_and_nothing_left(void **state)
{
	ASSAY_AUTO_STORE s = create_store();
	const struct disk before = weigh();
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	for (int i = 0; i < 2; i++) {
		fail_fsync = EIO;
		assert_int_equal(assay_object_put(s, ASSAY_OBJECT_ARTIFACT, bytes, SIZE, NULL, NULL, NULL, &err),
				 ASSAY_EIO);
		fail_fsync = 0;
		assert_weighs(&before);
		(void)put_large(s, 7); /* its folder is made now */
		assay_store_rollback(s);
	}
}

static void large__file_gone_or_longer__ecorrupt(void **state)
{
	ASSAY_AUTO_STORE s = create_store();
	const assay_digest d = put_large(s, 1);
	char path[ASSAY_LARGE_PATH];

	(void)state;
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	assay_large_path(path, &d);
	assert_int_equal(truncate(path_in_store(path), SIZE + 1), 0);
	assert_int_equal(get_large(s, &d), ASSAY_ECORRUPT);
	assert_int_equal(unlink(path_in_store(path)), 0);
	assert_int_equal(get_large(s, &d), ASSAY_ECORRUPT);
}

#define LARGE_TEST(f) cmocka_unit_test_setup_teardown(f, setup_bytes, teardown_bytes)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    LARGE_TEST(large__rolled_back_or_closed__file_goes_too),
	    LARGE_TEST(large__commit_fails__file_goes_too),
	    LARGE_TEST(large__commit_fails_but_was_one__kept),
	    LARGE_TEST(large__left_by_a_killed_writer__put_again),
	    LARGE_TEST(large__folder_is_there__its_name_is_synced_once),
	    LARGE_TEST(large__sync_fails__told_and_nothing_left),
	    LARGE_TEST(large__file_gone_or_longer__ecorrupt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
