/* What each row says, and what it names. */
#include "check_finding.h"

#include "assay/judgement.h"
#include "assay/memory.h"
#include "assay/object.h"
#include "assay/queue.h"
#include "assay/run.h"
#include "assay/source.h"
#include "assay/unit.h"

#include "queue_rows.h"
#include "undo.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* A row that names another which is not there. */
static assay_code check_link(assay_check *c, const char *name, check_subject subject, uint64_t id, assay_table to,
			     uint64_t to_id, assay_err *err)
{
	char detail[128];
	bool exists;
	assay_code rc = assay_check_exists(c, to, to_id, &exists, err);

	if (rc != ASSAY_OK || exists)
		return rc;
	(void)snprintf(detail, sizeof(detail), "names %s %" PRIu64 ", which is not there", assay_table_name(to), to_id);
	return assay_check_add(c, "row", name, subject, id, detail, err);
}

/* ---------------------------------------------------------------- sources, units, samples */

assay_code assay_check_source(assay_check *c, uint64_t id, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	size_t finding;
	bool there;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_source_get(c->store, id, &src, &e);

	rc = assay_check_row(c, rc, &e, ASSAY_TABLE_SOURCE, id, CHECK_SOURCE, &there, err);
	if (rc != ASSAY_OK || !there)
		return rc;
	rc = assay_check_text_entry(c, ASSAY_INDEX_PATH, src.path, id, CHECK_SOURCE, err);
	for (size_t i = 0; i < src.unit_count && rc == ASSAY_OK; i++)
		rc = check_link(c, src.path, CHECK_SOURCE, id, ASSAY_TABLE_UNIT, src.units[i], err);
	if (rc == ASSAY_OK && src.unit_count > 0)
		rc = assay_check_named(c, &src.recipe, &finding, err);
	return rc;
}

static bool is_cached(const assay_result *r)
{
	return r->failure == ASSAY_FAILURE_NONE || assay_failure_is_deterministic(r->failure);
}

/* A work key may have been worked on again: then its entry leads to a later unit with the same key. */
static assay_code check_work_entry(assay_check *c, const assay_unit *u, assay_err *err)
{
	ASSAY_AUTO_UNIT other = {0};
	char name[CHECK_NAME];
	uint64_t found;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc;

	if (!is_cached(&u->result))
		return ASSAY_OK;
	rc = assay_unit_find(c->store, &u->work_key, &found, &e);
	if (rc == ASSAY_OK && found != u->id) {
		rc = assay_unit_get(c->store, found, &other, &e);
		if (rc == ASSAY_OK && assay_digest_eq(&other.work_key, &u->work_key))
			return ASSAY_OK;
	}
	if (rc != ASSAY_OK && !assay_check_is_damage(rc))
		return assay_check_stop(rc, &e, err);
	return assay_check_entry(c, ASSAY_INDEX_WORK, &u->work_key, u->id,
				 assay_check_row_name(ASSAY_TABLE_UNIT, u->id, name), CHECK_UNIT, err);
}

static assay_code check_work_key(assay_check *c, const assay_unit *u, assay_err *err)
{
	const assay_unit_key k = {u->source, u->part, u->sidecars, u->sidecar_count, u->recipe};
	char name[CHECK_NAME];
	assay_digest d;
	assay_code rc = assay_work_key(&d, &k, err);

	if (rc != ASSAY_OK || assay_digest_eq(&d, &u->work_key))
		return rc;
	return assay_check_add(c, "row", assay_check_row_name(ASSAY_TABLE_UNIT, u->id, name), CHECK_UNIT, u->id,
			       "its work key is not that of its terms", err);
}

/* Objects that are damaged are told of themselves; what is said here is that the result was made of another. */
static assay_code check_artifact(assay_check *c, const assay_unit *u, const assay_artifact_ref *a, assay_err *err)
{
	char name[CHECK_NAME], detail[192], hex[ASSAY_DIGEST_HEX];
	assay_object_info o;
	size_t finding;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_check_named(c, &a->digest, &finding, err);

	if (rc != ASSAY_OK || finding != SIZE_MAX)
		return rc;
	rc = assay_object_find(c->store, &a->digest, &o, &e);
	if (rc != ASSAY_OK || o.size == a->size)
		return assay_check_pass(rc, &e, err);
	(void)snprintf(detail, sizeof(detail), "says %" PRIu64 " bytes of artifact %s, which has %" PRIu64, a->size,
		       assay_digest_hex(&a->digest, hex), o.size);
	return assay_check_add(c, "row", assay_check_row_name(ASSAY_TABLE_UNIT, u->id, name), CHECK_UNIT, u->id, detail,
			       err);
}

