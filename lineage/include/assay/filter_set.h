/**
 * The filters that a judging was made with, as people read them. An object that the run's record names: what made a
 * sample stand otherwise is told by comparing those of two runs. No outcome and no identity depends on it.
 */
#ifndef ASSAY_FILTER_SET_H
#define ASSAY_FILTER_SET_H

#include "assay/buf.h"
#include "assay/digest.h"
#include "assay/store.h"

typedef struct assay_filter_note {
	char *name;
	char *says; /* all that decides, on one line: "keep language: [de, nds]"; equal texts decide equally */
} assay_filter_note;

typedef struct assay_filter_set {
	assay_filter_note *items; /* in the order in which they are asked */
	size_t count, cap;
} assay_filter_set;

void assay_filter_set_release(assay_filter_set *f);
#define ASSAY_AUTO_FILTER_SET ASSAY_CLEANUP(assay_filter_set_release) assay_filter_set

/** Copies both texts. */
ASSAY_NODISCARD assay_code assay_filter_set_add(assay_filter_set *f, const char *name, const char *says,
						assay_err *err);
const assay_filter_note *assay_filter_set_find(const assay_filter_set *f, const char *name); /* NULL when absent */

/** Record (docs/formats.md, "Filters"). */
void assay_filter_set_encode(assay_buf *out, const assay_filter_set *f);
/** *out is empty on failure. ASSAY_OK, ASSAY_ECORRUPT, ASSAY_ENOMEM. */
ASSAY_NODISCARD assay_code assay_filter_set_decode(assay_filter_set *out, const void *p, size_t n, assay_err *err);
/** The set that an object holds. As decode, and ASSAY_ENOENT, ASSAY_EIO. */
ASSAY_NODISCARD assay_code assay_filter_set_load(assay_filter_set *out, assay_store *s, const assay_digest *object,
						 assay_err *err);

/** The filters that a run judged with; *known is false where it judged nothing or its record does not tell. */
ASSAY_NODISCARD assay_code assay_filter_set_of_run(assay_filter_set *out, bool *known, assay_store *s, uint64_t run,
						   assay_err *err);
/**
 * Those of the newest run before it that judged.
 *
 * @param known    [out] false where records of an older program do not tell which that was
 * @param previous [out] its number; 0 when there was none: then there were no filters, and that is known
 */
ASSAY_NODISCARD assay_code assay_filter_set_before_run(assay_filter_set *out, bool *known, uint64_t *previous,
						       assay_store *s, uint64_t run, assay_err *err);

#endif
