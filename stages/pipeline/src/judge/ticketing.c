#include "ticketing.h"

#include "answered.h"
#include "reopened.h"

#include "assay/content.h"
#include "assay/contract.h"
#include "assay/file.h"
#include "assay/log.h"
#include "assay/source.h"
#include "assay/unit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static assay_code visit_ticket(assay_ticketing *d, uint64_t id, assay_err *err)
{
	assay_code rc = assay_grow(&d->visited, &d->visited_cap, d->visited_count, sizeof *d->visited, err);

	if (rc == ASSAY_OK)
		d->visited[d->visited_count++] = id;
	return rc;
}

static void describe_check(assay_buf *out, const assay_failed_check *c)
{
	char number[ASSAY_DECIMAL_TEXT];

	assay_buf_printf(out, "%s is %s, must be ", c->metric,
			 c->defined ? assay_decimal_format(c->value, number) : "undefined");
	assay_check_bound_text(out, (assay_operator)c->op, c->low, c->high);
}

static void describe_failure(assay_buf *out, const assay_ticket *t)
{
	if (t->failure != ASSAY_FAILURE_NONE) {
		assay_buf_printf(out, "%s: %s: %s", t->stage != NULL ? t->stage : "source",
				 assay_failure_name(t->failure), t->message != NULL ? t->message : "");
		return;
	}
	for (size_t i = 0; i < t->check_count; i++) {
		if (t->checks[i].severity != ASSAY_SEVERITY_ERROR)
			continue;
		if (out->len > 0)
			assay_buf_puts(out, "; ");
		describe_check(out, &t->checks[i]);
	}
}

static const assay_ticket_attempt *chosen_of(const assay_complaint *c)
{
	for (size_t i = 0; i < c->attempt_count; i++)
		if (c->attempts[i].chosen)
			return &c->attempts[i];
	return NULL;
}

static void describe_attempts(assay_buf *out, const assay_complaint *c)
{
	for (size_t i = 0; i < c->attempt_count; i++) {
		const assay_ticket_attempt *a = &c->attempts[i];

		assay_buf_puts(out, i > 0 ? "; " : "");
		if (a->way == ASSAY_WAY_REMEDY)
			assay_buf_printf(out, "remedy %s, attempt %" PRIu32 ": ", a->remedy, a->rung + 1);
		else
			assay_buf_puts(out, a->way == ASSAY_WAY_CORRECTED ? "correction: " : "other file: ");
		assay_buf_puts(out, assay_attempt_outcome_name(a->outcome));
		if (a->note != NULL)
			assay_buf_printf(out, " (%s)", a->note);
	}
}

/* A check of another severity is told of, and keeps nothing out. */
static void describe_passing(assay_buf *out, const assay_sample_row *row)
{
	assay_buf_puts(out,
		       row->check_count > 0 ? "no check of severity error fails now: " : "it passes every check now");
	for (size_t i = 0; i < row->check_count; i++) {
		assay_buf_puts(out, i > 0 ? "; " : "");
		describe_check(out, &row->checks[i]);
		assay_buf_printf(out, " (%s)", assay_severity_name((assay_severity)row->checks[i].severity));
	}
}

/* In the words of who decided; of a waiver with who answers for it, and until when. */
static void tell_reason(assay_buf *out, const assay_decision *d)
{
	char time[32];

	if (d->owner != NULL)
		assay_buf_printf(out, "owner %s", d->owner);
	if (d->owner != NULL && d->expires_ns != 0)
		assay_buf_printf(out, ", until %s", assay_time_format(d->expires_ns, time));
	assay_buf_puts(out, d->owner != NULL ? ": " : "");
	assay_buf_puts(out, d->reason[0] != '\0' ? d->reason : "no reason was given");
}

