/** The stages of this build: one explicit table. */
#ifndef ASSAY_REGISTRY_H
#define ASSAY_REGISTRY_H

#include "assay/stage.h"

/** NULL-ended, in the order in which documentation lists them. */
extern const assay_stage *const assay_stages[];

/**
 * Where the code of these stages is. The coordinator has none: it links no media library, and its table is a catalogue
 * that the program of the workers wrote of itself while both were built. Of a stage it knows all but the callbacks,
 * which are NULL there; what they would tell, it asks a worker (assay/engines.h).
 */
typedef struct assay_stages_home {
	const char *program; /* file name of the program of the workers; NULL: this program, which has the callbacks */
	const char *build;   /* build-id of that program in hex; NULL with program */
} assay_stages_home;
extern const assay_stages_home assay_stages_at;

/** Stage of that name, NULL if there is none. */
const assay_stage *assay_stage_find(const char *name);
/** The reader of a modality. Never NULL for a valid modality. */
const assay_stage *assay_stage_reader(assay_modality modality);

#endif