static assay_code check_artifacts(assay_check *c, const assay_unit *u, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < u->result.sample_count; i++)
		for (size_t k = 0; k < u->result.samples[i].artifact_count && rc == ASSAY_OK; k++)
			rc = check_artifact(c, u, &u->result.samples[i].artifacts[k], err);
	return rc;
}

assay_code assay_check_unit(assay_check *c, uint64_t id, assay_err *err)
{
	ASSAY_AUTO_UNIT u = {0};
	size_t finding;
	bool there;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_unit_get(c->store, id, &u, &e);

	rc = assay_check_row(c, rc, &e, ASSAY_TABLE_UNIT, id, CHECK_UNIT, &there, err);
	if (rc != ASSAY_OK || !there)
		return rc;
	rc = check_work_key(c, &u, err);
	if (rc == ASSAY_OK)
		rc = check_work_entry(c, &u, err);
	if (rc == ASSAY_OK)
		rc = assay_check_named(c, &u.recipe, &finding, err);
	return rc == ASSAY_OK ? check_artifacts(c, &u, err) : rc;
}

assay_code assay_check_sample(assay_check *c, uint64_t id, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW r = {0};
	bool there;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_sample_get(c->store, id, &r, &e);

	rc = assay_check_row(c, rc, &e, ASSAY_TABLE_SAMPLE, id, CHECK_SAMPLE, &there, err);
	if (rc != ASSAY_OK || !there)
		return rc;
	rc = assay_check_text_entry(c, ASSAY_INDEX_SAMPLE, r.key, id, CHECK_SAMPLE, err);
	if (rc == ASSAY_OK)
		rc = check_link(c, r.key, CHECK_SAMPLE, id, ASSAY_TABLE_SOURCE, r.source, err);
	return rc == ASSAY_OK ? check_link(c, r.key, CHECK_SAMPLE, id, ASSAY_TABLE_UNIT, r.unit, err) : rc;
}

/* ---------------------------------------------------------------- tickets, runs */

/* *there: false when there is no such event, which is told of if there should be. */
static assay_code check_event(assay_check *c, uint64_t ticket, uint32_t ordinal, bool wanted, bool *there,
			      assay_err *err)
{
	ASSAY_CLEANUP(assay_ticket_event_release) assay_ticket_event event = {0};
	ASSAY_AUTO_FREE char *detail = NULL;
	char name[CHECK_NAME];
	assay_err e = ASSAY_ERR_INIT;
	const assay_code rc = assay_event_get(c->store, ticket, ordinal, &event, &e);

	*there = rc != ASSAY_ENOENT;
	c->sum.rows += *there;
	if (rc == ASSAY_OK || (rc == ASSAY_ENOENT && !wanted))
		return ASSAY_OK;
	if (!assay_check_is_damage(rc))
		return assay_check_stop(rc, &e, err);
	(void)snprintf(name, sizeof(name), "event %" PRIu32 " of ticket %" PRIu64, ordinal, ticket);
	detail = assay_asprintf("%s; 'assay queue retry --event T%" PRIu64 ":%" PRIu32 " --reason TEXT' gives it up",
				rc == ASSAY_ENOENT ? "is not there" : e.msg, ticket, ordinal);
	if (detail == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "finding");
	return assay_check_add(c, "row", name, CHECK_TICKET, ticket, detail, err);
}

/* One that cannot be read does not say how many it has. */
static assay_code check_events(assay_check *c, uint64_t ticket, uint32_t count, assay_err *err)
{
	bool there = true;
	assay_code rc = ASSAY_OK;

	for (uint32_t i = 1; i > 0 && rc == ASSAY_OK && (count > 0 ? i <= count : there); i++)
		rc = check_event(c, ticket, i, count > 0, &there, err);
	return rc;
}

assay_code assay_check_ticket(assay_check *c, uint64_t id, assay_err *err)
{
	ASSAY_AUTO_TICKET t = {0};
	const size_t before = c->count;
	bool there;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_ticket_get(c->store, id, &t, &e);

	rc = assay_check_row(c, rc, &e, ASSAY_TABLE_TICKET, id, CHECK_TICKET, &there, err);
	c->ticket_unread |= c->count > before;
	if (rc == ASSAY_OK && c->count > before)
		return check_events(c, id, 0, err);
	if (rc != ASSAY_OK || !there)
		return rc;
	c->open_tickets += assay_ticket_state_is_open(t.state);
	c->tickets[t.state]++;
	rc = assay_check_text_entry(c, ASSAY_INDEX_TICKET, t.subject, id, CHECK_TICKET, err);
	if (rc == ASSAY_OK)
		rc = assay_check_listed(c, &t, err);
	if (rc == ASSAY_OK && t.unit != 0)
		rc = check_link(c, t.subject, CHECK_TICKET, id, ASSAY_TABLE_UNIT, t.unit, err);
	if (rc == ASSAY_OK && t.events > 0)
		rc = check_events(c, id, t.events, err);
	for (size_t i = before; i < c->count && !t.is_source && rc == ASSAY_OK; i++)
		rc = assay_check_name(&c->findings[i].samples, t.subject, err);
	return rc;
}

