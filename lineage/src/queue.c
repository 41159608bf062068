/*
 * Rows of tickets and events are laid out in ticket_record.c.
 * Index 't': SHA-256(subject) -> number. Meta "tickets.open": how many are open in any way; "tickets.STATE": how many
 * are in that state ("tickets.untried" of state open), counted from the rows when first asked for by a writer ("tickets.counted" is 1 from then on).
 */
#include "assay/queue.h"

#include "assay/content.h"
#include "assay/log.h"
#include "assay/source.h"

#include "catalog.h"
#include "queue_rows.h"
#include "record.h"
#include "standing.h"
#include "ticket_attempts.h"
#include "ticket_record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPEN_COUNT "tickets.open"
#define COUNTED    "tickets.counted"

void assay_ticket_release(assay_ticket *t)
{
	assay_failed_checks_free(t->checks, t->check_count);
	assay_ticket_attempts_free(t->attempts, t->attempt_count);
	free(t->subject);
	free(t->stage);
	free(t->message);
	*t = (assay_ticket){0};
}

void assay_ticket_forget_failure(assay_ticket *t)
{
	assay_failed_checks_free(t->checks, t->check_count);
	free(t->stage);
	free(t->message);
	t->checks = NULL;
	t->check_count = 0;
	t->stage = t->message = NULL;
	t->failure = ASSAY_FAILURE_NONE;
}

void assay_ticket_turn_to_feedback(assay_ticket *t)
{
	t->is_source = false;
	t->state = ASSAY_TICKET_OPEN;
	t->origin = ASSAY_TICKET_FEEDBACK;
	t->decision = 0;
}

void assay_ticket_event_release(assay_ticket_event *e)
{
	assay_ticket_attempts_free(e->attempts, e->attempt_count);
	free(e->actor);
	free(e->reason);
	*e = (assay_ticket_event){0};
}

bool assay_ticket_event_is_told(const assay_ticket_event *e)
{
	return e->run == 0 && !e->act && !e->damaged;
}

#define IN_PLACE "', in whose place it is"

void assay_ticket_tell_place(assay_buf *out, const char *other, const char *words)
{
	assay_buf_printf(out, "an evaluation told of '%s" IN_PLACE "%s%s", other, words != NULL ? ": " : "",
			 words != NULL ? words : "");
}

const char *assay_ticket_words(const char *reason)
{
	for (const char *next; (next = strstr(reason, IN_PLACE ": ")) != NULL;)
		reason = next + strlen(IN_PLACE ": ");
	return reason;
}

/* ---------------------------------------------------------------- rows */

assay_code assay_event_put(assay_store *s, uint64_t ticket, uint32_t ordinal, const assay_ticket_event *e,
			   assay_err *err)
{
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;
	unsigned char key[ASSAY_EVENT_KEY];

	assay_event_key(key, ticket, ordinal);
	assay_ticket_event_encode(&row, e);
	return assay_row_put(s, ASSAY_TABLE_EVENT, key, sizeof(key), &row, err);
}

/*
 * A person's act has its own time, is of no run, and brings no attempts. What stood before is what the last event left
 * delivered: it may have been by other metadata, or another recipe.
 */
static assay_code put_event(assay_store *s, const assay_ticket *before, const assay_ticket *t, uint64_t id,
			    const assay_ticket_event *e, assay_err *err)
{
	ASSAY_CLEANUP(assay_ticket_event_release) assay_ticket_event last = {0};
	assay_ticket_event whole = *e;
	assay_code rc = assay_ticket_last_event(s, before, &last, err);

	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return rc;
	if (!assay_digest_is_zero(&last.after))
		whole.before = last.after;
	else if (assay_digest_is_zero(&whole.before))
		whole.before = last.before;
	whole.state = t->state;
	whole.run = e->act ? 0 : t->changed_run;
	whole.at_ns = e->act ? e->at_ns : t->changed_ns;
	whole.attempts = NULL;
	whole.attempt_count = whole.earlier = 0;
	rc = e->act ? ASSAY_OK : assay_ticket_attempts_unkept(&whole, s, before, t, err);
	if (rc == ASSAY_OK)
		rc = assay_event_put(s, id, t->events, &whole, err);
	free(whole.attempts);
	return rc;
}

static assay_code put_row(assay_store *s, const assay_ticket *t, uint64_t id, assay_err *err)
{
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;

	assay_ticket_encode(&row, t);
	return assay_row_put_at(s, ASSAY_TABLE_TICKET, id, &row, err);
}

