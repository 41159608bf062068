/** Runs: when, where and with what the work was done. Beside every identity, never in one. */
#ifndef ASSAY_RUN_H
#define ASSAY_RUN_H

#include "assay/digest.h"
#include "assay/version.h"

typedef struct assay_run_sources {
	uint64_t seen, processed, unchanged, failed, missing;
} assay_run_sources;

typedef struct assay_run {
	uint64_t id;
	char *name;                   /* "<UTC time>-<id>", what users see */
	char *verb;                   /* "run", "judge" */
	int64_t started_ns, ended_ns; /* ended_ns 0: it never ended (killed) */
	int32_t exit;
	uint32_t jobs;
	char *program; /* version of Assay */
	char *host;
	char *cpu_features; /* as the workers saw them */
	uint32_t sandbox;   /* ASSAY_SANDBOX_… layers in force */
	char **libraries;   /* "name build-id" of every shared object loaded */
	size_t library_count;
	assay_run_sources sources;
	assay_counts counts;
	bool has_version;
	assay_digest version;
	assay_digest refusal; /* results of the dataset's checks that let no version pass; zero: none did so */
	bool tells_filters;   /* as it was read: false in a record of an older program, which does not say: */
	assay_digest filters; /* that it judged with, an object (assay/filter_set.h); zero: it judged nothing */
} assay_run;

void assay_run_release(assay_run *r);
#define ASSAY_AUTO_RUN ASSAY_CLEANUP(assay_run_release) assay_run

/** Insert (id 0; name is made) or replace. */
ASSAY_NODISCARD assay_code assay_run_put(assay_store *s, assay_run *r, assay_err *err);
ASSAY_NODISCARD assay_code assay_run_get(assay_store *s, uint64_t id, assay_run *out, assay_err *err);
typedef assay_code assay_run_fn(void *ctx, const assay_run *r, assay_err *err);
/** Newest first. */
ASSAY_NODISCARD assay_code assay_runs_each(assay_store *s, assay_run_fn *fn, void *ctx, assay_err *err);
/** The newest run that came to this version, which its first run may not be: verdicts up to it stood in the version. */
ASSAY_NODISCARD assay_code assay_run_last_of(assay_store *s, const assay_version *v, uint64_t *out, assay_err *err);

#endif
