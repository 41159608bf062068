/** The columns of a table sample, from the artifact that the stage which found it kept. */
#ifndef ASSAY_TABLE_COLUMNS_H
#define ASSAY_TABLE_COLUMNS_H

#include "assay/content.h"
#include "assay/recipe.h"
#include "assay/result.h"
#include "assay/store.h"
#include "assay/table.h"

/**
 * @param out   [out, owned] release with assay_table_columns_release(), also after a failure
 * @param found [out] false when the sample is no table, or has no such artifact
 * @return ASSAY_OK, ASSAY_ECORRUPT (also when the store does not hold it), ASSAY_EIO, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_table_columns_load(assay_table_columns *out, bool *found, assay_store *store,
						    const assay_recipe *recipe, const assay_result_sample *sample,
						    assay_err *err);

/** The same of a sample whose artifacts have their roles. */
ASSAY_NODISCARD assay_code assay_table_columns_of(assay_table_columns *out, bool *found, assay_store *store,
						  const assay_content *content, assay_err *err);

#endif