typedef struct lost_decision {
	uint64_t id;
	bool found;
	assay_digest subject; /* its hash */
} lost_decision;

static assay_code find_lost(void *ctx, const assay_digest *d, uint64_t id, assay_err *err)
{
	lost_decision *l = ctx;

	(void)err;
	if (id == l->id) {
		l->found = true;
		l->subject = *d;
	}
	return ASSAY_OK;
}

/* The index still knows in which slot it was the newest, and the hash of whom it was about. */
static assay_code tell_lost(assay_check *c, uint64_t id, assay_err *err)
{
	static const char *const slots[ASSAY_DECISION_SLOTS] = {"the verdict", "the content", "the metadata"};
	check_finding *f = &c->findings[c->count - 1];
	lost_decision l = {.id = id};
	unsigned slot = 0;
	char *detail;

	for (; slot < ASSAY_DECISION_SLOTS && !l.found; slot++)
		if (assay_index_prefix(c->store, assay_decision_index((assay_decision_slot)slot), "", find_lost, &l,
				       NULL) != ASSAY_OK)
			return ASSAY_OK; /* told by check_index.c */
	if (!l.found)
		return ASSAY_OK;
	detail =
	    assay_asprintf("%s; it decided on %s, and every run stops for it: 'assay queue retry --decision %" PRIu64
			   " --reason TEXT' takes it out",
			   f->detail, slots[slot - 1], id);
	if (detail == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "finding");
	free(f->detail);
	f->detail = detail;
	f->subject = CHECK_KEY;
	f->digest = l.subject;
	return ASSAY_OK;
}

assay_code assay_check_decision(assay_check *c, uint64_t id, assay_err *err)
{
	ASSAY_AUTO_DECISION d = {0};
	const size_t before = c->count;
	size_t finding;
	bool there;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_decision_get(c->store, id, &d, &e);

	rc = assay_check_row(c, rc, &e, ASSAY_TABLE_DECISION, id, CHECK_NOTHING, &there, err);
	if (rc != ASSAY_OK || !there)
		return rc == ASSAY_OK && c->count > before ? tell_lost(c, id, err) : rc;
	/* The entry of its subject leads to the one that stands; one that was withdrawn may have a later one. */
	if (d.standing == ASSAY_DECISION_STANDS)
		rc = assay_check_text_entry(c, assay_decision_index(assay_decision_slot_of(d.kind)), d.subject, id,
					    CHECK_NOTHING, err);
	if (rc == ASSAY_OK && !assay_digest_is_zero(&d.payload))
		rc = assay_check_named(c, &d.payload, &finding, err);
	for (size_t i = before; i < c->count && !d.is_source && rc == ASSAY_OK; i++)
		rc = assay_check_name(&c->findings[i].samples, d.subject, err);
	return rc;
}

assay_code assay_check_run(assay_check *c, uint64_t id, assay_err *err)
{
	ASSAY_AUTO_RUN r = {0};
	bool there;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_run_get(c->store, id, &r, &e);
	size_t finding;

	rc = assay_check_row(c, rc, &e, ASSAY_TABLE_RUN, id, CHECK_NOTHING, &there, err);
	if (rc == ASSAY_OK && there && !assay_digest_is_zero(&r.refusal))
		rc = assay_check_named(c, &r.refusal, &finding, err);
	if (rc == ASSAY_OK && there && !assay_digest_is_zero(&r.filters))
		rc = assay_check_named(c, &r.filters, &finding, err);
	return rc;
}

/* ---------------------------------------------------------------- rows without numbers */

static assay_code check_number(assay_check *c, const char *name, uint64_t *value, assay_err *err)
{
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_meta_get(c->store, name, value, &e);

	c->sum.rows++;
	if (rc != ASSAY_ECORRUPT)
		return rc == ASSAY_OK ? ASSAY_OK : assay_check_stop(rc, &e, err);
	return assay_check_add(c, "row", name, CHECK_NOTHING, 0, e.msg, err);
}

