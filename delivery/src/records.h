/** Recipes, contracts and the version's record: as JSON to be read, and as the bytes that their digests are of. */
#ifndef ASSAY_DELIVERY_RECORDS_H
#define ASSAY_DELIVERY_RECORDS_H

#include "folder.h"
#include "sample.h"

#define VERSION_RECORD "version.cbor"
#define VERSION_NAME   "version.json"

/** "recipes/<digest>.cbor" */
void records_path(assay_buf *out, const char *kind, const assay_digest *d, const char *suffix);
ASSAY_NODISCARD assay_code records_write(folder *f, const sample_reader *r, const assay_version *v, assay_err *err);

#endif
