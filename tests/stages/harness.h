/** A worker with the test stages, for tests of the worker. The program must answer to `PROGRAM worker --control 3`. */
#ifndef TEST_STAGES_HARNESS_H
#define TEST_STAGES_HARNESS_H

#include "assay/worker.h"

/* Chains of the worker. */
enum { HARNESS_READ, HARNESS_MISBEHAVE, HARNESS_CHAINS };

typedef struct harness_opts {
	const char *act, *path, *folder; /* of test.misbehave; NULL: default */
	unsigned omit_layers;
	assay_sandbox_mode sandbox;
	assay_worker_limits limits; /* zero: 1 GiB, 20 s, 60 s */
	const char *program, *wrapper;
} harness_opts;

typedef struct harness {
	assay_worker *worker;
	assay_buf kept; /* artifacts of the last unit, one after another */
	size_t kept_count;
	assay_code refuse; /* what the artifact receiver is to answer */
} harness;

ASSAY_NODISCARD assay_code harness_start(harness *h, const harness_opts *o, assay_err *err);
void harness_stop(harness *h);

/** Submit a unit over these bytes; does not wait. */
ASSAY_NODISCARD assay_code harness_submit(harness *h, uint32_t chain, const char *text, assay_err *err);
/** Wait for the unit in flight. */
ASSAY_NODISCARD assay_code harness_wait(harness *h, assay_worker_answer *out, assay_err *err);
/** Both; fails the process when the coordinator's side fails. The answer is to be released. */
assay_worker_answer harness_run(harness *h, uint32_t chain, const char *text);
/** Run `act` in the reader and return the errno it met; -1 when the unit failed. */
int harness_errno(harness *h, const char *act, const char *path);

/** If this process was started as a worker: be one, and do not return. First thing in main. */
void harness_maybe_worker(int argc, char **argv);

#endif
