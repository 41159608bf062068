/** What `assay init` writes, from the examples that stand in data/examples. */
#ifndef ASSAY_STARTER_H
#define ASSAY_STARTER_H

#include "look.h"

typedef struct assay_starter {
	const char *config;        /* text of its assay.yaml */
	const char *contract_path; /* where its contract goes */
	const char *contract;      /* text of it */
} assay_starter;

extern const assay_starter assay_starters[ASSAY_MODALITY_MAX + 1]; /* by modality; [0] empty */

/** assay.yaml for what was found. @param dataset  a name that assay.yaml takes */
void assay_starter_config(assay_buf *out, const char *dataset, const look *found);

#endif
