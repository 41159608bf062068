/** The words that checks are made of: severities, operators, and what to do without a value. */
#ifndef ASSAY_OPERATOR_H
#define ASSAY_OPERATOR_H

#include "assay/buf.h"
#include "assay/decimal.h"

typedef enum assay_severity {
	ASSAY_SEVERITY_ERROR = 1,
	ASSAY_SEVERITY_WARNING = 2,
	ASSAY_SEVERITY_INFO = 3
} assay_severity;

/** ODCS operators; stored: never renumber. */
typedef enum assay_operator {
	ASSAY_MUST_BE = 1,
	ASSAY_MUST_NOT_BE = 2,
	ASSAY_MUST_BE_GREATER_THAN = 3,
	ASSAY_MUST_BE_GREATER_OR_EQUAL_TO = 4,
	ASSAY_MUST_BE_LESS_THAN = 5,
	ASSAY_MUST_BE_LESS_OR_EQUAL_TO = 6,
	ASSAY_MUST_BE_BETWEEN = 7,     /* inclusive */
	ASSAY_MUST_NOT_BE_BETWEEN = 8, /* outside low..high inclusive */
} assay_operator;

typedef enum assay_when_missing { ASSAY_MISSING_FAILS = 1, ASSAY_MISSING_SKIPS = 2 } assay_when_missing;

const char *assay_operator_name(assay_operator op); /* "mustBeLessThan"… */
const char *assay_severity_name(assay_severity s);  /* "error", "warning", "info" */
/** The bound as a user reads it: "< 0.02", "between 10 and 20", "= 3". */
void assay_check_bound_text(assay_buf *out, assay_operator op, assay_decimal low, assay_decimal high);

#define ASSAY_DISTANCE_PLACES 6
/**
 * How far a value that does not meet a bound is from it, as a part of the bound: |value - bound| / |bound|, so that 0.03
 * under "< 0.02" is 0.5 off, and 5 under "> 20" is 0.75. Of a bound of 0 it is |value|; of two bounds the nearer counts.
 * Exact arithmetic, rounded half to even to ASSAY_DISTANCE_PLACES places, saturated to 64 bits. Never negative; 0 also
 * for a value that is the bound ("must not be").
 */
assay_decimal assay_bound_distance(assay_operator op, assay_decimal low, assay_decimal high, assay_decimal value);

#endif
