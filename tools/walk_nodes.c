#include "walk.h"

#include "changes.h"

#include "assay/source.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *walk_name_digest(const assay_digest *d, digest_text out)
{
	char hex[ASSAY_DIGEST_HEX];

	(void)snprintf(out, sizeof(digest_text), "sha256:%s", assay_digest_hex(d, hex));
	return out;
}

assay_code walk_set_text(char **at, const char *text, assay_err *err)
{
	if (text == NULL)
		return ASSAY_OK;
	free(*at);
	*at = assay_strdup(text);
	return *at == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "graph") : ASSAY_OK;
}

assay_code walk_set_owned(char **at, char *text, assay_err *err)
{
	free(*at);
	*at = text;
	return text == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "graph") : ASSAY_OK;
}

assay_code walk_put_node(tracer *t, assay_node_type type, char *id, size_t *at, bool *fresh, assay_err *err)
{
	ASSAY_AUTO_FREE char *owned = id;

	if (id == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "graph");
	return assay_graph_node(t->g, type, owned, at, fresh, err);
}

/* ---------------------------------------------------------------- what stands before a unit */

assay_code walk_add_run(tracer *t, uint64_t id, size_t *at, assay_err *err)
{
	assay_node *n;
	assay_err why = ASSAY_ERR_INIT;
	bool fresh;
	assay_code rc = walk_put_node(t, ASSAY_NODE_RUN, assay_asprintf("run:%" PRIu64, id), at, &fresh, err);

	if (rc != ASSAY_OK || !fresh)
		return rc;
	n = &t->g->nodes[*at];
	n->number = id;
	n->run = assay_alloc(1, sizeof *n->run);
	if (n->run == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "graph");
	rc = assay_run_get(t->s, id, n->run, &why);
	if (rc != ASSAY_OK && rc != ASSAY_ENOENT && rc != ASSAY_ECORRUPT)
		return ASSAY_RAISE(err, rc, "%s", why.msg);
	if (rc != ASSAY_OK) {
		free(n->run);
		n->run = NULL;
		return walk_set_owned(
		    &n->label,
		    assay_asprintf(rc == ASSAY_ENOENT ? "run %" PRIu64 : "run %" PRIu64 " (cannot be read)", id), err);
	}
	return walk_set_text(&n->label, n->run->name, err);
}

assay_code walk_add_source(tracer *t, const char *path, const char *of, const assay_digest *d, size_t *at,
			   assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	digest_text name;
	assay_node *n;
	bool fresh;
	const bool unread = assay_digest_is_zero(d);
	assay_code rc = walk_put_node(
	    t, ASSAY_NODE_SOURCE,
	    assay_asprintf("source:%s%s%s", path, unread ? "" : "@", unread ? "" : walk_name_digest(d, name)), at,
	    &fresh, err);

	if (rc != ASSAY_OK)
		return rc;
	n = &t->g->nodes[*at];
	if (!fresh)
		return n->is_past && !unread ? walk_name_handed(t, n, path, of, err) : ASSAY_OK;
	n->digest = *d;
	rc = assay_source_find(t->s, path, &src, err);
	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return rc;
	n->missing = src.missing;
	n->is_past = !assay_digest_eq(&src.digest, d);
	rc = n->is_past && !unread ? walk_name_handed(t, n, path, of, err) : ASSAY_OK;
	if (rc == ASSAY_OK)
		rc = walk_set_text(&n->path, path, err);
	return rc == ASSAY_OK ? walk_set_text(&n->label, path, err) : rc;
}

typedef struct sidecar_path {
	const assay_unit_sidecar *sidecar;
	char *path;
} sidecar_path;

static assay_code match_sidecar(sidecar_path *p, const assay_source_sidecar *list, size_t count, assay_err *err)
{
	for (size_t i = 0; i < count && p->path == NULL; i++)
		if (strcmp(list[i].role, p->sidecar->role) == 0 &&
		    assay_digest_eq(&list[i].digest, &p->sidecar->digest))
			return walk_set_text(&p->path, list[i].path, err);
	return ASSAY_OK;
}

static assay_code match_present(void *ctx, const assay_source *src, assay_err *err)
{
	return match_sidecar(ctx, src->sidecars, src->sidecar_count, err);
}

static assay_code match_before(void *ctx, const assay_source *src, assay_err *err)
{
	return match_sidecar(ctx, src->before_sidecars, src->before_sidecar_count, err);
}

