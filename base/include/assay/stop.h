/** SIGINT, SIGTERM and SIGHUP as a flag and a descriptor: the program stops at its next checkpoint. */
#ifndef ASSAY_STOP_H
#define ASSAY_STOP_H

#include "assay/error.h"

#include <stdbool.h>

/** Install the handlers and ignore SIGPIPE. Safe to call again. */
ASSAY_NODISCARD assay_code assay_stop_install(assay_err *err);
/** Number of stop signals so far; anything but 0 asks to stop at the next checkpoint. */
int assay_stop_requested(void);
/** The first stop signal's number, 0 if none came. */
int assay_stop_signal(void);
/** Becomes readable with the first signal, for poll(2); -1 before assay_stop_install. */
int assay_stop_fd(void);

#endif
