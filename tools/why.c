#include "verbs.h"

#include "changes.h"
#include "queue_attempts.h"
#include "queue_decisions.h"
#include "subject.h"
#include "tell.h"

#include "assay/judgement.h"
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

/* ---------------------------------------------------------------- facts about the verdict */

typedef struct verdict {
	assay_ticket ticket;                                      /* id 0 when it never had one */
	char *last_reason;                                        /* of the ticket's last event */
	assay_decision decisions[ASSAY_DECISION_OF_METADATA + 1]; /* newest by slot; id 0: none */
	assay_decision_end ended[ASSAY_DECISION_OF_METADATA + 1]; /* why it is not in force */
	assay_unit unit;
	assay_recipe *recipe;
	const assay_result_sample *sample; /* of unit; NULL when the unit has none at that position */
	assay_contract_set contracts;
	assay_run_note run;
	bool confirmed; /* the last judgement, under other contracts, came to the same: */
	assay_contract_set later_contracts;
	assay_run_note later_run;
	assay_changes changes; /* since the verdict before */
	bool filters_known;    /* of both verdicts */
} verdict;

static void verdict_release(verdict *v)
{
	assay_ticket_release(&v->ticket);
	free(v->last_reason);
	for (size_t i = 0; i < ASSAY_COUNT(v->decisions); i++)
		assay_decision_release(&v->decisions[i]);
	assay_unit_release(&v->unit);
	assay_recipe_close(v->recipe);
	assay_contract_set_release(&v->contracts);
	assay_contract_set_release(&v->later_contracts);
	assay_changes_release(&v->changes);
}

/* Did the file itself have these bytes, now or before its last change? */
static bool is_own(const assay_source *src, const assay_digest *bytes)
{
	return assay_digest_eq(&src->digest, bytes) || (src->has_before && assay_digest_eq(&src->before_digest, bytes));
}

/* It was made anew: which input differed, and which values came out differently. */
static assay_code compare_units(verdict *v, assay_store *s, const assay_sample_row *row, const assay_source *src,
				assay_err *err)
{
	ASSAY_AUTO_UNIT before = {0};
	ASSAY_CLEANUP(assay_recipe_closep) assay_recipe *recipe = NULL;
	ASSAY_AUTO_INPUTS was = {0};
	ASSAY_AUTO_INPUTS is = {0};
	assay_measured a, b;
	assay_code rc;

	ASSAY_TRY(assay_unit_get(s, row->before_unit, &before, err));
	ASSAY_TRY(assay_recipe_load(&recipe, s, &before.recipe, err));
	ASSAY_TRY(assay_inputs_of_unit(&was, &before, err));
	ASSAY_TRY(assay_inputs_of_unit(&is, &v->unit, err));
	was.stands_in = !is_own(src, &before.source);
	is.stands_in = row->way == ASSAY_WAY_REPLACED;
	ASSAY_TRY(assay_changes_inputs(&v->changes, s, &was, &is, err));
	a = (assay_measured){assay_unit_sample(&before, row->key), recipe};
	b = (assay_measured){v->sample, v->recipe};
	if (a.sample != NULL)
		ASSAY_TRY(assay_changes_measured(&v->changes, &a, &b, &v->contracts, err));
fail:
	return rc;
}

static assay_code compare_contracts(verdict *v, assay_store *s, const assay_sample_row *row, assay_err *err)
{
	ASSAY_AUTO_CONTRACT_SET before = {0};
	const assay_code rc = assay_contract_set_load(&before, s, &row->before_contracts, err);

	if (rc != ASSAY_OK)
		return rc;
	return assay_changes_contracts(&v->changes, &before, &v->contracts, v->sample->kind, err);
}

/* A row is written when the verdict changes, and not when other contracts come to the same. */
static assay_code learn_standing(verdict *v, assay_store *s, const assay_sample_row *row, assay_err *err)
{
	assay_judgement last;
	assay_code rc = assay_judgement_get(s, &last, err);

	v->confirmed = rc == ASSAY_OK && !row->missing && last.run > row->judged_run &&
		       !assay_digest_eq(&last.contracts, &row->contracts);
	if (!v->confirmed)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	rc = assay_contract_set_load(&v->later_contracts, s, &last.contracts, err);
	return rc == ASSAY_OK ? assay_run_note_of(&v->later_run, s, last.run, err) : rc;
}

