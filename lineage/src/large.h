/**
 * Large objects: a file each, objects/ab/cdef… by digest. A file is written as objects/new, made durable, and renamed;
 * what a killed writer left there is written over by the next, since there is one writer at a time.
 */
#ifndef ASSAY_LARGE_H
#define ASSAY_LARGE_H

#include "assay/buf.h"
#include "assay/digest.h"

#define ASSAY_LARGE_PATH 80

/** What the writer's open group has written, so that it can be undone. */
typedef struct assay_large {
	assay_digest *fresh;
	size_t count, cap;
	unsigned char durable[256 / 8]; /* bit per folder: its own name is known to be durable */
} assay_large;

void assay_large_release(assay_large *l);
/** Path below the store's folder. */
void assay_large_path(char out[ASSAY_LARGE_PATH], const assay_digest *d);
ASSAY_NODISCARD assay_code assay_large_put(assay_large *l, int dirfd, const assay_digest *d, const void *p, size_t n,
					   assay_err *err);
/** Append the file to out; ASSAY_ECORRUPT when it is not there or longer than size. */
ASSAY_NODISCARD assay_code assay_large_get(int dirfd, const assay_digest *d, uint64_t size, assay_buf *out,
					   assay_err *err);
/** Remove the file, as far as that can be done. */
void assay_large_remove(int dirfd, const assay_digest *d);

#endif
