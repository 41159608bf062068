/** Finding the sources: one walk over the dataset's folder, one stat per file, nothing opened. */
#ifndef ASSAY_SCAN_H
#define ASSAY_SCAN_H

#include "assay/config.h"
#include "assay/source.h"

#include <sys/stat.h>

/** A sidecar that exists beside a found file. */
typedef struct assay_found_sidecar {
	const char *role; /* borrowed from the configuration */
	char *path;       /* as the operating system names it, relative to assay.yaml */
	assay_stamp stamp;
} assay_found_sidecar;

typedef struct assay_found {
	char *path; /* as the operating system names it, relative to assay.yaml */
	char *key;  /* escaped: the name in the dataset */
	const assay_config_source *rule;
	assay_stamp stamp;
	int problem;                   /* errno of its stat; ENOTSUP when it is no regular file; 0 when all is well */
	assay_found_sidecar *sidecars; /* sorted by role */
	size_t sidecar_count;
	bool claimed;    /* another file would have it as its sidecar */
	bool is_sidecar; /* a source has: it is none itself */
	bool elsewhere;  /* it belongs to another shard */
} assay_found;

typedef struct assay_scan {
	assay_found *items; /* sorted by key */
	size_t count, cap;
} assay_scan;

/**
 * Walk the folder that rootfd stands for.
 * @param avoid  [optional] a folder that is not entered (the store)
 */
ASSAY_NODISCARD assay_code assay_scan_run(assay_scan *out, const assay_config *config, int rootfd,
					  const struct stat *avoid, assay_err *err);
void assay_scan_release(assay_scan *s);
void assay_stamp_of(assay_stamp *out, const struct stat *st);
/** Equal but for hashed_ns. */
bool assay_stamp_same(const assay_stamp *a, const assay_stamp *b);
/** The bytes that were hashed under this stamp cannot have changed since without changing it. */
bool assay_stamp_is_settled(const assay_stamp *s);

#endif
