/**
 * How long runs took beside their units, learned from the last one that did any: from its record and from when its units
 * were begun and done. Like costs (cost.h) it steers the progress bar and a dry run, and nothing that is stored.
 */
#ifndef ASSAY_PAST_H
#define ASSAY_PAST_H

#include "assay/store.h"

#include <stdbool.h>

typedef struct assay_past {
	bool known;
	uint64_t start_us; /* from its beginning until a worker had a unit: the scan, the plan, models */
	uint64_t end_us;   /* from its last unit to its end: judging and the commit */
	uint64_t sources;  /* that it saw */
	double stretch;    /* how many times as long as its units alone it took to do them; 1 or more */
} assay_past;

/** out->known stays false when no run of the store tells. */
ASSAY_NODISCARD assay_code assay_past_read(assay_past *out, assay_store *s, assay_err *err);
/** What judging so many sources, and the commit, will take: as it did, or an order of magnitude. */
uint64_t assay_past_judge_us(const assay_past *p, uint64_t sources);
uint64_t assay_past_commit_us(const assay_past *p, uint64_t sources);

#endif
