#include "sample.h"

#include "assay/memory.h"
#include "assay/table_columns.h"

#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- what the version names */

static assay_code know_metrics(sample_reader *r, const assay_recipe *recipe, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (uint32_t i = 0; i < recipe->metric_total && rc == ASSAY_OK; i++) {
		const assay_recipe_step *step = NULL;
		const assay_recipe_metric *m = assay_recipe_metric_at(recipe, i, &step);
		const assay_vocabulary_metric row = {.name = m->name,
						     .unit = m->unit,
						     .stage = step->stage,
						     .scale = m->scale,
						     .kinds = ~0u,
						     .made = true};

		rc = assay_vocabulary_add(&r->vocabulary, &row, err);
	}
	return rc;
}

static assay_code read_recipes(sample_reader *r, const assay_version *v, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX && rc == ASSAY_OK; m++) {
		if (!v->has_recipe[m])
			continue;
		rc = assay_recipe_load(&r->recipes[m], r->store, &v->recipes[m], err);
		if (rc == ASSAY_OK)
			rc = know_metrics(r, r->recipes[m], err);
	}
	return rc;
}

static assay_code read_remedies(sample_reader *r, const assay_version *v, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	r->remedies = assay_alloc(v->remedy_count, sizeof(*r->remedies));
	if (r->remedies == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "recipes");
	for (size_t i = 0; i < v->remedy_count && rc == ASSAY_OK; i++) {
		rc = assay_recipe_load(&r->remedies[i], r->store, &v->remedies[i], err);
		if (rc != ASSAY_OK)
			break;
		r->remedy_count++;
		rc = know_metrics(r, r->remedies[i], err);
	}
	return rc;
}

static assay_code read_decisions(sample_reader *r, const assay_version *v, assay_err *err)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_code rc;

	if (assay_digest_is_zero(&v->decisions))
		return ASSAY_OK;
	rc = assay_object_get(r->store, &v->decisions, &record, err);
	return rc == ASSAY_OK ? assay_decisions_decode(&r->decisions, &r->decision_count, record.data, record.len, err)
			      : rc;
}

static assay_code read_contract(sample_reader *r, const assay_digest *d, assay_err *err)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_code rc = assay_object_get(r->store, d, &record, err);

	if (rc == ASSAY_OK)
		rc = assay_contract_decode(&r->contracts[r->contract_count], record.data, record.len, &r->vocabulary,
					   err);
	if (rc == ASSAY_OK)
		r->contract_count++;
	return rc;
}

static assay_code read_contracts(sample_reader *r, const assay_version *v, assay_err *err)
{
	ASSAY_AUTO_BUF set = ASSAY_BUF_INIT;
	assay_code rc = ASSAY_OK;

	r->contracts = assay_alloc(v->contract_count, sizeof(*r->contracts));
	r->values = assay_alloc(r->vocabulary.count, sizeof *r->values);
	if (r->contracts == NULL || r->values == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "contracts");
	assay_cbor_array(&set, v->contract_count);
	for (size_t i = 0; i < v->contract_count && rc == ASSAY_OK; i++) {
		rc = read_contract(r, &v->contracts[i], err);
		assay_cbor_digest(&set, &v->contracts[i]);
	}
	if (rc == ASSAY_OK)
		rc = assay_buf_check(&set, err);
	return rc == ASSAY_OK ? assay_digest_of(&r->contract_set, set.data, set.len, err) : rc;
}

assay_code sample_reader_open(sample_reader *r, assay_store *s, const assay_version *v, assay_err *err)
{
	assay_code rc;

	*r = (sample_reader){.store = s};
	rc = read_recipes(r, v, err);
	if (rc == ASSAY_OK)
		rc = read_remedies(r, v, err);
	if (rc == ASSAY_OK)
		rc = read_decisions(r, v, err);
	if (rc == ASSAY_OK)
		rc = read_contracts(r, v, err);
	if (rc == ASSAY_ENOENT)
		rc = err != NULL ? (err->code = ASSAY_ECORRUPT) : ASSAY_ECORRUPT; /* a version without what it names */
	return rc;
}

void sample_reader_release(sample_reader *r)
{
	for (unsigned m = 0; m <= ASSAY_MODALITY_MAX; m++)
		assay_recipe_close(r->recipes[m]);
	for (size_t i = 0; i < r->remedy_count; i++)
		assay_recipe_close(r->remedies[i]);
	for (size_t i = 0; i < r->contract_count; i++)
		assay_contract_close(r->contracts[i]);
	assay_decisions_free(r->decisions, r->decision_count);
	free(r->remedies);
	free(r->said);
	free(r->contracts);
	free(r->values);
	assay_vocabulary_release(&r->vocabulary);
	assay_verdict_release(&r->verdict);
	assay_unit_release(&r->unit);
	assay_source_release(&r->source);
	assay_buf_release(&r->path);
	assay_buf_release(&r->scratch);
	*r = (sample_reader){0};
}

/* ---------------------------------------------------------------- one sample */

