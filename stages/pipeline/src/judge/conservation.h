/** Nothing is dropped in silence: the counts of a judging must balance. */
#ifndef ASSAY_CONSERVATION_H
#define ASSAY_CONSERVATION_H

#include "assay/pipeline.h"
#include "assay/sample.h"

void assay_count_outcome(assay_counts *c, assay_outcome outcome);
/**
 * Sets summary->conserved, and names what does not balance. All counts are in, open tickets too.
 * @param entries  of the version's tries
 */
ASSAY_NODISCARD assay_code assay_conservation_check(assay_summary *s, uint64_t entries, assay_err *err);

#endif
