#include "verbs.h"

#include "changes.h"
#include "subject.h"
#include "tell.h"
#include "tell_recipe.h"

#include "assay/suggest.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const assay_option options[] = {
    {"all", 0, NULL, "list: settled tickets too"},
    {"check", 0, "ID", "list: only those that did not pass this check"},
    {"stage", 0, "NAME", "list: only those that failed in this stage, or a check on what it measures"},
    {"failure", 0, "CLASS", "list: only failures of this class (decode, timeout...)"},
    {"path", 0, "PREFIX", "list: only subjects whose path starts with this"},
    {"limit", 0, "N", "list: at most N"},
    {NULL, 0, NULL, NULL},
};

/* ---------------------------------------------------------------- what a ticket stands for */

/* What is known about a ticket beyond its row. */
typedef struct context {
	assay_unit unit; /* id 0 when no unit failed */
	assay_recipe *recipe;
	assay_contract_set contracts; /* of each check of the ticket */
	assay_run_note opened, changed;
	const char *kind; /* of the sample, "source" for a source */
} context;

static void context_release(context *c)
{
	assay_unit_release(&c->unit);
	assay_recipe_close(c->recipe);
	assay_contract_set_release(&c->contracts);
}

static const char *kind_of(const assay_ticket *t, const assay_unit *u, const assay_sample_row *row)
{
	if (t->is_source)
		return "source";
	if (row->unit != u->id || row->position >= u->result.sample_count)
		return NULL; /* it was made anew since the ticket was settled */
	return assay_sample_kind_name(u->result.samples[row->position].kind);
}

static assay_code load_context(context *c, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	assay_code rc;

	ASSAY_TRY(assay_run_note_of(&c->opened, s, t->opened_run, err));
	ASSAY_TRY(assay_run_note_of(&c->changed, s, t->changed_run, err));
	if (t->unit != 0)
		ASSAY_TRY(assay_unit_get(s, t->unit, &c->unit, err));
	rc = t->is_source ? ASSAY_ENOENT : assay_sample_find(s, t->subject, &row, err);
	if (rc == ASSAY_OK || rc == ASSAY_ENOENT) {
		c->kind = kind_of(t, &c->unit, &row);
		return ASSAY_OK;
	}
fail:
	return rc;
}

/* What only `show` needs. */
static assay_code load_rest(context *c, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_FREE assay_digest *digests = assay_alloc(t->check_count, sizeof *digests);
	assay_code rc = ASSAY_OK;

	if (digests == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "contracts");
	for (size_t i = 0; i < t->check_count; i++)
		digests[i] = t->checks[i].contract;
	if (c->unit.id != 0)
		rc = assay_recipe_load(&c->recipe, s, &c->unit.recipe, err);
	return rc == ASSAY_OK ? assay_contract_set_of(&c->contracts, s, digests, t->check_count, err) : rc;
}

/* ---------------------------------------------------------------- one ticket as JSON */

static void json_source(assay_json *j, const assay_ticket *t)
{
	const char *hash = strrchr(t->subject, '#');

	assay_json_key(j, "source");
	assay_json_strn(j, t->subject, hash != NULL ? (size_t)(hash - t->subject) : strlen(t->subject));
}

static void json_ticket(assay_json *j, const assay_ticket *t, const context *c)
{
	char id[24];

	(void)snprintf(id, sizeof id, "T%" PRIu64, t->id);
	assay_json_kstr(j, "id", id);
	assay_json_kstr(j, "subject", t->subject);
	assay_json_kstr(j, "kind", c->kind);
	json_source(j, t);
	assay_json_kstr(j, "state", assay_ticket_state_name(t->state));
	assay_json_failure(j, "failure", t->stage, t->failure, t->message);
	assay_json_checks(j, "checks", t->checks, t->check_count);
	assay_json_kdigest(j, "work_key", c->unit.id != 0 ? &c->unit.work_key : NULL);
	assay_json_kdigest(j, "recipe", c->unit.id != 0 ? &c->unit.recipe : NULL);
	assay_json_kstr(j, "part", c->unit.id != 0 ? c->unit.part : NULL);
	assay_json_key(j, "opened");
	assay_json_object(j);
	assay_json_kstr(j, "run", c->opened.name);
	assay_json_ktime(j, "at", t->opened_ns);
	assay_json_end(j);
	assay_json_key(j, "changed");
	assay_json_object(j);
	assay_json_kstr(j, "run", c->changed.name);
	assay_json_ktime(j, "at", t->changed_ns);
	assay_json_end(j);
	assay_json_kuint(j, "events", t->events);
}

