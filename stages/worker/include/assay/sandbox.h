/**
 * What a child that decodes a hostile file may do: read its descriptors and the listed folders, compute, answer on
 * its socket. Nothing else: no other file, no write, no socket, no exec, no signal to others.
 */
#ifndef ASSAY_SANDBOX_H
#define ASSAY_SANDBOX_H

#include "assay/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum assay_sandbox_mode {
	ASSAY_SANDBOX_AUTO,     /* every layer that the machine has */
	ASSAY_SANDBOX_REQUIRED, /* refuse to work when a layer is missing */
} assay_sandbox_mode;

/* Layers, as bits; stored in run records: never renumber. */
#define ASSAY_SANDBOX_NO_NEW_PRIVS 1u
#define ASSAY_SANDBOX_RLIMITS      2u
#define ASSAY_SANDBOX_SECCOMP      4u
#define ASSAY_SANDBOX_BROKER       8u /* opens go through the worker, which allows the listed folders only */
#define ASSAY_SANDBOX_LANDLOCK     16u
#define ASSAY_SANDBOX_ALL          31u

/** "no-new-privs rlimits seccomp broker landlock", as far as in force; out has at least 80 bytes. */
char *assay_sandbox_layers_text(unsigned layers, char *out, size_t size);

#endif