/* ---------------------------------------------------------------- how many */

static assay_code add_to(assay_store *s, const char *name, bool up, assay_err *err)
{
	uint64_t n;
	const assay_code rc = assay_meta_get(s, name, &n, err);

	if (rc != ASSAY_OK)
		return rc;
	if (!up && n == 0)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "more tickets left a state than came into it ('%s')", name);
	return assay_meta_put(s, name, up ? n + 1 : n - 1, err);
}

/* "tickets.open" counts what is open in any way; the state of that name has another. */
static void state_count_name(char out[32], unsigned state)
{
	(void)snprintf(out, 32, "tickets.%s", state == ASSAY_TICKET_OPEN ? "untried" : assay_ticket_state_name(state));
}

static assay_code count_row(void *ctx, const assay_ticket *t, assay_err *err)
{
	uint64_t *counts = ctx;

	(void)err;
	counts[t->state]++;
	return ASSAY_OK;
}

static assay_code count_states(assay_store *s, uint64_t *open, assay_err *err)
{
	uint64_t counts[ASSAY_TICKET_STATES + 1] = {0};
	assay_code rc;

	*open = 0;
	rc = assay_tickets_all(s, count_row, NULL, counts, err);
	for (unsigned i = 1; i <= ASSAY_TICKET_STATES && rc == ASSAY_OK; i++) {
		char name[32];

		state_count_name(name, i);
		rc = assay_meta_put(s, name, counts[i], err);
		*open += assay_ticket_state_is_open(i) ? counts[i] : 0;
	}
	return rc == ASSAY_OK ? assay_meta_put(s, COUNTED, 1, err) : rc;
}

/* A store of an older program counts what is open alone. */
static assay_code begin_counting(assay_store *s, assay_err *err)
{
	uint64_t counted, open;
	const assay_code rc = assay_meta_get(s, COUNTED, &counted, err);

	return rc != ASSAY_OK || counted == 1 ? rc : count_states(s, &open, err);
}

/* Nothing says in which state a ticket was whose damaged row was just written anew. */
static assay_code count_anew(assay_store *s, assay_err *err)
{
	uint64_t open;
	const assay_code rc = count_states(s, &open, err);

	return rc == ASSAY_OK ? assay_meta_put(s, OPEN_COUNT, open, err) : rc;
}

/* was: state before, 0 for a ticket that is new. */
static assay_code count_change(assay_store *s, unsigned was, unsigned is, assay_err *err)
{
	const bool was_open = assay_ticket_state_is_open(was), is_open = assay_ticket_state_is_open(is);
	char name[32];
	assay_code rc = ASSAY_OK;

	if (was_open != is_open)
		rc = add_to(s, OPEN_COUNT, is_open, err);
	if (rc != ASSAY_OK || was == is)
		return rc;
	state_count_name(name, is);
	rc = add_to(s, name, true, err);
	if (rc != ASSAY_OK || was == 0)
		return rc;
	state_count_name(name, was);
	return add_to(s, name, false, err);
}

assay_code assay_tickets_count(assay_store *s, uint64_t counts[ASSAY_TICKET_STATES + 1], assay_err *err)
{
	uint64_t counted;
	assay_code rc = assay_meta_get(s, COUNTED, &counted, err);

	memset(counts, 0, (ASSAY_TICKET_STATES + 1) * sizeof *counts);
	if (rc == ASSAY_OK && counted == 0)
		return assay_tickets_all(s, count_row, NULL, counts, err);
	for (unsigned i = 1; i <= ASSAY_TICKET_STATES && rc == ASSAY_OK; i++) {
		char name[32];

		state_count_name(name, i);
		rc = assay_meta_get(s, name, &counts[i], err);
	}
	return rc;
}

/* ---------------------------------------------------------------- which are in which state */

static assay_code list_row(void *ctx, const assay_ticket *t, assay_err *err)
{
	return assay_standing_move(ctx, t->id, 0, t->state, err);
}

/* Of a ticket whose row and event were just put. kept: the list was, before that. */
static assay_code list_change(assay_store *s, bool kept, uint64_t id, unsigned was, unsigned is, assay_err *err)
{
	assay_code rc;

	if (kept) {
		rc = assay_standing_move(s, id, was, is, err);
	} else {
		rc = assay_standing_clear(s, err);
		if (rc == ASSAY_OK)
			rc = assay_tickets_all(s, list_row, NULL, s, err);
	}
	return rc == ASSAY_OK ? assay_standing_seal(s, err) : rc;
}

