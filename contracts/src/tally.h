/** A multiset of measurements: each value once, with how often it occurred. */
#ifndef ASSAY_CONTRACTS_TALLY_H
#define ASSAY_CONTRACTS_TALLY_H

#include "ratio.h"

typedef struct tally_item {
	int64_t value;
	uint64_t count;
} tally_item;

/**
 * 16 bytes for each different value, and a buffer of values that are not sorted in yet: 8 bytes for each different
 * value, at least 32 KiB. Adding n values of which d differ costs O(n log d).
 */
typedef struct tally {
	tally_item *items; /* ascending; complete after tally_settle */
	size_t count;
	int64_t *pending;
	size_t pending_count, pending_cap;
	uint64_t total; /* values added */
	ratio_int sum;
} tally;

void tally_release(tally *t);
ASSAY_NODISCARD assay_code tally_add(tally *t, int64_t value, assay_err *err);
/** Sort in what is pending; items can be read afterwards. */
ASSAY_NODISCARD assay_code tally_settle(tally *t, assay_err *err);
/** Nearest rank: the smallest value that at least part/whole of all values do not exceed. Settled, not empty. */
int64_t tally_quantile(const tally *t, uint64_t part, uint64_t whole);

#endif