/* Units know sidecars by role and digest; where it lay is told by a source that has it, if one still does. */
static assay_code add_sidecar(tracer *t, const assay_unit *u, const assay_unit_sidecar *sc, size_t *at, assay_err *err)
{
	sidecar_path p = {.sidecar = sc};
	digest_text name;
	assay_node *n;
	bool fresh;
	assay_code rc = walk_put_node(t, ASSAY_NODE_SIDECAR,
				      assay_asprintf("sidecar:%s@%s", sc->role, walk_name_digest(&sc->digest, name)),
				      at, &fresh, err);

	if (rc != ASSAY_OK || !fresh)
		return rc;
	rc = assay_sources_with(t->s, &u->source, match_present, &p, err);
	if (rc == ASSAY_OK && p.path == NULL)
		rc = assay_sources_with(t->s, &u->source, match_before, &p, err);
	n = &t->g->nodes[*at];
	n->digest = sc->digest;
	n->path = p.path;
	if (rc == ASSAY_OK)
		rc = walk_set_text(&n->role, sc->role, err);
	return rc == ASSAY_OK ? walk_set_text(&n->label, p.path != NULL ? p.path : sc->role, err) : rc;
}

static assay_code add_file(tracer *t, size_t recipe, const assay_recipe_file *f, assay_err *err)
{
	digest_text name;
	size_t at;
	bool fresh;
	assay_code rc =
	    walk_put_node(t, ASSAY_NODE_FILE, assay_asprintf("file:%s@%s", f->name, walk_name_digest(&f->digest, name)),
			  &at, &fresh, err);

	if (rc == ASSAY_OK && fresh) {
		t->g->nodes[at].digest = f->digest;
		rc = walk_set_text(&t->g->nodes[at].label, f->name, err);
		if (rc == ASSAY_OK)
			rc = walk_set_text(&t->g->nodes[at].role, f->role, err);
	}
	return rc == ASSAY_OK ? assay_graph_edge(t->g, recipe, ASSAY_USED, at, err) : rc;
}

assay_code walk_add_recipe(tracer *t, const assay_digest *d, size_t *at, assay_err *err)
{
	digest_text name;
	assay_recipe *r;
	bool fresh;
	assay_code rc = walk_put_node(t, ASSAY_NODE_RECIPE, assay_asprintf("recipe:%s", walk_name_digest(d, name)), at,
				      &fresh, err);

	if (rc != ASSAY_OK || !fresh)
		return rc;
	t->g->nodes[*at].digest = *d;
	ASSAY_TRY(assay_recipe_load(&t->g->nodes[*at].recipe, t->s, d, err));
	r = t->g->nodes[*at].recipe;
	ASSAY_TRY(walk_set_text(&t->g->nodes[*at].label, assay_modality_name(r->modality), err));
	for (size_t i = 0; i < r->step_count && t->upstream; i++)
		for (size_t k = 0; k < r->steps[i].file_count; k++)
			ASSAY_TRY(add_file(t, *at, &r->steps[i].files[k], err));
fail:
	return rc;
}

/* Outcomes of time, memory and signals may stand several times under one work key. */
static char *unit_id(const assay_unit *u)
{
	digest_text name;

	if (u->result.failure == ASSAY_FAILURE_NONE || assay_failure_is_deterministic(u->result.failure))
		return assay_asprintf("unit:%s", walk_name_digest(&u->work_key, name));
	return assay_asprintf("unit:%s#%" PRIu64, walk_name_digest(&u->work_key, name), u->id);
}

static assay_code up_from_unit(tracer *t, size_t at, assay_err *err)
{
	const assay_unit *u = t->g->nodes[at].unit; /* stays where it is when nodes move */
	size_t to;
	assay_code rc;

	ASSAY_TRY(walk_add_run(t, u->run, &to, err));
	ASSAY_TRY(assay_graph_edge(t->g, at, ASSAY_ASSOCIATED, to, err));
	if (!t->upstream)
		return ASSAY_OK;
	for (size_t i = 0; i < u->sidecar_count; i++) {
		ASSAY_TRY(add_sidecar(t, u, &u->sidecars[i], &to, err));
		ASSAY_TRY(assay_graph_edge(t->g, at, ASSAY_USED, to, err));
	}
	ASSAY_TRY(walk_add_recipe(t, &u->recipe, &to, err));
	ASSAY_TRY(assay_graph_edge(t->g, at, ASSAY_USED, to, err));
fail:
	return rc;
}

assay_code walk_add_unit(tracer *t, uint64_t id, size_t *at, assay_err *err)
{
	assay_unit *u = assay_alloc(1, sizeof *u);
	assay_node *n;
	bool fresh = false;
	assay_code rc = u == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "graph") : assay_unit_get(t->s, id, u, err);

	if (rc == ASSAY_OK)
		rc = walk_put_node(t, ASSAY_NODE_UNIT, unit_id(u), at, &fresh, err);
	if (rc != ASSAY_OK || !fresh) {
		if (u != NULL)
			assay_unit_release(u);
		free(u);
		return rc;
	}
	n = &t->g->nodes[*at];
	n->unit = u;
	n->digest = u->work_key;
	rc = walk_set_text(&n->label, u->part[0] != '\0' ? u->part : "whole", err);
	return rc == ASSAY_OK ? up_from_unit(t, *at, err) : rc;
}