/* ---------------------------------------------------------------- list */

typedef struct listing {
	const assay_invocation *in;
	assay_store *store;
	assay_report report;
	const char *check, *stage, *path;
	assay_failure failure; /* NONE: any */
	uint64_t limit, shown;
} listing;

static bool has_check(const assay_ticket *t, const char *id)
{
	for (size_t i = 0; i < t->check_count; i++)
		if (strcmp(t->checks[i].check_id, id) == 0)
			return true;
	return false;
}

/* Does a check of the ticket speak of what this stage measures? */
static assay_code measured_by(bool *out, assay_store *s, const assay_ticket *t, const char *stage, assay_err *err)
{
	ASSAY_AUTO_UNIT u = {0};
	ASSAY_CLEANUP(assay_recipe_closep) assay_recipe *r = NULL;
	assay_code rc;

	*out = false;
	if (t->unit == 0 || t->check_count == 0)
		return ASSAY_OK;
	rc = assay_unit_get(s, t->unit, &u, err);
	if (rc == ASSAY_OK)
		rc = assay_recipe_load(&r, s, &u.recipe, err);
	if (rc != ASSAY_OK)
		return rc;
	for (uint32_t m = 0; m < r->metric_total && !*out; m++) {
		const assay_recipe_step *step;
		const assay_recipe_metric *metric = assay_recipe_metric_at(r, m, &step);

		for (size_t i = 0; i < t->check_count && strcmp(step->stage, stage) == 0; i++)
			*out |= strcmp(t->checks[i].metric, metric->name) == 0;
	}
	return ASSAY_OK;
}

static assay_code is_wanted(bool *out, const listing *l, const assay_ticket *t, assay_err *err)
{
	*out = (l->limit == 0 || l->shown < l->limit) &&
	       (l->failure == ASSAY_FAILURE_NONE || t->failure == l->failure) &&
	       (l->path == NULL || strncmp(t->subject, l->path, strlen(l->path)) == 0) &&
	       (l->check == NULL || has_check(t, l->check));
	if (!*out || l->stage == NULL || (t->stage != NULL && strcmp(t->stage, l->stage) == 0))
		return ASSAY_OK;
	return measured_by(out, l->store, t, l->stage, err);
}

static void tell_problem(assay_buf *out, const assay_ticket *t)
{
	const assay_failed_check *worst = assay_worst_check(t->checks, t->check_count);

	if (t->failure != ASSAY_FAILURE_NONE)
		assay_tell_failure(out, t->stage, t->failure, t->message);
	else if (worst != NULL)
		assay_tell_check(out, worst);
	if (t->failure == ASSAY_FAILURE_NONE && t->check_count > 1)
		assay_buf_printf(out, " (and %zu more)", t->check_count - 1);
}

static const char *severity_of(const assay_ticket *t)
{
	const assay_failed_check *worst = assay_worst_check(t->checks, t->check_count);

	if (t->failure != ASSAY_FAILURE_NONE)
		return "failed";
	return worst != NULL ? assay_severity_name((assay_severity)worst->severity) : "-";
}

static assay_code print_line(const listing *l, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	const bool all = assay_opt(l->in, "all") != NULL;
	assay_code rc;

	tell_problem(&text, t);
	rc = assay_buf_check(&text, err);
	if (rc != ASSAY_OK)
		return rc;
	assay_say("T%-5" PRIu64 " ", t->id);
	if (all)
		assay_say("%-6s  ", assay_ticket_state_name(t->state));
	assay_say("%-7s  %-40s  %s\n", severity_of(t), t->subject, assay_buf_str(&text));
	return ASSAY_OK;
}

