/** Landlock: read access to the listed folders and nothing else, by the kernel itself (Linux 5.13 and later). */
#ifndef ASSAY_WORKER_LANDLOCK_H
#define ASSAY_WORKER_LANDLOCK_H

#include "setup.h"

/** A ruleset descriptor for children to enter; -1 when this kernel has no Landlock, or none for these files. */
int landlock_build(const readable *allowed);
/** Enter it; needs no_new_privs. False when the kernel refuses. */
bool landlock_enter(int ruleset);

#endif
