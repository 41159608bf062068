/** Versions that checks of drift compare with: named in contracts, found at the start, read when a dataset is judged. */
#ifndef ASSAY_BASELINE_H
#define ASSAY_BASELINE_H

#include "assay/config.h"
#include "assay/dataset_judge.h"
#include "assay/version.h"

/** The baseline of one check; numbers are those of assay_dataset_judge. */
typedef struct assay_baseline {
	size_t check;
	bool found;                     /* false: there is none, and the check says whenMissing: skip */
	assay_digest version, accepted; /* id, and its trie of accepted samples */
} assay_baseline;

typedef struct assay_baselines {
	assay_baseline *items;
	size_t count, cap;
} assay_baselines;

void assay_baselines_release(assay_baselines *b);
/** Find every version that is named; without a store there is none. ASSAY_ECONFIG says which check names one that is not there. */
ASSAY_NODISCARD assay_code assay_baselines_find(assay_baselines *out, assay_store *s,
						const assay_contract *const *contracts, size_t contract_count,
						assay_err *err);
/**
 * Show the judge what the baselines' accepted samples measured.
 *
 * Memory while it runs: 24 bytes and the part of its key for each sample of one version; its units are read once each.
 */
ASSAY_NODISCARD assay_code assay_baselines_read(const assay_baselines *b, assay_dataset_judge *j, assay_store *s,
						const assay_vocabulary *vocabulary, assay_err *err);
/**
 * The id for each check of drift, in their order, zero where there is none; count is 0 when none has one. *out is to be
 * freed. So equal lists mean equal comparisons, whatever tags stood for at other times.
 */
ASSAY_NODISCARD assay_code assay_baselines_ids(const assay_baselines *b, assay_digest **out, size_t *count,
					       assay_err *err);

#endif
