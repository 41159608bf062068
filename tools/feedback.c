#include "verbs.h"

static const assay_verb *const subs[] = {&assay_verb_feedback_import, &assay_verb_feedback_list,
					 &assay_verb_feedback_report, &assay_verb_feedback_open, NULL};

const assay_verb assay_verb_feedback = {
    .name = "feedback",
    .group = ASSAY_GROUP_ASK,
    .operands = "",
    .summary = "what the evaluation of a model said of samples, and what those it got wrong have in common",
    .help = "Results are attached to the samples of a version. They are part of no version: its id does not depend on\n"
	    "them.\n",
    .example = "  assay feedback import eval.jsonl\n"
	       "  assay feedback report --fail-below 0.5\n"
	       "  assay feedback open --fail-below 0.5 --reason 'wrong answers of model 7'\n",
    .see_also = "queue, export, lineage",
    .subs = subs,
};
