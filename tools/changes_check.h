/** How the changes of a check are told: what loosens and what tightens is the same for a sample and for a dataset. */
#ifndef ASSAY_CHANGES_CHECK_H
#define ASSAY_CHANGES_CHECK_H

#include "changes.h"

/** "loosened", "tightened"; "altered" for both or neither. */
const char *assay_change_effect(bool loosens, bool tightens);
const char *assay_change_bound_effect(const assay_bound *before, const assay_bound *now);
const char *assay_change_severity_effect(assay_severity before, assay_severity now);
/** Of a term that changed: to now. */
const char *assay_change_missing_effect(assay_when_missing now);

/** Every term of the checks of the whole dataset that differs; a or b is NULL where the contract is on one side. */
ASSAY_NODISCARD assay_code assay_changes_dataset_checks(assay_changes *c, const assay_contract *a,
							const assay_contract *b, assay_err *err);

#endif
