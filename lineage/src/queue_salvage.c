/* What other rows say of a ticket whose own cannot be read. */
#include "assay/queue.h"
#include "assay/sample.h"
#include "assay/source.h"

#include "catalog.h"
#include "queue_rows.h"
#include "standing.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct entry {
	uint64_t id;
	assay_digest hash; /* of its subject */
	bool found;
} entry;

static assay_code keep_hash(void *ctx, const assay_digest *d, uint64_t id, assay_err *err)
{
	entry *e = ctx;

	(void)err;
	if (id != e->id)
		return ASSAY_OK;
	e->hash = *d;
	e->found = true;
	return ASSAY_ESTOP;
}

static assay_code sample_key(char **out, assay_store *s, const assay_digest *hash, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	uint64_t id;
	assay_code rc = assay_index_get(s, ASSAY_INDEX_SAMPLE, hash, &id, err);

	if (rc == ASSAY_OK)
		rc = assay_sample_get(s, id, &row, err);
	if (rc != ASSAY_OK)
		return rc;
	*out = assay_strdup(row.key);
	return *out != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "ticket");
}

static assay_code source_path(char **out, assay_store *s, const assay_digest *hash, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	uint64_t id;
	assay_code rc = assay_index_get(s, ASSAY_INDEX_PATH, hash, &id, err);

	if (rc == ASSAY_OK)
		rc = assay_source_get(s, id, &src, err);
	if (rc != ASSAY_OK)
		return rc;
	*out = assay_strdup(src.path);
	return *out != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "ticket");
}

assay_code assay_ticket_subject(assay_store *s, uint64_t id, char **subject, bool *is_source, assay_err *err)
{
	entry e = {.id = id};
	assay_code rc = assay_index_prefix(s, ASSAY_INDEX_TICKET, "", keep_hash, &e, err);

	*subject = NULL;
	*is_source = false;
	if (rc != ASSAY_OK && rc != ASSAY_ESTOP)
		return rc;
	if (!e.found)
		return ASSAY_ENOENT;
	/* A recording is a sample by the path of its source, and may fail as a whole: the sample goes before it. */
	rc = sample_key(subject, s, &e.hash, NULL);
	if (rc == ASSAY_ENOENT) {
		rc = source_path(subject, s, &e.hash, NULL);
		*is_source = rc == ASSAY_OK;
	}
	if (rc == ASSAY_ENOMEM)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "ticket");
	return rc == ASSAY_OK ? ASSAY_OK : ASSAY_ENOENT;
}

/* Of whom it is known: the sample goes before the source, as above. */
static assay_code is_of_source(bool *out, assay_store *s, const char *subject, assay_err *err)
{
	uint64_t id;
	assay_code rc = assay_index_get_text(s, ASSAY_INDEX_SAMPLE, subject, &id, err);

	*out = false;
	if (rc != ASSAY_ENOENT)
		return rc;
	rc = assay_index_get_text(s, ASSAY_INDEX_PATH, subject, &id, err);
	*out = rc == ASSAY_OK;
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

typedef struct history {
	assay_ticket *ticket;
	bool opened; /* the event that opened it was seen */
} history;

static assay_code take_event(void *ctx, const assay_ticket_event *e, assay_err *err)
{
	history *h = ctx;
	assay_ticket *t = h->ticket;

	(void)err;
	t->events++;
	if (e->damaged)
		return ASSAY_OK;
	t->state = e->state;
	if (assay_ticket_event_is_told(e))
		t->feedback_ns = e->told_ns != 0 ? e->told_ns : e->at_ns;
	if (h->opened || e->act)
		return ASSAY_OK;
	h->opened = true;
	t->opened_run = e->run;
	t->opened_ns = e->at_ns;
	return ASSAY_OK;
}

assay_code assay_ticket_salvage(assay_store *s, uint64_t id, const char *subject, const assay_err *why,
				assay_ticket *out, assay_err *err)
{
	history h = {.ticket = out};
	unsigned listed;
	assay_code rc;

	*out = (assay_ticket){.id = id, .damaged = true, .message = assay_strdup(why->msg)};
	if (subject != NULL) {
		out->subject = assay_strdup(subject);
		rc = is_of_source(&out->is_source, s, subject, err);
	} else {
		rc = assay_ticket_subject(s, id, &out->subject, &out->is_source, err);
		rc = rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	}
	if (rc == ASSAY_OK && (out->message == NULL || (subject != NULL && out->subject == NULL)))
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "ticket");
	if (rc == ASSAY_OK)
		rc = assay_ticket_events(s, id, take_event, &h, err);
	if (rc == ASSAY_OK)
		rc = assay_standing_of(s, id, &listed, err);
	if (rc == ASSAY_OK && listed != 0)
		out->state = (assay_ticket_state)listed;
	if (rc != ASSAY_OK)
		assay_ticket_release(out);
	return rc;
}

