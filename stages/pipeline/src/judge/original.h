/**
 * Duplicates: of sources that stand by the same bytes one is the original of all others: of those about which a decision of
 * people is in force the one that was decided upon last, so that what they decided holds for these bytes whatever is added
 * later, or comes back; without such a one the first by path of those that have the bytes themselves, and then of those in
 * whose place a file with these bytes stands. Sources that failed, and those whose samples of a kind a filter takes out, are passed over.
 *
 * A source that another file stands for is told by that file's bytes alone. Yet to put a file in its place was a decision
 * about the bytes that it has: sources that have them, and stand by them, are its duplicates.
 */
#ifndef ASSAY_ORIGINAL_H
#define ASSAY_ORIGINAL_H

#include "decided.h"

#include "assay/config.h"
#include "assay/source.h"

/** What a source has to be the original of others. */
typedef enum assay_original_rank {
	ASSAY_ORIGINAL_FAILED,  /* it gives no samples, and no attempt helps: nothing */
	ASSAY_ORIGINAL_STANDS,  /* its samples */
	ASSAY_ORIGINAL_DECIDED, /* and a decision about one of them, or about all of it */
} assay_original_rank;

typedef struct assay_original_standing {
	assay_original_rank rank;
	uint64_t decided;    /* number of the last decision that it is DECIDED by; else 0 */
	uint64_t file;       /* of that by which another file stands for it; 0: none does */
	assay_digest stands; /* bytes that its samples are made of, its own or the file's; set unless it failed */
} assay_original_standing;

/** The one that others are duplicates of. */
typedef struct assay_original_choice {
	char *path; /* owned; NULL when none may be one */
	assay_original_rank rank;
	uint64_t decided; /* as above */
	bool away;        /* another file stands for it: what is delivered are other bytes */
} assay_original_choice;

/** Sources with the same bytes, and the original of them. */
typedef struct assay_original_group {
	assay_digest digest;
	assay_modality modality;
	unsigned slot; /* kind of sample, or 0 when it does not matter */
	bool used;
	assay_original_choice own;    /* of those that have the bytes */
	assay_original_choice put_in; /* of those in whose place a file with these bytes stands */
} assay_original_group;

/** @param gives  it is known to give samples */
typedef assay_code assay_original_rank_fn(void *ctx, const assay_source *src, bool gives, assay_original_standing *out,
					  assay_err *err);

/** What was found so far. Most bytes are there once, which one look at all of them tells. Of the others, each group is looked through once, however many sources are in it. Empty once the first three are set. */
typedef struct assay_originals {
	assay_original_rank_fn *rank;
	void *ctx;
	const assay_decided *decided; /* which files stand for sources */
	assay_original_group *groups; /* cap is a power of two, at most half full; none for bytes seen once */
	size_t count, cap;
	uint64_t *shared; /* sources that may have company, ascending; read on first use */
	size_t shared_count;
	const assay_decision **files; /* for sources and pages, ascending by their bytes; read with them */
	size_t file_count;
	bool has_shared;
	uint64_t source; /* asked for last, and the answers by slot: */
	bool known[ASSAY_SAMPLE_KIND_MAX + 1];
	const char *path[ASSAY_SAMPLE_KIND_MAX + 1]; /* NULL: none */
} assay_originals;

void assay_originals_release(assay_originals *o);

/** May any other source have, or have had, the bytes that those of src are made of, or stand by them? */
ASSAY_NODISCARD assay_code assay_originals_company(bool *may, assay_originals *o, assay_store *store,
						   const assay_source *src, const assay_digest *stands, assay_err *err);

/**
 * Path of the source whose samples of this kind those of src duplicate; NULL when they are none. Borrowed from o. The
 * sources of the store must not change while o is in use.
 * @param src     did not fail: it has given the sample that is asked about
 * @param stands  bytes that its samples are made of
 */
ASSAY_NODISCARD assay_code assay_original_of(const char **path, assay_originals *o, assay_store *store,
					     const assay_config *config, const assay_source *src,
					     const assay_digest *stands, assay_sample_kind kind, assay_err *err);

#endif
