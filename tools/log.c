#include "verbs.h"

#include "changes.h"
#include "dataset_tell.h"
#include "refusals.h"
#include "tags.h"
#include "tell.h"

#include "assay/run.h"
#include "assay/sandbox.h"
#include "assay/version_results.h"

#include <inttypes.h>
#include <stdio.h>

static const assay_option options[] = {
    {"runs", 0, NULL, "the runs rather than the versions"},
    {"limit", 0, "N", "the newest N only"},
    {NULL, 0, NULL, NULL},
};

typedef struct listing {
	const assay_invocation *in;
	assay_store *store;
	assay_report report;
	assay_tags tags;
	assay_digest latest; /* zero when nothing was committed */
	assay_refusals refusals;
	size_t told; /* of these, newest first */
	uint64_t limit, shown;
} listing;

/* ---------------------------------------------------------------- versions */

static void print_version(const listing *l, const assay_version *v, const assay_run_note *run,
			  const assay_dataset_results *checks, size_t decisions, bool latest)
{
	ASSAY_AUTO_BUF counts = ASSAY_BUF_INIT, tags = ASSAY_BUF_INIT, totals = ASSAY_BUF_INIT;
	char hex[ASSAY_DIGEST_HEX], at[32];

	assay_tell_counts(&counts, &v->counts);
	assay_say("%.12s  %s  %s%s%s\n", assay_digest_hex(&v->id, hex), assay_tell_time(v->made_ns, at),
		  assay_buf_str(&counts), v->incomplete ? "; incomplete" : "", latest ? " (latest)" : "");
	assay_tags_text(&tags, &l->tags, &v->id);
	assay_say("              by run %s%s%s\n", run->name, tags.len > 0 ? ", tagged " : "", assay_buf_str(&tags));
	if (decisions > 0)
		assay_say("              %zu decision%s of people in force\n", decisions, decisions == 1 ? "" : "s");
	assay_tell_dataset_totals(&totals, checks);
	if (totals.len > 0)
		assay_say("              checks of the dataset: %s\n", assay_buf_str(&totals));
}

static void json_refusals(listing *l, uint64_t after)
{
	assay_json *j = &l->report.json;

	assay_json_key(j, "refused_since");
	assay_json_array(j);
	for (; l->told < l->refusals.count && l->refusals.items[l->told].run.id > after; l->told++)
		assay_json_str(j, l->refusals.items[l->told].run.name);
	assay_json_end(j);
}

static void json_version(listing *l, const assay_version *v, const assay_run_note *run,
			 const assay_dataset_results *checks, size_t decisions, bool latest)
{
	assay_json *j = &l->report.json;

	assay_json_object(j);
	assay_json_kdigest(j, "version", &v->id);
	assay_json_kuint(j, "number", v->number);
	assay_json_kbool(j, "latest", latest);
	assay_json_tags(j, "tags", &l->tags, &v->id);
	assay_json_ktime(j, "at", v->made_ns);
	assay_json_kstr(j, "run", run->name);
	assay_json_kstr(j, "dataset", v->dataset);
	assay_json_kdigest(j, "parent", assay_digest_is_zero(&v->parent) ? NULL : &v->parent);
	assay_json_kbool(j, "incomplete", v->incomplete);
	assay_json_counts(j, "samples", &v->counts);
	assay_json_kuint(j, "decisions", decisions);
	assay_json_dataset_checks(j, "dataset_checks", checks);
	json_refusals(l, v->run);
	assay_json_end(j);
}

/* Those after that run, which first made the version that stands below them. */
static assay_code print_refusals(listing *l, uint64_t after, assay_err *err)
{
	for (; l->told < l->refusals.count && l->refusals.items[l->told].run.id > after; l->told++) {
		const assay_refusal *r = &l->refusals.items[l->told];
		ASSAY_AUTO_DATASET_RESULTS checks = {0};
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
		const assay_code rc = assay_results_read(&checks, l->store, &r->results, err);
		char at[32];

		if (rc != ASSAY_OK)
			return rc;
		assay_tell_refusal(&text, &checks);
		assay_say("refused       %s  %s\n", assay_tell_time(r->run.started_ns, at), assay_buf_str(&text));
		assay_say("              by run %s\n", r->run.name);
	}
	return ASSAY_OK;
}

