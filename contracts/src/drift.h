/** How far the distribution of a metric is from that of a baseline. Integers only: the same on every CPU. */
#ifndef ASSAY_CONTRACTS_DRIFT_H
#define ASSAY_CONTRACTS_DRIFT_H

#include "tally.h"

#define DRIFT_PLACES 6 /* of the stability index */

/**
 * Two-sample Kolmogorov-Smirnov distance (Kolmogorov 1933, Smirnov 1939): the largest difference of the two empirical
 * distribution functions, exact, in [0, 1]. Both settled and not empty.
 */
ratio drift_ks(const tally *base, const tally *now);

/**
 * Population stability index (Lewis, An Introduction to Credit Scoring, 1992; the symmetric divergence of Jeffreys
 * 1946): sum over bins of (q - p) ln(q / p), p the baseline's part of a bin, q that of today. 0 when equal, unbounded.
 *
 * Bins end at the baseline's quantiles k/bins (nearest rank). A value that is the smallest, or on which several
 * quantiles fall, has a bin of its own. A part is (count + 1/2) / (values + bins/2), so that no bin is empty.
 * Computed in fixed point of 60 bits and rounded to DRIFT_PLACES places; the error before rounding is below 1e-15.
 *
 * @param bins 2..1000
 */
ASSAY_NODISCARD assay_code drift_psi(ratio *out, const tally *base, const tally *now, unsigned bins, assay_err *err);

/**
 * Upper ends of these bins but the last, ascending.
 * @param edges [out] room for 2 * bins
 * @return their number
 */
size_t drift_edges(int64_t *edges, const tally *base, unsigned bins);

/** ln(a / b) in units of 2^-60, a and b > 0; the error is below 2^-53. */
ratio_int drift_ln(uint64_t a, uint64_t b);

#endif
