#include "job.h"

#include "assay/sample.h"

#include "known.h"
#include "source_metadata.h"

#include <string.h>

static const assay_source_sidecar *next_read(const assay_source *src, size_t *i)
{
	while (*i < src->sidecar_count && assay_role_is_metadata(src->sidecars[*i].role))
		++*i;
	return *i < src->sidecar_count ? &src->sidecars[(*i)++] : NULL;
}

bool assay_job_sidecars_same(const assay_source *a, const assay_source *b)
{
	for (size_t i = 0, k = 0;;) {
		const assay_source_sidecar *x = next_read(a, &i), *y = next_read(b, &k);

		if (x == NULL || y == NULL)
			return x == y;
		if (strcmp(x->role, y->role) != 0 || !assay_digest_eq(&x->digest, &y->digest))
			return false;
	}
}

static unsigned cause_of(const assay_job *j)
{
	const assay_source *a = &j->before, *b = &j->next;
	unsigned cause = 0;

	if (a->id == 0)
		return ASSAY_CAUSE_NEW;
	if (a->missing)
		cause |= ASSAY_CAUSE_RETURNED;
	if (b->failure == ASSAY_FAILURE_NONE && !assay_digest_eq(&a->digest, &b->digest))
		cause |= ASSAY_CAUSE_CONTENT;
	if (b->failure == ASSAY_FAILURE_NONE && !assay_job_sidecars_same(a, b))
		cause |= ASSAY_CAUSE_SIDECAR;
	if (!assay_digest_eq(&a->recipe, &b->recipe))
		cause |= ASSAY_CAUSE_RECIPE;
	if (!assay_metadata_equal(a, b))
		cause |= ASSAY_CAUSE_METADATA;
	if (cause == 0)
		cause = j->ran || a->failure != b->failure ? ASSAY_CAUSE_RETRY : ASSAY_CAUSE_TOUCHED;
	return cause;
}

/* The state before moves over: the row that it came from is released with it empty. */
static void keep_before(assay_job *j)
{
	assay_source *a = &j->before, *b = &j->next;

	b->has_before = a->id != 0;
	b->before_digest = a->digest;
	b->before_recipe = a->recipe;
	b->before_sidecars = a->sidecars;
	b->before_sidecar_count = a->sidecar_count;
	a->sidecars = NULL;
	a->sidecar_count = 0;
	b->before_metadata_keys = a->metadata_keys;
	b->before_metadata_values = a->metadata_values;
	b->before_metadata_count = a->metadata_count;
	a->metadata_keys = a->metadata_values = NULL;
	a->metadata_count = 0;
}

/* A touch is no change: it must not hide the change before it. */
static void keep_history(assay_job *j)
{
	assay_source *a = &j->before, *b = &j->next;

	b->has_before = a->has_before;
	b->before_digest = a->before_digest;
	b->before_recipe = a->before_recipe;
	b->before_sidecars = a->before_sidecars;
	b->before_sidecar_count = a->before_sidecar_count;
	a->before_sidecars = NULL;
	a->before_sidecar_count = 0;
	b->before_metadata_keys = a->before_metadata_keys;
	b->before_metadata_values = a->before_metadata_values;
	b->before_metadata_count = a->before_metadata_count;
	a->before_metadata_keys = a->before_metadata_values = NULL;
	a->before_metadata_count = 0;
}

typedef struct pruning {
	assay_session *session;
	const assay_source *now; /* NULL: the whole source is gone */
} pruning;

static assay_code prune_sample(void *ctx, const assay_sample_row *row, assay_err *err)
{
	pruning *p = ctx;
	ASSAY_AUTO_SAMPLE_ROW copy = {0};
	assay_code rc;

	for (size_t i = 0; p->now != NULL && i < p->now->unit_count; i++)
		if (p->now->units[i] == row->unit)
			return ASSAY_OK;
	if (row->missing)
		return ASSAY_OK;
	rc = assay_sample_get(p->session->store, row->id, &copy, err);
	if (rc != ASSAY_OK)
		return rc;
	copy.missing = true;
	return assay_sample_put(p->session->store, &copy, err);
}

static assay_code take_stock(assay_job *j, assay_session *s, assay_err *err)
{
	const assay_failure failure = j->next.failure;

	j->next.standing = assay_standing_with(ASSAY_STANDING_DONE, failure);
	if (failure == ASSAY_FAILURE_NONE && j->part_count == 0)
		j->next.standing = ASSAY_STANDING_RETRY;
	j->samples = 0;
	for (size_t i = 0; i < j->part_count; i++) {
		assay_job_part *p = &j->parts[i];

		if (!p->told) {
			ASSAY_AUTO_UNIT u = {0};
			const assay_code rc = assay_unit_get(s->store, p->unit, &u, err);

			if (rc != ASSAY_OK)
				return rc;
			assay_job_part_tell(p, &u.result);
		}
		j->next.standing = assay_standing_with(j->next.standing, p->failure);
		j->samples += p->samples;
	}
	return ASSAY_OK;
}

assay_code assay_job_finish(assay_job *j, assay_session *s, assay_err *err)
{
	assay_source *n = &j->next;
	pruning p = {.session = s, .now = n};
	const bool was_known = j->before.id != 0;
	assay_code rc = take_stock(j, s, err);

	if (rc != ASSAY_OK)
		return rc;
	n->id = j->before.id;
	n->cause = cause_of(j);
	n->run = s->run.id;
	n->units = assay_alloc(j->part_count, sizeof *n->units);
	if (n->units == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "source");
	for (size_t i = 0; i < j->part_count && n->failure == ASSAY_FAILURE_NONE; i++)
		n->units[n->unit_count++] = j->parts[i].unit;
	if (n->cause == ASSAY_CAUSE_TOUCHED) {
		/* Hashed again only because its stamp was too young to be trusted: nothing happened. */
		if (assay_stamp_same(&j->before.stamp, &n->stamp)) {
			n->cause = j->before.cause;
			n->run = j->before.run;
		}
		keep_history(j);
	} else {
		keep_before(j);
	}
	rc = assay_source_put(s->store, n, err);
	/* What is still made comes back to life when it is judged. */
	if (rc == ASSAY_OK && was_known)
		rc = assay_samples_of(s->store, n->id, prune_sample, &p, err);
	return rc;
}

assay_code assay_source_gone(assay_session *s, uint64_t source, assay_err *err)
{
	pruning p = {.session = s};
	ASSAY_AUTO_SOURCE src = {0};
	assay_code rc = assay_source_get(s->store, source, &src, err);

	if (rc != ASSAY_OK)
		return rc;
	src.missing = true;
	src.run = s->run.id;
	rc = assay_source_put(s->store, &src, err);
	return rc == ASSAY_OK ? assay_samples_of(s->store, source, prune_sample, &p, err) : rc;
}
