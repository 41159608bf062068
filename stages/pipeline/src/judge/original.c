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
	assay_original_group group; /* the best so far */
	uint64_t among;             /* sources that have these bytes, or stand by them */
} search;

static void free_paths(assay_original_group *g)
{
	free(g->own.path);
	free(g->put_in.path);
	g->own.path = g->put_in.path = NULL;
}

void assay_originals_release(assay_originals *o)
{
	for (size_t i = 0; i < o->cap; i++)
		free_paths(&o->groups[i]);
	free(o->groups);
	free(o->shared);
	free(o->files);
	*o = (assay_originals){.rank = o->rank, .ctx = o->ctx, .decided = o->decided};
}

/* ---------------------------------------------------------------- looking through a group */

/* What a filter took out stands for nobody: its duplicate may be what the dataset wants. */
static bool is_filtered(const search *e, const assay_source *src)
{
	const assay_metadata_view m = {(const char *const *)src->metadata_keys,
				       (const char *const *)src->metadata_values, src->metadata_count};

	return assay_filters_hit(&e->config->filters, &e->config->fields, src->modality, e->kind, &m) != NULL;
}

/* Decided last, whoever sorts first: what comes back with an older decision overrules no newer one. */
static bool stands_before(const assay_original_choice *a, const assay_original_choice *b)
{
	if (b->path == NULL || a->rank != b->rank)
		return b->path == NULL || a->rank > b->rank;
	return a->decided != b->decided ? a->decided > b->decided : strcmp(a->path, b->path) < 0;
}

static assay_code choose(assay_original_choice *c, const assay_source *src, assay_original_choice as, assay_err *err)
{
	as.path = src->path;
	if (!stands_before(&as, c))
		return ASSAY_OK;
	free(c->path);
	*c = as;
	c->path = assay_strdup(src->path);
	return c->path == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "original") : ASSAY_OK;
}

static assay_code offer(void *ctx, const assay_source *other, assay_err *err)
{
	search *e = ctx;
	assay_original_group *g = &e->group;
	const bool has = assay_digest_eq(&other->digest, &g->digest);
	assay_original_standing s = {0};
	assay_original_choice as;
	assay_code rc;

	if (other->missing || other->modality != e->of->modality || is_filtered(e, other)) {
		e->among += !other->missing && has;
		return ASSAY_OK;
	}
	rc = e->all->rank(e->all->ctx, other, other->id == e->of->id, &s, err);
	if (rc != ASSAY_OK || s.rank == ASSAY_ORIGINAL_FAILED) {
		e->among += has;
		return rc;
	}
	if (!assay_digest_eq(&s.stands, &g->digest)) {
		as = (assay_original_choice){.rank = ASSAY_ORIGINAL_DECIDED, .decided = s.file, .away = true};
		e->among += has;
		return has ? choose(&g->own, other, as, err) : ASSAY_OK;
	}
	as = (assay_original_choice){.rank = s.rank, .decided = s.decided};
	e->among++;
	if (!has)
		rc = choose(&g->put_in, other, as, err);
	/* A file that was put in stands before what has the bytes itself only by a decision on what it gave. */
	return rc == ASSAY_OK && (has || s.rank == ASSAY_ORIGINAL_DECIDED) ? choose(&g->own, other, as, err) : rc;
}