static assay_code check_open_tickets(assay_check *c, assay_err *err)
{
	const size_t before = c->count;
	char detail[96];
	uint64_t open = 0;
	assay_code rc = check_number(c, "tickets.open", &open, err);

	if (rc != ASSAY_OK || c->count > before || open == c->open_tickets)
		return rc;
	(void)snprintf(detail, sizeof(detail), "says %" PRIu64 " where %" PRIu64 " tickets are open", open,
		       c->open_tickets);
	return assay_check_add(c, "row", "tickets.open", CHECK_NOTHING, 0, detail, err);
}

/* What a store of an older program does not count is not wrong. */
static assay_code check_states(assay_check *c, assay_err *err)
{
	uint64_t counted = 0, counts[ASSAY_TICKET_STATES + 1];
	char name[32], detail[96];
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = check_number(c, "tickets.counted", &counted, err);

	if (rc != ASSAY_OK || counted != 1 || c->ticket_unread)
		return rc;
	rc = assay_tickets_count(c->store, counts, &e);
	if (rc == ASSAY_ECORRUPT)
		return assay_check_add(c, "row", "counts of tickets", CHECK_NOTHING, 0, e.msg, err);
	if (rc != ASSAY_OK)
		return assay_check_stop(rc, &e, err);
	for (unsigned i = 1; i <= ASSAY_TICKET_STATES && rc == ASSAY_OK; i++) {
		if (counts[i] == c->tickets[i])
			continue;
		(void)snprintf(name, sizeof(name), "tickets that are %s", assay_ticket_state_name(i));
		(void)snprintf(detail, sizeof(detail), "counted as %" PRIu64 " where there are %" PRIu64, counts[i],
			       c->tickets[i]);
		rc = assay_check_add(c, "row", name, CHECK_NOTHING, 0, detail, err);
	}
	return rc;
}

static assay_code check_latest(assay_check *c, assay_err *err)
{
	uint64_t number = 0;
	assay_code rc = check_number(c, "version.latest", &number, err);

	if (rc != ASSAY_OK || number == 0)
		return rc;
	return check_link(c, "version.latest", CHECK_NOTHING, 0, ASSAY_TABLE_VERSION, number, err);
}

/* A judging that goes on, or was not finished: without its notes the next writer cannot undo it, and judges anew. */
static assay_code check_undo(assay_check *c, assay_err *err)
{
	uint64_t length = 0, txn;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = check_number(c, ASSAY_UNDO_LENGTH, &length, err);

	if (rc == ASSAY_OK)
		rc = check_number(c, ASSAY_UNDO_TXN, &txn, err);
	if (rc != ASSAY_OK || length == 0)
		return rc;
	rc = assay_undo_check(c->store, length, &e);
	if (rc == ASSAY_OK)
		return ASSAY_OK;
	return assay_check_is_damage(rc) || rc == ASSAY_EIO
		   ? assay_check_add(c, "file", "undo", CHECK_NOTHING, 0, e.msg, err)
		   : assay_check_stop(rc, &e, err);
}

/* No loss when it is damaged, and a sign all the same. */
static assay_code check_judgement(assay_check *c, assay_err *err)
{
	assay_judgement j;
	assay_err e = ASSAY_ERR_INIT;
	const assay_code rc = assay_judgement_get(c->store, &j, &e);

	if (rc == ASSAY_OK || rc == ASSAY_ENOENT)
		return ASSAY_OK;
	return rc == ASSAY_ECORRUPT ? assay_check_add(c, "row", "judgement", CHECK_NOTHING, 0, e.msg, err)
				    : assay_check_stop(rc, &e, err);
}

assay_code assay_check_numbers(assay_check *c, assay_err *err)
{
	char name[32];
	uint64_t value;
	assay_code rc;

	for (unsigned t = 0; t < ASSAY_TABLE_COUNT; t++) {
		(void)snprintf(name, sizeof(name), "next.%s", assay_table_name((assay_table)t));
		ASSAY_TRY(check_number(c, name, &value, err));
	}
	ASSAY_TRY(check_number(c, "generation", &value, err));
	ASSAY_TRY(check_number(c, "generation.run", &value, err));
	ASSAY_TRY(check_number(c, "tickets.listed", &value, err));
	ASSAY_TRY(check_number(c, "pack.current", &value, err));
	ASSAY_TRY(check_number(c, "pack.length", &value, err));
	ASSAY_TRY(check_open_tickets(c, err));
	ASSAY_TRY(check_states(c, err));
	ASSAY_TRY(check_latest(c, err));
	ASSAY_TRY(check_judgement(c, err));
	ASSAY_TRY(check_undo(c, err));
fail:
	return rc;
}
