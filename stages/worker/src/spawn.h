/** Starting the worker process: clean environment, no descriptor but its own, an end that follows ours. */
#ifndef ASSAY_WORKER_SPAWN_H
#define ASSAY_WORKER_SPAWN_H

#include "assay/worker.h"

#include <sys/types.h>

/** Where a worker finds its control socket. */
#define SPAWN_CONTROL_FD 3

/** Path of the program of this process. @param out  [out, owned] */
ASSAY_NODISCARD assay_code spawn_own_program(char **out, assay_err *err);
/**
 * Path of the program that workers run, beside this one or where it is installed.
 * @param out  [out, owned]
 * @return ASSAY_ECONFIG naming the path when it is not there, cannot be executed, or is no program
 */
ASSAY_NODISCARD assay_code spawn_find_program(char **out, assay_err *err);

/**
 * @param control [out, owned] the coordinator's end of the control socket
 * @return ASSAY_EIO naming the program when it cannot be executed
 */
ASSAY_NODISCARD assay_code spawn_worker(pid_t *pid, int *control, const assay_worker_opts *opts, assay_err *err);

#endif
