/**
 * Opens files for a child whose filter lets it open none. The worker reads the path out of the child's memory, opens
 * what it names, checks that object's real path and type, and puts a fresh read-only descriptor into the child. The
 * object that was checked is the object that is handed over, so nothing can be swapped in between.
 */
#ifndef ASSAY_WORKER_BROKER_H
#define ASSAY_WORKER_BROKER_H

#include "setup.h"

#include <sys/types.h>

typedef struct broker {
	int listener; /* owned; -1 while there is none */
	pid_t child;
	const readable *allowed;
} broker;

/** Answer one waiting request; call when the listener is readable. */
void broker_serve(const broker *b);

/**
 * Decide on a path and open it.
 * @return a read-only descriptor, or -EACCES, -ENOENT for what is missing inside an allowed folder, -EMFILE…
 */
int broker_open(const readable *allowed, const char *path, int flags);

#endif