/* A decision on a source holds for its copies too, by their own words. */
static void describe_decision(assay_buf *out, const assay_complaint *c)
{
	const assay_decision *d = c->decision;

	if (d == NULL)
		return;
	if (!d->is_source && strcmp(d->subject, c->subject) != 0)
		assay_buf_printf(out, "'%s', in which it was found, was rejected: ", d->subject);
	tell_reason(out, d);
}

/* Why the ticket comes into its state. */
static void describe(assay_buf *out, const assay_ticket *t, const assay_complaint *c)
{
	const assay_ticket_attempt *chosen = chosen_of(c);

	switch (t->state) {
	case ASSAY_TICKET_REPAIRED:
		if (chosen != NULL)
			assay_buf_printf(out, "remedy %s, attempt %" PRIu32 ", makes it pass every check",
					 chosen->remedy, chosen->rung + 1);
		return;
	case ASSAY_TICKET_CORRECTED:
		assay_buf_puts(out, "as it was corrected it passes every check");
		return;
	case ASSAY_TICKET_REPLACED:
		assay_buf_puts(out, t->is_source
					? "the file in its place can be read: each of its samples is judged for itself"
					: "the file in its place passes every check");
		return;
	case ASSAY_TICKET_WAIVED:
	case ASSAY_TICKET_REJECTED:
		describe_decision(out, c);
		return;
	case ASSAY_TICKET_RETRYING:
	case ASSAY_TICKET_NEEDS_REVIEW:
		describe_failure(out, t);
		assay_buf_puts(out, out->len > 0 ? "; " : "");
		describe_attempts(out, c);
		return;
	case ASSAY_TICKET_OPEN:
	case ASSAY_TICKET_PASSED:
	case ASSAY_TICKET_GONE:
	default:
		describe_failure(out, t);
	}
}

static assay_code replace_text(char **field, const char *text, assay_err *err)
{
	free(*field);
	*field = NULL;
	if (text == NULL)
		return ASSAY_OK;
	*field = assay_strdup(text);
	return *field == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "ticket") : ASSAY_OK;
}

static bool same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/*
 * An attempt that came to nothing for want of time is made again by the next run. Until it is known what comes of it this
 * time, that is no news.
 */
static bool tries_again(const assay_ticket *t, const assay_complaint *c)
{
	if (!c->passing || t->unit != c->unit ||
	    assay_ticket_state_is_open(t->state) != (t->state != ASSAY_TICKET_REPAIRED))
		return false;
	for (size_t i = 0; i < t->attempt_count && i < c->attempt_count; i++)
		if (t->attempts[i].outcome == ASSAY_ATTEMPT_UNDONE && c->attempts[i].outcome == ASSAY_ATTEMPT_WANTED &&
		    assay_digest_eq(&t->attempts[i].recipe, &c->attempts[i].recipe))
			return true;
	return false;
}

static bool fails_the_same(const assay_ticket *t, const assay_complaint *c)
{
	/* What a stage says of a unit stays the same; what the fields say does not. */
	return t->failure == c->failure && same_text(t->message, c->message) &&
	       assay_failed_checks_same(t->checks, t->check_count, c->checks, c->check_count);
}

static bool told_the_same(const assay_ticket *t, const assay_complaint *c)
{
	return fails_the_same(t, c) &&
	       assay_ticket_attempts_same(t->attempts, t->attempt_count, c->attempts, c->attempt_count);
}

static bool unchanged(const assay_ticket *t, const assay_complaint *c, assay_ticket_state state)
{
	return t->state == state && t->is_source == c->is_source && t->unit == c->unit &&
	       t->decision == (c->decision != NULL ? c->decision->id : 0) && told_the_same(t, c);
}

/* ---- a ticket whose row is damaged: its state comes from what is judged, and is written down again */

#define MADE_ANEW "its row was damaged, and is made anew: "

static void tell_anew(const assay_ticket *t)
{
	assay_log(ASSAY_LOG_WARNING, "ticket T%" PRIu64 " of '%s' could not be read, and is made anew", t->id,
		  t->subject);
}