/* ---------------------------------------------------------------- put, get, find */

/* What can be said of one whose row is damaged: events have rows of their own, and so has the list by state. */
static assay_code load_damaged(assay_store *s, uint64_t id, uint32_t *events, unsigned *state, assay_err *err)
{
	const assay_code listed = assay_standing_of(s, id, state, err);
	assay_code rc;

	if (listed != ASSAY_OK)
		return listed;
	while (*events < UINT32_MAX - 1) {
		unsigned char key[ASSAY_EVENT_KEY];
		const void *p;
		size_t n;

		assay_event_key(key, id, *events + 1);
		rc = assay_row_get(s, ASSAY_TABLE_EVENT, key, sizeof key, &p, &n, NULL);
		if (rc == ASSAY_ENOENT)
			break;
		if (rc != ASSAY_OK && rc != ASSAY_ECORRUPT)
			return ASSAY_RAISE(err, rc, "events of ticket %" PRIu64, id);
		(*events)++;
	}
	return ASSAY_OK;
}

/* As it is stored; what it says when it cannot be read is the catalog's own word. */
static assay_code get_row(assay_store *s, uint64_t id, assay_ticket *out, assay_err *err)
{
	const void *p;
	size_t n;
	assay_code rc;

	*out = (assay_ticket){0};
	rc = assay_row_get_at(s, ASSAY_TABLE_TICKET, id, &p, &n, err);
	return rc == ASSAY_OK ? assay_ticket_decode(out, id, p, n, err) : rc;
}

/* As it is stored, which a caller's copy may lag behind; of a damaged one the number of events and the state. */
static assay_code load_before(assay_store *s, uint64_t id, assay_ticket *before, assay_err *err)
{
	assay_err why = ASSAY_ERR_INIT;
	unsigned state = 0;
	assay_code rc;

	if (id == 0)
		return ASSAY_OK;
	rc = get_row(s, id, before, &why);
	if (rc == ASSAY_ENOENT)
		return ASSAY_RAISE(err, ASSAY_EINVAL, "there is no ticket %" PRIu64, id);
	if (rc != ASSAY_OK && rc != ASSAY_ECORRUPT)
		return ASSAY_RAISE(err, rc, "%s", why.msg);
	if (rc == ASSAY_OK)
		return ASSAY_OK;
	before->id = id;
	rc = load_damaged(s, id, &before->events, &state, err);
	before->state = (assay_ticket_state)state;
	return rc;
}

assay_code assay_ticket_put_event(assay_store *s, assay_ticket *t, const assay_ticket_event *e, assay_err *err)
{
	ASSAY_AUTO_TICKET before = {0};
	uint64_t id = t->id, generation;
	bool listed;
	assay_code rc;

	ASSAY_TRY(assay_generation_advance(s, &generation, err));
	ASSAY_TRY(begin_counting(s, err));
	ASSAY_TRY(assay_standing_is_kept(s, &listed, err));
	ASSAY_TRY(load_before(s, id, &before, err));
	if (id == 0) {
		ASSAY_TRY(assay_next_id(s, ASSAY_TABLE_TICKET, &id, err));
		ASSAY_TRY(assay_index_put_text(s, ASSAY_INDEX_TICKET, t->subject, id, err));
	}
	t->events = before.events + 1;
	ASSAY_TRY(put_row(s, t, id, err));
	ASSAY_TRY(put_event(s, &before, t, id, e, err));
	ASSAY_TRY(id == t->id && before.state == 0 ? count_anew(s, err) : count_change(s, before.state, t->state, err));
	ASSAY_TRY(list_change(s, listed, id, before.state, t->state, err));
	t->id = id;
	t->damaged = false;
	return ASSAY_OK;

fail:
	(void)assay_err_prefix(err, "ticket for '%s'", t->subject);
	return rc;
}

