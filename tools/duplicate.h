/** What a duplicate is a duplicate of, and whether that is delivered. */
#ifndef ASSAY_DUPLICATE_H
#define ASSAY_DUPLICATE_H

#include "assay/queue.h"

/**
 * How the sample stands that others duplicate: "kept" where it is delivered, "rejected" where people gave it up, "gone" and
 * "not judged yet" until the judging that makes another the original, or leaves it, else the name of its outcome ("quarantined",
 * "filtered").
 * @param out  [out] static
 */
ASSAY_NODISCARD assay_code assay_original_standing(const char **out, assay_store *s, const char *key, assay_err *err);

/**
 * Of a ticket whose sample, or the first of whose source's, is a duplicate of what is not delivered: "it is a duplicate of
 * 'a.tif#page=1', which is rejected: nothing of either is delivered". Nothing of others.
 */
ASSAY_NODISCARD assay_code assay_tell_lost_duplicate(assay_buf *out, assay_store *s, const assay_ticket *t,
						     assay_err *err);

#endif