static assay_code list_ticket(void *ctx, const assay_ticket *t, assay_err *err)
{
	listing *l = ctx;
	ASSAY_CLEANUP(context_release) context c = {0};
	bool wanted;
	assay_code rc = is_wanted(&wanted, l, t, err);

	if (rc != ASSAY_OK || !wanted)
		return rc;
	l->shown++;
	if (!l->in->json)
		return print_line(l, t, err);
	rc = load_context(&c, l->store, t, err);
	if (rc != ASSAY_OK)
		return rc;
	assay_json_object(&l->report.json);
	json_ticket(&l->report.json, t, &c);
	assay_json_end(&l->report.json);
	return assay_report_flush(&l->report, err);
}

static assay_code parse_failure(listing *l, const char *text, assay_err *err)
{
	assay_suggest near;
	char hint[80];

	if (text == NULL)
		return ASSAY_OK;
	assay_suggest_init(&near, text);
	for (unsigned f = 1; f <= ASSAY_FAILURE_PROTOCOL; f++) {
		const char *name = assay_failure_name(f);

		if (name == NULL)
			continue;
		if (strcmp(name, text) == 0)
			l->failure = (assay_failure)f;
		assay_suggest_offer(&near, name);
	}
	if (l->failure != ASSAY_FAILURE_NONE)
		return ASSAY_OK;
	return ASSAY_RAISE(err, ASSAY_EUSAGE, "queue: --failure: '%s' is no class of failure%s", text,
			   assay_suggest_text(&near, hint, sizeof hint));
}

/* Nothing to list is an answer, but not one for a pipe. */
static void tell_none(const listing *l)
{
	const bool filtered =
	    l->check != NULL || l->stage != NULL || l->path != NULL || l->failure != ASSAY_FAILURE_NONE;

	if (l->shown == 0 && !l->in->json)
		(void)fprintf(stderr, "assay: no ticket %s\n",
			      filtered                          ? "matches"
			      : assay_opt(l->in, "all") != NULL ? "was ever opened"
								: "is open");
}

static assay_code list_all(listing *l, assay_err *err)
{
	assay_code rc;

	if (l->in->json)
		assay_json_array(&l->report.json);
	rc = assay_tickets_each(l->store, assay_opt(l->in, "all") != NULL, list_ticket, l, err);
	if (rc != ASSAY_OK || !l->in->json)
		return rc;
	assay_json_end(&l->report.json);
	return assay_report_print(&l->report, err);
}

static assay_code queue_list(const assay_invocation *in, assay_store *s, assay_err *err)
{
	listing l = {.in = in,
		     .store = s,
		     .check = assay_opt(in, "check"),
		     .stage = assay_opt(in, "stage"),
		     .path = assay_opt(in, "path")};
	assay_code rc;

	if (in->arg_count > 1)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "queue: list takes no '%s'; see --path", in->args[1]);
	assay_report_init(&l.report);
	rc = parse_failure(&l, assay_opt(in, "failure"), err);
	if (rc == ASSAY_OK)
		rc = assay_opt_uint(in, "limit", 0, 1, UINT64_MAX, &l.limit, err);
	if (rc == ASSAY_OK)
		rc = list_all(&l, err);
	if (rc == ASSAY_OK)
		tell_none(&l);
	assay_report_release(&l.report);
	return rc;
}

/* ---------------------------------------------------------------- what to try */

