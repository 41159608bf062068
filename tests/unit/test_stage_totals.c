#include "assay/stage_totals.h"

#include "assay/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define TEXT(s) ((char *)(uintptr_t)(s))

static const char *const names[] = {"page.read", "ocr.recognize"};

static void add(assay_stage_totals *t, assay_modality m, const assay_step_count *steps, size_t count)
{
	const assay_result r = {.steps = (assay_step_count *)(uintptr_t)steps, .step_count = count};
	assay_err err = ASSAY_ERR_INIT;

	if (assay_stage_totals_add(t, m, names, &r, &err) != ASSAY_OK)
		fail_msg("%s", err.msg);
}

static void totals__units_of_two_pipelines__rows_in_order_and_summed(void **state)
{
	assay_drop_count late[] = {{TEXT("late"), 2}}, early[] = {{TEXT("early"), 1}, {TEXT("late"), 3}};
	const assay_step_count video[] = {{.in = 1, .consumed = 1, .out = 9}};
	const assay_step_count first[] = {{.out = 4},
					  {.in = 4, .passed = 2, .dropped = 2, .drops = late, .drop_count = 1}};
	const assay_step_count then[] = {
	    {.out = 5}, {.in = 5, .consumed = 1, .dropped = 4, .out = 7, .drops = early, .drop_count = 2}};
	assay_stage_totals t = {0};

	(void)state;
	add(&t, ASSAY_MODALITY_VIDEO, video, 1);
	add(&t, ASSAY_MODALITY_PAGE, first, 2);
	add(&t, ASSAY_MODALITY_PAGE, then, 2);
	assert_int_equal(t.count, 3);
	assert_int_equal(t.items[0].modality, ASSAY_MODALITY_PAGE);
	assert_string_equal(t.items[0].stage, "page.read");
	assert_int_equal(t.items[0].count.out, 9);
	assert_string_equal(t.items[1].stage, "ocr.recognize");
	assert_int_equal(t.items[1].count.in, 9);
	assert_int_equal(t.items[1].count.consumed, 1);
	assert_int_equal(t.items[1].count.passed, 2);
	assert_int_equal(t.items[1].count.dropped, 6);
	assert_int_equal(t.items[1].count.out, 7);
	assert_int_equal(t.items[1].count.drop_count, 2);
	assert_string_equal(t.items[1].count.drops[0].reason, "early");
	assert_int_equal(t.items[1].count.drops[0].count, 1);
	assert_int_equal(t.items[1].count.drops[1].count, 5);
	assert_int_equal(t.items[2].modality, ASSAY_MODALITY_VIDEO);
	assay_stage_totals_release(&t);
	assert_int_equal(t.count, 0);
}

/* Reasons come from children, which hostile files may direct. */
static void totals__endless_reasons__bounded_and_nothing_lost(void **state)
{
	assay_stage_totals t = {0};
	uint64_t sum = 0;

	(void)state;
	for (int i = 0; i < 5000; i++) {
		char reason[32];
		assay_drop_count drop = {reason, 1};
		const assay_step_count step = {.in = 1, .dropped = 1, .drops = &drop, .drop_count = 1};

		(void)snprintf(reason, sizeof reason, "reason %d", i);
		add(&t, ASSAY_MODALITY_PAGE, &step, 1);
	}
	assert_in_range(t.items[0].count.drop_count, 2, 65);
	for (size_t i = 0; i < t.items[0].count.drop_count; i++)
		sum += t.items[0].count.drops[i].count;
	assert_int_equal(sum, 5000);
	assay_stage_totals_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(totals__units_of_two_pipelines__rows_in_order_and_summed),
	    cmocka_unit_test(totals__endless_reasons__bounded_and_nothing_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
