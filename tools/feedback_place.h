/** Where what was evaluated is delivered now: under its key, or, where its source was renamed since, under another. */
#ifndef ASSAY_FEEDBACK_PLACE_H
#define ASSAY_FEEDBACK_PLACE_H

#include "assay/sample.h"
#include "assay/version.h"

typedef struct assay_feedback_place {
	uint64_t unit;        /* that made the sample of the version; 0: not known any more */
	assay_sample_row row; /* of what is delivered of the same bytes, else as `own` is; key NULL: nothing is */
	assay_sample_row own; /* of the key that was evaluated; id 0: there never was one */
	char *why;            /* nothing is, or nobody can tell which: a sentence; NULL otherwise */
} assay_feedback_place;

void assay_feedback_place_release(assay_feedback_place *p);
#define ASSAY_AUTO_FEEDBACK_PLACE ASSAY_CLEANUP(assay_feedback_place_release) assay_feedback_place

/**
 * The sample of that key, where its source still has the bytes that the version has; else the one sample of another source
 * with those bytes that is delivered; where there is none, that of the key, by whatever its source has now.
 * @param v    has delivered it
 * @param out  [out] release it in every case
 * @return ASSAY_OK, also where nothing is delivered; errors of the store
 */
ASSAY_NODISCARD assay_code assay_feedback_place_find(assay_feedback_place *out, assay_store *s, const assay_version *v,
						     const char *key, assay_err *err);
/** Is the sample delivered? */
bool assay_feedback_delivers(const assay_sample_row *row);

#endif