static assay_code keep_reason(void *ctx, const assay_ticket_event *e, assay_err *err)
{
	verdict *v = ctx;

	return e->act || e->damaged ? ASSAY_OK : copy(&v->last_reason, e->reason, err);
}

static assay_code learn_ticket(verdict *v, assay_store *s, const assay_sample_row *row, assay_err *err)
{
	const assay_code rc = assay_ticket_peek_on(s, row->key, &v->ticket, err);

	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	return assay_ticket_events(s, v->ticket.id, keep_reason, v, err);
}

/* Of what was found on a page or in a stream, what was decided on that. */
static assay_code learn_root(verdict *v, assay_store *s, const assay_sample_row *row, assay_err *err)
{
	ASSAY_AUTO_DECISION d = {0};
	assay_decision *slot = &v->decisions[ASSAY_DECISION_OF_CONTENT];
	const bool is_found = row->way != ASSAY_WAY_PLAIN && row->plain_unit == row->unit && row->decision != 0;
	const assay_code rc = is_found && slot->id == 0 ? assay_decision_peek(s, row->decision, &d, err) : ASSAY_ENOENT;

	if (rc == ASSAY_OK && d.kind != 0 && assay_decision_slot_of(d.kind) == ASSAY_DECISION_OF_CONTENT) {
		*slot = d;
		d = (assay_decision){0};
	}
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* What was decided on the sample alone waits while that holds. */
static assay_code learn_rejection(verdict *v, assay_store *s, const assay_sample_row *row, assay_err *err)
{
	ASSAY_AUTO_DECISION d = {0};
	const assay_code rc = assay_decision_of_whole(&d, s, row, err);

	if (rc == ASSAY_OK) {
		assay_decision_release(&v->decisions[ASSAY_DECISION_OF_VERDICT]);
		v->decisions[ASSAY_DECISION_OF_VERDICT] = d;
		v->ended[ASSAY_DECISION_OF_VERDICT] = ASSAY_DECISION_HOLDS;
		d = (assay_decision){0};
	}
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* What people decided about the sample; of its metadata they decide by the source. */
static assay_code learn_decisions(verdict *v, assay_store *s, const assay_sample_row *row, const assay_source *src,
				  assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (unsigned i = 0; i < ASSAY_COUNT(v->decisions) && rc == ASSAY_OK; i++) {
		const assay_decision_slot slot = (assay_decision_slot)i;

		rc = assay_decision_peek_on(s, slot == ASSAY_DECISION_OF_METADATA ? src->path : row->key, slot,
					    &v->decisions[i], err);
		if (rc == ASSAY_OK)
			rc = assay_decision_end_of(&v->ended[i], s, &v->decisions[i], err);
		rc = rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	}
	if (rc == ASSAY_OK)
		rc = learn_root(v, s, row, err);
	return rc == ASSAY_OK ? learn_rejection(v, s, row, err) : rc;
}

/* What was said when it was rejected: by a stage, in its unit's result; by the fields, in its ticket. */
static const char *rejected_why(const verdict *v)
{
	if (v->ticket.failure == ASSAY_FAILURE_METADATA)
		return v->ticket.message;
	return v->sample != NULL ? v->sample->rejected_why : NULL;
}

static bool is_filtered(assay_outcome outcome)
{
	return outcome == ASSAY_OUTCOME_FILTERED;
}

/* What took it out, and what no longer does: of the latter only the outcome is kept, so every filter of then is told
 * that is another now. */
static assay_code tell_filters(verdict *v, const assay_sample_row *row, const assay_filter_set *before,
			       const assay_filter_set *now, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	if (is_filtered(row->outcome) && is_filtered(row->before_outcome))
		return assay_changes_filters(&v->changes, before, now, err);
	if (is_filtered(row->outcome))
		return assay_changes_filter(&v->changes, before, now, row->failed_stage, err);
	for (size_t i = 0; i < before->count && is_filtered(row->before_outcome) && rc == ASSAY_OK; i++)
		rc = assay_changes_filter(&v->changes, before, now, before->items[i].name, err);
	return rc;
}

/* It was not judged by the judging before that of its verdict: the verdict before is of an older one. */
static bool was_away(const assay_sample_row *row, const assay_source *src, uint64_t previous)
{
	return (src->cause & ASSAY_CAUSE_RETURNED) != 0 && src->run > previous && src->run <= row->judged_run;
}

/* The row was written when the verdict changed: what changed between that judging and the one before it is the cause. */
static assay_code compare_rules(verdict *v, assay_store *s, const assay_sample_row *row, const assay_source *src,
				assay_err *err)
{
	ASSAY_AUTO_FILTER_SET before = {0};
	ASSAY_AUTO_FILTER_SET now = {0};
	bool before_known, now_known;
	uint64_t previous;
	assay_err why = ASSAY_ERR_INIT;
	assay_code rc = assay_filter_set_of_run(&now, &now_known, s, row->judged_run, &why);

	if (rc == ASSAY_OK)
		rc = assay_filter_set_before_run(&before, &before_known, &previous, s, row->judged_run, &why);
	if (rc == ASSAY_ECORRUPT)
		return ASSAY_OK; /* the record of a run: what it filtered by is not known */
	if (rc != ASSAY_OK)
		return ASSAY_RAISE(err, rc, "%s", why.msg);
	v->filters_known = before_known && now_known && !was_away(row, src, previous);
	if (v->filters_known)
		ASSAY_TRY(tell_filters(v, row, &before, &now, err));
	if (src->run > row->judged_run && v->changes.count == 0)
		v->filters_known = false; /* what happened to the source since hides whether it was away */
	if (previous != 0 && src->run > previous && src->run <= row->judged_run)
		ASSAY_TRY(assay_changes_metadata(&v->changes, src, err));
fail:
	return rc;
}

static assay_code learn_verdict(verdict *v, assay_store *s, const assay_sample_row *row, const assay_source *src,
				assay_err *err)
{
	assay_code rc;

	if (row->outcome == 0)
		return ASSAY_OK;
	ASSAY_TRY(learn_ticket(v, s, row, err));
	ASSAY_TRY(learn_decisions(v, s, row, src, err));
	ASSAY_TRY(assay_run_note_of(&v->run, s, row->judged_run, err));
	ASSAY_TRY(assay_unit_get(s, row->judged_unit, &v->unit, err));
	ASSAY_TRY(assay_recipe_load(&v->recipe, s, &v->unit.recipe, err));
	ASSAY_TRY(assay_contract_set_load(&v->contracts, s, &row->contracts, err));
	ASSAY_TRY(learn_standing(v, s, row, err));
	if (row->position < v->unit.result.sample_count)
		v->sample = &v->unit.result.samples[row->position];
	if (!row->has_before || v->sample == NULL)
		return ASSAY_OK;
	if (row->before_unit != row->judged_unit)
		ASSAY_TRY(compare_units(v, s, row, src, err));
	if (!assay_digest_eq(&row->before_contracts, &row->contracts))
		ASSAY_TRY(compare_contracts(v, s, row, err));
	ASSAY_TRY(compare_rules(v, s, row, src, err));
fail:
	return rc;
}

/* Of a recipe that changed, what concerns the verdict comes first; of a source, what it failed in. */
static assay_code put_in_order(work *w, verdict *v, const assay_sample_row *row, assay_err *err)
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

static void print_judged(const char *how, const assay_run_note *run, const assay_contract_set *set)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	for (size_t i = 0; i < set->count; i++)
		assay_buf_printf(&text, "%s%s %s", i > 0 ? ", " : "", assay_contract_title(set->items[i]),
				 set->items[i]->version);
	assay_say("%-9s by run %s under %s\n", how, run->name, text.len > 0 ? assay_buf_str(&text) : "no contract");
}

static void print_failed_checks(const assay_sample_row *row)
{
	for (size_t i = 0; i < row->check_count; i++) {
		const assay_failed_check *k = &row->checks[i];
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

		assay_tell_check(&text, k);
		assay_say("%-9s %s\n", assay_severity_name((assay_severity)k->severity), assay_buf_str(&text));
	}
}

/* How it came to what is judged, and what it was that the pipeline alone could not do. */
static void print_way(const assay_sample_row *row, const verdict *v)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	if (row->way == ASSAY_WAY_PLAIN)
		return;
	assay_tell_way(&text, row->way, row->remedy, row->rung);
	assay_say("%-9s %s\n", row->way == ASSAY_WAY_REMEDY ? "repaired" : "made by", assay_buf_str(&text));
	for (size_t i = 0; i < v->ticket.check_count && row->way == ASSAY_WAY_REMEDY; i++) {
		ASSAY_AUTO_BUF check = ASSAY_BUF_INIT;

		assay_tell_check(&check, &v->ticket.checks[i]);
		assay_say("          because without it %s\n", assay_buf_str(&check));
	}
}

