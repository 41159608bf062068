/**
 * Did somebody let a sample pass, knowing what an evaluation told of it? That holds for the same bytes under whatever name
 * they are delivered: one rule for whether it is told, and for whether its ticket is open.
 */
#ifndef ASSAY_ANSWERED_H
#define ASSAY_ANSWERED_H

#include "decided.h"

#include "assay/sample.h"
#include "assay/source.h"

typedef struct assay_told_of {
	assay_store *store;
	const assay_decided *decided;
	int64_t as_of_ns;            /* judges whether a waiver has ended */
	int64_t told_ns;             /* when an evaluation last told of it: what was let pass since is an answer */
	const assay_sample_row *row; /* as it is delivered now */
} assay_told_of;

/** Is it gone, or has it other bytes by now? What is there by these bytes speaks for itself. */
static inline bool assay_source_left(const assay_source *src, const assay_digest *bytes)
{
	return src->missing || !assay_digest_eq(&src->digest, bytes);
}

/**
 * The waiver that answers it, and would hold for the sample as it stands (the same bytes, work and failed checks, its day
 * not come): on the sample itself, or else the last one on the same part of a source that had these bytes and left.
 * @param out  [out] NULL: nobody has answered
 */
ASSAY_NODISCARD assay_code assay_answer_find(const assay_decision **out, const assay_told_of *told, assay_err *err);

#endif
