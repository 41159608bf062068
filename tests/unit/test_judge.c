#include "test_findings.h"

#include "assay/judge.h"

#include <time.h>

/* One contract of one check on metric 0, bound 10 (and 20). */
static char check_id[] = "a", metric_name[] = "m", nothing[] = "";

static assay_check check_of(assay_operator op)
{
	return (assay_check){.id = check_id,
			     .kind = ASSAY_SAMPLE_PAGE,
			     .metric = metric_name,
			     .op = op,
			     .low_units = 10,
			     .high_units = 20,
			     .severity = ASSAY_SEVERITY_ERROR,
			     .when_missing = ASSAY_MISSING_FAILS,
			     .dimension = nothing,
			     .remedy = nothing,
			     .description = nothing};
}

static assay_judge_value defined(int64_t units)
{
	return (assay_judge_value){.state = ASSAY_VALUE_DEFINED, .units = units};
}

static assay_verdict judge(assay_check *checks, size_t n, const assay_judge_subject *subject)
{
	const assay_contract contract = {.checks = checks, .check_count = n};
	const assay_contract *const contracts[] = {&contract};
	assay_verdict v = {.passed = true, .applied = 99, .count = 0}; /* garbage: judge must reset it */

	assert_int_equal(assay_judge(&v, contracts, 1, subject, NULL), ASSAY_OK);
	return v;
}

static void judge__each_operator__at_below_and_above_the_bound(void **state)
{
	static const struct {
		assay_operator op;
		bool at_9, at_10, at_11, at_20, at_21;
	} rows[] = {
	    {ASSAY_MUST_BE, false, true, false, false, false},
	    {ASSAY_MUST_NOT_BE, true, false, true, true, true},
	    {ASSAY_MUST_BE_GREATER_THAN, false, false, true, true, true},
	    {ASSAY_MUST_BE_GREATER_OR_EQUAL_TO, false, true, true, true, true},
	    {ASSAY_MUST_BE_LESS_THAN, true, false, false, false, false},
	    {ASSAY_MUST_BE_LESS_OR_EQUAL_TO, true, true, false, false, false},
	    {ASSAY_MUST_BE_BETWEEN, false, true, true, true, false},
	    {ASSAY_MUST_NOT_BE_BETWEEN, true, false, false, false, true},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++) {
		const struct {
			int64_t units;
			bool passes;
		} at[] = {{9, rows[i].at_9},
			  {10, rows[i].at_10},
			  {11, rows[i].at_11},
			  {20, rows[i].at_20},
			  {21, rows[i].at_21},
			  /* the ends of the range: no subtraction, no overflow */
			  {INT64_MIN, rows[i].at_9},
			  {INT64_MAX, rows[i].at_21}};

		for (size_t k = 0; k < ASSAY_COUNT(at); k++) {
			assay_check check = check_of(rows[i].op);
			const assay_judge_value value = defined(at[k].units);
			const assay_judge_subject subject = {.kind = ASSAY_SAMPLE_PAGE, .values = &value};
			assay_verdict v = judge(&check, 1, &subject);

			assert_int_equal(v.passed, at[k].passes);
			assert_int_equal(v.count, !at[k].passes);
			assert_int_equal(v.applied, 1);
			if (v.count == 1) {
				assert_ptr_equal(v.findings[0].check, &check);
				assert_int_equal(v.findings[0].value.units, at[k].units);
			}
			assay_verdict_release(&v);
		}
	}
}

static void judge__missing_value__fails_or_skips(void **state)
{
	static const struct {
		assay_value_state value;
		assay_when_missing when;
		bool known, passes;
		size_t applied;
	} rows[] = {
	    {ASSAY_VALUE_UNDEFINED, ASSAY_MISSING_FAILS, true, false, 1},
	    {ASSAY_VALUE_UNDEFINED, ASSAY_MISSING_SKIPS, true, true, 0},
	    {ASSAY_VALUE_ABSENT, ASSAY_MISSING_FAILS, true, false, 1},
	    {ASSAY_VALUE_ABSENT, ASSAY_MISSING_SKIPS, true, true, 0},
	    {ASSAY_VALUE_DEFINED, ASSAY_MISSING_FAILS, false, false, 1}, /* metric this build does not know */
	    {ASSAY_VALUE_DEFINED, ASSAY_MISSING_SKIPS, false, true, 0},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++) {
		assay_check check = check_of(ASSAY_MUST_BE);
		const assay_judge_value value = {rows[i].value, 10, "no ground truth"};
		const assay_judge_subject subject = {.kind = ASSAY_SAMPLE_PAGE, .values = &value};
		assay_verdict v;

		check.when_missing = rows[i].when;
		check.metric_number = rows[i].known ? 0 : SIZE_MAX;
		v = judge(&check, 1, &subject);
		assert_int_equal(v.passed, rows[i].passes);
		assert_int_equal(v.applied, rows[i].applied);
		if (!v.passed && rows[i].value == ASSAY_VALUE_UNDEFINED)
			assert_string_equal(v.findings[0].value.reason, "no ground truth");
		if (!v.passed && !rows[i].known)
			assert_int_equal(v.findings[0].value.state, ASSAY_VALUE_ABSENT);
		assay_verdict_release(&v);
	}
}

