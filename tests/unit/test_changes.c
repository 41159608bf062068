#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "changes.h"

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- contracts ---- */

#define TEXT(s) ((char *)(uintptr_t)(s)) /* read only */

static char no_text[] = "";
static char *applied_keys[] = {no_text, no_text};

static assay_check check(assay_operator op, int64_t low, int64_t high)
{
	return (assay_check){.id = TEXT("c"),
			     .kind = ASSAY_SAMPLE_PAGE,
			     .metric = TEXT("m"),
			     .op = op,
			     .low = {low, 0},
			     .high = {high, 0},
			     .severity = ASSAY_SEVERITY_ERROR,
			     .when_missing = ASSAY_MISSING_FAILS,
			     .dimension = no_text,
			     .remedy = no_text};
}

static const char *effect_of(assay_check a, assay_check b)
{
	static char out[32];
	assay_contract x = {.id = TEXT("i"), .name = no_text, .version = no_text, .checks = &a, .check_count = 1};
	assay_contract y = x;
	assay_contract *list_a[] = {&x}, *list_b[] = {&y};
	const assay_contract_set set_a = {list_a, NULL, 1}, set_b = {list_b, NULL, 1};
	ASSAY_AUTO_CHANGES c = {0};

	y.checks = &b;
	assert_int_equal(assay_changes_contracts(&c, &set_a, &set_b, 0, NULL), ASSAY_OK);
	assert_int_equal(c.count, 1);
	(void)strcpy(out, c.items[0].effect);
	return out;
}

/* From the sets of values that pass, worked out by hand. */
static void contracts__bounds__loosened_when_more_values_pass(void **state)
{
	static const struct {
		assay_operator a;
		int64_t a_low, a_high;
		assay_operator b;
		int64_t b_low, b_high;
		const char *effect;
	} cases[] = {
	    {ASSAY_MUST_BE_LESS_THAN, 2, 0, ASSAY_MUST_BE_LESS_THAN, 3, 0, "loosened"},
	    {ASSAY_MUST_BE_LESS_THAN, 2, 0, ASSAY_MUST_BE_LESS_OR_EQUAL_TO, 2, 0, "loosened"},
	    {ASSAY_MUST_BE_LESS_OR_EQUAL_TO, 1, 0, ASSAY_MUST_BE_LESS_THAN, 2, 0, "loosened"},
	    {ASSAY_MUST_BE_GREATER_THAN, 2, 0, ASSAY_MUST_BE_GREATER_THAN, 3, 0, "tightened"},
	    {ASSAY_MUST_BE_GREATER_OR_EQUAL_TO, 2, 0, ASSAY_MUST_BE_GREATER_THAN, 2, 0, "tightened"},
	    {ASSAY_MUST_BE_LESS_THAN, 2, 0, ASSAY_MUST_BE_GREATER_THAN, 2, 0, "altered"},
	    {ASSAY_MUST_BE_BETWEEN, 1, 5, ASSAY_MUST_BE_BETWEEN, 0, 5, "loosened"},
	    {ASSAY_MUST_BE_BETWEEN, 1, 5, ASSAY_MUST_BE_BETWEEN, 2, 6, "altered"},
	    {ASSAY_MUST_BE_BETWEEN, 1, 5, ASSAY_MUST_BE_GREATER_OR_EQUAL_TO, 1, 0, "loosened"},
	    {ASSAY_MUST_BE_BETWEEN, 1, 5, ASSAY_MUST_BE_GREATER_THAN, 1, 0, "altered"},
	    {ASSAY_MUST_BE, 3, 0, ASSAY_MUST_BE_BETWEEN, 1, 5, "loosened"},
	    {ASSAY_MUST_BE, 3, 0, ASSAY_MUST_BE, 4, 0, "altered"},
	    {ASSAY_MUST_NOT_BE, 3, 0, ASSAY_MUST_NOT_BE_BETWEEN, 3, 4, "tightened"},
	    {ASSAY_MUST_NOT_BE_BETWEEN, 1, 5, ASSAY_MUST_NOT_BE_BETWEEN, 2, 4, "loosened"},
	    {ASSAY_MUST_NOT_BE_BETWEEN, 1, 5, ASSAY_MUST_BE_LESS_THAN, 1, 0, "tightened"},
	    {ASSAY_MUST_NOT_BE, 3, 0, ASSAY_MUST_BE_LESS_OR_EQUAL_TO, 3, 0, "altered"},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		const assay_check a = check(cases[i].a, cases[i].a_low, cases[i].a_high);
		const assay_check b = check(cases[i].b, cases[i].b_low, cases[i].b_high);
		const char *back = strcmp(cases[i].effect, "altered") == 0    ? "altered"
				   : strcmp(cases[i].effect, "loosened") == 0 ? "tightened"
									      : "loosened";

		if (strcmp(effect_of(a, b), cases[i].effect) != 0 || strcmp(effect_of(b, a), back) != 0)
			fail_msg("case %zu: %s, and back %s", i, effect_of(a, b), effect_of(b, a));
	}
}

