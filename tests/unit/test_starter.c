#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "starter.h"

#include "assay/config.h"
#include "assay/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char scratch[] = "/tmp/assay-starter-XXXXXX";

static int setup(void **state)
{
	(void)state;
	return mkdtemp(scratch) != NULL ? 0 : -1;
}

static int teardown(void **state)
{
	char line[128];

	(void)state;
	(void)snprintf(line, sizeof line, "rm -rf '%s'", scratch);
	return system(line);
}

static void load(int fd, const look *found)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF findings = ASSAY_BUF_INIT;
	ASSAY_CLEANUP(assay_config_closep) assay_config *config = NULL;
	assay_diagnostics d = {0};
	assay_code rc;

	assay_starter_config(&text, "a-name", found);
	assert_int_equal(assay_file_replace(fd, "assay.yaml", text.data, text.len, NULL), ASSAY_OK);
	rc = assay_config_load(&config, fd, "assay.yaml", &d, NULL);
	assay_diagnostics_text(&d, &findings);
	if (d.count > 0)
		fail_msg("%s%s", assay_buf_str(&findings), assay_buf_str(&text));
	assert_int_equal(rc, ASSAY_OK);
	assert_string_equal(config->dataset, "a-name");
	assert_int_equal(config->source_count, found->rule_count);
	assay_diagnostics_release(&d);
}

/* Every set of modalities gives a file that lints clean, warnings included. */
static void starter_config__any_modalities__lints_clean(void **state)
{
	const int fd = open(scratch, O_RDONLY | O_DIRECTORY);
	char pattern[] = "in \"quoted\"/**";

	(void)state;
	assert_int_equal(assay_mkdirs(fd, "contracts", NULL), ASSAY_OK);
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++)
		assert_int_equal(assay_file_replace(fd, assay_starters[m].contract_path, assay_starters[m].contract,
						    strlen(assay_starters[m].contract), NULL),
				 ASSAY_OK);
	for (unsigned set = 1; set < 1u << ASSAY_MODALITY_MAX; set++) {
		look_rule rules[ASSAY_MODALITY_MAX];
		char patterns[ASSAY_MODALITY_MAX][32];
		look found = {.rules = rules};

		for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++) {
			if ((set & 1u << (m - 1)) == 0)
				continue;
			(void)snprintf(patterns[found.rule_count], sizeof patterns[0], "%u %s", m, pattern);
			rules[found.rule_count] = (look_rule){
			    .pattern = patterns[found.rule_count], .modality = (assay_modality)m, .files = m};
			rules[found.rule_count++].sidecar = m != ASSAY_MODALITY_VIDEO ? "{stem}.gt.txt" : NULL;
		}
		load(fd, &found);
	}
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(starter_config__any_modalities__lints_clean),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
