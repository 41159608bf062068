/** The counts of a dataset as runs and versions keep them: [in, accepted, quarantined, waived, duplicate, filtered,
 * failed sources]. */
#ifndef ASSAY_COUNTS_H
#define ASSAY_COUNTS_H

#include "assay/cbor.h"
#include "assay/version.h"

void assay_counts_encode(assay_buf *out, const assay_counts *n);
void assay_counts_decode(assay_cbor_reader *c, assay_counts *out);

#endif
