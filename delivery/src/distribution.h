/** How the measurements of the delivered samples lie, metric by metric. */
#ifndef ASSAY_DELIVERY_DISTRIBUTION_H
#define ASSAY_DELIVERY_DISTRIBUTION_H

#include "assay/content.h"
#include "assay/json.h"

typedef struct distribution {
	char *name, *unit;
	int scale;
	int64_t *values; /* of samples that have one */
	size_t count, cap;
	uint64_t undefined;
} distribution;

typedef struct distributions {
	distribution *items; /* sorted by name */
	size_t count, cap;
} distributions;

/** Of a metric with at least one value; in units of 10^-scale. */
typedef struct distribution_summary {
	int64_t min, p10, p50, p90, max; /* nearest rank: values that occur */
	int64_t mean;                    /* of the exact sum, half to even */
} distribution_summary;

void distributions_release(distributions *d);
ASSAY_NODISCARD assay_code distributions_add(distributions *d, const assay_content *c, assay_err *err);
/** Sorts the values. */
distribution_summary distribution_of(distribution *d);
/** Object by metric: {unit, count, undefined, min, p10, p50, p90, max, mean}. */
void distributions_json(assay_json *j, distributions *d);

#endif
