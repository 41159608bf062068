#include "copy_age.h"

#include "assay/unit.h"

typedef struct asked {
	assay_ticket *ticket;
	assay_store *store;
	const assay_source *src;
	const assay_digest *stands;
	const char *part;
	assay_buf key;
} asked;

/* A source that had these bytes once may have a ticket about others by now. */
static assay_code is_about(bool *out, const asked *a, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_UNIT unit = {0};
	assay_code rc;

	*out = false;
	if (t->damaged || t->is_source || t->unit == 0 || !assay_ticket_state_is_open(t->state) ||
	    t->opened_ns >= a->ticket->opened_ns)
		return ASSAY_OK;
	rc = assay_unit_get(a->store, t->unit, &unit, err);
	*out = rc == ASSAY_OK && assay_digest_eq(&unit.source, a->stands);
	return rc;
}

static assay_code look_at(void *ctx, const assay_source *other, assay_err *err)
{
	asked *a = ctx;
	ASSAY_AUTO_TICKET t = {0};
	bool same = false;
	assay_code rc;

	if (other->id == a->src->id || other->modality != a->src->modality)
		return ASSAY_OK;
	assay_buf_reset(&a->key);
	assay_sample_key(&a->key, other->path, a->part);
	ASSAY_TRY(assay_buf_check(&a->key, err));
	rc = assay_ticket_peek_on(a->store, assay_buf_str(&a->key), &t, err);
	if (rc == ASSAY_ENOENT)
		return ASSAY_OK;
	if (rc == ASSAY_OK)
		rc = is_about(&same, a, &t, err);
	if (rc == ASSAY_OK && same) {
		a->ticket->opened_ns = t.opened_ns;
		a->ticket->opened_run = t.opened_run;
	}
fail:
	return rc;
}

assay_code assay_copy_age(assay_ticket *t, assay_originals *o, assay_store *store, const assay_source *src,
			  const assay_digest *stands, const char *part, assay_err *err)
{
	asked a = {.ticket = t, .store = store, .src = src, .stands = stands, .part = part, .key = ASSAY_BUF_INIT};
	bool may;
	assay_code rc = assay_originals_company(&may, o, store, src, stands, err);

	if (rc == ASSAY_OK && may)
		rc = assay_sources_with(store, stands, look_at, &a, err);
	assay_buf_release(&a.key);
	return rc;
}
