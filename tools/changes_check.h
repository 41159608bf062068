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

/** What a check of a column wants, aspect by aspect, as text; nothing when it is none of a column. */
void assay_column_tell_head(assay_buf *out, const assay_check *k);
void assay_column_tell_place(assay_buf *out, const assay_check *k);
void assay_column_tell_type(assay_buf *out, const assay_check *k);
void assay_column_tell_required(assay_buf *out, const assay_check *k);
void assay_column_tell_minimum(assay_buf *out, const assay_check *k);
void assay_column_tell_maximum(assay_buf *out, const assay_check *k);
void assay_column_tell_sum(assay_buf *out, const assay_check *k);
void assay_column_tell_at_most(assay_buf *out, const assay_check *k);
void assay_column_tell_pattern(assay_buf *out, const assay_check *k);
/** Place, head and type in one. The check must be of a column. */
void assay_column_tell_all(assay_buf *out, const assay_check *k);
const char *assay_column_type_effect(const assay_check *before, const assay_check *now);
const char *assay_column_required_effect(const assay_check *before, const assay_check *now);
const char *assay_column_minimum_effect(const assay_check *before, const assay_check *now);
const char *assay_column_maximum_effect(const assay_check *before, const assay_check *now);

/** Every term of the checks of the whole dataset that differs; a or b is NULL where the contract is on one side. */
ASSAY_NODISCARD assay_code assay_changes_dataset_checks(assay_changes *c, const assay_contract *a,
							const assay_contract *b, assay_err *err);

#endif
