/*
 * Layout of a ticket row (key: number; maps have ascending integer keys, absent values are null):
 *   {0: format 1, 1: subject, 2: is source, 3: state, 4: unit | null, 5: null | [failure, stage, message],
 *    6: [check...], 7: opened run, 8: changed run, 9: opened ns, 10: changed ns, 11: events}
 *   check: see sample.c
 * Layout of an event row (key: ticket number (u64), ordinal from 1 (u32), both big-endian):
 *   {0: format 1, 1: state, 2: run, 3: at ns, 4: actor, 5: reason}
 * Index 't': SHA-256(subject) -> number. Meta "tickets.open": how many are open.
 */
#include "assay/queue.h"

#include "catalog.h"
#include "record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT       1
#define FIELDS       12
#define EVENT_FIELDS 6
#define OPEN_COUNT   "tickets.open"

const char *assay_ticket_state_name(unsigned state)
{
	static const char *const names[] = {
	    [ASSAY_TICKET_OPEN] = "open", [ASSAY_TICKET_PASSED] = "passed", [ASSAY_TICKET_GONE] = "gone"};

	return state < ASSAY_COUNT(names) ? names[state] : NULL;
}

void assay_ticket_release(assay_ticket *t)
{
	assay_failed_checks_free(t->checks, t->check_count);
	free(t->subject);
	free(t->stage);
	free(t->message);
	*t = (assay_ticket){0};
}

void assay_ticket_event_release(assay_ticket_event *e)
{
	free(e->actor);
	free(e->reason);
	*e = (assay_ticket_event){0};
}

/* ---------------------------------------------------------------- encode */

static void encode_cause(assay_buf *out, const assay_ticket *t)
{
	assay_cbor_uint(out, 4);
	if (t->unit != 0)
		assay_cbor_uint(out, t->unit);
	else
		assay_cbor_null(out);
	assay_cbor_uint(out, 5);
	if (t->failure != ASSAY_FAILURE_NONE) {
		assay_cbor_array(out, 3);
		assay_cbor_uint(out, t->failure);
		assay_cbor_text(out, t->stage);
		assay_cbor_words(out, t->message);
	} else {
		assay_cbor_null(out);
	}
	assay_cbor_uint(out, 6);
	assay_failed_checks_encode(out, t->checks, t->check_count);
}

static void encode(assay_buf *out, const assay_ticket *t)
{
	assay_cbor_map(out, FIELDS);
	assay_cbor_uint(out, 0);
	assay_cbor_uint(out, FORMAT);
	assay_cbor_uint(out, 1);
	assay_cbor_text(out, t->subject);
	assay_cbor_uint(out, 2);
	assay_cbor_bool(out, t->is_source);
	assay_cbor_uint(out, 3);
	assay_cbor_uint(out, t->state);
	encode_cause(out, t);
	assay_cbor_uint(out, 7);
	assay_cbor_uint(out, t->opened_run);
	assay_cbor_uint(out, 8);
	assay_cbor_uint(out, t->changed_run);
	assay_cbor_uint(out, 9);
	assay_cbor_int(out, t->opened_ns);
	assay_cbor_uint(out, 10);
	assay_cbor_int(out, t->changed_ns);
	assay_cbor_uint(out, 11);
	assay_cbor_uint(out, t->events);
}

static void encode_event(assay_buf *out, const assay_ticket *t, const char *actor, const char *reason)
{
	assay_cbor_map(out, EVENT_FIELDS);
	assay_cbor_uint(out, 0);
	assay_cbor_uint(out, FORMAT);
	assay_cbor_uint(out, 1);
	assay_cbor_uint(out, t->state);
	assay_cbor_uint(out, 2);
	assay_cbor_uint(out, t->changed_run);
	assay_cbor_uint(out, 3);
	assay_cbor_int(out, t->changed_ns);
	assay_cbor_uint(out, 4);
	assay_cbor_text(out, actor);
	assay_cbor_uint(out, 5);
	assay_cbor_text(out, reason);
}

/* ---------------------------------------------------------------- decode */

static assay_ticket_state read_state(assay_cbor_reader *c)
{
	uint32_t state = assay_record_u32(c);

	if (assay_ticket_state_name(state) == NULL)
		assay_cbor_fault(c, "unknown state");
	return (assay_ticket_state)state;
}

static void read_failure(assay_cbor_reader *c, assay_ticket *t)
{
	if (assay_cbor_read_null(c))
		return;
	assay_record_tuple(c, 3, "failure is not a triple");
	t->failure = assay_record_failure(c);
	t->stage = assay_cbor_read_strdup(c);
	t->message = assay_cbor_read_strdup(c);
}