/* An engine has no belief about a text that people wrote, nor do people agree on one that they did not write. */
static void judge__undefined_for_what_was_not_done__skipped(void **state)
{
	static const char *const reasons[] = {"corrected by hand", "not corrected by hand"};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(reasons); i++) {
		assay_check check = check_of(ASSAY_MUST_BE);
		assay_judge_value value = {ASSAY_VALUE_UNDEFINED, 0, reasons[i]};
		const assay_judge_subject subject = {.kind = ASSAY_SAMPLE_PAGE, .values = &value};
		assay_verdict v;

		check.when_missing = ASSAY_MISSING_FAILS;
		check.metric_number = 0;
		v = judge(&check, 1, &subject);
		assert_true(v.passed);
		assert_int_equal(v.applied, 0);
		assay_verdict_release(&v);
		value.state = ASSAY_VALUE_DEFINED; /* a value that is there is judged, whatever stands beside it */
		v = judge(&check, 1, &subject);
		assert_false(v.passed);
		assay_verdict_release(&v);
	}
}

static void judge__severities__only_errors_fail_a_sample(void **state)
{
	assay_check checks[] = {check_of(ASSAY_MUST_BE), check_of(ASSAY_MUST_BE), check_of(ASSAY_MUST_BE)};
	const assay_judge_value value = defined(11);
	const assay_judge_subject subject = {.kind = ASSAY_SAMPLE_PAGE, .values = &value};
	assay_verdict v;

	(void)state;
	checks[0].severity = ASSAY_SEVERITY_INFO;
	checks[1].severity = ASSAY_SEVERITY_WARNING;
	v = judge(checks, 2, &subject);
	assert_true(v.passed);
	assert_int_equal(v.count, 2);
	assay_verdict_release(&v);
	v = judge(checks, 3, &subject);
	assert_false(v.passed);
	assert_int_equal(v.count, 3);
	assert_ptr_equal(v.findings[1].check, &checks[1]); /* in their order */
	assay_verdict_release(&v);
}

static void judge__other_kinds__not_applied(void **state)
{
	assay_check checks[] = {check_of(ASSAY_MUST_BE), check_of(ASSAY_MUST_BE), check_of(ASSAY_MUST_BE)};
	const assay_judge_value value = defined(11);
	assay_judge_subject subject = {.kind = ASSAY_SAMPLE_VIDEO, .values = &value};
	assay_verdict v;

	(void)state;
	checks[1].kind = ASSAY_SAMPLE_VIDEO;
	checks[2].kind = ASSAY_SAMPLE_AUDIO;
	v = judge(checks, 3, &subject);
	assert_int_equal(v.count, 1);
	assert_ptr_equal(v.findings[0].check, &checks[1]);
	assay_verdict_release(&v);
	subject.kind = ASSAY_SAMPLE_SEGMENT;
	v = judge(checks, 3, &subject);
	assert_true(v.passed);
	assert_int_equal(v.applied, 0);
	assay_verdict_release(&v);
}

static void judge__applies_to__all_metadata_must_be_equal(void **state)
{
	static const struct {
		const char *keys[2], *values[2];
		size_t count;
		bool applies;
	} rows[] = {
	    {{"doc_type", "lang"}, {"invoice", "en"}, 2, true},
	    {{"lang", "doc_type"}, {"en", "invoice"}, 2, true},
	    {{"doc_type", "lang"}, {"letter", "en"}, 2, false},
	    {{"doc_type"}, {"invoice"}, 1, false},
	    {{NULL}, {NULL}, 0, false},
	};
	static char k1[] = "doc_type", k2[] = "lang", v1[] = "invoice", v2[] = "en";
	char *keys[] = {k1, k2}, *values[] = {v1, v2};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++) {
		assay_check check = check_of(ASSAY_MUST_BE);
		const assay_judge_value value = defined(11);
		const assay_judge_subject subject = {ASSAY_SAMPLE_PAGE, &value,        rows[i].keys,
						     rows[i].values,    rows[i].count, NULL};
		assay_verdict v;

		check.applies_keys = keys;
		check.applies_values = values;
		check.applies_count = 2;
		v = judge(&check, 1, &subject);
		assert_int_equal(v.passed, !rows[i].applies);
		assert_int_equal(v.applied, rows[i].applies);
		assay_verdict_release(&v);
	}
}

static unsigned calls, fail_at;
void *__real_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n)
{
	return ++calls == fail_at ? NULL : __real_realloc(p, n);
}

