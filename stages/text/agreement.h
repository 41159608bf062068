/** How far people who did the same work agree, beyond what chance would give: Krippendorff's alpha. */
#ifndef ASSAY_TEXT_AGREEMENT_H
#define ASSAY_TEXT_AGREEMENT_H

#include "assay/memory.h"

#define ASSAY_ANNOTATORS_MAX 16
#define ASSAY_ALPHA_SCALE    4 /* alpha is told in 10^-4 */

/**
 * What was answered, unit by unit, by any number of annotators who may have left units out. Answers are categories:
 * they are equal or they are not.
 */
typedef struct assay_agreement {
	uint64_t *counts; /* [owned] by category: answers that can be compared */
	size_t categories;
	uint64_t answers;                          /* all of them */
	uint64_t unlike[ASSAY_ANNOTATORS_MAX + 1]; /* by answers of a unit: ordered pairs of it that differ */
} assay_agreement;

/** Answers are 0 .. categories - 1. ASSAY_OK, ASSAY_ENOMEM. Release it in either case. */
ASSAY_NODISCARD assay_code assay_agreement_init(assay_agreement *g, size_t categories, assay_err *err);
void assay_agreement_release(assay_agreement *g);
#define ASSAY_AUTO_AGREEMENT ASSAY_CLEANUP(assay_agreement_release) assay_agreement

/**
 * Take in the answers that a unit got, in any order; what is missing is left out.
 *
 * @param count  at most ASSAY_ANNOTATORS_MAX. A unit with fewer than two answers says nothing about agreement
 */
void assay_agreement_unit(assay_agreement *g, const uint32_t *answers, size_t count);

/**
 * Krippendorff's alpha for nominal data, 1 - observed / expected disagreement: 1 when all agree, 0 when they do so no
 * more than chance makes them, negative when less. Computed in integers, rounded once, half to even. (K. Krippendorff,
 * Computing Krippendorff's Alpha-Reliability, 2011, form D; Content Analysis, 2nd edition, 2004, section 11.3.)
 *
 * @param alpha  [out] in 10^-ASSAY_ALPHA_SCALE; 0 when it is not defined
 *
 * @return false: not defined, since all answers are the same one or none can be compared
 */
bool assay_agreement_alpha(const assay_agreement *g, int64_t *alpha);

/**
 * How far several people agree who wrote down the same thing, and which of their texts stands in the middle.
 *
 * Texts are compared in the composed form of Unicode (NFC), code point by code point, with CR LF and CR as LF. All are
 * aligned with the one in the middle (assay_edit_align); each of its characters is a unit. Characters that others have
 * between two of its own are further units, the first of each text together, then the second. A text that has nothing
 * there answers "nothing", which is a category like any character.
 *
 * Texts that are all equal agree fully, also where they are too short for alpha to be defined ("7", empty texts).
 *
 * Texts of 64 KiB by ASSAY_ANNOTATORS_MAX annotators take seconds when nothing in them is alike.
 *
 * @param texts    [borrowed] UTF-8
 * @param count    1 .. ASSAY_ANNOTATORS_MAX
 * @param alpha    [out] in 10^-ASSAY_ALPHA_SCALE; 0 when it is not defined
 * @param defined  [out] false for one text
 * @param medoid   [out] index of the text whose edit distances to all others have the least sum; of several the one
 *                 that is first by its bytes, then by its index
 *
 * @return ASSAY_OK
 *         ASSAY_EINVAL   count is out of range, or a text is not UTF-8
 *         ASSAY_EFULL    texts are so long and so different that comparing them would take minutes
 *         ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_agreement_of_texts(const char *const *texts, size_t count, int64_t *alpha,
						    bool *defined, size_t *medoid, assay_err *err);

#endif
