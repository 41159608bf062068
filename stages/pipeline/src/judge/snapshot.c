#include "snapshot.h"

#include "assay/file.h"
#include "assay/log.h"
#include "assay/scratch.h"

#include <stdlib.h>

void assay_snapshot_begin(assay_snapshot *s, assay_store *store, const assay_judgement *base, bool counts_only)
{
	assay_snapshot_release(s);
	s->base = base;
	s->counts_only = counts_only;
	s->texts = (assay_arena){.on_disk = true, .dirfd = assay_store_dirfd(store)};
}

assay_code assay_snapshot_recipe(assay_snapshot *s, const assay_source *src, assay_err *err)
{
	assay_version *v = &s->version;
	const unsigned m = src->modality;

	/* A run of a part of the sources may leave others as an older pipeline made them. */
	if (!s->counts_only && v->has_recipe[m] && !assay_digest_eq(&v->recipes[m], &src->recipe))
		return ASSAY_RAISE(
		    err, ASSAY_ECONFIG,
		    "'%s' was processed by another pipeline than other %s sources; 'assay run' brings it up "
		    "to date",
		    src->path, assay_modality_name(m));
	v->has_recipe[m] = true;
	v->recipes[m] = src->recipe;
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- changes of the tries */

static assay_code add_change(assay_snapshot *s, assay_trie_changes *to, assay_trie_entry e, bool remove, assay_err *err)
{
	const char *stage = e.stage;
	const assay_code rc =
	    assay_scratch_grow(s->texts.dirfd, &to->items, &to->cap, to->count, sizeof *to->items, err);

	if (rc != ASSAY_OK)
		return rc;
	e.key = assay_arena_strdup(&s->texts, e.key);
	e.stage = stage != NULL ? assay_arena_strdup(&s->texts, stage) : NULL;
	if (e.key == NULL || (stage != NULL && e.stage == NULL))
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "version entry");
	to->items[to->count++] = (assay_trie_change){.entry = e, .remove = remove};
	return ASSAY_OK;
}

/* The entry goes into one trie; if there was one of its key in the other, that is gone. */
static assay_code put_entry(assay_snapshot *s, const assay_trie_entry *e, assay_err *err)
{
	const bool delivered = assay_outcome_is_delivered(e->outcome);
	const assay_trie_entry gone = {.key = e->key};
	assay_code rc = add_change(s, delivered ? &s->accepted : &s->others, *e, false, err);

	if (rc == ASSAY_OK && s->base != NULL)
		rc = add_change(s, delivered ? &s->others : &s->accepted, gone, true, err);
	return rc;
}

static assay_code forget_key(assay_snapshot *s, const char *key, assay_err *err)
{
	const assay_trie_entry gone = {.key = key};
	const assay_code rc = add_change(s, &s->accepted, gone, true, err);

	return rc == ASSAY_OK ? add_change(s, &s->others, gone, true, err) : rc;
}

static assay_code forget_sample(void *ctx, const assay_sample_row *row, assay_err *err)
{
	return forget_key(ctx, row->key, err);
}

assay_code assay_snapshot_forget(assay_snapshot *s, const char *key, assay_err *err)
{
	return s->base == NULL || s->counts_only ? ASSAY_OK : forget_key(s, key, err);
}

assay_code assay_snapshot_moved(assay_snapshot *s, assay_store *store, const assay_source *src, assay_err *err)
{
	assay_code rc;

	if (s->base == NULL || s->counts_only)
		return ASSAY_OK;
	rc = forget_key(s, src->path, err); /* where a failed source stands */
	return rc == ASSAY_OK ? assay_samples_of(store, src->id, forget_sample, s, err) : rc;
}

assay_code assay_snapshot_content(assay_snapshot *s, const assay_judged *of, assay_digest *out, assay_err *err)
{
	assay_content *c = &s->content;
	assay_code rc;

	assay_content_reset(c);
	c->source = of->bytes;
	c->metadata_keys = (const char *const *)of->source->metadata_keys;
	c->metadata_values = (const char *const *)of->source->metadata_values;
	c->metadata_count = of->source->metadata_count;
	rc = assay_content_of(c, of->recipe->recipe, of->sample, err);
	c->part = of->part; /* the name that it is delivered by, whatever it is in the file */
	return rc == ASSAY_OK ? assay_content_digest(c, &s->scratch, out, err) : rc;
}

assay_code assay_snapshot_sample(assay_snapshot *s, const assay_judged *of, const assay_sample_row *row, bool told,
				 assay_err *err)
{
	const bool delivered = assay_outcome_is_delivered(row->outcome);
	assay_trie_entry e = {.key = row->key, .outcome = row->outcome, .kind = of->sample->kind};
	assay_code rc = ASSAY_OK;

	if (delivered)
		s->accepted.expected++;
	else
		s->others.expected++;
	if (s->counts_only || (s->base != NULL && !told))
		return ASSAY_OK;
	if (delivered) {
		e.work_key = of->unit->work_key;
		rc = assay_snapshot_content(s, of, &e.content, err);
	} else if (row->outcome == ASSAY_OUTCOME_QUARANTINED || row->outcome == ASSAY_OUTCOME_FILTERED) {
		e.stage = row->failed_stage;
		e.failure = row->failure;
	}
	return rc == ASSAY_OK ? put_entry(s, &e, err) : rc;
}

