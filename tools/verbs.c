#include "verbs.h"

#include <string.h>

const assay_verb *const assay_verbs[] = {
    &assay_verb_init,       &assay_verb_run,       &assay_verb_status,   &assay_verb_judge,
    &assay_verb_queue,      &assay_verb_feedback,  &assay_verb_why,      &assay_verb_log,
    &assay_verb_show,       &assay_verb_diff,      &assay_verb_lineage,  &assay_verb_tag,
    &assay_verb_check,      &assay_verb_calibrate, &assay_verb_export,   &assay_verb_verify,
    &assay_verb_config,     &assay_verb_contract,  &assay_verb_stages,   &assay_verb_help,
    &assay_verb_completion, &assay_verb_version,   &assay_verb_complete, NULL,
};

const assay_verb *assay_verb_find(const assay_verb *const *verbs, const char *name)
{
	for (; *verbs != NULL; verbs++)
		if (strcmp((*verbs)->name, name) == 0)
			return *verbs;
	return NULL;
}
