/**
 * A chain: a reader and the stages after it, run over one open source in one pass. It keeps the conservation counts,
 * opens one state per stage and root sample, and collects the result. Used by the worker's children and by tests.
 */
#ifndef ASSAY_CHAIN_H
#define ASSAY_CHAIN_H

#include "assay/result.h"
#include "assay/stage.h"

#define ASSAY_CHAIN_STEPS_MAX 64

typedef struct assay_chain_step {
	const assay_stage *stage;
	const void *params; /* borrowed */
	void *shared;       /* from stage->prepare(), borrowed; NULL when there is none */
} assay_chain_step;

/** Receives artifacts in the order they are made; the bytes are borrowed for the call. NULL: only digests are kept. */
typedef assay_code assay_chain_artifact_fn(void *ctx, const void *data, size_t size, const assay_digest *digest,
					   assay_err *err);

typedef struct assay_chain_opts {
	assay_chain_artifact_fn *artifact;
	void *ctx;
	uint32_t
	    *current_step; /* [optional] kept at the step whose code runs, so that a crash can be told to its stage */
} assay_chain_opts;

/**
 * Load models of every step (stage->prepare). On failure nothing stays loaded.
 * @param failed [out, optional] the step that failed
 */
ASSAY_NODISCARD assay_code assay_chain_prepare(assay_chain_step *steps, size_t count, size_t *failed, assay_err *err);
void assay_chain_unprepare(assay_chain_step *steps, size_t count);

/**
 * Run the chain. What is wrong with the input is a result (r->failure), not an error.
 *
 * @param r      [out, owned] release with assay_result_release
 * @param steps  steps[0] is a reader; 1..ASSAY_CHAIN_STEPS_MAX steps
 * @param opts   [optional]
 * @return ASSAY_OK; ASSAY_EINVAL when a stage broke the interface (a bug: an unknown metric, a second sample of the
 *         same part, a value for a root that has ended); what opts->artifact returned, if it failed
 */
ASSAY_NODISCARD assay_code assay_chain_run(assay_result *r, const assay_chain_step *steps, size_t count,
					   const assay_input *in, const assay_chain_opts *opts, assay_err *err);

#endif
