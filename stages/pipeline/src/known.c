#include "known.h"

#include "assay/file.h"
#include "assay/unit.h"

#include <string.h>

const assay_source_sidecar *assay_known_sidecar(const assay_source *src, const char *role, const char *key)
{
	for (size_t i = 0; i < src->sidecar_count; i++)
		if (strcmp(src->sidecars[i].role, role) == 0 && strcmp(src->sidecars[i].path, key) == 0)
			return &src->sidecars[i];
	return NULL;
}

static bool stamp_trusted(const assay_stamp *known, const assay_stamp *seen)
{
	return assay_stamp_same(known, seen) && assay_stamp_is_settled(known);
}

bool assay_same_metadata(const assay_source *src, const assay_config_source *rule)
{
	if (src->metadata_count != rule->metadata_count)
		return false;
	for (size_t i = 0; i < rule->metadata_count; i++)
		if (strcmp(src->metadata_keys[i], rule->metadata_keys[i]) != 0 ||
		    strcmp(src->metadata_values[i], rule->metadata_values[i]) != 0)
			return false;
	return true;
}

static bool stamp_holds(const assay_stamp *known, const assay_stamp *seen, bool trust_young)
{
	return trust_young ? assay_stamp_same(known, seen) : stamp_trusted(known, seen);
}

static assay_code same_sidecars(bool *same, const assay_source *src, const assay_found *f, bool trust_young,
				assay_err *err)
{
	*same = src->sidecar_count == f->sidecar_count;
	for (size_t i = 0; i < f->sidecar_count && *same; i++) {
		ASSAY_AUTO_BUF key = ASSAY_BUF_INIT;
		const assay_source_sidecar *k;
		assay_code rc;

		assay_path_escape(&key, f->sidecars[i].path);
		rc = assay_buf_check(&key, err);
		if (rc != ASSAY_OK)
			return rc;
		k = assay_known_sidecar(src, f->sidecars[i].role, assay_buf_str(&key));
		*same = k != NULL && stamp_holds(&k->stamp, &f->sidecars[i].stamp, trust_young);
	}
	return ASSAY_OK;
}

/* Outcomes of time, memory and signals are tried again by the next run. */
assay_standing assay_standing_with(assay_standing so_far, assay_failure failure)
{
	if (so_far == ASSAY_STANDING_RETRY || failure == ASSAY_FAILURE_NONE)
		return so_far;
	return assay_failure_is_deterministic(failure) ? ASSAY_STANDING_FAILED : ASSAY_STANDING_RETRY;
}

/* Rows of format 1 do not say it: their units do. */
static assay_code standing_of(assay_standing *out, assay_session *s, const assay_source *src, assay_err *err)
{
	*out = src->standing;
	if (*out != ASSAY_STANDING_UNKNOWN)
		return ASSAY_OK;
	*out = src->unit_count > 0 && src->failure == ASSAY_FAILURE_NONE ? ASSAY_STANDING_DONE : ASSAY_STANDING_RETRY;
	for (size_t i = 0; i < src->unit_count && *out != ASSAY_STANDING_RETRY; i++) {
		ASSAY_AUTO_UNIT u = {0};
		const assay_code rc = assay_unit_get(s->store, src->units[i], &u, err);

		if (rc != ASSAY_OK)
			return rc;
		*out = assay_standing_with(*out, u.result.failure);
	}
	return ASSAY_OK;
}

assay_code assay_source_is_unchanged(bool *unchanged, bool *failing, assay_session *s, const assay_found *f,
				     bool trust_young, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	assay_standing standing;
	bool same;
	assay_code rc = assay_source_find(s->store, f->key, &src, err);

	*unchanged = *failing = false;
	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	if (src.missing || f->problem != 0 || src.modality != f->rule->modality ||
	    !assay_digest_eq(&src.recipe, &s->recipes[f->rule->modality]->digest) ||
	    !stamp_holds(&src.stamp, &f->stamp, trust_young) || !assay_same_metadata(&src, f->rule))
		return ASSAY_OK;
	rc = same_sidecars(&same, &src, f, trust_young, err);
	if (rc != ASSAY_OK || !same)
		return rc;
	rc = standing_of(&standing, s, &src, err);
	*unchanged = rc == ASSAY_OK && standing != ASSAY_STANDING_RETRY;
	*failing = rc == ASSAY_OK && standing == ASSAY_STANDING_FAILED;
	return rc;
}
