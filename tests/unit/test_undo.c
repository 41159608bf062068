#include "store_fixture.h"

#include "assay/check.h"
#include "assay/judgement.h"

#include "standing.h"

/* What a group of this test does: enough for several pieces. */
#define KEPT    60         /* objects and rows that were there before */
#define WRITTEN 900        /* objects of the group; an index entry each */
#define PIECE   (200 * 16) /* weight of about so many of them */

static unsigned edition; /* of the objects that a group writes */

static bool is_of_undo(const MDB_val *key)
{
	return key->mv_size > 5 && memcmp(key->mv_data, "undo.", 5) == 0;
}

/* Digest of every row of every table but the length of the notes, and what lies beside the catalog. */
static assay_digest state_of(assay_store *s)
{
	assay_hasher *h = NULL;
	assay_digest d;

	assert_int_equal(assay_hasher_open(&h, NULL), ASSAY_OK);
	assert_int_equal(assay_env_begin(&s->env, NULL), ASSAY_OK);
	for (unsigned t = 0; t < ASSAY_TABLE_COUNT; t++) {
		MDB_cursor *cur = NULL;
		MDB_val k, v;

		assert_int_equal(mdb_cursor_open(s->env.txn, s->env.dbi[t], &cur), MDB_SUCCESS);
		while (mdb_cursor_get(cur, &k, &v, MDB_NEXT) == MDB_SUCCESS) {
			if (t == ASSAY_TABLE_META && is_of_undo(&k))
				continue;
			assert_int_equal(assay_hasher_add(h, k.mv_data, k.mv_size, NULL), ASSAY_OK);
			assert_int_equal(assay_hasher_add(h, v.mv_data, v.mv_size, NULL), ASSAY_OK);
		}
		mdb_cursor_close(cur);
	}
	assert_int_equal(assay_hasher_end(h, &d, NULL), ASSAY_OK);
	assay_hasher_close(h);
	return d;
}

/* A row, and a key that is put and another that is taken away. */
static void put_row(assay_store *s, uint64_t id, unsigned what)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	assay_buf_printf(&b, "row %u says %u", (unsigned)id, what);
	assert_int_equal(assay_row_put_at(s, ASSAY_TABLE_RUN, id, &b, NULL), ASSAY_OK);
	assert_int_equal(assay_standing_move(s, id, 1 + (what + 2) % 3, 1 + what % 3, NULL), ASSAY_OK);
}

/* A store with something in it, closed; its state. */
static assay_digest make_store(void)
{
	ASSAY_AUTO_STORE s = create_store();

	for (unsigned i = 0; i < KEPT; i++) {
		(void)put_numbered(s, i);
		put_row(s, i + 1, 0);
	}
	/* The keys name no tickets: as an older program leaves them. */
	assert_int_equal(assay_meta_put(s, "tickets.listed", 1, NULL), ASSAY_OK);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	return state_of(s);
}

/* Rows are put over, some of them twice; objects are new. Numbers and the generation move on. */
static assay_code write_long_group(assay_store *s, assay_err *err)
{
	uint64_t number;
	assay_code rc = assay_store_begin_long(s, err);

	s->weight_full = PIECE;
	for (unsigned i = 0; i < WRITTEN && rc == ASSAY_OK; i++) {
		char bytes[32];
		const int n = snprintf(bytes, sizeof bytes, "node %u of %u", i, edition);

		rc = assay_object_put(s, ASSAY_OBJECT_TRIE, bytes, (size_t)n, NULL, NULL, NULL, err);
		if (rc == ASSAY_OK)
			put_row(s, i * 7 % (2 * KEPT) + 1, i);
		if (rc == ASSAY_OK && i % 100 == 0)
			rc = assay_generation_advance(s, &number, err);
		if (rc == ASSAY_OK)
			rc = assay_store_spill(s, err);
	}
	return rc;
}

static bool undo_file_is_there(void)
{
	return access(path_in_store("undo"), F_OK) == 0;
}

static void assert_state(const assay_digest *expected)
{
	ASSAY_AUTO_STORE s = create_store();
	const assay_digest now = state_of(s);

	assert_digest(&now, expected);
	assert_false(undo_file_is_there());
	assert_numbered(s, 0, KEPT);
}

/* ---------------------------------------------------------------- in one process */

