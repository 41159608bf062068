#include "trace.h"

#include "changes.h"
#include "subject.h"
#include "tags.h"
#include "walk.h"

#include "assay/lookup.h"
#include "assay/object.h"

#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- digests */

/* What a digest is in this store; it can be several. */
enum {
	IS_ARTIFACT = 1,
	IS_RECIPE = 2,
	IS_CONTRACT = 4,
	IS_VERSION = 8,
	IS_SOURCE = 16,
	IS_SIDECAR = 32,
	IS_FILE = 64,
	IS_UNIT = 128,
};

#define CANDIDATES_MAX 64
#define LISTED_MAX     6

typedef struct candidates {
	char prefix[ASSAY_DIGEST_HEX]; /* lower case */
	size_t length;
	struct {
		assay_digest digest;
		unsigned is;
	} items[CANDIDATES_MAX];
	size_t count;
	bool more;
} candidates;

typedef struct search {
	tracer *t;
	candidates *c;
} search;

static void offer(candidates *c, const assay_digest *d, unsigned is)
{
	char hex[ASSAY_DIGEST_HEX];
	size_t i = 0;

	if (strncmp(assay_digest_hex(d, hex), c->prefix, c->length) != 0)
		return;
	while (i < c->count && !assay_digest_eq(&c->items[i].digest, d))
		i++;
	if (i == CANDIDATES_MAX) {
		c->more = true;
		return;
	}
	c->items[i].digest = *d;
	c->items[i].is |= is;
	if (i == c->count)
		c->count++;
}

/* Models and fonts are no objects: recipes name them. */
static assay_code offer_files(void *ctx, const assay_digest *recipe, assay_err *err)
{
	const search *x = ctx;
	ASSAY_CLEANUP(assay_recipe_closep) assay_recipe *r = NULL;
	const assay_code rc = assay_recipe_load(&r, x->t->s, recipe, err);

	if (rc != ASSAY_OK)
		return rc;
	for (size_t i = 0; i < r->step_count; i++)
		for (size_t k = 0; k < r->steps[i].file_count; k++)
			offer(x->c, &r->steps[i].files[k].digest, IS_FILE);
	return ASSAY_OK;
}

static assay_code offer_digest(void *ctx, const assay_digest *d, unsigned use, assay_object_type type, assay_err *err)
{
	static const unsigned meaning[] = {[ASSAY_OBJECT_ARTIFACT] = IS_ARTIFACT,
					   [ASSAY_OBJECT_RECIPE] = IS_RECIPE,
					   [ASSAY_OBJECT_CONTRACT] = IS_CONTRACT,
					   [ASSAY_OBJECT_TRIE] = 0,
					   [ASSAY_OBJECT_VERSION] = IS_VERSION,
					   [ASSAY_OBJECT_RESULTS] = 0,
					   [ASSAY_OBJECT_FILTERS] = 0,
					   [ASSAY_OBJECT_DECISIONS] = 0,
					   [ASSAY_OBJECT_PAYLOAD] = 0};
	const search *x = ctx;
	const unsigned is = ((use & ASSAY_DIGEST_OBJECT) != 0 && type < ASSAY_COUNT(meaning) ? meaning[type] : 0) |
			    ((use & ASSAY_DIGEST_SOURCE) != 0 ? IS_SOURCE : 0) |
			    ((use & ASSAY_DIGEST_SIDECAR) != 0 ? IS_SIDECAR : 0) |
			    ((use & ASSAY_DIGEST_WORK) != 0 ? IS_UNIT : 0);

	(void)err;
	if (is != 0)
		offer(x->c, d, is);
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- from a digest */

/* The units that read or made bytes, and what of them is wanted. */
typedef struct unit_walk {
	tracer *t;
	const assay_digest *digest;
	bool only_artifact; /* only the samples that have the artifact */
} unit_walk;

static assay_code walk_found_unit(void *ctx, uint64_t unit, assay_err *err)
{
	const unit_walk *w = ctx;

	return walk_unit(w->t, unit, (wanted){.artifact = w->only_artifact ? w->digest : NULL}, err);
}

static assay_code from_units(tracer *t, const assay_digest *d, assay_unit_end end, assay_err *err)
{
	unit_walk w = {t, d, end == ASSAY_UNIT_ARTIFACT};

	return assay_units_of(t->s, end, d, walk_found_unit, &w, err);
}

static assay_code from_artifact(tracer *t, const assay_digest *d, assay_err *err)
{
	return from_units(t, d, ASSAY_UNIT_ARTIFACT, err);
}

static assay_code from_sidecar(tracer *t, const assay_digest *d, assay_err *err)
{
	t->upstream = true; /* or its node would not be made; what is too much is taken out */
	return from_units(t, d, ASSAY_UNIT_SIDECAR, err);
}

static assay_code add_path(void *ctx, const assay_source *src, assay_err *err)
{
	const unit_walk *w = ctx;
	size_t at;

	return walk_add_source(w->t, src->path, src->path, w->digest, &at, err);
}

static assay_code from_source(tracer *t, const assay_digest *d, assay_err *err)
{
	unit_walk w = {.t = t, .digest = d};
	const assay_code rc = assay_sources_with(t->s, d, add_path, &w, err);

	return rc == ASSAY_OK && t->downstream ? from_units(t, d, ASSAY_UNIT_SOURCE, err) : rc;
}

/* Versions that were made by a recipe or under a contract. */
static assay_code link_users(tracer *t, size_t to, const assay_digest *d, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < t->version_count && t->downstream && rc == ASSAY_OK; i++) {
		ASSAY_AUTO_VERSION v = {0};
		size_t at;
		bool uses = false;

		rc = assay_version_get(t->s, &t->versions[i].id, &v, err);
		if (rc != ASSAY_OK)
			return rc;
		for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++)
			uses |= v.has_recipe[m] && assay_digest_eq(&v.recipes[m], d);
		for (size_t k = 0; k < v.contract_count; k++)
			uses |= assay_digest_eq(&v.contracts[k], d);
		if (!uses)
			continue;
		rc = walk_add_version(t, &t->versions[i], &at, err);
		if (rc == ASSAY_OK)
			rc = assay_graph_edge(t->g, at, ASSAY_USED, to, err);
	}
	return rc;
}

