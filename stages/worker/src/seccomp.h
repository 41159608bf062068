/**
 * The filter of system calls. It is an allow list: what is not on it fails with EPERM. Opening files is decided by
 * `opens`. A program is built once in the worker and loaded by every child, which puts its own process id in place of
 * SECCOMP_SELF: a child may signal itself (abort does) and nobody else.
 */
#ifndef ASSAY_WORKER_SECCOMP_H
#define ASSAY_WORKER_SECCOMP_H

#include "assay/error.h"

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef enum seccomp_opens {
	SECCOMP_OPENS_ASK,       /* the worker decides (user notification) */
	SECCOMP_OPENS_READ_ONLY, /* O_RDONLY passes: Landlock decides */
	SECCOMP_OPENS_NONE,
} seccomp_opens;

typedef struct seccomp_program {
	struct sock_filter *code; /* NULL: this machine has no seccomp */
	size_t count;
	seccomp_opens opens;
} seccomp_program;

/** @param handoff  the one descriptor on which sendmsg passes, for handing over the listener */
ASSAY_NODISCARD assay_code seccomp_program_build(seccomp_program *p, seccomp_opens opens, int handoff, assay_err *err);
void seccomp_program_release(seccomp_program *p);

/**
 * Load it; needs no_new_privs.
 * @param listener [out] descriptor of the notifications with SECCOMP_OPENS_ASK, else -1
 * @return false when the kernel refuses; nothing is in force then
 */
bool seccomp_program_load(const seccomp_program *p, pid_t self, int *listener);

#endif