static void judge__verdict_reused__no_allocation_when_it_is_large_enough(void **state)
{
	assay_check check = check_of(ASSAY_MUST_BE);
	const assay_contract contract = {.checks = &check, .check_count = 1};
	const assay_contract *const contracts[] = {&contract};
	const assay_judge_value good = defined(10), bad = defined(11);
	assay_judge_subject subject = {.kind = ASSAY_SAMPLE_PAGE, .values = &good};
	assay_verdict v = {0};

	(void)state;
	calls = 0;
	assert_int_equal(assay_judge(&v, contracts, 1, &subject, NULL), ASSAY_OK);
	assert_int_equal(calls, 0); /* nothing is found, nothing is allocated */
	subject.values = &bad;
	for (int i = 0; i < 3; i++)
		assert_int_equal(assay_judge(&v, contracts, 1, &subject, NULL), ASSAY_OK);
	assert_int_equal(calls, 1);
	subject.values = &good;
	assert_int_equal(assay_judge(&v, contracts, 1, &subject, NULL), ASSAY_OK);
	assert_true(v.passed);
	assert_int_equal(v.count, 0);
	assay_verdict_release(&v);
}

static void judge__out_of_memory__never_a_pass(void **state)
{
	assay_check check = check_of(ASSAY_MUST_BE);
	const assay_contract contract = {.checks = &check, .check_count = 1};
	const assay_contract *const contracts[] = {&contract};
	const assay_judge_value bad = defined(11);
	const assay_judge_subject subject = {.kind = ASSAY_SAMPLE_PAGE, .values = &bad};
	assay_verdict v = {0};

	(void)state;
	check.severity = ASSAY_SEVERITY_INFO;
	calls = 0;
	fail_at = 1;
	assert_int_equal(assay_judge(&v, contracts, 1, &subject, NULL), ASSAY_ENOMEM);
	fail_at = 0;
	assert_false(v.passed);
	assay_verdict_release(&v);
}

static void bound_distance__each_operator__relative_and_exact(void **state)
{
	static const struct {
		assay_operator op;
		const char *low, *high, *value, *expected; /* by hand */
	} rows[] = {
	    {ASSAY_MUST_BE_LESS_THAN, "0.02", "0", "0.03", "0.5"},
	    {ASSAY_MUST_BE_LESS_THAN, "0.02", "0", "0.02", "0"},
	    {ASSAY_MUST_BE_LESS_OR_EQUAL_TO, "3", "0", "4", "0.333333"},
	    {ASSAY_MUST_BE_GREATER_THAN, "20", "0", "5", "0.75"},
	    {ASSAY_MUST_BE_GREATER_OR_EQUAL_TO, "-40", "0", "-60", "0.5"},
	    {ASSAY_MUST_BE, "0", "0", "12.5", "12.5"},
	    {ASSAY_MUST_NOT_BE, "7", "0", "7", "0"},
	    {ASSAY_MUST_BE_BETWEEN, "10", "20", "25", "0.25"},
	    {ASSAY_MUST_BE_BETWEEN, "10", "20", "5", "0.5"},
	    {ASSAY_MUST_NOT_BE_BETWEEN, "10", "20", "18", "0.1"},
	    {ASSAY_MUST_BE_LESS_THAN, "0.000000000000000001", "0", "9223372036854775807", "9223372036854775807"},
	    {ASSAY_MUST_BE_GREATER_THAN, "9223372036854775807", "0", "-9223372036854775808", "2"},
	    {ASSAY_MUST_BE_LESS_THAN, "8", "0", "8.000012", "0.000002"}, /* 0.0000015, to even */
	    {ASSAY_MUST_BE_LESS_THAN, "8", "0", "8.00002", "0.000002"},  /* 0.0000025, to even */
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++) {
		assay_decimal low, high, value;
		char text[ASSAY_DECIMAL_TEXT];

		assert_true(assay_decimal_parse(&low, rows[i].low));
		assert_true(assay_decimal_parse(&high, rows[i].high));
		assert_true(assay_decimal_parse(&value, rows[i].value));
		assay_decimal_format(assay_bound_distance(rows[i].op, low, high, value), text);
		assert_string_equal(text, rows[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(judge__each_operator__at_below_and_above_the_bound),
	    cmocka_unit_test(judge__missing_value__fails_or_skips),
	    cmocka_unit_test(judge__undefined_for_what_was_not_done__skipped),
	    cmocka_unit_test(judge__severities__only_errors_fail_a_sample),
	    cmocka_unit_test(judge__other_kinds__not_applied),
	    cmocka_unit_test(judge__applies_to__all_metadata_must_be_equal),
	    cmocka_unit_test(judge__verdict_reused__no_allocation_when_it_is_large_enough),
	    cmocka_unit_test(judge__out_of_memory__never_a_pass),
	    cmocka_unit_test(bound_distance__each_operator__relative_and_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