static assay_code from_recipe(tracer *t, const assay_digest *d, assay_err *err)
{
	size_t at;
	assay_code rc = walk_add_recipe(t, d, &at, err);

	if (rc == ASSAY_OK)
		rc = link_users(t, at, d, err);
	if (rc != ASSAY_OK || !t->downstream)
		return rc;
	t->upstream = true; /* units are tied to their recipe */
	return from_units(t, d, ASSAY_UNIT_RECIPE, err);
}

static assay_code from_contract(tracer *t, const assay_digest *d, assay_err *err)
{
	size_t at;
	const assay_code rc = walk_add_contract(t, d, &at, err);

	return rc == ASSAY_OK ? link_users(t, at, d, err) : rc;
}

static bool has_file(const assay_recipe *r, const assay_digest *d)
{
	for (size_t i = 0; i < r->step_count; i++)
		for (size_t k = 0; k < r->steps[i].file_count; k++)
			if (assay_digest_eq(&r->steps[i].files[k].digest, d))
				return true;
	return false;
}

static assay_code from_recipe_with_file(void *ctx, const assay_digest *recipe, assay_err *err)
{
	const unit_walk *w = ctx;
	ASSAY_CLEANUP(assay_recipe_closep) assay_recipe *r = NULL;
	const assay_code rc = assay_recipe_load(&r, w->t->s, recipe, err);

	return rc == ASSAY_OK && has_file(r, w->digest) ? from_recipe(w->t, recipe, err) : rc;
}

/* A model or font: every recipe that names it. */
static assay_code from_file(tracer *t, const assay_digest *d, assay_err *err)
{
	unit_walk w = {.t = t, .digest = d};

	t->upstream = true;
	return assay_recipes_each(t->s, from_recipe_with_file, &w, err);
}

static assay_code from_unit(tracer *t, const assay_digest *d, assay_err *err)
{
	uint64_t unit;
	const assay_code rc = assay_unit_find(t->s, d, &unit, err);

	return rc == ASSAY_OK ? walk_unit(t, unit, (wanted){0}, err) : rc;
}

