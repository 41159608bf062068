/** The worker's side of one child: fork it, broker its opens, keep its time, and tell how it ended. */
#ifndef ASSAY_WORKER_WATCH_H
#define ASSAY_WORKER_WATCH_H

#include "child.h"
#include "frame.h"

/** Once per process: SIGCHLD is taken by ppoll alone. */
void watch_init(void);

/**
 * Fork a child for the job and stay with it until it has ended.
 *
 * @param job      handoff, witness and worker are filled in here
 * @param control  [optional] the coordinator's socket: STOP kills the child, its end kills the child and the worker
 * @return ASSAY_ESTOP when the coordinator is gone; ASSAY_EIO, ASSAY_ENOMEM when there was no child
 */
ASSAY_NODISCARD assay_code watch_child(exit_message *end, child_job *job, frame_reader *control, assay_err *err);

#endif