/* Of a source its bytes, of a sample its content; zero of what is not there, or cannot be read. */
static assay_code judged_last(assay_digest *out, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	ASSAY_AUTO_SOURCE src = {0};
	assay_err why = ASSAY_ERR_INIT;
	const assay_code rc =
	    t->is_source ? assay_source_find(s, t->subject, &src, &why) : assay_sample_find(s, t->subject, &row, &why);

	if (rc == ASSAY_OK && t->is_source && !src.missing)
		*out = src.digest;
	if (rc == ASSAY_OK && !t->is_source && !row.missing)
		return assay_content_of_row(s, &row, out, err);
	if (rc == ASSAY_OK || rc == ASSAY_ENOENT || rc == ASSAY_ECORRUPT)
		return ASSAY_OK;
	if (err != NULL)
		*err = why;
	return rc;
}

/* Of an event that leaves delivered what was. Where nothing was, what stood is the subject as it was judged last. */
static assay_code tell_left(assay_ticket_event *e, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_CLEANUP(assay_ticket_event_release) assay_ticket_event last = {0};
	const assay_code rc = assay_ticket_last_event(s, t, &last, err);

	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	e->after = last.after;
	return assay_digest_is_zero(&last.after) ? judged_last(&e->before, s, t, err) : ASSAY_OK;
}

assay_code assay_ticket_put(assay_store *s, assay_ticket *t, const char *actor, const char *reason, assay_err *err)
{
	ASSAY_AUTO_TICKET before = {0};
	assay_ticket_event e = {.actor = (char *)(uintptr_t)actor, .reason = (char *)(uintptr_t)reason};
	assay_ticket was = *t; /* borrows */
	assay_code rc = load_before(s, t->id, &before, err);

	was.events = before.events;
	if (rc == ASSAY_OK)
		rc = tell_left(&e, s, &was, err);
	if (rc != ASSAY_OK) {
		(void)assay_err_prefix(err, "ticket for '%s'", t->subject);
		return rc;
	}
	return assay_ticket_put_event(s, t, &e, err);
}

assay_code assay_ticket_put_act(assay_store *s, uint64_t id, const char *actor, const char *reason, int64_t at_ns,
				assay_err *err)
{
	ASSAY_AUTO_TICKET t = {0};
	assay_ticket_event e = {.act = true, .at_ns = at_ns};
	assay_code rc = assay_ticket_get(s, id, &t, err);

	if (rc == ASSAY_OK)
		rc = tell_left(&e, s, &t, err);
	if (rc != ASSAY_OK)
		return rc;
	e.actor = (char *)(uintptr_t)actor;
	e.reason = (char *)(uintptr_t)reason;
	return assay_ticket_put_event(s, &t, &e, err);
}

assay_code assay_ticket_get(assay_store *s, uint64_t id, assay_ticket *out, assay_err *err)
{
	assay_err why = ASSAY_ERR_INIT;
	const assay_code rc = get_row(s, id, out, &why);

	if (rc == ASSAY_ECORRUPT)
		return ASSAY_RAISE(err, rc, "%s; 'assay queue retry T%" PRIu64 "' makes the ticket anew", why.msg, id);
	if (rc != ASSAY_OK && rc != ASSAY_ENOENT && err != NULL)
		*err = why;
	return rc;
}

static assay_code peek(assay_store *s, uint64_t id, const char *subject, assay_ticket *out, assay_err *err)
{
	assay_err why = ASSAY_ERR_INIT;
	const assay_code rc = get_row(s, id, out, &why);

	if (rc == ASSAY_ECORRUPT)
		return assay_ticket_salvage(s, id, subject, &why, out, err);
	if (rc != ASSAY_OK && rc != ASSAY_ENOENT && err != NULL)
		*err = why;
	return rc;
}

assay_code assay_ticket_peek(assay_store *s, uint64_t id, assay_ticket *out, assay_err *err)
{
	return peek(s, id, NULL, out, err);
}

static assay_code find(assay_store *s, const char *subject, bool peeked, assay_ticket *out, assay_err *err)
{
	uint64_t id;
	assay_code rc;

	*out = (assay_ticket){0};
	rc = assay_index_get_text(s, ASSAY_INDEX_TICKET, subject, &id, err);
	if (rc != ASSAY_OK)
		return rc;
	rc = peeked ? peek(s, id, subject, out, err) : assay_ticket_get(s, id, out, err);
	if (rc == ASSAY_ENOENT || (rc == ASSAY_OK && strcmp(out->subject, subject) != 0)) {
		assay_ticket_release(out);
		return ASSAY_RAISE(err, ASSAY_ECORRUPT,
				   "index entry of ticket '%s' leads to row %" PRIu64 ", which is not it", subject, id);
	}
	return rc;
}

