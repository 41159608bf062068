#include "queue_ended.h"

#include "queue_table.h"
#include "queue_ticket.h"
#include "tell.h"

#include "assay/ended.h"
#include "assay/memory.h"
#include "assay/source.h"
#include "assay/unit.h"

#include <string.h>

static assay_code source_of(assay_source *out, assay_store *s, const char *subject, assay_err *err)
{
	ASSAY_AUTO_FREE char *path = assay_strndup(subject, strcspn(subject, "#")); /* paths have theirs escaped */

	if (path == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "path");
	return assay_source_find(s, path, out, err);
}

/* What of a sample a text or another file would be made upon now; of one that was not judged yet its source's bytes. */
static assay_code basis_now(assay_digest *out, bool *there, assay_store *s, const assay_decision *d,
			    const assay_source *src, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	assay_code rc = ASSAY_ENOENT;

	*out = src->digest;
	if (!d->is_source)
		rc = assay_sample_find(s, d->subject, &row, err);
	*there = d->is_source || (rc == ASSAY_OK && !row.missing);
	if (rc != ASSAY_OK || !*there || row.judged_unit == 0)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	return assay_content_basis(out, s, &row, err);
}

static assay_code end_of_present(assay_decision_end *out, assay_store *s, const assay_decision *d,
				 const assay_source *src, assay_err *err)
{
	bool there, stood = false;
	assay_digest now;
	assay_code rc = basis_now(&now, &there, s, d, src, err);

	if (rc == ASSAY_OK && !there)
		*out = ASSAY_DECISION_WAITS;
	if (rc != ASSAY_OK || !there || assay_digest_is_zero(&src->digest) || assay_digest_eq(&now, &d->basis))
		return rc;
	if (!d->is_source && assay_digest_eq(&now, &src->digest))
		rc = assay_decision_stood(&stood, s, d->subject, &now, &d->basis, err);
	*out = !assay_digest_eq(&now, &src->digest) ? ASSAY_DECISION_OTHER_FILE
	       : stood                              ? ASSAY_DECISION_FILE_GONE
						    : ASSAY_DECISION_OTHER_BYTES;
	return rc;
}

/* A text, another file and metadata are about bytes. */
static assay_code end_of_bytes(assay_decision_end *out, assay_store *s, const assay_decision *d, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	const assay_code rc = source_of(&src, s, d->subject, err);

	if (rc == ASSAY_ENOENT || (rc == ASSAY_OK && src.missing)) {
		*out = ASSAY_DECISION_WAITS;
		return ASSAY_OK;
	}
	return rc == ASSAY_OK ? end_of_present(out, s, d, &src, err) : rc;
}

/* What was said of a table is of the page that it was found on. */
static assay_code end_of_table(assay_decision_end *out, assay_store *s, const assay_decision *d, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	ASSAY_AUTO_DECISION page = {0};
	assay_code rc = assay_sample_find(s, d->subject, &row, err);

	if (rc == ASSAY_ENOENT || (rc == ASSAY_OK && row.missing)) {
		*out = ASSAY_DECISION_WAITS;
		return ASSAY_OK;
	}
	if (rc == ASSAY_OK)
		rc = assay_table_other_page(&page, s, &row, err);
	if (rc == ASSAY_OK && page.id != 0)
		*out = ASSAY_DECISION_OTHER_PAGE;
	return rc;
}

/* What there is of whom one on a verdict is about. */
typedef struct subject {
	assay_sample_row row; /* id 0: of a source */
	assay_ticket ticket;  /* id 0: it has none */
	bool waits;
} subject;

static void subject_release(subject *x)
{
	assay_sample_row_release(&x->row);
	assay_ticket_release(&x->ticket);
}

