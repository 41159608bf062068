#include "summary.h"
#include "verbs.h"

#include "assay/file.h"
#include "assay/stop.h"

#include <stdio.h>

static const assay_option options[] = {
    {"as-of", 0, "TIME", "judge ages as of this time, 2026-01-02T03:04:05Z or 2026-01-02 (default: now)"},
    {NULL, 0, NULL, NULL},
};

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_CLEANUP(assay_config_closep) assay_config *config = NULL;
	ASSAY_AUTO_STORE store = NULL;
	ASSAY_AUTO_FD rootfd = -1;
	ASSAY_CLEANUP(assay_summary_release) assay_summary s = {0};
	ASSAY_AUTO_REPORT r;
	int64_t as_of;
	bool dated;
	assay_code rc;
	int code;

	assay_report_init(&r);
	ASSAY_TRY(assay_opt_moment(in, "as-of", &dated, &as_of, err));
	ASSAY_TRY(assay_stop_install(err));
	ASSAY_TRY(assay_load_config(in, &config, &rootfd, err));
	ASSAY_TRY(assay_open_store(in, &store, true, false, err));
	ASSAY_TRY(assay_pipeline_judge(&s, config, store, dated ? &as_of : NULL, NULL, err));
	code = s.exit;
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

static const assay_exit_row exits[] = {
    {ASSAY_EXIT_DIFFERENCE,
     "a check of the whole dataset (there is no version) or an agreement about the queue failed"},
    {0, NULL},
};

const assay_verb assay_verb_judge = {
    .name = "judge",
    .group = ASSAY_GROUP_MAKE,
    .operands = "",
    .summary = "judge stored measurements against the contracts, commit a version",
    .help =
	"Nothing is decoded and no source is opened: the measurements of the last runs are judged anew. Use it after\n"
	"a contract was edited. 'assay why SAMPLE' then tells which bound changed the verdict. Checks of the whole\n"
	"dataset are judged too: when one of severity error fails there is no version, and the exit code is 80.\n",
    .example = "  assay judge\n  assay judge --as-of 2026-01-02T00:00:00Z\n",
    .options = options,
    .uses = ASSAY_USES_STORE | ASSAY_USES_LOCK | ASSAY_USES_CONFIG,
    .exits = exits,
    .see_also = "run, why, contract",
    .run = run,
};
