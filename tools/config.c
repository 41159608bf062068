#include "verbs.h"

static const assay_verb *const subs[] = {&assay_verb_config_lint, NULL};

const assay_verb assay_verb_config = {
    .name = "config",
    .group = ASSAY_GROUP_LEARN,
    .operands = "",
    .summary = "check assay.yaml",
    .help = "",
    .example = "  assay config lint\n",
    .see_also = "contract, stages, init",
    .subs = subs,
};
