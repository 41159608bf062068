#include "original.h"

#include "assay/memory.h"
#include "assay/unit.h"

#include <stdlib.h>
#include <string.h>

typedef struct earlier {
	assay_store *store;
	const assay_config *config;
	assay_sample_kind kind;
	const assay_source *of;
	char *path; /* smallest so far, owned */
} earlier;

/* A source that failed is nobody's original: it has no samples to stand for. */
static assay_code source_failed(assay_store *store, const assay_source *src, bool *failed, assay_err *err)
{
	*failed = src->failure != ASSAY_FAILURE_NONE || src->unit_count == 0;
	for (size_t i = 0; i < src->unit_count && !*failed; i++) {
		ASSAY_AUTO_UNIT u = {0};
		const assay_code rc = assay_unit_get(store, src->units[i], &u, err);

		if (rc != ASSAY_OK)
			return rc;
		*failed = u.result.failure != ASSAY_FAILURE_NONE;
	}
	return ASSAY_OK;
}

/* What a filter took out stands for nobody: its duplicate may be what the dataset wants. */
static bool is_filtered(const earlier *e, const assay_source *src)
{
	const assay_metadata_view m = {(const char *const *)src->metadata_keys,
				       (const char *const *)src->metadata_values, src->metadata_count};

	return assay_filters_hit(&e->config->filters, &e->config->fields, src->modality, e->kind, &m) != NULL;
}

static assay_code offer_original(void *ctx, const assay_source *other, assay_err *err)
{
	earlier *e = ctx;
	bool failed;
	assay_code rc;

	if (other->missing || other->modality != e->of->modality || !assay_digest_eq(&other->digest, &e->of->digest) ||
	    strcmp(other->path, e->path != NULL ? e->path : e->of->path) >= 0 || is_filtered(e, other))
		return ASSAY_OK;
	rc = source_failed(e->store, other, &failed, err);
	if (rc != ASSAY_OK || failed)
		return rc;
	free(e->path);
	e->path = assay_strdup(other->path);
	return e->path == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "original") : ASSAY_OK;
}

assay_code assay_original_of(char **path, assay_store *store, const assay_config *config, const assay_source *src,
			     assay_sample_kind kind, assay_err *err)
{
	earlier e = {.store = store, .config = config, .kind = kind, .of = src};
	const assay_code rc = assay_sources_with(store, &src->digest, offer_original, &e, err);

	if (rc != ASSAY_OK) {
		free(e.path);
		e.path = NULL;
	}
	*path = e.path;
	return rc;
}
