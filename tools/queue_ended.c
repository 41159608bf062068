#include "queue_ended.h"

#include "queue_ticket.h"

#include "assay/memory.h"
#include "assay/source.h"

#include <string.h>

static assay_code source_of(assay_source *out, assay_store *s, const char *subject, assay_err *err)
{
	ASSAY_AUTO_FREE char *path = assay_strndup(subject, strcspn(subject, "#")); /* paths have theirs escaped */

	if (path == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "path");
	return assay_source_find(s, path, out, err);
}

/* A text, another file and metadata are about the bytes of a source. */
static assay_code has_other_bytes(bool *out, assay_store *s, const assay_decision *d, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	const assay_code rc = source_of(&src, s, d->subject, err);

	*out = rc == ASSAY_OK && !src.missing && !assay_digest_is_zero(&src.digest) &&
	       !assay_digest_eq(&src.digest, &d->basis);
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* *waits: there is no sample of it that is judged. */
static assay_code sample_has_it(bool *has, bool *waits, assay_store *s, const assay_decision *d, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	ASSAY_AUTO_DECISION of_whole = {0};
	assay_code rc = assay_sample_find(s, d->subject, &row, err);

	*has = row.decision == d->id;
	*waits = rc == ASSAY_ENOENT || row.missing || row.outcome == ASSAY_OUTCOME_DUPLICATE ||
		 row.outcome == ASSAY_OUTCOME_FILTERED;
	if (rc == ASSAY_OK && !*has && !*waits) {
		rc = assay_decision_of_whole(&of_whole, s, &row, err);
		*waits = rc == ASSAY_OK;
	}
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

static assay_code source_waits(bool *waits, assay_store *s, const assay_decision *d, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	const assay_code rc = assay_source_find(s, d->subject, &src, err);

	*waits = rc == ASSAY_ENOENT || src.missing;
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* One on a verdict is named by the row of its sample, or by its ticket, as long as it holds. */
static assay_code is_left(bool *out, assay_store *s, const assay_decision *d, assay_err *err)
{
	ASSAY_AUTO_TICKET t = {0};
	bool has = false, waits;
	assay_code rc = d->is_source ? source_waits(&waits, s, d, err) : sample_has_it(&has, &waits, s, d, err);

	if (rc == ASSAY_OK && !has && !waits)
		rc = assay_ticket_find(s, d->subject, &t, err);
	*out = (rc == ASSAY_OK || rc == ASSAY_ENOENT) && !has && !waits && t.decision != d->id;
	/* Of a ticket that cannot be read it is not known; whoever asks for the ticket itself is told. */
	return rc == ASSAY_ENOENT || rc == ASSAY_ECORRUPT ? ASSAY_OK : rc;
}

assay_code assay_decision_has_ended(bool *out, assay_store *s, const assay_decision *d, assay_err *err)
{
	*out = false;
	if (d->id == 0 || d->standing != ASSAY_DECISION_STANDS || d->kind == ASSAY_DECISION_REMEDY)
		return ASSAY_OK;
	return assay_decision_slot_of(d->kind) == ASSAY_DECISION_OF_VERDICT ? is_left(out, s, d, err)
									    : has_other_bytes(out, s, d, err);
}

assay_code assay_ticket_has_ended(bool *out, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_FREE char *path = NULL;
	assay_code rc = assay_ticket_path(&path, t, err);

	*out = false;
	for (unsigned i = 0; rc == ASSAY_OK && !*out && i < ASSAY_DECISION_SLOTS; i++) {
		const assay_decision_slot slot = (assay_decision_slot)i;
		ASSAY_AUTO_DECISION d = {0};

		rc = assay_decision_peek_on(s, slot == ASSAY_DECISION_OF_METADATA ? path : t->subject, slot, &d, err);
		if (rc == ASSAY_OK)
			rc = assay_decision_has_ended(out, s, &d, err);
		if (rc == ASSAY_ENOENT)
			rc = ASSAY_OK;
	}
	return rc;
}