static assay_code read_unit(sample_reader *r, const assay_digest *work_key, assay_err *err)
{
	char hex[ASSAY_DIGEST_HEX];
	uint64_t id;
	assay_code rc;

	if (r->unit.id != 0 && assay_digest_eq(&r->unit.work_key, work_key))
		return ASSAY_OK;
	assay_unit_release(&r->unit);
	r->unit = (assay_unit){0};
	rc = assay_unit_find(r->store, work_key, &id, err);
	if (rc == ASSAY_ENOENT)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "the store does not hold the work %.12s",
				   assay_digest_hex(work_key, hex));
	return rc == ASSAY_OK ? assay_unit_get(r->store, id, &r->unit, err) : rc;
}

static assay_code read_source(sample_reader *r, const char *path, assay_err *err)
{
	assay_code rc;

	if (r->source.path != NULL && strcmp(r->source.path, path) == 0)
		return ASSAY_OK;
	assay_source_release(&r->source);
	r->source = (assay_source){0};
	rc = assay_source_find(r->store, path, &r->source, err);
	return rc == ASSAY_ENOENT ? ASSAY_RAISE(err, ASSAY_ECORRUPT, "the store does not know the source '%s'", path)
				  : rc;
}

static const assay_recipe *recipe_of(const sample_reader *r, const assay_digest *d)
{
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++)
		if (r->recipes[m] != NULL && assay_digest_eq(&r->recipes[m]->digest, d))
			return r->recipes[m];
	for (size_t i = 0; i < r->remedy_count; i++)
		if (assay_digest_eq(&r->remedies[i]->digest, d))
			return r->remedies[i];
	return NULL;
}

static assay_code judge(sample_reader *r, const assay_content *c, assay_err *err)
{
	const assay_contract *const *contracts = (const assay_contract *const *)r->contracts;
	ASSAY_CLEANUP(assay_table_columns_release) assay_table_columns columns = {0};
	bool found = false;
	assay_code rc = ASSAY_OK;
	assay_judge_subject subject = {
	    .kind = (assay_sample_kind)c->kind,
	    .values = r->values,
	    .metadata_keys = c->metadata_keys,
	    .metadata_values = c->metadata_values,
	    .metadata_count = c->metadata_count,
	};

	if (r->vocabulary.count > 0)
		memset(r->values, 0, r->vocabulary.count * sizeof *r->values);
	for (size_t i = 0; i < c->measure_count; i++) {
		const assay_content_measure *m = &c->measures[i];
		const size_t n = assay_vocabulary_find(&r->vocabulary, m->name);

		if (n != SIZE_MAX)
			r->values[n] = (assay_judge_value){m->defined ? ASSAY_VALUE_DEFINED : ASSAY_VALUE_UNDEFINED,
							   m->value, m->reason};
	}
	if (assay_judge_wants_columns(contracts, r->contract_count))
		rc = assay_table_columns_of(&columns, &found, r->store, c, err);
	subject.columns = found ? &columns : NULL;
	return rc == ASSAY_OK ? assay_judge(&r->verdict, contracts, r->contract_count, &subject, err) : rc;
}

/* ---------------------------------------------------------------- what people decided */

const char *sample_treatment_name(assay_sample_way way)
{
	static const char *const names[] = {[ASSAY_WAY_PLAIN] = "plain",
					    [ASSAY_WAY_REMEDY] = "repaired",
					    [ASSAY_WAY_CORRECTED] = "corrected",
					    [ASSAY_WAY_REPLACED] = "replaced"};

	return names[way];
}

static const assay_decision *decision_of(const sample_reader *r, const char *subject, assay_decision_slot slot)
{
	return assay_decisions_find(r->decisions, r->decision_count, subject, slot);
}

static bool has_sidecar(const assay_unit *u, const assay_digest *d)
{
	for (size_t i = 0; i < u->sidecar_count; i++)
		if (assay_digest_eq(&u->sidecars[i].digest, d))
			return true;
	return false;
}

static bool is_remedy(const sample_reader *r, const assay_digest *recipe)
{
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++)
		if (r->recipes[m] != NULL && assay_digest_eq(&r->recipes[m]->digest, recipe))
			return false;
	return true;
}

assay_code sample_made_by(const assay_decision **out, const assay_decision *list, size_t count, const char *key,
			  const char *path, assay_buf *scratch, assay_err *err)
{
	const size_t page = strcspn(key, "#") + strcspn(key + strcspn(key, "#"), "&");
	const char *subjects[] = {key, NULL, path};

	*out = NULL;
	assay_buf_reset(scratch);
	assay_buf_append(scratch, key, page);
	subjects[1] = assay_buf_str(scratch);
	for (size_t i = 0; i < ASSAY_COUNT(subjects) && *out == NULL && !scratch->failed; i++) {
		const assay_decision *d = assay_decisions_find(list, count, subjects[i], ASSAY_DECISION_OF_CONTENT);

		if (d != NULL && d->kind != ASSAY_DECISION_REMEDY)
			*out = d;
	}
	return assay_buf_check(scratch, err);
}

