/* The metrics that a build knows. */
#include "contract_fixture.h"

static void vocabulary_add__any_order__sorted_and_made_once_raised(void **state)
{
	const assay_vocabulary_metric rows[] = {{.name = "b", "1", "s", 0, 2, false},
						{.name = "a", "1", "s", 0, 2, false},
						{.name = "c", "1", "s", 0, 2, true},
						{.name = "b", "1", "s", 0, 2, true}};
	assay_vocabulary v = {0};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++)
		assert_int_equal(assay_vocabulary_add(&v, &rows[i], NULL), ASSAY_OK);
	assert_int_equal(v.count, 3);
	assert_int_equal(assay_vocabulary_find(&v, "a"), 0);
	assert_int_equal(assay_vocabulary_find(&v, "b"), 1);
	assert_int_equal(assay_vocabulary_find(&v, "c"), 2);
	assert_true(assay_vocabulary_find(&v, "d") == SIZE_MAX);
	assert_true(v.items[1].made);
	assert_false(v.items[0].made);
	assay_vocabulary_release(&v);
	assert_true(assay_vocabulary_find(&v, "a") == SIZE_MAX);
}

static void vocabulary_lost__each_way__beyond_its_slack(void **state)
{
	static const struct {
		assay_recall recall;
		int64_t slack;
		int permille;
		int64_t before, now;
		bool lost;
	} rows[] = {
	    {ASSAY_RECALL_NONE, 0, 0, 100, 0, false},
	    {ASSAY_RECALL_MORE, 0, 0, 100, 100, false},
	    {ASSAY_RECALL_MORE, 0, 0, 100, 101, false},
	    {ASSAY_RECALL_MORE, 0, 0, 100, 99, true},
	    {ASSAY_RECALL_MORE, 5, 0, 100, 95, false},
	    {ASSAY_RECALL_MORE, 5, 0, 100, 94, true},
	    {ASSAY_RECALL_MORE, 5, 20, 1000, 975, false}, /* 5 and 2 % */
	    {ASSAY_RECALL_MORE, 5, 20, 1000, 974, true},
	    {ASSAY_RECALL_LESS, 0, 0, 0, 0, false},
	    {ASSAY_RECALL_LESS, 0, 0, 10, 5, false},
	    {ASSAY_RECALL_LESS, 3, 0, 10, 13, false},
	    {ASSAY_RECALL_LESS, 3, 0, 10, 14, true},
	    /* the ends of the range: nothing wraps */
	    {ASSAY_RECALL_MORE, 0, 1000, INT64_MIN, INT64_MAX, false},
	    {ASSAY_RECALL_MORE, 0, 0, INT64_MAX, INT64_MIN, true},
	    {ASSAY_RECALL_LESS, 0, 0, INT64_MIN, INT64_MAX, true},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++) {
		const assay_vocabulary_metric m = {
		    .recall = rows[i].recall, .slack = rows[i].slack, .permille = rows[i].permille};

		if (assay_vocabulary_lost(&m, rows[i].before, rows[i].now) != rows[i].lost)
			fail_msg("row %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(vocabulary_lost__each_way__beyond_its_slack),
	    cmocka_unit_test(vocabulary_add__any_order__sorted_and_made_once_raised),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