static void contracts__other_aspects__have_an_effect_too(void **state)
{
	const assay_check a = check(ASSAY_MUST_BE_LESS_THAN, 2, 0);
	assay_check b = a;

	(void)state;
	b.severity = ASSAY_SEVERITY_WARNING;
	assert_string_equal(effect_of(a, b), "loosened");
	assert_string_equal(effect_of(b, a), "tightened");
	b = a;
	b.when_missing = ASSAY_MISSING_SKIPS;
	assert_string_equal(effect_of(a, b), "loosened");
	assert_string_equal(effect_of(b, a), "tightened");
	b = a;
	b.applies_keys = b.applies_values = applied_keys;
	b.applies_count = 1;
	assert_string_equal(effect_of(a, b), "loosened"); /* it is for fewer samples */
	assert_string_equal(effect_of(b, a), "tightened");
	b = a;
	b.metric = TEXT("n");
	assert_string_equal(effect_of(a, b), "altered");
}

/* ---- recipes ---- */

static void tell(assay_buf *out, const assay_recipe *a, const assay_recipe *b)
{
	ASSAY_AUTO_CHANGES c = {0};

	assay_buf_reset(out);
	assert_int_equal(assay_changes_recipe(&c, a, b, NULL), ASSAY_OK);
	for (size_t i = 0; i < c.count; i++)
		assay_buf_printf(out, "%s: %s\n", c.items[i].what, c.items[i].text);
}

static void recipes__every_term__told_once(void **state)
{
	assay_recipe_param p[] = {{TEXT("dpi"), TEXT("300")}}, q[] = {{TEXT("dpi"), TEXT("400")}};
	assay_recipe_file f[] = {{TEXT("model"), TEXT("eng"), {{1}}}}, g[] = {{TEXT("model"), TEXT("deu"), {{2}}}};
	char *lib[] = {TEXT("libx 00ff")}, *lib2[] = {TEXT("libx 00fe")};
	assay_recipe_metric m[] = {{TEXT("a.b"), TEXT("dB"), 2}}, n[] = {{TEXT("a.b"), TEXT("dB"), 3}};
	assay_recipe_step one[] = {{.stage = TEXT("read"), .version = 1, .determinism = 1, .engine = no_text},
				   {.stage = TEXT("look"),
				    .version = 1,
				    .determinism = 1,
				    .engine = TEXT("e 1"),
				    .params = p,
				    .param_count = 1,
				    .files = f,
				    .file_count = 1,
				    .libraries = lib,
				    .library_count = 1,
				    .metrics = m,
				    .metric_count = 1}};
	assay_recipe_step two[] = {{.stage = TEXT("look"),
				    .version = 2,
				    .determinism = 2,
				    .engine = TEXT("e 2"),
				    .params = q,
				    .param_count = 1,
				    .files = g,
				    .file_count = 1,
				    .libraries = lib2,
				    .library_count = 1,
				    .metrics = n,
				    .metric_count = 1},
				   one[0]};
	const assay_recipe a = {.modality = 1, .steps = one, .step_count = 2};
	const assay_recipe b = {.modality = 1, .steps = two, .step_count = 2};
	const assay_recipe c = {.modality = 1, .steps = one, .step_count = 1};
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;

	(void)state;
	tell(&out, &a, &a);
	assert_string_equal(assay_buf_str(&out), "");
	tell(&out, &a, &c);
	assert_string_equal(assay_buf_str(&out), "stage: stage look was taken out (it was version 1, exact)\n");
	tell(&out, &c, &a);
	assert_string_equal(assay_buf_str(&out), "stage: stage look is new (version 1, exact)\n");
	tell(&out, &a, &b);
	assert_string_equal(assay_buf_str(&out),
			    "stage: stage look is version 2, exact-per-build, was version 1, exact\n"
			    "parameter: parameter look.dpi is 400, was 300\n"
			    "engine: engine look is e 2, was e 1\n"
			    "model: model look.deu is new "
			    "(sha256:0200000000000000000000000000000000000000000000000000000000000000)\n"
			    "library: library look.libx is 00fe, was 00ff\n"
			    "metric: metric look.a.b is in dB to 3 places, was in dB to 2 places\n"
			    "model: model look.eng was taken out "
			    "(it was sha256:0100000000000000000000000000000000000000000000000000000000000000)\n"
			    "order: the order of stages is look, read, was read, look\n");
}

