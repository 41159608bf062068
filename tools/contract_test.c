#include "verbs.h"

#include "changes.h"
#include "dataset_tell.h"
#include "lint.h"
#include "tell.h"

#include "assay/memory.h"
#include "assay/operator.h"
#include "assay/trial.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const assay_option options[] = {
    {"against", 0, "VERSION", "the version whose samples are judged (default: latest)"},
    {"list", 0, NULL, "each sample that would have another outcome, with the checks that it would not pass"},
    {"limit", 0, "N", "list at most N"},
    {"as-of", 0, "TIME", "judge ages and the end of waivers as of this time (default: now)"},
    {"exit-code", 0, NULL, "exit 80 when any verdict would change"},
    {NULL, 0, NULL, NULL},
};

typedef struct testing {
	const assay_invocation *in;
	assay_lint_terms terms;
	assay_contract **contracts; /* of the files */
	size_t count;
	assay_version version;
	assay_trial trial;
	bool list;
	uint64_t limit, listed;
	assay_report report;
} testing;

static void testing_release(testing *t)
{
	for (size_t i = 0; i < t->count; i++)
		assay_contract_close(t->contracts[i]);
	free(t->contracts);
	assay_trial_release(&t->trial);
	assay_version_release(&t->version);
	assay_lint_terms_release(&t->terms);
	assay_report_release(&t->report);
}

/* ---------------------------------------------------------------- the files */

static assay_code add_contract(testing *t, assay_contract *c, assay_err *err)
{
	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->contracts[i]->id, c->id) == 0) {
			const assay_code rc =
			    ASSAY_RAISE(err, ASSAY_ECONFIG, "contract '%s' has the id '%s' of contract '%s'", c->file,
					c->id, t->contracts[i]->file);

			assay_contract_close(c);
			return rc;
		}
	t->contracts[t->count++] = c;
	return ASSAY_OK;
}

static assay_code load_files(testing *t, assay_diagnostics *d, assay_err *err)
{
	const assay_invocation *in = t->in;
	assay_code rc;

	ASSAY_TRY(assay_lint_terms_open(&t->terms, in->config, err));
	t->contracts = assay_alloc((size_t)in->arg_count, sizeof(assay_contract *));
	if (t->contracts == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "contracts");
	for (int i = 0; i < in->arg_count; i++) {
		assay_contract *c = NULL;

		ASSAY_TRY(assay_lint_contract(&c, in->args[i], t->terms.vocabulary, d, err));
		if (c != NULL)
			ASSAY_TRY(add_contract(t, c, err));
	}
fail:
	return rc;
}

/* ---------------------------------------------------------------- a sample */

static void print_change(const assay_trial_change *c)
{
	assay_say("~ %s  %s would be %s, is %s\n", c->key, assay_sample_kind_name(c->kind),
		  assay_outcome_name(c->after), assay_outcome_name(c->before));
	for (size_t i = 0; i < c->check_count; i++) {
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

		assay_tell_check(&text, &c->checks[i]);
		assay_say("    %s %s\n", assay_severity_name((assay_severity)c->checks[i].severity),
			  assay_buf_str(&text));
	}
}

static assay_code on_change(void *ctx, const assay_trial_change *c, assay_err *err)
{
	testing *t = ctx;
	assay_json *j = &t->report.json;

	if (!t->list || t->listed == t->limit)
		return ASSAY_OK;
	t->listed++;
	if (!t->in->json) {
		print_change(c);
		return ASSAY_OK;
	}
	assay_json_object(j);
	assay_json_kstr(j, "sample", c->key);
	assay_json_kstr(j, "kind", assay_sample_kind_name(c->kind));
	assay_json_kstr(j, "from", assay_outcome_name(c->before));
	assay_json_kstr(j, "to", assay_outcome_name(c->after));
	assay_json_checks(j, "checks", c->checks, c->check_count);
	assay_json_end(j);
	return assay_report_flush(&t->report, err);
}

/* ---------------------------------------------------------------- for people */

static void print_version(const testing *t)
{
	const assay_version *v = &t->version;
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	char hex[ASSAY_DIGEST_HEX], at[32];

	assay_tell_counts(&text, &v->counts);
	assay_say("against   %.12s  %s  %s\n", assay_digest_hex(&v->id, hex), assay_tell_time(v->made_ns, at),
		  assay_buf_str(&text));
}

static void print_contracts(const testing *t)
{
	for (size_t i = 0; i < t->count; i++)
		assay_say("contract  %s: %s\n", t->contracts[i]->file,
			  t->trial.replaces[i] ? "in place of the version's contract of its id"
					       : "the version has none of its id");
	for (size_t i = 0; i < t->trial.kept_count; i++)
		assay_say("contract  %s stands as the version has it\n", assay_contract_title(t->trial.kept[i]));
}

