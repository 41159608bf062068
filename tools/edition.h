/** An edition: a version with everything that its record names but the samples. */
#ifndef ASSAY_EDITION_H
#define ASSAY_EDITION_H

#include "changes.h"
#include "tags.h"
#include "tell.h"

#include "assay/dataset_result.h"

typedef struct assay_edition {
	assay_version version;
	assay_recipe *recipes[ASSAY_MODALITY_MAX + 1]; /* by modality; NULL where the version has none */
	assay_contract_set contracts;
	assay_decision_list decisions; /* in force */
	assay_dataset_results results; /* of the checks of the dataset */
	assay_tags tags;               /* of the store */
	assay_run_note run;
	uint64_t delivered, others; /* entries of its tries */
} assay_edition;

void assay_edition_release(assay_edition *x);
#define ASSAY_AUTO_EDITION ASSAY_CLEANUP(assay_edition_release) assay_edition
/** Fill in the rest of one whose version is there. */
ASSAY_NODISCARD assay_code assay_edition_learn(assay_edition *x, assay_store *s, assay_err *err);

#endif
