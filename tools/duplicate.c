#include "duplicate.h"

#include "assay/sample.h"
#include "assay/source.h"

#include <string.h>

#define KEPT       "kept"
#define GONE       "gone"
#define NOT_JUDGED "not judged yet"

/* Until the next judging there is no saying what becomes of those that duplicate it. */
static assay_code tell_unjudged(const char **out, assay_store *s, const assay_sample_row *row, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	const assay_code rc = assay_source_get(s, row->source, &src, err);

	*out = rc == ASSAY_OK && src.missing ? GONE : NOT_JUDGED;
	return rc;
}

assay_code assay_original_standing(const char **out, assay_store *s, const char *key, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	ASSAY_AUTO_TICKET t = {0};
	assay_code rc = assay_sample_find(s, key, &row, err);

	*out = rc == ASSAY_ENOENT ? GONE : KEPT;
	if (rc == ASSAY_OK && (row.missing || row.outcome == 0))
		return tell_unjudged(out, s, &row, err);
	if (rc != ASSAY_OK || assay_outcome_is_delivered(row.outcome))
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	*out = assay_outcome_name(row.outcome);
	rc = assay_ticket_peek_on(s, key, &t, err);
	if (rc == ASSAY_OK && t.state == ASSAY_TICKET_REJECTED)
		*out = "rejected";
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

typedef struct telling {
	assay_buf *out;
	assay_store *store;
} telling;

static assay_code tell(void *ctx, const assay_sample_row *row, assay_err *err)
{
	const telling *x = ctx;
	static const char *const no_loss[] = {KEPT, GONE, NOT_JUDGED};
	const char *stands;
	assay_code rc;

	if (row->missing || row->original == NULL || x->out->len > 0)
		return ASSAY_OK;
	rc = assay_original_standing(&stands, x->store, row->original, err);
	for (size_t i = 0; rc == ASSAY_OK && i < ASSAY_COUNT(no_loss); i++)
		if (strcmp(stands, no_loss[i]) == 0)
			return ASSAY_OK;
	if (rc == ASSAY_OK)
		assay_buf_printf(x->out, "it is a duplicate of '%s', which is %s: nothing of either is delivered",
				 row->original, stands);
	return rc;
}

assay_code assay_tell_lost_duplicate(assay_buf *out, assay_store *s, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	ASSAY_AUTO_SOURCE src = {0};
	telling x = {out, s};
	assay_code rc =
	    t->is_source ? assay_source_find(s, t->subject, &src, err) : assay_sample_find(s, t->subject, &row, err);

	if (rc == ASSAY_OK)
		rc = t->is_source ? assay_samples_of(s, src.id, tell, &x, err) : tell(&x, &row, err);
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc == ASSAY_OK ? assay_buf_check(out, err) : rc;
}