static void print_check(const testing *t, const assay_trial_check *c)
{
	const struct {
		uint64_t n;
		const char *what;
	} rows[] = {{c->passed, "passed"}, {c->failed, "failed"}, {c->undefined, "undefined"}, {c->skipped, "skipped"}};
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	const char *comma = ": ";

	if (t->count > 1)
		assay_buf_printf(&text, "%s: ", c->contract->file);
	assay_buf_printf(&text, "%s (%s) on %" PRIu64 " %s%s", c->check->id, assay_severity_name(c->check->severity),
			 c->samples, assay_sample_kind_name(c->check->kind), c->samples == 1 ? "" : "s");
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++) {
		if (rows[i].n == 0)
			continue;
		assay_buf_printf(&text, "%s%" PRIu64 " %s", comma, rows[i].n, rows[i].what);
		comma = ", ";
	}
	assay_say("check     %s\n", assay_buf_str(&text));
}

static void print_samples(const testing *t)
{
	const assay_trial *r = &t->trial;
	const uint64_t changed = r->admitted + r->refused + r->lapsed + r->unneeded;

	assay_say("samples   %" PRIu64 " judged: %" PRIu64 " would be accepted that are quarantined, %" PRIu64
		  " quarantined that are accepted\n",
		  r->judged, r->admitted, r->refused);
	if (r->lapsed + r->unneeded > 0)
		assay_say("          of those waived %" PRIu64
			  " would be quarantined, since the waiver ends, and %" PRIu64 " accepted\n",
			  r->lapsed, r->unneeded);
	if (r->given_up > 0)
		assay_say("          %" PRIu64 " stay quarantined: people rejected them\n", r->given_up);
	if (r->left > 0)
		assay_say(
		    "          %" PRIu64
		    " left: duplicates, filtered ones and those that a stage or the fields rejected stay what they "
		    "are\n",
		    r->left);
	if (r->unknown > 0)
		assay_say("          %" PRIu64 " unknown: the store no longer has what they were judged by\n",
			  r->unknown);
	if (t->list && changed > t->listed)
		assay_say("          %" PRIu64 " more were not listed (--limit)\n", changed - t->listed);
}

static void print_results(const testing *t)
{
	print_contracts(t);
	for (size_t i = 0; i < t->trial.check_count; i++)
		print_check(t, &t->trial.checks[i]);
	assay_say_dataset_checks(&t->trial.dataset, true);
	print_samples(t);
}

/* ---------------------------------------------------------------- for programs */

static void json_contract(assay_json *j, const assay_contract *c)
{
	assay_json_kstr(j, "id", c->id);
	assay_json_kstr(j, "name", c->name);
	assay_json_kstr(j, "version", c->version);
	assay_json_end(j);
}

static void json_contracts(assay_json *j, const testing *t)
{
	assay_json_key(j, "contracts");
	assay_json_array(j);
	for (size_t i = 0; i < t->count; i++) {
		assay_json_object(j);
		assay_json_kstr(j, "file", t->contracts[i]->file);
		assay_json_kbool(j, "replaces", t->trial.replaces[i]);
		json_contract(j, t->contracts[i]);
	}
	assay_json_end(j);
	assay_json_key(j, "kept");
	assay_json_array(j);
	for (size_t i = 0; i < t->trial.kept_count; i++) {
		assay_json_object(j);
		json_contract(j, t->trial.kept[i]);
	}
	assay_json_end(j);
}

static void json_check(assay_json *j, const assay_trial_check *c)
{
	assay_json_object(j);
	assay_json_kstr(j, "contract", c->contract->id);
	assay_json_kstr(j, "check", c->check->id);
	assay_json_kstr(j, "kind", assay_sample_kind_name(c->check->kind));
	assay_json_kstr(j, "metric", c->check->metric);
	assay_json_kstr(j, "severity", assay_severity_name(c->check->severity));
	assay_json_kuint(j, "samples", c->samples);
	assay_json_kuint(j, "passed", c->passed);
	assay_json_kuint(j, "failed", c->failed);
	assay_json_kuint(j, "undefined", c->undefined);
	assay_json_kuint(j, "skipped", c->skipped);
	assay_json_end(j);
}

static void json_results(assay_json *j, const testing *t)
{
	const assay_trial *r = &t->trial;

	assay_json_end(j);
	json_contracts(j, t);
	assay_json_key(j, "checks");
	assay_json_array(j);
	for (size_t i = 0; i < r->check_count; i++)
		json_check(j, &r->checks[i]);
	assay_json_end(j);
	assay_json_dataset_checks(j, "dataset_checks", &r->dataset);
	assay_json_key(j, "counts");
	assay_json_object(j);
	assay_json_kuint(j, "samples", r->samples);
	assay_json_kuint(j, "judged", r->judged);
	assay_json_kuint(j, "to_accepted", r->admitted);
	assay_json_kuint(j, "to_quarantined", r->refused);
	assay_json_kuint(j, "waived_to_quarantined", r->lapsed);
	assay_json_kuint(j, "waived_to_accepted", r->unneeded);
	assay_json_kuint(j, "rejected_by_people", r->given_up);
	assay_json_kuint(j, "left", r->left);
	assay_json_kuint(j, "unknown", r->unknown);
	assay_json_end(j);
	assay_json_kbool(j, "differ", assay_trial_differs(r));
	assay_json_end(j);
}

