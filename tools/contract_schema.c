#include "verbs.h"

#include "lint.h"

#include "assay/contract_schema.h"

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_CLEANUP(assay_vocabulary_release) assay_vocabulary v = {0};
	ASSAY_AUTO_REPORT r;
	assay_code rc;

	(void)in;
	assay_report_init(&r);
	rc = assay_lint_all_metrics(&v, err);
	if (rc == ASSAY_OK) {
		assay_contract_schema(&r.json, &v);
		rc = assay_report_print(&r, err);
	}
	return assay_exit_of(rc);
}

const assay_verb assay_verb_contract_schema = {
    .name = "schema",
    .operands = "",
    .summary = "the JSON Schema of a contract as this build reads it",
    .help =
	"For editors that complete and check while one writes. It is made from the tables that the parser reads and\n"
	"names every metric of this build. What only Assay can see, 'assay contract lint' tells.\n",
    .example = "  assay contract schema > contract.schema.json\n",
    .see_also = "contract lint, config schema",
    .run = run,
};