assay_code assay_ticket_find(assay_store *s, const char *subject, assay_ticket *out, assay_err *err)
{
	return find(s, subject, false, out, err);
}

assay_code assay_ticket_peek_on(assay_store *s, const char *subject, assay_ticket *out, assay_err *err)
{
	return find(s, subject, true, out, err);
}

typedef struct visit {
	assay_store *store;
	uint32_t states; /* bits; 0: any */
	assay_ticket_fn *fn;
	assay_ticket_damaged_fn *damaged; /* NULL: nobody is told */
	void *ctx;
} visit;

/* One that cannot be read keeps nobody from the others. */
static assay_code visit_at(const visit *v, uint64_t id, assay_err *err)
{
	ASSAY_AUTO_TICKET t = {0};
	assay_err e = ASSAY_ERR_INIT;
	const assay_code rc = get_row(v->store, id, &t, &e);

	if (rc == ASSAY_ENOENT)
		return ASSAY_OK;
	if (rc == ASSAY_ECORRUPT)
		return v->damaged != NULL ? v->damaged(v->ctx, id, &e, err) : ASSAY_OK;
	if (rc != ASSAY_OK) {
		if (err != NULL)
			*err = e;
		return rc;
	}
	return v->states != 0 && (v->states >> t.state & 1) == 0 ? ASSAY_OK : v->fn(v->ctx, &t, err);
}

static assay_code visit_all(const visit *v, uint64_t after, assay_err *err)
{
	uint64_t end;
	assay_code rc = assay_rows_end(v->store, ASSAY_TABLE_TICKET, &end, err);

	for (uint64_t id = after + 1; rc == ASSAY_OK && id < end; id++)
		rc = visit_at(v, id, err);
	return rc;
}

/* The first ticket after *id in any of the states. next[state]: the first in that state after some number before. */
static assay_code find_next(assay_store *s, uint32_t states, uint64_t next[ASSAY_TICKET_STATES + 1], uint64_t *id,
			    assay_err *err)
{
	uint64_t first = UINT64_MAX;

	for (unsigned i = 1; i <= ASSAY_TICKET_STATES; i++) {
		assay_code rc = ASSAY_OK;

		if ((states >> i & 1) == 0)
			continue;
		if (next[i] <= *id) {
			next[i] = *id;
			rc = assay_standing_next(s, i, &next[i], err);
		}
		if (rc == ASSAY_ENOENT)
			next[i] = UINT64_MAX;
		else if (rc != ASSAY_OK)
			return rc;
		first = next[i] < first ? next[i] : first;
	}
	*id = first;
	return first < UINT64_MAX ? ASSAY_OK : ASSAY_ENOENT;
}

