#include "env.h"

#include "store_fixture.h"

#define SMALL_MAP ((size_t)64 << 20)
#define ROW_SIZE  ((size_t)1 << 20)

/* Rows of a mebibyte each, a group each, until so many are there or one is refused. */
static assay_code put_rows(assay_store *s, unsigned from, unsigned to, assay_err *err)
{
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;
	assay_code rc = ASSAY_OK;

	assert_non_null(assay_buf_extend(&row, ROW_SIZE));
	for (unsigned i = from; i < to && rc == ASSAY_OK; i++) {
		memset(row.data, (int)i, row.len);
		rc = assay_row_put_at(s, ASSAY_TABLE_RUN, i, &row, err);
		if (rc == ASSAY_OK)
			rc = assay_store_commit(s, err);
	}
	return rc;
}

static void assert_row(assay_store *s, unsigned i)
{
	const void *p;
	size_t n;
	assay_err err = ASSAY_ERR_INIT;

	if (assay_row_get_at(s, ASSAY_TABLE_RUN, i, &p, &n, &err) != ASSAY_OK)
		fail_msg("row %u: %s", i, err.msg);
	assert_int_equal(n, ROW_SIZE);
	assert_int_equal(*(const unsigned char *)p, i);
}

static int put_eighty(void)
{
	assay_store *s = create_store();
	const assay_code rc = put_rows(s, 1, 80, NULL); /* more than the map that it begins with */

	if (rc != ASSAY_OK || map_size <= SMALL_MAP)
		return 1;
	assert_row(s, 79);
	assay_store_close(s);
	return 0;
}

static void env__more_than_half_full__map_grows_and_reader_follows(void **state)
{
	ASSAY_AUTO_STORE reader = NULL;

	(void)state;
	largest_map = SMALL_MAP;
	assay_store_close(create_store());
	reader = open_reader();
	assert_int_equal(map_size, SMALL_MAP);
	assert_int_equal(in_child(put_eighty), 0);
	assay_store_refresh(reader);
	assert_row(reader, 1);
	assert_row(reader, 79);
}

/* The map cannot grow: what is left of it is used, then the group is undone, and growing is tried again. */
static void env__no_address_space__full_and_as_before(void **state)
{
	ASSAY_AUTO_STORE s = NULL;
	const void *p;
	size_t n;
	unsigned last;
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	largest_map = SMALL_MAP;
	s = create_store();
	fail_mmap = ENOMEM;
	assert_int_equal(put_rows(s, 1, 100, &err), ASSAY_EFULL);
	assert_int_equal(map_size, SMALL_MAP);
	assay_store_rollback(s);
	for (last = 1; assay_row_get_at(s, ASSAY_TABLE_RUN, last + 1, &p, &n, NULL) == ASSAY_OK; last++)
		assert_row(s, last);
	assert_true(last > 40 && last < 64);
	assay_store_rollback(s);
	fail_mmap = 0;
	assert_int_equal(put_rows(s, last + 1, 80, &err), ASSAY_OK);
	assert_row(s, 79);
}

/* LMDB has then unmapped what it had; to touch it would be the end of the process. */
static void env__map_lost__only_to_be_closed(void **state)
{
	ASSAY_AUTO_STORE s = NULL;
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	largest_map = SMALL_MAP;
	s = create_store();
	assert_int_equal(put_rows(s, 1, 33, NULL), ASSAY_OK);
	fail_remap = ENOMEM;
	assert_int_equal(put_rows(s, 33, 40, &err), ASSAY_ENOMEM);
	fail_remap = 0;
	assert_int_equal(put_rows(s, 33, 40, &err), ASSAY_ENOMEM);
	assert_non_null(strstr(err.msg, "must be closed"));
	assay_store_rollback(s);
	assay_store_close(s);
	s = create_store();
	assert_row(s, 32);
}

