/** Judgings whose version was refused by checks of the dataset: what status and log say of them. */
#ifndef ASSAY_REFUSALS_H
#define ASSAY_REFUSALS_H

#include "tell.h"

#include "assay/dataset_result.h"

typedef struct assay_refusal {
	assay_run_note run;
	assay_digest results; /* object: what the checks came to */
} assay_refusal;

typedef struct assay_refusals {
	assay_refusal *items; /* newest first */
	size_t count, cap;
} assay_refusals;

void assay_refusals_release(assay_refusals *r);
#define ASSAY_AUTO_REFUSALS ASSAY_CLEANUP(assay_refusals_release) assay_refusals

/** All of the store. @param last_only  one or none: that of the newest judging, unless this one made a version */
ASSAY_NODISCARD assay_code assay_refusals_load(assay_refusals *out, assay_store *s, bool last_only, assay_err *err);
/** "run NAME made no version: 2 checks of the dataset failed", a line for each, and what to do. Nothing of none. */
ASSAY_NODISCARD assay_code assay_say_last_refusal(assay_store *s, const assay_refusals *r, assay_err *err);
/** key: {run: {name, at}, dataset_checks: {...}} of the newest, null of none. */
ASSAY_NODISCARD assay_code assay_json_last_refusal(assay_json *j, const char *key, assay_store *s,
						   const assay_refusals *r, assay_err *err);

#endif
