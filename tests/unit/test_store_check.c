/* A check of a whole store: what it counts, who may stop it, and memory that runs out. */
#include "check_fixture.h"

static uint64_t progress_done, progress_all, progress_calls;

static void note_progress(void *ctx, uint64_t done, uint64_t all)
{
	(void)ctx;
	assert_true(done >= progress_done && done <= all);
	progress_done = done;
	progress_all = all;
	progress_calls++;
}

static void store_check__sound__nothing_found(void **state)
{
	const assay_store_check_opts opts = {.read_data = true, .progress = note_progress};
	char told[TOLD];
	assay_store_check_summary sum = check(STORE(state), false, told);

	assert_string_equal(told, "");
	assert_int_equal(sum.findings, 0);
	assert_int_equal(sum.versions, 2);
	assert_true(sum.rows > 20 && sum.objects > 10 && sum.bytes > 0 && sum.bytes < ASSAY_OBJECT_LARGE);
	progress_done = progress_calls = 0;
	assert_int_equal(assay_store_check(STORE(state), &opts, tell, told, &sum, NULL), ASSAY_OK);
	assert_int_equal(sum.findings, 0);
	assert_true(sum.bytes > ASSAY_OBJECT_LARGE);
	assert_int_equal(progress_calls, sum.objects);
	assert_int_equal(progress_done, progress_all);
	assert_int_equal(progress_all, sum.bytes);
}

static void store_check__empty__nothing_found(void **state)
{
	char told[TOLD];

	assert_int_equal(check(STORE(state), true, told).findings, 0);
}

static void store_check__reader__the_same(void **state)
{
	const struct fixture *f = *state;
	const assay_store_opts opts = {.read_only = true};
	ASSAY_AUTO_STORE reader = NULL;
	char told[TOLD];

	assay_store_close(ASSAY_STEAL(&STORE(state))); /* a process must not have it open twice */
	assert_int_equal(assay_store_open(&reader, f->store, &opts, NULL), ASSAY_OK);
	assert_int_equal(check(reader, true, told).findings, 0);
}

static assay_code refuse(void *ctx, const assay_store_finding *f, assay_err *err)
{
	(void)f;
	++*(unsigned *)ctx;
	return ASSAY_RAISE(err, ASSAY_ESTOP, "enough");
}

static void store_check__callback_fails__stops_with_its_code(void **state)
{
	assay_store_check_summary sum = {0};
	unsigned calls_made = 0;

	change_row(state, "run", 1);
	change_row(state, "sample", 1);
	assert_int_equal(assay_store_check(STORE(state), NULL, refuse, &calls_made, &sum, NULL), ASSAY_ESTOP);
	assert_int_equal(calls_made, 1);
	assert_int_equal(sum.findings, 2);
}

/* No memory is never taken for damage. */
static void store_check__every_alloc_fails_in_turn__enomem(void **state)
{
	const assay_store_check_opts opts = {.read_data = true};
	assay_store_check_summary sum;
	char told[TOLD];
	assay_code rc;
	unsigned n = 0;

	flip_in_pack(state, &made.shared, 48);
	change_row(state, "sample", 3);
	do {
		told[0] = '\0';
		arm(++n);
		rc = assay_store_check(STORE(state), &opts, tell, told, &sum, NULL);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		assert_true(sum.findings <= 2);
		if (rc == ASSAY_ENOMEM)
			assert_string_equal(told, "");
	} while (rc != ASSAY_OK);
	assert_int_equal(sum.findings, 2);
	assert_in_range(n, 100, 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_DATASET(store_check__sound__nothing_found),
	    WITH_STORE(store_check__empty__nothing_found),
	    WITH_DATASET(store_check__reader__the_same),
	    WITH_DATASET(store_check__callback_fails__stops_with_its_code),
	    WITH_DATASET(store_check__every_alloc_fails_in_turn__enomem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
