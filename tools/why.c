#include "verbs.h"

#include "changes.h"
#include "duplicate.h"
#include "queue_attempts.h"
#include "queue_decisions.h"
#include "subject.h"
#include "tell.h"
#include "why_verdict.h"

#include "assay/run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- facts about the work */

static const struct {
	assay_cause cause;
	const char *name, *text;
	bool is_work; /* it asks for work; the others do not */
} causes[] = {
    {ASSAY_CAUSE_NEW, "new", "it is new", true},
    {ASSAY_CAUSE_CONTENT, "content", "its content changed", true},
    {ASSAY_CAUSE_SIDECAR, "sidecar", "a sidecar appeared, vanished or changed", true},
    {ASSAY_CAUSE_RECIPE, "recipe", "the recipe changed", true},
    {ASSAY_CAUSE_RETRY, "retry", "its last outcome was of time, memory or a signal, which a run tries again", true},
    {ASSAY_CAUSE_RETURNED, "returned", "it had been missing and is back", false},
    {ASSAY_CAUSE_METADATA, "metadata", "its metadata changed: it was judged again, not run", false},
    {ASSAY_CAUSE_TOUCHED, "touched", "the file was touched, its bytes are the same: it was not run again", false},
};

typedef struct work {
	assay_run_note run;   /* that found the last change */
	assay_changes inputs; /* of that change; after a touch, of the change before it */
	size_t units, ran;    /* units of the source, and those that this run did rather than found in the store */
	uint64_t cpu_us;
	assay_changes said;   /* metadata that changed with it */
	assay_run_note later; /* last run that saw the whole dataset after it, id 0 if none */
	char *message;        /* of the unit that failed, NULL */
	char *stage;
	assay_failure failure;
} work;

static void work_release(work *w)
{
	assay_changes_release(&w->inputs);
	assay_changes_release(&w->said);
	free(w->message);
	free(w->stage);
}

static assay_code copy(char **out, const char *text, assay_err *err)
{
	free(*out);
	*out = assay_strdup(text != NULL ? text : "");
	return *out == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "facts") : ASSAY_OK;
}

static assay_code note_failure(work *w, assay_store *s, const assay_unit *u, assay_err *err)
{
	ASSAY_CLEANUP(assay_recipe_closep) assay_recipe *r = NULL;
	assay_code rc;

	if (u->result.failure == ASSAY_FAILURE_NONE || w->failure != ASSAY_FAILURE_NONE)
		return ASSAY_OK;
	w->failure = u->result.failure;
	rc = assay_recipe_load(&r, s, &u->recipe, err);
	if (rc == ASSAY_OK && u->result.failed_step < r->step_count)
		rc = copy(&w->stage, r->steps[u->result.failed_step].stage, err);
	return rc == ASSAY_OK ? copy(&w->message, u->result.message, err) : rc;
}

static assay_code look_at_units(work *w, assay_store *s, const assay_source *src, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	w->units = src->unit_count;
	for (size_t i = 0; i < src->unit_count && rc == ASSAY_OK; i++) {
		ASSAY_AUTO_UNIT u = {0};

		rc = assay_unit_get(s, src->units[i], &u, err);
		if (rc != ASSAY_OK)
			return rc;
		w->ran += u.run == src->run;
		w->cpu_us += u.cpu_us;
		rc = note_failure(w, s, &u, err);
	}
	if (rc == ASSAY_OK && src->failure != ASSAY_FAILURE_NONE) {
		w->failure = src->failure;
		rc = copy(&w->message, src->message, err);
	}
	return rc;
}

typedef struct last_whole {
	uint64_t after;
	assay_run_note *out;
} last_whole;

/* Runs come newest first; one that committed a version looked at every source. */
static assay_code find_later(void *ctx, const assay_run *r, assay_err *err)
{
	last_whole *l = ctx;

	(void)err;
	if (r->id <= l->after)
		return ASSAY_ESTOP;
	if (!r->has_version || strcmp(r->verb, "run") != 0)
		return ASSAY_OK;
	l->out->id = r->id;
	l->out->started_ns = r->started_ns;
	(void)snprintf(l->out->name, sizeof l->out->name, "%s", r->name);
	return ASSAY_ESTOP;
}