static size_t first_file(const assay_originals *o, const assay_digest *bytes)
{
	size_t low = 0, high = o->file_count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (memcmp(o->files[middle]->payload.bytes, bytes->bytes, sizeof bytes->bytes) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_put_in(const assay_originals *o, size_t at, const assay_digest *bytes)
{
	return at < o->file_count && assay_digest_eq(&o->files[at]->payload, bytes);
}

/* Those that have the bytes, and those that a file with these bytes was put in for. */
static assay_code search_all(search *e, assay_err *err)
{
	const assay_digest *bytes = &e->group.digest;
	assay_code rc = assay_sources_with(e->store, bytes, offer, e, err);

	for (size_t i = first_file(e->all, bytes); rc == ASSAY_OK && is_put_in(e->all, i, bytes); i++) {
		const char *subject = e->all->files[i]->subject;
		ASSAY_AUTO_FREE char *path = assay_strndup(subject, strcspn(subject, "#"));
		ASSAY_AUTO_SOURCE src = {0};

		if (path == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "path");
		rc = assay_source_find(e->store, path, &src, err);
		if (rc == ASSAY_OK && !assay_digest_eq(&src.digest, bytes))
			rc = offer(e, &src, err);
		if (rc == ASSAY_ENOENT)
			rc = ASSAY_OK;
	}
	return rc;
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

/* What sorts behind a source that has the bytes is its original only by a decision. */
static const char *original_in(const assay_original_group *g, const assay_source *src, bool has)
{
	const assay_original_choice *c = has || (g->own.path != NULL && !g->own.away) ? &g->own : &g->put_in;
	const int order = c->path != NULL ? strcmp(c->path, src->path) : 0;

	if (order == 0 || (order > 0 && has && c->rank != ASSAY_ORIGINAL_DECIDED))
		return NULL;
	return c->path;
}

static assay_code look_through(assay_originals *o, search *e, bool has, const char **first, assay_err *err)
{
	assay_code rc = make_room(o, err);
	size_t at;

	*first = NULL;
	if (rc != ASSAY_OK)
		return rc;
	at = place_of(o->groups, o->cap, &e->group);
	if (!o->groups[at].used) {
		rc = search_all(e, err);
		if (rc != ASSAY_OK || e->among <= 1) {
			free_paths(&e->group);
			return rc;
		}
		o->groups[at] = e->group;
		o->groups[at].used = true;
		o->count++;
	}
	*first = original_in(&o->groups[at], e->of, has);
	return ASSAY_OK;
}

static int compare_ids(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int compare_files(const void *a, const void *b)
{
	const assay_decision *const *x = a, *const *y = b;

	return memcmp((*x)->payload.bytes, (*y)->payload.bytes, sizeof(*x)->payload.bytes);
}

/* For all of a source, or for a page, which may be all of it: its standing tells. */
static bool is_file(const assay_decision *d)
{
	return d->kind == ASSAY_DECISION_REPLACE;
}

static assay_code list_files(assay_originals *o, assay_err *err)
{
	const assay_decided *all = o->decided;

	if (all == NULL || all->count == 0)
		return ASSAY_OK;
	o->files = assay_alloc(all->count, sizeof(const assay_decision *));
	if (o->files == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "files in the place of sources");
	for (size_t i = 0; i < all->count; i++)
		if (is_file(&all->items[i]))
			o->files[o->file_count++] = &all->items[i];
	if (o->file_count > 1)
		qsort(o->files, o->file_count, sizeof(const assay_decision *), compare_files);
	return ASSAY_OK;
}

assay_code assay_originals_company(bool *may, assay_originals *o, assay_store *store, const assay_source *src,
				   const assay_digest *stands, assay_err *err)
{
	const bool has = assay_digest_eq(stands, &src->digest);
	assay_code rc = ASSAY_OK;

	if (!o->has_shared) {
		rc = assay_sources_shared(store, &o->shared, &o->shared_count, err);
		if (rc == ASSAY_OK)
			rc = list_files(o, err);
		o->has_shared = rc == ASSAY_OK;
	}
	*may = !has || is_put_in(o, first_file(o, &src->digest), &src->digest) ||
	       (o->shared_count > 0 &&
		bsearch(&src->id, o->shared, o->shared_count, sizeof *o->shared, compare_ids) != NULL);
	return rc;
}

assay_code assay_original_of(const char **path, assay_originals *o, assay_store *store, const assay_config *config,
			     const assay_source *src, const assay_digest *stands, assay_sample_kind kind,
			     assay_err *err)
{
	/* Filters may look at one kind only. */
	const bool apart = config->filters.count > 0 && kind <= ASSAY_SAMPLE_KIND_MAX;
	const unsigned slot = apart ? kind : 0;
	assay_code rc = ASSAY_OK;

	if (o->source != src->id) {
		o->source = src->id;
		memset(o->known, 0, sizeof o->known);
	}
	if (!o->known[slot]) {
		search e = {.all = o, .store = store, .config = config, .kind = kind, .of = src};
		const char *first = NULL;
		bool may;

		e.group = (assay_original_group){.digest = *stands, .modality = src->modality, .slot = slot};
		rc = assay_originals_company(&may, o, store, src, stands, err);
		if (rc == ASSAY_OK && may)
			rc = look_through(o, &e, assay_digest_eq(stands, &src->digest), &first, err);
		if (rc == ASSAY_OK) {
			o->path[slot] = first;
			o->known[slot] = true;
		}
	}
	*path = rc == ASSAY_OK ? o->path[slot] : NULL;
	return rc;
}