static assay_code list_version(void *ctx, const assay_version *v, assay_err *err)
{
	listing *l = ctx;
	const bool latest = assay_digest_eq(&v->id, &l->latest);
	ASSAY_AUTO_DATASET_RESULTS checks = {0};
	ASSAY_CLEANUP(assay_decision_list_release) assay_decision_list decisions = {0};
	assay_run_note run;
	assay_code rc;

	if (l->limit != 0 && l->shown == l->limit)
		return ASSAY_ESTOP;
	rc = assay_run_note_of(&run, l->store, v->run, err);
	if (rc == ASSAY_OK)
		rc = assay_version_results(&checks, l->store, v, err);
	if (rc == ASSAY_OK)
		rc = assay_decision_list_load(&decisions, l->store, v, err);
	if (rc != ASSAY_OK)
		return rc;
	l->shown++;
	if (!l->in->json) {
		rc = print_refusals(l, v->run, err);
		if (rc == ASSAY_OK)
			print_version(l, v, &run, &checks, decisions.count, latest);
		return rc;
	}
	json_version(l, v, &run, &checks, decisions.count, latest);
	return assay_report_flush(&l->report, err);
}

/* Before the first version, or when there is none: in JSON below no version. */
static assay_code list_first_refusals(listing *l, assay_err *err)
{
	assay_json *j = &l->report.json;

	if (!l->in->json)
		return print_refusals(l, 0, err);
	if (l->told == l->refusals.count)
		return ASSAY_OK;
	assay_json_object(j);
	assay_json_kdigest(j, "version", NULL);
	json_refusals(l, 0);
	assay_json_end(j);
	return ASSAY_OK;
}

static assay_code list_versions(listing *l, assay_err *err)
{
	ASSAY_AUTO_VERSION latest = {0};
	assay_code rc = assay_version_latest(l->store, &latest, err);

	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return rc;
	l->latest = latest.id;
	rc = assay_tags_load(&l->tags, l->store, err);
	if (rc == ASSAY_OK)
		rc = assay_refusals_load(&l->refusals, l->store, false, err);
	if (rc == ASSAY_OK)
		rc = assay_versions_each(l->store, list_version, l, err);
	return rc == ASSAY_OK ? list_first_refusals(l, err) : rc;
}

/* ---------------------------------------------------------------- runs */

static void print_run_end(const assay_run *r)
{
	const int64_t ms = (r->ended_ns - r->started_ns) / 1000000;

	if (r->ended_ns == 0)
		assay_say("did not end: it was killed, or is still at work\n");
	else
		assay_say("took %" PRId64 ".%" PRId64 " s, exit %d\n", ms / 1000, ms / 100 % 10, (int)r->exit);
}

static void print_run(const assay_run *r, const assay_dataset_results *refusal)
{
	const assay_run_sources *c = &r->sources;
	ASSAY_AUTO_BUF counts = ASSAY_BUF_INIT, why = ASSAY_BUF_INIT;
	char hex[ASSAY_DIGEST_HEX], at[32], layers[96];

	assay_say("%s  %-5s  %s  ", r->name, r->verb, assay_tell_time(r->started_ns, at));
	print_run_end(r);
	if (r->ended_ns != 0 && c->seen > 0)
		assay_say("  sources  %" PRIu64 " seen: %" PRIu64 " processed, %" PRIu64 " unchanged, %" PRIu64
			  " failed; %" PRIu64 " missing\n",
			  c->seen, c->processed, c->unchanged, c->failed, c->missing);
	assay_tell_counts(&counts, &r->counts);
	if (r->ended_ns != 0 && (r->counts.in > 0 || r->has_version))
		assay_say("  samples  %s\n", assay_buf_str(&counts));
	if (refusal->count > 0) {
		assay_tell_refusal(&why, refusal);
		assay_say("  version  none, refused: %s\n", assay_buf_str(&why));
	} else {
		assay_say("  version  %.12s\n", r->has_version ? assay_digest_hex(&r->version, hex) : "none");
	}
	assay_say("  by       assay %s on %s, %" PRIu32 " worker%s\n", r->program, r->host, r->jobs,
		  r->jobs == 1 ? "" : "s");
	if (!assay_run_had_workers(r))
		return;
	assay_say("  sandbox  %s\n", assay_sandbox_layers_text(r->sandbox, layers, sizeof layers));
	assay_say("  cpu      %s\n", r->cpu_features);
}

