/** One attempt as a unit of work: the chain it runs through, the files it reads, the row it leaves. */
#ifndef ASSAY_ATTEMPT_UNIT_H
#define ASSAY_ATTEMPT_UNIT_H

#include "assay/worker.h"

#include "repair.h"
#include "session.h"

/** Chains of every rung of the session, and of the pipelines as they are: a correction may ask for those. */
typedef struct assay_attempt_chains {
	assay_worker_chain *items;
	size_t count;
	assay_worker_step (*steps)[2 * ASSAY_CONFIG_STEPS_MAX]; /* of each chain */
	uint32_t *of_rung;                                      /* by rung of the session */
	uint32_t of_pipeline[ASSAY_MODALITY_MAX + 1];
} assay_attempt_chains;

ASSAY_NODISCARD assay_code assay_attempt_chains_make(assay_attempt_chains *c, const assay_session *s, assay_err *err);
void assay_attempt_chains_release(assay_attempt_chains *c);
uint32_t assay_attempt_chain_of(const assay_attempt_chains *c, const assay_wanted *w, assay_modality modality);

/** What a unit reads, open for it. */
typedef struct assay_unit_files {
	assay_source source; /* the row */
	assay_digest bytes;  /* of the file that is read: the source's, or a decision's payload */
	int fd;              /* -1: closed */
	uint64_t size;
	assay_worker_sidecar *sidecars; /* without roles of metadata; sorted by role */
	assay_unit_sidecar *named;      /* in parallel; texts are the row's */
	size_t sidecar_count;
} assay_unit_files;

/** @param why  [in, out] empty; a sentence is put there when a file is not what was digested, or cannot be opened */
ASSAY_NODISCARD assay_code assay_unit_files_open(assay_unit_files *f, assay_buf *why, const assay_session *s,
						 int rootfd, const assay_wanted *w, assay_err *err);
void assay_unit_files_close(assay_unit_files *f); /* descriptors alone */
void assay_unit_files_release(assay_unit_files *f);

/** What a child may not claim becomes a failure of the result. */
ASSAY_NODISCARD assay_code assay_attempt_vet(const assay_wanted *w, assay_result *r, assay_err *err);
/** Write the unit. ASSAY_ECORRUPT when its terms do not come to the work key that was wanted. */
ASSAY_NODISCARD assay_code assay_attempt_keep(const assay_session *s, const assay_unit_files *f, const assay_wanted *w,
					      uint32_t tries, const assay_worker_answer *answer, assay_err *err);

#endif