/* Of one by an older program, and where the file is gone, it is not known. */
static assay_code has_other_bytes(bool *out, assay_store *s, const assay_decision *d, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	assay_code rc = ASSAY_OK;

	*out = false;
	if (!assay_digest_is_zero(&d->bytes))
		rc = source_of(&src, s, d->subject, err);
	*out = rc == ASSAY_OK && !assay_digest_is_zero(&d->bytes) && !src.missing &&
	       !assay_digest_is_zero(&src.digest) && !assay_digest_eq(&src.digest, &d->bytes);
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

static assay_code load_subject(subject *x, assay_store *s, const assay_decision *d, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	ASSAY_AUTO_DECISION of_whole = {0};
	const assay_sample_row *row = &x->row;
	assay_code rc;

	rc =
	    d->is_source ? assay_source_find(s, d->subject, &src, err) : assay_sample_find(s, d->subject, &x->row, err);
	x->waits = rc == ASSAY_ENOENT || src.missing || row->missing || row->outcome == ASSAY_OUTCOME_DUPLICATE ||
		   row->outcome == ASSAY_OUTCOME_FILTERED;
	if (rc == ASSAY_OK && !x->waits && row->id != 0 && row->decision != d->id) {
		rc = assay_decision_of_whole(&of_whole, s, row, err);
		x->waits = rc == ASSAY_OK; /* given up with what it was found in */
	}
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

static assay_code is_basis(bool *out, assay_store *s, const assay_decision *d, uint64_t unit, assay_failure failure,
			   const char *stage, const assay_failed_check *checks, size_t count, assay_err *err)
{
	ASSAY_AUTO_UNIT u = {0};
	assay_digest basis;
	assay_code rc = unit != 0 ? assay_unit_get(s, unit, &u, err) : ASSAY_ENOENT;

	if (rc == ASSAY_OK)
		rc = assay_decision_basis(&basis, &u.work_key, failure, stage, checks, count, err);
	*out = rc == ASSAY_OK && assay_digest_eq(&basis, &d->basis);
	return rc == ASSAY_ENOENT || rc == ASSAY_ECORRUPT ? ASSAY_OK : rc;
}

/* Whoever asks after a judging needs no clock: of what is still as it was decided upon only the day can have come. */
static assay_code has_expired(bool *out, const subject *x, assay_store *s, const assay_decision *d, assay_err *err)
{
	const assay_sample_row *row = &x->row;
	const assay_ticket *t = &x->ticket;
	assay_code rc = ASSAY_OK;

	*out = false;
	if (d->expires_ns != 0)
		rc = is_basis(out, s, d, row->judged_unit, row->failure, row->failed_stage, row->checks,
			      row->check_count, err);
	if (rc == ASSAY_OK && d->expires_ns != 0 && !*out) /* a remedy may stand in place of what was waived */
		rc = is_basis(out, s, d, t->unit, t->failure, t->stage, t->checks, t->check_count, err);
	return rc;
}

static assay_code why_left(assay_decision_end *out, const subject *x, assay_store *s, const assay_decision *d,
			   assay_err *err)
{
	bool expired, other_bytes = false;
	assay_code rc = has_expired(&expired, x, s, d, err);

	if (rc == ASSAY_OK)
		rc = has_other_bytes(&other_bytes, s, d, err);
	*out = expired                                                 ? ASSAY_DECISION_EXPIRED
	       : x->row.decision > d->id || x->ticket.decision > d->id ? ASSAY_DECISION_DECIDED_SINCE
	       : other_bytes                                           ? ASSAY_DECISION_OTHER_BYTES
								       : ASSAY_DECISION_OTHER_VERDICT;
	return rc;
}

/* One on a verdict is named by the row of its sample, or by its ticket, as long as it holds. */
static assay_code end_of_verdict(assay_decision_end *out, assay_store *s, const assay_decision *d, assay_err *err)
{
	ASSAY_CLEANUP(subject_release) subject x = {0};
	assay_code rc = load_subject(&x, s, d, err);

	if (rc == ASSAY_OK && x.waits)
		*out = ASSAY_DECISION_WAITS;
	if (rc != ASSAY_OK || x.waits || x.row.decision == d->id)
		return rc;
	rc = assay_ticket_find(s, d->subject, &x.ticket, err);
	/* Of a ticket that cannot be read it is not known; whoever asks for the ticket itself is told. */
	if (rc == ASSAY_ECORRUPT || (rc == ASSAY_OK && x.ticket.decision == d->id))
		return ASSAY_OK;
	return rc == ASSAY_OK || rc == ASSAY_ENOENT ? why_left(out, &x, s, d, err) : rc;
}

/* What waits, or seems to hold, while its bytes go by another name. */
static assay_code look_instead(assay_decision_end *out, assay_store *s, const assay_decision *d, assay_err *err)
{
	ASSAY_AUTO_FREE char *path = NULL, *key = NULL;
	bool answers = false, other_bytes = false;
	assay_code rc = assay_decision_moved_to(&path, s, d, err);

	if (rc == ASSAY_OK && path == NULL)
		rc = assay_decision_original(&key, s, d, err);
	if (rc == ASSAY_OK && key != NULL)
		rc = has_other_bytes(&other_bytes, s, d, err);
	if (rc == ASSAY_OK && path != NULL)
		rc = assay_decision_answers_at(&answers, s, d, path, err);
	if (rc == ASSAY_OK && path != NULL)
		*out = answers ? ASSAY_DECISION_ANSWERS_ON : ASSAY_DECISION_MOVED;
	else if (rc == ASSAY_OK && key != NULL)
		*out = other_bytes ? ASSAY_DECISION_OTHER_BYTES : ASSAY_DECISION_OF_COPY;
	return rc;
}

assay_code assay_decision_end_of(assay_decision_end *out, assay_store *s, const assay_decision *d, assay_err *err)
{
	assay_code rc;

	*out = ASSAY_DECISION_HOLDS;
	if (d->id == 0 || d->standing != ASSAY_DECISION_STANDS || d->kind == ASSAY_DECISION_REMEDY)
		return ASSAY_OK;
	rc = assay_decision_slot_of(d->kind) == ASSAY_DECISION_OF_VERDICT ? end_of_verdict(out, s, d, err)
									  : end_of_bytes(out, s, d, err);
	if (rc == ASSAY_OK && (*out == ASSAY_DECISION_HOLDS || *out == ASSAY_DECISION_OTHER_FILE) &&
	    d->kind == ASSAY_DECISION_CORRECT && assay_key_is_table(d->subject))
		rc = end_of_table(out, s, d, err);
	return rc == ASSAY_OK && !assay_decision_end_is(*out) ? look_instead(out, s, d, err) : rc;
}

const char *assay_decision_end_text(assay_buf *out, assay_decision_end end, const assay_decision *d)
{
	char time[32];

	switch (end) {
	case ASSAY_DECISION_HOLDS:
	case ASSAY_DECISION_ANSWERS_ON:
		return NULL;
	case ASSAY_DECISION_WAITS:
		assay_buf_puts(out,
			       "what it is about is not there, a duplicate, filtered or given up as a whole; it waits");
		break;
	case ASSAY_DECISION_EXPIRED:
		assay_buf_printf(out, "it expired on %s", assay_tell_time(d->expires_ns, time));
		break;
	case ASSAY_DECISION_OTHER_BYTES:
		assay_buf_puts(out, "the source has other bytes now");
		break;
	case ASSAY_DECISION_OTHER_FILE:
		assay_buf_puts(out, "another file stands in place of the one that it was made on");
		break;
	case ASSAY_DECISION_FILE_GONE:
		assay_buf_puts(out, "the file that it was made on does not stand there any more");
		break;
	case ASSAY_DECISION_OTHER_PAGE:
		assay_buf_puts(out, "another file stands in place of the page that the table was found on");
		break;
	case ASSAY_DECISION_DECIDED_SINCE:
		assay_buf_puts(out, "by what was decided since it stands otherwise");
		break;
	case ASSAY_DECISION_MOVED:
		assay_buf_puts(out, "its file is gone, and the same bytes are now under another path");
		break;
	case ASSAY_DECISION_OF_COPY:
		assay_buf_puts(out, "it is a duplicate now of a copy that stands otherwise");
		break;
	case ASSAY_DECISION_OTHER_VERDICT:
		assay_buf_puts(out, "how it is made, or what it fails, has changed since");
		break;
	}
	return assay_buf_str(out);
}

assay_code assay_decision_answers_for(char **key, assay_store *s, const assay_decision *d, assay_decision_end end,
				      assay_err *err)
{
	ASSAY_AUTO_FREE char *path = NULL;
	const assay_code rc = end == ASSAY_DECISION_ANSWERS_ON ? assay_decision_moved_to(&path, s, d, err) : ASSAY_OK;

	*key = NULL;
	if (rc != ASSAY_OK || path == NULL)
		return rc;
	*key = assay_asprintf("%s%s", path, d->subject + strcspn(d->subject, "#"));
	return *key != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "key");
}

bool assay_decision_end_is(assay_decision_end end)
{
	return end != ASSAY_DECISION_HOLDS && end != ASSAY_DECISION_WAITS && end != ASSAY_DECISION_ANSWERS_ON;
}

assay_code assay_decision_has_ended(bool *out, assay_store *s, const assay_decision *d, assay_err *err)
{
	assay_decision_end end;
	const assay_code rc = assay_decision_end_of(&end, s, d, err);

	*out = rc == ASSAY_OK && assay_decision_end_is(end);
	return rc;
}

static bool is_left(assay_decision_end end)
{
	return assay_decision_end_is(end) || end == ASSAY_DECISION_ANSWERS_ON;
}

static assay_code has_one(bool *out, assay_store *s, const assay_ticket *t, bool (*is)(assay_decision_end),
			  assay_err *err)
{
	ASSAY_AUTO_FREE char *path = NULL;
	assay_code rc = assay_ticket_path(&path, t, err);

	*out = false;
	for (unsigned i = 0; rc == ASSAY_OK && !*out && i < ASSAY_DECISION_SLOTS; i++) {
		const assay_decision_slot slot = (assay_decision_slot)i;
		assay_decision_end end = ASSAY_DECISION_HOLDS;
		ASSAY_AUTO_DECISION d = {0};

		rc = assay_decision_peek_on(s, slot == ASSAY_DECISION_OF_METADATA ? path : t->subject, slot, &d, err);
		if (rc == ASSAY_OK)
			rc = assay_decision_end_of(&end, s, &d, err);
		*out = rc == ASSAY_OK && is(end);
		if (rc == ASSAY_ENOENT)
			rc = ASSAY_OK;
	}
	return rc;
}

assay_code assay_ticket_has_ended(bool *out, assay_store *s, const assay_ticket *t, assay_err *err)
{
	return has_one(out, s, t, assay_decision_end_is, err);
}

assay_code assay_ticket_has_left(bool *out, assay_store *s, const assay_ticket *t, assay_err *err)
{
	return has_one(out, s, t, is_left, err);
}
