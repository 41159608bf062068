/** Starting the worker process: clean environment, no descriptor but its own, an end that follows ours. */
#ifndef ASSAY_WORKER_SPAWN_H
#define ASSAY_WORKER_SPAWN_H

#include "assay/worker.h"

#include <sys/types.h>

/** Where a worker finds its control socket. */
#define SPAWN_CONTROL_FD 3

/**
 * @param control [out, owned] the coordinator's end of the control socket
 * @return ASSAY_EIO naming the program when it cannot be executed
 */
ASSAY_NODISCARD assay_code spawn_worker(pid_t *pid, int *control, const assay_worker_opts *opts, assay_err *err);

#endif
