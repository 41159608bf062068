/** Nothing is dropped in silence: the counts of a judging must balance. */
#ifndef ASSAY_CONSERVATION_H
#define ASSAY_CONSERVATION_H

#include "assay/pipeline.h"

#include "assay/sample.h"
#include "ticketing.h"

void assay_count_outcome(assay_counts *c, assay_outcome outcome);
/**
 * Sets summary->conserved, and names what does not balance. All counts are in, open tickets too.
 * @param entries  of the version's tries
 */
ASSAY_NODISCARD assay_code assay_conservation_check(assay_summary *s, uint64_t entries, assay_err *err);

/**
 * After the tickets are settled, and after the above: every quarantined sample and every failed source has one ticket
 * that is open or rejected, every waived sample one that is waived, and the queue holds these and no others but those
 * of feedback, and those of subjects that passed or went.
 */
ASSAY_NODISCARD assay_code assay_conservation_check_queue(assay_summary *s, const assay_ticketing *t, assay_err *err);

#endif