/* The work says what was done; the decision that asked for it may be on the sample, its page, or its whole source. */
static assay_code learn_way(sample *out, sample_reader *r, assay_err *err)
{
	const assay_decision *d;
	const assay_code rc =
	    sample_made_by(&d, r->decisions, r->decision_count, out->key, out->path, &r->scratch, err);

	if (rc != ASSAY_OK)
		return rc;
	out->waiver = out->outcome == ASSAY_OUTCOME_WAIVED ? decision_of(r, out->key, ASSAY_DECISION_OF_VERDICT) : NULL;
	out->substitute = NULL;
	out->way = is_remedy(r, &out->recipe) ? ASSAY_WAY_REMEDY : ASSAY_WAY_PLAIN;
	if (d != NULL && d->kind == ASSAY_DECISION_CORRECT && has_sidecar(&r->unit, &d->payload))
		out->way = ASSAY_WAY_CORRECTED;
	if (d == NULL || d->kind != ASSAY_DECISION_REPLACE || !assay_digest_eq(&d->payload, &r->unit.source))
		return ASSAY_OK;
	out->way = ASSAY_WAY_REPLACED;
	out->substitute = d;
	return ASSAY_OK;
}

/* Those of the source's row, with what people decided over them. Both lists are sorted by key. */
static assay_code learn_metadata(sample *out, sample_reader *r, assay_err *err)
{
	const assay_decision *d = decision_of(r, out->path, ASSAY_DECISION_OF_METADATA);
	const assay_source *src = &r->source;
	assay_content *c = &out->content;
	const size_t room = src->metadata_count + (d != NULL ? d->count : 0);

	c->metadata_keys = (const char *const *)src->metadata_keys;
	c->metadata_values = (const char *const *)src->metadata_values;
	c->metadata_count = src->metadata_count;
	if (d == NULL)
		return ASSAY_OK;
	if (room > r->said_cap) {
		free(r->said);
		r->said_cap = 0;
		r->said = assay_alloc(2 * room, sizeof *r->said);
		if (r->said == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "metadata");
		r->said_cap = room;
	}
	c->metadata_count = 0;
	for (size_t i = 0, k = 0; i < src->metadata_count || k < d->count;) {
		const int order = k == d->count              ? -1
				  : i == src->metadata_count ? 1
							     : strcmp(src->metadata_keys[i], d->keys[k]);
		const size_t at = c->metadata_count++;

		r->said[at] = order < 0 ? src->metadata_keys[i] : d->keys[k];
		r->said[r->said_cap + at] = order < 0 ? src->metadata_values[i] : d->values[k];
		i += order <= 0;
		k += order >= 0;
	}
	c->metadata_keys = r->said;
	c->metadata_values = r->said + r->said_cap;
	return ASSAY_OK;
}

/* The version says what the sample is; metadata come from its source's present row, if they are those still. */
static assay_code identify(sample *out, sample_reader *r, const assay_trie_entry *e, assay_err *err)
{
	assay_content *c = &out->content;
	assay_digest d;
	assay_code rc;

	rc = learn_metadata(out, r, err);
	if (rc == ASSAY_OK)
		rc = assay_content_digest(c, &r->scratch, &d, err);
	if (rc != ASSAY_OK)
		return rc;
	out->metadata_known = assay_digest_eq(&d, &e->content);
	if (!out->metadata_known)
		c->metadata_count = 0;
	return judge(r, c, err);
}

static assay_code read_parts(sample *out, sample_reader *r, const assay_trie_entry *e, assay_err *err)
{
	const size_t path = strcspn(e->key, "#");
	const assay_result_sample *s;
	const assay_recipe *recipe;
	assay_code rc;

	assay_buf_reset(&r->path);
	assay_buf_append(&r->path, e->key, path);
	ASSAY_TRY(assay_buf_check(&r->path, err));
	out->path = assay_buf_str(&r->path);
	ASSAY_TRY(read_unit(r, &e->work_key, err));
	ASSAY_TRY(read_source(r, out->path, err));
	recipe = recipe_of(r, &r->unit.recipe);
	s = assay_unit_sample(&r->unit, e->key);
	if (recipe == NULL || s == NULL)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "the work that it came of does not have it");
	out->content.source = r->unit.source;
	out->recipe = r->unit.recipe;
	rc = assay_content_of(&out->content, recipe, s, err);
	out->content.part = e->key + path + (e->key[path] == '#'); /* whatever it is in the file */
fail:
	return rc;
}

assay_code sample_read(sample *out, sample_reader *r, const assay_trie_entry *e, assay_err *err)
{
	assay_code rc;

	assay_content_reset(&out->content);
	out->key = e->key;
	out->outcome = e->outcome;
	out->digest = e->content;
	out->work_key = e->work_key;
	out->verdict = &r->verdict;
	rc = read_parts(out, r, e, err);
	if (rc == ASSAY_OK)
		rc = learn_way(out, r, err);
	if (rc == ASSAY_OK)
		rc = identify(out, r, e, err);
	if (rc != ASSAY_OK)
		(void)assay_err_prefix(err, "sample '%s'", e->key);
	return rc;
}
