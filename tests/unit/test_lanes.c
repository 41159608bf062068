/* lanes of assay.yaml: which rule takes a ticket, and what is refused. */
#include "test_findings.h"

#include "config_stages.h"

static scratch folder;

#define HEAD                                                                                                           \
	"dataset: d\nsources: [{path: a, modality: page}]\npipelines: {page: [ocr.recognize]}\n"                       \
	"contracts: [cer.yaml]\nlanes:\n"
#define CONTRACT                                                                                                       \
	"apiVersion: v3.1.0\nkind: DataContract\nid: c\nversion: 1.0.0\nstatus: active\n"                              \
	"schema:\n- name: page\n  quality:\n"                                                                          \
	"  - {id: cer, type: custom, engine: assay, implementation: {metric: ocr.cer, mustBeLessThan: 0.02}}\n"        \
	"  - {id: dpi, type: custom, engine: assay, implementation: {metric: page.dpi, mustBe: 300}}\n"

static int set_up(void **state)
{
	(void)state;
	scratch_open(&folder);
	scratch_write(&folder, "cer.yaml", CONTRACT, strlen(CONTRACT));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlinkat(folder.fd, "cer.yaml", 0);
	unlinkat(folder.fd, "config.yaml", 0);
	scratch_close(&folder);
	return 0;
}

static assay_code load_with(assay_config **c, const char *text, assay_diagnostics *d)
{
	scratch_write(&folder, "config.yaml", text, strlen(text));
	return assay_config_load(c, folder.fd, "config.yaml", d, NULL);
}

static const char rules[] = HEAD "  - {name: broken, failures: [decode, short]}\n"
				 "  - {name: experts, checks: [cer, dpi], kind: page, least: 2}\n"
				 "  - {name: readers, checks: cer, severity: error}\n"
				 "  - {name: ocr, stages: ocr.recognize}\n"
				 "  - {name: sound, modality: audio}\n"
				 "  - {name: machines, severity: failed}\n";

static void lane_of__rules_in_order__the_first_that_fits(void **state)
{
	const char *cer[] = {"cer"}, *both[] = {"dpi", "other"}, *other[] = {"other"}, *ocr[] = {"ocr.recognize"};
	const struct {
		assay_lane_work work;
		const char *lane;
	} cases[] = {
	    {{.failure = ASSAY_FAILURE_SHORT}, "broken"},
	    {{.failure = ASSAY_FAILURE_TIMEOUT}, "machines"},
	    {{.failure = ASSAY_FAILURE_TIMEOUT, .modality = ASSAY_MODALITY_AUDIO}, "sound"},
	    {{.checks = both, .check_count = 2, .kind = ASSAY_SAMPLE_PAGE, .severity = ASSAY_SEVERITY_ERROR},
	     "experts"},
	    {{.checks = both, .check_count = 2, .kind = ASSAY_SAMPLE_SHOT, .severity = ASSAY_SEVERITY_ERROR},
	     "general"},
	    {{.checks = cer, .check_count = 1, .kind = ASSAY_SAMPLE_PAGE, .severity = ASSAY_SEVERITY_ERROR}, "readers"},
	    {{.checks = cer, .check_count = 1, .kind = ASSAY_SAMPLE_PAGE, .severity = ASSAY_SEVERITY_WARNING},
	     "general"},
	    {{.checks = other, .check_count = 1, .severity = ASSAY_SEVERITY_ERROR}, "general"},
	    {{.checks = other, .check_count = 1, .stages = ocr, .stage_count = 1, .severity = ASSAY_SEVERITY_ERROR},
	     "ocr"},
	    {{0}, "general"},
	};
	assay_diagnostics d = {0};
	assay_config *c = NULL;

	(void)state;
	assert_int_equal(load_with(&c, rules, &d), ASSAY_OK);
	assert_int_equal(d.count, 0);
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++)
		if (strcmp(assay_lane_of(&c->lanes, &cases[i].work), cases[i].lane) != 0)
			fail_msg("case %zu: %s", i, assay_lane_of(&c->lanes, &cases[i].work));
	assert_true(assay_lane_exists(&c->lanes, "sound"));
	assert_true(assay_lane_exists(&c->lanes, "general"));
	assert_false(assay_lane_exists(&c->lanes, "Sound"));
	assay_config_close(c);
}

static void lane_of__no_lanes__general(void **state)
{
	assay_diagnostics d = {0};
	assay_config *c = NULL;

	(void)state;
	assert_int_equal(load_with(&c, HEAD "  []\n", &d), ASSAY_OK);
	assert_string_equal(assay_lane_of(&c->lanes, &(assay_lane_work){0}), "general");
	assay_config_close(c);
}

static void lanes__wrong__place_and_message(void **state)
{
	static const wrong_case cases[] = {
	    {HEAD "  - sound\n", 6, 5, "a lane is a mapping such as {name: specialists, checks: [cer]}"},
	    {HEAD "  - {modality: page}\n", 6, 6, "a lane needs a name"},
	    {HEAD "  - {name: a b, modality: page}\n", 6, 12,
	     "the name of a lane has 1 to 64 letters, digits, '.', '-' and '_'"},
	    {HEAD "  - {name: all}\n", 6, 6,
	     "lane 'all' would take every ticket: say which (checks, stages, failures...)"},
	    {HEAD "  - {name: a, modality: pages}\n", 6, 25, "there is no modality 'pages', did you mean 'page'?"},
	    {HEAD "  - {name: a, kind: pge}\n", 6, 21, "there is no kind of sample 'pge', did you mean 'page'?"},
	    {HEAD "  - {name: a, failures: [decode, shrt]}\n", 6, 34,
	     "there is no class of failure 'shrt', did you mean 'short'?"},
	    {HEAD "  - {name: a, severity: fail}\n", 6, 25, "there is no severity 'fail', did you mean 'failed'?"},
	    {HEAD "  - {name: a, stages: [ocr.recognise]}\n", 6, 23,
	     "there is no stage 'ocr.recognise', did you mean 'ocr.recognize'?"},
	    {HEAD "  - {name: a, checks: []}\n", 6, 23, "'checks' is empty: no ticket fits"},
	    {HEAD "  - {name: a, least: 0}\n", 6, 22, "'least' is a number of checks, 1 to 1000"},
	    {HEAD "  - {name: a, least: 2x}\n", 6, 22, "'least' is a number of checks, 1 to 1000"},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		assay_diagnostics d = {0};
		assay_config *c = NULL;

		assert_int_equal(load_with(&c, cases[i].text, &d), ASSAY_ECONFIG);
		assert_finding(&d, true, &cases[i]);
		assay_diagnostics_release(&d);
	}
}

static void lanes__check_of_no_contract__warned(void **state)
{
	static const wrong_case w = {HEAD "  - {name: a, checks: [cer, dpu]}\n", 6, 6,
				     "lane 'a': no contract has a check 'dpu', did you mean 'dpi'?"};
	assay_diagnostics d = {0};
	assay_config *c = NULL;

	(void)state;
	assert_int_equal(load_with(&c, w.text, &d), ASSAY_OK);
	assert_finding(&d, false, &w);
	assay_diagnostics_release(&d);
	assay_config_close(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lane_of__rules_in_order__the_first_that_fits),
	    cmocka_unit_test(lane_of__no_lanes__general),
	    cmocka_unit_test(lanes__wrong__place_and_message),
	    cmocka_unit_test(lanes__check_of_no_contract__warned),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