static const struct {
	unsigned is;
	const char *name;
	assay_node_type type;
	assay_code (*walk)(tracer *t, const assay_digest *d, assay_err *err);
} meanings[] = {
    {IS_ARTIFACT, "artifact", ASSAY_NODE_ARTIFACT, from_artifact},
    {IS_RECIPE, "recipe", ASSAY_NODE_RECIPE, from_recipe},
    {IS_CONTRACT, "contract", ASSAY_NODE_CONTRACT, from_contract},
    {IS_VERSION, "version", ASSAY_NODE_VERSION, walk_version},
    {IS_SOURCE, "source", ASSAY_NODE_SOURCE, from_source},
    {IS_SIDECAR, "sidecar", ASSAY_NODE_SIDECAR, from_sidecar},
    {IS_FILE, "file", ASSAY_NODE_FILE, from_file},
    {IS_UNIT, "unit", ASSAY_NODE_UNIT, from_unit},
};

/* ---------------------------------------------------------------- which digest is meant */

static const char *meaning_of(unsigned is)
{
	for (size_t i = 0; i < ASSAY_COUNT(meanings); i++)
		if ((is & meanings[i].is) != 0)
			return meanings[i].name;
	return "?";
}

static assay_code raise_ambiguous(const candidates *c, const char *name, assay_err *err)
{
	ASSAY_AUTO_BUF list = ASSAY_BUF_INIT;
	char hex[ASSAY_DIGEST_HEX];

	for (size_t i = 0; i < c->count && i < LISTED_MAX; i++)
		assay_buf_printf(&list, "%s%s %.24s", i > 0 ? ", " : "", meaning_of(c->items[i].is),
				 assay_digest_hex(&c->items[i].digest, hex));
	return ASSAY_RAISE(err, ASSAY_EUSAGE, "'%s' could be any of %s%zu: %s", name, c->more ? "more than " : "",
			   c->count, assay_buf_str(&list));
}

/* The hex digits of a name in lower case; false when it is no prefix of a digest. */
static bool digits_of(candidates *c, const char *name)
{
	if (strncmp(name, "sha256:", 7) == 0)
		name += 7;
	c->length = strlen(name);
	if (c->length < ASSAY_TRACE_PREFIX_MIN || c->length >= ASSAY_DIGEST_HEX ||
	    strspn(name, "0123456789abcdefABCDEF") != c->length)
		return false;
	for (size_t i = 0; i <= c->length; i++)
		c->prefix[i] = (char)(name[i] >= 'A' && name[i] <= 'F' ? name[i] - 'A' + 'a' : name[i]);
	return true;
}

static assay_code from_digest(tracer *t, const assay_digest *d, unsigned is, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < ASSAY_COUNT(meanings) && rc == ASSAY_OK; i++)
		if ((is & meanings[i].is) != 0)
			rc = meanings[i].walk(t, d, err);
	for (size_t n = 0; n < t->g->node_count; n++)
		for (size_t i = 0; i < ASSAY_COUNT(meanings); i++)
			t->g->nodes[n].is_subject |= (is & meanings[i].is) != 0 &&
						     t->g->nodes[n].type == meanings[i].type &&
						     assay_digest_eq(&t->g->nodes[n].digest, d);
	return rc;
}

static assay_code find_digest(tracer *t, candidates *c, const char *name, assay_err *err)
{
	search x = {t, c};
	assay_code rc = assay_digests_starting(t->s, c->prefix, offer_digest, &x, err);

	if (rc == ASSAY_OK)
		rc = assay_recipes_each(t->s, offer_files, &x, err);
	if (rc != ASSAY_OK)
		return rc;
	if (c->count == 0)
		return ASSAY_RAISE(err, ASSAY_ENOENT, "nothing in the store has a digest that starts with '%s'", name);
	if (c->count > 1)
		return raise_ambiguous(c, name, err);
	return from_digest(t, &c->items[0].digest, c->items[0].is, err);
}

/* ---------------------------------------------------------------- both ways from the subject */

/* The sample, the source, or both that have this name. */
static assay_code walk_named(tracer *t, const char *name, bool *is_file, assay_err *err)
{
	ASSAY_AUTO_SUBJECT x = {0};
	assay_code rc = assay_subject_try(&x, t->s, name, err);

	*is_file = rc == ASSAY_OK;
	if (rc == ASSAY_OK && x.has_sample)
		rc = walk_sample(t, x.source.path, &x.sample, true, err);
	if (rc == ASSAY_OK && x.is_path)
		rc = walk_source(t, &x.source, err);
	return rc == ASSAY_ENOENT && !*is_file ? ASSAY_OK : rc;
}

