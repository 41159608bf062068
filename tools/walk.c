/*
 * A unit is known by the bytes it read, not by their path, so what a unit made belongs to a path only where the
 * catalog says so: the row of the sample (its present unit, the one it was judged by, the one before) or a version's
 * tree, whose entries name key and work key. That is what is called attested here, and it is how past states are
 * found whose rows have long been replaced.
 */
#include "walk.h"

#include "assay/source.h"
#include "assay/trie.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Up to so many samples are looked up one by one in each version; more are found by walking the whole tree. */
#define LOOKED_UP_MAX 256

/* ---------------------------------------------------------------- versions of the store */

static assay_code keep_version(void *ctx, const assay_version *v, assay_err *err)
{
	tracer *t = ctx;
	const assay_code rc = assay_grow(&t->versions, &t->version_cap, t->version_count, sizeof *t->versions, err);

	if (rc != ASSAY_OK)
		return rc;
	t->versions[t->version_count] = *v;
	t->versions[t->version_count].contracts = NULL;
	t->versions[t->version_count].contract_count = 0;
	t->versions[t->version_count].baselines = NULL;
	t->versions[t->version_count].baseline_count = 0;
	t->versions[t->version_count].remedies = NULL;
	t->versions[t->version_count].remedy_count = 0;
	t->versions[t->version_count++].dataset = NULL;
	return ASSAY_OK;
}

assay_code walk_open(tracer *t, assay_err *err)
{
	return assay_versions_each(t->s, keep_version, t, err);
}

void walk_close(tracer *t)
{
	walk_close_handed(t);
	free(t->versions);
	t->versions = NULL;
	t->version_count = t->version_cap = 0;
}

/* ---------------------------------------------------------------- samples of a unit */

static assay_code compare_entry(void *ctx, const assay_trie_entry *e, assay_err *err)
{
	const assay_digest *work_key = ctx;

	(void)err;
	return assay_digest_eq(&e->work_key, work_key) ? ASSAY_OK : ASSAY_EDIFFER;
}

static assay_code is_attested(bool *out, tracer *t, const char *key, const assay_sample_row *row, const assay_unit *u,
			      assay_err *err)
{
	*out = row->unit == u->id || row->judged_unit == u->id || (row->has_before && row->before_unit == u->id);
	for (size_t i = 0; i < t->version_count && !*out; i++) {
		assay_digest work_key = u->work_key;
		const assay_code rc =
		    assay_trie_find(t->s, &t->versions[i].accepted, key, compare_entry, &work_key, err);

		if (rc != ASSAY_OK && rc != ASSAY_ENOENT && rc != ASSAY_EDIFFER)
			return rc;
		*out = rc == ASSAY_OK;
	}
	return ASSAY_OK;
}

static assay_code fill_sample(assay_node *n, const char *key, const assay_result_sample *x, const assay_sample_row *row,
			      const assay_unit *u, assay_err *err)
{
	const bool stands = row->id != 0 && row->unit == u->id && !row->missing;
	assay_code rc = walk_set_text(&n->path, key, err);

	n->kind = x->kind;
	n->is_past = row->unit != u->id;
	n->missing = !stands;
	n->outcome = row->judged_unit == u->id ? row->outcome : 0;
	return rc == ASSAY_OK ? walk_set_text(&n->label, key, err) : rc;
}

static assay_code add_sample(wanted *w, const char *path, const char *key, const assay_result_sample *x,
			     const assay_sample_row *row, assay_err *err)
{
	tracer *t = w->t;
	const assay_unit *u = t->g->nodes[w->unit].unit;
	char hex[ASSAY_DIGEST_HEX];
	size_t at, source;
	bool fresh;
	assay_code rc;

	ASSAY_TRY(walk_put_node(t, ASSAY_NODE_SAMPLE,
				assay_asprintf("sample:%s@%s", key, assay_digest_hex(&u->work_key, hex)), &at, &fresh,
				err));
	if (fresh)
		ASSAY_TRY(fill_sample(&t->g->nodes[at], key, x, row, u, err));
	t->g->nodes[at].is_subject |= w->subjects;
	ASSAY_TRY(walk_add_source(t, path, key, &u->source, &source, err));
	ASSAY_TRY(assay_graph_edge(t->g, at, ASSAY_GENERATED_BY, w->unit, err));
	ASSAY_TRY(assay_graph_edge(t->g, at, ASSAY_DERIVED_FROM, source, err));
	ASSAY_TRY(assay_graph_edge(t->g, w->unit, ASSAY_USED, source, err));
	if (row->unit == u->id && w->artifact == NULL)
		ASSAY_TRY(walk_add_treatment(t, at, w->unit, path, row, err));
	if (t->downstream || w->artifact != NULL)
		ASSAY_TRY(walk_add_artifacts(t, at, w->unit, x, w->artifact, err));
	if (t->downstream && w->artifact == NULL)
		ASSAY_TRY(walk_add_ticket(t, key, w->unit, at, err));
	w->found++;
fail:
	return rc;
}

