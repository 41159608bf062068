#include "original.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

#define GROUPS_MIN 64

typedef struct search {
	const assay_originals *all;
	assay_store *store;
	const assay_config *config;
	assay_sample_kind kind;
	const assay_source *of;
	char *path; /* the best so far, owned */
	assay_original_rank rank;
	uint64_t among; /* sources that have these bytes */
} search;

void assay_originals_release(assay_originals *o)
{
	for (size_t i = 0; i < o->cap; i++)
		free(o->groups[i].path);
	free(o->groups);
	free(o->shared);
	*o = (assay_originals){.rank = o->rank, .ctx = o->ctx};
}

/* ---------------------------------------------------------------- looking through a group */

/* What a filter took out stands for nobody: its duplicate may be what the dataset wants. */
static bool is_filtered(const search *e, const assay_source *src)
{
	const assay_metadata_view m = {(const char *const *)src->metadata_keys,
				       (const char *const *)src->metadata_values, src->metadata_count};

	return assay_filters_hit(&e->config->filters, &e->config->fields, src->modality, e->kind, &m) != NULL;
}

static assay_code offer(void *ctx, const assay_source *other, assay_err *err)
{
	search *e = ctx;
	assay_original_rank rank;
	assay_code rc;

	if (other->missing || other->modality != e->of->modality || !assay_digest_eq(&other->digest, &e->of->digest))
		return ASSAY_OK;
	e->among++;
	if (is_filtered(e, other))
		return ASSAY_OK;
	rc = e->all->rank(e->all->ctx, other, other->id == e->of->id, &rank, err);
	if (rc != ASSAY_OK || rank == ASSAY_ORIGINAL_FAILED || rank < e->rank ||
	    (rank == e->rank && strcmp(other->path, e->path) >= 0))
		return rc;
	e->rank = rank;
	free(e->path);
	e->path = assay_strdup(other->path);
	return e->path == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "original") : ASSAY_OK;
}

/* ---------------------------------------------------------------- groups */

static size_t place_of(const assay_original_group *groups, size_t cap, const assay_original_group *g)
{
	size_t at;

	memcpy(&at, g->digest.bytes, sizeof at); /* a digest is its own hash */
	at = (at + g->slot * 31 + (size_t)g->modality) & (cap - 1);
	while (groups[at].used && (groups[at].slot != g->slot || groups[at].modality != g->modality ||
				   !assay_digest_eq(&groups[at].digest, &g->digest)))
		at = (at + 1) & (cap - 1);
	return at;
}

static assay_code make_room(assay_originals *o, assay_err *err)
{
	const size_t cap = o->cap > 0 ? 2 * o->cap : GROUPS_MIN;
	assay_original_group *groups;

	if (2 * (o->count + 1) <= o->cap)
		return ASSAY_OK;
	groups = assay_alloc(cap, sizeof *groups);
	if (groups == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "originals");
	for (size_t i = 0; i < o->cap; i++)
		if (o->groups[i].used)
			groups[place_of(groups, cap, &o->groups[i])] = o->groups[i];
	free(o->groups);
	o->groups = groups;
	o->cap = cap;
	return ASSAY_OK;
}

static assay_code look_through(assay_originals *o, const assay_original_group *key, search *e, const char **first,
			       assay_err *err)
{
	assay_code rc = make_room(o, err);
	size_t at;

	*first = NULL;
	if (rc != ASSAY_OK)
		return rc;
	at = place_of(o->groups, o->cap, key);
	if (!o->groups[at].used) {
		rc = assay_sources_with(e->store, &key->digest, offer, e, err);
		if (rc == ASSAY_OK && e->among > 1) {
			o->groups[at] = *key;
			o->groups[at].path = e->path;
			o->groups[at].decided = e->rank == ASSAY_ORIGINAL_DECIDED;
			o->groups[at].used = true;
			o->count++;
			e->path = NULL;
		}
		free(e->path);
		e->path = NULL;
	}
	/* What sorts behind a source is its original only by a decision. */
	if (rc == ASSAY_OK && o->groups[at].used && o->groups[at].path != NULL) {
		const int order = strcmp(o->groups[at].path, e->of->path);

		if (order < 0 || (order > 0 && o->groups[at].decided))
			*first = o->groups[at].path;
	}
	return rc;
}

static int compare_ids(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static assay_code may_have_company(bool *may, assay_originals *o, assay_store *store, uint64_t source, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	if (!o->has_shared)
		rc = assay_sources_shared(store, &o->shared, &o->shared_count, err);
	o->has_shared = rc == ASSAY_OK;
	*may = o->shared_count > 0 && bsearch(&source, o->shared, o->shared_count, sizeof source, compare_ids) != NULL;
	return rc;
}

assay_code assay_original_of(const char **path, assay_originals *o, assay_store *store, const assay_config *config,
			     const assay_source *src, assay_sample_kind kind, assay_err *err)
{
	/* Filters may look at one kind only. */
	const bool apart = config->filters.count > 0 && kind <= ASSAY_SAMPLE_KIND_MAX;
	const assay_original_group key = {src->digest, src->modality, apart ? kind : 0, NULL, false, false};
	search e = {.all = o, .store = store, .config = config, .kind = kind, .of = src};
	assay_code rc = ASSAY_OK;

	if (o->source != src->id) {
		o->source = src->id;
		memset(o->known, 0, sizeof o->known);
	}
	if (!o->known[key.slot]) {
		const char *first = NULL;
		bool may;

		rc = may_have_company(&may, o, store, src->id, err);
		if (rc == ASSAY_OK && may)
			rc = look_through(o, &key, &e, &first, err);
		if (rc == ASSAY_OK) {
			o->path[key.slot] = first;
			o->known[key.slot] = true;
		}
	}
	*path = rc == ASSAY_OK ? o->path[key.slot] : NULL;
	return rc;
}