static void print_queue(const assay_sample_row *row, const verdict *v)
{
	ASSAY_AUTO_BUF reason = ASSAY_BUF_INIT;

	for (size_t i = 0; i < ASSAY_COUNT(v->decisions); i++) {
		const assay_decision *d = &v->decisions[i];

		if (d->id == 0)
			continue;
		assay_say_decision("decision", d);
		if (i != ASSAY_DECISION_OF_METADATA && d->subject != NULL && strcmp(d->subject, row->key) != 0)
			assay_say("          on %s, where it was found\n", d->subject);
		assay_say_decision_end(v->ended[i], d);
	}
	if (v->ticket.id == 0)
		return;
	if (v->ticket.damaged) {
		assay_tell_damaged_ticket(&reason, &v->ticket);
		assay_say("damaged   %s\n", assay_buf_str(&reason));
		return;
	}
	assay_tell_safe(&reason, v->last_reason);
	assay_say("ticket    T%" PRIu64 " %s: %s\n", v->ticket.id, assay_ticket_state_name(v->ticket.state),
		  assay_buf_str(&reason));
}

static void print_reason(const assay_sample_row *row, const verdict *v)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	if (row->original != NULL)
		assay_say("          the same bytes as %s, which is kept\n", row->original);
	if (row->failure != ASSAY_FAILURE_NONE) {
		assay_tell_failure(&text, row->failed_stage, row->failure, rejected_why(v));
		assay_say("rejected  %s\n", assay_buf_str(&text));
	} else if (row->outcome == ASSAY_OUTCOME_FILTERED) {
		assay_say("          filter '%s' takes it out of the dataset\n", row->failed_stage);
	} else if (row->check_count == 0 && row->original == NULL) {
		assay_say("          every check that applies to it is passed\n");
	}
	print_failed_checks(row);
}

