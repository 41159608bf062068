#include "ended.h"

#include "assay/log.h"
#include "assay/memory.h"
#include "assay/source.h"
#include "assay/version.h"

#include <stdlib.h>
#include <string.h>

static void release_one(assay_ended_decision *e)
{
	assay_decision_release(&e->decision);
	free(e->moved_to);
	free(e->original);
}

void assay_ended_release(assay_ended *e)
{
	for (size_t i = 0; i < e->count; i++)
		release_one(&e->items[i]);
	free(e->items);
	*e = (assay_ended){0};
}

/* Of metadata only what they are about counts: other values were put in their place by a person. */
static bool says_the_same(const assay_decision *a, const assay_decision *b)
{
	return a->kind == b->kind && assay_digest_eq(&a->basis, &b->basis) &&
	       assay_digest_eq(&a->payload, &b->payload) && a->expires_ns == b->expires_ns;
}

/* The row of what held before, if it stands and does not hold now; NULL otherwise. */
static const assay_decision *ended_row(const assay_decided *d, const assay_decision *before)
{
	const assay_decision *now =
	    d->count > 0 ? assay_decided_find(d, before->subject, assay_decision_slot_of(before->kind)) : NULL;

	if (now == NULL || now->kind == ASSAY_DECISION_REMEDY || d->in_force[now - d->items])
		return NULL;
	return says_the_same(now, before) ? now : NULL;
}

