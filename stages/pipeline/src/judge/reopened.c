#include "reopened.h"

#include "assay/file.h"
#include "assay/memory.h"
#include "assay/source.h"
#include "assay/unit.h"

#include <string.h>

/* The decision that settled it, if it stands; NULL otherwise. */
static const assay_decision *settling_decision(const assay_reopening *r)
{
	const assay_ticket *t = r->ticket;

	for (unsigned slot = 0; slot < ASSAY_DECISION_SLOTS && t->decision != 0 && r->decided->count > 0; slot++) {
		const assay_decision *d = assay_decided_find(r->decided, t->subject, (assay_decision_slot)slot);

		if (d != NULL && d->id == t->decision)
			return d;
	}
	return NULL;
}

/* Of one that was found: a file for all of a recording goes on to stand where its stream fails now. */
static bool holds(const assay_reopening *r, const assay_decision *d)
{
	return (r->decision != NULL && r->decision->id == d->id) || r->decided->in_force[d - r->decided->items];
}

/* Days are what people name; a time of day is told where there is one. */
static void tell_date(assay_buf *out, int64_t ns)
{
	char text[32];

	(void)assay_time_format(ns, text);
	if (strcmp(text + 10, "T00:00:00.000Z") == 0)
		text[10] = '\0';
	assay_buf_puts(out, text);
}

static void tell_decision(assay_buf *out, const assay_decision *d)
{
	static const char *const names[] = {
	    [ASSAY_DECISION_WAIVE] = "the waiver of",       [ASSAY_DECISION_REJECT] = "the rejection by",
	    [ASSAY_DECISION_CORRECT] = "the correction by", [ASSAY_DECISION_REPLACE] = "the other file by",
	    [ASSAY_DECISION_METADATA] = "the metadata by",  [ASSAY_DECISION_REMEDY] = "the remedy named by"};

	assay_buf_printf(out, "%s %s", names[d->kind], d->owner != NULL ? d->owner : d->actor);
}

static bool is_over(const assay_reopening *r, const assay_decision *d)
{
	return d->expires_ns != 0 && r->as_of_ns >= d->expires_ns;
}

/* ---------------------------------------------------------------- what changed */

/* It was about the source, and is about the sample now that has the same name. */
static bool turns_to_sample(const assay_reopening *r)
{
	return r->ticket->is_source && !r->is_source;
}

/* What the pipeline made of it when it was settled. A ticket that passed has the unit that failed before that. */
static uint64_t unit_then(const assay_reopening *r)
{
	if (turns_to_sample(r))
		return r->before != NULL ? r->before->judged_unit : 0;
	if (r->ticket->state != ASSAY_TICKET_PASSED)
		return r->ticket->unit;
	if (r->before == NULL)
		return 0;
	return r->before->way == ASSAY_WAY_PLAIN ? r->before->judged_unit : r->before->plain_unit;
}

static void add(assay_buf *out, const char *text)
{
	if (out->len > 0)
		assay_buf_puts(out, " and ");
	assay_buf_puts(out, text);
}

