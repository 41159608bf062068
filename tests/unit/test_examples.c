/* The example configurations against the stages of this build: what a user starts from must lint clean. */
#include "test_findings.h"

#include "assay/config.h"

static void check_example(const char *name, size_t sources, size_t contracts, size_t warnings)
{
	ASSAY_AUTO_FREE char *path = assay_asprintf("%s/%s", ASSAY_EXAMPLES, name);
	ASSAY_AUTO_FD dir = open(path, O_DIRECTORY | O_CLOEXEC);
	assay_diagnostics d = {0};
	assay_config *c = NULL;
	assay_code rc;

	assert_true(dir >= 0);
	rc = assay_config_load(&c, dir, "assay.yaml", &d, NULL);
	if (rc != ASSAY_OK || d.count != warnings)
		print_findings(&d);
	assert_int_equal(rc, ASSAY_OK);
	assert_int_equal(d.count, warnings);
	assert_int_equal(c->source_count, sources);
	assert_int_equal(c->contract_count, contracts);
	for (size_t i = 0; i < contracts; i++)
		assert_true(c->contracts[i]->check_count > 0);
	assay_config_close(c);
	assay_diagnostics_release(&d);
}

static void example_pages__lint__clean(void **state)
{
	(void)state;
	check_example("pages", 2, 2, 0);
}

static void example_catalogue__lint__no_contracts(void **state)
{
	(void)state;
	check_example("catalogue", 1, 0, 1);
}

static void example_video__lint__clean(void **state)
{
	(void)state;
	check_example("video", 1, 1, 0);
}

static void example_audio__lint__clean(void **state)
{
	(void)state;
	check_example("audio", 1, 1, 0);
}

static void example_dataset__lint__clean(void **state)
{
	(void)state;
	check_example("dataset", 2, 1, 0);
}

static void example_mixed__lint__clean(void **state)
{
	(void)state;
	check_example("mixed", 3, 2, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(example_pages__lint__clean),   cmocka_unit_test(example_catalogue__lint__no_contracts),
	    cmocka_unit_test(example_video__lint__clean),   cmocka_unit_test(example_audio__lint__clean),
	    cmocka_unit_test(example_dataset__lint__clean), cmocka_unit_test(example_mixed__lint__clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