static assay_code learn_work(work *w, assay_store *s, const assay_source *src, assay_err *err)
{
	ASSAY_AUTO_INPUTS before = {0};
	ASSAY_AUTO_INPUTS now = {0};
	last_whole l = {src->run, &w->later};
	assay_err why = ASSAY_ERR_INIT;
	assay_code rc;

	ASSAY_TRY(assay_run_note_of(&w->run, s, src->run, err));
	rc = assay_runs_each(s, find_later, &l, &why);
	if (rc != ASSAY_OK && rc != ASSAY_ESTOP && rc != ASSAY_ECORRUPT) /* which run saw it last decides nothing */
		return ASSAY_RAISE(err, rc, "%s", why.msg);
	ASSAY_TRY(look_at_units(w, s, src, err));
	ASSAY_TRY(assay_changes_metadata(&w->said, src, err));
	if (!src->has_before || src->failure != ASSAY_FAILURE_NONE)
		return ASSAY_OK;
	ASSAY_TRY(assay_inputs_of_source(&before, src, true, err));
	ASSAY_TRY(assay_inputs_of_source(&now, src, false, err));
	ASSAY_TRY(assay_changes_inputs(&w->inputs, s, &before, &now, err));
fail:
	return rc;
}

/* Of a recipe that changed, what concerns the verdict comes first; of a source, what it failed in. */
static assay_code put_in_order(work *w, assay_why_verdict *v, const assay_sample_row *row, assay_err *err)
{
	const assay_focus f = {
	    .failed_stage = row->failure != ASSAY_FAILURE_NONE ? row->failed_stage : w->stage,
	    .checks = row->checks,
	    .check_count = row->check_count,
	    .measured = &v->changes,
	};
	const assay_recipe none = {0}, *recipe = v->recipe != NULL ? v->recipe : &none;
	const assay_code rc = assay_changes_focus(&v->changes, &f, recipe, err);

	return rc == ASSAY_OK ? assay_changes_focus(&w->inputs, &f, recipe, err) : rc;
}

/* ---------------------------------------------------------------- text */

static void print_done(const work *w)
{
	if (w->units == 0)
		return;
	if (w->ran == 0)
		assay_say("          its result was in the store already: nothing was decoded\n");
	else
		assay_say("          %zu of %zu unit%s of work done, %" PRIu64 ".%02" PRIu64 " s CPU\n", w->ran,
			  w->units, w->units == 1 ? "" : "s", w->cpu_us / 1000000, w->cpu_us / 10000 % 100);
}

static bool asked_for_work(const assay_source *src)
{
	for (size_t i = 0; i < ASSAY_COUNT(causes); i++)
		if ((src->cause & causes[i].cause) != 0 && causes[i].is_work)
			return true;
	return false;
}

/* Causes that the list of changed inputs tells better. */
static bool is_told_by_changes(const work *w, assay_cause cause)
{
	return w->inputs.count > 0 && (cause & (ASSAY_CAUSE_CONTENT | ASSAY_CAUSE_SIDECAR | ASSAY_CAUSE_RECIPE)) != 0;
}

static void print_causes(const assay_source *src, const work *w)
{
	const bool touched = (src->cause & ASSAY_CAUSE_TOUCHED) != 0;

	for (size_t i = 0; i < ASSAY_COUNT(causes); i++)
		if ((src->cause & causes[i].cause) != 0 && !is_told_by_changes(w, causes[i].cause))
			assay_say("          %s%s\n", causes[i].is_work ? "because " : "", causes[i].text);
	if (touched && w->inputs.count > 0)
		assay_say("          the change before that:\n");
	assay_say_changes("          ", touched ? "  " : "because ", &w->inputs);
	if ((src->cause & ASSAY_CAUSE_METADATA) != 0)
		assay_say_changes("          ", "", &w->said);
}

/* What filters and fields looked at. */
static void print_metadata(const assay_source *src)
{
	for (size_t i = 0; i < src->metadata_count; i++) {
		ASSAY_AUTO_BUF safe = ASSAY_BUF_INIT;

		assay_tell_safe(&safe, src->metadata_values[i]);
		assay_say("%-9s %s: %s (%s)\n", i == 0 ? "metadata" : "", src->metadata_keys[i], assay_buf_str(&safe),
			  assay_tell_origin(src, i));
	}
}