/* A catalog that is gone is not made anew: it alone knows what is in the packs. */
static void env__catalog_of_a_store_is_gone__ecorrupt_and_packs_stay(void **state)
{
	const assay_store_opts how[] = {{.create = true}, {.create = false}, {.read_only = true}};
	ASSAY_AUTO_STORE s = create_store();
	struct disk before;

	(void)state;
	(void)put_numbered(s, 0);
	assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
	assay_store_close(ASSAY_STEAL(&s));
	before = weigh();
	assert_int_equal(unlink(path_in_store("catalog/data.mdb")), 0);
	assert_int_equal(unlink(path_in_store("catalog/lock.mdb")), 0);
	for (size_t i = 0; i < ASSAY_COUNT(how); i++) {
		assay_err err = ASSAY_ERR_INIT;

		assert_int_equal(assay_store_open(&s, store_dir, &how[i], &err), ASSAY_ECORRUPT);
		assert_non_null(strstr(err.msg, "has no table 'meta'"));
	}
	assert_weighs(&before);
	/* Nor when the store is to be made anew. */
	assert_int_equal(unlink(path_in_store("catalog/data.mdb")), 0);
	assert_int_equal(unlink(path_in_store("format")), 0);
	assert_int_equal(assay_store_open(&s, store_dir, &how[0], NULL), ASSAY_ECORRUPT);
	assert_int_equal(assay_store_open(&s, store_dir, &how[0], NULL), ASSAY_ECORRUPT);
	assert_weighs(&before);
}

/* ---- looks from where the last one was, among writes ---- */

#define MODEL_ROWS 3000u

typedef struct model {
	unsigned size[MODEL_ROWS + 1]; /* 0: no such row */
	unsigned char fill[MODEL_ROWS + 1];
} model;

static void write_random(assay_store *s, model *m)
{
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;
	const unsigned id = rnd() % MODEL_ROWS + 1;

	m->size[id] = rnd() % (rnd() % 16 == 0 ? 9000 : 300) + 1; /* a few larger than a page */
	m->fill[id] = (unsigned char)rnd();
	assert_non_null(assay_buf_extend(&row, m->size[id]));
	memset(row.data, m->fill[id], row.len);
	assert_int_equal(assay_row_put_at(s, ASSAY_TABLE_RUN, id, &row, NULL), ASSAY_OK);
}

static void assert_modelled(assay_store *s, const model *m, unsigned id)
{
	const unsigned char *bytes;
	const void *p;
	size_t n;
	const assay_code rc = assay_row_get_at(s, ASSAY_TABLE_RUN, id, &p, &n, NULL);

	assert_int_equal(rc, m->size[id] > 0 ? ASSAY_OK : ASSAY_ENOENT);
	if (rc != ASSAY_OK)
		return;
	bytes = p;
	assert_int_equal(n, m->size[id]);
	assert_true(bytes[0] == m->fill[id] && bytes[n - 1] == m->fill[id]);
}

static void env_get__between_writes_and_groups__what_was_written(void **state)
{
	static model now, kept;
	ASSAY_AUTO_STORE s = create_store();

	(void)state;
	seed();
	now = kept = (model){0};
	for (unsigned step = 0; step < 20000; step++) {
		const unsigned from = rnd() % MODEL_ROWS + 1;

		write_random(s, &now);
		for (unsigned id = from; id < from + 5 && id <= MODEL_ROWS; id++)
			assert_modelled(s, &now, id);
		if (step % 1000 == 999 && rnd() % 2 == 0) {
			assay_store_rollback(s);
			now = kept;
		} else if (step % 1000 == 999) {
			assert_int_equal(assay_store_commit(s, NULL), ASSAY_OK);
			kept = now;
		}
	}
	for (unsigned id = 1; id <= MODEL_ROWS; id++)
		assert_modelled(s, &now, id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(env__more_than_half_full__map_grows_and_reader_follows),
	    STORE_TEST(env__no_address_space__full_and_as_before),
	    STORE_TEST(env__map_lost__only_to_be_closed),
	    STORE_TEST(env__catalog_of_a_store_is_gone__ecorrupt_and_packs_stay),
	    STORE_TEST(env_get__between_writes_and_groups__what_was_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
