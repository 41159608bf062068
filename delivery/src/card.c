#include "card.h"

#include "assay/delivery.h"
#include "assay/memory.h"
#include "assay/program.h"

#include <stdlib.h>
#include <string.h>

void card_release(card *c)
{
	for (size_t i = 0; i < c->metadata_count; i++) {
		free(c->metadata[i].key);
		free(c->metadata[i].value);
		for (size_t k = 0; k < c->metadata[i].value_count; k++)
			free(c->metadata[i].values[k].text);
	}
	free(c->metadata);
	distributions_release(&c->distributions);
	assay_dataset_results_release(&c->checks);
	*c = (card){0};
}

/* ---------------------------------------------------------------- adding up */

static assay_code insert_metadata(card *c, size_t at, const char *key, const char *value, assay_err *err)
{
	card_metadata fresh = {.key = assay_strdup(key), .value = assay_strdup(value), .uniform = true};
	assay_code rc = fresh.key == NULL || fresh.value == NULL
			    ? ASSAY_RAISE(err, ASSAY_ENOMEM, "metadata")
			    : assay_grow(&c->metadata, &c->metadata_cap, c->metadata_count, sizeof *c->metadata, err);

	if (rc != ASSAY_OK) {
		free(fresh.key);
		free(fresh.value);
		return rc;
	}
	memmove(&c->metadata[at + 1], &c->metadata[at], (c->metadata_count - at) * sizeof *c->metadata);
	c->metadata[at] = fresh;
	c->metadata_count++;
	return ASSAY_OK;
}

static assay_code count_value(card_metadata *m, const char *value, assay_err *err)
{
	size_t at = 0;
	char *text;

	while (at < m->value_count && strcmp(m->values[at].text, value) < 0)
		at++;
	if (at < m->value_count && strcmp(m->values[at].text, value) == 0) {
		m->values[at].samples++;
		return ASSAY_OK;
	}
	m->many |= m->value_count == CARD_VALUES_MAX;
	if (m->many)
		return ASSAY_OK;
	text = assay_strdup(value);
	if (text == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "metadata");
	memmove(&m->values[at + 1], &m->values[at], (m->value_count - at) * sizeof *m->values);
	m->values[at] = (card_value){text, 1};
	m->value_count++;
	return ASSAY_OK;
}

static assay_code add_metadata(card *c, const char *key, const char *value, assay_err *err)
{
	size_t at = 0;
	assay_code rc = ASSAY_OK;

	while (at < c->metadata_count && strcmp(c->metadata[at].key, key) < 0)
		at++;
	if (at == c->metadata_count || strcmp(c->metadata[at].key, key) != 0)
		rc = insert_metadata(c, at, key, value, err);
	if (rc != ASSAY_OK)
		return rc;
	c->metadata[at].samples++;
	if (strcmp(c->metadata[at].value, value) != 0)
		c->metadata[at].uniform = false;
	return count_value(&c->metadata[at], value, err);
}

assay_code card_add(card *c, const sample *s, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	if (s->content.kind == 0 || s->content.kind > ASSAY_SAMPLE_KIND_MAX)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "sample '%s' is of no kind", s->key);
	c->kinds[s->content.kind]++;
	c->ways[s->way]++;
	c->artifacts += s->content.artifact_count;
	c->stale += !s->metadata_known;
	for (size_t i = 0; i < s->content.metadata_count && rc == ASSAY_OK; i++)
		rc = add_metadata(c, s->content.metadata_keys[i], s->content.metadata_values[i], err);
	return rc == ASSAY_OK ? distributions_add(&c->distributions, &s->content, err) : rc;
}

void card_count(assay_counts *c, const assay_trie_entry *e)
{
	c->in += e->outcome != ASSAY_OUTCOME_FAILED;
	c->accepted += e->outcome == ASSAY_OUTCOME_ACCEPTED;
	c->quarantined += e->outcome == ASSAY_OUTCOME_QUARANTINED;
	c->waived += e->outcome == ASSAY_OUTCOME_WAIVED;
	c->duplicate += e->outcome == ASSAY_OUTCOME_DUPLICATE;
	c->filtered += e->outcome == ASSAY_OUTCOME_FILTERED;
	c->failed_sources += e->outcome == ASSAY_OUTCOME_FAILED;
}

