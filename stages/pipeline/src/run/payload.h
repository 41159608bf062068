/** What people handed in, as a file that a worker reads. */
#ifndef ASSAY_PAYLOAD_H
#define ASSAY_PAYLOAD_H

#include "assay/digest.h"
#include "assay/store.h"

#include <stdint.h>

/**
 * Large ones are read where they lie; of a small one a nameless file is made, open for reading alone.
 * @param out  [out] owned by the caller; -1 on failure
 * @return as assay_object_get
 */
ASSAY_NODISCARD assay_code assay_payload_open(int *out, uint64_t *size, assay_store *store, const assay_digest *d,
					      assay_err *err);

#endif
