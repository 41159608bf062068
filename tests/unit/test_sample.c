#include "assay/sample.h"

#include "failed_checks.h"
#include "lineage_rows.h"

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

static void assert_same_text(const char *a, const char *b)
{
	assert_true(a == NULL || b == NULL ? a == b : strcmp(a, b) == 0);
}

static void assert_same_row(const assay_sample_row *a, const assay_sample_row *b)
{
	assert_true(a->id == b->id && a->source == b->source && a->unit == b->unit && a->position == b->position &&
		    a->missing == b->missing && a->outcome == b->outcome && a->judged_unit == b->judged_unit &&
		    a->judged_run == b->judged_run && a->failure == b->failure && a->has_before == b->has_before &&
		    a->before_outcome == b->before_outcome && a->before_unit == b->before_unit);
	assert_digest(&a->contracts, &b->contracts);
	assert_digest(&a->before_contracts, &b->before_contracts);
	assert_same_text(a->key, b->key);
	assert_same_text(a->failed_stage, b->failed_stage);
	assert_same_text(a->original, b->original);
	assert_true(assay_failed_checks_same(a->checks, a->check_count, b->checks, b->check_count));
}

/* With an allocation for each part, and by its number into an arena: both say the same. */
static assay_code read_sample(assay_store *s, uint64_t id)
{
	ASSAY_AUTO_SAMPLE_ROW r = {0};
	assay_sample_row near;
	assay_arena arena = {0};
	assay_err err = ASSAY_ERR_INIT, other = ASSAY_ERR_INIT;
	const assay_code rc = assay_sample_get(s, id, &r, &err);

	assert_int_equal(assay_sample_find_near(s, rc == ASSAY_OK ? r.key : "none", id, &arena, &near, &other), rc);
	assert_string_equal(err.msg, other.msg);
	assert_same_row(&r, &near);
	assay_arena_release(&arena);
	return rc;
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

static void sample_find_near__any_hint__the_sample_of_that_key(void **state)
{
	const char *const keys[] = {"a", "b", "c"};
	assay_arena arena = {0};
	assay_sample_row r;

	for (unsigned i = 0; i < 3; i++) {
		assay_sample_row row = {.key = text(keys[i]), .source = 1, .unit = 1, .position = i};

		assert_int_equal(assay_sample_put(STORE(state), &row, NULL), ASSAY_OK);
		assay_sample_row_release(&row);
	}
	for (unsigned hint = 0; hint < 6; hint++)
		for (unsigned i = 0; i < 3; i++) {
			assay_arena_rewind(&arena);
			assert_int_equal(assay_sample_find_near(STORE(state), keys[i], hint, &arena, &r, NULL),
					 ASSAY_OK);
			assert_string_equal(r.key, keys[i]);
			assert_int_equal(r.id, i + 1);
		}
	assert_int_equal(assay_sample_find_near(STORE(state), "d", 2, &arena, &r, NULL), ASSAY_ENOENT);
	assert_int_equal(r.id, 0);
	assert_null(r.key);
	assay_arena_release(&arena);
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
	assert_row_truncations_refused(STORE(state), ASSAY_TABLE_SAMPLE, r.id, read_sample);
}

static void sample_get__random_mutations__no_harm(void **state)
{
	ASSAY_AUTO_SAMPLE_ROW r = {0};

	make_full(&r);
	assert_int_equal(assay_sample_put(STORE(state), &r, NULL), ASSAY_OK);
	assert_row_mutations_harmless(STORE(state), ASSAY_TABLE_SAMPLE, r.id, read_sample);
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
	    WITH_STORE(sample_put__full__reads_back_by_number_and_key),
	    WITH_STORE(sample_put__never_judged__no_verdict),
	    WITH_STORE(sample_put__judged_again__row_keeps_its_number),
	    WITH_STORE(sample_find__never_made__enoent),
	    WITH_STORE(sample_find_near__any_hint__the_sample_of_that_key),
	    WITH_STORE(samples_of__source__its_samples_only),
	    WITH_STORE(sample_get__every_truncation__ecorrupt),
	    WITH_STORE(sample_get__random_mutations__no_harm),
	    WITH_STORE(sample__every_alloc_fails_in_turn__enomem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
