/** The verbs of this program, each defined in the file of its name. */
#ifndef ASSAY_VERBS_H
#define ASSAY_VERBS_H

#include "verb.h"

extern const assay_verb assay_verb_init, assay_verb_run, assay_verb_status, assay_verb_judge;
extern const assay_verb assay_verb_queue, assay_verb_queue_list, assay_verb_queue_show, assay_verb_queue_waive,
    assay_verb_queue_reject, assay_verb_queue_resolve, assay_verb_queue_retry, assay_verb_queue_export,
    assay_verb_queue_import;
extern const assay_verb assay_verb_feedback, assay_verb_feedback_import, assay_verb_feedback_list,
    assay_verb_feedback_report, assay_verb_feedback_open;
extern const assay_verb assay_verb_why, assay_verb_log, assay_verb_show, assay_verb_diff, assay_verb_lineage;
extern const assay_verb assay_verb_tag, assay_verb_check, assay_verb_export, assay_verb_verify;
extern const assay_verb assay_verb_stages, assay_verb_version, assay_verb_help, assay_verb_completion;
extern const assay_verb assay_verb_contract, assay_verb_contract_lint, assay_verb_contract_schema,
    assay_verb_contract_diff, assay_verb_contract_test;
extern const assay_verb assay_verb_config, assay_verb_config_lint, assay_verb_config_schema, assay_verb_config_template;
extern const assay_verb assay_verb_calibrate;
extern const assay_verb assay_verb_complete;

#endif
