/* What stands where something was decided upon that is not there, or that another copy was put before. */
#include "assay/ended.h"

#include "assay/memory.h"
#include "assay/queue.h"
#include "assay/sample.h"
#include "assay/source.h"
#include "assay/unit.h"

#include <stdlib.h>
#include <string.h>

typedef struct search {
	assay_store *store;
	const assay_decision *of;
	const assay_source *gone;
	const char *part; /* of the subject, with its "#"; "" of all of the source */
	char *path;       /* of the first by path so far; owned */
} search;

static assay_code source_of(assay_source *out, assay_store *s, const assay_decision *d, assay_err *err)
{
	ASSAY_AUTO_FREE char *path =
	    assay_strndup(d->subject, strcspn(d->subject, "#")); /* paths have theirs escaped */

	return path != NULL ? assay_source_find(s, path, out, err) : ASSAY_RAISE(err, ASSAY_ENOMEM, "path");
}

typedef struct work {
	assay_store *store;
	const assay_decision *before;
	bool found;
} work;

static assay_code look_at_work(void *ctx, uint64_t unit, assay_err *err)
{
	work *w = ctx;
	ASSAY_AUTO_UNIT u = {0};
	const assay_code rc = assay_unit_get(w->store, unit, &u, err);

	w->found |= rc == ASSAY_OK && u.finished_ns <= w->before->made_ns;
	return rc == ASSAY_OK && w->found ? ASSAY_ESTOP : rc;
}

/* An older program did not write down of which: they cannot be any that nobody had read when it was made. */
static assay_code was_read_before(bool *out, assay_store *s, const assay_decision *d, const assay_digest *bytes,
				  assay_err *err)
{
	work w = {.store = s, .before = d};
	const assay_code rc = assay_units_of(s, ASSAY_UNIT_SOURCE, bytes, look_at_work, &w, err);

	*out = w.found;
	return rc == ASSAY_ESTOP ? ASSAY_OK : rc;
}

/* Of the bytes that were here last: its own, or those of a file that stood in their place. */
static assay_code is_of_those(bool *out, assay_store *s, const assay_decision *d, const assay_source *gone,
			      assay_err *err)
{
	if (assay_decision_slot_of(d->kind) == ASSAY_DECISION_OF_VERDICT && assay_digest_is_zero(&d->bytes))
		return was_read_before(out, s, d, &gone->digest, err);
	if (assay_decision_slot_of(d->kind) == ASSAY_DECISION_OF_VERDICT) {
		*out = assay_digest_eq(&gone->digest, &d->bytes);
		return ASSAY_OK;
	}
	*out = assay_digest_eq(&gone->digest, &d->basis);
	return *out || d->is_source ? ASSAY_OK
				    : assay_decision_stood(out, s, d->subject, &gone->digest, &d->basis, err);
}

/* Somebody decided on the sample there later, or in the same way. */
static assay_code is_answered(bool *out, const search *e, const char *key, assay_err *err)
{
	for (unsigned i = 0; i <= ASSAY_DECISION_OF_METADATA && !*out; i++) {
		const assay_decision_slot slot = (assay_decision_slot)i;
		const bool same_slot = slot == assay_decision_slot_of(e->of->kind);
		ASSAY_AUTO_DECISION d = {0};
		const assay_code rc = assay_decision_peek_on(e->store, key, slot, &d, err);

		if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
			return rc;
		if (rc == ASSAY_OK && d.standing == ASSAY_DECISION_STANDS &&
		    (same_slot || slot != ASSAY_DECISION_OF_METADATA))
			*out = d.id > e->of->id ||
			       (d.kind == e->of->kind && assay_digest_eq(&d.payload, &e->of->payload) &&
				assay_digest_eq(&d.basis, &e->of->basis));
	}
	return ASSAY_OK;
}

/* Without what people decided on the other it may not be there at all: then it is the source that they decide upon. */
static assay_code is_lost(bool *out, const search *e, const assay_source *src, assay_err *err)
{
	bool answered = false;
	const assay_code rc = is_answered(&answered, e, src->path, err);

	*out = !answered;
	return rc;
}

/* A copy of what is there is told of with that. */
static assay_code stands(bool *out, const search *e, const assay_source *src, assay_err *err)
{
	ASSAY_AUTO_BUF key = ASSAY_BUF_INIT;
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	bool answered = false;
	assay_code rc;

	*out = false;
	assay_buf_printf(&key, "%s%s", src->path, e->part);
	ASSAY_TRY(assay_buf_check(&key, err));
	ASSAY_TRY(is_answered(&answered, e, assay_buf_str(&key), err));
	*out = !answered;
	if (answered || e->of->is_source)
		return ASSAY_OK;
	rc = assay_sample_find(e->store, assay_buf_str(&key), &row, err);
	if (rc == ASSAY_ENOENT || (rc == ASSAY_OK && row.missing))
		return is_lost(out, e, src, err);
	*out = rc == ASSAY_OK && row.outcome != ASSAY_OUTCOME_DUPLICATE && row.outcome != ASSAY_OUTCOME_FILTERED;
fail:
	return rc;
}

static assay_code look_at(void *ctx, const assay_source *src, assay_err *err)
{
	search *e = ctx;
	bool found = false;
	assay_code rc;

	if (src->missing || src->modality != e->gone->modality || !assay_digest_eq(&src->digest, &e->gone->digest) ||
	    (e->path != NULL && strcmp(src->path, e->path) >= 0))
		return ASSAY_OK;
	rc = stands(&found, e, src, err);
	if (rc != ASSAY_OK || !found)
		return rc;
	free(e->path);
	e->path = assay_strdup(src->path);
	return e->path != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "path");
}

