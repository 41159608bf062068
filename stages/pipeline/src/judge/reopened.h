/** Why a ticket that was settled is so no more: which decision ended and by what, or what changed of its subject. */
#ifndef ASSAY_REOPENED_H
#define ASSAY_REOPENED_H

#include "decided.h"

#include "assay/queue.h"

typedef struct assay_reopening {
	assay_store *store;
	const assay_decided *decided;
	int64_t as_of_ns;                   /* of the judging: by it a waiver is over */
	const assay_digest *contracts;      /* set that is judged by now, */
	const assay_digest *last_contracts; /* and by the judging before; zero: not known */
	const assay_ticket *ticket;         /* as it was settled */
	bool is_source;                 /* what is told of; its ticket may have been about the source of that name */
	uint64_t unit;                  /* as the pipeline makes it now; 0: there is none */
	assay_failure failure;          /* that it has now */
	const assay_sample_row *before; /* the sample before this judging; NULL: not known */
	unsigned cause;                 /* of a source: what this run found changed (assay_cause); 0: nothing */
	const assay_decision *decision; /* that the new state comes from; NULL: none */
} assay_reopening;

/**
 * Append it as the beginning of a reason, "the waiver of Ben expired on 2029-01-01; ", "the recipe changed; ". Nothing
 * where a person's act has told it, and where it is not known.
 */
ASSAY_NODISCARD assay_code assay_reopened_tell(assay_buf *out, const assay_reopening *r, assay_err *err);

#endif
