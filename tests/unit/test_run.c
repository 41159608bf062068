#include "assay/run.h"

#include "catalog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* ---- a store in a folder of its own for each test ---- */

struct fixture {
	char dir[64];
	assay_store *s;
};

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int open_store(void **state)
{
	const assay_store_opts opts = {.create = true};
	struct fixture *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return -1;
	strcpy(f->dir, "/tmp/assay-test-XXXXXX");
	*state = f;
	return mkdtemp(f->dir) != NULL && assay_store_open(&f->s, f->dir, &opts, NULL) == ASSAY_OK ? 0 : -1;
}

static int close_store(void **state)
{
	struct fixture *f = *state;

	assay_store_close(f->s);
	(void)nftw(f->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(f);
	return 0;
}

#define STORE(state) (((struct fixture *)*(state))->s)

static assay_digest digest(unsigned byte)
{
	assay_digest d;

	memset(d.bytes, (int)byte, sizeof(d.bytes));
	return d;
}

static void assert_digest(const assay_digest *d, const assay_digest *expected)
{
	assert_memory_equal(d->bytes, expected->bytes, sizeof(d->bytes));
}

static char *text(const char *s)
{
	char *copy = assay_strdup(s);

	assert_non_null(copy);
	return copy;
}

/* xorshift64*: Vigna 2016, arXiv:1402.6246. The seed is printed, and taken from ASSAY_TEST_SEED when that is set. */
static uint64_t rng;

static void seed(void)
{
	const char *text = getenv("ASSAY_TEST_SEED");

	rng = text != NULL ? strtoull(text, NULL, 0) | 1 : UINT64_C(0x9e3779b97f4a7c15);
	print_message("seed 0x%" PRIx64 "\n", rng);
}

static uint32_t rnd(void)
{
	rng ^= rng >> 12;
	rng ^= rng << 25;
	rng ^= rng >> 27;
	return (uint32_t)((rng * UINT64_C(0x2545f4914f6cdd1d)) >> 32);
}

/* ---- rows as bytes ---- */

typedef assay_code read_fn(assay_store *s, uint64_t id);

static void copy_row(assay_store *s, assay_table t, uint64_t id, assay_buf *out)
{
	const void *p;
	size_t n;

	assert_int_equal(assay_row_get_at(s, t, id, &p, &n, NULL), ASSAY_OK);
	assay_buf_reset(out);
	assay_buf_append(out, p, n);
	assert_false(out->failed);
}

static void put_bytes(assay_store *s, assay_table t, uint64_t id, const void *p, size_t n)
{
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;

	assay_buf_append(&row, p, n);
	assert_int_equal(assay_row_put_at(s, t, id, &row, NULL), ASSAY_OK);
}

static void assert_truncations_refused(assay_store *s, assay_table t, uint64_t id, read_fn *read)
{
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;

	copy_row(s, t, id, &row);
	for (size_t n = 0; n < row.len; n++) {
		put_bytes(s, t, id, row.data, n);
		assert_int_equal(read(s, id), ASSAY_ECORRUPT);
	}
	put_bytes(s, t, id, row.data, row.len);
	assert_int_equal(read(s, id), ASSAY_OK);
}

/* One to three bytes changed: refused, or read as something else that is valid. */
static void assert_mutations_harmless(assay_store *s, assay_table t, uint64_t id, read_fn *read)
{
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT, changed = ASSAY_BUF_INIT;
	unsigned refused = 0;

	seed();
	copy_row(s, t, id, &row);
	for (unsigned i = 0; i < 4000; i++) {
		assay_code rc;

		assay_buf_reset(&changed);
		assay_buf_append(&changed, row.data, row.len);
		for (unsigned k = rnd() % 3 + 1; k > 0; k--)
			changed.data[rnd() % changed.len] = (unsigned char)rnd();
		put_bytes(s, t, id, changed.data, changed.len);
		rc = read(s, id);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ECORRUPT);
		refused += rc == ASSAY_ECORRUPT;
	}
	assert_in_range(refused, 1, 4000);
	put_bytes(s, t, id, row.data, row.len);
}

/* ---- a run with every field in use ---- */

static void make_full(assay_run *r)
{
	*r = (assay_run){.verb = text("run"),
			 .started_ns =
			     INT64_C(1767323045678000000), /* 2026-01-02T03:04:05.678Z, by date -u -d @1767323045 */
			 .ended_ns = INT64_C(1767323046000000000),
			 .exit = -80,
			 .jobs = 8,
			 .program = text("0.1.0"),
			 .host = text("h"),
			 .cpu_features = text("avx2 fma"),
			 .sandbox = 7,
			 .library_count = 2,
			 .sources = {9, 7, 2, 1, 3},
			 .counts = {40, 31, 6, 1, 1, 1, 2},
			 .has_version = true,
			 .version = digest(9)};
	r->libraries = calloc(2, sizeof(char *));
	assert_non_null(r->libraries);
	r->libraries[0] = text("libc.so.6 0011");
	r->libraries[1] = text("libpng16.so.16 2233");
}

