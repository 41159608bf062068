/** Recipes and their steps, for people and for programs. */
#ifndef ASSAY_TELL_RECIPE_H
#define ASSAY_TELL_RECIPE_H

#include "assay/json.h"
#include "assay/recipe.h"

/** "exact", "exact-per-build". */
const char *assay_determinism_name(uint32_t determinism);
/**
 * After the word (at most 9 letters) stage, version and engine on a line; below it a line per parameter, file and
 * library. Long lists of files and libraries are cut short: JSON has them all.
 */
void assay_say_step(const char *word, const assay_recipe_step *s);
/** "recipe    page sha256:…" and its steps. */
void assay_say_recipe(const assay_recipe *r);

/** {stage, version, determinism, engine, params: {}, files: [{role, name, digest}], libraries: []}. */
void assay_json_step(assay_json *j, const assay_recipe_step *s);
/** key: array of steps. */
void assay_json_steps(assay_json *j, const char *key, const assay_recipe *r);

#endif
