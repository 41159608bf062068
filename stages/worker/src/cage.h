/**
 * The sandbox of children: prepared once in the worker, entered by every child. Layers in the order in which they are
 * entered: no_new_privs, resource limits, Landlock, system call filter; the broker works for the filter.
 */
#ifndef ASSAY_WORKER_CAGE_H
#define ASSAY_WORKER_CAGE_H

#include "seccomp.h"
#include "setup.h"

/** Where a child has the socket over which it hands its listener to the worker; closed before the unit begins. */
#define CAGE_HANDOFF_FD 3
#define CAGE_NOFILE     64

typedef struct cage {
	assay_worker_limits limits;
	const readable *readable; /* borrowed */
	unsigned omit;            /* layers left out */
	int ruleset;              /* of Landlock, -1 without */
	seccomp_program program;
	unsigned layers; /* what a trial child found in force; every later child must find the same */
} cage;

ASSAY_NODISCARD assay_code cage_build(cage *c, const setup *s, assay_err *err);
void cage_release(cage *c);
/** The broker does not work here: let Landlock decide on opens, or allow none. */
ASSAY_NODISCARD assay_code cage_without_broker(cage *c, assay_err *err);

/** Bytes of address space that children are held to; 0 when they are not. */
uint64_t cage_memory_limit(const cage *c);

/** Child: enter. Returns the layers in force; hands the listener over, if there is one. */
unsigned cage_enter(const cage *c);
/** Child, inside: try what must fail and what must work. Returns the layers that hold. */
unsigned cage_prove(const cage *c, unsigned layers);

#endif
