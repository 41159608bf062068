/**
 * What a child leaves behind if it dies: a page shared with its worker, and signal handlers that write to it. It tells
 * which step ran, and whether memory had run out, which a signal number alone does not: Tesseract aborts on bad_alloc,
 * libav segfaults on a null pointer.
 *
 * Memory had run out when errno is ENOMEM as the fatal signal arrives (a failed allocation set it and nothing has
 * failed otherwise since), or when the address space is within a sixteenth of its limit. A crash that happens to meet
 * either condition is called out-of-memory; both are retried and never cached, so that costs a word, not a result.
 * The page is hostile once the child has read its input: numbers in it are for messages only.
 */
#ifndef ASSAY_WORKER_WITNESS_H
#define ASSAY_WORKER_WITNESS_H

#include "assay/error.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct witness {
	uint32_t step;              /* running step of the chain */
	uint32_t layers;            /* sandbox layers in force */
	volatile uint32_t dying;    /* a fatal signal was seen: */
	volatile int32_t error;     /* errno at that moment */
	volatile uint64_t vm_bytes; /* address space at that moment, 0 if unknown */
} witness;

/** A zeroed page shared over fork; NULL when memory is out. */
witness *witness_new(void);
void witness_free(witness *w);
void witness_clear(witness *w);

/** Child: install the handlers. Call before the sandbox closes. */
void witness_install(witness *w);
/** Worker, after the child's end: had memory run out? limit 0: no limit was set. */
bool witness_memory_was_out(const witness *w, uint64_t limit);

#endif
