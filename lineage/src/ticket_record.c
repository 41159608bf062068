/*
 * Layout of a ticket row (key: number; maps have ascending integer keys, absent values are null):
 *   {0: format 3, 1: subject, 2: is source, 3: state, 4: unit | null, 5: null | [failure, stage, message],
 *    6: [check...], 7: opened run, 8: changed run, 9: opened ns, 10: changed ns, 11: events,
 *    12: origin, 13: decision | 0, 14: [attempt...], 15: feedback ns | 0}
 *   of one that an evaluation told of: {0: format 4, as format 3, 16: unit of which it did}
 *   check:   see sample.c
 *   attempt: [way, null | remedy, rung, recipe, unit | 0, outcome, chosen, failed checks, null | note]
 * Layout of an event row (key: ticket number (u64), ordinal from 1 (u32), both big-endian):
 *   {0: format 2, 1: state, 2: run, 3: at ns, 4: actor, 5: reason, 6: content before | null, 7: content after | null}
 * An event row of format 3 has the fields of format 2: it is of what a person did, and leaves the state as it was. One of
 * format 4 goes on: 8: [attempt...] that no event before it has, 9: how many of them, the first ones, were judged so
 * before it.
 * Rows of format 1 end at 11 and at 5: they know the states up to 3, and verdicts as the only origin. Tickets of format 2
 * end at 14: an open one of an evaluation was told of when it was last changed.
 */
#include "ticket_record.h"

#include "catalog.h"
#include "record.h"
#include "ticket_attempts.h"

#define FORMAT             3
#define FORMAT_TOLD        4
#define EVENT_FORMAT       2
#define EVENT_FORMAT_ACT   3
#define EVENT_FORMAT_TRIED 4
#define EVENT_FORMAT_TOLD  5

/* By format. */
static const size_t fields_of[] = {0, 12, 15, 16, 17}, event_fields_of[] = {0, 6, 8, 8, 10, 11};

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

static void encode_origin(assay_buf *out, const assay_ticket *t)
{
	assay_cbor_uint(out, 12);
	assay_cbor_uint(out, t->origin != 0 ? t->origin : ASSAY_TICKET_JUDGED);
	assay_cbor_uint(out, 13);
	assay_cbor_uint(out, t->decision);
	assay_cbor_uint(out, 14);
	assay_ticket_attempts_encode(out, t->attempts, t->attempt_count);
	assay_cbor_uint(out, 15);
	assay_cbor_int(out, t->feedback_ns);
	if (t->feedback_unit == 0)
		return;
	assay_cbor_uint(out, 16);
	assay_cbor_uint(out, t->feedback_unit);
}

void assay_ticket_encode(assay_buf *out, const assay_ticket *t)
{
	const uint64_t format = t->feedback_unit != 0 ? FORMAT_TOLD : FORMAT;

	assay_cbor_map(out, fields_of[format]);
	assay_cbor_uint(out, 0);
	assay_cbor_uint(out, format);
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
	encode_origin(out, t);
}

static void encode_content(assay_buf *out, const assay_digest *d)
{
	assay_cbor_digest(out, assay_digest_is_zero(d) ? NULL : d);
}

static uint64_t event_format(const assay_ticket_event *e)
{
	return e->act                 ? EVENT_FORMAT_ACT
	       : e->told_ns != 0      ? EVENT_FORMAT_TOLD
	       : e->attempt_count > 0 ? EVENT_FORMAT_TRIED
				      : EVENT_FORMAT;
}

