/** Recipes that the sources of a dataset were processed by, with their metrics' numbers in the vocabulary. */
#ifndef ASSAY_KNOWN_RECIPE_H
#define ASSAY_KNOWN_RECIPE_H

#include "assay/config.h"
#include "assay/recipe.h"

typedef struct assay_known_recipe {
	assay_recipe *recipe;
	size_t *number; /* by metric of the recipe; SIZE_MAX when this build no longer knows it */
} assay_known_recipe;

/** A dataset has one per modality; a judging of part of the sources may meet older ones beside them. */
typedef struct assay_known_recipes {
	assay_known_recipe items[512];
	size_t count;
} assay_known_recipes;

/** The recipe of this digest, loaded on first sight. *out is borrowed; ASSAY_ECONFIG when there are too many. */
ASSAY_NODISCARD assay_code assay_recipe_know(assay_known_recipes *k, assay_store *store,
					     const assay_vocabulary *vocabulary, const assay_digest *digest,
					     const assay_known_recipe **out, assay_err *err);
void assay_known_recipes_release(assay_known_recipes *k);

/** Stage of a step; "?" for no step of it. */
const char *assay_known_step(const assay_known_recipe *k, uint32_t step);

#endif
