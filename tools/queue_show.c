#include "verbs.h"

#include "queue_attempts.h"
#include "queue_decisions.h"
#include "queue_lane.h"
#include "queue_select.h"
#include "queue_ticket.h"
#include "queue_work.h"
#include "tell_recipe.h"

#include "assay/file.h"
#include "assay/memory.h"
#include "assay/stop.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const assay_option options[] = {
    {"work", 0, "DIR", "write a folder of work for each ticket below this one"},
    {"force", 0, NULL, "with --work: write folders of work anew"},
    ASSAY_SELECTION_OPTIONS,
    ASSAY_SELECTION_BY_METADATA,
    ASSAY_SELECTION_BY_REMEDY,
    {NULL, 0, NULL, NULL},
};

/* The step of the recipe that made a metric, or that failed. */
static const assay_recipe_step *step_of(const assay_ticket_facts *c, const char *stage, const char *metric)
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
static size_t steps_of(const assay_ticket_facts *c, const assay_ticket *t, const assay_recipe_step **out)
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

static void say_more(const char *word, const assay_buf *text)
{
	if (text->len > 0)
		assay_say("          %-8s %s\n", word, (const char *)text->data);
}

/* Of a check on a column of a table: what is to be there, and what is. */
static void print_column(const assay_ticket *t, const assay_ticket_facts *c, size_t i)
{
	ASSAY_AUTO_BUF expected = ASSAY_BUF_INIT, found = ASSAY_BUF_INIT;

	assay_tell_expected_column(&expected, &c->columns, t, i);
	assay_tell_found_column(&found, &c->columns, t, i);
	(void)assay_buf_str(&expected);
	(void)assay_buf_str(&found);
	say_more("expected", &expected);
	say_more("found", &found);
}

static void print_checks(const assay_ticket *t, const assay_ticket_facts *c)
{
	for (size_t i = 0; i < t->check_count; i++) {
		const assay_failed_check *k = &t->checks[i];
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

		assay_tell_check(&text, k);
		assay_say("%-9s %s\n", assay_severity_name((assay_severity)k->severity), assay_buf_str(&text));
		print_column(t, c, i);
		assay_say("          contract %s %s\n", assay_contract_title(c->contracts.items[i]),
			  k->contract_version);
	}
}

static void say_content(const char *word, const assay_digest *d)
{
	char hex[ASSAY_DIGEST_HEX];

	if (!assay_digest_is_zero(d))
		assay_say("          %s sha256:%s\n", word, assay_digest_hex(d, hex));
}

static assay_code print_event(void *ctx, const assay_ticket_event *e, assay_err *err)
{
	assay_run_note run;
	char at[32];
	const assay_code rc = assay_run_note_of(&run, ctx, e->run, err);

	if (rc != ASSAY_OK)
		return rc;
	if (e->damaged) {
		assay_say("history   %s\n", e->reason);
		return ASSAY_OK;
	}
	assay_say("history   %s  %-12s  %s\n", assay_tell_time(e->at_ns, at), assay_ticket_state_name(e->state),
		  e->reason);
	assay_say("          by %s%s%s\n", e->actor, e->run != 0 ? ", run " : "", e->run != 0 ? run.name : "");
	say_content("before", &e->before);
	say_content("after", &e->after);
	return ASSAY_OK;
}

static void print_advice(void *ctx, const char *text)
{
	const char **word = ctx;

	assay_say("%-9s %s\n", *word, text);
	*word = "";
}

static assay_code print_unit(const assay_ticket_facts *c, const assay_ticket *t, assay_err *err)
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

