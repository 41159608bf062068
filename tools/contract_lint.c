#include "lint.h"
#include "verbs.h"

#include "assay/file.h"

#include <stdio.h>
#include <unistd.h>

static assay_code lint_file(const char *path, const assay_vocabulary *v, assay_diagnostics *d, assay_err *err)
{
	ASSAY_AUTO_BUF folder = ASSAY_BUF_INIT;
	ASSAY_AUTO_FD dirfd = -1;
	assay_err finding = ASSAY_ERR_INIT;
	assay_contract *c = NULL;
	const char *name;
	assay_code rc = assay_lint_folder(path, &dirfd, &name, &folder, err);

	if (rc != ASSAY_OK)
		return rc;
	rc = assay_contract_load(&c, dirfd, name, path, v, d, &finding);
	assay_contract_close(c);
	if (rc == ASSAY_ENOENT)
		return ASSAY_RAISE(err, ASSAY_ENOENT, "there is no contract '%s'", path);
	if (rc != ASSAY_OK && rc != ASSAY_ECONFIG) {
		*err = finding;
		return rc;
	}
	return ASSAY_OK;
}

/* The files named, against what the pipelines of assay.yaml measure. */
static assay_code lint_files(const assay_invocation *in, assay_diagnostics *d, assay_err *err)
{
	ASSAY_CLEANUP(assay_config_closep) assay_config *config = NULL;
	ASSAY_CLEANUP(assay_vocabulary_release) assay_vocabulary all = {0};
	assay_diagnostics of_config = {0};
	assay_code rc = ASSAY_OK;

	if (access(in->config, F_OK) == 0) {
		rc = assay_lint_config(in->config, &config, &of_config, err);
		assay_diagnostics_release(&of_config);
		if (rc == ASSAY_OK && config == NULL)
			(void)fprintf(
			    stderr, "assay: '%s' has errors: the metrics of all stages are taken instead of its own\n",
			    in->config);
	}
	if (rc == ASSAY_OK && config == NULL)
		rc = assay_lint_all_metrics(&all, err);
	for (int i = 0; i < in->arg_count && rc == ASSAY_OK; i++)
		rc = lint_file(in->args[i], config != NULL ? &config->vocabulary : &all, d, err);
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
