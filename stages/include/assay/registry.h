/** The stages of this build: one explicit table. */
#ifndef ASSAY_REGISTRY_H
#define ASSAY_REGISTRY_H

#include "assay/stage.h"

/** NULL-ended, in the order in which documentation lists them. */
extern const assay_stage *const assay_stages[];

/** Stage of that name, NULL if there is none. */
const assay_stage *assay_stage_find(const char *name);
/** The reader of a modality. Never NULL for a valid modality. */
const assay_stage *assay_stage_reader(assay_modality modality);

#endif