static void print_work(const assay_source *src, const work *w)
{
	char at[32];

	assay_say("source    %s%s\n", src->path, src->missing ? " (missing)" : "");
	if (src->missing) {
		assay_say("gone      not found by run %s, %s\n", w->run.name, assay_tell_time(w->run.started_ns, at));
		return;
	}
	assay_say("work      run %s, %s\n", w->run.name, assay_tell_time(w->run.started_ns, at));
	print_causes(src, w);
	if (asked_for_work(src))
		print_done(w);
	if (w->later.id != 0)
		assay_say("since     not done again: run %s found nothing changed\n", w->later.name);
}

static void print_source_failure(const work *w)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	if (w->failure == ASSAY_FAILURE_NONE)
		return;
	assay_tell_failure(&text, w->stage, w->failure, w->message);
	assay_say("failed    %s\n", assay_buf_str(&text));
}

/* ---------------------------------------------------------------- JSON */

static void json_work(assay_json *j, const assay_source *src, const work *w)
{
	assay_json_key(j, "source");
	assay_json_object(j);
	assay_json_kstr(j, "path", src->path);
	assay_json_kdigest(j, "digest", assay_digest_is_zero(&src->digest) ? NULL : &src->digest);
	assay_json_kbool(j, "missing", src->missing);
	assay_json_failure(j, "failure", w->stage, w->failure, w->message);
	assay_json_end(j);
	assay_json_key(j, "work");
	assay_json_object(j);
	assay_json_run(j, "run", &w->run);
	assay_json_key(j, "causes");
	assay_json_array(j);
	for (size_t i = 0; i < ASSAY_COUNT(causes) && !src->missing; i++)
		if ((src->cause & causes[i].cause) != 0)
			assay_json_str(j, causes[i].name);
	if (src->missing)
		assay_json_str(j, "gone");
	assay_json_end(j);
	assay_json_changes(j, "changes", &w->inputs);
	assay_json_changes(j, "metadata_changes", &w->said);
	assay_json_kuint(j, "units", w->units);
	assay_json_kuint(j, "units_run", w->ran);
	assay_json_kuint(j, "cpu_us", w->cpu_us);
	assay_json_run(j, "unchanged_since", &w->later);
	assay_json_end(j);
}

/* ---------------------------------------------------------------- what became of a source in the queue */

typedef struct queued {
	assay_ticket ticket; /* of the source itself; id 0: it has none */
	assay_ticket_decisions decisions;
	char *reason; /* of its last event; NULL without one */
} queued;

static void queued_release(queued *q)
{
	assay_ticket_release(&q->ticket);
	assay_ticket_decisions_release(&q->decisions);
	free(q->reason);
}

static assay_code keep_reason(void *ctx, const assay_ticket_event *e, assay_err *err)
{
	queued *q = ctx;

	return e->act || e->damaged ? ASSAY_OK : copy(&q->reason, e->reason, err);
}

static assay_code learn_queued(queued *q, assay_store *s, const assay_source *src, assay_err *err)
{
	const assay_ticket whole = {.subject = src->path, .is_source = true};
	assay_code rc = assay_ticket_decisions_load(&q->decisions, s, &whole, err);

	if (rc == ASSAY_OK)
		rc = assay_ticket_peek_on(s, src->path, &q->ticket, err);
	if (rc == ASSAY_OK)
		rc = assay_ticket_events(s, q->ticket.id, keep_reason, q, err);
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

static void print_queued(const queued *q)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	assay_say_ticket_decisions(&q->decisions, &(assay_decision){0});
	if (q->ticket.id == 0)
		return;
	if (q->ticket.damaged) {
		assay_tell_damaged_ticket(&text, &q->ticket);
		assay_say("damaged   %s\n", assay_buf_str(&text));
		return;
	}
	assay_tell_safe(&text, q->reason);
	assay_say("ticket    T%" PRIu64 " %s: %s\n", q->ticket.id, assay_ticket_state_name(q->ticket.state),
		  assay_buf_str(&text));
}