static void read_cause(assay_cbor_reader *c, assay_ticket *t)
{
	assay_cbor_read_key(c, 4);
	if (!assay_cbor_read_null(c))
		t->unit = assay_cbor_read_uint(c);
	assay_cbor_read_key(c, 5);
	read_failure(c, t);
	assay_cbor_read_key(c, 6);
	assay_failed_checks_decode(c, &t->checks, &t->check_count);
}

static void read_ticket(assay_cbor_reader *c, assay_ticket *t)
{
	assay_record_head(c, FIELDS, "ticket does not have 12 fields", FORMAT, "unknown ticket format");
	assay_cbor_read_key(c, 1);
	t->subject = assay_record_text(c);
	assay_cbor_read_key(c, 2);
	t->is_source = assay_cbor_read_bool(c);
	assay_cbor_read_key(c, 3);
	t->state = read_state(c);
	read_cause(c, t);
	assay_cbor_read_key(c, 7);
	t->opened_run = assay_cbor_read_uint(c);
	assay_cbor_read_key(c, 8);
	t->changed_run = assay_cbor_read_uint(c);
	assay_cbor_read_key(c, 9);
	t->opened_ns = assay_cbor_read_int(c);
	assay_cbor_read_key(c, 10);
	t->changed_ns = assay_cbor_read_int(c);
	assay_cbor_read_key(c, 11);
	t->events = assay_record_u32(c);
}

static assay_code decode(assay_ticket *out, uint64_t id, const void *p, size_t n, assay_err *err)
{
	assay_cbor_reader c;
	assay_code rc;

	*out = (assay_ticket){0};
	assay_cbor_reader_init(&c, p, n);
	read_ticket(&c, out);
	out->id = id;
	rc = assay_cbor_finish(&c, "ticket", err);
	if (rc != ASSAY_OK)
		assay_ticket_release(out);
	return rc;
}

static void read_event(assay_cbor_reader *c, assay_ticket_event *e)
{
	assay_record_head(c, EVENT_FIELDS, "event does not have 6 fields", FORMAT, "unknown event format");
	assay_cbor_read_key(c, 1);
	e->state = read_state(c);
	assay_cbor_read_key(c, 2);
	e->run = assay_cbor_read_uint(c);
	assay_cbor_read_key(c, 3);
	e->at_ns = assay_cbor_read_int(c);
	assay_cbor_read_key(c, 4);
	e->actor = assay_record_text(c);
	assay_cbor_read_key(c, 5);
	e->reason = assay_record_text(c);
}

static assay_code decode_event(assay_ticket_event *out, const void *p, size_t n, assay_err *err)
{
	assay_cbor_reader c;
	assay_code rc;

	*out = (assay_ticket_event){0};
	assay_cbor_reader_init(&c, p, n);
	read_event(&c, out);
	rc = assay_cbor_finish(&c, "event", err);
	if (rc != ASSAY_OK)
		assay_ticket_event_release(out);
	return rc;
}

/* ---------------------------------------------------------------- rows */

static assay_code put_event(assay_store *s, const assay_ticket *t, uint64_t id, const char *actor, const char *reason,
			    assay_err *err)
{
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;
	unsigned char key[ASSAY_EVENT_KEY];

	assay_event_key(key, id, t->events);
	encode_event(&row, t, actor, reason);
	return assay_row_put(s, ASSAY_TABLE_EVENT, key, sizeof(key), &row, err);
}

static assay_code put_row(assay_store *s, const assay_ticket *t, uint64_t id, assay_err *err)
{
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;

	encode(&row, t);
	return assay_row_put_at(s, ASSAY_TABLE_TICKET, id, &row, err);
}

static assay_code count_open(assay_store *s, bool was, bool is, assay_err *err)
{
	uint64_t open;
	assay_code rc;

	if (was == is)
		return ASSAY_OK;
	rc = assay_meta_get(s, OPEN_COUNT, &open, err);
	if (rc != ASSAY_OK)
		return rc;
	if (was && open == 0)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "more tickets were closed than opened");
	return assay_meta_put(s, OPEN_COUNT, is ? open + 1 : open - 1, err);
}

