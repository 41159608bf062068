/**
 * The index of what was seen: for every source of the last whole run the stamps under which its row would be found
 * unchanged. It is a cache beside the catalog, never the truth: without it, or when it is damaged, older than the last
 * run, or of another configuration, rows are read instead, with the same outcome. It holds for no file whose stamp was
 * too young when it was hashed. Layout: docs/formats.md, "Index of what was seen".
 */
#ifndef ASSAY_SEEN_H
#define ASSAY_SEEN_H

#include "scan.h"
#include "session.h"

typedef struct assay_seen assay_seen;

typedef enum assay_seen_answer {
	ASSAY_SEEN_NOTHING, /* it is not in the index, or as it is now it is another: its row tells, if there is one */
	ASSAY_SEEN_UNCHANGED, /* its row would be found unchanged, with the standing DONE */
	ASSAY_SEEN_FAILED,    /* the same with FAILED */
} assay_seen_answer;

/**
 * @param s    with recipes; its run, if it has one, is the only one that may have begun since
 * @param out  [out] NULL when there is no index that holds
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_seen_open(assay_seen **out, const assay_session *s, assay_err *err);
void assay_seen_close(assay_seen *x); /* NULL is fine */

/** Ask in order of keys: the answer is near the last one. */
ASSAY_NODISCARD assay_code assay_seen_ask(assay_seen_answer *out, assay_seen *x, const assay_found *f, assay_err *err);
/** Sources that had left the folder before the index was made. */
uint64_t assay_seen_left(const assay_seen *x);
/** Keys that the scan does not have, ascending; borrowed for the call. */
typedef assay_code assay_seen_fn(void *ctx, const char *key, assay_err *err);
ASSAY_NODISCARD assay_code assay_seen_each_gone(const assay_seen *x, const assay_scan *scan, assay_seen_fn *fn,
						void *ctx, assay_err *err);

/**
 * Make the index: of all of the scan, in which `unchanged`, `failing` and `decided` say what a look at the row would find.
 * @param left  sources whose rows say that they are missing
 */
ASSAY_NODISCARD assay_code assay_seen_write(const assay_session *s, const assay_scan *scan, uint64_t left,
					    assay_err *err);
/** The session's run has changed no source: what held before it holds after it. */
void assay_seen_renew(const assay_session *s);

/** The index no longer speaks of what is there: the next run reads rows. */
ASSAY_NODISCARD assay_code assay_seen_forget(assay_store *store, assay_err *err);

#endif