static const struct {
	assay_failure failure;
	const char *advice;
} advice[] = {
    {ASSAY_FAILURE_DECODE,
     "the bytes are not what the name promises: fetch the file again, or open and save it with the "
     "program that made it"},
    {ASSAY_FAILURE_EMPTY, "there is nothing in it to measure: take it out of the sources, or scan or record it again"},
    {ASSAY_FAILURE_SHORT, "it ends before its own header says: copy or download it again"},
    {ASSAY_FAILURE_UNSUPPORTED, "convert it to a format that 'assay stages' lists; take encryption off"},
    {ASSAY_FAILURE_LIMIT, "split it, or raise what the message names under 'limits:' in assay.yaml"},
    {ASSAY_FAILURE_FONT, "embed the font in the document, or add its folder to page.read's 'fonts' in assay.yaml"},
    {ASSAY_FAILURE_STAGE, "change the parameters of the stage in assay.yaml (they are above), or repair the file"},
    {ASSAY_FAILURE_CRASH, "the next run tries again; if it crashes each time, please report it with the file"},
    {ASSAY_FAILURE_KILLED,
     "something outside Assay killed it, often for memory: the next run tries again; use a lower -j"},
    {ASSAY_FAILURE_TIMEOUT,
     "the next run tries again; raise 'limits: {cpu_s, wall_s}' in assay.yaml if it needs longer"},
    {ASSAY_FAILURE_OUT_OF_MEMORY, "the next run tries again; raise 'limits: {memory_mib}' in assay.yaml"},
    {ASSAY_FAILURE_CHANGED, "it was written to while it was read: run again when it is complete"},
    {ASSAY_FAILURE_UNREADABLE, "make the file readable for the user who runs Assay"},
    {ASSAY_FAILURE_PROTOCOL, "the next run tries again; if it fails each time, please report it with the file"},
};

typedef void advise_fn(void *ctx, const char *text);

static bool has_undefined(const assay_ticket *t)
{
	for (size_t i = 0; i < t->check_count; i++)
		if (!t->checks[i].defined && t->checks[i].severity == 1)
			return true;
	return false;
}

/* The remedy that the contract names for a check, if any. */
static const char *remedy_of(const assay_contract *c, const char *check)
{
	for (size_t i = 0; i < c->check_count; i++)
		if (strcmp(c->checks[i].id, check) == 0 && c->checks[i].remedy[0] != '\0')
			return c->checks[i].remedy;
	return NULL;
}

static void advise_remedies(const assay_ticket *t, const context *c, advise_fn *fn, void *ctx)
{
	for (size_t i = 0; i < t->check_count; i++) {
		const char *remedy = remedy_of(c->contracts.items[i], t->checks[i].check_id);
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

		assay_buf_printf(&text,
				 "the contract names remedy '%s' for %s: put its steps into the pipeline of assay.yaml",
				 remedy != NULL ? remedy : "", t->checks[i].check_id);
		if (remedy != NULL)
			fn(ctx, assay_buf_str(&text));
	}
}

static void advise(const assay_ticket *t, const context *c, advise_fn *fn, void *ctx)
{
	if (t->state != ASSAY_TICKET_OPEN)
		return;
	for (size_t i = 0; i < ASSAY_COUNT(advice); i++)
		if (advice[i].failure == t->failure)
			fn(ctx, advice[i].advice);
	if (t->failure != ASSAY_FAILURE_NONE)
		return;
	advise_remedies(t, c, fn, ctx);
	fn(ctx, "repair or replace the source and 'assay run': what changed is measured again");
	fn(ctx, "change the parameters of the stage above in assay.yaml and 'assay run'");
	fn(ctx, "if the bound is too strict, change the contract and 'assay judge': nothing is decoded again");
	if (has_undefined(t))
		fn(ctx, "for a metric without a value: supply what it needs (a sidecar), or say 'whenMissing: skip'");
}

/* ---------------------------------------------------------------- show */

/* The step of the recipe that made a metric, or that failed. */
static const assay_recipe_step *step_of(const context *c, const char *stage, const char *metric)
{
	const assay_recipe *r = c->recipe;

	for (size_t i = 0; r != NULL && stage != NULL && i < r->step_count; i++)
		if (strcmp(r->steps[i].stage, stage) == 0)
			return &r->steps[i];
	for (uint32_t m = 0; r != NULL && metric != NULL && m < r->metric_total; m++) {
		const assay_recipe_step *step;

		if (strcmp(assay_recipe_metric_at(r, m, &step)->name, metric) == 0)
			return step;
	}
	return NULL;
}

/* Steps to blame, each once: at most one per check and one for the failure. */
static size_t steps_of(const context *c, const assay_ticket *t, const assay_recipe_step **out)
{
	size_t n = 0;

	for (size_t i = 0; i <= t->check_count; i++) {
		const assay_recipe_step *step =
		    i < t->check_count ? step_of(c, NULL, t->checks[i].metric) : step_of(c, t->stage, NULL);
		size_t k = 0;

		while (k < n && out[k] != step)
			k++;
		if (step != NULL && k == n)
			out[n++] = step;
	}
	return n;
}