static void json_queued(assay_json *j, const queued *q)
{
	char id[24];

	assay_json_ticket_decisions(j, "decisions", &q->decisions);
	assay_json_key(j, "ticket");
	if (q->ticket.id == 0) {
		assay_json_null(j);
		return;
	}
	(void)snprintf(id, sizeof id, "T%" PRIu64, q->ticket.id);
	assay_json_object(j);
	assay_json_kstr(j, "id", id);
	assay_json_kstr(j, "state", assay_ticket_state_name(q->ticket.state));
	assay_json_kstr(j, "damaged", q->ticket.damaged ? q->ticket.message : NULL);
	assay_json_kstr(j, "reason", q->reason);
	assay_json_end(j);
}

/* ---------------------------------------------------------------- the samples of a path, in short */

typedef struct listing {
	assay_store *store;
	assay_json *json; /* NULL: text */
	const char *told; /* key that was explained in full already, NULL */
	const assay_source *src;
	uint64_t shown;
} listing;

/* @param original  how that stands which it duplicates; NULL: it is no duplicate */
static void print_short(listing *l, const assay_sample_row *row, const char *original)
{
	const assay_failed_check *worst = assay_worst_check(row->checks, row->check_count);
	const char *name = assay_outcome_name(row->outcome);
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	if (row->original != NULL)
		assay_buf_printf(&text, "of %s, which is %s", row->original, original);
	else if (row->failure != ASSAY_FAILURE_NONE)
		assay_tell_failure(&text, row->failed_stage, row->failure, NULL);
	else if (row->outcome == ASSAY_OUTCOME_FILTERED)
		assay_buf_printf(&text, "by '%s'", row->failed_stage);
	else if (worst != NULL)
		assay_tell_check(&text, worst);
	if (row->failure == ASSAY_FAILURE_NONE && row->check_count > 1)
		assay_buf_printf(&text, " (and %zu more)", row->check_count - 1);
	if (row->way != ASSAY_WAY_PLAIN) {
		assay_buf_puts(&text, text.len > 0 ? "; by " : "by ");
		assay_tell_way(&text, row->way, row->remedy, row->rung);
	}
	assay_say("%-9s %-11s  %-*s%s\n", l->shown == 0 ? "samples" : "", name != NULL ? name : "not judged",
		  text.len > 0 ? 42 : 0, row->key, assay_buf_str(&text));
}

static assay_code list_sample(void *ctx, const assay_sample_row *row, assay_err *err)
{
	ASSAY_CLEANUP(assay_why_moved_release) assay_why_moved moved = {0};
	listing *l = ctx;
	const char *original = NULL;
	assay_code rc = ASSAY_OK;

	if (row->missing || (l->told != NULL && strcmp(l->told, row->key) == 0))
		return ASSAY_OK;
	if (row->original != NULL)
		rc = assay_original_standing(&original, l->store, row->original, err);
	if (rc == ASSAY_OK && strchr(row->key, '#') != NULL) /* else it is told with the source */
		rc = assay_why_moved_load(&moved, l->store, row->key, l->src, true, err);
	if (rc != ASSAY_OK)
		return rc;
	if (l->json == NULL) {
		print_short(l, row, original);
		assay_why_moved_say(&moved);
	} else {
		assay_json_object(l->json);
		assay_json_kstr(l->json, "key", row->key);
		assay_json_kstr(l->json, "outcome", assay_outcome_name(row->outcome));
		assay_json_kstr(l->json, "duplicate_of", row->original);
		assay_json_kstr(l->json, "original_stands", original);
		assay_json_kstr(l->json, "way", assay_way_name(row->way));
		assay_json_failure(l->json, "failure", row->failed_stage, row->failure, NULL);
		assay_json_kstr(l->json, "filter", row->outcome == ASSAY_OUTCOME_FILTERED ? row->failed_stage : NULL);
		assay_json_checks(l->json, "checks", row->checks, row->check_count);
		assay_why_moved_json(l->json, &moved);
		assay_json_end(l->json);
	}
	l->shown++;
	return ASSAY_OK;
}

static assay_code list_samples(listing *l, const assay_source *src, assay_err *err)
{
	assay_code rc;

	if (l->json != NULL) {
		assay_json_key(l->json, "samples");
		assay_json_array(l->json);
	}
	rc = assay_samples_of(l->store, src->id, list_sample, l, err);
	if (l->json != NULL)
		assay_json_end(l->json);
	return rc;
}

