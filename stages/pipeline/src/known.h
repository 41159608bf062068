/** What was found against what is known: does a source need anything? Looks at stamps and rows only. */
#ifndef ASSAY_KNOWN_H
#define ASSAY_KNOWN_H

#include "scan.h"
#include "session.h"

/**
 * Does this source need nothing at all?
 * @param trust_young  take a stamp at its word although it was too young to be trusted when it was noted
 * @param failing      [out] it stands as failed
 */
ASSAY_NODISCARD assay_code assay_source_is_unchanged(bool *unchanged, bool *failing, assay_session *s,
						     const assay_found *f, bool trust_young, assay_err *err);

bool assay_same_metadata(const assay_source *src, const assay_config_source *rule);
/** The sidecar that is known under this role and key; NULL when there is none. */
const assay_source_sidecar *assay_known_sidecar(const assay_source *src, const char *role, const char *key);
/** How a source stands that stood like that before one more unit ended so. */
assay_standing assay_standing_with(assay_standing so_far, assay_failure failure);

#endif
