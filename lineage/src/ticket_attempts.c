#include "ticket_attempts.h"

#include "assay/memory.h"

#include "queue_rows.h"
#include "record.h"

#include <stdlib.h>
#include <string.h>

#define ATTEMPT_FIELDS 9

void assay_ticket_attempts_free(assay_ticket_attempt *a, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(a[i].remedy);
		free(a[i].note);
	}
	free(a);
}

/* ---------------------------------------------------------------- do they say the same? */

static bool same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* The same work, judged the same; whether it was taken is another matter. */
static bool same_judged(const assay_ticket_attempt *a, const assay_ticket_attempt *b)
{
	return a->way == b->way && a->rung == b->rung && a->unit == b->unit && a->outcome == b->outcome &&
	       a->failed_checks == b->failed_checks && assay_digest_eq(&a->recipe, &b->recipe) &&
	       same_text(a->remedy, b->remedy) && same_text(a->note, b->note);
}

bool assay_ticket_attempts_same(const assay_ticket_attempt *a, size_t a_count, const assay_ticket_attempt *b,
				size_t b_count)
{
	if (a_count != b_count)
		return false;
	for (size_t i = 0; i < a_count; i++)
		if (!same_judged(&a[i], &b[i]) || a[i].chosen != b[i].chosen)
			return false;
	return true;
}

/* ---------------------------------------------------------------- rows */

static void encode_attempt(assay_buf *out, const assay_ticket_attempt *a)
{
	assay_cbor_array(out, ATTEMPT_FIELDS);
	assay_cbor_uint(out, a->way);
	assay_cbor_text(out, a->remedy);
	assay_cbor_uint(out, a->rung);
	assay_cbor_digest(out, &a->recipe);
	assay_cbor_uint(out, a->unit);
	assay_cbor_uint(out, a->outcome);
	assay_cbor_bool(out, a->chosen);
	assay_cbor_uint(out, a->failed_checks);
	assay_cbor_words(out, a->note);
}

void assay_ticket_attempts_encode(assay_buf *out, const assay_ticket_attempt *a, size_t count)
{
	assay_cbor_array(out, count);
	for (size_t i = 0; i < count; i++)
		encode_attempt(out, &a[i]);
}

static void read_attempt(assay_cbor_reader *c, assay_ticket_attempt *a)
{
	uint32_t way, outcome;

	assay_record_tuple(c, ATTEMPT_FIELDS, "attempt does not have 9 fields");
	way = assay_record_u32(c);
	if (way > ASSAY_WAY_REPLACED)
		assay_cbor_fault(c, "unknown way of an attempt");
	a->way = (assay_sample_way)way;
	a->remedy = assay_cbor_read_strdup(c);
	a->rung = assay_record_u32(c);
	assay_record_digest(c, &a->recipe);
	a->unit = assay_cbor_read_uint(c);
	outcome = assay_record_u32(c);
	if (assay_attempt_outcome_name(outcome) == NULL)
		assay_cbor_fault(c, "unknown outcome of an attempt");
	a->outcome = (assay_attempt_outcome)outcome;
	a->chosen = assay_cbor_read_bool(c);
	a->failed_checks = assay_record_u32(c);
	a->note = assay_cbor_read_strdup(c);
	if (c->fault == NULL && (a->remedy != NULL) != (a->way == ASSAY_WAY_REMEDY))
		assay_cbor_fault(c, "attempt does not say what its way needs");
}

void assay_ticket_attempts_decode(assay_cbor_reader *c, assay_ticket_attempt **out, size_t *count)
{
	size_t n;

	*count = 0;
	*out = assay_record_list(c, sizeof **out, &n);
	while (*count < n && c->fault == NULL)
		read_attempt(c, &(*out)[(*count)++]);
}

/* ---------------------------------------------------------------- what an event is to keep */

/* Does one of them say all that x says? That it was taken is more than that it passed. */
static bool is_said(const assay_ticket_attempt *x, const assay_ticket_attempt *by, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (same_judged(x, &by[i]) && (by[i].chosen || !x->chosen))
			return true;
	return false;
}

static bool waits(const assay_ticket *t)
{
	for (size_t i = 0; i < t->attempt_count; i++)
		if (t->attempts[i].outcome == ASSAY_ATTEMPT_WANTED)
			return true;
	return false;
}

/* Those that the list loses, then those of the list. What was never made was never an attempt. */
static void gather(assay_ticket_event *e, const assay_ticket *before, const assay_ticket *now)
{
	for (size_t i = 0; i < before->attempt_count; i++)
		if (before->attempts[i].outcome != ASSAY_ATTEMPT_WANTED &&
		    !is_said(&before->attempts[i], now->attempts, now->attempt_count))
			e->attempts[e->attempt_count++] = before->attempts[i];
	e->earlier = e->attempt_count;
	for (size_t i = 0; i < now->attempt_count && !waits(now); i++)
		e->attempts[e->attempt_count++] = now->attempts[i];
}

