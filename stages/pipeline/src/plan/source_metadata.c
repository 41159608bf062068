#include "source_metadata.h"

#include "assay/memory.h"

#include "seen.h"

#include <stdlib.h>
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

assay_code assay_metadata_decide(assay_metadata_set *m, const assay_decided *decided, const char *path,
				 const assay_digest *bytes, assay_err *err)
{
	const assay_decision *d = assay_decided_find(decided, path, ASSAY_DECISION_OF_METADATA);
	assay_code rc = ASSAY_OK;

	if (d == NULL || !assay_digest_eq(&d->basis, bytes))
		return ASSAY_OK;
	for (size_t i = 0; i < d->count && rc == ASSAY_OK; i++)
		rc = assay_metadata_set_add(m, d->keys[i], d->values[i], ASSAY_METADATA_DECISION, err);
	return rc;
}

assay_code assay_metadata_now(assay_metadata_set *out, const assay_session *s, const assay_found *f,
			      const assay_source *src, assay_err *err)
{
	bool has_sidecar = false;
	assay_code rc = assay_metadata_set_find(out, s->config, f->rule, f->path, err);

	for (size_t i = 0; i < f->sidecar_count; i++)
		has_sidecar = has_sidecar || assay_role_is_metadata(f->sidecars[i].role);
	if (rc == ASSAY_OK && has_sidecar)
		rc = assay_metadata_recall(out, src, err);
	if (rc == ASSAY_OK)
		rc = assay_metadata_decide(out, &s->decided, f->key, &src->digest, err);
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

assay_code assay_metadata_keep(assay_source *row, const assay_metadata_set *m, assay_err *err)
{
	row->metadata_keys = assay_alloc(m->count, sizeof *row->metadata_keys);
	row->metadata_values = assay_alloc(m->count, sizeof *row->metadata_values);
	row->metadata_origins = assay_alloc(m->count, sizeof *row->metadata_origins);
	if (row->metadata_keys == NULL || row->metadata_values == NULL || row->metadata_origins == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "metadata");
	while (row->metadata_count < m->count) {
		const size_t i = row->metadata_count++;

		row->metadata_keys[i] = assay_strdup(m->items[i].key);
		row->metadata_values[i] = assay_strdup(m->items[i].value);
		row->metadata_origins[i] = (uint8_t)m->items[i].origin;
		if (row->metadata_keys[i] == NULL || row->metadata_values[i] == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "metadata");
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- decisions alone */

static void free_pairs(char **keys, char **values, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(keys[i]);
		free(values[i]);
	}
	free(keys);
	free(values);
}

assay_code assay_metadata_say_instead(assay_source *src, const assay_metadata_set *m, uint64_t run, assay_err *err)
{
	free_pairs(src->before_metadata_keys, src->before_metadata_values, src->before_metadata_count);
	src->before_metadata_keys = ASSAY_STEAL(&src->metadata_keys);
	src->before_metadata_values = ASSAY_STEAL(&src->metadata_values);
	src->before_metadata_count = src->metadata_count;
	src->metadata_count = 0;
	free(ASSAY_STEAL(&src->metadata_origins));
	src->has_before = true;
	src->before_digest = src->digest;
	src->before_recipe = src->recipe;
	src->cause = ASSAY_CAUSE_METADATA;
	src->run = run;
	return assay_metadata_keep(src, m, err);
}

static assay_code decide_one(const assay_session *s, const assay_decision *d, assay_err *err)
{
	ASSAY_AUTO_METADATA_SET m = {0};
	ASSAY_AUTO_SOURCE src = {0}, next = {0};
	assay_code rc = assay_source_find(s->store, d->subject, &src, err);

	if (rc != ASSAY_OK || src.missing)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	for (size_t i = 0; i < src.metadata_count && rc == ASSAY_OK; i++)
		if (src.metadata_origins[i] != ASSAY_METADATA_DECISION)
			rc = assay_metadata_set_add(&m, src.metadata_keys[i], src.metadata_values[i],
						    src.metadata_origins[i], err);
	if (rc == ASSAY_OK)
		rc = assay_metadata_decide(&m, &s->decided, d->subject, &src.digest, err);
	assay_metadata_set_settle(&m);
	if (rc != ASSAY_OK || assay_metadata_stands(&src, &m))
		return rc;
	rc = assay_source_get(s->store, src.id, &next, err); /* the set borrows from the row as it is */
	if (rc == ASSAY_OK)
		rc = assay_metadata_say_instead(&next, &m, s->run.id, err);
	if (rc == ASSAY_OK)
		rc = assay_source_put(s->store, &next, err);
	/* Taken back before the next run, the decision would leave the index as it was before, and this row not. */
	return rc == ASSAY_OK ? assay_seen_forget(s->store, err) : rc;
}

assay_code assay_metadata_decide_all(const assay_session *s, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < s->decided.count && rc == ASSAY_OK; i++)
		if (s->decided.items[i].kind == ASSAY_DECISION_METADATA)
			rc = decide_one(s, &s->decided.items[i], err);
	return rc;
}