/* ---------------------------------------------------------------- what a sample leads to */

static assay_code add_artifact(tracer *t, size_t sample, size_t unit, const assay_artifact_ref *a, const char *stage,
			       const assay_recipe_artifact *type, assay_err *err)
{
	digest_text name;
	assay_node *n;
	size_t at;
	bool fresh;
	assay_code rc = walk_put_node(t, ASSAY_NODE_ARTIFACT,
				      assay_asprintf("artifact:%s@%s", type->role, walk_name_digest(&a->digest, name)),
				      &at, &fresh, err);

	if (rc != ASSAY_OK)
		return rc;
	if (fresh) {
		n = &t->g->nodes[at];
		n->digest = a->digest;
		n->size = a->size;
		ASSAY_TRY(walk_set_text(&n->label, type->role, err));
		ASSAY_TRY(walk_set_text(&n->role, type->role, err));
		ASSAY_TRY(walk_set_text(&n->media, type->media, err));
		ASSAY_TRY(walk_set_text(&n->stage, stage, err));
	}
	ASSAY_TRY(assay_graph_edge(t->g, at, ASSAY_GENERATED_BY, unit, err));
	ASSAY_TRY(assay_graph_edge(t->g, at, ASSAY_DERIVED_FROM, sample, err));
fail:
	return rc;
}

assay_code walk_add_artifacts(tracer *t, size_t sample, size_t unit, const assay_result_sample *x,
			      const assay_digest *only, assay_err *err)
{
	ASSAY_CLEANUP(assay_recipe_closep) assay_recipe *r = NULL;
	assay_code rc = ASSAY_OK;

	if (x->artifact_count == 0)
		return ASSAY_OK;
	rc = assay_recipe_load(&r, t->s, &t->g->nodes[unit].unit->recipe, err);
	for (size_t i = 0; i < x->artifact_count && rc == ASSAY_OK; i++) {
		const assay_artifact_ref *a = &x->artifacts[i];

		if (a->stage >= r->step_count || a->type >= r->steps[a->stage].artifact_count)
			return ASSAY_RAISE(err, ASSAY_ECORRUPT,
					   "a result names an artifact that its recipe does not have");
		if (only == NULL || assay_digest_eq(only, &a->digest))
			rc = add_artifact(t, sample, unit, a, r->steps[a->stage].stage,
					  &r->steps[a->stage].artifacts[a->type], err);
	}
	return rc;
}

/* ---------------------------------------------------------------- versions and contracts */

static assay_code fill_version(assay_node *n, const assay_version *v, assay_err *err)
{
	ASSAY_AUTO_BUF counts = ASSAY_BUF_INIT;
	digest_text name;
	assay_code rc;

	assay_tell_counts(&counts, &v->counts);
	n->digest = v->id;
	n->at_ns = v->made_ns;
	rc = walk_set_text(&n->text, assay_buf_str(&counts), err);
	return rc == ASSAY_OK ? walk_set_owned(&n->label, assay_asprintf("%.19s", walk_name_digest(&v->id, name)), err)
			      : rc;
}

assay_code walk_add_version(tracer *t, const assay_version *v, size_t *at, assay_err *err)
{
	digest_text name;
	size_t run;
	bool fresh;
	assay_code rc = walk_put_node(t, ASSAY_NODE_VERSION,
				      assay_asprintf("version:%s", walk_name_digest(&v->id, name)), at, &fresh, err);

	if (rc != ASSAY_OK || !fresh)
		return rc;
	rc = fill_version(&t->g->nodes[*at], v, err);
	if (rc == ASSAY_OK)
		rc = walk_add_run(t, v->run, &run, err);
	return rc == ASSAY_OK ? assay_graph_edge(t->g, *at, ASSAY_ATTRIBUTED, run, err) : rc;
}

assay_code walk_add_contract(tracer *t, const assay_digest *d, size_t *at, assay_err *err)
{
	ASSAY_AUTO_CONTRACT_SET set = {0};
	digest_text name;
	assay_node *n;
	bool fresh;
	assay_code rc = walk_put_node(t, ASSAY_NODE_CONTRACT, assay_asprintf("contract:%s", walk_name_digest(d, name)),
				      at, &fresh, err);

	if (rc != ASSAY_OK || !fresh)
		return rc;
	rc = assay_contract_set_of(&set, t->s, d, 1, err);
	if (rc != ASSAY_OK)
		return rc;
	n = &t->g->nodes[*at];
	n->digest = *d;
	rc = walk_set_text(&n->label, assay_contract_title(set.items[0]), err);
	return rc == ASSAY_OK ? walk_set_text(&n->text, set.items[0]->version, err) : rc;
}
