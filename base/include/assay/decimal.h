/** Exact decimals: what bounds and measurements are. value = units * 10^-scale. */
#ifndef ASSAY_DECIMAL_H
#define ASSAY_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ASSAY_DECIMAL_SCALE_MAX 18
#define ASSAY_DECIMAL_TEXT      48 /* enough for any decimal and a NUL */

typedef struct assay_decimal {
	int64_t units;
	int scale; /* 0..ASSAY_DECIMAL_SCALE_MAX */
} assay_decimal;

/**
 * Parse "-12.50", "3", ".5", "1e-3" exactly. False when it is not a decimal number, has more than 18 places, or
 * does not fit 64 bits. Trailing zeros after the point are dropped, so equal numbers give equal structs.
 */
bool assay_decimal_parse(assay_decimal *out, const char *text);
/** Shortest exact text, e.g. "0.02". Returns out. */
char *assay_decimal_format(assay_decimal d, char out[ASSAY_DECIMAL_TEXT]);
/** -1, 0, 1. Exact for all inputs. */
int assay_decimal_cmp(assay_decimal a, assay_decimal b);

/** num / den in units of 10^-scale, rounded half to even, saturated to 64 bits. den > 0. */
int64_t assay_round_ratio(int64_t num, int64_t den, int scale);
/**
 * x in units of 10^-scale, rounded half to even, saturated. The product is rounded once by the FPU, so values
 * within an ulp of a tie may fall either way, the same way on every CPU.
 * @param defined [out] false for NaN and infinities (the result is then 0)
 */
int64_t assay_round_f64(double x, int scale, bool *defined);

#endif
