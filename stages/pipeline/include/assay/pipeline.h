/**
 * The main job: find the sources, do what was not done before, judge every sample, and commit a version. Also judging
 * alone, from what the store already knows.
 */
#ifndef ASSAY_PIPELINE_H
#define ASSAY_PIPELINE_H

#include "assay/config.h"
#include "assay/dataset_result.h"
#include "assay/ended.h"
#include "assay/progress.h"
#include "assay/queue.h"
#include "assay/queue_standing.h"
#include "assay/run.h"
#include "assay/sandbox.h"
#include "assay/source.h"
#include "assay/stage_totals.h"
#include "assay/unit.h"

typedef struct assay_run_opts {
	unsigned jobs;               /* worker processes; 0: one per core that this process may use */
	uint32_t shard, shard_count; /* this run takes sources whose key digest mod count is shard; count 0: all */
	uint64_t limit;              /* at most this many sources that need work; 0: all */
	bool no_commit;              /* do the work, commit no version */
	bool strict;      /* what is quarantined, failed or matched by nothing is a difference: summary->exit */
	bool allow_empty; /* a folder without any source is meant, though the last version has samples */
	bool has_as_of;   /* ages are judged as of: */
	int64_t as_of_ns; /* since 1970 UTC; otherwise now, in whole seconds */
	assay_sandbox_mode sandbox;
	assay_progress *progress; /* optional, borrowed */
} assay_run_opts;

/** What a run did, and how the dataset stands after it. */
typedef struct assay_summary {
	char *run; /* name; NULL when no run was recorded */
	bool has_version;
	assay_digest version;
	bool version_is_new; /* not committed before */
	bool incomplete;     /* attempts are to be made, or some failure was of time, memory or a signal */
	bool has_recipe[ASSAY_MODALITY_MAX + 1];
	assay_digest recipes[ASSAY_MODALITY_MAX + 1];
	bool scanned; /* sources were looked for: */
	assay_run_sources sources;
	uint64_t unmatched; /* patterns of sources that no source matches; with strict there is no version then */
	assay_counts samples;
	uint64_t sources_judged;         /* whose samples were judged; 0 when the last judgement stands */
	bool judged;                     /* samples and version are of this run; false when it stopped before */
	bool conserved;                  /* both lines balance */
	bool checks_judged;              /* the checks of the dataset were: not by a run of a part of the sources */
	assay_dataset_results checks;    /* what they came to */
	assay_queue_standing agreements; /* how the queue stands; a breach is exit 80 and keeps no version back */
	bool refused;                    /* strict, and some pattern is unmatched: there is no version */
	bool blocked;                    /* one of severity error failed: there is no version */
	assay_digest refusal;            /* when blocked: the object that holds these checks' results; else zero */
	char **imbalance;                /* what does not balance, by name */
	size_t imbalance_count, imbalance_cap;
	uint64_t units_run, units_cached;
	uint64_t cpu_us;           /* of the units that were run, all attempts */
	assay_stage_totals stages; /* over the units that were run */
	uint64_t tickets_open, tickets_opened, tickets_settled;
	uint64_t tickets[ASSAY_TICKET_STATES + 1]; /* by state */
	uint64_t attempts;                         /* at repair, that this run made */
	uint64_t by_attempt;                       /* samples that are delivered as an attempt made them */
	assay_ended ended; /* decisions that held in the last version and do not any more, as long as it is the last */
	uint64_t verdicts_changed;
	uint64_t rows, rows_astray; /* paths in metadata files, and those that are no source */
	char *row_astray;           /* the first of these: file, line, path; NULL when there is none */
	bool worked;                /* a worker was needed */
	unsigned layers;            /* sandbox layers that held in every worker; meaningless if none was needed */
	char cpu_features[256];
	int exit;     /* that the program is to end with, as the run's record says (assay/exit.h) */
	bool stopped; /* by a signal: what was done is kept, exit 75 */
	int64_t elapsed_ns;
} assay_summary;

