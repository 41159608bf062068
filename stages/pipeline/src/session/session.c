#include "session.h"

#include "assay/file.h"
#include "assay/filter_set.h"
#include "assay/object.h"
#include "assay/program.h"

#include "recipe_make.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool modality_used(const assay_config *c, assay_modality m)
{
	for (size_t i = 0; i < c->source_count; i++)
		if (c->sources[i].modality == m)
			return true;
	return false;
}

/* Its recipe, stored where a store is given. */
static assay_code keep_recipe(assay_recipe **out, assay_modality modality, const assay_config_step *const *steps,
			      size_t count, assay_engines *engines, assay_store *store, assay_err *err)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_code rc = assay_recipe_make(out, &record, modality, steps, count, engines, err);

	if (rc == ASSAY_OK && store != NULL)
		rc = assay_object_put(store, ASSAY_OBJECT_RECIPE, record.data, record.len, &(*out)->digest, NULL, NULL,
				      err);
	return rc;
}

/* Started by the first who needs it. */
static assay_code need_engines(assay_session *s, assay_err *err)
{
	return s->engines != NULL ? ASSAY_OK : assay_engines_open(&s->engines, err);
}

assay_code assay_session_recipes(assay_session *s, bool keep, assay_err *err)
{
	const assay_config *config = s->config;
	assay_code rc = need_engines(s, err);

	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX && rc == ASSAY_OK; m++) {
		const assay_config_step *steps[2 * ASSAY_CONFIG_STEPS_MAX];

		if (modality_used(config, (assay_modality)m))
			rc = keep_recipe(&s->recipes[m], (assay_modality)m, steps,
					 assay_config_chain(config, (assay_modality)m, steps), s->engines,
					 keep ? s->store : NULL, err);
	}
	return rc;
}

static assay_code make_rung(assay_session *s, const assay_config_remedy *r, size_t rung, assay_modality source,
			    bool keep, assay_err *err)
{
	const assay_config_step *steps[2 * ASSAY_CONFIG_STEPS_MAX];
	const size_t count = assay_config_rung_chain(s->config, source, r, rung, steps);
	assay_session_rung *made;
	assay_code rc;

	if (count == 0)
		return ASSAY_OK;
	rc = assay_grow(&s->rungs, &s->rung_cap, s->rung_count, sizeof *s->rungs, err);
	if (rc != ASSAY_OK)
		return rc;
	made = &s->rungs[s->rung_count];
	*made = (assay_session_rung){.remedy = r, .rung = rung, .source = source};
	rc = keep_recipe(&made->recipe, source, steps, count, s->engines, keep ? s->store : NULL, err);
	if (rc != ASSAY_OK)
		return assay_err_prefix(err, "attempt %zu of remedy '%s'", rung + 1, r->name);
	s->rung_count++;
	return ASSAY_OK;
}

bool assay_session_needs_rungs(const assay_session *s)
{
	return assay_config_has_bound_remedy(s->config) || assay_decided_names_remedy(&s->decided);
}

assay_code assay_session_make_rungs(assay_session *s, bool keep, assay_err *err)
{
	const assay_config *c = s->config;
	assay_code rc;

	if (s->rung_count > 0)
		return ASSAY_OK;
	rc = need_engines(s, err);
	for (size_t i = 0; i < c->remedy_count && rc == ASSAY_OK; i++)
		for (size_t k = 0; k < c->remedies[i].rung_count; k++)
			for (unsigned m = 1; m <= ASSAY_MODALITY_MAX && rc == ASSAY_OK; m++)
				if (modality_used(c, (assay_modality)m))
					rc = make_rung(s, &c->remedies[i], k, (assay_modality)m, keep, err);
	return rc;
}

const assay_session_rung *assay_session_rung_of(const assay_session *s, const assay_config_remedy *r, size_t rung,
						assay_modality source)
{
	for (size_t i = 0; i < s->rung_count; i++)
		if (s->rungs[i].remedy == r && s->rungs[i].rung == rung && s->rungs[i].source == source)
			return &s->rungs[i];
	return NULL;
}

/* Under its digest, which alone is of interest to who writes nothing. */
static assay_code keep_record(assay_session *s, const assay_buf *b, bool keep, assay_digest *out, assay_err *err)
{
	const assay_code rc = assay_buf_check(b, err);

	if (rc != ASSAY_OK)
		return rc;
	return keep ? assay_object_put(s->store, ASSAY_OBJECT_CONTRACT, b->data, b->len, NULL, out, NULL, err)
		    : assay_digest_of(out, b->data, b->len, err);
}

assay_code assay_session_contracts(assay_session *s, bool keep, assay_err *err)
{
	ASSAY_AUTO_BUF set = ASSAY_BUF_INIT;
	assay_code rc = ASSAY_OK;

	s->contracts = assay_alloc(s->config->contract_count, sizeof *s->contracts);
	if (s->contracts == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "contracts");
	assay_cbor_array(&set, s->config->contract_count);
	for (size_t i = 0; i < s->config->contract_count && rc == ASSAY_OK; i++) {
		ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;

		assay_contract_encode(&record, s->config->contracts[i]);
		rc = keep_record(s, &record, keep, &s->contracts[i], err);
		assay_cbor_digest(&set, &s->contracts[i]);
	}
	/* The list itself is kept too, so that a verdict's contracts can be named later. */
	return rc == ASSAY_OK ? keep_record(s, &set, keep, &s->contract_set, err) : rc;
}

