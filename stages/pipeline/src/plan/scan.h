/** Finding the sources: one walk over the dataset's folder, one stat per file, nothing opened. */
#ifndef ASSAY_SCAN_H
#define ASSAY_SCAN_H

#include "assay/arena.h"
#include "assay/config.h"
#include "assay/source.h"

#include <sys/stat.h>

/** A sidecar that exists beside a found file. */
typedef struct assay_found_sidecar {
	const char *role; /* borrowed from the configuration */
	const char *path; /* as the operating system names it, relative to assay.yaml */
	assay_stamp stamp;
} assay_found_sidecar;

/** A file, in about 150 bytes with its name: there may be millions. All texts belong to the scan. */
typedef struct assay_found {
	const char *path; /* as the operating system names it, relative to assay.yaml */
	const char *key;  /* escaped: the name in the dataset; mostly the very same text */
	const assay_config_source *rule;
	assay_stamp stamp;
	assay_found_sidecar *sidecars; /* sorted by role */
	uint32_t sidecar_count;
	int problem;         /* errno of its stat; ENOTSUP when it is no regular file; 0 when all is well */
	bool claimed : 1;    /* another file would have it as its sidecar */
	bool is_sidecar : 1; /* a source has: it is none itself */
	bool is_table : 1;   /* metadata_files names it: neither is it */
	bool elsewhere : 1;  /* it belongs to another shard */
	bool unchanged : 1;  /* it needs nothing, and */
	bool failing : 1;    /* stands as failed, or */
	bool decided : 1;    /* only as long as a decision holds: set by assay_plan_make, as */
	bool costed : 1;     /* what it will cost is among the costs left */
	bool worked : 1;     /* by this run, and */
	bool failed : 1;     /* counted among those that failed */
} assay_found;

typedef struct assay_scan {
	assay_found *items; /* sorted by key */
	size_t count, cap;
	assay_arena texts; /* names, and lists of sidecars */
} assay_scan;

/**
 * Walk the folder that rootfd stands for.
 * @param storefd  the store's folder: it is not entered, and what is found lies in a nameless file there
 *                 (assay/scratch.h); negative: there is none
 */
ASSAY_NODISCARD assay_code assay_scan_run(assay_scan *out, const assay_config *config, int rootfd, int storefd,
					  assay_err *err);
void assay_scan_release(assay_scan *s);
/** The file of that key; NULL when there is none. */
const assay_found *assay_scan_find(const assay_scan *s, const char *key);
/**
 * Mark what belongs to other shards: a source belongs to the one that the first 32 bits of SHA-256(key) say, modulo
 * count, whatever else is in the folder. count 0: all are ours.
 * @param seen  [out] how many are ours
 */
ASSAY_NODISCARD assay_code assay_scan_keep_shard(assay_scan *s, uint32_t shard, uint32_t count, uint64_t *seen,
						 assay_err *err);
void assay_stamp_of(assay_stamp *out, const struct stat *st);
/** Equal but for hashed_ns. */
bool assay_stamp_same(const assay_stamp *a, const assay_stamp *b);
/** The bytes that were hashed under this stamp cannot have changed since without changing it. */
bool assay_stamp_is_settled(const assay_stamp *s);

#endif