/* A file stands in the source's place, or one that stood there was taken back, or the source itself has other bytes. */
static assay_code tell_bytes(assay_buf *out, const assay_reopening *r, const assay_unit *then, const assay_unit *now,
			     assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	ASSAY_AUTO_FREE char *path = assay_strndup(r->ticket->subject, strcspn(r->ticket->subject, "#"));
	bool stood = false;
	assay_code rc;

	if (path == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "path");
	rc = assay_source_find(r->store, path, &src, err);
	if (rc == ASSAY_OK && !assay_digest_eq(&src.digest, &now->source)) {
		add(out, "another file stands in place of what it was found in");
		return ASSAY_OK;
	}
	if (rc == ASSAY_OK && !r->ticket->is_source && (r->cause & ASSAY_CAUSE_CONTENT) == 0)
		rc = assay_decision_stood(&stood, r->store, r->ticket->subject, &src.digest, &then->source, err);
	add(out, stood ? "the file itself stands again" : "the source has other bytes");
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* Of what a unit was made from: the terms of its work key. */
static assay_code tell_work(assay_buf *out, const assay_reopening *r, assay_err *err)
{
	ASSAY_AUTO_UNIT then = {0}, now = {0};
	const uint64_t before = unit_then(r);
	assay_code rc;

	if (before == 0 || r->unit == 0 || before == r->unit)
		return ASSAY_OK;
	rc = assay_unit_get(r->store, before, &then, err);
	if (rc == ASSAY_OK)
		rc = assay_unit_get(r->store, r->unit, &now, err);
	if (rc != ASSAY_OK || assay_digest_eq(&then.work_key, &now.work_key))
		return rc;
	if (!assay_digest_eq(&then.source, &now.source))
		rc = tell_bytes(out, r, &then, &now, err);
	if (rc != ASSAY_OK)
		return rc;
	if (!assay_digest_eq(&then.recipe, &now.recipe))
		add(out, "the recipe changed");
	if (out->len == 0)
		add(out, "what lies beside the source changed");
	return ASSAY_OK;
}

/* Of a source that gave samples before no unit is known: what the run found of it is. */
static void tell_found(assay_buf *out, const assay_reopening *r)
{
	if ((r->cause & ASSAY_CAUSE_CONTENT) != 0)
		add(out, "the source has other bytes");
	if ((r->cause & ASSAY_CAUSE_SIDECAR) != 0)
		add(out, "what lies beside the source changed");
	if ((r->cause & ASSAY_CAUSE_RECIPE) != 0)
		add(out, "the recipe changed");
}

static bool has_other_contracts(const assay_reopening *r)
{
	if (!assay_digest_is_zero(r->last_contracts))
		return !assay_digest_eq(r->last_contracts, r->contracts);
	return r->before != NULL && r->before->outcome != 0 && !assay_digest_eq(&r->before->contracts, r->contracts);
}

static bool was(const assay_reopening *r, assay_outcome outcome)
{
	return r->before != NULL && r->before->outcome == outcome;
}

/* What was decided on the subject itself is told by the act before; what was decided on a copy by nothing else here. */
static void tell_decided(assay_buf *out, const assay_ticket *t, const assay_decision *d)
{
	if (d->kind == ASSAY_DECISION_REMEDY && strcmp(d->subject, t->subject) != 0)
		assay_buf_printf(out, "%s named remedy %s for '%s', which has the same bytes", d->actor, d->remedy,
				 d->subject);
}

/* A remedy made it pass: others do now, or are tried, since somebody decided so or the configuration has others. */
static void tell_help(assay_buf *out, const assay_reopening *r)
{
	if (r->decision != NULL && r->decision->id != r->ticket->decision)
		tell_decided(out, r->ticket, r->decision);
	else
		add(out, "the remedies changed");
}

/* Work and contract may both have changed: both are told, since either may be the cause. */
static assay_code tell_change(assay_buf *out, const assay_reopening *r, assay_err *err)
{
	assay_code rc;

	if (r->ticket->state == ASSAY_TICKET_GONE) {
		add(out, "it is part of the dataset again");
		return ASSAY_OK;
	}
	if (was(r, ASSAY_OUTCOME_DUPLICATE))
		add(out, "it is no duplicate any more");
	if (was(r, ASSAY_OUTCOME_FILTERED))
		add(out, "no filter takes it out any more");
	rc = out->len == 0 ? tell_work(out, r, err) : ASSAY_OK;
	if (out->len == 0)
		tell_found(out, r);
	if ((!r->is_source || r->ticket->state == ASSAY_TICKET_REPAIRED) && has_other_contracts(r))
		add(out, "the contract changed");
	if (rc != ASSAY_OK || out->len > 0)
		return rc;
	if (r->failure == ASSAY_FAILURE_METADATA || r->ticket->failure == ASSAY_FAILURE_METADATA)
		add(out, "its metadata changed, or what is asked of them");
	else if (r->ticket->state == ASSAY_TICKET_REPAIRED)
		tell_help(out, r);
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- the whole */

/* @param decided  the text so far names a decision that stands, and does not hold any more */
static assay_code tell_end(assay_buf *out, const assay_reopening *r, bool decided, assay_err *err)
{
	ASSAY_AUTO_BUF change = ASSAY_BUF_INIT;
	assay_code rc = tell_change(&change, r, err);

	if (rc == ASSAY_OK)
		rc = assay_buf_check(&change, err);
	if (rc != ASSAY_OK)
		return rc;
	if (decided)
		assay_buf_puts(out, change.len > 0 ? " no longer holds: " : " no longer holds");
	assay_buf_puts(out, assay_buf_str(&change));
	if (decided || change.len > 0)
		assay_buf_puts(out, "; ");
	return ASSAY_OK;
}

static void tell_over(assay_buf *out, const assay_decision *d)
{
	assay_buf_puts(out, " expired on ");
	tell_date(out, d->expires_ns);
	assay_buf_puts(out, "; ");
}

/* Where the decision was made, and by whom. */
static void tell_place(assay_buf *out, const assay_decision *d)
{
	if (d->kind == ASSAY_DECISION_WAIVE)
		assay_buf_printf(out, "the waiver of '%s', which had the same bytes, by %s", d->subject,
				 d->owner != NULL ? d->owner : d->actor);
	else
		assay_buf_printf(out, "the rejection of '%s', %s, by %s", d->subject,
				 d->is_source ? "which has the same bytes" : "in which it was found", d->actor);
}

/*
 * Somebody took the decision back, or decided something else, which an act in the ticket's own history tells; unless it was
 * made on what the sample was found in, or on a copy.
 */
static assay_code tell_elsewhere(assay_buf *out, const assay_reopening *r, assay_err *err)
{
	const assay_ticket *t = r->ticket;
	ASSAY_AUTO_DECISION d = {0};
	assay_code rc = assay_decision_peek(r->store, t->decision, &d, err);

	if (rc != ASSAY_OK || (d.kind != ASSAY_DECISION_REJECT && d.kind != ASSAY_DECISION_WAIVE) ||
	    strcmp(d.subject, t->subject) == 0)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	tell_place(out, &d);
	if (d.standing == ASSAY_DECISION_STANDS && is_over(r, &d))
		tell_over(out, &d);
	else if (d.standing == ASSAY_DECISION_STANDS)
		return tell_end(out, r, true, err);
	else
		assay_buf_puts(out, d.standing == ASSAY_DECISION_SUPERSEDED ? " gave way to another decision; "
									    : " was taken back; ");
	return ASSAY_OK;
}

assay_code assay_reopened_tell(assay_buf *out, const assay_reopening *r, assay_err *err)
{
	const assay_decision *d = settling_decision(r);
	const bool ended = d != NULL && !holds(r, d);

	if (ended && is_over(r, d)) {
		tell_decision(out, d);
		tell_over(out, d);
		return ASSAY_OK;
	}
	if (d == NULL && r->ticket->decision != 0 && (r->decision == NULL || r->decision->id != r->ticket->decision))
		return tell_elsewhere(out, r, err);
	if (ended)
		tell_decision(out, d);
	return tell_end(out, r, ended, err);
}
