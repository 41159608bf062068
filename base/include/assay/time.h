/** Media time: exact rationals, never floats. */
#ifndef ASSAY_TIME_H
#define ASSAY_TIME_H

#include "assay/buf.h"

#include <stdint.h>

/** A point in time or a length: ticks * num / den seconds. den > 0; num > 0. */
typedef struct assay_time {
	int64_t ticks;
	int32_t num;
	int32_t den;
} assay_time;

/** -1, 0, 1, exact. */
int assay_time_cmp(assay_time a, assay_time b);
/** a - b in units of 10^-scale seconds, rounded half to even, saturated. scale in 0..9. */
int64_t assay_time_diff(assay_time a, assay_time b, int scale);
/** The part text of a sample that starts at t: "t=<ticks*num>/<den>", unreduced, e.g. "t=90090/30000". */
void assay_time_part(assay_buf *out, assay_time t);

#endif
