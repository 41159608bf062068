/** A set of texts, by their digests: 64 bytes for each at most. */
#ifndef ASSAY_CONTRACTS_VALUE_SET_H
#define ASSAY_CONTRACTS_VALUE_SET_H

#include "assay/buf.h"
#include "assay/digest.h"

typedef struct value_set {
	assay_digest *slots; /* open addressing; a zero digest is free */
	size_t count, cap;   /* cap is a power of two, or 0 */
} value_set;

void value_set_release(value_set *s);
/** @param is_new [out] it was not there before */
ASSAY_NODISCARD assay_code value_set_add(value_set *s, const void *p, size_t n, bool *is_new, assay_err *err);

#endif
