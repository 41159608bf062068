/**
 * Duplicates: of sources with the same bytes, the one whose path comes first is the original of all others; sources
 * that failed, and those whose samples of a kind a filter takes out, are passed over.
 */
#ifndef ASSAY_ORIGINAL_H
#define ASSAY_ORIGINAL_H

#include "assay/config.h"
#include "assay/source.h"

/** Path of the source whose samples of this kind those of src duplicate, to be freed; NULL when they are none. */
ASSAY_NODISCARD assay_code assay_original_of(char **path, assay_store *store, const assay_config *config,
					     const assay_source *src, assay_sample_kind kind, assay_err *err);

#endif
