#include "verbs.h"

static const assay_verb *const subs[] = {
    &assay_verb_queue_list,   &assay_verb_queue_show,    &assay_verb_queue_waive,
    &assay_verb_queue_reject, &assay_verb_queue_resolve, &assay_verb_queue_retry,
    &assay_verb_queue_export, &assay_verb_queue_import,  NULL,
};

const assay_verb assay_verb_queue = {
    .name = "queue",
    .group = ASSAY_GROUP_ASK,
    .operands = "",
    .summary = "what was not accepted: one ticket per sample or source, with its reason",
    .help = "A ticket is settled when its subject passes or is gone, and when a person waives or rejects it.\n",
    .example = "  assay queue list --check cer\n  assay queue show T12\n"
	       "  assay queue waive T12 --owner Anna --reason 'a stamp over two words'\n",
    .see_also = "why, judge",
    .subs = subs,
};
