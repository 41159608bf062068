/** The stages to which a ticket is owed. */
#ifndef ASSAY_QUEUE_STAGES_H
#define ASSAY_QUEUE_STAGES_H

#include "assay/queue.h"
#include "assay/recipe.h"

/** Where they are looked up: many tickets in turn are of one recipe. */
typedef struct assay_ticket_stages {
	assay_store *store;   /* [borrowed] */
	assay_recipe *recipe; /* [owned] the last that was asked */
} assay_ticket_stages;

void assay_ticket_stages_release(assay_ticket_stages *s);

/** Called once for each stage. */
typedef assay_code assay_stage_fn(void *ctx, const char *stage, assay_err *err);
/** The stage that failed, or those that measure what was not passed. */
ASSAY_NODISCARD assay_code assay_ticket_stages_each(assay_ticket_stages *s, const assay_ticket *t, assay_stage_fn *fn,
						    void *ctx, assay_err *err);

#endif
