#include "helped.h"

#include "assay/log.h"
#include "assay/queue.h"
#include "assay/sample.h"

/* A stream goes by the name of its source, and has the one ticket that there is for it; what a model found wrong is of
 * a sample too. */
static bool is_of_sample(const assay_ticket *t)
{
	return !t->is_source || t->origin == ASSAY_TICKET_FEEDBACK;
}

static assay_code find_sample(bool *out, assay_store *s, const char *key, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	const assay_code rc = assay_sample_find(s, key, &row, err);

	*out = rc == ASSAY_OK && !row.missing;
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

assay_code assay_source_is_helped(bool *out, assay_store *s, const char *key, assay_err *err)
{
	ASSAY_AUTO_TICKET t = {0};
	assay_err why = ASSAY_ERR_INIT;
	const assay_code rc = assay_ticket_find(s, key, &t, &why);

	*out = false;
	if (rc == ASSAY_ECORRUPT) { /* one row ends neither a run nor a look at all the others */
		assay_log(ASSAY_LOG_WARNING, "source '%s' counts as failed, helped or not: %s", key, why.msg);
		return ASSAY_OK;
	}
	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return ASSAY_RAISE(err, rc, "%s", why.msg);
	if (rc == ASSAY_ENOENT)
		return ASSAY_OK;
	if (is_of_sample(&t))
		return find_sample(out, s, key, err);
	*out = t.state == ASSAY_TICKET_REPAIRED || t.state == ASSAY_TICKET_REPLACED;
	return ASSAY_OK;
}

assay_code assay_source_is_replaced(bool *out, const assay_session *s, const assay_source *src, assay_err *err)
{
	const assay_decision *d =
	    s->decided.count > 0 ? assay_decided_find(&s->decided, src->path, ASSAY_DECISION_OF_CONTENT) : NULL;

	*out = d != NULL && d->is_source && d->kind == ASSAY_DECISION_REPLACE &&
	       assay_digest_eq(&d->basis, &src->digest) && src->failure == ASSAY_FAILURE_NONE;
	return *out ? assay_source_is_helped(out, s->store, src->path, err) : ASSAY_OK;
}

/* What the rejection was about, bytes and recipe among it, the last judging looked at. */
assay_code assay_source_is_given_up(bool *out, const assay_session *s, const assay_source *src, assay_err *err)
{
	const assay_decision *d =
	    s->decided.count > 0 ? assay_decided_find(&s->decided, src->path, ASSAY_DECISION_OF_VERDICT) : NULL;
	ASSAY_AUTO_TICKET t = {0};
	assay_err why = ASSAY_ERR_INIT;
	assay_code rc;

	*out = false;
	if (d == NULL || !d->is_source || d->kind != ASSAY_DECISION_REJECT || src->failure != ASSAY_FAILURE_NONE)
		return ASSAY_OK;
	rc = assay_ticket_find(s->store, src->path, &t, &why);
	if (rc == ASSAY_ENOENT || rc == ASSAY_ECORRUPT) /* the next judging makes it anew */
		return ASSAY_OK;
	if (rc != ASSAY_OK)
		return ASSAY_RAISE(err, rc, "%s", why.msg);
	*out = t.is_source && t.state == ASSAY_TICKET_REJECTED && t.decision == d->id;
	return ASSAY_OK;
}

assay_code assay_source_is_decided(bool *out, const assay_session *s, const assay_source *src, assay_err *err)
{
	const assay_code rc = assay_source_is_replaced(out, s, src, err);

	return rc == ASSAY_OK && !*out ? assay_source_is_given_up(out, s, src, err) : rc;
}
