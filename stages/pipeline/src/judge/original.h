/**
 * Duplicates: of sources with the same bytes, the one whose path comes first is the original of all others; sources
 * that failed, and those whose samples of a kind a filter takes out, are passed over.
 */
#ifndef ASSAY_ORIGINAL_H
#define ASSAY_ORIGINAL_H

#include "assay/config.h"
#include "assay/source.h"

/** Sources with the same bytes, and the first of them by path. */
typedef struct assay_original_group {
	assay_digest digest;
	assay_modality modality;
	unsigned slot; /* kind of sample, or 0 when it does not matter */
	char *path;    /* owned; NULL when none may be an original */
	bool used;
} assay_original_group;

/** Does a source give samples? One that failed, and that no attempt helps, is nobody's original. */
typedef assay_code assay_original_stands(void *ctx, const assay_source *src, bool *stands, assay_err *err);

/** What was found so far. Most bytes are there once, which one look at all of them tells. Of the others, each group is looked through once, however many sources are in it. Empty once `stands` and its `ctx` are set. */
typedef struct assay_originals {
	assay_original_stands *stands;
	void *ctx;
	assay_original_group *groups; /* cap is a power of two, at most half full; none for bytes seen once */
	size_t count, cap;
	uint64_t *shared; /* sources that may have company, ascending; read on first use */
	size_t shared_count;
	bool has_shared;
	uint64_t source; /* asked for last, and the answers by slot: */
	bool known[ASSAY_SAMPLE_KIND_MAX + 1];
	const char *path[ASSAY_SAMPLE_KIND_MAX + 1];
} assay_originals;

void assay_originals_release(assay_originals *o);

/**
 * Path of the source whose samples of this kind those of src duplicate; NULL when they are none. Borrowed from o. The
 * sources of the store must not change while o is in use.
 * @param src  did not fail: it has given the sample that is asked about
 */
ASSAY_NODISCARD assay_code assay_original_of(const char **path, assay_originals *o, assay_store *store,
					     const assay_config *config, const assay_source *src,
					     assay_sample_kind kind, assay_err *err);

#endif