/* Number of events and state as stored, which a caller's copy may lag behind. */
static assay_code load_before(assay_store *s, uint64_t id, uint32_t *events, bool *was_open, assay_err *err)
{
	ASSAY_AUTO_TICKET before = {0};
	assay_code rc;

	*events = 0;
	*was_open = false;
	if (id == 0)
		return ASSAY_OK;
	rc = assay_ticket_get(s, id, &before, err);
	if (rc == ASSAY_ENOENT)
		return ASSAY_RAISE(err, ASSAY_EINVAL, "there is no ticket %" PRIu64, id);
	*events = before.events;
	*was_open = before.state == ASSAY_TICKET_OPEN;
	return rc;
}

assay_code assay_ticket_put(assay_store *s, assay_ticket *t, const char *actor, const char *reason, assay_err *err)
{
	uint64_t id = t->id, generation;
	uint32_t events;
	bool was_open;
	assay_code rc;

	ASSAY_TRY(assay_generation_advance(s, &generation, err));
	ASSAY_TRY(load_before(s, id, &events, &was_open, err));
	if (id == 0) {
		ASSAY_TRY(assay_next_id(s, ASSAY_TABLE_TICKET, &id, err));
		ASSAY_TRY(assay_index_put_text(s, ASSAY_INDEX_TICKET, t->subject, id, err));
	}
	t->events = events + 1;
	ASSAY_TRY(put_row(s, t, id, err));
	ASSAY_TRY(put_event(s, t, id, actor, reason, err));
	ASSAY_TRY(count_open(s, was_open, t->state == ASSAY_TICKET_OPEN, err));
	t->id = id;
	return ASSAY_OK;

fail:
	(void)assay_err_prefix(err, "ticket for '%s'", t->subject);
	return rc;
}

assay_code assay_ticket_get(assay_store *s, uint64_t id, assay_ticket *out, assay_err *err)
{
	const void *p;
	size_t n;
	assay_code rc;

	*out = (assay_ticket){0};
	rc = assay_row_get_at(s, ASSAY_TABLE_TICKET, id, &p, &n, err);
	return rc == ASSAY_OK ? decode(out, id, p, n, err) : rc;
}

assay_code assay_ticket_find(assay_store *s, const char *subject, assay_ticket *out, assay_err *err)
{
	uint64_t id;
	assay_code rc;

	*out = (assay_ticket){0};
	rc = assay_index_get_text(s, ASSAY_INDEX_TICKET, subject, &id, err);
	if (rc != ASSAY_OK)
		return rc;
	rc = assay_ticket_get(s, id, out, err);
	if (rc == ASSAY_ENOENT || (rc == ASSAY_OK && strcmp(out->subject, subject) != 0)) {
		assay_ticket_release(out);
		return ASSAY_RAISE(err, ASSAY_ECORRUPT,
				   "index entry of ticket '%s' leads to row %" PRIu64 ", which is not it", subject, id);
	}
	return rc;
}

struct visit {
	bool all;
	assay_ticket_fn *fn;
	void *ctx;
};

static assay_code visit_row(void *ctx, uint64_t id, const void *p, size_t n, assay_err *err)
{
	const struct visit *v = ctx;
	ASSAY_AUTO_TICKET t = {0};
	assay_code rc = decode(&t, id, p, n, err);

	if (rc != ASSAY_OK || (!v->all && t.state != ASSAY_TICKET_OPEN))
		return rc;
	return v->fn(v->ctx, &t, err);
}

assay_code assay_tickets_each(assay_store *s, bool all, assay_ticket_fn *fn, void *ctx, assay_err *err)
{
	struct visit v = {.all = all, .fn = fn, .ctx = ctx};

	return assay_rows_each_at(s, ASSAY_TABLE_TICKET, visit_row, &v, err);
}

assay_code assay_ticket_events(assay_store *s, uint64_t ticket, assay_ticket_event_fn *fn, void *ctx, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (uint32_t ordinal = 1; rc == ASSAY_OK; ordinal++) {
		ASSAY_CLEANUP(assay_ticket_event_release) assay_ticket_event e = {0};
		unsigned char key[ASSAY_EVENT_KEY];
		const void *p;
		size_t n;

		assay_event_key(key, ticket, ordinal);
		rc = assay_row_get(s, ASSAY_TABLE_EVENT, key, sizeof(key), &p, &n, err);
		if (rc == ASSAY_ENOENT)
			return ASSAY_OK;
		if (rc == ASSAY_OK)
			rc = decode_event(&e, p, n, err);
		if (rc == ASSAY_OK)
			rc = fn(ctx, &e, err);
	}
	return rc;
}

assay_code assay_tickets_open(assay_store *s, uint64_t *count, assay_err *err)
{
	return assay_meta_get(s, OPEN_COUNT, count, err);
}
