#include "assay/sample.h"

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

/* ---- two failed checks: one with a value, one undefined ---- */

static assay_failed_check *make_checks(void)
{
	assay_failed_check *f = calloc(2, sizeof(*f));

	assert_non_null(f);
	for (unsigned i = 0; i < 2; i++) {
		f[i].contract = digest(0x20 + i);
		f[i].contract_id = text("6f1c0c8e");
		f[i].contract_version = text("1.2.0");
		f[i].check_id = text("cer");
		f[i].metric = text("ocr.cer");
		f[i].unit = text("");
		f[i].op = 3;
		f[i].severity = 1;
		f[i].low = (assay_decimal){-2, 2};
		f[i].high = (assay_decimal){INT64_MAX, 18};
	}
	f[0].defined = true;
	f[0].value = (assay_decimal){INT64_MIN, 4};
	f[1].reason = text("no ground truth beside it");
	return f;
}

static void assert_checks(const assay_failed_check *f, size_t count)
{
	assert_int_equal(count, 2);
	for (unsigned i = 0; i < 2; i++) {
		const assay_digest contract = digest(0x20 + i);

		assert_digest(&f[i].contract, &contract);
		assert_string_equal(f[i].contract_id, "6f1c0c8e");
		assert_string_equal(f[i].contract_version, "1.2.0");
		assert_string_equal(f[i].check_id, "cer");
		assert_string_equal(f[i].metric, "ocr.cer");
		assert_string_equal(f[i].unit, "");
		assert_int_equal(f[i].op, 3);
		assert_int_equal(f[i].severity, 1);
		assert_true(f[i].low.units == -2 && f[i].low.scale == 2);
		assert_true(f[i].high.units == INT64_MAX && f[i].high.scale == 18);
	}
	assert_true(f[0].defined && f[0].value.units == INT64_MIN && f[0].value.scale == 4);
	assert_null(f[0].reason);
	assert_false(f[1].defined);
	assert_string_equal(f[1].reason, "no ground truth beside it");
}

/* ---- a sample with every field in use ---- */

static void make_full(assay_sample_row *r)
{
	*r = (assay_sample_row){.key = text("scans/a.tif#page=3"),
				.source = 5,
				.unit = 6,
				.position = UINT32_MAX,
				.missing = true,
				.outcome = ASSAY_OUTCOME_QUARANTINED,
				.contracts = digest(1),
				.judged_unit = 7,
				.judged_run = 8,
				.checks = make_checks(),
				.check_count = 2,
				.failure = ASSAY_FAILURE_EMPTY,
				.failed_stage = text("ocr.recognize"),
				.original = text("scans/0.tif"),
				.has_before = true,
				.before_outcome = ASSAY_OUTCOME_ACCEPTED,
				.before_contracts = digest(2),
				.before_unit = 9};
}

static void assert_full(const assay_sample_row *r)
{
	const assay_digest d[] = {digest(1), digest(2)};

	assert_string_equal(r->key, "scans/a.tif#page=3");
	assert_int_equal(r->source, 5);
	assert_int_equal(r->unit, 6);
	assert_int_equal(r->position, UINT32_MAX);
	assert_true(r->missing);
	assert_int_equal(r->outcome, ASSAY_OUTCOME_QUARANTINED);
	assert_digest(&r->contracts, &d[0]);
	assert_int_equal(r->judged_unit, 7);
	assert_int_equal(r->judged_run, 8);
	assert_checks(r->checks, r->check_count);
	assert_int_equal(r->failure, ASSAY_FAILURE_EMPTY);
	assert_string_equal(r->failed_stage, "ocr.recognize");
	assert_string_equal(r->original, "scans/0.tif");
	assert_true(r->has_before);
	assert_int_equal(r->before_outcome, ASSAY_OUTCOME_ACCEPTED);
	assert_digest(&r->before_contracts, &d[1]);
	assert_int_equal(r->before_unit, 9);
}

static assay_code read_sample(assay_store *s, uint64_t id)
{
	ASSAY_AUTO_SAMPLE_ROW r = {0};

	return assay_sample_get(s, id, &r, NULL);
}

/* ---- tests ---- */

static void sample_key__part__after_a_sharp(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)state;
	assay_sample_key(&b, "scans/a.tif", "page=3&table=2");
	assert_string_equal(assay_buf_str(&b), "scans/a.tif#page=3&table=2");
	assay_buf_reset(&b);
	assay_sample_key(&b, "audio/b.wav", "");
	assert_string_equal(assay_buf_str(&b), "audio/b.wav");
}

static void outcome_name__every_number(void **state)
{
	(void)state;
	assert_null(assay_outcome_name(0));
	assert_string_equal(assay_outcome_name(ASSAY_OUTCOME_ACCEPTED), "accepted");
	assert_string_equal(assay_outcome_name(ASSAY_OUTCOME_QUARANTINED), "quarantined");
	assert_string_equal(assay_outcome_name(ASSAY_OUTCOME_WAIVED), "waived");
	assert_string_equal(assay_outcome_name(ASSAY_OUTCOME_DUPLICATE), "duplicate");
	assert_string_equal(assay_outcome_name(ASSAY_OUTCOME_FILTERED), "filtered");
	assert_string_equal(assay_outcome_name(ASSAY_OUTCOME_FAILED), "failed");
	assert_null(assay_outcome_name(7));
}

static void sample_put__full__reads_back_by_number_and_key(void **state)
{
	ASSAY_AUTO_SAMPLE_ROW r = {0};
	ASSAY_AUTO_SAMPLE_ROW by_id = {0};
	ASSAY_AUTO_SAMPLE_ROW by_key = {0};

	make_full(&r);
	assert_int_equal(assay_sample_put(STORE(state), &r, NULL), ASSAY_OK);
	assert_int_equal(assay_sample_get(STORE(state), r.id, &by_id, NULL), ASSAY_OK);
	assert_full(&by_id);
	assert_int_equal(assay_sample_find(STORE(state), "scans/a.tif#page=3", &by_key, NULL), ASSAY_OK);
	assert_full(&by_key);
	assert_int_equal(by_key.id, r.id);
}

