#include "verbs.h"

static const assay_verb *const subs[] = {&assay_verb_contract_lint, &assay_verb_contract_diff,
					 &assay_verb_contract_test, &assay_verb_contract_schema, NULL};

const assay_verb assay_verb_contract = {
    .name = "contract",
    .group = ASSAY_GROUP_LEARN,
    .operands = "",
    .summary = "check contracts, compare them, try them out; their schema",
    .help = "",
    .example = "  assay contract lint\n",
    .see_also = "config, judge, stages",
    .subs = subs,
};
