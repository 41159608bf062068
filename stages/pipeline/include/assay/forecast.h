/** What a run would do, why, and what it would cost: `assay run --dry-run`. Nothing is written, no file is opened. */
#ifndef ASSAY_FORECAST_H
#define ASSAY_FORECAST_H

#include "assay/arena.h"
#include "assay/pipeline.h"

#define ASSAY_CAUSE_BITS 8 /* causes are 1 << 0 to 1 << 7 */

/** A source that is not simply unchanged. */
typedef struct assay_forecast_item {
	const char *source; /* its key; belongs to the forecast */
	unsigned causes;    /* ASSAY_CAUSE_… bits; 0: only its stamp was too young to be trusted when it was noted */
	bool runs;          /* units will probably be run; otherwise it is at most judged again */
	bool unsure;        /* only a digest would tell */
	bool has_cost;      /* there is history to go by: */
	uint64_t cpu_us;
} assay_forecast_item;

typedef struct assay_forecast {
	uint64_t seen, unchanged, failed, missing; /* failed: of those unchanged; missing: since the last run */
	uint64_t unmatched;                        /* patterns that no source matches */
	bool judges_all;   /* contracts, fields, filters or baselines are not those of the last judging */
	uint64_t run;      /* sources that will probably be run */
	uint64_t rejudge;  /* others that are not unchanged */
	uint64_t unsure;   /* of both, those that only a digest would settle */
	uint64_t waiting;  /* tickets whose attempts at repair are still to be made: judging them makes them */
	bool has_remedies; /* what fails is tried again in other ways; what that costs is in no sum */
	uint64_t by_cause[ASSAY_CAUSE_BITS]; /* a source may have several */
	uint64_t young;
	uint64_t bytes; /* of what is run */
	unsigned jobs;
	/* Over the sources to be run that there is any history for: */
	uint64_t by_recipe;   /* by history of the same recipe */
	uint64_t by_modality; /* by that of another recipe */
	uint64_t unknown;     /* without any: their cost is not in the sums */
	uint64_t units;
	uint64_t cpu_us;
	uint64_t margin_us; /* by which cpu_us may well be off, as far as such sources differ */
	struct assay_forecast_part {
		uint64_t run, cpu_us, margin_us;
	} parts[ASSAY_MODALITY_MAX + 1]; /* by modality: all sources to be run, and those sums */
	/* Time with so many jobs, as fast as the store's units were done: on a machine as busy as it was then. */
	uint64_t start_us;  /* until a worker has a unit */
	uint64_t work_us;   /* of units */
	uint64_t digest_us; /* of digesting, beside them */
	uint64_t judge_us;  /* of judging, and of the commit */
	uint64_t takes_us;  /* all of it */
	bool timed;         /* start and judging by the last run that did anything; otherwise a guess, or nothing */
	assay_forecast_item *items; /* by key */
	size_t count, cap;
	assay_arena texts;
} assay_forecast;

/**
 * @param store  NULL: there is none yet, everything is new
 * @param opts   jobs, shard and limit count
 */
ASSAY_NODISCARD assay_code assay_pipeline_forecast(assay_forecast *out, const assay_config *config, assay_store *store,
						   int rootfd, const assay_run_opts *opts, assay_err *err);
void assay_forecast_release(assay_forecast *f);

#endif
