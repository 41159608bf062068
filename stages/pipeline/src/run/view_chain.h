/** The chain of stages that shows a sample: the steps that made what it was measured on, and one that makes a picture. */
#ifndef ASSAY_VIEW_CHAIN_H
#define ASSAY_VIEW_CHAIN_H

#include "assay/config.h"
#include "assay/recipe.h"
#include "assay/worker.h"

#define ASSAY_VIEW_STEPS_MAX 34

typedef struct assay_view_chain {
	assay_worker_step steps[ASSAY_VIEW_STEPS_MAX];
	void *params[ASSAY_VIEW_STEPS_MAX]; /* [owned] of each step */
	size_t count;
} assay_view_chain;

void assay_view_chain_release(assay_view_chain *c);

/**
 * @param kind     of the sample
 * @param config   says where things lie on this machine (parameters that are no part of a recipe)
 * @param missing  [out] why there is no chain, static text; NULL: there is one
 *
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_view_chain_make(assay_view_chain *out, const char **missing,
						 const assay_recipe *recipe, assay_sample_kind kind,
						 const assay_config *config, assay_err *err);

#endif
