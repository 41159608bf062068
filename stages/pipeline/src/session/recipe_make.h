/** From a configured chain of stages to the recipe that names it. */
#ifndef ASSAY_RECIPE_MAKE_H
#define ASSAY_RECIPE_MAKE_H

#include "assay/config.h"
#include "assay/engines.h"
#include "assay/recipe.h"

/**
 * The recipe of a chain (assay_config_chain, assay_config_rung_chain) on this machine: model and font files are read
 * and digested.
 *
 * @param modality  of the sources that run through it
 * @param builds  of this process, for stages that are exact per build
 * @param record  [out] the record, to be stored; its digest is (*out)->digest
 * @return ASSAY_OK; ASSAY_ECONFIG when a model or font is not installed (message says what to install)
 */
ASSAY_NODISCARD assay_code assay_recipe_make(assay_recipe **out, assay_buf *record, assay_modality modality,
					     const assay_config_step *const *steps, size_t count,
					     assay_engines *engines, assay_err *err);

#endif
