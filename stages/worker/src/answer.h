/**
 * What a child answers, as the coordinator takes it in: ARTIFACT frames in any number, one RESULT, then the end. All
 * of it is hostile until checked against the shape of the chain and against the bytes that came.
 */
#ifndef ASSAY_WORKER_ANSWER_H
#define ASSAY_WORKER_ANSWER_H

#include "assay/worker.h"
#include "frame.h"

/* All artifacts of one unit: what a hostile child can make the coordinator write to disk. */
#define ANSWER_ARTIFACT_BYTES_MAX ((uint64_t)8 << 30)
#define ANSWER_ARTIFACTS_MAX      ((size_t)1 << 20)

/** The part of a chain that its results must agree with. */
typedef struct answer_shape {
	const assay_stage **stages; /* owned array of borrowed stages */
	size_t count;
	size_t metric_total;
	unsigned makes; /* kinds of sample that any of its stages makes */
} answer_shape;

ASSAY_NODISCARD assay_code answer_shape_init(answer_shape *s, const assay_worker_chain *chain, assay_err *err);
void answer_shape_release(answer_shape *s);
/** Row of metric number n of the recipe, NULL when there is none. */
const assay_metric *answer_shape_metric(const answer_shape *s, size_t n);

typedef struct answer_arrival {
	assay_digest digest;
	uint64_t size;
} answer_arrival;

typedef struct answer {
	const answer_shape *shape;
	frame_reader in; /* owns its descriptor, -1 once closed */
	assay_worker_artifact_fn *artifact;
	void *ctx;
	answer_arrival *arrived;
	size_t arrived_count, arrived_cap;
	uint64_t arrived_bytes;
	bool has_result;
	assay_result result;
	bool cut;        /* ended within a frame: what a child that dies leaves behind */
	char fault[560]; /* what the child did wrong; "" so far nothing */
} answer;

/** @param fd [in, consumed] the coordinator's end of the child's socket */
void answer_init(answer *a, const answer_shape *shape, int fd, assay_worker_artifact_fn *artifact, void *ctx);
void answer_release(answer *a);
/** True while more may come. */
bool answer_is_open(const answer *a);
/** Stop listening. */
void answer_close(answer *a);
/**
 * Take in what has arrived, up to budget bytes. Closes the socket at its end, and at the first fault.
 * @return ASSAY_OK, or what the artifact receiver returned, or ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code answer_step(answer *a, size_t budget, assay_err *err);

#endif