/* A stage that measures nothing may stand in a pipeline again: each place is compared with its own. */
static void recipes__stage_twice__told_apart(void **state)
{
	assay_recipe_param p[] = {{TEXT("size"), TEXT("1")}}, q[] = {{TEXT("size"), TEXT("9")}},
			   r[] = {{TEXT("size"), TEXT("8")}};
	assay_recipe_step one[] = {
	    {.stage = TEXT("dust"), .version = 1, .determinism = 1, .engine = no_text, .params = p, .param_count = 1},
	    {.stage = TEXT("dust"), .version = 1, .determinism = 1, .engine = no_text, .params = q, .param_count = 1}};
	assay_recipe_step two[] = {one[0], one[1]};
	const assay_recipe a = {.modality = 1, .steps = one, .step_count = 2};
	const assay_recipe b = {.modality = 1, .steps = two, .step_count = 2};
	const assay_recipe c = {.modality = 1, .steps = one, .step_count = 1};
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;

	(void)state;
	tell(&out, &a, &b);
	assert_string_equal(assay_buf_str(&out), "");
	two[1].params = r;
	tell(&out, &a, &b);
	assert_string_equal(assay_buf_str(&out), "parameter: parameter dust (2).size is 8, was 9\n");
	tell(&out, &c, &a);
	assert_string_equal(assay_buf_str(&out), "stage: stage dust (2) is new (version 1, exact)\n");
}

static void names_of(assay_buf *out, const assay_changes *terms)
{
	assay_buf_reset(out);
	for (size_t i = 0; i < terms->count; i++)
		assay_buf_printf(out, "%s ", terms->items[i].name);
}

