/** How a unit ended, from what the worker says of the child's end and what the child had answered. */
#ifndef ASSAY_WORKER_OUTCOME_H
#define ASSAY_WORKER_OUTCOME_H

#include "answer.h"
#include "message.h"

/**
 * Fill out from the two; moves the result out of `a` when it stands.
 * @param stopped  why the coordinator no longer wants the unit, NULL when it does
 */
ASSAY_NODISCARD assay_code outcome_of(assay_worker_answer *out, const exit_message *end, answer *a,
				      const assay_worker_limits *limits, const char *stopped, assay_err *err);
/** The worker itself is gone. wait_status is waitpid's. */
ASSAY_NODISCARD assay_code outcome_of_dead_worker(assay_worker_answer *out, int wait_status, size_t steps,
						  assay_err *err);
/** "signal 11 (SIGSEGV)" or "exit status 3". */
char *outcome_end_text(int signal, int status, char *out, size_t size);

#endif
