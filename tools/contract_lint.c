#include "lint.h"
#include "verbs.h"

/* The files named, against what the pipelines of assay.yaml measure. */
static assay_code lint_files(const assay_invocation *in, assay_diagnostics *d, assay_err *err)
{
	ASSAY_CLEANUP(assay_lint_terms_release) assay_lint_terms terms = {0};
	assay_code rc = assay_lint_terms_open(&terms, in->config, err);

	for (int i = 0; i < in->arg_count && rc == ASSAY_OK; i++) {
		assay_contract *c = NULL;

		rc = assay_lint_contract(&c, in->args[i], terms.vocabulary, d, err);
		assay_contract_close(c);
	}
	return rc;
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_CLEANUP(assay_config_closep) assay_config *config = NULL;
	assay_diagnostics d = {0};
	assay_code rc;
	int code;

	if (in->arg_count > 0)
		rc = lint_files(in, &d, err);
	else
		rc = assay_lint_config(in->config, &config, &d, err);
	code = rc == ASSAY_OK ? assay_lint_tell(in, &d, in->arg_count == 1 ? in->args[0] : "contracts", err)
			      : assay_exit_of(rc);
	assay_diagnostics_release(&d);
	return code;
}

const assay_verb assay_verb_contract_lint = {
    .name = "lint",
    .operands = "[FILE...]",
    .max_args = -1,
    .summary = "check contracts against the metrics that the pipelines make",
    .help = "Without FILE, the contracts that assay.yaml names, and assay.yaml itself. A FILE is checked against the\n"
	    "pipelines of assay.yaml, or where there is none against every metric of this build. Every finding with\n"
	    "its file, line and column; errors give exit 78, warnings 0.\n",
    .example = "  assay contract lint\n  assay contract lint contracts/page.odcs.yaml\n",
    .uses = ASSAY_USES_CONFIG,
    .see_also = "config lint, stages",
    .run = run,
};