static void recipes__as_one_change__all_terms_and_those_that_matter_first(void **state)
{
	assay_recipe_param p[] = {{TEXT("x"), TEXT("1")}}, q[] = {{TEXT("x"), TEXT("2")}};
	assay_recipe_metric m[] = {{TEXT("second.value"), no_text, 0}};
	assay_recipe_step was[3] = {{.stage = TEXT("first")}, {.stage = TEXT("second")}, {.stage = TEXT("third")}},
			  is[3];
	const assay_recipe a = {.modality = 1, .steps = was, .step_count = 3, .digest = {{1}}};
	const assay_recipe b = {.modality = 1, .steps = is, .step_count = 3, .digest = {{2}}};
	assay_failed_check failed = {.metric = TEXT("second.value")};
	const assay_focus on_check = {.checks = &failed, .check_count = 1}, on_stage = {.failed_stage = "third"};
	ASSAY_AUTO_CHANGES measured = {0};
	const assay_focus on_value = {.measured = &measured};
	ASSAY_AUTO_CHANGES c = {0};
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT, text = ASSAY_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		was[i].version = was[i].determinism = 1;
		was[i].engine = no_text;
		was[i].params = p;
		was[i].param_count = 1;
		is[i] = was[i];
	}
	was[1].metrics = is[1].metrics = m;
	was[1].metric_count = is[1].metric_count = 1;
	is[2].params = q;
	assert_int_equal(assay_changes_recipes(&c, &a, &a, NULL), ASSAY_OK);
	assert_int_equal(c.count, 0);
	assert_int_equal(assay_changes_recipes(&c, &a, &b, NULL), ASSAY_OK);
	assert_int_equal(c.count, 1);
	assert_string_equal(c.items[0].text, "the recipe changed: parameter third.x is 2, was 1");
	assay_changes_release(&c);
	is[0].params = is[1].params = q;
	assert_int_equal(assay_changes_recipes(&c, &a, &b, NULL), ASSAY_OK);
	assert_string_equal(c.items[0].what, "recipe");
	assert_string_equal(c.items[0].text, "the recipe changed in 3 terms");
	names_of(&out, c.items[0].terms);
	assert_string_equal(assay_buf_str(&out), "first.x second.x third.x ");
	assert_string_equal(c.items[0].terms->items[2].stage, "third");
	assert_int_equal(assay_changes_focus(&c, &on_check, &b, NULL), ASSAY_OK);
	names_of(&out, c.items[0].terms);
	assert_string_equal(assay_buf_str(&out), "second.x first.x third.x ");
	assert_int_equal(assay_changes_focus(&c, &on_stage, &b, NULL), ASSAY_OK);
	names_of(&out, c.items[0].terms);
	assert_string_equal(assay_buf_str(&out), "third.x second.x first.x ");
	assert_int_equal(assay_changes_add(&measured,
					   (assay_change_words){.what = "measurement", .name = "second.value"}, &text,
					   NULL),
			 ASSAY_OK);
	assert_int_equal(assay_changes_focus(&c, &on_value, &b, NULL), ASSAY_OK);
	names_of(&out, c.items[0].terms);
	assert_string_equal(assay_buf_str(&out), "second.x third.x first.x ");
}

/* ---- filters ---- */

static void filters__added_edited_removed_and_their_order(void **state)
{
	assay_filter_note before[] = {{TEXT("a"), TEXT("1")}, {TEXT("b"), TEXT("2")}, {TEXT("c"), TEXT("3")}};
	assay_filter_note after[] = {{TEXT("c"), TEXT("3")}, {TEXT("d"), TEXT("4")}, {TEXT("b"), TEXT("9")}};
	const assay_filter_set was = {before, 3, 3}, is = {after, 3, 3};
	ASSAY_AUTO_CHANGES c = {0};
	ASSAY_AUTO_BUF out = ASSAY_BUF_INIT;

	(void)state;
	assert_int_equal(assay_changes_filters(&c, &was, &was, NULL), ASSAY_OK);
	assert_int_equal(c.count, 0);
	assert_int_equal(assay_changes_filters(&c, &was, &is, NULL), ASSAY_OK);
	for (size_t i = 0; i < c.count; i++)
		assay_buf_printf(&out, "%s: %s\n", c.items[i].what, c.items[i].text);
	assert_string_equal(assay_buf_str(&out), "filter: filter d is new: 4\n"
						 "filter: filter b is: 9, was: 2\n"
						 "filter: filter a was taken out (it was: 1)\n"
						 "filter: the order of filters is c, b, was b, c\n");
	assay_changes_release(&c);
	assert_int_equal(assay_changes_filter(&c, &was, &is, "c", NULL), ASSAY_OK);
	assert_int_equal(assay_changes_filter(&c, &was, &is, "e", NULL), ASSAY_OK);
	assert_int_equal(c.count, 0);
	assert_int_equal(assay_changes_filter(&c, &was, &is, "b", NULL), ASSAY_OK);
	assert_int_equal(c.count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(contracts__bounds__loosened_when_more_values_pass),
	    cmocka_unit_test(contracts__other_aspects__have_an_effect_too),
	    cmocka_unit_test(recipes__every_term__told_once),
	    cmocka_unit_test(filters__added_edited_removed_and_their_order),
	    cmocka_unit_test(recipes__stage_twice__told_apart),
	    cmocka_unit_test(recipes__as_one_change__all_terms_and_those_that_matter_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