static assay_code visit_listed(const visit *v, uint64_t after, assay_err *err)
{
	uint64_t next[ASSAY_TICKET_STATES + 1] = {0}, id = after;
	assay_code rc;

	while ((rc = find_next(v->store, v->states, next, &id, err)) == ASSAY_OK) {
		rc = visit_at(v, id, err);
		if (rc != ASSAY_OK)
			return rc;
	}
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* Whoever asks for tickets, the program's user is told of those that cannot be read. */
typedef struct told_visit {
	visit warned;
	assay_ticket_fn *fn;
	void *ctx;
} told_visit;

/* What is known of it besides its row: the index has the hash of whom it is about. */
static assay_code warn(void *ctx, uint64_t id, const assay_err *why, assay_err *err)
{
	const told_visit *told = ctx;
	ASSAY_AUTO_FREE char *subject = NULL;
	bool is_source;
	const assay_code rc = assay_ticket_subject(told->warned.store, id, &subject, &is_source, err);

	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return rc;
	assay_log(ASSAY_LOG_WARNING,
		  "ticket T%" PRIu64 "%s%s%s is left out: it cannot be read (%s); 'assay judge' writes it anew", id,
		  subject != NULL ? " of '" : "", subject != NULL ? subject : "", subject != NULL ? "'" : "", why->msg);
	return ASSAY_OK;
}

static assay_code visit_in(const visit *v, uint64_t after, assay_err *err)
{
	bool listed = false;
	const assay_code rc = v->states != 0 ? assay_standing_is_kept(v->store, &listed, err) : ASSAY_OK;

	if (rc != ASSAY_OK || after == UINT64_MAX)
		return rc;
	return listed ? visit_listed(v, after, err) : visit_all(v, after, err);
}

static assay_code pass_on(void *ctx, const assay_ticket *t, assay_err *err)
{
	const told_visit *v = ctx;

	return v->fn(v->ctx, t, err);
}

assay_code assay_tickets_in(assay_store *s, uint32_t states, uint64_t after, assay_ticket_fn *fn, void *ctx,
			    assay_err *err)
{
	told_visit v = {.warned = {.store = s, .states = states, .fn = pass_on, .damaged = warn}, .fn = fn, .ctx = ctx};

	v.warned.ctx = &v;
	return visit_in(&v.warned, after, err);
}

assay_code assay_tickets_look(assay_store *s, uint32_t states, assay_ticket_fn *fn, assay_ticket_damaged_fn *damaged,
			      void *ctx, assay_err *err)
{
	const visit v = {.store = s, .states = states, .fn = fn, .damaged = damaged, .ctx = ctx};

	return visit_in(&v, 0, err);
}

assay_code assay_tickets_each(assay_store *s, bool all, assay_ticket_fn *fn, void *ctx, assay_err *err)
{
	return assay_tickets_in(s, all ? 0 : ASSAY_TICKETS_OPEN, 0, fn, ctx, err);
}

assay_code assay_tickets_all(assay_store *s, assay_ticket_fn *fn, assay_ticket_damaged_fn *damaged, void *ctx,
			     assay_err *err)
{
	const visit v = {.store = s, .fn = fn, .damaged = damaged, .ctx = ctx};

	return visit_all(&v, 0, err);
}

/* What is left of one whose row is damaged: that there was one. */
static assay_code lost_event(assay_ticket_event *out, uint32_t ordinal, const assay_err *why, assay_err *err)
{
	*out = (assay_ticket_event){
	    .damaged = true,
	    .actor = assay_strdup(""),
	    .reason = assay_asprintf("event %" PRIu32 " cannot be read: %s", ordinal, why->msg),
	};
	return out->actor != NULL && out->reason != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "event");
}

assay_code assay_event_get(assay_store *s, uint64_t ticket, uint32_t ordinal, assay_ticket_event *out, assay_err *err)
{
	unsigned char key[ASSAY_EVENT_KEY];
	const void *p;
	size_t n;
	assay_code rc;

	*out = (assay_ticket_event){0};
	assay_event_key(key, ticket, ordinal);
	rc = assay_row_get(s, ASSAY_TABLE_EVENT, key, sizeof(key), &p, &n, err);
	return rc == ASSAY_OK ? assay_ticket_event_decode(out, p, n, err) : rc;
}

/* One that is damaged is told as such. */
static assay_code get_event(assay_store *s, uint64_t ticket, uint32_t ordinal, assay_ticket_event *out, assay_err *err)
{
	assay_err why = ASSAY_ERR_INIT;
	const assay_code rc = assay_event_get(s, ticket, ordinal, out, &why);

	if (rc == ASSAY_ECORRUPT)
		return lost_event(out, ordinal, &why, err);
	if (rc != ASSAY_OK && err != NULL)
		*err = why;
	return rc;
}

assay_code assay_ticket_last_event(assay_store *s, const assay_ticket *t, assay_ticket_event *out, assay_err *err)
{
	uint32_t ordinal = t->events;
	assay_code rc = ASSAY_ENOENT;

	*out = (assay_ticket_event){0};
	do {
		assay_ticket_event_release(out);
		rc = ordinal > 0 ? get_event(s, t->id, ordinal--, out, err) : ASSAY_ENOENT;
	} while (rc == ASSAY_OK && out->damaged);
	return rc;
}

assay_code assay_ticket_events(assay_store *s, uint64_t ticket, assay_ticket_event_fn *fn, void *ctx, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (uint32_t ordinal = 1; rc == ASSAY_OK; ordinal++) {
		ASSAY_CLEANUP(assay_ticket_event_release) assay_ticket_event e = {0};

		rc = get_event(s, ticket, ordinal, &e, err);
		if (rc == ASSAY_ENOENT)
			return ASSAY_OK;
		if (rc == ASSAY_OK)
			rc = fn(ctx, &e, err);
	}
	return rc;
}

assay_code assay_tickets_open(assay_store *s, uint64_t *count, assay_err *err)
{
	return assay_meta_get(s, OPEN_COUNT, count, err);
}
