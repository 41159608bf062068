/** A map from digests to numbers. A digest is its own hash. */
#ifndef ASSAY_DIGEST_MAP_H
#define ASSAY_DIGEST_MAP_H

#include "assay/digest.h"

typedef struct assay_digest_slot {
	assay_digest key;
	size_t value;
	bool used;
} assay_digest_slot;

typedef struct assay_digest_map {
	assay_digest_slot *slots; /* cap is a power of two, at most half full */
	size_t count, cap;
} assay_digest_map;

void assay_digest_map_release(assay_digest_map *m);
bool assay_digest_map_get(const assay_digest_map *m, const assay_digest *key, size_t *value);
/** Insert or replace. */
ASSAY_NODISCARD assay_code assay_digest_map_put(assay_digest_map *m, const assay_digest *key, size_t value,
						assay_err *err);

#endif