/* Why what was settled is so no more. It says nothing of a ticket that is made anew. */
static assay_code tell_reopened(assay_buf *out, const assay_ticketing *d, const assay_ticket *was,
				const assay_complaint *c, assay_err *err)
{
	const assay_reopening r = {
	    .store = d->store,
	    .decided = d->decided,
	    .as_of_ns = d->as_of_ns,
	    .contracts = &d->contracts,
	    .last_contracts = &d->last_contracts,
	    .ticket = was,
	    .is_source = c->is_source,
	    .unit = c->unit,
	    .failure = c->failure,
	    .before = c->before,
	    .cause = c->cause,
	    .decision = c->decision,
	};

	if (was->id == 0 || was->damaged || assay_ticket_state_is_open(was->state))
		return ASSAY_OK;
	return assay_reopened_tell(out, &r, err);
}

/*
 * The ticket borrows what the complaint has while it is written.
 * @param why  what the reason begins with
 */
static assay_code put_borrowing(assay_ticketing *d, assay_ticket *t, const assay_complaint *c, const assay_buf *why,
				assay_err *err)
{
	ASSAY_AUTO_BUF reason = ASSAY_BUF_INIT, text = ASSAY_BUF_INIT;
	const assay_ticket own = *t;
	assay_ticket_event e = {.actor = (char *)(uintptr_t) "assay"};
	assay_code rc = ASSAY_OK;

	t->checks = c->checks, t->check_count = c->check_count;
	t->attempts = c->attempts, t->attempt_count = c->attempt_count;
	if (t->damaged)
		assay_buf_puts(&reason, MADE_ANEW);
	describe(&text, t, c);
	rc = assay_buf_check(&text, err);
	assay_buf_append(&reason, why->data, why->len);
	assay_buf_append(&reason, text.data, text.len);
	if (rc == ASSAY_OK)
		rc = assay_buf_check(&reason, err);
	if ((t->state == ASSAY_TICKET_WAIVED || t->state == ASSAY_TICKET_REJECTED) && c->decision != NULL)
		e.actor = c->decision->actor;
	e.reason = (char *)(uintptr_t)assay_buf_str(&reason);
	if (rc == ASSAY_OK && c->contents != NULL)
		rc = c->contents(c->ctx, &e.before, &e.after, err);
	if (rc == ASSAY_OK)
		rc = assay_ticket_put_event(d->store, t, &e, err);
	t->checks = own.checks, t->check_count = own.check_count;
	t->attempts = own.attempts, t->attempt_count = own.attempt_count;
	return rc;
}

/* ---------------------------------------------------------------- what an evaluation told of */

/*
 * A model got it wrong as it is delivered: that it passes with help is no answer to that, unless somebody decided so since.
 */
static bool is_beside(const assay_ticket *t, const assay_complaint *c, assay_ticket_state state)
{
	return t->feedback_ns != 0 && !assay_ticket_state_is_open(state) && state != ASSAY_TICKET_REJECTED &&
	       (c->decision == NULL || c->decision->made_ns <= t->feedback_ns);
}

/* What a person decided in answer to it leaves the ticket one of the evaluation, also while that is still to be tried. */
static assay_ticket_origin origin_of(const assay_ticket *t, const assay_complaint *c, assay_ticket_state state)
{
	return t->origin == ASSAY_TICKET_FEEDBACK && !c->is_source && c->decision != NULL &&
		       (state == ASSAY_TICKET_RETRYING || !assay_ticket_state_is_open(state))
		   ? ASSAY_TICKET_FEEDBACK
		   : ASSAY_TICKET_JUDGED;
}

/* A waiver in answer to it, of the sample as it is delivered now; NULL when none is in force. */
static assay_code find_answer(const assay_decision **out, const assay_ticketing *d, const assay_ticket *t,
			      const assay_sample_row *row, assay_err *err)
{
	const assay_told_of told = {
	    .store = d->store, .decided = d->decided, .as_of_ns = d->as_of_ns, .told_ns = t->feedback_ns, .row = row};

	return assay_answer_find(out, &told, err);
}

