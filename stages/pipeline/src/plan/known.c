#include "known.h"

#include "assay/file.h"
#include "assay/unit.h"

#include "helped.h"
#include "source_metadata.h"

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

static bool stamp_holds(const assay_stamp *known, const assay_stamp *seen, bool trust_young)
{
	return trust_young ? assay_stamp_same(known, seen) : stamp_trusted(known, seen);
}

static unsigned cause_of_role(const char *role)
{
	return assay_role_is_metadata(role) ? ASSAY_CAUSE_METADATA : ASSAY_CAUSE_SIDECAR;
}

static bool has_role(const assay_found *f, const char *role)
{
	for (size_t i = 0; i < f->sidecar_count; i++)
		if (strcmp(f->sidecars[i].role, role) == 0)
			return true;
	return false;
}

/* One that is as it was but was too young then is no change: only a digest would tell. */
static assay_code compare_sidecars(assay_look *out, const assay_source *src, const assay_found *f, bool trust_young,
				   assay_err *err)
{
	for (size_t i = 0; i < f->sidecar_count; i++) {
		ASSAY_AUTO_BUF key = ASSAY_BUF_INIT;
		const assay_source_sidecar *k;
		assay_code rc;

		assay_path_escape(&key, f->sidecars[i].path);
		rc = assay_buf_check(&key, err);
		if (rc != ASSAY_OK)
			return rc;
		k = assay_known_sidecar(src, f->sidecars[i].role, assay_buf_str(&key));
		if (k == NULL || !assay_stamp_same(&k->stamp, &f->sidecars[i].stamp))
			out->causes |= cause_of_role(f->sidecars[i].role);
		else
			out->young |= !stamp_holds(&k->stamp, &f->sidecars[i].stamp, trust_young);
	}
	for (size_t i = 0; i < src->sidecar_count; i++)
		if (!has_role(f, src->sidecars[i].role))
			out->causes |= cause_of_role(src->sidecars[i].role);
	return ASSAY_OK;
}

static assay_code same_metadata(bool *same, assay_session *s, const assay_source *src, const assay_found *f,
				assay_err *err)
{
	ASSAY_AUTO_METADATA_SET now = {0};
	const assay_code rc = assay_metadata_now(&now, s, f, src, err);

	*same = rc == ASSAY_OK && assay_metadata_stands(src, &now);
	return rc;
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

/*
 * What failed for want of time is tried again by each run, unless somebody has put another file in its place, or has
 * given it up: then nothing else is to come of it than that it failed.
 */
static assay_code may_try_again(assay_look *out, const assay_session *s, const assay_source *src, assay_err *err)
{
	bool given_up = false;
	assay_code rc;

	if (out->standing != ASSAY_STANDING_RETRY)
		return ASSAY_OK;
	rc = assay_source_is_replaced(&out->decided, s, src, err);
	if (rc == ASSAY_OK && !out->decided)
		rc = assay_source_is_given_up(&given_up, s, src, err);
	if (given_up) {
		out->decided = true;
		out->standing = ASSAY_STANDING_FAILED;
	}
	if (!out->decided)
		out->causes |= ASSAY_CAUSE_RETRY;
	return rc;
}

static assay_code compare(assay_look *out, assay_session *s, const assay_source *src, const assay_found *f,
			  bool trust_young, assay_err *err)
{
	bool same;
	assay_code rc;

	out->young = assay_stamp_same(&src->stamp, &f->stamp) && !stamp_holds(&src->stamp, &f->stamp, trust_young);
	if (src->missing)
		out->causes |= ASSAY_CAUSE_RETURNED;
	if (src->modality != f->rule->modality ||
	    !assay_digest_eq(&src->recipe, &s->recipes[f->rule->modality]->digest))
		out->causes |= ASSAY_CAUSE_RECIPE;
	if (!assay_stamp_same(&src->stamp, &f->stamp))
		out->causes |= ASSAY_CAUSE_CONTENT;
	rc = compare_sidecars(out, src, f, trust_young, err);
	if (rc == ASSAY_OK)
		rc = same_metadata(&same, s, src, f, err);
	if (rc == ASSAY_OK && !same)
		out->causes |= ASSAY_CAUSE_METADATA;
	if (rc == ASSAY_OK && out->causes == 0)
		rc = standing_of(&out->standing, s, src, err);
	if (rc == ASSAY_OK)
		rc = may_try_again(out, s, src, err);
	if (f->problem != 0)
		out->causes |= ASSAY_CAUSE_RETRY;
	return rc;
}

assay_code assay_source_look(assay_look *out, assay_session *s, const assay_found *f, bool trust_young, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	assay_code rc = s->store != NULL ? assay_source_find(s->store, f->key, &src, err) : ASSAY_ENOENT;

	*out = (assay_look){.causes = ASSAY_CAUSE_NEW};
	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	out->known = true;
	out->causes = 0;
	rc = compare(out, s, &src, f, trust_young, err);
	out->unchanged = rc == ASSAY_OK && out->causes == 0 && !out->young;
	return rc;
}

assay_code assay_look_count_failed(uint64_t *failed, const assay_look *l, const assay_session *s, const assay_found *f,
				   assay_err *err)
{
	bool helped = true;
	const assay_code rc = l->standing == ASSAY_STANDING_FAILED && s->store != NULL
				  ? assay_source_is_helped(&helped, s->store, f->key, err)
				  : ASSAY_OK;

	*failed += !helped;
	return rc;
}

bool assay_look_asks_for_work(const assay_look *l)
{
	const unsigned quiet = ASSAY_CAUSE_RETURNED | ASSAY_CAUSE_METADATA;

	return (l->causes & ~quiet) != 0;
}

bool assay_look_asks_for_digest(const assay_look *l)
{
	return l->young || (l->causes & (ASSAY_CAUSE_NEW | ASSAY_CAUSE_CONTENT)) != 0;
}

bool assay_look_is_unsure(const assay_look *l)
{
	const unsigned sure = ASSAY_CAUSE_NEW | ASSAY_CAUSE_RECIPE | ASSAY_CAUSE_RETRY;

	return !l->unchanged && (l->causes & sure) == 0 &&
	       (l->young || (l->causes & (ASSAY_CAUSE_CONTENT | ASSAY_CAUSE_SIDECAR)) != 0);
}