static void spill__group_committed__all_of_it_is_there(void **state)
{
	const assay_digest before = make_store();
	assay_digest plain, piecewise;
	assay_store *s = create_store();

	(void)state;
	assert_int_equal(write_long_group(s, NULL), ASSAY_OK);
	assert_true(s->undo.length > 0);
	assert_true(undo_file_is_there());
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	assert_false(undo_file_is_there());
	piecewise = state_of(s);
	assert_false(assay_digest_eq(&piecewise, &before));
	assay_store_close(s);
	assert_state(&piecewise);

	/* The same without pieces, but for the judgement that the first of them forgets. */
	(void)nftw(store_dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	(void)make_store();
	s = create_store();
	s->weight_full = PIECE;
	assert_int_equal(assay_judgement_forget(s, NULL), ASSAY_OK);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	s->undo.noting = true; /* so that it cannot begin; then nothing spills */
	assert_int_equal(assay_store_begin_long(s, NULL), ASSAY_EINVAL);
	s->undo.noting = false;
	for (unsigned i = 0; i < WRITTEN; i++) {
		char bytes[32];
		const int n = snprintf(bytes, sizeof bytes, "node %u of %u", i, edition);
		uint64_t number;

		assert_int_equal(assay_object_put(s, ASSAY_OBJECT_TRIE, bytes, (size_t)n, NULL, NULL, NULL, NULL),
				 ASSAY_OK);
		put_row(s, i * 7 % (2 * KEPT) + 1, i);
		if (i % 100 == 0)
			assert_int_equal(assay_generation_advance(s, &number, NULL), ASSAY_OK);
		assert_int_equal(assay_store_spill(s, NULL), ASSAY_OK);
	}
	assert_int_equal(s->undo.length, 0);
	assert_true(assay_store_group_is_large(s));
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	assert_false(assay_store_group_is_large(s));
	plain = state_of(s);
	assert_digest(&plain, &piecewise);
	assay_store_close(s);
}

static void spill__rolled_back_or_closed__as_before(void **state)
{
	const assay_digest before = make_store();

	(void)state;
	for (int i = 0; i < 2; i++) {
		ASSAY_AUTO_STORE s = create_store();
		const struct disk disk = weigh();

		assert_int_equal(write_long_group(s, NULL), ASSAY_OK);
		assert_true(s->undo.length > 0);
		if (i == 0) {
			assay_digest now;

			assay_store_rollback(s);
			assert_weighs(&disk);
			now = state_of(s);
			assert_digest(&now, &before);
			assert_int_equal(s->undo.length, 0);
		}
		assay_store_close(ASSAY_STEAL(&s));
		assert_weighs(&disk);
		assert_state(&before);
	}
}

static void begin_long__something_written__einval(void **state)
{
	ASSAY_AUTO_STORE s = create_store();
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	put_row(s, 1, 1);
	assert_int_equal(assay_store_begin_long(s, &err), ASSAY_EINVAL);
	assert_string_equal(err.msg, "a group is open already");
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	assert_int_equal(assay_store_begin_long(s, NULL), ASSAY_OK);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	assert_false(undo_file_is_there());
}

/* Nothing that a disk can refuse leaves anything behind. */
static void spill__disk_fails__error_and_as_before(void **state)
{
	int *const faults[] = {&fail_pwrite, &fail_fsync, &fail_fdatasync, &fail_commit};

	for (size_t i = 0; i < ASSAY_COUNT(faults); i++) {
		const assay_digest before = make_store();
		ASSAY_AUTO_STORE s = create_store();
		assay_err err = ASSAY_ERR_INIT;

		*faults[i] = ENOSPC;
		assert_int_not_equal(write_long_group(s, &err), ASSAY_OK);
		assert_non_null(strstr(err.msg, "write to store '"));
		*faults[i] = 0;
		assay_store_rollback(s);
		assay_store_close(ASSAY_STEAL(&s));
		assert_state(&before);
		(void)nftw(store_dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	}
	(void)state;
}

/* ---------------------------------------------------------------- killed */

/* The group, in a process that dies at its n-th touch of the disk; false when it lived to the end. */
static bool die_in(unsigned n, bool undoing)
{
	const pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		assay_store *s;

		points = 0;
		die_at = undoing ? n : 0;
		s = create_store();
		if (undoing)
			_exit(0);
		points = 0;
		die_at = n;
		(void)!write_long_group(s, NULL);
		_exit(0); /* as a kill would: nothing is closed */
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status);
}

static void spill__killed_anywhere__next_writer_undoes_it(void **state)
{
	const assay_digest before = make_store();
	unsigned n, kills = 0;

	(void)state;
	for (n = 1; die_in(n, false); n += 1 + n / 6) {
		assert_state(&before);
		kills++;
	}
	assert_true(undo_file_is_there()); /* of a whole group that nobody committed */
	assert_state(&before);
	assert_in_range(kills, 20, 500);
}

static void undo__killed_anywhere__goes_on(void **state)
{
	const assay_digest before = make_store();
	unsigned kills = 0;

	(void)state;
	assert_false(die_in(0, false));
	for (unsigned n = 1; die_in(n, true); n += 1 + n / 6) /* each goes on where the last one died */
		kills++;
	assert_in_range(kills, 10, 500);
	assert_state(&before);
}

static void reader__group_half_written__sees_whole_rows(void **state)
{
	assay_digest before = make_store();
	ASSAY_AUTO_STORE s = NULL;
	assay_judgement last;
	const void *p;
	size_t n;

	(void)state;
	assert_false(die_in(0, false));
	s = open_reader();
	for (uint64_t id = 1; id <= KEPT; id++)
		assert_int_equal(assay_row_get_at(s, ASSAY_TABLE_RUN, id, &p, &n, NULL), ASSAY_OK);
	assert_int_equal(assay_judgement_get(s, &last, NULL), ASSAY_ENOENT); /* nobody builds on these rows */
	assert_true(undo_file_is_there());
	assay_store_close(ASSAY_STEAL(&s));
	assert_state(&before);
}

/* ---------------------------------------------------------------- checked */

/* Another process that writes half a group, and undoes it when it is told to. */
typedef struct half_writer {
	pid_t pid;
	int done, go; /* pipes: it says what it has done, and waits before it goes on */
} half_writer;

static void be_half_writer(int done, int go)
{
	assay_store *s = create_store();
	char c;

	if (write_long_group(s, NULL) != ASSAY_OK || write(done, "h", 1) != 1 || read(go, &c, 1) != 1)
		_exit(1);
	assay_store_close(s);
	_exit(write(done, "u", 1) == 1 ? 0 : 1);
}

static half_writer start_half_writer(void)
{
	int done[2], go[2];
	half_writer w;
	char c;

	assert_int_equal(pipe2(done, O_CLOEXEC), 0);
	assert_int_equal(pipe2(go, O_CLOEXEC), 0);
	edition++;
	w = (half_writer){.pid = fork(), .done = done[0], .go = go[1]};
	assert_true(w.pid >= 0);
	if (w.pid == 0) {
		(void)close(done[0]);
		(void)close(go[1]); /* a test that fails ends its writer */
		be_half_writer(done[1], go[0]);
	}
	(void)close(done[1]);
	(void)close(go[0]);
	assert_int_equal(read(w.done, &c, 1), 1);
	return w;
}

static void let_undo(half_writer *w)
{
	int status;
	char c;

	assert_int_equal(write(w->go, "g", 1), 1);
	assert_int_equal(read(w->done, &c, 1), 1);
	assert_int_equal(waitpid(w->pid, &status, 0), w->pid);
	assert_int_equal(status, 0);
	(void)close(w->done);
	(void)close(w->go);
}

/* The state that a group leaves which nobody finished. */
static assay_digest half_written(void)
{
	ASSAY_AUTO_STORE s = NULL;

	(void)make_store();
	assert_false(die_in(0, false));
	s = open_reader();
	return state_of(s);
}

/* The rows of this test are no runs, which a check finds as well: what it says of anything else is counted. */
static assay_code count_others(void *ctx, const assay_store_finding *f, assay_err *err)
{
	(void)err;
	*(unsigned *)ctx += strcmp(f->what, "row") != 0 || strncmp(f->name, "run ", 4) != 0;
	return ASSAY_OK;
}

static void check__group_undone_under_its_snapshot__looks_again(void **state)
{
	const assay_store_check_opts opts = {.read_data = true};
	assay_store_check_summary sum;
	ASSAY_AUTO_STORE s = NULL;
	half_writer w;
	unsigned others = 0;
	const void *p;
	size_t n;

	(void)state;
	(void)make_store();
	w = start_half_writer();
	s = open_reader();
	assert_int_equal(assay_row_get_at(s, ASSAY_TABLE_RUN, 1, &p, &n, NULL), ASSAY_OK); /* a snapshot is held */
	let_undo(&w);
	assert_int_equal(assay_store_check(s, &opts, count_others, &others, &sum, NULL), ASSAY_OK);
	assert_int_equal(others, 0);
	assert_int_equal(sum.objects, KEPT);
}

typedef struct unrest {
	half_writer w;
	uint64_t last; /* bytes that had been read when it was called last */
} unrest;

/* At the first object of every look the group that it looks at is undone, and another is written. */
static void disturb(void *ctx, uint64_t done, uint64_t all)
{
	unrest *u = ctx;
	const bool begins = done <= u->last;

	(void)all;
	u->last = done;
	if (!begins)
		return;
	let_undo(&u->w);
	u->w = start_half_writer();
}

static void check__undone_at_every_look__ebusy(void **state)
{
	unrest u = {.last = UINT64_MAX};
	const assay_store_check_opts opts = {.read_data = true, .progress = disturb, .ctx = &u};
	assay_store_check_summary sum;
	ASSAY_AUTO_STORE s = NULL;
	assay_err err = ASSAY_ERR_INIT;
	unsigned others = 0;

	(void)state;
	(void)make_store();
	u.w = start_half_writer();
	s = open_reader();
	assert_int_equal(assay_store_check(s, &opts, count_others, &others, &sum, &err), ASSAY_EBUSY);
	assert_non_null(strstr(err.msg, "check again when nothing writes"));
	assert_int_equal(others, 0);
	let_undo(&u.w);
}

static void check__notes_of_a_killed_judging__must_be_whole(void **state)
{
	unsigned others = 0;

	(void)state;
	for (unsigned damaged = 0; damaged < 3; damaged++) {
		assay_store_check_summary sum;
		ASSAY_AUTO_STORE s = NULL;

		(void)half_written();
		if (damaged == 1)
			assert_int_equal(truncate(path_in_store("undo"), 100), 0);
		else if (damaged == 2)
			assert_int_equal(remove(path_in_store("undo")), 0);
		s = open_reader();
		others = 0;
		assert_int_equal(assay_store_check(s, NULL, count_others, &others, &sum, NULL), ASSAY_OK);
		assert_int_equal(others, damaged > 0);
		assay_store_close(ASSAY_STEAL(&s));
		(void)nftw(store_dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	}
}

/* ---------------------------------------------------------------- damaged notes */

static void assert_kept(const assay_digest *half)
{
	ASSAY_AUTO_STORE s = create_store();
	assay_digest now = state_of(s);
	assay_judgement last;

	assert_digest(&now, half); /* rows stay as they are, all of them or none */
	assert_int_equal(assay_judgement_get(s, &last, NULL), ASSAY_ENOENT);
	assert_false(undo_file_is_there());
	put_row(s, 1, 1);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
}

static void undo__notes_damaged_or_gone__rows_stay_and_the_store_opens(void **state)
{
	seed();
	for (unsigned i = 0; i < 24; i++) {
		const assay_digest half = half_written();
		const char *path = path_in_store("undo");
		struct stat st;
		int fd;

		assert_int_equal(stat(path, &st), 0);
		fd = open(path, O_RDWR | O_CLOEXEC);
		assert_true(fd >= 0);
		if (i == 0)
			assert_int_equal(remove(path), 0);
		else if (i < 8)
			assert_int_equal(ftruncate(fd, (off_t)(rnd() % (uint64_t)st.st_size)), 0);
		else {
			const off_t at = i < 12 ? (off_t)(i - 8) * 4 : (off_t)(rnd() % (uint64_t)st.st_size);
			unsigned char c;

			assert_int_equal(pread(fd, &c, 1, at), 1);
			c ^= (unsigned char)(1u << rnd() % 8);
			assert_int_equal(pwrite(fd, &c, 1, at), 1);
		}
		(void)close(fd);
		assert_kept(&half);
		(void)nftw(store_dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	}
	(void)state;
}

/* A group of a program that knows nothing of notes. */
static void write_as_another_program(void)
{
	MDB_val k = {5, "other"}, v = {9, "committed"};
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;

	assert_int_equal(mdb_env_create(&env), MDB_SUCCESS);
	assert_int_equal(mdb_env_set_maxdbs(env, 2), MDB_SUCCESS);
	assert_int_equal(mdb_env_set_mapsize(env, (size_t)1 << 30), MDB_SUCCESS);
	assert_int_equal(mdb_env_open(env, path_in_store("catalog"), 0, 0666), MDB_SUCCESS);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), MDB_SUCCESS);
	assert_int_equal(mdb_dbi_open(txn, "meta", 0, &dbi), MDB_SUCCESS);
	assert_int_equal(mdb_put(txn, dbi, &k, &v, 0), MDB_SUCCESS);
	assert_int_equal(mdb_txn_commit(txn), MDB_SUCCESS);
	mdb_env_close(env);
}

/* What it wrote may stand on the rows that would be taken away. */
static void undo__another_program_wrote_meanwhile__rows_stay(void **state)
{
	assay_digest with_other;

	(void)half_written();
	write_as_another_program();
	{
		ASSAY_AUTO_STORE s = open_reader();

		with_other = state_of(s);
	}
	assert_kept(&with_other);
	(void)state;
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(spill__group_committed__all_of_it_is_there),
	    CASE(spill__rolled_back_or_closed__as_before),
	    CASE(begin_long__something_written__einval),
	    CASE(spill__disk_fails__error_and_as_before),
	    CASE(spill__killed_anywhere__next_writer_undoes_it),
	    CASE(undo__killed_anywhere__goes_on),
	    CASE(reader__group_half_written__sees_whole_rows),
	    CASE(check__group_undone_under_its_snapshot__looks_again),
	    CASE(check__undone_at_every_look__ebusy),
	    CASE(check__notes_of_a_killed_judging__must_be_whole),
	    CASE(undo__notes_damaged_or_gone__rows_stay_and_the_store_opens),
	    CASE(undo__another_program_wrote_meanwhile__rows_stay),
	};

	return cmocka_run_group_tests_name("undo", tests, NULL, NULL);
}