/* A filter may be what changed, and the store does not tell. */
static bool is_filter_unknown(const assay_sample_row *row, const verdict *v)
{
	return (is_filtered(row->outcome) || is_filtered(row->before_outcome)) && !v->filters_known;
}

static bool is_waived(const assay_sample_row *row)
{
	return row->outcome == ASSAY_OUTCOME_WAIVED;
}

/* No change is told: what it must have been all the same. */
static const char *without_change(const assay_sample_row *row, const verdict *v)
{
	const bool same =
	    row->before_unit == row->judged_unit && assay_digest_eq(&row->before_contracts, &row->contracts);

	if (row->decision != 0)
		return "what people decided, see above";
	if (row->before_outcome == ASSAY_OUTCOME_WAIVED && !is_waived(row))
		return "its waiver is no longer in force";
	if (row->original != NULL || row->before_outcome == ASSAY_OUTCOME_DUPLICATE)
		return "another source with the same bytes came, went or stands otherwise";
	if (is_filtered(row->outcome) || is_filtered(row->before_outcome))
		return is_filter_unknown(row, v) ? "a filter, or the metadata that it looks at"
						 : "not the filters: its metadata, or what 'fields' say of them";
	if (row->failure == ASSAY_FAILURE_METADATA)
		return "its metadata, or what 'fields' ask of them";
	return same ? "neither its values nor the contracts changed" : "nothing changed that matters to it";
}

static void print_before(const assay_sample_row *row, const verdict *v)
{
	if (!row->has_before)
		return;
	assay_say("before    %s", assay_outcome_name(row->before_outcome));
	if (v->changes.count > 0)
		assay_say("; since then\n");
	else
		assay_say("; %s\n", without_change(row, v));
	assay_say_changes("          ", "", &v->changes);
}

