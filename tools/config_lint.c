#include "lint.h"
#include "verbs.h"

static int run(const assay_invocation *in, assay_err *err)
{
	assay_diagnostics d = {0};
	ASSAY_CLEANUP(assay_config_closep) assay_config *config = NULL;
	assay_code rc = assay_lint_config(in->config, &config, &d, err);
	int code;

	if (rc != ASSAY_OK) {
		assay_diagnostics_release(&d);
		return assay_exit_of(rc);
	}
	code = assay_lint_tell(in, &d, in->config, err);
	assay_diagnostics_release(&d);
	return code;
}

const assay_verb assay_verb_config_lint = {
    .name = "lint",
    .operands = "",
    .summary = "check assay.yaml and the contracts that it names",
    .help = "Every finding with its file, line and column; errors give exit 78, warnings 0. Nothing is read but these\n"
	    "files: no store and no source is needed.\n",
    .example = "  assay config lint\n  assay config lint -c archive/assay.yaml --json\n",
    .uses = ASSAY_USES_CONFIG,
    .see_also = "contract lint, config schema",
    .run = run,
};