static void drop_kept(assay_ticket_event *e, const assay_ticket_event *by)
{
	size_t left = 0, earlier = 0;

	for (size_t i = 0; i < e->attempt_count; i++) {
		if (is_said(&e->attempts[i], by->attempts, by->attempt_count))
			continue;
		earlier += i < e->earlier;
		e->attempts[left++] = e->attempts[i];
	}
	e->attempt_count = left;
	e->earlier = earlier;
}

/* One that is damaged has none. */
static assay_code get_event(assay_store *s, uint64_t ticket, uint32_t ordinal, assay_ticket_event *out, assay_err *err)
{
	assay_err why = ASSAY_ERR_INIT;
	const assay_code rc = assay_event_get(s, ticket, ordinal, out, &why);

	if (rc == ASSAY_OK || rc == ASSAY_ECORRUPT || rc == ASSAY_ENOENT)
		return ASSAY_OK;
	if (err != NULL)
		*err = why;
	return rc;
}

assay_code assay_ticket_attempts_unkept(assay_ticket_event *e, assay_store *s, const assay_ticket *before,
					const assay_ticket *now, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	e->attempt_count = e->earlier = 0;
	e->attempts = assay_alloc(before->attempt_count + now->attempt_count, sizeof *e->attempts);
	if (e->attempts == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "attempts");
	gather(e, before, now);
	for (uint32_t n = 1; n <= before->events && e->attempt_count > 0 && rc == ASSAY_OK; n++) {
		ASSAY_CLEANUP(assay_ticket_event_release) assay_ticket_event kept = {0};

		rc = get_event(s, before->id, n, &kept, err);
		if (rc == ASSAY_OK)
			drop_kept(e, &kept);
	}
	return rc;
}

/* ---------------------------------------------------------------- all of them */

typedef struct kept {
	assay_ticket_attempt attempt;
	uint32_t event; /* 0: it was judged so before that event */
	uint64_t run;
	int64_t at_ns;
} kept;

typedef struct log {
	kept *items;
	size_t count, cap;
} log;

static void log_release(log *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free(l->items[i].attempt.remedy);
		free(l->items[i].attempt.note);
	}
	free(l->items);
}

/* The attempts move over to the log. */
static assay_code add_event(log *l, assay_ticket_event *e, uint32_t number, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < e->attempt_count && rc == ASSAY_OK; i++) {
		rc = assay_grow(&l->items, &l->cap, l->count, sizeof *l->items, err);
		if (rc != ASSAY_OK)
			break;
		l->items[l->count++] = (kept){
		    .attempt = e->attempts[i], .event = i < e->earlier ? 0 : number, .run = e->run, .at_ns = e->at_ns};
		e->attempts[i].remedy = e->attempts[i].note = NULL;
	}
	return rc;
}

static assay_code read_log(log *l, assay_store *s, const assay_ticket *t, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (uint32_t n = 1; n <= t->events && rc == ASSAY_OK; n++) {
		ASSAY_CLEANUP(assay_ticket_event_release) assay_ticket_event e = {0};

		rc = get_event(s, t->id, n, &e, err);
		if (rc == ASSAY_OK)
			rc = add_event(l, &e, n, err);
	}
	return rc;
}

/* One that settled by itself has none that count: its subject needs no help now, or is not there. */
static bool needs_help(const assay_ticket *t)
{
	return t->state != ASSAY_TICKET_PASSED && t->state != ASSAY_TICKET_GONE;
}

static bool has(const assay_ticket *t, const assay_ticket_attempt *a)
{
	for (size_t i = 0; i < t->attempt_count; i++)
		if (same_judged(&t->attempts[i], a))
			return true;
	return false;
}

static const kept *find_kept(const log *l, const assay_ticket_attempt *a)
{
	for (size_t i = 0; i < l->count; i++)
		if (same_judged(&l->items[i].attempt, a))
			return &l->items[i];
	return NULL;
}

/* @param k  of the log; NULL: no event has it */
static assay_code tell(const assay_ticket_attempt *a, const kept *k, bool current, assay_ticket_tried_fn *fn, void *ctx,
		       assay_err *err)
{
	assay_ticket_tried x = {.attempt = a, .current = current};

	if (k != NULL && k->event != 0) {
		x.event = k->event;
		x.run = k->run;
		x.at_ns = k->at_ns;
	}
	return fn(ctx, &x, err);
}

/* Those that count no more, as they came; then the ticket's own list in its order. */
assay_code assay_ticket_tried_each(assay_store *s, const assay_ticket *t, assay_ticket_tried_fn *fn, void *ctx,
				   assay_err *err)
{
	ASSAY_CLEANUP(log_release) log l = {0};
	const bool current = needs_help(t);
	assay_code rc = read_log(&l, s, t, err);

	for (size_t i = 0; i < l.count && rc == ASSAY_OK; i++)
		if (!current || !has(t, &l.items[i].attempt))
			rc = tell(&l.items[i].attempt, &l.items[i], false, fn, ctx, err);
	for (size_t i = 0; i < t->attempt_count && rc == ASSAY_OK; i++) {
		const kept *k = find_kept(&l, &t->attempts[i]);

		if (current || k == NULL) /* an older program kept none in events */
			rc = tell(&t->attempts[i], k, current, fn, ctx, err);
	}
	return rc;
}
