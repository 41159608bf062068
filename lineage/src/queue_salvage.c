/* What other rows say of a ticket whose own cannot be read. */
#include "assay/queue.h"
#include "assay/sample.h"
#include "assay/source.h"

#include "catalog.h"

#include <inttypes.h>
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

static assay_code keep_first(void *ctx, const assay_ticket_event *e, assay_err *err)
{
	assay_ticket *t = ctx;

	(void)err;
	if (e->damaged)
		return ASSAY_OK;
	t->opened_run = e->run;
	t->opened_ns = e->at_ns;
	return ASSAY_ESTOP;
}

assay_code assay_ticket_salvage(assay_store *s, const char *subject, assay_ticket *out, assay_err *err)
{
	uint64_t id;
	assay_code rc;

	*out = (assay_ticket){0};
	rc = assay_index_get_text(s, ASSAY_INDEX_TICKET, subject, &id, err);
	if (rc == ASSAY_OK)
		rc = assay_ticket_get(s, id, out, NULL);
	if (rc == ASSAY_OK) {
		assay_ticket_release(out);
		return ASSAY_RAISE(err, ASSAY_EINVAL, "ticket %" PRIu64 " can be read", id);
	}
	if (rc != ASSAY_ECORRUPT)
		return rc;
	*out = (assay_ticket){.id = id, .subject = assay_strdup(subject)};
	if (out->subject == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "ticket");
	rc = assay_ticket_events(s, id, keep_first, out, err);
	return rc == ASSAY_ESTOP ? ASSAY_OK : rc;
}