static void print_verdict(const assay_sample_row *row, const verdict *v)
{
	if (row->outcome == 0) {
		assay_say("verdict   none yet: the run was interrupted before it was judged\n");
		return;
	}
	assay_say("verdict   %s%s\n", assay_outcome_name(row->outcome),
		  row->missing ? ", but it is no longer part of the dataset" : "");
	print_way(row, v);
	print_reason(row, v);
	print_queue(row, v);
	print_judged("judged", &v->run, &v->contracts);
	if (v->confirmed)
		print_judged("the same", &v->later_run, &v->later_contracts);
	print_before(row, v);
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

static void json_contracts(assay_json *j, const assay_contract_set *set)
{
	assay_json_key(j, "contracts");
	assay_json_array(j);
	for (size_t i = 0; i < set->count; i++) {
		assay_json_object(j);
		assay_json_kstr(j, "id", set->items[i]->id);
		assay_json_kstr(j, "name", set->items[i]->name);
		assay_json_kstr(j, "version", set->items[i]->version);
		assay_json_kdigest(j, "digest", &set->digests[i]);
		assay_json_end(j);
	}
	assay_json_end(j);
}

static void json_standing(assay_json *j, const verdict *v)
{
	assay_json_key(j, "the_same");
	if (!v->confirmed) {
		assay_json_null(j);
		return;
	}
	assay_json_object(j);
	assay_json_run(j, "judged", &v->later_run);
	json_contracts(j, &v->later_contracts);
	assay_json_end(j);
}

static void json_before(assay_json *j, const assay_sample_row *row, const verdict *v)
{
	assay_json_key(j, "before");
	if (!row->has_before) {
		assay_json_null(j);
		return;
	}
	assay_json_object(j);
	assay_json_kstr(j, "outcome", assay_outcome_name(row->before_outcome));
	assay_json_kbool(j, "made_anew", row->before_unit != row->judged_unit);
	assay_json_kbool(j, "contracts_changed", !assay_digest_eq(&row->before_contracts, &row->contracts));
	assay_json_known_changes(j, "changes", &v->changes, v->changes.count > 0 || !is_filter_unknown(row, v));
	assay_json_end(j);
}

static void json_way(assay_json *j, const assay_sample_row *row)
{
	assay_json_kstr(j, "way", assay_way_name(row->way));
	assay_json_kstr(j, "remedy", row->remedy);
	assay_json_key(j, "rung");
	if (row->way == ASSAY_WAY_REMEDY)
		assay_json_uint(j, (uint64_t)row->rung + 1);
	else
		assay_json_null(j);
}

static void json_queue(assay_json *j, const verdict *v)
{
	static const char *const slots[] = {[ASSAY_DECISION_OF_VERDICT] = "verdict",
					    [ASSAY_DECISION_OF_CONTENT] = "content",
					    [ASSAY_DECISION_OF_METADATA] = "metadata"};
	char id[24];

	assay_json_key(j, "decisions");
	assay_json_object(j);
	for (size_t i = 0; i < ASSAY_COUNT(slots); i++)
		assay_json_decision_end(j, slots[i], &v->decisions[i], v->ended[i]);
	assay_json_end(j);
	assay_json_key(j, "decisions_ended");
	assay_json_array(j);
	for (size_t i = 0; i < ASSAY_COUNT(slots); i++)
		if (assay_decision_end_is(v->ended[i]))
			assay_json_str(j, slots[i]);
	assay_json_end(j);
	assay_json_key(j, "ticket");
	if (v->ticket.id == 0) {
		assay_json_null(j);
		return;
	}
	(void)snprintf(id, sizeof id, "T%" PRIu64, v->ticket.id);
	assay_json_object(j);
	assay_json_kstr(j, "id", id);
	assay_json_kstr(j, "state", assay_ticket_state_name(v->ticket.state));
	assay_json_kstr(j, "damaged", v->ticket.damaged ? v->ticket.message : NULL);
	assay_json_kstr(j, "reason", v->last_reason);
	assay_json_checks(j, "checks", v->ticket.checks, v->ticket.check_count);
	assay_json_end(j);
}

static void json_verdict(assay_json *j, const assay_sample_row *row, const verdict *v)
{
	assay_json_kstr(j, "outcome", assay_outcome_name(row->outcome));
	assay_json_kbool(j, "missing", row->missing);
	assay_json_run(j, "judged", &v->run);
	assay_json_kstr(j, "duplicate_of", row->original);
	assay_json_failure(j, "failure", row->failure != ASSAY_FAILURE_NONE ? row->failed_stage : NULL, row->failure,
			   rejected_why(v));
	assay_json_kstr(j, "filter", row->outcome == ASSAY_OUTCOME_FILTERED ? row->failed_stage : NULL);
	assay_json_checks(j, "checks", row->checks, row->check_count);
	json_way(j, row);
	json_queue(j, v);
	json_contracts(j, &v->contracts);
	json_standing(j, v);
	json_before(j, row, v);
}

/* ---------------------------------------------------------------- the samples of a path, in short */

typedef struct listing {
	assay_store *store;
	assay_json *json; /* NULL: text */
	const char *told; /* key that was explained in full already, NULL */
	uint64_t shown;
} listing;

static void print_short(listing *l, const assay_sample_row *row)
{
	const assay_failed_check *worst = assay_worst_check(row->checks, row->check_count);
	const char *name = assay_outcome_name(row->outcome);
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	if (row->original != NULL)
		assay_buf_printf(&text, "of %s", row->original);
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
	listing *l = ctx;

	(void)err;
	if (row->missing || (l->told != NULL && strcmp(l->told, row->key) == 0))
		return ASSAY_OK;
	if (l->json == NULL) {
		print_short(l, row);
	} else {
		assay_json_object(l->json);
		assay_json_kstr(l->json, "key", row->key);
		assay_json_kstr(l->json, "outcome", assay_outcome_name(row->outcome));
		assay_json_kstr(l->json, "duplicate_of", row->original);
		assay_json_kstr(l->json, "way", assay_way_name(row->way));
		assay_json_failure(l->json, "failure", row->failed_stage, row->failure, NULL);
		assay_json_kstr(l->json, "filter", row->outcome == ASSAY_OUTCOME_FILTERED ? row->failed_stage : NULL);
		assay_json_checks(l->json, "checks", row->checks, row->check_count);
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

static assay_code tell_text(assay_store *s, const assay_subject *x, const work *w, const verdict *v, assay_err *err)
{
	listing l = {.store = s, .told = x->has_sample ? x->name : NULL};

	if (x->has_sample) {
		const char *kind = v->sample != NULL ? assay_sample_kind_name(v->sample->kind) : "sample";

		assay_say("%-9s %s\n", kind, x->name);
		print_verdict(&x->sample, v);
	}
	print_work(&x->source, w);
	print_metadata(&x->source);
	print_source_failure(w);
	return x->is_path ? list_samples(&l, &x->source, err) : ASSAY_OK;
}

static assay_code tell_json(assay_store *s, const assay_subject *x, const work *w, const verdict *v, assay_err *err)
{
	ASSAY_AUTO_REPORT r;
	listing l = {.store = s, .json = &r.json};
	assay_code rc = ASSAY_OK;

	assay_report_init(&r);
	assay_json_object(&r.json);
	assay_json_kstr(&r.json, "subject", x->name);
	assay_json_kstr(&r.json, "kind", v->sample != NULL ? assay_sample_kind_name(v->sample->kind) : "source");
	json_work(&r.json, &x->source, w);
	assay_json_key(&r.json, "verdict");
	if (x->has_sample) {
		assay_json_object(&r.json);
		json_verdict(&r.json, &x->sample, v);
		assay_json_end(&r.json);
	} else {
		assay_json_null(&r.json);
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
	ASSAY_CLEANUP(verdict_release) verdict v = {0};
	assay_code rc;

	ASSAY_TRY(assay_open_store(in, &s, false, false, err));
	ASSAY_TRY(assay_subject_find(&x, s, in->args[0], err));
	ASSAY_TRY(learn_work(&w, s, &x.source, err));
	if (x.has_sample)
		ASSAY_TRY(learn_verdict(&v, s, &x.sample, &x.source, err));
	ASSAY_TRY(put_in_order(&w, &v, &x.sample, err));
	rc = in->json ? tell_json(s, &x, &w, &v, err) : tell_text(s, &x, &w, &v, err);
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
	"the same of the source, and all its samples in short.\n",
    .example = "  assay why scans/a.tif#page=3\n"
	       "  assay why scans/a.tif --json | jq '.work.changes'\n",
    .uses = ASSAY_USES_STORE,
    .see_also = "queue, show, lineage",
    .run = run,
};
