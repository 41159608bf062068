/**
 * Digests of files with many reads in flight. Cold small files are waited for, not computed: one read after the other
 * takes several times as long. Threads open, read and close; they touch neither the store nor anything of a run. What
 * is done comes back through a descriptor that the coordinator polls, so neither signals nor workers wait for a file.
 */
#ifndef ASSAY_HASH_POOL_H
#define ASSAY_HASH_POOL_H

#include "assay/source.h"

/** What to digest, and what came of it. Lives with its asker; the pool's between submit and take. */
typedef struct assay_hash_task {
	int rootfd;
	const char *path;  /* below rootfd, borrowed */
	assay_stamp known; /* with hashed_ns != 0: a file that still has this stamp, trusted, is not read again */
	void *owner;       /* the asker's own */
	/* Answer: */
	bool unread;       /* it is as `known` says; stamp is `known`, digest is not set */
	int problem;       /* errno; ENOTSUP: no regular file; ESTALE: it changed while it was read, twice;
			    * ECANCELED: the pool was closed; 0 when all is well */
	const char *doing; /* what failed: "open" or "read"; static storage */
	assay_stamp stamp; /* of the bytes that were digested, as they were before and after */
	assay_digest digest;
	struct assay_hash_task *next; /* the pool's */
} assay_hash_task;

typedef struct assay_hash_pool assay_hash_pool;

/**
 * Make a pool; threads are started as they are needed. One that cannot be started is done without: with none at all
 * files are digested in assay_hash_pool_submit.
 *
 * @param threads  reads in flight; 0: four for each core that this process may use, at least 8 and at most 16.
 *                 However many there are, no more of them compute at one time than there are cores.
 */
ASSAY_NODISCARD assay_code assay_hash_pool_open(assay_hash_pool **out, unsigned threads, assay_err *err);
/** Gives up what is not finished and waits for the threads. Tasks are nobody's afterwards. NULL is fine. */
void assay_hash_pool_close(assay_hash_pool *p);

/** Readable while a finished task waits for assay_hash_pool_take. */
int assay_hash_pool_fd(const assay_hash_pool *p);
void assay_hash_pool_submit(assay_hash_pool *p, assay_hash_task *t);
/** A finished task, in the order of their ends; NULL when there is none at the moment. */
assay_hash_task *assay_hash_pool_take(assay_hash_pool *p);

#endif
