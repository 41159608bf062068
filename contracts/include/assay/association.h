/**
 * What failing samples have in common beyond chance.
 *
 * A sample has one value of each attribute, told as a code. Values of an attribute are names, each of which is a
 * hypothesis ("these fail more often than the others"), or the levels of something measured, where the lowest levels up
 * to each and the highest from each are hypotheses. The hypotheses are tested in rounds:
 *
 * 1. Each by itself, by the exact one-sided test of a fourfold table (Fisher, The Logic of Inductive Inference, 1935).
 * 2. The one with the smallest p is a finding if p times the number of hypotheses (Bonferroni 1936) is below alpha.
 * 3. The others are tested again within the groups that the findings so far make of the samples, so that what only
 *    travels with a finding is not found again: Cochran (1954), Mantel and Haenszel (1959); exactly where the counts are
 *    small. Round 2 follows.
 *
 * The chance that all findings of samples that fail at random number more than zero is below alpha.
 */
#ifndef ASSAY_ASSOCIATION_H
#define ASSAY_ASSOCIATION_H

#include "assay/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ASSAY_ASSOCIATION_FINDINGS 6
#define ASSAY_ASSOCIATION_LEVELS   64
/** Smallest p that is told apart from 0, as its logarithm. */
#define ASSAY_ASSOCIATION_LOG10_MIN (-300.0)

typedef struct assay_association assay_association;

/** Values low..high of an attribute, and what became of the samples that have them. */
typedef struct assay_hypothesis {
	size_t attribute;
	uint16_t low, high;       /* equal for names */
	uint64_t samples, failed; /* that have such a value; of them */
	double log10_p;           /* alone in the first round, corrected: at most 0 */
} assay_hypothesis;

typedef struct assay_association_finding {
	assay_hypothesis is;
	double log10_p; /* given the findings before it, corrected */
} assay_association_finding;

/** Something that looks guilty alone, and does no more once a finding is known. */
typedef struct assay_association_other {
	assay_hypothesis is;
	size_t finding; /* that explains it */
	bool same;      /* the very same samples have both: data cannot tell them apart */
} assay_association_other;

typedef struct assay_association_report {
	uint64_t samples, failed;
	size_t hypotheses; /* that were tested */
	assay_association_finding findings[ASSAY_ASSOCIATION_FINDINGS];
	size_t finding_count;
	assay_association_other *others; /* by finding, the same samples first, then by p; owned */
	size_t other_count;
	bool more; /* something is still significant beyond the findings that there is room for */
} assay_association_report;

void assay_association_report_release(assay_association_report *r);

/**
 * @param attributes  how many; earlier ones are named first where the same samples have both
 * @return ASSAY_OK or ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_association_open(assay_association **out, size_t attributes, assay_err *err);
void assay_association_close(assay_association *a); /* NULL is fine */

/**
 * Say that the codes of an attribute are levels 0..levels-1 in ascending order, and `levels` for samples without a
 * value, which is a hypothesis of its own.
 * @param levels  1..ASSAY_ASSOCIATION_LEVELS
 */
void assay_association_ordered(assay_association *a, size_t attribute, uint16_t levels);

/** Say that samples with this code have nothing in common: values too rare or too many to be told apart. */
void assay_association_unrelated(assay_association *a, size_t attribute, uint16_t code);

/**
 * A sample.
 * @param codes  by attribute; names are numbered from 0 without gaps
 * @return ASSAY_OK or ASSAY_ENOMEM. Takes 1 byte for each attribute, 2 for one that has had a code above 255, and 1 for
 *         the sample.
 */
ASSAY_NODISCARD assay_code assay_association_add(assay_association *a, const uint16_t *codes, bool failed,
						 assay_err *err);

/**
 * @param alpha    0 < alpha < 1: how probable it may be that anything is found by chance
 * @param support  a hypothesis of fewer samples is not tested
 * @param out      [out] release it in every case
 * @return ASSAY_OK or ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_association_find(assay_association_report *out, assay_association *a, double alpha,
						  uint64_t support, assay_err *err);

/** Logarithm (base 10) of P(X >= k): X failures among n of N samples, K of which fail. */
double assay_fisher_log10(uint64_t k, uint64_t n, uint64_t fails, uint64_t total);

#endif
