#include "copy_told.h"

#include "answered.h"
#include "copy_age.h"

#include "assay/content.h"
#include "assay/file.h"
#include "assay/memory.h"
#include "assay/unit.h"

#include <stdlib.h>
#include <string.h>

typedef struct asked {
	const assay_judging *j;
	assay_originals *originals;
	const assay_digest *stands;
	const char *part;
	assay_buf key;
	assay_ticket told; /* the one that was told of last; id 0: none */
	bool speaks;       /* it speaks of these bytes still, and not of others that the file had since */
	bool any;
} asked;

static bool has_left(const asked *a, const assay_source *other)
{
	return other->id != a->j->of.source->id && other->modality == a->j->of.source->modality &&
	       assay_source_left(other, a->stands);
}

static assay_code note_left(void *ctx, const assay_source *other, assay_err *err)
{
	asked *a = ctx;

	(void)err;
	a->any |= has_left(a, other);
	return a->any ? ASSAY_ESTOP : ASSAY_OK;
}

/* Made of these bytes, or of a file that people put in their place: that does not come along. */
static assay_code is_of(bool *out, const asked *a, const char *subject, uint64_t unit, assay_err *err)
{
	assay_store *s = a->j->session->store;
	ASSAY_AUTO_UNIT u = {0};
	const assay_code rc = unit != 0 ? assay_unit_get(s, unit, &u, err) : ASSAY_OK;

	*out = rc == ASSAY_OK && unit != 0 && assay_digest_eq(&u.source, a->stands);
	return rc == ASSAY_OK && unit != 0 && !*out ? assay_decision_stood(out, s, subject, a->stands, &u.source, err)
						    : rc;
}

/*
 * Of these bytes: it told of them, whatever the file had since. Of one that an older program wrote down its ticket speaks of
 * them, unless it was judged anew, by others, before this one.
 */
