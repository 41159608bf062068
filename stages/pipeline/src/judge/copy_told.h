/**
 * What an evaluation told of a sample goes to the copy that takes its place: the same bytes are delivered, and nobody has
 * answered for them.
 */
#ifndef ASSAY_COPY_TOLD_H
#define ASSAY_COPY_TOLD_H

#include "judging.h"
#include "original.h"

#include "assay/queue.h"

/** Of the source whose samples are judged. */
typedef struct assay_copy_told {
	uint64_t source; /* 0: none yet */
	bool any;        /* something that had its bytes is gone, or has others */
} assay_copy_told;

/** What came of it. */
typedef struct assay_copy_event {
	bool told;   /* its ticket has an event that says so: a complaint says after that why it is in its state */
	bool opened; /* its ticket was opened */
} assay_copy_event;

/**
 * For the sample that was judged last, which is neither a duplicate nor filtered. Where an evaluation told of a copy that is
 * gone, or has other bytes by now, and of this sample not since, the finding goes to this sample's ticket: that is opened,
 * unless it is open, a complaint opens it next, or somebody decided on the sample since. An event names the copy. Nothing is told of what somebody let
 * pass on the other since, by a waiver that would hold here too.
 * @param stands  bytes that its source stands by
 */
ASSAY_NODISCARD assay_code assay_copy_tell(assay_copy_told *x, const assay_judging *j, assay_originals *o,
					   const assay_digest *stands, assay_copy_event *did, assay_err *err);

#endif
