/** Is what was found the dataset at all? A folder that is not mounted looks as if all its files were deleted. */
#ifndef ASSAY_PRESENCE_H
#define ASSAY_PRESENCE_H

#include "assay/store.h"

#include "scan.h"

/**
 * Warn, with its place, of each pattern of sources that none of them matches.
 *
 * @param store      [optional] whose last version is looked at
 * @param unmatched  [out] number of such patterns
 * @return ASSAY_OK; ASSAY_ENOENT when there is no source, the last version has samples and allow_empty is not set
 */
ASSAY_NODISCARD assay_code assay_presence_check(uint64_t *unmatched, const assay_scan *s, const assay_config *c,
						assay_store *store, bool allow_empty, assay_err *err);

#endif