static void sample_put__never_judged__no_verdict(void **state)
{
	ASSAY_AUTO_SAMPLE_ROW read = {0};
	assay_sample_row r = {.key = text("a"), .source = 1, .unit = 1};

	assert_int_equal(assay_sample_put(STORE(state), &r, NULL), ASSAY_OK);
	assert_int_equal(assay_sample_get(STORE(state), r.id, &read, NULL), ASSAY_OK);
	assert_int_equal(read.outcome, 0);
	assert_int_equal(read.check_count, 0);
	assert_false(read.has_before || read.missing);
	assay_sample_row_release(&r);
}

static void sample_put__judged_again__row_keeps_its_number(void **state)
{
	ASSAY_AUTO_SAMPLE_ROW r = {0};
	ASSAY_AUTO_SAMPLE_ROW read = {0};
	uint64_t id;

	make_full(&r);
	assert_int_equal(assay_sample_put(STORE(state), &r, NULL), ASSAY_OK);
	id = r.id;
	r.outcome = ASSAY_OUTCOME_WAIVED;
	assert_int_equal(assay_sample_put(STORE(state), &r, NULL), ASSAY_OK);
	assert_int_equal(r.id, id);
	assert_int_equal(assay_sample_find(STORE(state), r.key, &read, NULL), ASSAY_OK);
	assert_int_equal(read.outcome, ASSAY_OUTCOME_WAIVED);
}

static void sample_find__never_made__enoent(void **state)
{
	assay_sample_row r = {.id = 3};

	assert_int_equal(assay_sample_find(STORE(state), "none", &r, NULL), ASSAY_ENOENT);
	assert_int_equal(r.id, 0);
}

static assay_code note(void *ctx, const assay_sample_row *r, assay_err *err)
{
	(void)err;
	strcat(ctx, r->key);
	return ASSAY_OK;
}

static void samples_of__source__its_samples_only(void **state)
{
	char all[32] = "", of_two[32] = "", of_three[32] = "";
	const char *const keys[] = {"c", "a", "b"};

	for (unsigned i = 0; i < 3; i++) {
		assay_sample_row r = {.key = text(keys[i]), .source = i == 1 ? 1 : 2, .unit = 1};

		assert_int_equal(assay_sample_put(STORE(state), &r, NULL), ASSAY_OK);
		assay_sample_row_release(&r);
	}
	assert_int_equal(assay_samples_each(STORE(state), note, all, NULL), ASSAY_OK);
	assert_string_equal(all, "cab");
	assert_int_equal(assay_samples_of(STORE(state), 2, note, of_two, NULL), ASSAY_OK);
	assert_string_equal(of_two, "cb");
	assert_int_equal(assay_samples_of(STORE(state), 3, note, of_three, NULL), ASSAY_OK);
	assert_string_equal(of_three, "");
}

static void sample_get__every_truncation__ecorrupt(void **state)
{
	ASSAY_AUTO_SAMPLE_ROW r = {0};

	make_full(&r);
	assert_int_equal(assay_sample_put(STORE(state), &r, NULL), ASSAY_OK);
	assert_truncations_refused(STORE(state), ASSAY_TABLE_SAMPLE, r.id, read_sample);
}

static void sample_get__random_mutations__no_harm(void **state)
{
	ASSAY_AUTO_SAMPLE_ROW r = {0};

	make_full(&r);
	assert_int_equal(assay_sample_put(STORE(state), &r, NULL), ASSAY_OK);
	assert_mutations_harmless(STORE(state), ASSAY_TABLE_SAMPLE, r.id, read_sample);
}

static void sample__every_alloc_fails_in_turn__enomem(void **state)
{
	ASSAY_AUTO_SAMPLE_ROW r = {0};
	assay_code rc;
	unsigned n = 0;

	make_full(&r);
	do {
		arm(++n);
		rc = assay_sample_put(STORE(state), &r, NULL);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		assert_int_equal(r.id != 0, rc == ASSAY_OK);
		if (rc != ASSAY_OK)
			assay_store_rollback(STORE(state));
	} while (rc != ASSAY_OK);
	assert_in_range(n, 2, 100);
	n = 0;
	do {
		ASSAY_AUTO_SAMPLE_ROW read = {0};

		arm(++n);
		rc = assay_sample_find(STORE(state), r.key, &read, NULL);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
	} while (rc != ASSAY_OK);
	assert_in_range(n, 10, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sample_key__part__after_a_sharp),
	    cmocka_unit_test(outcome_name__every_number),
	    cmocka_unit_test_setup_teardown(sample_put__full__reads_back_by_number_and_key, open_store, close_store),
	    cmocka_unit_test_setup_teardown(sample_put__never_judged__no_verdict, open_store, close_store),
	    cmocka_unit_test_setup_teardown(sample_put__judged_again__row_keeps_its_number, open_store, close_store),
	    cmocka_unit_test_setup_teardown(sample_find__never_made__enoent, open_store, close_store),
	    cmocka_unit_test_setup_teardown(samples_of__source__its_samples_only, open_store, close_store),
	    cmocka_unit_test_setup_teardown(sample_get__every_truncation__ecorrupt, open_store, close_store),
	    cmocka_unit_test_setup_teardown(sample_get__random_mutations__no_harm, open_store, close_store),
	    cmocka_unit_test_setup_teardown(sample__every_alloc_fails_in_turn__enomem, open_store, close_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