/* ---------------------------------------------------------------- version.json */

static void json_counts(assay_json *j, const assay_counts *c)
{
	assay_json_key(j, "counts");
	assay_json_object(j);
	assay_json_kuint(j, "in", c->in);
	assay_json_kuint(j, "accepted", c->accepted);
	assay_json_kuint(j, "quarantined", c->quarantined);
	assay_json_kuint(j, "waived", c->waived);
	assay_json_kuint(j, "duplicate", c->duplicate);
	assay_json_kuint(j, "filtered", c->filtered);
	assay_json_kuint(j, "failed_sources", c->failed_sources);
	assay_json_kuint(j, "delivered", c->accepted + c->waived);
	assay_json_end(j);
}

static void json_metadata(assay_json *j, const card *c)
{
	assay_json_key(j, "metadata");
	assay_json_object(j);
	for (size_t i = 0; i < c->metadata_count; i++) {
		const card_metadata *m = &c->metadata[i];

		assay_json_key(j, m->key);
		assay_json_object(j);
		assay_json_kuint(j, "samples", m->samples);
		assay_json_key(j, "values");
		if (m->many) {
			assay_json_null(j);
		} else {
			assay_json_object(j);
			for (size_t k = 0; k < m->value_count; k++)
				assay_json_kuint(j, m->values[k].text, m->values[k].samples);
			assay_json_end(j);
		}
		assay_json_end(j);
	}
	assay_json_end(j);
}

static void json_named(assay_json *j, const card *c)
{
	const assay_version *v = c->version;

	assay_json_key(j, "recipes");
	assay_json_object(j);
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++)
		if (v->has_recipe[m])
			assay_json_kdigest(j, assay_modality_name(m), &v->recipes[m]);
	assay_json_end(j);
	assay_json_key(j, "remedies");
	assay_json_array(j);
	for (size_t i = 0; i < v->remedy_count; i++)
		assay_json_digest(j, &v->remedies[i]);
	assay_json_end(j);
	assay_json_kdigest(j, "decisions", assay_digest_is_zero(&v->decisions) ? NULL : &v->decisions);
	assay_json_key(j, "contracts");
	assay_json_array(j);
	for (size_t i = 0; i < v->contract_count; i++)
		assay_json_digest(j, &v->contracts[i]);
	assay_json_end(j);
}

void card_version_json(assay_buf *out, card *c)
{
	assay_json j;

	assay_json_init(&j, out, 2);
	assay_json_object(&j);
	assay_json_kint(&j, "format", ASSAY_DELIVERY_FORMAT);
	assay_json_kstr(&j, "assay", ASSAY_PROGRAM_VERSION);
	assay_json_kstr(&j, "dataset", c->version->dataset);
	assay_json_kdigest(&j, "version", &c->version->id);
	assay_json_kbool(&j, "incomplete", c->version->incomplete);
	json_counts(&j, &c->counts);
	assay_json_key(&j, "kinds");
	assay_json_object(&j);
	for (unsigned k = 1; k <= ASSAY_SAMPLE_KIND_MAX; k++)
		if (c->kinds[k] > 0)
			assay_json_kuint(&j, assay_sample_kind_name(k), c->kinds[k]);
	assay_json_end(&j);
	assay_json_key(&j, "treatments");
	assay_json_object(&j);
	for (unsigned w = ASSAY_WAY_PLAIN; w <= ASSAY_WAY_REPLACED; w++)
		assay_json_kuint(&j, sample_treatment_name((assay_sample_way)w), c->ways[w]);
	assay_json_end(&j);
	assay_json_kuint(&j, "artifacts", c->artifacts);
	assay_json_kuint(&j, "without_metadata", c->stale);
	json_metadata(&j, c);
	json_named(&j, c);
	assay_json_key(&j, "dataset_checks");
	assay_dataset_results_json(&j, &c->checks);
	assay_json_key(&j, "distributions");
	distributions_json(&j, &c->distributions);
	assay_json_end(&j);
	assay_buf_putc(out, '\n');
}