static bool has_artifact(const assay_result_sample *x, const assay_digest *d)
{
	for (size_t i = 0; i < x->artifact_count; i++)
		if (assay_digest_eq(&x->artifacts[i].digest, d))
			return true;
	return false;
}

static assay_code offer_key(wanted *w, const char *path, const char *key, const assay_result_sample *x, assay_err *err)
{
	tracer *t = w->t;
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	bool attested = w->attested;
	assay_code rc = assay_sample_find(t->s, key, &row, err);

	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return rc;
	rc = ASSAY_OK;
	if (!attested)
		rc = is_attested(&attested, t, key, &row, t->g->nodes[w->unit].unit, err);
	return rc == ASSAY_OK && attested ? add_sample(w, path, key, x, &row, err) : rc;
}

static assay_code offer_sample(wanted *w, const char *path, const assay_result_sample *x, assay_err *err)
{
	ASSAY_AUTO_BUF key = ASSAY_BUF_INIT;
	assay_code rc;

	assay_sample_key(&key, path, x->part);
	rc = assay_buf_check(&key, err);
	if (rc != ASSAY_OK || (w->key != NULL && strcmp(w->key, assay_buf_str(&key)) != 0) ||
	    (w->artifact != NULL && !has_artifact(x, w->artifact)))
		return rc;
	return offer_key(w, path, assay_buf_str(&key), x, err);
}

/* The one sample that the row says is of this unit. In a page's other file its part may bear another number. */
static assay_code offer_attested(wanted *w, const char *path, assay_err *err)
{
	const assay_result_sample *x = assay_unit_sample(w->t->g->nodes[w->unit].unit, w->key);

	return x != NULL ? offer_key(w, path, w->key, x, err) : ASSAY_OK;
}

static assay_code offer_path(void *ctx, const assay_source *src, assay_err *err)
{
	wanted *w = ctx;
	const assay_unit *u = w->t->g->nodes[w->unit].unit;
	size_t at;
	assay_code rc = ASSAY_OK;

	if (w->path != NULL && strcmp(w->path, src->path) != 0)
		return ASSAY_OK;
	if (w->attested && w->key != NULL)
		rc = offer_attested(w, src->path, err);
	for (size_t i = 0; i < u->result.sample_count && rc == ASSAY_OK && !(w->attested && w->key != NULL); i++)
		rc = offer_sample(w, src->path, &u->result.samples[i], err);
	if (rc != ASSAY_OK || u->result.failure == ASSAY_FAILURE_NONE)
		return rc;
	rc = walk_add_source(w->t, src->path, src->path, &u->source, &at, err);
	if (rc == ASSAY_OK)
		rc = assay_graph_edge(w->t->g, w->unit, ASSAY_USED, at, err);
	return rc == ASSAY_OK && w->t->downstream ? walk_add_ticket(w->t, src->path, w->unit, SIZE_MAX, err) : rc;
}

static assay_code offer_named(wanted *w, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	const assay_code rc = assay_source_find(w->t->s, w->path, &src, err);

	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	return offer_path(w, &src, err);
}

static assay_code link_source(void *ctx, const assay_source *src, assay_err *err)
{
	wanted *w = ctx;
	size_t at;
	assay_code rc = ASSAY_OK;

	if (w->path == NULL || strcmp(w->path, src->path) == 0)
		rc = walk_add_source(w->t, src->path, src->path, &w->t->g->nodes[w->unit].unit->source, &at, err);
	else
		return ASSAY_OK;
	return rc == ASSAY_OK ? assay_graph_edge(w->t->g, w->unit, ASSAY_USED, at, err) : rc;
}

assay_code walk_unit(tracer *t, uint64_t unit, wanted w, assay_err *err)
{
	const assay_digest *source;
	assay_code rc = walk_add_unit(t, unit, &w.unit, err);

	if (rc != ASSAY_OK)
		return rc;
	w.t = t;
	source = &t->g->nodes[w.unit].unit->source;
	/* What stands in place of a source was never found under a path: the row says whose it is. */
	rc =
	    w.attested && w.path != NULL ? offer_named(&w, err) : assay_sources_with(t->s, source, offer_path, &w, err);
	/* Done, but not judged: an interrupted run leaves such units. */
	if (rc == ASSAY_OK && w.found == 0 && w.key == NULL)
		rc = assay_sources_with(t->s, source, link_source, &w, err);
	return rc;
}