/* Where in the source it lies. */
static void print_region(const assay_ticket *t, const assay_ticket_facts *c)
{
	const int32_t *box = c->region.box;
	uint64_t page;

	assay_say_span("region", c->sample);
	if (!assay_ticket_page(t, &page))
		return;
	assay_say("region    page %" PRIu64, page);
	if (page <= c->unit.result.pages) /* a file that stands in its place may have less */
		assay_say(" of %" PRIu32, c->unit.result.pages);
	if (c->region.has_size)
		assay_say(", %d x %d px", c->region.size[0], c->region.size[1]);
	if (c->region.has_box && c->sample->kind == ASSAY_SAMPLE_TABLE)
		assay_say(", %d to %d px from the left, %d to %d px from the top", box[0], box[2], box[1], box[3]);
	assay_say("\n");
}

/* What people said of its source, as long as it holds. *out: id 0 where they did not. */
static assay_code metadata_of(assay_decision *out, assay_store *s, const assay_source *src, assay_err *err)
{
	const assay_code rc =
	    src->id != 0 ? assay_decision_peek_on(s, src->path, ASSAY_DECISION_OF_METADATA, out, err) : ASSAY_ENOENT;
	const bool holds = out->standing == ASSAY_DECISION_STANDS && assay_digest_eq(&out->basis, &src->digest);

	if (rc == ASSAY_OK && !holds && out->standing != ASSAY_DECISION_DAMAGED)
		assay_decision_release(out);
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

static assay_code print_ticket(assay_store *s, const assay_ticket *t, const assay_ticket_facts *c,
			       const assay_source *src, assay_err *err)
{
	ASSAY_AUTO_TICKET_DECISIONS decisions = {0};
	char at[32], hex[ASSAY_DIGEST_HEX];
	const char *word = "try";
	assay_code rc;

	assay_say("ticket    T%" PRIu64 " %s\n", t->id, assay_ticket_state_name(t->state));
	assay_say("subject   %s%s%s%s\n", t->subject, c->kind != NULL ? " (" : "", c->kind != NULL ? c->kind : "",
		  c->kind != NULL ? ")" : "");
	if (c->lane != NULL && strcmp(c->lane, ASSAY_LANE_GENERAL) != 0)
		assay_say("lane      %s\n", c->lane);
	assay_say("opened    %s%s%s\n", assay_tell_time(t->opened_ns, at), t->opened_run != 0 ? " by run " : "",
		  t->opened_run != 0 ? c->opened.name : "");
	if (t->failure != ASSAY_FAILURE_NONE) {
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

		assay_tell_failure(&text, t->stage, t->failure, t->message);
		assay_say("failed    %s\n", assay_buf_str(&text));
	}
	print_checks(t, c);
	for (size_t i = 0; i < c->stands.check_count; i++) {
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

		assay_tell_check(&text, &c->stands.checks[i]);
		assay_say("stands    %s\n", assay_buf_str(&text));
	}
	if (c->sample != NULL)
		print_region(t, c);
	if (src->id != 0) {
		assay_say("source    %s%s\n", src->path, src->missing ? " (missing)" : "");
		if (!assay_digest_is_zero(&src->digest))
			assay_say("          sha256:%s, %" PRIu64 " bytes\n", assay_digest_hex(&src->digest, hex),
				  src->stamp.size);
	}
	rc = print_unit(c, t, err);
	if (rc == ASSAY_OK)
		rc = assay_say_attempts(s, t, c, err);
	if (rc == ASSAY_OK)
		rc = assay_ticket_decisions_load(&decisions, s, t, err);
	if (rc == ASSAY_OK)
		assay_say_ticket_decisions(&decisions, &c->decision);
	if (rc == ASSAY_OK)
		rc = assay_ticket_events(s, t->id, print_event, s, err);
	if (rc == ASSAY_OK)
		rc = assay_ticket_advise(s, t, c, print_advice, &word, err);
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
	assay_json_kstr(k->json, "run", assay_run_name(&run));
	assay_json_kstr(k->json, "actor", e->damaged ? NULL : e->actor);
	assay_json_kbool(k->json, "act", e->act);
	assay_json_kstr(k->json, "reason", e->reason);
	assay_json_kdigest(k->json, "before", assay_digest_is_zero(&e->before) ? NULL : &e->before);
	assay_json_kdigest(k->json, "after", assay_digest_is_zero(&e->after) ? NULL : &e->after);
	assay_json_end(k->json);
	return ASSAY_OK;
}

static void json_advice(void *ctx, const char *text)
{
	assay_json_str(ctx, text);
}

static assay_code json_steps(assay_json *j, const assay_ticket *t, const assay_ticket_facts *c, assay_err *err)
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

static assay_code json_whole(assay_json *j, assay_store *s, const assay_ticket *t, const assay_ticket_facts *c,
			     const assay_source *src, assay_err *err)
{
	ASSAY_AUTO_TICKET_DECISIONS decisions = {0};
	ASSAY_AUTO_DECISION metadata = {0};
	event_sink k = {j, s};
	assay_code rc = metadata_of(&metadata, s, src, err);

	if (rc == ASSAY_OK)
		rc = assay_ticket_decisions_load(&decisions, s, t, err);

	assay_json_object(j);
	assay_json_ticket(j, t, c);
	assay_json_kdigest(j, "source_digest",
			   src->id != 0 && !assay_digest_is_zero(&src->digest) ? &src->digest : NULL);
	assay_json_kbool(j, "source_missing", src->missing);
	assay_json_kstr(j, "damaged", NULL);
	assay_json_decision(j, "metadata_decision", &metadata);
	assay_json_ticket_decisions(j, "decisions", &decisions);
	if (rc == ASSAY_OK)
		rc = json_steps(j, t, c, err);
	if (rc == ASSAY_OK)
		rc = assay_json_attempts(j, "attempts", s, t, c, err);
	assay_json_key(j, "history");
	assay_json_array(j);
	if (rc == ASSAY_OK)
		rc = assay_ticket_events(s, t->id, json_event, &k, err);
	assay_json_end(j);
	assay_json_key(j, "try");
	assay_json_array(j);
	if (rc == ASSAY_OK)
		rc = assay_ticket_advise(s, t, c, json_advice, j, err);
	assay_json_end(j);
	assay_json_end(j);
	return rc;
}

static assay_code source_of(assay_source *out, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_FREE char *path = NULL;
	assay_code rc = assay_ticket_path(&path, t, err);

	if (rc == ASSAY_OK)
		rc = assay_source_find(s, path, out, err);
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

typedef struct showing {
	const assay_invocation *in;
	assay_store *store;
	assay_selection *sel;
	const assay_config *config; /* NULL: not known */
	assay_report *report;
	uint64_t shown;
} showing;

static assay_code show_ticket(void *ctx, const assay_ticket *t, assay_err *err)
{
	showing *w = ctx;
	ASSAY_CLEANUP(assay_ticket_facts_release) assay_ticket_facts c = {0};
	ASSAY_AUTO_SOURCE src = {0};
	assay_code rc = assay_ticket_facts_load(&c, w->store, t, err);

	if (rc == ASSAY_OK)
		rc = assay_ticket_facts_load_rest(&c, w->store, t, err);
	if (rc == ASSAY_OK)
		rc = source_of(&src, w->store, t, err);
	if (rc == ASSAY_OK)
		rc = assay_ticket_lane(&c.lane, w->config, &w->sel->stages, t, err);
	c.config = w->config;
	if (rc != ASSAY_OK)
		return rc;
	w->shown++;
	if (w->in->json)
		return json_whole(&w->report->json, w->store, t, &c, &src, err);
	if (w->shown > 1)
		assay_say("\n");
	return print_ticket(w->store, t, &c, &src, err);
}

/* ---------------------------------------------------------------- one that cannot be read */

/* What the sample's own row says, and what people decided: other rows than the ticket's. */
typedef struct remains {
	assay_sample_row row; /* id 0: there is none */
	assay_decision decisions[2];
} remains;

static void remains_release(remains *r)
{
	assay_sample_row_release(&r->row);
	for (size_t i = 0; i < ASSAY_COUNT(r->decisions); i++)
		assay_decision_release(&r->decisions[i]);
}

static assay_code learn_remains(remains *r, assay_store *s, const assay_ticket *t, assay_err *err)
{
	static const assay_decision_slot slots[] = {ASSAY_DECISION_OF_VERDICT, ASSAY_DECISION_OF_CONTENT};
	assay_code rc = t->subject != NULL ? assay_sample_find(s, t->subject, &r->row, err) : ASSAY_ENOENT;

	for (size_t i = 0; i < ASSAY_COUNT(slots) && t->subject != NULL && (rc == ASSAY_OK || rc == ASSAY_ENOENT); i++)
		rc = assay_decision_peek_on(s, t->subject, slots[i], &r->decisions[i], err);
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

static void advise_damaged(const assay_ticket *t, assay_advise_fn *fn, void *ctx)
{
	char text[128];

	if (t->subject == NULL) {
		fn(ctx, "assay check says what else is damaged: without its subject it cannot be made anew");
		return;
	}
	(void)snprintf(text, sizeof text,
		       "assay queue retry T%" PRIu64 " makes it anew, as any judging does; nothing else is done to it",
		       t->id);
	fn(ctx, text);
}

static assay_code print_damaged(assay_store *s, const assay_ticket *t, const remains *r, assay_err *err)
{
	const char *word = "try", *outcome = assay_outcome_name(r->row.outcome);
	char at[32];
	assay_code rc;

	assay_say("ticket    T%" PRIu64 " damaged: %s\n", t->id, t->message);
	assay_say("subject   %s\n", t->subject != NULL ? t->subject : "cannot be told: no other row names it");
	if (t->state != 0)
		assay_say("state     %s, when it was last written\n", assay_ticket_state_name(t->state));
	if (t->opened_ns != 0)
		assay_say("opened    %s\n", assay_tell_time(t->opened_ns, at));
	if (t->feedback_ns != 0)
		assay_say("told of   by an evaluation, %s\n", assay_tell_time(t->feedback_ns, at));
	if (outcome != NULL)
		assay_say("verdict   %s%s\n", outcome,
			  r->row.missing ? ", but it is no longer part of the dataset" : "");
	for (size_t i = 0; i < r->row.check_count; i++) {
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

		assay_tell_check(&text, &r->row.checks[i]);
		assay_say("%-9s %s\n", assay_severity_name((assay_severity)r->row.checks[i].severity),
			  assay_buf_str(&text));
	}
	for (size_t i = 0; i < ASSAY_COUNT(r->decisions); i++)
		if (r->decisions[i].id != 0)
			assay_say_decision("decision", &r->decisions[i]);
	rc = assay_ticket_events(s, t->id, print_event, s, err);
	advise_damaged(t, print_advice, &word);
	return rc;
}

static assay_code json_damaged(assay_json *j, assay_store *s, const assay_ticket *t, const remains *r, assay_err *err)
{
	event_sink k = {j, s};
	char id[24];
	assay_code rc;

	(void)snprintf(id, sizeof id, "T%" PRIu64, t->id);
	assay_json_object(j);
	assay_json_kstr(j, "id", id);
	assay_json_kstr(j, "subject", t->subject);
	assay_json_kstr(j, "state", assay_ticket_state_name(t->state));
	assay_json_kstr(j, "damaged", t->message);
	assay_json_ktime(j, "opened_at", t->opened_ns);
	assay_json_ktime(j, "feedback_at", t->feedback_ns);
	assay_json_kstr(j, "outcome", assay_outcome_name(r->row.outcome));
	assay_json_checks(j, "checks", r->row.checks, r->row.check_count);
	assay_json_decision(j, "verdict_decision", &r->decisions[0]);
	assay_json_decision(j, "content_decision", &r->decisions[1]);
	assay_json_key(j, "history");
	assay_json_array(j);
	rc = assay_ticket_events(s, t->id, json_event, &k, err);
	assay_json_end(j);
	assay_json_key(j, "try");
	assay_json_array(j);
	advise_damaged(t, json_advice, j);
	assay_json_end(j);
	assay_json_end(j);
	return rc;
}

static assay_code show_damaged(void *ctx, const assay_ticket *t, assay_err *err)
{
	showing *w = ctx;
	ASSAY_CLEANUP(remains_release) remains r = {0};
	const assay_code rc = learn_remains(&r, w->store, t, err);

	if (rc != ASSAY_OK)
		return rc;
	w->shown++;
	if (w->in->json)
		return json_damaged(&w->report->json, w->store, t, &r, err);
	if (w->shown > 1)
		assay_say("\n");
	return print_damaged(w->store, t, &r, err);
}

static assay_code select_some(assay_selection *sel, const assay_invocation *in, assay_store *s, assay_err *err)
{
	const assay_code rc = assay_selection_init(sel, in, s, err);

	if (rc == ASSAY_OK && !assay_selection_is_narrow(sel))
		return ASSAY_RAISE(err, ASSAY_EUSAGE,
				   "queue show needs a ticket, a sample, a path or a filter; see "
				   "'assay queue show --help'");
	return rc;
}

static assay_code show(const assay_invocation *in, assay_store *s, assay_err *err)
{
	ASSAY_AUTO_SELECTION sel = {0};
	ASSAY_AUTO_LANE_RULES lanes = {0};
	ASSAY_AUTO_REPORT r;
	showing w = {.in = in, .store = s, .sel = &sel, .report = &r};
	assay_code rc;

	assay_report_init(&r);
	assay_json_array(&r.json);
	rc = select_some(&sel, in, s, err);
	if (rc == ASSAY_OK)
		rc = assay_lane_rules_load(&lanes, in, err);
	w.config = lanes.config;
	sel.damaged = show_damaged;
	if (rc == ASSAY_OK)
		rc = assay_selection_each(&sel, 0, show_ticket, &w, err);
	if (rc == ASSAY_OK && w.shown == 0 && !in->json)
		(void)fputs("assay: no ticket matches\n", stderr);
	assay_json_end(&r.json);
	return rc == ASSAY_OK && in->json ? assay_report_print(&r, err) : rc;
}

/* ---------------------------------------------------------------- work folders */

typedef struct working {
	const assay_invocation *in;
	assay_store *store;
	assay_viewer *viewer;
	const assay_config *config;
	assay_selection *sel;
	assay_work_folders folders;
	assay_report *report;
	uint64_t done;
} working;

static void tell_work(const working *w, const assay_work *k)
{
	const assay_view_file *text = assay_work_takes_text(k) ? &k->view.files[k->view.text] : NULL;

	assay_say("%s/T%" PRIu64 "  %s: %zu files%s%s%s\n", w->folders.dir, k->ticket->id, k->ticket->subject,
		  k->view.file_count + 1, text != NULL ? ", " : "", text != NULL ? text->name : "",
		  text == NULL         ? ""
		  : text->data.len > 0 ? " to correct"
				       : " to write into: nothing was read");
	if (k->view.missing != NULL)
		assay_say("          no picture: %s\n", k->view.missing);
}

static assay_code put_work(void *ctx, const assay_ticket *t, assay_err *err)
{
	working *w = ctx;
	ASSAY_AUTO_WORK k = {0};
	ASSAY_AUTO_FD fd = -1;
	assay_code rc = assay_work_folder(&fd, &w->folders, t, err);

	if (rc == ASSAY_OK)
		rc = assay_work_load(&k, w->viewer, w->store, t, err);
	if (rc == ASSAY_OK)
		rc = assay_work_begin_text(&k, err);
	if (rc == ASSAY_OK)
		rc = assay_ticket_lane(&k.lane, w->config, &w->sel->stages, t, err);
	k.dir = w->folders.dir;
	if (rc == ASSAY_OK)
		rc = assay_work_put(fd, &k, err);
	if (rc != ASSAY_OK)
		return rc;
	w->done++;
	if (w->in->json)
		assay_work_json(&w->report->json, &k);
	else
		tell_work(w, &k);
	return ASSAY_OK;
}

/* assay_selection_each takes ASSAY_ESTOP for its end: a signal is told apart here. */
static assay_code put_works(working *w, assay_selection *sel, assay_err *err)
{
	const assay_code rc = assay_selection_each(sel, 0, put_work, w, err);

	if (rc == ASSAY_OK && assay_stop_requested() > 0)
		return ASSAY_RAISE(err, ASSAY_ESTOP, "stopped by a signal");
	return rc;
}

static assay_code work(const assay_invocation *in, assay_store *s, assay_err *err)
{
	ASSAY_CLEANUP(assay_config_closep) assay_config *config = NULL;
	ASSAY_AUTO_SELECTION sel = {0};
	ASSAY_AUTO_VIEWER viewer = NULL;
	ASSAY_AUTO_FD rootfd = -1;
	ASSAY_AUTO_REPORT r;
	working w = {
	    .in = in, .store = s, .sel = &sel, .folders = {assay_opt(in, "work"), -1, assay_opt(in, "force") != NULL}};
	assay_code rc;

	assay_report_init(&r);
	w.report = &r;
	assay_json_array(&r.json);
	ASSAY_TRY(assay_stop_install(err));
	ASSAY_TRY(select_some(&sel, in, s, err));
	ASSAY_TRY(assay_load_config(in, &config, &rootfd, err));
	ASSAY_TRY(assay_viewer_open(&viewer, config, s, rootfd, ASSAY_SANDBOX_AUTO, true, err));
	w.viewer = viewer;
	w.config = config;
	rc = put_works(&w, &sel, err);
	assay_json_end(&r.json);
	if (rc == ASSAY_OK && w.done == 0 && !in->json)
		(void)fputs("assay: no ticket matches\n", stderr);
	if (rc == ASSAY_OK && in->json)
		rc = assay_report_print(&r, err);
fail:
	assay_closep(&w.folders.fd);
	return rc;
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_AUTO_STORE s = NULL;
	assay_code rc = ASSAY_OK;

	if (assay_opt(in, "force") != NULL && assay_opt(in, "work") == NULL)
		rc = ASSAY_RAISE(err, ASSAY_EUSAGE, "queue show: --force is of --work");
	if (rc == ASSAY_OK)
		rc = assay_open_store(in, &s, false, false, err);
	if (rc == ASSAY_OK)
		rc = assay_opt(in, "work") != NULL ? work(in, s, err) : show(in, s, err);
	return assay_exit_of(rc);
}

const assay_verb assay_verb_queue_show = {
    .name = "show",
    .operands = "[TICKET|SAMPLE|PATH...]",
    .max_args = -1,
    .summary = "all that is known of a ticket, and what to try",
    .help = "Every check, the source, the step with its parameters, the history, and what to try. --json prints an "
	    "array.\n"
	    "--work DIR writes a folder DIR/T12 for each ticket, with what a person needs to mend it: the page as a "
	    "picture\n"
	    "and its doubtful lines, the waveform and the sound, or key frames; the text to correct; and task.json, "
	    "which\n"
	    "says what failed and how to hand in the work. Media are decoded in the sandbox.\n" //
    ASSAY_SELECTION_HELP,
    .options = options,
    .example = "  assay queue show T12\n  assay queue show T12 --work desk\n  assay queue show scans/a.tif --json | jq "
	       "-r '.[].try[]'\n",
    .uses = ASSAY_USES_STORE | ASSAY_USES_CONFIG,
    .see_also = "queue list, why, lineage",
    .run = run,
};
