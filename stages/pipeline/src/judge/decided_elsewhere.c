#include "decided_elsewhere.h"

#include <string.h>

/* By a basis that speaks of the work, which two sources can have in common. */
static bool is_of_work(const assay_decision *d)
{
	return d->is_source && (d->kind == ASSAY_DECISION_REJECT || d->kind == ASSAY_DECISION_REMEDY);
}

/* What has left the dataset, or has other bytes by now, is no copy of it. */
static assay_code is_copy(bool *out, const assay_session *s, const assay_source *src, const char *path, assay_err *err)
{
	ASSAY_AUTO_SOURCE other = {0};
	const assay_code rc = assay_source_find(s->store, path, &other, err);

	*out = rc == ASSAY_OK && !other.missing && other.modality == src->modality &&
	       assay_digest_eq(&other.digest, &src->digest);
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

/* What was given up, and found after all as another file, is not given up any more. */
static bool is_replaced(const assay_decided *all, const assay_decision *d, const assay_source *src)
{
	const assay_decision *content = assay_decided_find(all, d->subject, ASSAY_DECISION_OF_CONTENT);

	return content != NULL && content->is_source && content->kind == ASSAY_DECISION_REPLACE &&
	       assay_digest_eq(&content->basis, &src->digest);
}

assay_code assay_decided_elsewhere(const assay_decision **out, const assay_session *s, const assay_source *src,
				   const assay_unit *failed, const char *stage, assay_err *err)
{
	const assay_decided *all = &s->decided;
	assay_digest basis;
	bool found = false;
	assay_code rc;

	*out = NULL;
	if (all->count == 0)
		return ASSAY_OK;
	rc = assay_decision_basis(&basis, &failed->work_key, failed->result.failure, stage, NULL, 0, err);
	for (size_t i = 0; rc == ASSAY_OK && !found && i < all->count; i++) {
		const assay_decision *d = &all->items[i];

		if (!is_of_work(d) || !assay_digest_eq(&d->basis, &basis) || strcmp(d->subject, src->path) == 0 ||
		    is_replaced(all, d, src))
			continue;
		rc = is_copy(&found, s, src, d->subject, err);
		if (found)
			*out = d;
	}
	return rc;
}