assay_code assay_snapshot_failed(assay_snapshot *s, const char *path, const char *stage, assay_failure failure,
				 bool told, assay_err *err)
{
	const assay_trie_entry e = {.key = path, .outcome = ASSAY_OUTCOME_FAILED, .stage = stage, .failure = failure};

	s->others.expected++;
	return s->counts_only || (s->base != NULL && !told) ? ASSAY_OK : put_entry(s, &e, err);
}

/* ---------------------------------------------------------------- the version */

static assay_code build_trie(assay_trie_changes *c, assay_store *store, const assay_digest *from, assay_digest *root,
			     bool *whole, assay_err *err)
{
	uint64_t entries = 0;
	const assay_code rc = assay_trie_edit(store, from, c->items, c->count, root, &entries, err);

	*whole = *whole && entries == c->expected;
	return rc;
}

assay_code assay_snapshot_build(assay_snapshot *s, assay_store *store, bool *whole, assay_err *err)
{
	const assay_judgement *base = s->base;
	assay_code rc;

	*whole = true;
	rc = build_trie(&s->accepted, store, base != NULL ? &base->accepted : NULL, &s->version.accepted, whole, err);
	if (rc == ASSAY_OK)
		rc = build_trie(&s->others, store, base != NULL ? &base->others : NULL, &s->version.others, whole, err);
	if (rc != ASSAY_ECORRUPT || base == NULL)
		return rc;
	assay_log(ASSAY_LOG_WARNING, "a trie of the last judgement is damaged ('assay check' says what it is part of)");
	*whole = false; /* what is damaged is not built upon */
	return ASSAY_OK;
}

static int compare_digests(const void *a, const void *b)
{
	return assay_digest_cmp(a, b);
}

/*
 * Every recipe that an attempt might have been made by, made or not: it is how the dataset was asked for. Those of a
 * remedy that no check and no decision in force names are none of them.
 */
static assay_code name_remedies(assay_version *v, const assay_session *s, assay_err *err)
{
	size_t asked = 0;

	v->remedies = assay_alloc(s->rung_count, sizeof *v->remedies);
	if (v->remedies == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "version");
	for (size_t i = 0; i < s->rung_count; i++) {
		const char *name = s->rungs[i].remedy->name;

		if (assay_config_remedy_is_bound(s->config, name) || assay_decided_tries(&s->decided, name))
			v->remedies[asked++] = s->rungs[i].recipe->digest;
	}
	if (asked > 1)
		qsort(v->remedies, asked, sizeof *v->remedies, compare_digests);
	for (size_t i = 0; i < asked; i++)
		if (i == 0 || !assay_digest_eq(&v->remedies[i], &v->remedies[v->remedy_count - 1]))
			v->remedies[v->remedy_count++] = v->remedies[i];
	return ASSAY_OK;
}

assay_code assay_snapshot_commit(assay_snapshot *s, const assay_session *session, assay_summary *summary,
				 assay_err *err)
{
	const assay_config *config = session->config;
	assay_version *v = &s->version;
	assay_code rc;

	v->contracts = assay_alloc(config->contract_count, sizeof *v->contracts);
	v->dataset = assay_strdup(config->dataset);
	if (v->contracts == NULL || v->dataset == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "version");
	for (size_t i = 0; i < config->contract_count; i++)
		v->contracts[v->contract_count++] = session->contracts[i];
	rc = name_remedies(v, session, err);
	if (rc == ASSAY_OK)
		rc = assay_decided_keep(&session->decided, session->store, &v->decisions, err);
	if (rc != ASSAY_OK)
		return rc;
	v->run = session->run.id;
	v->made_ns = assay_now_ns();
	v->incomplete = summary->incomplete;
	v->counts = summary->samples;
	rc = assay_version_commit(session->store, v, err);
	if (rc != ASSAY_OK)
		return rc;
	summary->has_version = true;
	summary->version = v->id;
	summary->version_is_new = v->run == session->run.id;
	return ASSAY_OK;
}

void assay_snapshot_release(assay_snapshot *s)
{
	assay_scratch_free(s->accepted.items, s->accepted.cap, sizeof *s->accepted.items);
	assay_scratch_free(s->others.items, s->others.cap, sizeof *s->others.items);
	assay_arena_release(&s->texts);
	assay_version_release(&s->version);
	assay_content_release(&s->content);
	assay_buf_release(&s->scratch);
	*s = (assay_snapshot){0};
}
