/** What the sub-verbs of `feedback` share: which evaluation is meant, and which of its results are failures. */
#ifndef ASSAY_FEEDBACK_CHOICE_H
#define ASSAY_FEEDBACK_CHOICE_H

#include "verb.h"

#include "assay/causes.h"

/* The options by which both are said, for tables of options. */
#define ASSAY_FEEDBACK_OPTIONS                                                                                         \
	{"eval", 0, "EVALUATION", "this evaluation; default: the last that was imported"},                             \
	    {"version", 0, "VERSION", "the last evaluation of this version"},                                          \
	    {"fail-below", 0, "SCORE", "results with a lower score are failures"},                                     \
	    {"fail-above", 0, "SCORE", "results with a higher score are failures"},                                    \
	{                                                                                                              \
		"label", 0, "LABEL", "results with this label are failures; default: fail"                             \
	}

typedef struct assay_feedback_choice {
	assay_feedback row;
	assay_version version;
	assay_feedback_set set;
	unsigned char *judged;         /* by result: assay_judged */
	uint64_t failed, passed, open; /* open: neither, for want of a score or a label */
	char *measure;                 /* "label fail", "score < 0.5" */
} assay_feedback_choice;

void assay_feedback_choice_release(assay_feedback_choice *c);
#define ASSAY_AUTO_FEEDBACK_CHOICE ASSAY_CLEANUP(assay_feedback_choice_release) assay_feedback_choice

/**
 * @return ASSAY_OK; ASSAY_ENOENT without such an evaluation; ASSAY_EUSAGE for options that do not go together, and when
 *         no result can be judged
 */
ASSAY_NODISCARD assay_code assay_feedback_choose(assay_feedback_choice *out, const assay_invocation *in, assay_store *s,
						 assay_err *err);

/** "E3 vqa, of version 5305388a6caa". */
void assay_feedback_title(assay_buf *out, const assay_feedback *f);
/** The members by which JSON tells of an evaluation: evaluation, eval, version, results... */
void assay_json_feedback(assay_json *j, const assay_feedback *f);

#endif
