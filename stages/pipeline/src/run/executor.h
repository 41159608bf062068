/**
 * The executor: hands units of work to workers, takes their answers, and writes what is finished in groups. It is the
 * coordinator's only loop and the store's only writer; the threads that digest files touch neither.
 */
#ifndef ASSAY_EXECUTOR_H
#define ASSAY_EXECUTOR_H

#include "assay/worker.h"

#include "hash_pool.h"
#include "job.h"
#include "plan.h"
#include "scan.h"
#include "session.h"

#define ASSAY_JOBS_MAX 256

/* A worker and the unit in its hands. */
typedef struct assay_slot {
	assay_worker *worker;
	assay_job *job; /* NULL while idle */
	size_t part;
	int64_t given_ns;
	/* What the unit was expected to take when it was given, and what is left of the first; see pace.c. */
	double cpu_us, wall_us, rest_us;
} assay_slot;

typedef struct assay_executor {
	assay_session *session;
	const assay_config *config;
	assay_store *store;
	int rootfd;
	const assay_run_opts *opts;
	assay_summary *summary;
	assay_progress *progress;
	assay_scan scan;
	assay_plan plan;
	uint64_t work_us, work_took_us;      /* CPU and time of units that came back */
	bool whole;                          /* every source of the folder is looked at, and what left it is marked */
	assay_seen *seen;                    /* of the run before; NULL: rows are read */
	uint64_t left;                       /* sources whose rows say that they are missing */
	uint64_t digested_us, undigested_us; /* digesting at its estimate: done and left */
	size_t longest;                      /* position in the scan of the source that seemed to take longest, */
	double after_longest_us;             /* and CPU of those after it */
	size_t next;                         /* position in the scan */
	uint64_t taken;                      /* sources of the scan that were looked at */
	uint64_t begun;                      /* of them, those that needed work */
	assay_hash_pool *pool;
	assay_job **jobs; /* being digested, or with units waiting or running; in the order of the scan */
	size_t job_count;
	assay_slot *slots;
	size_t slot_count;
	assay_worker_step steps[ASSAY_MODALITY_MAX + 1][2 * ASSAY_CONFIG_STEPS_MAX];
	assay_worker_chain chains[ASSAY_MODALITY_MAX + 1]; /* of the modalities in use: see chain_of */
	uint32_t chain_of[ASSAY_MODALITY_MAX + 1];
	size_t chain_count;
	uint64_t uncommitted;
	int64_t committed_ns;
} assay_executor;

/** r's borrowed fields (session, config, store, rootfd, opts, summary, progress) must be set. */
ASSAY_NODISCARD assay_code assay_executor_open(assay_executor *r, assay_err *err);
/** Ends workers and gives up units in flight. */
void assay_executor_release(assay_executor *r);

/** Do all units of the scan. ASSAY_ESTOP after a signal; what was finished is written, not yet committed. */
ASSAY_NODISCARD assay_code assay_executor_work(assay_executor *r, assay_err *err);
/** After all was judged: a source that fails and stands by a remedy or another file is not counted as failed. */
ASSAY_NODISCARD assay_code assay_executor_count_helped(assay_executor *r, assay_err *err);
/** Commit the group if it is old or large enough, or with force if it holds anything. */
ASSAY_NODISCARD assay_code assay_executor_commit(assay_executor *r, bool force, assay_err *err);

#endif
