/** What is said of a source: what its row keeps against what is said now. */
#ifndef ASSAY_SOURCE_METADATA_H
#define ASSAY_SOURCE_METADATA_H

#include "assay/metadata_set.h"
#include "assay/source.h"

#include "scan.h"
#include "session.h"

/** Is this the role of what people say, rather than of what stages read? */
bool assay_role_is_metadata(const char *role);

/** Add what the metadata sidecar of a row said. The row outlives the set. */
ASSAY_NODISCARD assay_code assay_metadata_recall(assay_metadata_set *m, const assay_source *src, assay_err *err);
/** Add what a decision says of the source, if it was made about these bytes. Texts are borrowed from the decisions. */
ASSAY_NODISCARD assay_code assay_metadata_decide(assay_metadata_set *m, const assay_decided *decided, const char *path,
						 const assay_digest *bytes, assay_err *err);
/**
 * What is said of a found file now, given that its sidecars are as they were when the row was written.
 * @param src  the row, which knows what the sidecar said
 */
ASSAY_NODISCARD assay_code assay_metadata_now(assay_metadata_set *out, const assay_session *s, const assay_found *f,
					      const assay_source *src, assay_err *err);
/** Does the row say the same, value by value, and from the same origins? */
bool assay_metadata_stands(const assay_source *src, const assay_metadata_set *now);
/** Do two rows say the same? Who says it does not matter. */
bool assay_metadata_equal(const assay_source *a, const assay_source *b);
/** Take the set over into a row that has none. */
ASSAY_NODISCARD assay_code assay_metadata_keep(assay_source *row, const assay_metadata_set *m, assay_err *err);
/** The same for one that has: what it says now becomes what it said before. The set must not borrow from it. */
ASSAY_NODISCARD assay_code assay_metadata_say_instead(assay_source *row, const assay_metadata_set *m, uint64_t run,
						      assay_err *err);
/** Bring the rows of sources up to date with the decisions on their metadata, without a look at any file. */
ASSAY_NODISCARD assay_code assay_metadata_decide_all(const assay_session *s, assay_err *err);
/**
 * And with those that were taken back: what rules, tables and sidecars say stands again. Left to the next run, with a
 * warning, are sources whose sidecar is not as it was when it was read; and all, where the tables were not read.
 * @param rootfd  the folder of assay.yaml
 */
ASSAY_NODISCARD assay_code assay_metadata_find_anew(const assay_session *s, int rootfd, assay_err *err);

#endif
