#include "forecast.h"
#include "summary.h"
#include "verbs.h"

#include "assay/file.h"
#include "assay/stop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const assay_option options[] = {
    {"jobs", 'j', "N", "worker processes (default: one per core)"},
    {"shard", 0, "I/N", "only the I-th of N parts of the sources (0 <= I < N); commits no version"},
    {"limit", 0, "N", "stop after N sources that needed work; commits no version"},
    {"dry-run", 'n', NULL, "only say what would be done, why, and about how long it takes; write nothing"},
    {"no-commit", 0, NULL, "do the work and judge it, commit no version"},
    {"strict", 0, NULL, "exit 80 when anything is quarantined, a source or dataset check failed, a pattern is empty"},
    {"allow-empty", 0, NULL, "commit a version without any source, although the last one has samples"},
    {"as-of", 0, "TIME", "judge ages as of this time, 2026-01-02T03:04:05Z or 2026-01-02 (default: now)"},
    {"sandbox", 0, "auto|required", "auto: every layer the machine has; required: refuse to work without one"},
    {"progress", 0, "auto|bar|plain|json|none", "how far it is, on standard error"},
    {NULL, 0, NULL, NULL},
};

static assay_code parse_shard(const char *text, assay_run_opts *o, assay_err *err)
{
	unsigned long i, n;
	char *slash, *end = NULL;

	if (text == NULL)
		return ASSAY_OK;
	i = strtoul(text, &slash, 10);
	n = *slash == '/' ? strtoul(slash + 1, &end, 10) : 0;
	if (text[0] < '0' || text[0] > '9' || n == 0 || *end != '\0' || n > UINT32_MAX || i >= n)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "--shard: '%s' is not I/N with 0 <= I < N", text);
	o->shard = (uint32_t)i;
	o->shard_count = (uint32_t)n;
	return ASSAY_OK;
}

static assay_code parse_modes(const assay_invocation *in, assay_run_opts *o, assay_progress *p, assay_err *err)
{
	const char *sandbox = assay_opt(in, "sandbox"), *progress = assay_opt(in, "progress");
	assay_progress_mode mode = ASSAY_PROGRESS_AUTO;

	if (sandbox != NULL && strcmp(sandbox, "required") == 0)
		o->sandbox = ASSAY_SANDBOX_REQUIRED;
	else if (sandbox != NULL && strcmp(sandbox, "auto") != 0)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "--sandbox: '%s' is neither auto nor required", sandbox);
	if (progress != NULL && !assay_progress_parse(&mode, progress))
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "--progress: '%s' is none of auto, bar, plain, json, none",
				   progress);
	assay_progress_init(p, mode, stderr);
	return ASSAY_OK;
}

static assay_code parse_run(const assay_invocation *in, assay_run_opts *o, assay_progress *p, assay_err *err)
{
	uint64_t jobs;
	assay_code rc;

	*o = (assay_run_opts){.no_commit = assay_opt(in, "no-commit") != NULL,
			      .strict = assay_opt(in, "strict") != NULL,
			      .allow_empty = assay_opt(in, "allow-empty") != NULL,
			      .progress = p};
	ASSAY_TRY(assay_opt_uint(in, "jobs", 0, 1, 128, &jobs, err));
	o->jobs = (unsigned)jobs;
	ASSAY_TRY(assay_opt_uint(in, "limit", 0, 1, UINT64_MAX, &o->limit, err));
	ASSAY_TRY(assay_opt_moment(in, "as-of", &o->has_as_of, &o->as_of_ns, err));
	ASSAY_TRY(parse_shard(assay_opt(in, "shard"), o, err));
	ASSAY_TRY(parse_modes(in, o, p, err));
fail:
	return rc;
}

static assay_code tell(const assay_invocation *in, const assay_summary *s, int code, assay_err *err)
{
	ASSAY_AUTO_REPORT r;

	assay_report_init(&r);
	if (!in->json) {
		assay_summary_print(s);
		return ASSAY_OK;
	}
	assay_summary_json(&r.json, s, code);
	return assay_report_print(&r, err);
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_CLEANUP(assay_config_closep) assay_config *config = NULL;
	ASSAY_AUTO_STORE store = NULL;
	ASSAY_AUTO_FD rootfd = -1;
	ASSAY_CLEANUP(assay_summary_release) assay_summary s = {0};
	assay_run_opts o;
	assay_progress progress;
	assay_err tell_err = ASSAY_ERR_INIT;
	assay_code rc;
	int code;

	ASSAY_TRY(parse_run(in, &o, &progress, err));
	ASSAY_TRY(assay_stop_install(err));
	ASSAY_TRY(assay_load_config(in, &config, &rootfd, err));
	ASSAY_TRY(assay_load_tables(in, config, rootfd, err));
	if (assay_opt(in, "dry-run") != NULL)
		return assay_tell_forecast(in, config, rootfd, &o, err);
	ASSAY_TRY(assay_open_store(in, &store, true, true, err));
	rc = assay_pipeline_run(&s, config, store, rootfd, &o, err);
	if (rc == ASSAY_EFULL)
		(void)assay_err_prefix(err, "no space for store '%s', which is as before: free some and run again",
				       in->store);
	if (rc == ASSAY_OK)
		assay_progress_finish(&progress);
	else
		assay_progress_stop(&progress);
	assay_progress_clear(&progress);
	code = rc == ASSAY_OK ? s.exit : assay_exit_of(rc);
	/* An interrupted run still tells what it kept. */
	if ((rc == ASSAY_OK || rc == ASSAY_ESTOP) && tell(in, &s, code, &tell_err) != ASSAY_OK) {
		*err = tell_err;
		return assay_exit_of(tell_err.code);
	}
	return code;
fail:
	return assay_exit_of(rc);
}

static const assay_exit_row exits[] = {
    {ASSAY_EXIT_DIFFERENCE,
     "a check of the whole dataset or an agreement about the queue failed; with --strict, a sample"},
    {0, NULL},
};

const assay_verb assay_verb_run = {
    .name = "run",
    .group = ASSAY_GROUP_MAKE,
    .operands = "",
    .summary = "process what is new or changed, judge every sample, commit a version",
    .help =
	"Finds the sources that assay.yaml names, digests what is new, and does the work that was not done before:\n"
	"each unit of work is known by the digests of its source, its sidecars and its recipe. Every sample is then\n"
	"judged against the contracts. What fails gets a ticket ('assay queue list'); what passes makes a version.\n"
	"A run that is stopped or killed loses only the work in flight: run again to go on.\n"
	"Tables of metadata_files that are wrong or not there end it at the start: exit code 65.\n"
	"Quarantined samples are data, not errors: the exit code is 0 unless --strict is given.\n"
	"A check of the whole dataset that fails with severity error prevents the version: exit code 80.\n",
    .example = "  assay run --dry-run\n  assay run -j2 --progress plain\n  assay run --json | jq .samples\n",
    .options = options,
    .uses = ASSAY_USES_STORE | ASSAY_USES_LOCK | ASSAY_USES_CONFIG,
    .exits = exits,
    .see_also = "status, queue, judge, log",
    .run = run,
};
