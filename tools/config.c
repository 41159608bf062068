#include "verbs.h"

static const assay_verb *const subs[] = {&assay_verb_config_lint, &assay_verb_config_schema,
					 &assay_verb_config_template, NULL};

const assay_verb assay_verb_config = {
    .name = "config",
    .group = ASSAY_GROUP_LEARN,
    .operands = "",
    .summary = "check assay.yaml; its schema; a template with every key",
    .help = "",
    .example = "  assay config lint\n  assay config template page > assay.yaml\n",
    .see_also = "contract, stages, init",
    .subs = subs,
};
