/** What of a source must be read to make one of its samples again: its stream, and of that its span where it is enough. */
#ifndef ASSAY_SAMPLE_PART_H
#define ASSAY_SAMPLE_PART_H

#include "assay/part.h"
#include "assay/recipe.h"
#include "assay/result.h"

/**
 * The stream that the sample is of or was found in; all of the file when it is the only one that counts. Not of pages.
 * @param sample  one of r's
 */
assay_part assay_part_of_stream(const assay_result *r, const assay_result_sample *sample);
/**
 * Can a recipe make the sample, which another one found, on the sample's span alone? Its steps must divide the stream as
 * those did (what decides where samples begin and end is a property of the whole), and each that makes or measures
 * samples of its kind, and the reader, must work on spans (assay_stage.spans).
 * @param found_by, recipe  of this build's stages: one that it does not know stands in the way
 */
bool assay_part_is_enough(const assay_recipe *found_by, const assay_recipe *recipe, assay_sample_kind kind);

#endif