/* With what it was found in. */
static assay_code is_given_up(bool *out, assay_store *store, const assay_sample_row *row, assay_err *err)
{
	ASSAY_AUTO_DECISION of_whole = {0};
	const assay_code rc = assay_decision_of_whole(&of_whole, store, row, err);

	*out = rc == ASSAY_OK;
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* A text and another file are of the file that the sample is made of; of a source, and metadata, of its own bytes. */
static assay_code has_other_bytes(bool *out, assay_store *store, const assay_decision *d, const assay_source *src,
				  const assay_sample_row *row, assay_err *err)
{
	assay_digest now = src->digest;
	assay_code rc = ASSAY_OK;

	if (!d->is_source && assay_decision_slot_of(d->kind) == ASSAY_DECISION_OF_CONTENT && row->judged_unit != 0)
		rc = assay_content_basis(&now, store, row, err);
	*out = rc == ASSAY_OK && assay_decision_slot_of(d->kind) != ASSAY_DECISION_OF_VERDICT &&
	       !assay_digest_eq(&now, &d->basis);
	return rc;
}

/* *waits: it is not there, or something else keeps it out. */
static assay_code look_at_subject(assay_ended_decision *e, bool *waits, assay_store *store, const assay_decision *d,
				  assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	ASSAY_AUTO_SOURCE src = {0};
	ASSAY_AUTO_FREE char *path =
	    assay_strndup(d->subject, strcspn(d->subject, "#")); /* paths have theirs escaped */
	assay_code rc;

	if (path == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "path");
	rc = assay_source_find(store, path, &src, err);
	if (rc == ASSAY_OK && !d->is_source)
		rc = assay_sample_find(store, d->subject, &row, err);
	if (rc == ASSAY_OK)
		rc = is_given_up(waits, store, &row, err);
	*waits |= rc == ASSAY_ENOENT || src.missing || row.missing || row.outcome == ASSAY_OUTCOME_DUPLICATE ||
		  row.outcome == ASSAY_OUTCOME_FILTERED;
	e->outcome = row.outcome;
	if (rc == ASSAY_OK || rc == ASSAY_ENOENT)
		rc = has_other_bytes(&e->other_bytes, store, d, &src, &row, err);
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

static assay_code look_at_sample(assay_ended_decision *e, assay_store *store, const char *key, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	const assay_code rc = assay_sample_find(store, key, &row, err);

	e->outcome = row.outcome;
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* What waits is told only where its bytes stand otherwise under another name. */
static assay_code look_instead(assay_ended_decision *e, bool *waits, assay_store *store, const assay_decision *d,
			       assay_err *err)
{
	ASSAY_AUTO_BUF key = ASSAY_BUF_INIT;
	assay_code rc = assay_decision_moved_to(&e->moved_to, store, d, err);

	if (rc == ASSAY_OK && e->moved_to == NULL)
		rc = assay_decision_original(&e->original, store, d, err);
	*waits = e->moved_to == NULL && e->original == NULL;
	if (rc != ASSAY_OK || *waits)
		return rc;
	if (e->original != NULL)
		return look_at_sample(e, store, e->original, err);
	assay_buf_printf(&key, "%s%s", e->moved_to, d->subject + strcspn(d->subject, "#"));
	rc = assay_buf_check(&key, err);
	return rc == ASSAY_OK && !d->is_source ? look_at_sample(e, store, assay_buf_str(&key), err) : rc;
}

static assay_code look_at_ticket(assay_ended_decision *e, assay_store *store, const char *subject, assay_err *err)
{
	ASSAY_AUTO_TICKET t = {0};
	const assay_code rc = assay_ticket_find(store, subject, &t, err);

	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	e->ticket = t.id;
	e->state = t.state;
	return ASSAY_OK;
}

static assay_code look(assay_ended_decision *e, bool *waits, const assay_session *s, const assay_decision *d,
		       assay_err *err)
{
	assay_code rc = look_at_subject(e, waits, s->store, d, err);

	if (rc == ASSAY_OK && *waits)
		rc = look_instead(e, waits, s->store, d, err);
	if (rc == ASSAY_OK && !*waits)
		rc = look_at_ticket(e, s->store, d->subject, err);
	return rc == ASSAY_OK && !*waits ? assay_decision_get(s->store, d->id, &e->decision, err) : rc;
}

static assay_code add(assay_ended *out, const assay_session *s, const assay_decision *d, assay_err *err)
{
	ASSAY_CLEANUP(release_one)
	assay_ended_decision e = {.expired = d->expires_ns != 0 && s->as_of_ns >= d->expires_ns};
	bool waits = false;
	assay_code rc = look(&e, &waits, s, d, err);

	if (rc != ASSAY_OK || waits)
		return rc;
	rc = assay_grow(&out->items, &out->cap, out->count, sizeof *out->items, err);
	if (rc != ASSAY_OK)
		return rc;
	out->items[out->count++] = e;
	e = (assay_ended_decision){0};
	return ASSAY_OK;
}

/* Those in force in the last version, which is none before the first. */
static assay_code held_before(assay_decision **out, size_t *count, assay_store *store, assay_err *err)
{
	ASSAY_AUTO_VERSION v = {0};
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_code rc = assay_version_latest(store, &v, err);

	*out = NULL;
	*count = 0;
	if (rc != ASSAY_OK || assay_digest_is_zero(&v.decisions))
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	rc = assay_object_get(store, &v.decisions, &record, err);
	if (rc == ASSAY_OK)
		rc = assay_decisions_decode(out, count, record.data, record.len, err);
	if (rc != ASSAY_ECORRUPT && rc != ASSAY_ENOENT)
		return rc;
	/* A record of the past does not stop a run. */
	assay_log(ASSAY_LOG_WARNING, "what was decided in the last version cannot be read ('assay check' says more): "
				     "decisions that ended since are not told");
	return ASSAY_OK;
}

assay_code assay_ended_find(assay_ended *out, const assay_session *s, assay_err *err)
{
	assay_decision *before;
	size_t count;
	assay_code rc = held_before(&before, &count, s->store, err);

	assay_ended_release(out);
	for (size_t i = 0; rc == ASSAY_OK && i < count; i++) {
		const assay_decision *d = ended_row(&s->decided, &before[i]);

		if (d != NULL)
			rc = add(out, s, d, err);
	}
	assay_decisions_free(before, count);
	return rc;
}