void assay_ticket_event_encode(assay_buf *out, const assay_ticket_event *e)
{
	const uint64_t format = event_format(e);

	assay_cbor_map(out, event_fields_of[format]);
	assay_cbor_uint(out, 0);
	assay_cbor_uint(out, format);
	assay_cbor_uint(out, 1);
	assay_cbor_uint(out, e->state);
	assay_cbor_uint(out, 2);
	assay_cbor_uint(out, e->run);
	assay_cbor_uint(out, 3);
	assay_cbor_int(out, e->at_ns);
	assay_cbor_uint(out, 4);
	assay_cbor_text(out, e->actor);
	assay_cbor_uint(out, 5);
	assay_cbor_text(out, e->reason);
	assay_cbor_uint(out, 6);
	encode_content(out, &e->before);
	assay_cbor_uint(out, 7);
	encode_content(out, &e->after);
	if (format < EVENT_FORMAT_TRIED)
		return;
	assay_cbor_uint(out, 8);
	assay_ticket_attempts_encode(out, e->attempts, e->attempt_count);
	assay_cbor_uint(out, 9);
	assay_cbor_uint(out, e->earlier);
	if (format != EVENT_FORMAT_TOLD)
		return;
	assay_cbor_uint(out, 10);
	assay_cbor_int(out, e->told_ns);
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

static void read_origin(assay_cbor_reader *c, assay_ticket *t, uint64_t format)
{
	uint32_t origin;

	assay_cbor_read_key(c, 12);
	origin = assay_record_u32(c);
	if (origin != ASSAY_TICKET_JUDGED && origin != ASSAY_TICKET_FEEDBACK)
		assay_cbor_fault(c, "unknown origin of a ticket");
	t->origin = (assay_ticket_origin)origin;
	assay_cbor_read_key(c, 13);
	t->decision = assay_cbor_read_uint(c);
	assay_cbor_read_key(c, 14);
	assay_ticket_attempts_decode(c, &t->attempts, &t->attempt_count);
	if (format == 2) {
		if (t->origin == ASSAY_TICKET_FEEDBACK && assay_ticket_state_is_open(t->state))
			t->feedback_ns = t->changed_ns;
		return;
	}
	assay_cbor_read_key(c, 15);
	t->feedback_ns = assay_cbor_read_int(c);
	if (format < FORMAT_TOLD)
		return;
	assay_cbor_read_key(c, 16);
	t->feedback_unit = assay_cbor_read_uint(c);
}

/* Of a record in one of the formats from 1 on, each with its number of fields. */
static uint64_t read_head(assay_cbor_reader *c, const size_t *fields, uint64_t newest, const char *not_fields,
			  const char *not_format)
{
	const size_t n = assay_cbor_read_map(c);
	uint64_t format;

	assay_cbor_read_key(c, 0);
	format = assay_cbor_read_uint(c);
	if (format < 1 || format > newest)
		assay_cbor_fault(c, not_format);
	else if (n != fields[format])
		assay_cbor_fault(c, not_fields);
	return format;
}

static void read_ticket(assay_cbor_reader *c, assay_ticket *t)
{
	const uint64_t format =
	    read_head(c, fields_of, FORMAT_TOLD, "ticket has another number of fields", "unknown ticket format");

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
	t->origin = ASSAY_TICKET_JUDGED;
	if (format > 1)
		read_origin(c, t, format);
}

assay_code assay_ticket_decode(assay_ticket *out, uint64_t id, const void *p, size_t n, assay_err *err)
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
	const uint64_t format = read_head(c, event_fields_of, EVENT_FORMAT_TOLD, "event has another number of fields",
					  "unknown event format");

	e->act = format == EVENT_FORMAT_ACT;
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
	if (format == 1)
		return;
	assay_cbor_read_key(c, 6);
	(void)assay_cbor_read_digest(c, &e->before);
	assay_cbor_read_key(c, 7);
	(void)assay_cbor_read_digest(c, &e->after);
	if (format < EVENT_FORMAT_TRIED)
		return;
	assay_cbor_read_key(c, 8);
	assay_ticket_attempts_decode(c, &e->attempts, &e->attempt_count);
	assay_cbor_read_key(c, 9);
	e->earlier = assay_record_u32(c);
	if (c->fault == NULL && e->earlier > e->attempt_count)
		assay_cbor_fault(c, "event keeps fewer attempts than it says");
	if (format != EVENT_FORMAT_TOLD)
		return;
	assay_cbor_read_key(c, 10);
	e->told_ns = assay_cbor_read_int(c);
}

assay_code assay_ticket_event_decode(assay_ticket_event *out, const void *p, size_t n, assay_err *err)
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
