/** The child of a worker: one unit of work, or one trial of the sandbox, from fork to _exit. */
#ifndef ASSAY_WORKER_CHILD_H
#define ASSAY_WORKER_CHILD_H

#include "cage.h"
#include "message.h"
#include "witness.h"

#define CHILD_SIDECAR_MAX ((size_t)16 << 20)

typedef struct child_job {
	const setup *setup;
	const cage *cage;
	witness *witness;
	pid_t worker;
	int handoff;
	const unit_message *unit; /* NULL: a trial; its layers are left in the witness */
	const int *fds;           /* of the unit: answer, source, sidecars */
	size_t fd_count;
} child_job;

_Noreturn void child_run(const child_job *job);

#endif
