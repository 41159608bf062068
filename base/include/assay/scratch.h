/**
 * Memory for lists that grow with a dataset: it lies in a file that has no name, so that the system can write it out
 * and take it away while it is not looked at. Small pieces are plain memory, and so is what no file can be had for:
 * because the folder may not be written, or because it would take half of what is free on the disk. Space in the file is reserved before it is
 * mapped, so that a full disk is never met later, when nothing could be told of it.
 */
#ifndef ASSAY_SCRATCH_H
#define ASSAY_SCRATCH_H

#include "assay/memory.h"

/** Pieces of so many bytes and more lie in files. */
#define ASSAY_SCRATCH_MIN ((size_t)1 << 20)

/**
 * n * size bytes, zeroed.
 * @param dirfd  folder whose file system is used; negative: none, plain memory
 * @return NULL on overflow or when memory is out; else to be freed by assay_scratch_free with the same n and size
 */
void *assay_scratch_alloc(int dirfd, size_t n, size_t size) __attribute__((warn_unused_result));
void assay_scratch_free(void *p, size_t n, size_t size);

/** assay_grow, for an array that is freed by assay_scratch_free(*array, *cap, size). It begins as NULL with cap 0. */
ASSAY_NODISCARD assay_code assay_scratch_grow(int dirfd, void *array, size_t *cap, size_t used, size_t size,
					      assay_err *err);

#endif
