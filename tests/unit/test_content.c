#include "assay/content.h"

#include "lineage_fixture.h"

static void set_digest(assay_digest *d, const char *hex)
{
	assert_true(assay_digest_parse(d, hex));
}

/* The worked example of docs/formats.md, which docs/formats-examples.py computes without this code. */
static void content_digest__example_of_the_format__its_digest(void **state)
{
	static const char *const keys[] = {"licence"}, *const values[] = {"CC-BY-4.0"};
	assay_content_measure m = {.name = "audio.peak", .scale = 2, .defined = true, .value = -601};
	assay_content c = {.kind = ASSAY_SAMPLE_AUDIO,
			   .part = "",
			   .has_span = true,
			   .start = {0, 1, 1},
			   .end = {3, 1, 2},
			   .measures = &m,
			   .measure_count = 1,
			   .metadata_keys = keys,
			   .metadata_values = values,
			   .metadata_count = 1};
	ASSAY_AUTO_BUF scratch = ASSAY_BUF_INIT;
	char hex[ASSAY_DIGEST_HEX];
	assay_digest d;

	(void)state;
	set_digest(&c.source, "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03");
	assert_int_equal(assay_content_digest(&c, &scratch, &d, NULL), ASSAY_OK);
	assert_string_equal(assay_digest_hex(&d, hex),
			    "6a7ab86eb69cdc0dfa4c5d9d55ab79b981ac906339e0fd8bcfb83713ac63f8e0");
}

/* What a digest covers: any change of what is said of a sample gives another one. */
static void content_digest__any_field_changes__another_digest(void **state)
{
	static const char *const keys_of[] = {"licence"}, *const values[] = {"CC-BY-4.0"};
	assay_content_measure m[2] = {{.name = "a", .scale = 2, .defined = true, .value = 5},
				      {.name = "b", .reason = "none"}};
	assay_content_artifact a[1] = {{.stage = "s", .role = "text", .size = 3}};
	const assay_content base = {.kind = 1,
				    .part = "page=1",
				    .measures = m,
				    .measure_count = 2,
				    .artifacts = a,
				    .artifact_count = 1,
				    .metadata_keys = keys_of,
				    .metadata_values = values,
				    .metadata_count = 1};
	assay_content changed[8];
	ASSAY_AUTO_BUF scratch_buf = ASSAY_BUF_INIT;
	assay_digest first, next;

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(changed); i++)
		changed[i] = base;
	changed[1].kind = 2;
	changed[2].part = "page=2";
	changed[3].source.bytes[5] = 1;
	changed[4].has_span = true;
	changed[5].measure_count = 1;
	changed[6].artifact_count = 0;
	changed[7].metadata_count = 0;
	assert_int_equal(assay_content_digest(&changed[0], &scratch_buf, &first, NULL), ASSAY_OK);
	for (size_t i = 0; i < ASSAY_COUNT(changed); i++) {
		assert_int_equal(assay_content_digest(&changed[i], &scratch_buf, &next, NULL), ASSAY_OK);
		assert_int_equal(assay_digest_eq(&first, &next), i == 0);
	}
	m[0].value = 6;
	assert_int_equal(assay_content_digest(&base, &scratch_buf, &next, NULL), ASSAY_OK);
	assert_false(assay_digest_eq(&first, &next));
}

/* ---- from a result by a recipe of one step with two metrics and one artifact */

static assay_recipe_metric metrics[] = {{.name = "page.contrast", .unit = "%", .scale = 1},
					{.name = "ocr.cer", .unit = "", .scale = 4}};
static assay_recipe_artifact artifacts[] = {{.role = "text", .media = "text/plain", .suffix = "txt"}};
static assay_recipe_step steps[] = {
    {.stage = "ocr.recognize", .metrics = metrics, .metric_count = 2, .artifacts = artifacts, .artifact_count = 1}};
static const assay_recipe recipe = {.steps = steps, .step_count = 1, .metric_total = 2};

static void content_of__a_result__named_by_the_recipe(void **state)
{
	assay_measurement m[] = {{.metric = 0, .defined = true, .value = 314},
				 {.metric = 1, .reason = "no ground truth"}};
	assay_artifact_ref a[] = {{.size = 6, .digest = digest(7)}};
	const assay_result_sample s = {.kind = ASSAY_SAMPLE_PAGE,
				       .part = "page=2",
				       .measurements = m,
				       .measurement_count = 2,
				       .artifacts = a,
				       .artifact_count = 1};
	ASSAY_CLEANUP(assay_content_release) assay_content c = {0};

	(void)state;
	assert_int_equal(assay_content_of(&c, &recipe, &s, NULL), ASSAY_OK);
	assert_string_equal(c.part, "page=2");
	assert_int_equal(c.measure_count, 2);
	assert_string_equal(c.measures[0].name, "page.contrast");
	assert_int_equal(c.measures[0].value, 314);
	assert_int_equal(c.measures[1].scale, 4);
	assert_string_equal(c.measures[1].reason, "no ground truth");
	assert_int_equal(c.artifact_count, 1);
	assert_string_equal(c.artifacts[0].role, "text");
	assert_string_equal(c.artifacts[0].suffix, "txt");
	assay_content_reset(&c);
	assert_int_equal(c.measure_count, 0);
	assert_true(c.measure_cap > 0);
}

static void content_of__a_result_beyond_its_recipe__corrupt(void **state)
{
	assay_measurement m[] = {{.metric = 2, .defined = true}};
	assay_artifact_ref a[] = {{.type = 1}};
	const assay_result_sample measured = {.part = "", .measurements = m, .measurement_count = 1};
	const assay_result_sample made = {.part = "", .artifacts = a, .artifact_count = 1};
	ASSAY_CLEANUP(assay_content_release) assay_content c = {0};
	assay_err err = ASSAY_ERR_INIT;

	(void)state;
	assert_int_equal(assay_content_of(&c, &recipe, &measured, &err), ASSAY_ECORRUPT);
	assert_string_equal(err.msg, "a result names metric 2, its recipe has fewer");
	assay_content_reset(&c);
	assert_int_equal(assay_content_of(&c, &recipe, &made, &err), ASSAY_ECORRUPT);
	a[0] = (assay_artifact_ref){.stage = 1};
	assert_int_equal(assay_content_of(&c, &recipe, &made, &err), ASSAY_ECORRUPT);
}

static void content_of__no_memory__enomem(void **state)
{
	assay_measurement m[] = {{.defined = true}};
	const assay_result_sample s = {.part = "", .measurements = m, .measurement_count = 1};
	ASSAY_CLEANUP(assay_content_release) assay_content c = {0};

	(void)state;
	arm(1);
	assert_int_equal(assay_content_of(&c, &recipe, &s, NULL), ASSAY_ENOMEM);
	arm(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(content_digest__example_of_the_format__its_digest),
	    cmocka_unit_test(content_digest__any_field_changes__another_digest),
	    cmocka_unit_test(content_of__a_result__named_by_the_recipe),
	    cmocka_unit_test(content_of__a_result_beyond_its_recipe__corrupt),
	    cmocka_unit_test(content_of__no_memory__enomem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
