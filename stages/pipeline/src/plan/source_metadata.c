#include "source_metadata.h"

#include <string.h>

bool assay_role_is_metadata(const char *role)
{
	return strcmp(role, ASSAY_SIDECAR_METADATA) == 0;
}

assay_code assay_metadata_recall(assay_metadata_set *m, const assay_source *src, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < src->metadata_count && rc == ASSAY_OK; i++)
		if (src->metadata_origins[i] == ASSAY_METADATA_SIDECAR)
			rc = assay_metadata_set_add(m, src->metadata_keys[i], src->metadata_values[i],
						    ASSAY_METADATA_SIDECAR, err);
	return rc;
}

assay_code assay_metadata_now(assay_metadata_set *out, const assay_config *config, const assay_found *f,
			      const assay_source *src, assay_err *err)
{
	bool has_sidecar = false;
	assay_code rc = assay_metadata_set_find(out, config, f->rule, f->path, err);

	for (size_t i = 0; i < f->sidecar_count; i++)
		has_sidecar = has_sidecar || assay_role_is_metadata(f->sidecars[i].role);
	if (rc == ASSAY_OK && has_sidecar)
		rc = assay_metadata_recall(out, src, err);
	assay_metadata_set_settle(out);
	return rc;
}

bool assay_metadata_stands(const assay_source *src, const assay_metadata_set *now)
{
	if (src->metadata_count != now->count)
		return false;
	for (size_t i = 0; i < now->count; i++)
		if (strcmp(src->metadata_keys[i], now->items[i].key) != 0 ||
		    strcmp(src->metadata_values[i], now->items[i].value) != 0 ||
		    src->metadata_origins[i] != now->items[i].origin)
			return false;
	return true;
}

bool assay_metadata_equal(const assay_source *a, const assay_source *b)
{
	if (a->metadata_count != b->metadata_count)
		return false;
	for (size_t i = 0; i < a->metadata_count; i++)
		if (strcmp(a->metadata_keys[i], b->metadata_keys[i]) != 0 ||
		    strcmp(a->metadata_values[i], b->metadata_values[i]) != 0)
			return false;
	return true;
}
