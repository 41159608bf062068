/** Findings of contracts as rows, tickets and people have them: complete in themselves. */
#ifndef ASSAY_FINDINGS_H
#define ASSAY_FINDINGS_H

#include "assay/judge.h"
#include "assay/sample.h"

/** Who judged: contracts and the digests of their canonical records in parallel. All of it is borrowed. */
typedef struct assay_bench {
	const assay_contract *const *contracts;
	const assay_digest *digests;
	size_t count;
	const assay_vocabulary *vocabulary;
} assay_bench;

/** Other texts are borrowed from contracts, vocabulary and units; the arrays are kept from one sample to the next. */
typedef struct assay_findings {
	assay_failed_check *items;
	size_t count, cap;
	char **reasons; /* what findings about columns say: their own */
	size_t reason_count, reason_cap;
} assay_findings;

/** In place of those before; the verdict's reasons are taken over. ASSAY_OK or ASSAY_ENOMEM. */
ASSAY_NODISCARD assay_code assay_findings_set(assay_findings *f, const assay_bench *bench, assay_verdict *verdict,
					      assay_err *err);
void assay_findings_release(assay_findings *f);

#endif
