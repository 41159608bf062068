/** What people decided about files that are gone, and whose bytes are here now. */
#ifndef ASSAY_WHY_MOVED_H
#define ASSAY_WHY_MOVED_H

#include "tell.h"

#include "assay/decision.h"
#include "assay/sample.h"
#include "assay/source.h"

typedef struct assay_why_moved {
	struct assay_why_moved_item {
		assay_decision decision; /* as assay_decision_moved_to has it */
		bool answers;            /* what an evaluation told of the other is answered by it here too */
	} * items;                       /* in order of their numbers */
	size_t count, cap;
} assay_why_moved;

/**
 * @param m      blank
 * @param key    of the sample, or the path of a source that has none
 * @param alone  of a sample: not what was decided on all of the source
 */
ASSAY_NODISCARD assay_code assay_why_moved_load(assay_why_moved *m, assay_store *s, const char *key,
						const assay_source *src, bool alone, assay_err *err);
void assay_why_moved_release(assay_why_moved *m);
/** A paragraph for each. */
void assay_why_moved_say(const assay_why_moved *m);
/** "decided_before_it_moved": [{"subject", "answers", "decision"}...] */
void assay_why_moved_json(assay_json *j, const assay_why_moved *m);

#endif