assay_code assay_decision_moved_to(char **path, assay_store *s, const assay_decision *d, assay_err *err)
{
	ASSAY_AUTO_SOURCE gone = {0};
	search e = {.store = s, .of = d, .gone = &gone, .part = d->subject + strcspn(d->subject, "#")};
	bool same = false;
	assay_code rc = source_of(&gone, s, d, err);

	*path = NULL;
	if (rc == ASSAY_OK && gone.missing && !assay_digest_is_zero(&gone.digest))
		rc = is_of_those(&same, s, d, &gone, err);
	if (rc != ASSAY_OK || !same)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	rc = assay_sources_with(s, &gone.digest, look_at, &e, err);
	if (rc == ASSAY_OK)
		*path = e.path;
	else
		free(e.path);
	return rc;
}

/* ---------------------------------------------------------------- what it answers there */

/* Was it made in answer to an evaluation? */
static assay_code is_answer(bool *out, assay_store *s, const assay_decision *d, assay_err *err)
{
	ASSAY_AUTO_TICKET t = {0};
	const assay_code rc = assay_ticket_peek_on(s, d->subject, &t, err);

	*out = rc == ASSAY_OK && t.feedback_ns != 0 && d->made_ns > t.feedback_ns;
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* After its day, and when others told of it since, the ticket is open. */
static assay_code is_asked_again(bool *out, assay_store *s, const char *key, assay_err *err)
{
	ASSAY_AUTO_TICKET t = {0};
	const assay_code rc = assay_ticket_peek_on(s, key, &t, err);

	*out = rc == ASSAY_OK && (t.damaged || assay_ticket_state_is_open(t.state));
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

static assay_code holds_for(bool *out, assay_store *s, const assay_decision *d, const assay_sample_row *row,
			    assay_err *err)
{
	ASSAY_AUTO_UNIT u = {0};
	assay_digest basis;
	bool asked;
	assay_code rc;

	*out = false;
	if (row->missing || !assay_outcome_is_delivered(row->outcome))
		return ASSAY_OK;
	rc = assay_unit_get(s, row->judged_unit, &u, err);
	if (rc == ASSAY_OK)
		rc = assay_decision_basis(&basis, &u.work_key, row->failure, row->failed_stage, row->checks,
					  row->check_count, err);
	if (rc == ASSAY_OK)
		rc = is_asked_again(&asked, s, row->key, err);
	*out = rc == ASSAY_OK && !asked && assay_digest_eq(&basis, &d->basis);
	return rc;
}

assay_code assay_decision_answers_at(bool *out, assay_store *s, const assay_decision *d, const char *path,
				     assay_err *err)
{
	ASSAY_AUTO_BUF key = ASSAY_BUF_INIT;
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	assay_code rc;

	*out = false;
	if (d->kind != ASSAY_DECISION_WAIVE || d->is_source)
		return ASSAY_OK;
	assay_buf_printf(&key, "%s%s", path, d->subject + strcspn(d->subject, "#"));
	rc = assay_buf_check(&key, err);
	if (rc == ASSAY_OK)
		rc = is_answer(out, s, d, err);
	if (rc != ASSAY_OK || !*out)
		return rc;
	rc = assay_sample_find(s, assay_buf_str(&key), &row, err);
	if (rc == ASSAY_OK)
		return holds_for(out, s, d, &row, err);
	*out = false;
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* ---------------------------------------------------------------- a copy that was put before it */

/* What it let pass is delivered all the same, or the same is decided on the original. */
static assay_code comes_to_the_same(bool *out, assay_store *s, const assay_decision *d,
				    const assay_sample_row *original, assay_err *err)
{
	ASSAY_AUTO_DECISION other = {0};
	assay_code rc = ASSAY_ENOENT;

	*out = d->kind == ASSAY_DECISION_WAIVE && assay_outcome_is_delivered(original->outcome);
	if (!*out && original->decision != 0)
		rc = assay_decision_peek(s, original->decision, &other, err);
	if (rc == ASSAY_OK)
		*out = other.kind == d->kind && assay_digest_eq(&other.payload, &d->payload);
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* What stands by another file's bytes is their duplicate, and no copy. */
static assay_code is_copy(bool *out, assay_store *s, const assay_sample_row *row, const assay_sample_row *original,
			  assay_err *err)
{
	ASSAY_AUTO_SOURCE own = {0}, other = {0};
	assay_code rc = assay_source_get(s, row->source, &own, err);

	if (rc == ASSAY_OK)
		rc = assay_source_get(s, original->source, &other, err);
	*out = rc == ASSAY_OK && assay_digest_eq(&own.digest, &other.digest);
	return rc;
}

assay_code assay_decision_original(char **key, assay_store *s, const assay_decision *d, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0}, original = {0};
	bool same = false, copy = false;
	assay_code rc = d->is_source ? ASSAY_ENOENT : assay_sample_find(s, d->subject, &row, err);

	*key = NULL;
	if (rc != ASSAY_OK || row.missing || row.outcome != ASSAY_OUTCOME_DUPLICATE || row.original == NULL)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	rc = assay_sample_find(s, row.original, &original, err);
	if (rc == ASSAY_OK)
		rc = comes_to_the_same(&same, s, d, &original, err);
	if (rc == ASSAY_OK && !same)
		rc = is_copy(&copy, s, &row, &original, err);
	if (rc != ASSAY_OK || !copy)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	*key = assay_strdup(row.original);
	return *key != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "key");
}