static assay_code is_about(bool *out, bool *speaks, const asked *a, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	assay_code rc;

	*out = *speaks = false;
	if (t->damaged || t->is_source || t->feedback_ns == 0)
		return ASSAY_OK;
	rc = is_of(speaks, a, t->subject, t->unit, err);
	*out = *speaks;
	if (rc == ASSAY_OK && t->feedback_unit != 0)
		return is_of(out, a, t->subject, t->feedback_unit, err);
	if (rc != ASSAY_OK || *out)
		return rc;
	rc = assay_sample_find(a->j->session->store, t->subject, &row, err);
	if (rc == ASSAY_OK && row.has_before && row.judged_run == a->j->session->run.id)
		rc = is_of(out, a, t->subject, row.before_unit, err);
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

static assay_code look_at(void *ctx, const assay_source *other, assay_err *err)
{
	asked *a = ctx;
	ASSAY_AUTO_TICKET t = {0};
	bool about = false, speaks = false;
	assay_code rc;

	if (!has_left(a, other))
		return ASSAY_OK;
	assay_buf_reset(&a->key);
	assay_sample_key(&a->key, other->path, a->part);
	rc = assay_buf_check(&a->key, err);
	if (rc == ASSAY_OK)
		rc = assay_ticket_peek_on(a->j->session->store, assay_buf_str(&a->key), &t, err);
	if (rc == ASSAY_OK)
		rc = is_about(&about, &speaks, a, &t, err);
	if (rc == ASSAY_OK && about &&
	    (t.feedback_ns > a->told.feedback_ns ||
	     (t.feedback_ns == a->told.feedback_ns && speaks && !a->speaks))) { /* it came from one to the other */
		assay_ticket_release(&a->told);
		a->told = t;
		a->speaks = speaks;
		t = (assay_ticket){0};
	}
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* ---------------------------------------------------------------- the ticket of the copy */

typedef struct words {
	char *actor, *reason; /* of the last event by which an evaluation told of it; NULL: it cannot be read */
} words;

static void words_release(words *w)
{
	free(w->actor);
	free(w->reason);
}

static assay_code keep_words(void *ctx, const assay_ticket_event *e, assay_err *err)
{
	words *w = ctx;

	if (!assay_ticket_event_is_told(e))
		return ASSAY_OK;
	words_release(w);
	*w = (words){assay_strdup(e->actor), assay_strdup(e->reason)};
	return w->actor != NULL && w->reason != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "event");
}

/* Settled by a decision made since, which holds; or given up, and whether that holds is told by what follows. */
static bool is_answered(const asked *a, const assay_ticket *t)
{
	const assay_decision *d = a->j->decision;

	return t->state == ASSAY_TICKET_REJECTED ||
	       (t->decision != 0 && d != NULL && d->id == t->decision && d->made_ns > a->told.feedback_ns &&
		assay_outcome_is_delivered(a->j->row.outcome));
}

/* A complaint follows that says why it is not delivered, and opens the ticket if somebody has settled it. */
static bool is_complained_of(const asked *a)
{
	const assay_ticket_state state = a->j->state;

	return state == ASSAY_TICKET_REJECTED || (state != 0 && assay_ticket_state_is_open(state));
}

/* Until the complaint that follows, or is not made, a ticket that stays as it is leaves delivered what it left. */
static assay_code tell_contents(assay_ticket_event *e, const asked *a, const assay_ticket *t, assay_err *err)
{
	const bool kept_out = assay_ticket_state_is_open(t->state) &&
			      (t->origin != ASSAY_TICKET_FEEDBACK || t->state != ASSAY_TICKET_OPEN);
	const assay_sample_row *row = &a->j->row;
	assay_store *s = a->j->session->store;
	ASSAY_CLEANUP(assay_ticket_event_release) assay_ticket_event last = {0};
	assay_code rc = assay_content_of_row(s, row, &e->before, err);

	if (rc == ASSAY_OK && is_complained_of(a)) {
		rc = assay_ticket_last_event(s, t, &last, err);
		e->after = last.after;
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	}
	if (assay_outcome_is_delivered(row->outcome) && !kept_out && t->state != ASSAY_TICKET_REJECTED)
		e->after = e->before;
	return rc;
}

/* As old as the one that was told of, if that is open, or as the oldest about these bytes that the complaint would find. */
static assay_code open_ticket(const asked *a, assay_ticket *t, assay_err *err)
{
	const assay_judging *j = a->j;
	const bool is_open = assay_ticket_state_is_open(a->told.state);

	assay_ticket_forget_failure(t);
	assay_ticket_turn_to_feedback(t);
	t->unit = j->row.judged_unit;
	t->opened_ns = is_open ? a->told.opened_ns : t->changed_ns;
	t->opened_run = is_open ? a->told.opened_run : j->session->run.id;
	if (!is_complained_of(a))
		return ASSAY_OK;
	t->origin = ASSAY_TICKET_JUDGED;
	return assay_copy_age(t, a->originals, j->session->store, j->of.source, a->stands, a->part, err);
}

static assay_code put(const asked *a, assay_ticket *t, bool *opened, assay_err *err)
{
	assay_store *s = a->j->session->store;
	ASSAY_CLEANUP(words_release) words w = {0};
	ASSAY_AUTO_BUF reason = ASSAY_BUF_INIT;
	assay_ticket_event e = {.actor = (char *)(uintptr_t) "assay", .told_ns = a->told.feedback_ns};
	const bool was_open = assay_ticket_state_is_open(t->state);
	assay_code rc = assay_ticket_events(s, a->told.id, keep_words, &w, err);

	if (rc != ASSAY_OK)
		return rc;
	t->changed_ns = assay_now_ns();
	t->changed_run = 0; /* by an evaluation, though this judging found it */
	t->feedback_ns = a->told.feedback_ns;
	t->feedback_unit = a->j->row.judged_unit;
	*opened = !was_open && !is_answered(a, t) && !(t->id != 0 && is_complained_of(a));
	if (*opened)
		rc = open_ticket(a, t, err);
	assay_ticket_tell_place(&reason, a->told.subject, w.reason);
	if (rc == ASSAY_OK)
		rc = assay_buf_check(&reason, err);
	if (rc == ASSAY_OK)
		rc = tell_contents(&e, a, t, err);
	e.actor = w.actor != NULL ? w.actor : e.actor;
	e.reason = (char *)(uintptr_t)assay_buf_str(&reason);
	return rc == ASSAY_OK ? assay_ticket_put_event(s, t, &e, err) : rc;
}

static assay_code tell(const asked *a, assay_copy_event *did, assay_err *err)
{
	ASSAY_AUTO_TICKET t = {0};
	assay_code rc = assay_ticket_peek_on(a->j->session->store, a->j->row.key, &t, err);

	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return rc;
	if (t.damaged || t.feedback_ns >= a->told.feedback_ns)
		return ASSAY_OK;
	if (t.subject == NULL)
		t.subject = assay_strdup(a->j->row.key);
	did->told = true;
	return t.subject != NULL ? put(a, &t, &did->opened, err) : ASSAY_RAISE(err, ASSAY_ENOMEM, "ticket");
}

/* ---------------------------------------------------------------- the whole */

static assay_code find_any(assay_copy_told *x, asked *a, assay_originals *o, assay_err *err)
{
	const assay_source *src = a->j->of.source;
	bool may;
	assay_code rc = assay_originals_company(&may, o, a->j->session->store, src, a->stands, err);

	if (rc == ASSAY_OK && may)
		rc = assay_sources_with(a->j->session->store, a->stands, note_left, a, err);
	if (rc == ASSAY_ESTOP)
		rc = ASSAY_OK;
	*x = (assay_copy_told){.source = src->id, .any = a->any};
	return rc;
}

/* By a waiver that holds here: whoever looks at its ticket later asks the same. */
static assay_code is_asked(bool *out, const asked *a, assay_err *err)
{
	const assay_session *s = a->j->session;
	const assay_told_of told = {.store = s->store,
				    .decided = &s->decided,
				    .as_of_ns = s->as_of_ns,
				    .told_ns = a->told.feedback_ns,
				    .row = &a->j->row};
	const assay_decision *answer = NULL;
	const assay_code rc = a->told.id != 0 ? assay_answer_find(&answer, &told, err) : ASSAY_OK;

	*out = rc == ASSAY_OK && a->told.id != 0 && answer == NULL;
	return rc;
}

static assay_code ask(assay_copy_told *x, const assay_judging *j, assay_originals *o, const assay_digest *stands,
		      assay_copy_event *did, assay_err *err)
{
	const assay_source *src = j->of.source;
	const char *rest = j->row.key + strlen(src->path);
	asked a = {
	    .j = j, .originals = o, .stands = stands, .part = *rest == '#' ? rest + 1 : "", .key = ASSAY_BUF_INIT};
	bool asks = false;
	assay_code rc = ASSAY_OK;

	if (x->source != src->id)
		rc = find_any(x, &a, o, err);
	if (rc == ASSAY_OK && x->any)
		rc = assay_sources_with(j->session->store, stands, look_at, &a, err);
	if (rc == ASSAY_OK)
		rc = is_asked(&asks, &a, err);
	if (rc == ASSAY_OK && asks)
		rc = tell(&a, did, err);
	assay_buf_release(&a.key);
	assay_ticket_release(&a.told);
	return rc;
}

/* Nearly always there is nothing that had the source's bytes, and nothing to be done for any of its samples. */
assay_code assay_copy_tell(assay_copy_told *x, const assay_judging *j, assay_originals *o, const assay_digest *stands,
			   assay_copy_event *did, assay_err *err)
{
	*did = (assay_copy_event){0};
	return x->source == j->of.source->id && !x->any ? ASSAY_OK : ask(x, j, o, stands, did, err);
}