/* What was let pass under another name is not waived here: nobody has to take that back, or to renew it. */
static assay_ticket_state answered_state(const assay_ticket *t, const assay_decision *answer)
{
	if (answer == NULL)
		return ASSAY_TICKET_OPEN;
	return strcmp(answer->subject, t->subject) == 0 ? ASSAY_TICKET_WAIVED : ASSAY_TICKET_PASSED;
}

static void describe_answer(assay_buf *out, const assay_ticket *t, const assay_decision *answer)
{
	if (answered_state(t, answer) == ASSAY_TICKET_PASSED)
		assay_buf_printf(out, "'%s', which had the same bytes, was waived by %s: %s", answer->subject,
				 answer->owner != NULL ? answer->owner : answer->actor, answer->reason);
	else
		tell_reason(out, answer);
}

/*
 * The sample is delivered, and a model got it wrong.
 * @param anew  what it fails without help is not as the store has it
 * @param why   it is delivered, or is not; NULL: it passes
 */
static assay_code stand_beside(assay_ticketing *d, assay_ticket *t, const assay_sample_row *row, bool anew,
			       const char *why, assay_err *err)
{
	ASSAY_AUTO_BUF reason = ASSAY_BUF_INIT;
	assay_ticket_event e = {.actor = (char *)(uintptr_t) "assay"};
	const assay_decision *answer;
	const bool was_open = assay_ticket_state_is_open(t->state);
	assay_code rc = find_answer(&answer, d, t, row, err);
	const assay_ticket_state state = answered_state(t, answer);

	if (rc != ASSAY_OK || (!anew && t->origin == ASSAY_TICKET_FEEDBACK && t->state == state &&
			       t->decision == (answer != NULL ? answer->id : 0)))
		return rc;
	if (t->damaged)
		assay_buf_puts(&reason, MADE_ANEW);
	if (answer == NULL)
		rc = tell_reopened(&reason, d, t, &(assay_complaint){.unit = row->unit}, err);
	if (rc != ASSAY_OK)
		return rc;
	assay_ticket_turn_to_feedback(t);
	t->state = state;
	t->unit = row->unit;
	t->decision = answer != NULL ? answer->id : 0;
	t->changed_run = d->run;
	t->changed_ns = assay_now_ns();
	if (!was_open && answer == NULL) {
		t->opened_run = d->run;
		t->opened_ns = t->changed_ns;
	}
	d->opened += !was_open && answer == NULL;
	d->settled += was_open && answer != NULL;
	if (t->damaged)
		tell_anew(t);
	if (answer != NULL) {
		if (!assay_outcome_is_delivered(row->outcome) && why != NULL)
			assay_buf_printf(&reason, "%s; ", why);
		describe_answer(&reason, t, answer);
		e.actor = state == ASSAY_TICKET_WAIVED ? answer->actor : e.actor;
	} else {
		if (why != NULL)
			assay_buf_puts(&reason, why);
		else
			describe_passing(&reason, row);
		assay_buf_puts(&reason, "; nobody has decided what an evaluation told of it");
	}
	e.reason = (char *)(uintptr_t)assay_buf_str(&reason);
	rc = assay_buf_check(&reason, err);
	if (rc == ASSAY_OK && assay_outcome_is_delivered(row->outcome))
		rc = assay_content_of_row(d->store, row, &e.after, err);
	e.before = e.after;
	return rc == ASSAY_OK ? assay_ticket_put_event(d->store, t, &e, err) : rc;
}

/*
 * Of a sample that passes with help, or is let pass: what it fails without, and what was tried, is told with it; the rest
 * once all complaints are in.
 */