/* ---------------------------------------------------------------- samples and sources, past states included */

typedef struct past {
	tracer *t;
	const char *path, *key;
	bool subjects;
} past;

static assay_code trace_known(tracer *t, uint64_t unit, const char *path, const char *key, bool subjects,
			      assay_err *err)
{
	if (unit == 0)
		return ASSAY_OK;
	return walk_unit(t, unit, (wanted){.path = path, .key = key, .subjects = subjects, .attested = true}, err);
}

static assay_code trace_entry(void *ctx, const assay_trie_entry *e, assay_err *err)
{
	const past *p = ctx;
	uint64_t unit;
	const assay_code rc = assay_unit_find(p->t->s, &e->work_key, &unit, err);

	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	return trace_known(p->t, unit, p->path, p->key, p->subjects, err);
}

assay_code walk_sample(tracer *t, const char *path, const assay_sample_row *row, bool subjects, assay_err *err)
{
	past p = {t, path, row->key, subjects};
	assay_code rc;

	ASSAY_TRY(trace_known(t, row->unit, path, row->key, subjects, err));
	ASSAY_TRY(trace_known(t, row->judged_unit, path, row->key, subjects, err));
	if (row->has_before)
		ASSAY_TRY(trace_known(t, row->before_unit, path, row->key, subjects, err));
	for (size_t i = 0; i < t->version_count; i++) {
		rc = assay_trie_find(t->s, &t->versions[i].accepted, row->key, trace_entry, &p, err);
		if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
			return rc;
	}
	return ASSAY_OK;
fail:
	return rc;
}

static assay_code trace_row(void *ctx, const assay_sample_row *row, assay_err *err)
{
	const past *p = ctx;

	return walk_sample(p->t, p->path, row, false, err);
}

static assay_code trace_content_unit(void *ctx, uint64_t unit, assay_err *err)
{
	const past *p = ctx;

	return walk_unit(p->t, unit, (wanted){.path = p->path}, err);
}

/* What was made of these bytes; with a path, of these bytes there. */
static assay_code trace_content(tracer *t, const char *path, const assay_digest *d, assay_err *err)
{
	past p = {.t = t, .path = path};

	return assay_digest_is_zero(d) ? ASSAY_OK
				       : assay_units_of(t->s, ASSAY_UNIT_SOURCE, d, trace_content_unit, &p, err);
}

assay_code walk_source(tracer *t, const assay_source *src, assay_err *err)
{
	past p = {.t = t, .path = src->path};
	size_t at;
	assay_code rc;

	ASSAY_TRY(walk_add_source(t, src->path, src->path, &src->digest, &at, err));
	t->g->nodes[at].is_subject = true;
	if (!t->downstream)
		return ASSAY_OK;
	ASSAY_TRY(walk_add_ticket(t, src->path, SIZE_MAX, at, err));
	ASSAY_TRY(assay_samples_of(t->s, src->id, trace_row, &p, err));
	ASSAY_TRY(trace_content(t, src->path, &src->digest, err));
	if (src->has_before)
		ASSAY_TRY(trace_content(t, src->path, &src->before_digest, err));
	for (size_t i = 0; i < t->g->node_count; i++) {
		assay_node *n = &t->g->nodes[i];

		n->is_subject |= n->type == ASSAY_NODE_SOURCE && strcmp(n->path, src->path) == 0;
	}
fail:
	return rc;
}

/* ---------------------------------------------------------------- versions */

typedef struct member {
	tracer *t;
	const assay_version *version;
} member;

/* Does this entry name a sample of the graph? Then the version held it. */
static assay_code link_entry(void *ctx, const assay_trie_entry *e, assay_err *err)
{
	const member *m = ctx;
	char hex[ASSAY_DIGEST_HEX];
	ASSAY_AUTO_FREE char *id = assay_asprintf("sample:%s@%s", e->key, assay_digest_hex(&e->work_key, hex));
	size_t sample, version;
	assay_code rc;

	if (id == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "graph");
	sample = assay_graph_find(m->t->g, id);
	if (sample == SIZE_MAX)
		return ASSAY_OK;
	rc = walk_add_version(m->t, m->version, &version, err);
	return rc == ASSAY_OK ? assay_graph_edge(m->t->g, version, ASSAY_HAD_MEMBER, sample, err) : rc;
}

static size_t count_samples(const assay_graph *g)
{
	size_t n = 0;

	for (size_t i = 0; i < g->node_count; i++)
		n += g->nodes[i].type == ASSAY_NODE_SAMPLE;
	return n;
}

