/** What was measured of samples, cut into ranges at the deciles of some of them. */
#ifndef ASSAY_DELIVERY_RANGES_H
#define ASSAY_DELIVERY_RANGES_H

#include "assay/arena.h"
#include "assay/causes.h"

#include "interner.h"

#include <stdint.h>

#define RANGES_SAMPLED ((size_t)1 << 16) /* so many samples are enough to cut by */

/** Of a metric in one resolution. */
typedef struct range {
	const char *name, *unit; /* of the arena */
	int scale;
	int64_t *values; /* of the samples by which it is cut */
	size_t count, cap;
	int64_t cuts[ASSAY_CAUSES_LEVELS - 1]; /* ascending: level i begins at cuts[i - 1] */
	uint16_t cut_count;
} range;

typedef struct ranges {
	assay_arena *texts; /* borrowed */
	interner names;     /* scope: the scale */
	range *items;       /* by their number in names */
	size_t cap;
} ranges;

void ranges_release(ranges *r);
ASSAY_NODISCARD assay_code ranges_metric(ranges *r, const char *name, const char *unit, int scale, uint32_t *number,
					 assay_err *err);
ASSAY_NODISCARD assay_code ranges_show(ranges *r, uint32_t number, int64_t value, assay_err *err);
/** All were shown. */
ASSAY_NODISCARD assay_code ranges_cut(ranges *r, assay_err *err);
/** Into ascending order, by counting digits: as qsort would, in a tenth of the time. Returns ASSAY_OK or ASSAY_ENOMEM. */
ASSAY_NODISCARD assay_code ranges_sort(int64_t *values, size_t count, assay_err *err);
/** Level of a value, from 0; cut_count + 1 is that of none. The plain version of cells_level. */
uint16_t ranges_level(const range *r, int64_t value);

#endif