/* ---------------------------------------------------------------- an event that is given up */

assay_code assay_ticket_can_give_up(assay_store *s, uint64_t ticket, uint32_t ordinal, assay_err *err)
{
	ASSAY_CLEANUP(assay_ticket_event_release) assay_ticket_event e = {0};
	ASSAY_AUTO_TICKET t = {0};
	assay_err why = ASSAY_ERR_INIT;
	assay_code rc = assay_ticket_get(s, ticket, &t, err);

	if (rc == ASSAY_ENOENT)
		return ASSAY_RAISE(err, rc, "there is no ticket T%" PRIu64, ticket);
	if (rc != ASSAY_OK)
		return rc;
	if (ordinal == 0 || ordinal > t.events)
		return ASSAY_RAISE(err, ASSAY_ENOENT,
				   "ticket T%" PRIu64 " has %" PRIu32 " events, and none of number %" PRIu32, ticket,
				   t.events, ordinal);
	rc = assay_event_get(s, ticket, ordinal, &e, &why);
	if (rc == ASSAY_OK)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "event %" PRIu32 " of ticket T%" PRIu64 " can be read", ordinal,
				   ticket);
	return rc == ASSAY_ENOENT || rc == ASSAY_ECORRUPT ? ASSAY_OK : ASSAY_RAISE(err, rc, "%s", why.msg);
}

/* What the event before it left, else what the one after it did: those that can be read. */
static assay_code state_beside(assay_ticket_state *out, assay_store *s, const assay_ticket *t, uint32_t ordinal,
			       assay_err *err)
{
	*out = t->state;
	for (uint32_t i = 1; i < t->events; i++) {
		const uint32_t at = i < ordinal ? ordinal - i : i + 1;
		ASSAY_CLEANUP(assay_ticket_event_release) assay_ticket_event e = {0};
		assay_err why = ASSAY_ERR_INIT;
		const assay_code rc = assay_event_get(s, t->id, at, &e, &why);

		if (rc == ASSAY_OK) {
			*out = e.state;
			return ASSAY_OK;
		}
		if (rc != ASSAY_ENOENT && rc != ASSAY_ECORRUPT)
			return ASSAY_RAISE(err, rc, "%s", why.msg);
	}
	return ASSAY_OK;
}

assay_code assay_ticket_give_up(assay_store *s, uint64_t ticket, uint32_t ordinal, const char *actor,
				const char *reason, int64_t at_ns, assay_err *err)
{
	ASSAY_AUTO_TICKET t = {0};
	ASSAY_AUTO_FREE char *text =
	    assay_asprintf("event %" PRIu32 " cannot be read, and was given up: %s", ordinal, reason);
	assay_ticket_event e = {.act = true, .at_ns = at_ns, .actor = (char *)(uintptr_t)actor, .reason = text};
	assay_code rc = assay_ticket_can_give_up(s, ticket, ordinal, err);

	if (rc == ASSAY_OK && text == NULL)
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "event");
	if (rc == ASSAY_OK)
		rc = assay_ticket_get(s, ticket, &t, err);
	if (rc == ASSAY_OK)
		rc = state_beside(&e.state, s, &t, ordinal, err);
	return rc == ASSAY_OK ? assay_event_put(s, ticket, ordinal, &e, err) : rc;
}
