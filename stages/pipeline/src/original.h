/** Duplicates: of sources with the same bytes, the one whose path comes first is the original of all others. */
#ifndef ASSAY_ORIGINAL_H
#define ASSAY_ORIGINAL_H

#include "assay/source.h"

/** Path of the source that src duplicates, to be freed; NULL when it is no duplicate. */
ASSAY_NODISCARD assay_code assay_original_of(char **path, assay_store *store, const assay_source *src, assay_err *err);

#endif