/* ---------------------------------------------------------------- the verb */

static assay_code tell_text(assay_store *s, const assay_subject *x, const work *w, const assay_why_verdict *v,
			    const queued *q, assay_err *err)
{
	listing l = {.store = s, .src = &x->source, .told = x->has_sample ? x->name : NULL};

	if (x->has_sample) {
		const char *kind = v->sample != NULL ? assay_sample_kind_name(v->sample->kind) : "sample";

		assay_say("%-9s %s\n", kind, x->name);
		assay_why_verdict_say(&x->sample, v);
	}
	print_work(&x->source, w);
	print_metadata(&x->source);
	print_source_failure(w);
	if (!x->has_sample) {
		print_queued(q);
		assay_why_moved_say(&v->moved);
	}
	return x->is_path ? list_samples(&l, &x->source, err) : ASSAY_OK;
}

static assay_code tell_json(assay_store *s, const assay_subject *x, const work *w, const assay_why_verdict *v,
			    const queued *q, assay_err *err)
{
	ASSAY_AUTO_REPORT r;
	listing l = {.store = s, .src = &x->source, .json = &r.json};
	assay_code rc = ASSAY_OK;

	assay_report_init(&r);
	assay_json_object(&r.json);
	assay_json_kstr(&r.json, "subject", x->name);
	assay_json_kstr(&r.json, "kind", v->sample != NULL ? assay_sample_kind_name(v->sample->kind) : "source");
	json_work(&r.json, &x->source, w);
	assay_json_key(&r.json, "verdict");
	if (x->has_sample) {
		assay_json_object(&r.json);
		assay_why_verdict_json(&r.json, &x->sample, v);
		assay_json_end(&r.json);
	} else {
		assay_json_null(&r.json);
		json_queued(&r.json, q);
		assay_why_moved_json(&r.json, &v->moved);
	}
	if (x->is_path)
		rc = list_samples(&l, &x->source, err);
	assay_json_end(&r.json);
	return rc == ASSAY_OK ? assay_report_print(&r, err) : rc;
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_AUTO_STORE s = NULL;
	ASSAY_AUTO_SUBJECT x = {0};
	ASSAY_CLEANUP(work_release) work w = {0};
	ASSAY_AUTO_WHY_VERDICT v = {0};
	ASSAY_CLEANUP(queued_release) queued q = {0};
	assay_code rc;

	ASSAY_TRY(assay_open_store(in, &s, false, false, err));
	ASSAY_TRY(assay_subject_find(&x, s, in->args[0], err));
	ASSAY_TRY(learn_work(&w, s, &x.source, err));
	if (x.has_sample)
		ASSAY_TRY(assay_why_verdict_load(&v, s, &x.sample, &x.source, err));
	else
		ASSAY_TRY(learn_queued(&q, s, &x.source, err));
	if (!x.has_sample)
		ASSAY_TRY(assay_why_moved_load(&v.moved, s, x.source.path, &x.source, false, err));
	ASSAY_TRY(put_in_order(&w, &v, &x.sample, err));
	rc = in->json ? tell_json(s, &x, &w, &v, &q, err) : tell_text(s, &x, &w, &v, &q, err);
fail:
	return assay_exit_of(rc);
}

const assay_verb assay_verb_why = {
    .name = "why",
    .group = ASSAY_GROUP_ASK,
    .operands = "SAMPLE|PATH",
    .min_args = 1,
    .max_args = 1,
    .summary = "why it was accepted or not, and why it was run again or not",
    .help =
	"Tells of a sample its verdict with every check that it did not pass, what changed since the verdict before\n"
	"(a bound, a severity, a measured value, a filter), and which term of its work key made the last run do it\n"
	"again: the file's content, a sidecar, or parameters, models and versions of the recipe. Of a path it tells\n"
	"the same of the source, what people decided on all of it, its ticket, and all its samples in short.\n",
    .example = "  assay why scans/a.tif#page=3\n"
	       "  assay why scans/a.tif --json | jq '.work.changes'\n",
    .uses = ASSAY_USES_STORE,
    .see_also = "queue, show, lineage",
    .run = run,
};