static void print_checks(const assay_ticket *t, const context *c)
{
	for (size_t i = 0; i < t->check_count; i++) {
		const assay_failed_check *k = &t->checks[i];
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

		assay_tell_check(&text, k);
		assay_say("%-9s %s\n", assay_severity_name((assay_severity)k->severity), assay_buf_str(&text));
		assay_say("          contract %s %s\n", assay_contract_title(c->contracts.items[i]),
			  k->contract_version);
	}
}

static assay_code print_event(void *ctx, const assay_ticket_event *e, assay_err *err)
{
	assay_run_note run;
	char at[32];
	const assay_code rc = assay_run_note_of(&run, ctx, e->run, err);

	if (rc != ASSAY_OK)
		return rc;
	assay_say("history   %s  %-6s  %s\n", assay_tell_time(e->at_ns, at), assay_ticket_state_name(e->state),
		  e->reason);
	assay_say("          by %s, run %s\n", e->actor, run.name);
	return ASSAY_OK;
}

static void print_advice(void *ctx, const char *text)
{
	const char **word = ctx;

	assay_say("%-9s %s\n", *word, text);
	*word = "";
}

static assay_code print_unit(const context *c, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_FREE const assay_recipe_step **steps = assay_alloc(t->check_count + 1, sizeof *steps);
	char hex[ASSAY_DIGEST_HEX];
	size_t n;

	if (steps == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "steps");
	if (c->unit.id != 0)
		assay_say("unit      sha256:%s%s%s\n", assay_digest_hex(&c->unit.work_key, hex),
			  c->unit.part[0] != '\0' ? " " : "", c->unit.part);
	n = steps_of(c, t, steps);
	for (size_t i = 0; i < n; i++)
		assay_say_step("stage", steps[i]);
	return ASSAY_OK;
}

static assay_code print_ticket(assay_store *s, const assay_ticket *t, const context *c, const assay_source *src,
			       assay_err *err)
{
	char at[32], hex[ASSAY_DIGEST_HEX];
	const char *word = "try";
	assay_code rc;

	assay_say("ticket    T%" PRIu64 " %s\n", t->id, assay_ticket_state_name(t->state));
	assay_say("subject   %s%s%s%s\n", t->subject, c->kind != NULL ? " (" : "", c->kind != NULL ? c->kind : "",
		  c->kind != NULL ? ")" : "");
	assay_say("opened    %s by run %s\n", assay_tell_time(t->opened_ns, at), c->opened.name);
	if (t->failure != ASSAY_FAILURE_NONE) {
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

		assay_tell_failure(&text, t->stage, t->failure, t->message);
		assay_say("failed    %s\n", assay_buf_str(&text));
	}
	print_checks(t, c);
	if (src->id != 0) {
		assay_say("source    %s%s\n", src->path, src->missing ? " (missing)" : "");
		if (!assay_digest_is_zero(&src->digest))
			assay_say("          sha256:%s, %" PRIu64 " bytes\n", assay_digest_hex(&src->digest, hex),
				  src->stamp.size);
	}
	rc = print_unit(c, t, err);
	if (rc == ASSAY_OK)
		rc = assay_ticket_events(s, t->id, print_event, s, err);
	if (rc == ASSAY_OK)
		advise(t, c, print_advice, &word);
	return rc;
}

typedef struct event_sink {
	assay_json *json;
	assay_store *store;
} event_sink;

static assay_code json_event(void *ctx, const assay_ticket_event *e, assay_err *err)
{
	event_sink *k = ctx;
	assay_run_note run;
	const assay_code rc = assay_run_note_of(&run, k->store, e->run, err);

	if (rc != ASSAY_OK)
		return rc;
	assay_json_object(k->json);
	assay_json_kstr(k->json, "state", assay_ticket_state_name(e->state));
	assay_json_ktime(k->json, "at", e->at_ns);
	assay_json_kstr(k->json, "run", run.name);
	assay_json_kstr(k->json, "actor", e->actor);
	assay_json_kstr(k->json, "reason", e->reason);
	assay_json_end(k->json);
	return ASSAY_OK;
}