static assay_code link_version(tracer *t, const assay_version *v, bool few, assay_err *err)
{
	member m = {t, v};
	const size_t count = t->g->node_count;
	assay_code rc = ASSAY_OK;

	if (!few)
		return assay_trie_each(t->s, &v->accepted, link_entry, &m, err);
	for (size_t i = 0; i < count && rc == ASSAY_OK; i++) {
		if (t->g->nodes[i].type != ASSAY_NODE_SAMPLE)
			continue;
		rc = assay_trie_find(t->s, &v->accepted, t->g->nodes[i].path, link_entry, &m, err);
		if (rc == ASSAY_ENOENT)
			rc = ASSAY_OK;
	}
	return rc;
}

assay_code walk_to_versions(tracer *t, assay_err *err)
{
	const size_t samples = count_samples(t->g);
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < t->version_count && rc == ASSAY_OK && samples > 0; i++)
		rc = link_version(t, &t->versions[i], samples <= LOOKED_UP_MAX, err);
	return rc;
}

static assay_code trace_member(void *ctx, const assay_trie_entry *e, assay_err *err)
{
	tracer *t = ctx;
	const char *hash = strrchr(e->key, '#');
	ASSAY_AUTO_FREE char *path = assay_strndup(e->key, hash != NULL ? (size_t)(hash - e->key) : strlen(e->key));
	past p = {t, path, e->key, false};

	return path == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "graph") : trace_entry(&p, e, err);
}

/* Did checks of drift compare with that version? */
static bool has_baseline(const assay_version *v, const assay_digest *id)
{
	for (size_t i = 0; i < v->baseline_count; i++)
		if (assay_digest_eq(&v->baselines[i], id))
			return true;
	return false;
}

static assay_code link_baselines(tracer *t, size_t at, const assay_version *v, assay_err *err)
{
	size_t to;
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < t->version_count && rc == ASSAY_OK; i++) {
		if (!has_baseline(v, &t->versions[i].id))
			continue;
		rc = walk_add_version(t, &t->versions[i], &to, err);
		if (rc == ASSAY_OK)
			rc = assay_graph_edge(t->g, at, ASSAY_USED, to, err);
	}
	return rc;
}

static assay_code up_from_version(tracer *t, size_t at, const assay_version *v, assay_err *err)
{
	member m = {t, v};
	size_t to;
	assay_code rc;

	for (unsigned k = 1; k <= ASSAY_MODALITY_MAX; k++) {
		if (!v->has_recipe[k])
			continue;
		ASSAY_TRY(walk_add_recipe(t, &v->recipes[k], &to, err));
		ASSAY_TRY(assay_graph_edge(t->g, at, ASSAY_USED, to, err));
	}
	for (size_t i = 0; i < v->contract_count; i++) {
		ASSAY_TRY(walk_add_contract(t, &v->contracts[i], &to, err));
		ASSAY_TRY(assay_graph_edge(t->g, at, ASSAY_USED, to, err));
	}
	ASSAY_TRY(link_baselines(t, at, v, err));
	ASSAY_TRY(assay_trie_each(t->s, &v->accepted, trace_member, t, err));
	ASSAY_TRY(assay_trie_each(t->s, &v->accepted, link_entry, &m, err));
fail:
	return rc;
}

assay_code walk_version(tracer *t, const assay_digest *id, assay_err *err)
{
	ASSAY_AUTO_VERSION v = {0};
	size_t at, to;
	assay_code rc;

	ASSAY_TRY(assay_version_get(t->s, id, &v, err));
	ASSAY_TRY(walk_add_version(t, &v, &at, err));
	t->g->nodes[at].is_subject = true;
	for (size_t i = 0; i < t->version_count; i++) {
		const assay_version *o = &t->versions[i];

		if (t->upstream && assay_digest_eq(&o->id, &v.parent)) {
			ASSAY_TRY(walk_add_version(t, o, &to, err));
			ASSAY_TRY(assay_graph_edge(t->g, at, ASSAY_DERIVED_FROM, to, err));
		}
		if (t->downstream && assay_digest_eq(&o->parent, &v.id)) {
			ASSAY_TRY(walk_add_version(t, o, &to, err));
			ASSAY_TRY(assay_graph_edge(t->g, to, ASSAY_DERIVED_FROM, at, err));
		}
	}
	if (t->upstream) {
		t->downstream = false; /* of the version, not of each of its samples */
		ASSAY_TRY(up_from_version(t, at, &v, err));
	}
fail:
	return rc;
}