static void json_run(assay_json *j, const assay_run *r, const assay_dataset_results *refusal)
{
	char layers[96];

	assay_json_object(j);
	assay_json_kstr(j, "run", r->name);
	assay_json_kstr(j, "verb", r->verb);
	assay_json_ktime(j, "started", r->started_ns);
	assay_json_ktime(j, "ended", r->ended_ns);
	assay_json_key(j, "exit");
	if (r->ended_ns != 0)
		assay_json_int(j, r->exit);
	else
		assay_json_null(j);
	assay_json_kdigest(j, "version", r->has_version ? &r->version : NULL);
	if (refusal->count > 0) {
		assay_json_dataset_checks(j, "refused", refusal);
	} else {
		assay_json_key(j, "refused");
		assay_json_null(j);
	}
	assay_json_key(j, "sources");
	assay_json_object(j);
	assay_json_kuint(j, "seen", r->sources.seen);
	assay_json_kuint(j, "processed", r->sources.processed);
	assay_json_kuint(j, "unchanged", r->sources.unchanged);
	assay_json_kuint(j, "failed", r->sources.failed);
	assay_json_kuint(j, "missing", r->sources.missing);
	assay_json_end(j);
	assay_json_counts(j, "samples", &r->counts);
	assay_json_kuint(j, "jobs", r->jobs);
	assay_json_kstr(j, "program", r->program);
	assay_json_kstr(j, "host", r->host);
	assay_json_kstr(j, "cpu_features", r->cpu_features);
	assay_json_kstr(j, "sandbox",
			assay_run_had_workers(r) ? assay_sandbox_layers_text(r->sandbox, layers, sizeof layers) : NULL);
	assay_json_key(j, "libraries");
	assay_json_array(j);
	for (size_t i = 0; i < r->library_count; i++)
		assay_json_str(j, r->libraries[i]);
	assay_json_end(j);
	assay_json_end(j);
}

static assay_code list_run(void *ctx, const assay_run *r, assay_err *err)
{
	listing *l = ctx;
	ASSAY_AUTO_DATASET_RESULTS refusal = {0};
	assay_code rc = ASSAY_OK;

	if (l->limit != 0 && l->shown == l->limit)
		return ASSAY_ESTOP;
	if (!assay_digest_is_zero(&r->refusal))
		rc = assay_results_read(&refusal, l->store, &r->refusal, err);
	if (rc != ASSAY_OK)
		return rc;
	l->shown++;
	if (!l->in->json) {
		print_run(r, &refusal);
		return ASSAY_OK;
	}
	json_run(&l->report.json, r, &refusal);
	return assay_report_flush(&l->report, err);
}

/* ---------------------------------------------------------------- the verb */

static assay_code list_all(listing *l, assay_err *err)
{
	const bool runs = assay_opt(l->in, "runs") != NULL;
	assay_code rc;

	if (l->in->json)
		assay_json_array(&l->report.json);
	rc = runs ? assay_runs_each(l->store, list_run, l, err) : list_versions(l, err);
	if (rc != ASSAY_OK && rc != ASSAY_ESTOP)
		return rc;
	if (l->shown == 0 && !l->in->json)
		(void)fprintf(stderr, "assay: %s yet\n", runs ? "there was no run" : "no version was committed");
	if (!l->in->json)
		return ASSAY_OK;
	assay_json_end(&l->report.json);
	return assay_report_print(&l->report, err);
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_AUTO_STORE s = NULL;
	listing l = {.in = in};
	assay_code rc;

	assay_report_init(&l.report);
	rc = assay_opt_uint(in, "limit", 0, 1, UINT64_MAX, &l.limit, err);
	if (rc == ASSAY_OK)
		rc = assay_open_store(in, &s, false, false, err);
	l.store = s;
	if (rc == ASSAY_OK)
		rc = list_all(&l, err);
	assay_report_release(&l.report);
	assay_tags_release(&l.tags);
	assay_refusals_release(&l.refusals);
	return assay_exit_of(rc);
}

const assay_verb assay_verb_log = {
    .name = "log",
    .group = ASSAY_GROUP_ASK,
    .operands = "",
    .summary = "the versions, newest first; with --runs the runs",
    .help =
	"A version is printed with the start of its id, which 'assay show' and 'assay export' take, when it was first\n"
	"made, what became of the samples, and its tags. 'incomplete' says that attempts were still to be made,\n"
	"or that some failure was of time, memory or a signal: the next run may end differently, and where it comes\n"
	"to the same and nothing is left to be tried, it is so no more. The same content always gives the same id, so\n"
	"a run that changes nothing adds no version. 'refused' stands, in the order of time, where checks of the\n"
	"dataset let none pass.\n"
	"With --runs: what each did, where, and with which layers of the sandbox.\n",
    .example = "  assay log\n"
	       "  assay log --runs --limit 3\n"
	       "  assay log --json | jq -r '.[0].version'\n",
    .options = options,
    .uses = ASSAY_USES_STORE,
    .see_also = "show, diff, tag",
    .run = run,
};
