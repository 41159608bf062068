/** One source on its way through a run: what changed about it, and the units it needs. */
#ifndef ASSAY_JOB_H
#define ASSAY_JOB_H

#include "assay/unit.h"

#include "cost.h"
#include "hash_pool.h"
#include "scan.h"
#include "session.h"

#define ASSAY_UNIT_ATTEMPTS 2
/* A document that claims more pages than this fails with `limit`. */
#define ASSAY_PAGES_MAX 200000

typedef enum assay_job_state {
	ASSAY_JOB_HASHING, /* files of it are being digested */
	ASSAY_JOB_HASHED,  /* they are all back: assay_job_go_on */
	ASSAY_JOB_WORKING, /* it has parts, or a failure instead */
} assay_job_state;

typedef enum assay_part_state { ASSAY_PART_WAITING, ASSAY_PART_RUNNING, ASSAY_PART_DONE } assay_part_state;

typedef struct assay_job_part {
	assay_part_state state;
	uint32_t attempts;
	uint64_t unit; /* DONE */
	bool cached;
	/* What became of it, once that is known: of a cached unit only when the job is finished. */
	bool told;
	assay_failure failure;
	uint64_t samples;
} assay_job_part;

typedef struct assay_job {
	const assay_found *found; /* borrowed from the scan */
	assay_source before;      /* its row, id 0 when it is new */
	assay_source next;        /* the row to be */
	assay_job_state state;
	assay_hash_task *tasks; /* while hashing: the source, then its sidecars */
	size_t unhashed;        /* of them, not back yet */
	assay_job_part *parts;  /* units by position: one, or one per 16 pages */
	size_t part_count;
	uint32_t pages;   /* of the document, as its first unit said; 0 before and for streams */
	bool stale;       /* it changed while it was read: begun again when its units in flight are back */
	bool redone;      /* it was begun again once */
	bool ran;         /* some unit was not in the cache */
	uint64_t samples; /* of all parts, once finished */
	assay_cost took;  /* by its units so far, repeated attempts included */
} assay_job;

/**
 * Ask the pool for digests of what is new. A job that needs none is HASHED at once. Until then it must stay where it
 * is: each task's owner is the job; the caller counts j->unhashed down, and sets HASHED at 0.
 */
ASSAY_NODISCARD assay_code assay_job_begin(assay_job *j, assay_session *s, const assay_found *f, int rootfd,
					   assay_hash_pool *pool, assay_err *err);
/** Begin again after the file changed under the reader. */
ASSAY_NODISCARD assay_code assay_job_restart(assay_job *j, assay_session *s, int rootfd, assay_hash_pool *pool,
					     assay_err *err);
/** The source fails with "what: why". */
ASSAY_NODISCARD assay_code assay_job_fail(assay_job *j, assay_failure failure, const char *what, const char *why,
					  assay_err *err);
/** A HASHED job: find out which units are cached. What could not be read becomes next.failure, not an error. */
ASSAY_NODISCARD assay_code assay_job_go_on(assay_job *j, assay_session *s, int rootfd, assay_err *err);
/* Halves of the above, in job_digest.c. */
ASSAY_NODISCARD assay_code assay_job_ask_digests(assay_job *j, int rootfd, assay_hash_pool *pool, assay_err *err);
ASSAY_NODISCARD assay_code assay_job_take_digests(assay_job *j, assay_err *err);
void assay_job_release(assay_job *j);

bool assay_job_is_done(const assay_job *j);
/** What its unit of that number reads: 16 pages, or all of what is no document. */
assay_part assay_job_part_of(const assay_job *j, size_t part);
/** Key of a part's unit. Borrows from j; sidecars go to out_sidecars, which the caller frees. */
ASSAY_NODISCARD assay_code assay_job_unit_key(assay_unit_key *out, assay_unit_sidecar **out_sidecars,
					      const assay_job *j, size_t part, char text[ASSAY_PART_TEXT],
					      assay_err *err);
/** Note what became of a part. */
void assay_job_part_tell(assay_job_part *p, const assay_result *r);
/** Are the samples of a result named as those of a unit of this part may be? Names must be unique. */
bool assay_result_parts_fit(const assay_result *r, const assay_part *part);
/** The same for a part of a job. Keys must be unique over the whole source. */
bool assay_job_owns_parts(const assay_job *j, size_t part, const assay_result *r);
/** Are the sidecars that stages read the same in both? */
bool assay_job_sidecars_same(const assay_source *a, const assay_source *b);
/** Has the file, or a sidecar of it, changed since it was digested? */
bool assay_job_file_changed(const assay_job *j, int rootfd);
/** The first part is done and told how many pages there are: make the others, cached or waiting. */
ASSAY_NODISCARD assay_code assay_job_expand(assay_job *j, assay_session *s, uint32_t pages, assay_err *err);
/**
 * All parts are done (or it failed): write the source row, and take samples that are gone out of the dataset.
 * next.standing and samples tell how it ended.
 */
ASSAY_NODISCARD assay_code assay_job_finish(assay_job *j, assay_session *s, assay_err *err);

/** A source that is no longer there: mark it and its samples. */
ASSAY_NODISCARD assay_code assay_source_gone(assay_session *s, uint64_t source, assay_err *err);

#endif