static void json_advice(void *ctx, const char *text)
{
	assay_json_str(ctx, text);
}

static assay_code json_steps(assay_json *j, const assay_ticket *t, const context *c, assay_err *err)
{
	ASSAY_AUTO_FREE const assay_recipe_step **steps = assay_alloc(t->check_count + 1, sizeof *steps);
	size_t n;

	if (steps == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "steps");
	n = steps_of(c, t, steps);
	assay_json_key(j, "steps");
	assay_json_array(j);
	for (size_t i = 0; i < n; i++)
		assay_json_step(j, steps[i]);
	assay_json_end(j);
	return ASSAY_OK;
}

static assay_code json_whole(assay_json *j, assay_store *s, const assay_ticket *t, const context *c,
			     const assay_source *src, assay_err *err)
{
	event_sink k = {j, s};
	assay_code rc;

	assay_json_object(j);
	json_ticket(j, t, c);
	assay_json_kdigest(j, "source_digest",
			   src->id != 0 && !assay_digest_is_zero(&src->digest) ? &src->digest : NULL);
	assay_json_kbool(j, "source_missing", src->missing);
	rc = json_steps(j, t, c, err);
	assay_json_key(j, "history");
	assay_json_array(j);
	if (rc == ASSAY_OK)
		rc = assay_ticket_events(s, t->id, json_event, &k, err);
	assay_json_end(j);
	assay_json_key(j, "try");
	assay_json_array(j);
	advise(t, c, json_advice, j);
	assay_json_end(j);
	assay_json_end(j);
	return rc;
}

/* The source that a ticket is about: its subject, or the subject without its part. */
static assay_code source_of(assay_source *out, assay_store *s, const assay_ticket *t, assay_err *err)
{
	const char *hash = strrchr(t->subject, '#');
	ASSAY_AUTO_FREE char *path =
	    assay_strndup(t->subject, hash != NULL ? (size_t)(hash - t->subject) : strlen(t->subject));
	assay_code rc;

	if (path == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "path");
	rc = assay_source_find(s, path, out, err);
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

typedef struct showing {
	const assay_invocation *in;
	assay_store *store;
	assay_report *report;
	const char *told; /* subject whose ticket was shown already */
	uint64_t shown;
} showing;

static assay_code show_ticket(showing *w, const assay_ticket *t, assay_err *err)
{
	ASSAY_CLEANUP(context_release) context c = {0};
	ASSAY_AUTO_SOURCE src = {0};
	assay_code rc = load_context(&c, w->store, t, err);

	if (rc == ASSAY_OK)
		rc = load_rest(&c, w->store, t, err);
	if (rc == ASSAY_OK)
		rc = source_of(&src, w->store, t, err);
	if (rc != ASSAY_OK)
		return rc;
	w->shown++;
	if (w->in->json)
		return json_whole(&w->report->json, w->store, t, &c, &src, err);
	if (w->shown > 1)
		assay_say("\n");
	return print_ticket(w->store, t, &c, &src, err);
}

static assay_code show_by_id(showing *w, const char *name, bool *is_id, assay_err *err)
{
	ASSAY_AUTO_TICKET t = {0};
	char *end;
	const uint64_t id = strtoull(name + 1, &end, 10);
	assay_code rc;

	if ((name[0] != 'T' && name[0] != 't') || !isdigit((unsigned char)name[1]) || *end != '\0')
		return ASSAY_ENOENT;
	*is_id = true;
	rc = assay_ticket_get(w->store, id, &t, err);
	return rc == ASSAY_OK ? show_ticket(w, &t, err) : rc;
}

static assay_code show_by_key(showing *w, const char *key, assay_err *err)
{
	ASSAY_AUTO_TICKET t = {0};
	const assay_code rc = assay_ticket_find(w->store, key, &t, err);

	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	return show_ticket(w, &t, err);
}

static assay_code show_of_sample(void *ctx, const assay_sample_row *row, assay_err *err)
{
	showing *w = ctx;

	return strcmp(row->key, w->told) != 0 ? show_by_key(w, row->key, err) : ASSAY_OK;
}

/* Its own ticket; of a path also those of its samples. */
static assay_code show_by_subject(showing *w, const char *name, assay_err *err)
{
	ASSAY_AUTO_SUBJECT subject = {0};
	assay_code rc = assay_subject_find(&subject, w->store, name, err);

	if (rc != ASSAY_OK)
		return rc;
	w->told = subject.name;
	rc = show_by_key(w, subject.name, err);
	if (rc == ASSAY_OK && subject.is_path)
		rc = assay_samples_of(w->store, subject.source.id, show_of_sample, w, err);
	if (rc == ASSAY_OK && w->shown == 0)
		return ASSAY_RAISE(err, ASSAY_ENOENT, "'%s' never had a ticket; see 'assay why %s'", subject.name,
				   subject.name);
	return rc;
}

static assay_code queue_show(const assay_invocation *in, assay_store *s, assay_err *err)
{
	ASSAY_AUTO_REPORT r;
	showing w = {.in = in, .store = s, .report = &r};
	bool is_id = false;
	assay_code rc;

	assay_report_init(&r);
	if (in->arg_count < 2)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "queue: show needs a ticket (T12), a sample or a path");
	assay_json_array(&r.json);
	rc = show_by_id(&w, in->args[1], &is_id, err);
	if (rc == ASSAY_ENOENT)
		rc = show_by_subject(&w, in->args[1], err);
	if (rc == ASSAY_ENOENT && is_id)
		return ASSAY_RAISE(err, ASSAY_ENOENT, "there is no ticket '%s'; see 'assay queue list --all'",
				   in->args[1]);
	assay_json_end(&r.json);
	return rc == ASSAY_OK && in->json ? assay_report_print(&r, err) : rc;
}