static assay_code keep_beside(assay_ticketing *d, assay_ticket *t, const assay_complaint *c, assay_err *err)
{
	const assay_ticket own = *t;
	ASSAY_AUTO_BUF why = ASSAY_BUF_INIT;
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	assay_code rc;

	d->kept[c->is_source][c->state]++;
	if (c->is_source)
		return ASSAY_OK;
	t->failure = c->failure;
	t->stage = (char *)(uintptr_t)c->stage, t->message = (char *)(uintptr_t)c->message;
	t->checks = c->checks, t->check_count = c->check_count;
	t->attempts = c->attempts, t->attempt_count = c->attempt_count;
	t->state = c->state;
	describe(&why, t, c);
	t->state = own.state;
	rc = assay_sample_find(d->store, c->subject, &row, err);
	if (rc == ASSAY_OK)
		rc = assay_buf_check(&why, err);
	if (rc == ASSAY_OK)
		rc = stand_beside(d, t, &row, !told_the_same(&own, c), assay_buf_str(&why), err);
	t->stage = own.stage, t->message = own.message;
	t->checks = own.checks, t->check_count = own.check_count;
	t->attempts = own.attempts, t->attempt_count = own.attempt_count;
	return rc;
}

/* ---------------------------------------------------------------- complaints */

/* Settled by people, and now by them in another way: nothing was open in between. */
static bool is_decided(assay_ticket_state s)
{
	return s == ASSAY_TICKET_CORRECTED || s == ASSAY_TICKET_REPLACED || s == ASSAY_TICKET_WAIVED ||
	       s == ASSAY_TICKET_REJECTED;
}

assay_code assay_ticketing_complain(assay_ticketing *d, const assay_complaint *c, assay_err *err)
{
	ASSAY_AUTO_TICKET t = {0};
	const assay_ticket_state state = c->state != 0 ? c->state : ASSAY_TICKET_OPEN;
	assay_code rc = assay_ticket_peek_on(d->store, c->subject, &t, err);
	const bool was_open = rc == ASSAY_OK && (t.damaged || assay_ticket_state_is_open(t.state));
	const assay_ticket_origin origin = origin_of(&t, c, state);
	const bool stays = rc == ASSAY_OK && !t.damaged && t.origin == origin && unchanged(&t, c, state);
	const bool is_new = !was_open && !stays && !(is_decided(t.state) && is_decided(state));
	ASSAY_AUTO_BUF why = ASSAY_BUF_INIT;

	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return rc;
	if (rc == ASSAY_OK && !t.damaged && !c->again && tries_again(&t, c))
		return visit_ticket(d, t.id, err);
	d->told[c->is_source][state]++;
	if (rc == ASSAY_OK && is_beside(&t, c, state))
		return keep_beside(d, &t, c, err);
	if (stays && !c->again)
		return visit_ticket(d, t.id, err);
	if (!stays && (assay_ticket_state_is_open(state) || state == ASSAY_TICKET_REPAIRED))
		ASSAY_TRY(tell_reopened(&why, d, &t, c, err));
	if (is_new) {
		t.opened_run = d->run;
		t.opened_ns = assay_now_ns();
		d->opened++;
	}
	d->settled += (is_new || was_open) && !stays && !assay_ticket_state_is_open(state);
	ASSAY_TRY(replace_text(&t.subject, c->subject, err));
	if (is_new && c->age != NULL)
		ASSAY_TRY(c->age(c->ctx, &t, err));
	ASSAY_TRY(replace_text(&t.stage, c->stage, err));
	ASSAY_TRY(replace_text(&t.message, c->message, err));
	t.is_source = c->is_source;
	t.origin = origin;
	t.state = state;
	t.unit = c->unit;
	t.failure = c->failure;
	t.decision = c->decision != NULL ? c->decision->id : 0;
	t.changed_run = d->run;
	t.changed_ns = assay_now_ns();
	if (t.damaged)
		tell_anew(&t);
	rc = put_borrowing(d, &t, c, &why, err);
	if (rc == ASSAY_OK)
		rc = visit_ticket(d, t.id, err);
fail:
	return rc;
}

