#include "summary.h"
#include "verbs.h"

#include "assay/file.h"
#include "assay/stop.h"

#include <stdio.h>

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_CLEANUP(assay_config_closep) assay_config *config = NULL;
	ASSAY_AUTO_STORE store = NULL;
	ASSAY_AUTO_FD rootfd = -1;
	ASSAY_CLEANUP(assay_summary_release) assay_summary s = {0};
	ASSAY_AUTO_REPORT r;
	assay_code rc;
	int code;

	assay_report_init(&r);
	ASSAY_TRY(assay_stop_install(err));
	ASSAY_TRY(assay_load_config(in, &config, &rootfd, err));
	ASSAY_TRY(assay_open_store(in, &store, true, false, err));
	ASSAY_TRY(assay_pipeline_judge(&s, config, store, NULL, err));
	code = s.conserved ? ASSAY_EXIT_OK : ASSAY_EXIT_BUG;
	if (in->json) {
		assay_summary_json(&r.json, &s, code);
		ASSAY_TRY(assay_report_print(&r, err));
	} else {
		assay_summary_print(&s);
	}
	return code;
fail:
	return assay_exit_of(rc);
}

const assay_verb assay_verb_judge = {
    .name = "judge",
    .operands = "",
    .summary = "judge stored measurements against the contracts, commit a version",
    .help =
	"Nothing is decoded and no source is opened: the measurements of the last runs are judged anew. Use it after\n"
	"a contract was edited. 'assay why SAMPLE' then tells which bound changed the verdict.\n",
    .example = "  assay judge\n",
    .run = run,
};
