/**
 * What fuzz targets share. A target is one file with LLVMFuzzerTestOneInput; the preset `fuzz` links it with libFuzzer,
 * every other preset with replay.c, which runs it over the corpus that is kept.
 */
#ifndef ASSAY_FUZZ_H
#define ASSAY_FUZZ_H

#include "assay/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/** The entry that libFuzzer calls; returns 0, or -1 for an input that is not worth keeping. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** What must hold, whatever the input: a finding when it does not. */
static inline void fuzz_assert(bool holds)
{
	if (!holds)
		abort();
}

/** Set-up that must succeed; without it the target says nothing. */
static inline void fuzz_need(assay_code rc)
{
	fuzz_assert(rc == ASSAY_OK);
}

/** Name of an anonymous file that holds the bytes, "/proc/self/fd/N"; the same file is used again each time. */
const char *fuzz_file(const void *data, size_t size);

/** A folder of its own for the process, in TMPDIR, removed at exit. */
const char *fuzz_folder(void);

#endif