/* ---------------------------------------------------------------- the verb */

static assay_code try_out(testing *t, assay_store *s, const int64_t *as_of, assay_err *err)
{
	const assay_trial_opts opts = {
	    .version = &t->version,
	    .contracts = (const assay_contract *const *)t->contracts,
	    .count = t->count,
	    .vocabulary = t->terms.vocabulary,
	    .as_of_ns = as_of,
	    .fn = on_change,
	    .ctx = t,
	};
	assay_json *j = &t->report.json;
	assay_code rc;

	if (t->in->json) {
		assay_json_object(j);
		assay_json_kdigest(j, "version", &t->version.id);
		assay_json_key(j, "samples");
		assay_json_array(j);
	} else {
		print_version(t);
	}
	rc = assay_trial_run(&t->trial, s, &opts, err);
	if (rc != ASSAY_OK)
		return rc;
	if (!t->in->json) {
		print_results(t);
		return ASSAY_OK;
	}
	json_results(j, t);
	return assay_report_print(&t->report, err);
}

/* The files are there, and without errors; warnings are said. The exit code to end with, or 0. */
static int read_files(testing *t, assay_err *err)
{
	ASSAY_CLEANUP(assay_diagnostics_release) assay_diagnostics d = {0};
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	const assay_code rc = load_files(t, &d, err);

	if (rc != ASSAY_OK)
		return assay_exit_of(rc);
	if (d.errors > 0 || d.failed)
		return assay_lint_tell(t->in, &d, t->in->arg_count == 1 ? t->in->args[0] : "contracts", err);
	assay_diagnostics_text(&d, &text);
	(void)fputs(assay_buf_str(&text), stderr);
	return ASSAY_EXIT_OK;
}

static int run(const assay_invocation *in, assay_err *err)
{
	const char *name = assay_opt(in, "against");
	ASSAY_AUTO_STORE s = NULL;
	ASSAY_CLEANUP(testing_release) testing t = {.in = in, .list = assay_opt(in, "list") != NULL};
	int64_t as_of;
	bool dated;
	int code;
	assay_code rc;

	assay_report_init(&t.report);
	ASSAY_TRY(assay_opt_uint(in, "limit", UINT64_MAX, 0, UINT64_MAX, &t.limit, err));
	ASSAY_TRY(assay_opt_moment(in, "as-of", &dated, &as_of, err));
	code = read_files(&t, err);
	if (code != ASSAY_EXIT_OK)
		return code;
	ASSAY_TRY(assay_open_store_whole(in, &s, err));
	ASSAY_TRY(assay_version_resolve(s, name != NULL ? name : "latest", &t.version, err));
	ASSAY_TRY(try_out(&t, s, dated ? &as_of : NULL, err));
	return assay_opt(in, "exit-code") != NULL && assay_trial_differs(&t.trial) ? ASSAY_EXIT_DIFFERENCE
										   : ASSAY_EXIT_OK;
fail:
	return assay_exit_of(rc);
}

static const assay_exit_row exits[] = {
    {ASSAY_EXIT_CONFIG, "a contract has errors; they are told as by 'contract lint'"},
    {ASSAY_EXIT_DIFFERENCE, "with --exit-code: a verdict would change"},
    {0, NULL},
};

const assay_verb assay_verb_contract_test = {
    .name = "test",
    .operands = "FILE...",
    .min_args = 1,
    .max_args = -1,
    .summary = "what contracts would say of the samples of a version, without a trace",
    .help =
	"Each FILE is tried in the place of the version's contract of the same id, or beside the others where there\n"
	"is none; every sample of the version is judged by what the store measured. Nothing is decoded and nothing\n"
	"is written: 'assay judge' does it in earnest. Told are, of each check, how many samples passed, failed, had\n"
	"no value (undefined) or were skipped; how many would be accepted or quarantined that are not; and what the\n"
	"checks of the whole dataset come to. Waivers and rejections by people hold while what they are about is the\n"
	"same, waivers until they expire (--as-of). Duplicates, filtered samples and those that a stage rejected stay\n"
	"what they are. Metadata are those that the store has now. With --exit-code the end is\n"
	"80 when a verdict would change, or a check of the dataset of severity error fails, which would prevent the\n"
	"version.\n",
    .example = "  assay contract test contracts/page.odcs.yaml\n"
	       "  assay contract test stricter.odcs.yaml --against v1.0 --list --limit 20\n"
	       "  assay contract test contracts/page.odcs.yaml --json | jq .counts.to_quarantined\n",
    .options = options,
    .uses = ASSAY_USES_STORE | ASSAY_USES_CONFIG,
    .exits = exits,
    .see_also = "contract lint, contract diff, judge",
    .run = run,
};