/* ---------------------------------------------------------------- the verb */

static const struct {
	const char *name;
	assay_code (*run)(const assay_invocation *in, assay_store *s, assay_err *err);
} subverbs[] = {{"list", queue_list}, {"show", queue_show}};

static assay_code unknown_subverb(const char *name, assay_err *err)
{
	assay_suggest near;
	char hint[80];

	assay_suggest_init(&near, name);
	for (size_t i = 0; i < ASSAY_COUNT(subverbs); i++)
		assay_suggest_offer(&near, subverbs[i].name);
	return ASSAY_RAISE(err, ASSAY_EUSAGE, "queue: '%s' is neither list nor show%s", name,
			   assay_suggest_text(&near, hint, sizeof hint));
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_AUTO_STORE s = NULL;
	size_t i = 0;
	assay_code rc;

	while (i < ASSAY_COUNT(subverbs) && strcmp(subverbs[i].name, in->args[0]) != 0)
		i++;
	if (i == ASSAY_COUNT(subverbs))
		return assay_exit_of(unknown_subverb(in->args[0], err));
	rc = assay_open_store(in, &s, false, false, err);
	if (rc == ASSAY_OK)
		rc = subverbs[i].run(in, s, err);
	return assay_exit_of(rc);
}

const assay_verb assay_verb_queue = {
    .name = "queue",
    .operands = "list|show [TICKET|SAMPLE|PATH]",
    .min_args = 1,
    .max_args = 2,
    .summary = "what was not accepted: one ticket per sample or source, with its reason",
    .help =
	"list prints a line per open ticket: its number, how severe it is, its subject, and the check with the\n"
	"measured value and the bound, or the stage that failed. Filters can be combined. --json prints an array of\n"
	"complete tickets.\n"
	"show prints all that is known of one: every check, the source, the step with its parameters, the history,\n"
	"and what to try. A path stands for the tickets of all its samples. --json prints an array.\n"
	"A ticket is settled by the run or judging after which its subject passes or is gone.\n",
    .example = "  assay queue list --check cer\n"
	       "  assay queue show T12\n"
	       "  assay queue list --json | jq -r '.[] | select(.failure != null) | .source'\n",
    .options = options,
    .run = run,
};
