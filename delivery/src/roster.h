/** The samples that a version delivers, to be found by what a delivery calls them. */
#ifndef ASSAY_DELIVERY_ROSTER_H
#define ASSAY_DELIVERY_ROSTER_H

#include "assay/arena.h"
#include "assay/digest.h"
#include "assay/store.h"
#include "assay/version.h"

#define ROSTER_NONE SIZE_MAX

typedef struct roster_entry {
	const char *key;
	assay_digest work_key;
} roster_entry;

/** A file of the delivery, or the source, and a sample that comes of it. */
typedef struct roster_artifact {
	assay_digest digest;
	size_t entry;
} roster_artifact;

typedef struct roster {
	assay_store *store;    /* borrowed */
	roster_entry *entries; /* ascending by key */
	size_t count, cap;
	assay_arena keys;
	roster_artifact *artifacts; /* ascending by digest; NULL until one is asked for */
	size_t artifact_count, artifact_cap;
} roster;

ASSAY_NODISCARD assay_code roster_open(roster *r, assay_store *s, const assay_version *v, assay_err *err);
void roster_release(roster *r);

/** Position of the sample of this key; ROSTER_NONE when there is none. */
size_t roster_find(const roster *r, const char *key);
/** Position of the first sample whose key is not smaller. */
size_t roster_at(const roster *r, const char *key);

/**
 * Samples that a name stands for: a key; the path of a source, which has as many as it has parts; a file of the
 * delivery, by its path or its digest.
 *
 * @param first [out] one of them, ROSTER_NONE when there is none
 * @param count [out] how many there are
 */
ASSAY_NODISCARD assay_code roster_find_member(roster *r, const char *name, size_t *first, size_t *count,
					      assay_err *err);

#endif
