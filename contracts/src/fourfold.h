/** Tests of fourfold tables: do those that have something fail more often than those that do not? */
#ifndef ASSAY_CONTRACTS_FOURFOLD_H
#define ASSAY_CONTRACTS_FOURFOLD_H

#include "assay/error.h"

#include <stddef.h>
#include <stdint.h>

/** with_failed <= with <= total, with_failed <= total_failed <= total, and so for those without. */
typedef struct fourfold {
	uint64_t with, with_failed, total, total_failed;
} fourfold;

/**
 * One-sided test over strata of the same question (Cochran, Some methods for strengthening the common chi-square tests,
 * Biometrics 10, 1954; Mantel, Haenszel, J. Nat. Cancer Inst. 22, 1959), conditional on the margins of each: exact where
 * the variance of the number of failures is below 400, by the normal approximation with a correction for continuity
 * above.
 *
 * @param log10_p [out] logarithm of P(at least so many failures by chance); 0 where there are no more than expected;
 *                at least -24 where it is exact over several strata
 * @return ASSAY_OK or ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code fourfold_test(double *log10_p, const fourfold *strata, size_t count, assay_err *err);

/** log10 of the upper tail of the normal distribution beyond z >= 0. */
double fourfold_normal_log10(double z);

#endif