void assay_ticketing_begin(assay_ticketing *d)
{
	d->visited_count = 0;
	memset(d->told, 0, sizeof d->told);
	memset(d->kept, 0, sizeof d->kept);
}

static int compare_u64(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* What is delivered of it now. What is gone may have no event that says what it was. */
static assay_code tell_settled(assay_ticketing *d, const assay_ticket *t, const assay_sample_row *row,
			       const assay_source *src, assay_ticket_event *e, assay_err *err)
{
	const bool gone = t->state == ASSAY_TICKET_GONE;
	assay_digest *of = gone ? &e->before : &e->after;

	if (t->is_source)
		*of = src->digest;
	else if (gone || assay_outcome_is_delivered(row->outcome))
		return assay_content_of_row(d->store, row, of, err);
	return ASSAY_OK;
}

static assay_code tell_passes(assay_buf *out, const assay_ticketing *d, const assay_ticket *was,
			      const assay_sample_row *row, assay_err *err)
{
	const assay_code rc = tell_reopened(out, d, was, &(assay_complaint){.unit = row->judged_unit}, err);

	describe_passing(out, row);
	return rc;
}

static void tell_undelivered(assay_buf *out, const assay_sample_row *row)
{
	if (row->outcome == ASSAY_OUTCOME_DUPLICATE)
		assay_buf_printf(out, "it is a duplicate of '%s'", row->original != NULL ? row->original : "");
	else
		assay_buf_printf(out, "filter '%s' takes it out", row->failed_stage != NULL ? row->failed_stage : "");
}

/* Why a ticket that nobody complained about any more is settled: its state, and its event but for the reason's text. */
static assay_code settle_reason(assay_ticketing *d, assay_ticket *t, assay_ticket_event *e, assay_buf *reason,
				assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	ASSAY_AUTO_SOURCE src = {0};
	const assay_ticket was = *t; /* borrows */
	assay_code rc;
	bool there;

	rc = t->is_source ? assay_source_find(d->store, t->subject, &src, err)
			  : assay_sample_find(d->store, t->subject, &row, err);
	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return rc;
	there = rc == ASSAY_OK && (t->is_source ? !src.missing : !row.missing);
	t->state = there ? ASSAY_TICKET_PASSED : ASSAY_TICKET_GONE;
	if (!there)
		assay_buf_printf(reason, "the %s is no longer part of the dataset", t->is_source ? "source" : "sample");
	else if (t->is_source)
		assay_buf_puts(reason, "the source gives samples now");
	else if (row.outcome == ASSAY_OUTCOME_DUPLICATE || row.outcome == ASSAY_OUTCOME_FILTERED)
		tell_undelivered(reason, &row);
	else
		ASSAY_TRY(tell_passes(reason, d, &was, &row, err));
	e->actor = (char *)(uintptr_t) "assay";
	rc = assay_buf_check(reason, err);
	return rc == ASSAY_OK ? tell_settled(d, t, &row, &src, e, err) : rc;
fail:
	return rc;
}

/* Those that its subject had need of stay in its history. */
static void forget_attempts(assay_ticket *t)
{
	assay_ticket_attempts_free(t->attempts, t->attempt_count);
	t->attempts = NULL;
	t->attempt_count = 0;
}

static assay_code put_settled(assay_ticketing *d, assay_ticket *t, assay_ticket_event *e, const assay_buf *reason,
			      assay_err *err)
{
	assay_code rc;

	forget_attempts(t);
	t->changed_run = d->run;
	t->changed_ns = assay_now_ns();
	e->reason = (char *)(uintptr_t)assay_buf_str(reason);
	rc = assay_ticket_put_event(d->store, t, e, err);
	return rc == ASSAY_OK ? assay_store_spill(d->store, err) : rc;
}

static assay_code settle_unnamed(assay_ticketing *d, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_BUF reason = ASSAY_BUF_INIT;
	ASSAY_AUTO_TICKET copy = {0};
	assay_ticket_event e = {0};
	assay_code rc;

	if (t->state == ASSAY_TICKET_PASSED || t->state == ASSAY_TICKET_GONE)
		return ASSAY_OK;
	rc = assay_ticket_get(d->store, t->id, &copy, err);
	if (rc == ASSAY_OK)
		rc = settle_reason(d, &copy, &e, &reason, err);
	if (rc != ASSAY_OK)
		return rc;
	if (t->origin == ASSAY_TICKET_FEEDBACK && copy.state != ASSAY_TICKET_GONE)
		return ASSAY_OK; /* what a model made of it does not change with the verdict */
	d->settled += assay_ticket_state_is_open(t->state);
	copy.decision = 0;
	return put_settled(d, &copy, &e, &reason, err);
}

/* Is there a sample that is delivered, of which a model may have got something wrong? */
static assay_code find_delivered(bool *out, assay_ticketing *d, const char *key, assay_sample_row *row, assay_err *err)
{
	const assay_code rc = assay_sample_find(d->store, key, row, err);

	*out = rc == ASSAY_OK && !row->missing && assay_outcome_is_delivered(row->outcome);
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* Then its complaint said what it fails without. */
static bool has_help(const assay_sample_row *row)
{
	return row->way != ASSAY_WAY_PLAIN || row->outcome == ASSAY_OUTCOME_WAIVED;
}

/* Settled by a decision on an evaluation's ticket, and nothing complains: it is not delivered, so that holds no more. */
static bool is_answered(const assay_ticket *t, const assay_sample_row *row)
{
	return t->origin == ASSAY_TICKET_FEEDBACK && !t->is_source && row->id != 0 && !row->missing &&
	       t->state != ASSAY_TICKET_OPEN && t->state != ASSAY_TICKET_WAIVED && t->state != ASSAY_TICKET_PASSED &&
	       t->state != ASSAY_TICKET_GONE;
}

/* By a filter, or as a duplicate it is not delivered: what it stood by until then counts no more. */
static bool stood_by_help(const assay_ticket *t, const assay_sample_row *row)
{
	return t->origin == ASSAY_TICKET_FEEDBACK && !t->is_source && row->id != 0 && !row->missing &&
	       t->attempt_count > 0;
}

static assay_code stand_undelivered(assay_ticketing *d, const assay_ticket *t, const assay_sample_row *row,
				    assay_err *err)
{
	ASSAY_AUTO_BUF why = ASSAY_BUF_INIT;
	ASSAY_AUTO_TICKET copy = {0};
	assay_code rc = assay_ticket_get(d->store, t->id, &copy, err);

	if (rc == ASSAY_OK)
		tell_undelivered(&why, row);
	if (rc == ASSAY_OK)
		rc = assay_buf_check(&why, err);
	if (rc != ASSAY_OK)
		return rc;
	forget_attempts(&copy);
	rc = stand_beside(d, &copy, row, true, assay_buf_str(&why), err);
	return rc == ASSAY_OK ? assay_store_spill(d->store, err) : rc;
}

/* What was let pass is so again when it is delivered again. */
static assay_code wait_undelivered(assay_ticketing *d, const assay_ticket *t, const assay_sample_row *row,
				   assay_err *err)
{
	ASSAY_AUTO_BUF why = ASSAY_BUF_INIT;
	ASSAY_AUTO_TICKET copy = {0};
	assay_ticket_event e = {.actor = (char *)(uintptr_t) "assay"};
	assay_code rc = assay_ticket_get(d->store, t->id, &copy, err);

	if (rc == ASSAY_OK)
		tell_undelivered(&why, row);
	if (rc == ASSAY_OK)
		rc = assay_buf_check(&why, err);
	return rc == ASSAY_OK ? put_settled(d, &copy, &e, &why, err) : rc;
}

/* No verdict speaks of it, but an evaluation did: of what is delivered, or is not there now and may come again. */
static assay_code settle_told(assay_ticketing *d, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	ASSAY_AUTO_TICKET copy = {0};
	bool delivered, anew = false;
	assay_code rc = find_delivered(&delivered, d, t->subject, &row, err);

	if (rc == ASSAY_OK && !delivered && t->state == ASSAY_TICKET_WAIVED && stood_by_help(t, &row))
		return wait_undelivered(d, t, &row, err);
	if (rc == ASSAY_OK && !delivered)
		return is_answered(t, &row) || stood_by_help(t, &row) ? stand_undelivered(d, t, &row, err)
								      : settle_unnamed(d, t, err);
	if (rc == ASSAY_OK)
		rc = assay_ticket_get(d->store, t->id, &copy, err);
	if (rc != ASSAY_OK)
		return rc;
	if (!has_help(&row) || copy.is_source) {
		anew = copy.failure != ASSAY_FAILURE_NONE || copy.check_count > 0 || copy.attempt_count > 0;
		assay_ticket_forget_failure(&copy);
		forget_attempts(&copy);
	}
	rc = stand_beside(d, &copy, &row, anew, NULL, err);
	return rc == ASSAY_OK ? assay_store_spill(d->store, err) : rc;
}

static assay_code settle_ticket(void *ctx, const assay_ticket *t, assay_err *err)
{
	assay_ticketing *d = ctx;

	if (d->visited_count > 0 &&
	    bsearch(&t->id, d->visited, d->visited_count, sizeof *d->visited, compare_u64) != NULL) {
		if (t->state != ASSAY_TICKET_PASSED && t->state != ASSAY_TICKET_GONE)
			d->kept[t->is_source][t->state]++;
		return ASSAY_OK;
	}
	return t->feedback_ns != 0 ? settle_told(d, t, err) : settle_unnamed(d, t, err);
}

static assay_code settle_anew(assay_ticketing *d, assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_BUF reason = ASSAY_BUF_INIT;
	assay_ticket_event e = {0};
	assay_code rc;

	t->origin = ASSAY_TICKET_JUDGED;
	assay_buf_puts(&reason, MADE_ANEW);
	rc = settle_reason(d, t, &e, &reason, err);
	if (rc != ASSAY_OK)
		return rc;
	tell_anew(t);
	return put_settled(d, t, &e, &reason, err);
}

/* Nobody complained about it: it is settled, if only it is known whom it is about, and no evaluation told of it. */
static assay_code settle_damaged(void *ctx, uint64_t id, const assay_err *why, assay_err *err)
{
	assay_ticketing *d = ctx;
	ASSAY_AUTO_TICKET t = {0};
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	bool delivered = false;
	assay_code rc = assay_ticket_peek(d->store, id, &t, err);

	if (rc == ASSAY_OK && t.subject == NULL) {
		assay_log(ASSAY_LOG_WARNING, "ticket T%" PRIu64 " cannot be read, nor can whom it is about be told: %s",
			  id, why->msg);
		return ASSAY_OK;
	}
	if (rc == ASSAY_OK && t.feedback_ns != 0)
		rc = find_delivered(&delivered, d, t.subject, &row, err);
	assay_ticket_forget_failure(&t); /* no more than why the row cannot be read */
	if (rc == ASSAY_OK)
		rc = delivered ? stand_beside(d, &t, &row, true, NULL, err) : settle_anew(d, &t, err);
	return rc == ASSAY_OK ? assay_store_spill(d->store, err) : rc;
}

assay_code assay_ticketing_settle(assay_ticketing *d, assay_err *err)
{
	if (d->visited_count > 0)
		qsort(d->visited, d->visited_count, sizeof *d->visited, compare_u64);
	return assay_tickets_all(d->store, settle_ticket, settle_damaged, d, err);
}

void assay_ticketing_release(assay_ticketing *d)
{
	free(d->visited);
	d->visited = NULL;
	d->visited_count = d->visited_cap = 0;
}
