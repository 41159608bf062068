#include "assay/lookup.h"

#include "catalog.h"

struct lookup {
	assay_store *store;
	assay_digest_fn *fn;
	void *ctx;
};

static assay_code tell_object(void *ctx, const assay_digest *d, uint64_t id, assay_err *err)
{
	const struct lookup *l = ctx;
	assay_object_info o;
	const assay_code rc = assay_object_at(l->store, id, &o, err);

	if (rc == ASSAY_ENOENT)
		return ASSAY_OK; /* 'check' tells of an index that leads nowhere */
	return rc == ASSAY_OK ? l->fn(l->ctx, d, ASSAY_DIGEST_OBJECT, o.type, err) : rc;
}

static assay_code stop_at_first(void *ctx, uint64_t to, assay_err *err)
{
	(void)ctx;
	(void)to;
	(void)err;
	return ASSAY_ESTOP;
}

static assay_code has_edge(const struct lookup *l, assay_edge_kind kind, uint64_t from, bool *has, assay_err *err)
{
	const assay_code rc = assay_edges_each(l->store, kind, from, stop_at_first, NULL, err);

	*has |= rc == ASSAY_ESTOP;
	return rc == ASSAY_ESTOP ? ASSAY_OK : rc;
}

static assay_code tell_content(void *ctx, const assay_digest *d, uint64_t id, assay_err *err)
{
	const struct lookup *l = ctx;
	bool source = false, sidecar = false;
	assay_code rc;

	ASSAY_TRY(has_edge(l, ASSAY_EDGE_CONTENT_SOURCE, id, &source, err));
	ASSAY_TRY(has_edge(l, ASSAY_EDGE_CONTENT_UNIT, id, &source, err));
	ASSAY_TRY(has_edge(l, ASSAY_EDGE_SIDECAR_UNIT, id, &sidecar, err));
	if (source || sidecar)
		rc = l->fn(l->ctx, d, (source ? ASSAY_DIGEST_SOURCE : 0u) | (sidecar ? ASSAY_DIGEST_SIDECAR : 0u),
			   (assay_object_type)0, err);
fail:
	return rc;
}

static assay_code tell_work(void *ctx, const assay_digest *d, uint64_t id, assay_err *err)
{
	const struct lookup *l = ctx;

	(void)id;
	return l->fn(l->ctx, d, ASSAY_DIGEST_WORK, (assay_object_type)0, err);
}

assay_code assay_digests_starting(assay_store *s, const char *hex, assay_digest_fn *fn, void *ctx, assay_err *err)
{
	struct lookup l = {.store = s, .fn = fn, .ctx = ctx};
	assay_code rc = assay_index_prefix(s, ASSAY_INDEX_OBJECT, hex, tell_object, &l, err);

	if (rc == ASSAY_OK)
		rc = assay_index_prefix(s, ASSAY_INDEX_CONTENT, hex, tell_content, &l, err);
	return rc == ASSAY_OK ? assay_index_prefix(s, ASSAY_INDEX_WORK, hex, tell_work, &l, err) : rc;
}

/* From one recipe to the next: the edges of each, one for each of its units, are passed over in one step. */
assay_code assay_recipes_each(assay_store *s, assay_recipe_fn *fn, void *ctx, assay_err *err)
{
	uint64_t from = 0;

	for (;;) {
		assay_object_info o;
		assay_code rc = assay_edge_next(s, ASSAY_EDGE_RECIPE_UNIT, &from, err);

		if (rc != ASSAY_OK)
			return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
		rc = assay_object_at(s, from, &o, err);
		if (rc == ASSAY_OK)
			rc = fn(ctx, &o.digest, err);
		if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
			return rc;
	}
}
