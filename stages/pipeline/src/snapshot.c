#include "snapshot.h"

#include "assay/file.h"
#include "assay/memory.h"

#include <stdlib.h>

assay_code assay_snapshot_recipe(assay_snapshot *s, const assay_source *src, bool only_one, assay_err *err)
{
	assay_version *v = &s->version;
	const unsigned m = src->modality;

	/* A run of a part of the sources may leave others as an older pipeline made them. */
	if (only_one && v->has_recipe[m] && !assay_digest_eq(&v->recipes[m], &src->recipe))
		return ASSAY_RAISE(
		    err, ASSAY_ECONFIG,
		    "'%s' was processed by another pipeline than other %s sources; 'assay run' brings it up "
		    "to date",
		    src->path, assay_modality_name(m));
	v->has_recipe[m] = true;
	v->recipes[m] = src->recipe;
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- entries of the tries */

static assay_code add_entry(assay_entries *to, assay_trie_entry e, const char *key, assay_err *err)
{
	const char *stage = e.stage;
	assay_code rc = assay_grow(&to->items, &to->cap, to->count, sizeof *to->items, err);

	if (rc != ASSAY_OK)
		return rc;
	e.key = assay_strdup(key);
	e.stage = stage != NULL ? assay_strdup(stage) : NULL;
	if (e.key == NULL || (stage != NULL && e.stage == NULL)) {
		free((void *)(uintptr_t)e.key);
		free((void *)(uintptr_t)e.stage);
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "version entry");
	}
	to->items[to->count++] = e;
	return ASSAY_OK;
}

static void entries_release(assay_entries *e)
{
	for (size_t i = 0; i < e->count; i++) {
		free((void *)(uintptr_t)e->items[i].key);
		free((void *)(uintptr_t)e->items[i].stage);
	}
	free(e->items);
	*e = (assay_entries){0};
}

static assay_code digest_content(assay_snapshot *s, const assay_judged *of, assay_digest *out, assay_err *err)
{
	assay_content *c = &s->content;
	assay_code rc;

	assay_content_reset(c);
	c->source = of->source->digest;
	c->metadata_keys = (const char *const *)of->source->metadata_keys;
	c->metadata_values = (const char *const *)of->source->metadata_values;
	c->metadata_count = of->source->metadata_count;
	rc = assay_content_of(c, of->recipe->recipe, of->sample, err);
	return rc == ASSAY_OK ? assay_content_digest(c, &s->scratch, out, err) : rc;
}

assay_code assay_snapshot_sample(assay_snapshot *s, const assay_judged *of, const assay_sample_row *row, assay_err *err)
{
	assay_trie_entry e = {.outcome = row->outcome, .kind = of->sample->kind};
	assay_code rc;

	if (row->outcome == ASSAY_OUTCOME_ACCEPTED) {
		e.work_key = of->unit->work_key;
		rc = digest_content(s, of, &e.content, err);
		return rc == ASSAY_OK ? add_entry(&s->accepted, e, row->key, err) : rc;
	}
	if (row->outcome == ASSAY_OUTCOME_QUARANTINED) {
		e.stage = row->failed_stage;
		e.failure = row->failure;
	}
	return add_entry(&s->others, e, row->key, err);
}

assay_code assay_snapshot_failed(assay_snapshot *s, const char *path, const char *stage, assay_failure failure,
				 assay_err *err)
{
	const assay_trie_entry e = {.outcome = ASSAY_OUTCOME_FAILED, .stage = stage, .failure = failure};

	return add_entry(&s->others, e, path, err);
}

/* ---------------------------------------------------------------- the version */

assay_code assay_snapshot_commit(assay_snapshot *s, const assay_session *session, assay_summary *summary,
				 assay_err *err)
{
	const assay_config *config = session->config;
	assay_version *v = &s->version;
	assay_code rc;

	ASSAY_TRY(assay_trie_build(session->store, s->accepted.items, s->accepted.count, &v->accepted, err));
	ASSAY_TRY(assay_trie_build(session->store, s->others.items, s->others.count, &v->others, err));
	v->contracts = assay_alloc(config->contract_count, sizeof *v->contracts);
	v->dataset = assay_strdup(config->dataset);
	if (v->contracts == NULL || v->dataset == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "version");
	for (size_t i = 0; i < config->contract_count; i++)
		v->contracts[v->contract_count++] = session->contracts[i];
	v->run = session->run.id;
	v->made_ns = assay_now_ns();
	v->incomplete = summary->incomplete;
	v->counts = summary->samples;
	ASSAY_TRY(assay_version_commit(session->store, v, err));
	summary->has_version = true;
	summary->version = v->id;
	summary->version_is_new = v->run == session->run.id;
fail:
	return rc;
}

void assay_snapshot_release(assay_snapshot *s)
{
	entries_release(&s->accepted);
	entries_release(&s->others);
	assay_version_release(&s->version);
	assay_content_release(&s->content);
	assay_buf_release(&s->scratch);
}
