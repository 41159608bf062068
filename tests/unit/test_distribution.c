#include "delivery_wrap.h"

#include "distribution.h"

static void add_value(distributions *d, const char *name, int64_t value)
{
	assay_content_measure m = {.name = name, .unit = "1", .scale = 2, .defined = true, .value = value};
	const assay_content c = {.measures = &m, .measure_count = 1};

	assert_int_equal(distributions_add(d, &c, NULL), ASSAY_OK);
}

/* Expected by the definition of nearest rank: the value at position ceil(percent * n / 100) of the sorted ones. */
static void distribution_of__some_values__nearest_rank_and_exact_mean(void **state)
{
	static const struct {
		int64_t values[12];
		size_t count;
		distribution_summary expected;
	} cases[] = {
	    {{7}, 1, {7, 7, 7, 7, 7, 7}},
	    {{2, 1}, 2, {1, 1, 1, 2, 2, 2}},         /* mean 1.5, half to even */
	    {{4, 1}, 2, {1, 1, 1, 4, 4, 2}},         /* mean 2.5, half to even */
	    {{-1, -2}, 2, {-2, -2, -2, -1, -1, -2}}, /* mean -1.5 */
	    {{-4, -1}, 2, {-4, -4, -4, -1, -1, -2}}, /* mean -2.5 */
	    {{3, 1, 2}, 3, {1, 1, 2, 3, 3, 2}},
	    {{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, 10, {1, 1, 5, 9, 10, 6}}, /* mean 5.5 */
	    {{11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, 11, {1, 2, 6, 10, 11, 6}},
	    {{INT64_MAX, INT64_MAX, INT64_MAX - 3},
	     3,
	     {INT64_MAX - 3, INT64_MAX - 3, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX - 1}},
	    {{INT64_MIN, INT64_MAX}, 2, {INT64_MIN, INT64_MIN, INT64_MIN, INT64_MAX, INT64_MAX, 0}}, /* mean -0.5 */
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		distributions d = {0};
		distribution_summary got;

		for (size_t k = 0; k < cases[i].count; k++)
			add_value(&d, "m", cases[i].values[k]);
		assert_int_equal(d.count, 1);
		got = distribution_of(&d.items[0]);
		if (memcmp(&got, &cases[i].expected, sizeof got) != 0)
			fail_msg("case %zu: %lld %lld %lld %lld %lld mean %lld", i, (long long)got.min,
				 (long long)got.p10, (long long)got.p50, (long long)got.p90, (long long)got.max,
				 (long long)got.mean);
		distributions_release(&d);
	}
}

static void distributions_json__undefined_and_defined__sorted_by_name(void **state)
{
	assay_content_measure none = {.name = "b", .unit = "dB", .scale = 1, .reason = "silence"};
	const assay_content c = {.measures = &none, .measure_count = 1};
	distributions d = {0};
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;
	assay_json j;

	(void)state;
	add_value(&d, "z", 5);
	add_value(&d, "a", 150);
	assert_int_equal(distributions_add(&d, &c, NULL), ASSAY_OK);
	assay_json_init(&j, &out, 0);
	distributions_json(&j, &d);
	assert_string_equal(
	    assay_buf_str(&out),
	    "{\"a\":{\"unit\":\"1\",\"count\":1,\"undefined\":0,\"min\":1.5,\"p10\":1.5,\"p50\":1.5,\"p90\":1.5,"
	    "\"max\":1.5,"
	    "\"mean\":1.5},\"b\":{\"unit\":\"dB\",\"count\":0,\"undefined\":1,\"min\":null,\"p10\":null,\"p50\":null,"
	    "\"p90\":null,\"max\":null,\"mean\":null},\"z\":{\"unit\":\"1\",\"count\":1,\"undefined\":0,\"min\":0.05,"
	    "\"p10\":0.05,\"p50\":0.05,\"p90\":0.05,\"max\":0.05,\"mean\":0.05}}");
	distributions_release(&d);
}

static void distributions_add__another_resolution__corrupt_names_metric(void **state)
{
	assay_content_measure m = {.name = "m", .unit = "1", .scale = 3, .defined = true, .value = 1};
	const assay_content c = {.measures = &m, .measure_count = 1};
	assay_err err = ASSAY_ERR_INIT;
	distributions d = {0};

	(void)state;
	add_value(&d, "m", 1);
	assert_int_equal(distributions_add(&d, &c, &err), ASSAY_ECORRUPT);
	assert_non_null(strstr(err.msg, "'m'"));
	distributions_release(&d);
}

static void distributions_add__every_alloc_fails_in_turn__enomem_no_leak(void **state)
{
	assay_content_measure m = {.name = "m", .unit = "1", .scale = 3, .defined = true, .value = 1};
	const assay_content c = {.measures = &m, .measure_count = 1};
	unsigned n = 0;
	assay_code rc;

	(void)state;
	do {
		distributions d = {0};

		alloc_calls = 0;
		alloc_fail_at = ++n;
		rc = distributions_add(&d, &c, NULL);
		alloc_fail_at = 0;
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		distributions_release(&d);
	} while (rc != ASSAY_OK);
	assert_in_range(n, 4, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(distribution_of__some_values__nearest_rank_and_exact_mean),
	    cmocka_unit_test(distributions_json__undefined_and_defined__sorted_by_name),
	    cmocka_unit_test(distributions_add__another_resolution__corrupt_names_metric),
	    cmocka_unit_test(distributions_add__every_alloc_fails_in_turn__enomem_no_leak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