void assay_summary_release(assay_summary *s);

/**
 * @param rootfd  the folder of assay.yaml
 * @param out     [out] filled as far as the run came, also on failure; release it in every case
 * @return ASSAY_OK (failed sources and quarantined samples are data); ASSAY_ESTOP after a signal, with everything
 *         finished committed; ASSAY_ENOENT when there is no source at all, the last version has samples, and
 *         this is not allowed: nothing was done; ASSAY_EBUSY, ASSAY_ECONFIG, ASSAY_EFULL, ASSAY_EIO… otherwise
 */
ASSAY_NODISCARD assay_code assay_pipeline_run(assay_summary *out, const assay_config *config, assay_store *store,
					      int rootfd, const assay_run_opts *opts, assay_err *err);

/**
 * Judge what the store holds against the configuration's contracts and commit a version. Opens no source.
 * @param as_of_ns [optional] time as of which ages are judged; NULL: now
 */
ASSAY_NODISCARD assay_code assay_pipeline_judge(assay_summary *out, const assay_config *config, assay_store *store,
						const int64_t *as_of_ns, assay_progress *progress, assay_err *err);

/**
 * Judge what the store holds, make the attempts at repair that are wanted (by remedies, corrections and other files),
 * judge again, and commit a version. Opens the sources that attempts read and no others.
 * @param verb  for the run's record: "queue"
 */
ASSAY_NODISCARD assay_code assay_pipeline_repair(assay_summary *out, const assay_config *config, assay_store *store,
						 int rootfd, const char *verb, const assay_run_opts *opts,
						 assay_err *err);
/**
 * What decisions are made upon: samples as the contracts and fields of the configuration judge them now, whatever those
 * said that they were judged by last, since the judging that follows a decision goes by these. Writes nothing.
 */
typedef struct assay_basis_maker assay_basis_maker;

/** @param config, store  borrowed as long as it is open */
ASSAY_NODISCARD assay_code assay_basis_maker_open(assay_basis_maker **out, const assay_config *config,
						  assay_store *store, assay_err *err);
void assay_basis_maker_close(assay_basis_maker *m); /* NULL is fine */
/**
 * The basis of one on the verdict, or of a remedy by name.
 * @param passes  [out] no check of severity error fails, and nothing else is said against it
 * @param row     of the sample
 * @param u       that it is judged by: its own, or the plain one where a remedy repaired it; the sample is in it
 */
ASSAY_NODISCARD assay_code assay_basis_make(assay_digest *out, bool *passes, assay_basis_maker *m,
					    const assay_sample_row *row, const assay_unit *u, assay_err *err);
/** The next run is to try a source again whose last outcome it would keep. ASSAY_ENOENT when it is no source. */
ASSAY_NODISCARD assay_code assay_pipeline_ask_again(assay_store *store, const char *path, assay_err *err);

/**
 * How the files stand against the store, without doing anything. Digests are not computed: only stamps are seen. Reads
 * rows of what differs alone, if the last run left an index of what it saw.
 */
typedef struct assay_pipeline_status {
	uint64_t seen, unchanged, added, changed, failed;
	uint64_t missing;                                     /* since the last run; they are listed */
	uint64_t left;                                        /* before that; they are not */
	char **added_paths, **changed_paths, **missing_paths; /* keys, sorted */
	size_t added_count, added_cap, changed_count, changed_cap, missing_count, missing_cap;
	uint64_t *damaged; /* numbers of decisions that cannot be read: what they said is not looked at */
	size_t damaged_count;
} assay_pipeline_status;
ASSAY_NODISCARD assay_code assay_pipeline_status_read(assay_pipeline_status *out, const assay_config *config,
						      assay_store *store, int rootfd, assay_err *err);
void assay_pipeline_status_release(assay_pipeline_status *s);

#endif