static assay_code keep_filters(assay_session *s, assay_err *err)
{
	const assay_filters *f = &s->config->filters;
	ASSAY_AUTO_FILTER_SET set = {0};
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < f->count && rc == ASSAY_OK; i++) {
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

		assay_filter_text(&text, &f->items[i]);
		rc = assay_buf_check(&text, err);
		if (rc == ASSAY_OK)
			rc = assay_filter_set_add(&set, f->items[i].name, assay_buf_str(&text), err);
	}
	assay_filter_set_encode(&record, &set);
	if (rc == ASSAY_OK)
		rc = assay_buf_check(&record, err);
	if (rc != ASSAY_OK)
		return rc;
	return assay_object_put(s->store, ASSAY_OBJECT_FILTERS, record.data, record.len, NULL, &s->filters, NULL, err);
}

static assay_code copy(char **out, const char *text, assay_err *err)
{
	*out = assay_strdup(text);
	return *out == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "run record") : ASSAY_OK;
}

/* Those of this program, and those of the workers where a recipe asked for them. */
static assay_code list_libraries(assay_session *s, assay_err *err)
{
	ASSAY_CLEANUP(assay_build_ids_release) assay_build_ids all = {0};
	const assay_build_ids *workers = NULL;
	assay_run *r = &s->run;
	assay_code rc = assay_build_ids_read(&all, err);

	if (rc == ASSAY_OK && s->engines != NULL)
		rc = assay_engines_libraries(&workers, s->engines, err);
	if (rc == ASSAY_OK && workers != NULL)
		rc = assay_build_ids_join(&all, workers, err);
	if (rc != ASSAY_OK)
		return rc;
	r->libraries = assay_alloc(all.count, sizeof *r->libraries);
	if (r->libraries == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "run record");
	while (r->library_count < all.count && rc == ASSAY_OK) {
		const size_t i = r->library_count++;

		rc = copy(&r->libraries[i], all.items[i], err);
	}
	return rc;
}

static assay_code begin_run(assay_session *s, const char *verb, assay_err *err)
{
	char host[256] = "";
	assay_run *r = &s->run;
	assay_code rc;

	if (gethostname(host, sizeof host - 1) != 0)
		host[0] = '\0';
	ASSAY_TRY(copy(&r->verb, verb, err));
	ASSAY_TRY(copy(&r->program, ASSAY_PROGRAM_VERSION, err));
	ASSAY_TRY(copy(&r->host, host, err));
	ASSAY_TRY(copy(&r->cpu_features, "", err));
	ASSAY_TRY(list_libraries(s, err));
	rc = assay_run_put(s->store, r, err);
fail:
	return rc;
}

assay_code assay_session_begin(assay_session *s, const assay_config *config, assay_store *store, bool with_recipes,
			       assay_err *err)
{
	*s = (assay_session){.config = config, .store = store, .started_ns = assay_monotonic_ns()};
	s->run.started_ns = assay_now_ns();
	return with_recipes ? need_engines(s, err) : ASSAY_OK;
}

assay_code assay_session_open(assay_session *s, const char *verb, bool with_recipes, assay_err *err)
{
	const assay_config *config = s->config;
	assay_store *store = s->store;
	assay_code rc;

	if (with_recipes)
		ASSAY_TRY(assay_session_recipes(s, true, err));
	ASSAY_TRY(assay_decided_load(&s->decided, store, err));
	if (assay_session_needs_rungs(s))
		ASSAY_TRY(assay_session_make_rungs(s, true, err));
	ASSAY_TRY(assay_session_contracts(s, true, err));
	ASSAY_TRY(keep_filters(s, err));
	ASSAY_TRY(assay_baselines_find(&s->baselines, store, (const assay_contract *const *)config->contracts,
				       config->contract_count, err));
	ASSAY_TRY(begin_run(s, verb, err));
	return ASSAY_OK;
fail:
	assay_session_release(s);
	return rc;
}

assay_code assay_session_end(assay_session *s, const assay_summary *summary, int exit_code, assay_err *err)
{
	assay_run *r = &s->run;
	assay_code rc;

	r->ended_ns = assay_now_ns();
	r->exit = exit_code;
	r->sources = summary->sources;
	r->counts = summary->samples;
	r->has_version = summary->has_version;
	r->version = summary->version;
	r->refusal = summary->refusal;
	r->filters = summary->judged ? s->filters : (assay_digest){0};
	r->sandbox = summary->worked ? summary->layers : 0;
	free(r->cpu_features);
	rc = copy(&r->cpu_features, summary->cpu_features, err);
	if (rc == ASSAY_OK)
		rc = assay_run_put(s->store, r, err);
	return rc == ASSAY_OK ? assay_store_commit(s->store, err) : rc;
}

void assay_session_release(assay_session *s)
{
	for (unsigned m = 0; m <= ASSAY_MODALITY_MAX; m++)
		assay_recipe_close(s->recipes[m]);
	for (size_t i = 0; i < s->rung_count; i++)
		assay_recipe_close(s->rungs[i].recipe);
	free(s->rungs);
	assay_engines_close(s->engines);
	free(s->contracts);
	assay_baselines_release(&s->baselines);
	assay_decided_release(&s->decided);
	assay_run_release(&s->run);
	*s = (assay_session){0};
}
