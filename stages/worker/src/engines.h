/** The worker that was asked for engines, as one that is given work. */
#ifndef ASSAY_WORKER_ENGINES_H
#define ASSAY_WORKER_ENGINES_H

#include "assay/engines.h"

#include <sys/types.h>

/**
 * Its process and its end of the control socket, on which nothing is under way, are the caller's from then on.
 * @return false, and nothing is handed on, when there is no such worker, it has not answered yet, or it has ended
 */
bool engines_hand_on(assay_engines *e, pid_t *pid, int *control);

#endif