static void assert_full(const assay_run *r)
{
	const assay_run_sources sources = {9, 7, 2, 1, 3};
	const assay_counts counts = {40, 31, 6, 1, 1, 1, 2};
	const assay_digest version = digest(9);

	assert_string_equal(r->name, "20260102T030405Z-1");
	assert_string_equal(r->verb, "run");
	assert_int_equal(r->started_ns, INT64_C(1767323045678000000));
	assert_int_equal(r->ended_ns, INT64_C(1767323046000000000));
	assert_int_equal(r->exit, -80);
	assert_int_equal(r->jobs, 8);
	assert_string_equal(r->program, "0.1.0");
	assert_string_equal(r->host, "h");
	assert_string_equal(r->cpu_features, "avx2 fma");
	assert_int_equal(r->sandbox, 7);
	assert_int_equal(r->library_count, 2);
	assert_string_equal(r->libraries[0], "libc.so.6 0011");
	assert_string_equal(r->libraries[1], "libpng16.so.16 2233");
	assert_memory_equal(&r->sources, &sources, sizeof(sources));
	assert_memory_equal(&r->counts, &counts, sizeof(counts));
	assert_true(r->has_version);
	assert_digest(&r->version, &version);
}

static assay_code read_run(assay_store *s, uint64_t id)
{
	ASSAY_AUTO_RUN r = {0};

	return assay_run_get(s, id, &r, NULL);
}

/* ---- tests ---- */

static void run_put__full__gets_a_name_and_reads_back(void **state)
{
	ASSAY_AUTO_RUN r = {0};
	ASSAY_AUTO_RUN read = {0};

	make_full(&r);
	assert_int_equal(assay_run_put(STORE(state), &r, NULL), ASSAY_OK);
	assert_int_equal(r.id, 1);
	assert_string_equal(r.name, "20260102T030405Z-1");
	assert_int_equal(assay_run_get(STORE(state), 1, &read, NULL), ASSAY_OK);
	assert_full(&read);
}

static void run_put__again__keeps_name_and_number(void **state)
{
	ASSAY_AUTO_RUN r = {0};
	ASSAY_AUTO_RUN read = {0};

	r.verb = text("judge");
	assert_int_equal(assay_run_put(STORE(state), &r, NULL), ASSAY_OK);
	assert_string_equal(r.name, "19700101T000000Z-1");
	r.started_ns = 5000000000;
	r.exit = 3;
	assert_int_equal(assay_run_put(STORE(state), &r, NULL), ASSAY_OK);
	assert_int_equal(assay_run_get(STORE(state), 1, &read, NULL), ASSAY_OK);
	assert_string_equal(read.name, "19700101T000000Z-1");
	assert_int_equal(read.exit, 3);
	assert_null(read.host);
	assert_false(read.has_version);
}

static assay_code note(void *ctx, const assay_run *r, assay_err *err)
{
	(void)err;
	(void)sprintf((char *)ctx + strlen(ctx), "%" PRIu64 " ", r->id);
	return ASSAY_OK;
}

static void runs_each__newest_first(void **state)
{
	char ids[32] = "";

	for (unsigned i = 0; i < 3; i++) {
		ASSAY_AUTO_RUN r = {0};

		assert_int_equal(assay_run_put(STORE(state), &r, NULL), ASSAY_OK);
	}
	assert_int_equal(assay_runs_each(STORE(state), note, ids, NULL), ASSAY_OK);
	assert_string_equal(ids, "3 2 1 ");
}

static void run_get__none__enoent(void **state)
{
	assay_run r = {.id = 4};

	assert_int_equal(assay_run_get(STORE(state), 1, &r, NULL), ASSAY_ENOENT);
	assert_int_equal(r.id, 0);
}

static void run_get__every_truncation__ecorrupt(void **state)
{
	ASSAY_AUTO_RUN r = {0};

	make_full(&r);
	assert_int_equal(assay_run_put(STORE(state), &r, NULL), ASSAY_OK);
	assert_truncations_refused(STORE(state), ASSAY_TABLE_RUN, 1, read_run);
}

static void run_get__random_mutations__no_harm(void **state)
{
	ASSAY_AUTO_RUN r = {0};

	make_full(&r);
	assert_int_equal(assay_run_put(STORE(state), &r, NULL), ASSAY_OK);
	assert_mutations_harmless(STORE(state), ASSAY_TABLE_RUN, 1, read_run);
}

static void run__every_alloc_fails_in_turn__enomem(void **state)
{
	ASSAY_AUTO_RUN r = {0};
	assay_code rc;
	unsigned n = 0;

	make_full(&r);
	do {
		arm(++n);
		rc = assay_run_put(STORE(state), &r, NULL);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		assert_int_equal(r.id != 0, rc == ASSAY_OK);
		if (rc != ASSAY_OK)
			assay_store_rollback(STORE(state));
	} while (rc != ASSAY_OK);
	assert_in_range(n, 2, 100);
	n = 0;
	do {
		ASSAY_AUTO_RUN read = {0};

		arm(++n);
		rc = assay_run_get(STORE(state), 1, &read, NULL);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
	} while (rc != ASSAY_OK);
	assert_in_range(n, 5, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(run_put__full__gets_a_name_and_reads_back, open_store, close_store),
	    cmocka_unit_test_setup_teardown(run_put__again__keeps_name_and_number, open_store, close_store),
	    cmocka_unit_test_setup_teardown(runs_each__newest_first, open_store, close_store),
	    cmocka_unit_test_setup_teardown(run_get__none__enoent, open_store, close_store),
	    cmocka_unit_test_setup_teardown(run_get__every_truncation__ecorrupt, open_store, close_store),
	    cmocka_unit_test_setup_teardown(run_get__random_mutations__no_harm, open_store, close_store),
	    cmocka_unit_test_setup_teardown(run__every_alloc_fails_in_turn__enomem, open_store, close_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