static assay_code find_subject(tracer *t, const char *name, assay_err *err)
{
	ASSAY_AUTO_SUBJECT x = {0};
	ASSAY_AUTO_VERSION v = {0};
	ASSAY_AUTO_FREE candidates *c = assay_alloc(1, sizeof *c);
	bool is_file, tagged;
	assay_code rc;

	if (c == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "candidates");
	rc = walk_named(t, name, &is_file, err);
	if (rc == ASSAY_OK)
		rc = assay_name_is_tag(&tagged, t->s, name, is_file, err);
	if (rc != ASSAY_OK || is_file)
		return rc;
	if (tagged || strcmp(name, "latest") == 0) {
		rc = assay_version_resolve(t->s, name, &v, err);
		return rc == ASSAY_OK ? walk_version(t, &v.id, err) : rc;
	}
	if (digits_of(c, name))
		return find_digest(t, c, name, err);
	return assay_subject_find(&x, t->s, name, err);
}

/* Spread from what is kept along the edges: to what it comes from, or to what comes from it. */
static void spread(const assay_graph *g, bool *keep, bool to_origin)
{
	bool grew = true;

	while (grew) {
		grew = false;
		for (size_t i = 0; i < g->edge_count; i++) {
			const size_t a = to_origin ? g->edges[i].from : g->edges[i].to;
			const size_t b = to_origin ? g->edges[i].to : g->edges[i].from;

			grew |= keep[a] && !keep[b];
			keep[b] |= keep[a];
		}
	}
}

static bool is_agent_edge(const assay_edge *e)
{
	return e->relation == ASSAY_ASSOCIATED || e->relation == ASSAY_ATTRIBUTED;
}

/* An artifact goes where its sample goes. */
static void keep_samples_of_artifacts(const assay_graph *g, bool *keep)
{
	for (size_t i = 0; i < g->edge_count; i++)
		if (g->edges[i].relation == ASSAY_DERIVED_FROM &&
		    g->nodes[g->edges[i].from].type == ASSAY_NODE_ARTIFACT && g->nodes[g->edges[i].from].is_subject)
			keep[g->edges[i].to] = true;
}

/*
 * Every edge leads from what came later to what it came from. Asked for both ways, what a unit downstream used is of
 * interest too: it tells how; and so is what a ticket came of, attempts at repair among it. Runs are not a direction but a circumstance, and stay with what they did.
 */
static assay_code keep_asked(assay_graph *g, const assay_trace_opts *opts, assay_err *err)
{
	ASSAY_AUTO_FREE bool *keep = assay_alloc(g->node_count, sizeof *keep);
	ASSAY_AUTO_FREE bool *up = assay_alloc(g->node_count, sizeof *up);

	if (keep == NULL || up == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "graph");
	for (size_t i = 0; i < g->node_count; i++)
		keep[i] = up[i] = g->nodes[i].is_subject;
	if (opts->downstream) {
		keep_samples_of_artifacts(g, keep);
		spread(g, keep, false);
	}
	for (size_t i = 0; i < g->node_count; i++)
		up[i] |= opts->downstream && keep[i] &&
			 (g->nodes[i].type == ASSAY_NODE_UNIT || g->nodes[i].type == ASSAY_NODE_TICKET);
	if (opts->upstream)
		spread(g, up, true);
	for (size_t i = 0; i < g->node_count; i++)
		keep[i] |= up[i];
	for (size_t i = 0; i < g->edge_count; i++)
		keep[g->edges[i].to] |= keep[g->edges[i].from] && is_agent_edge(&g->edges[i]);
	return assay_graph_keep(g, keep, err);
}

assay_code assay_trace(assay_graph *g, assay_store *s, const char *name, const assay_trace_opts *opts, assay_err *err)
{
	tracer t = {.g = g, .s = s, .upstream = opts->upstream, .downstream = opts->downstream};
	assay_code rc = walk_open(&t, err);

	if (rc == ASSAY_OK)
		rc = find_subject(&t, name, err);
	if (rc == ASSAY_OK && t.downstream) /* not of a version, which is at the end already */
		rc = walk_to_versions(&t, err);
	if (rc == ASSAY_OK)
		rc = keep_asked(g, opts, err);
	assay_graph_sort(g);
	walk_close(&t);
	return rc;
}
