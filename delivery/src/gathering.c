#include "gathering.h"

#include "assay/memory.h"
#include "assay/run.h"
#include "assay/sample.h"
#include "assay/source.h"
#include "assay/stop.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDERS_MAX 6
#define SHORT_HEX   12
#define AHEAD       16 /* results whose work keys are on their way from memory */

void gathering_release(gathering *g)
{
	for (size_t i = 0; i < g->recipe_count; i++) {
		assay_recipe_close(g->recipes[i].recipe);
		free(g->recipes[i].metrics);
	}
	free(g->recipes);
	assay_decisions_free(g->decisions, g->decision_count);
	free(g->subjects);
	cells_release(&g->values);
	free(g->source_owners);
	free(g->remedy_owners);
	interner_release(&g->paths);
	interner_release(&g->remedies);
	traits_release(&g->traits);
	ranges_release(&g->ranges);
}

/* ---------------------------------------------------------------- who is judged */

static assay_code lost_work(assay_err *err)
{
	return ASSAY_RAISE(err, ASSAY_ECORRUPT, "the store does not hold the work that a sample came of");
}

static int by_unit(const void *pa, const void *pb)
{
	const subject *a = pa, *b = pb;

	if (a->unit != b->unit)
		return a->unit < b->unit ? -1 : 1;
	return strcmp(a->key, b->key);
}

static assay_code add_subject(gathering *g, const char *key, const assay_digest *work, bool failed, assay_err *err)
{
	subject *x;
	assay_code rc = assay_grow(&g->subjects, &g->cap, g->count, sizeof *g->subjects, err);

	if (rc != ASSAY_OK)
		return rc;
	x = &g->subjects[g->count];
	*x = (subject){.key = key,
		       .owners = {GATHERING_NONE, GATHERING_NONE, GATHERING_NONE, GATHERING_NONE, GATHERING_NONE},
		       .failed = failed};
	/* Samples of a unit follow each other, nearly always. */
	if (g->count > 0 && assay_digest_eq(&g->work_key, work))
		x->unit = x[-1].unit;
	else
		rc = assay_unit_find(g->store, work, &x->unit, err);
	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? lost_work(err) : rc;
	g->work_key = *work;
	g->count++;
	return ASSAY_OK;
}

/* Units are mostly numbered in the order of keys. */
static void sort_subjects(gathering *g)
{
	bool sorted = true;

	for (size_t i = 1; i < g->count && sorted; i++)
		sorted = g->subjects[i - 1].unit <= g->subjects[i].unit; /* and the keys ascend */
	if (!sorted)
		qsort(g->subjects, g->count, sizeof *g->subjects, by_unit);
}

assay_code gathering_list(gathering *g, const members *m, const assay_feedback_set *set, const unsigned char *judged,
			  assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < set->count && rc == ASSAY_OK; i++) {
		const assay_digest *work = judged[i] != ASSAY_JUDGED_NOT ? members_work(m, i) : NULL;

		if (i + AHEAD < set->count)
			__builtin_prefetch(members_work(m, i + AHEAD));
		if (work != NULL)
			rc = add_subject(g, set->items[i].key, work, judged[i] == ASSAY_JUDGED_FAIL, err);
	}
	sort_subjects(g);
	return rc;
}

/* ---------------------------------------------------------------- recipes */

static assay_code add_named(gathering *g, assay_attribute_kind kind, const char *value, assay_err *err,
			    const char *stage, const char *name)
{
	ASSAY_AUTO_BUF full = ASSAY_BUF_INIT;
	assay_code rc;

	assay_buf_printf(&full, "%s.%s", stage, name);
	rc = assay_buf_check(&full, err);
	return rc == ASSAY_OK ? traits_add(&g->traits, kind, assay_buf_str(&full), value, err) : rc;
}

static assay_code add_step(gathering *g, const assay_recipe_step *s, assay_err *err)
{
	char version[16], hex[ASSAY_DIGEST_HEX];
	assay_code rc;

	(void)snprintf(version, sizeof version, "%" PRIu32, s->version);
	ASSAY_TRY(traits_add(&g->traits, ASSAY_ATTRIBUTE_STAGE, s->stage, version, err));
	if (s->engine != NULL && s->engine[0] != '\0')
		ASSAY_TRY(traits_add(&g->traits, ASSAY_ATTRIBUTE_ENGINE, s->stage, s->engine, err));
	for (size_t i = 0; i < s->param_count; i++)
		ASSAY_TRY(add_named(g, ASSAY_ATTRIBUTE_PARAMETER, s->params[i].text, err, s->stage, s->params[i].name));
	for (size_t i = 0; i < s->file_count; i++) {
		assay_digest_hex(&s->files[i].digest, hex)[SHORT_HEX] = '\0';
		ASSAY_TRY(add_named(g, ASSAY_ATTRIBUTE_MODEL, hex, err, s->stage, s->files[i].name));
	}
fail:
	return rc;
}

static assay_code number_metrics(gathering *g, known_recipe *k, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	k->metrics = assay_alloc(k->recipe->metric_total, sizeof *k->metrics);
	if (k->metrics == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "metrics");
	for (uint32_t i = 0; i < k->recipe->metric_total && rc == ASSAY_OK; i++) {
		const assay_recipe_metric *m = assay_recipe_metric_at(k->recipe, i, NULL);

		rc = ranges_metric(&g->ranges, m->name, m->unit, m->scale, &k->metrics[i], err);
	}
	return rc;
}

static assay_code learn_recipe(gathering *g, known_recipe *k, const assay_digest *digest, assay_err *err)
{
	char hex[ASSAY_DIGEST_HEX];
	assay_code rc;

	ASSAY_TRY(assay_recipe_load(&k->recipe, g->store, digest, err));
	ASSAY_TRY(traits_owner(&g->traits, &k->owner, err));
	ASSAY_TRY(traits_add(&g->traits, ASSAY_ATTRIBUTE_RECIPE, "", assay_digest_hex(digest, hex), err));
	for (size_t i = 0; i < k->recipe->step_count; i++)
		ASSAY_TRY(add_step(g, &k->recipe->steps[i], err));
	ASSAY_TRY(number_metrics(g, k, err));
fail:
	return rc;
}

static assay_code recipe_of(gathering *g, const assay_digest *digest, known_recipe **out, assay_err *err)
{
	assay_code rc;

	for (size_t i = 0; i < g->recipe_count; i++) {
		*out = &g->recipes[i];
		if (assay_digest_eq(&(*out)->recipe->digest, digest))
			return ASSAY_OK;
	}
	rc = assay_grow(&g->recipes, &g->recipe_cap, g->recipe_count, sizeof *g->recipes, err);
	if (rc != ASSAY_OK)
		return rc;
	*out = &g->recipes[g->recipe_count++];
	**out = (known_recipe){.lacks = GATHERING_NONE};
	rc = learn_recipe(g, *out, digest, err);
	return rc == ASSAY_ENOENT ? lost_work(err) : rc;
}

static bool has_stage(const assay_recipe *r, const char *stage, size_t before)
{
	for (size_t i = 0; i < r->step_count && i < before; i++)
		if (strcmp(r->steps[i].stage, stage) == 0)
			return true;
	return false;
}

/* Was the stage told already, of an earlier recipe or an earlier step? */
static bool was_told(const gathering *g, size_t recipe, size_t step)
{
	const assay_recipe *r = g->recipes[recipe].recipe;
	const char *stage = r->steps[step].stage;

	for (size_t i = 0; i < recipe; i++)
		if (g->recipes[i].recipe->modality == r->modality && has_stage(g->recipes[i].recipe, stage, SIZE_MAX))
			return true;
	return has_stage(r, stage, step);
}

/* Stages that other recipes of its modality have. */
static assay_code learn_lacks(gathering *g, known_recipe *k, assay_err *err)
{
	assay_code rc = traits_owner(&g->traits, &k->lacks, err);

	for (size_t i = 0; i < g->recipe_count; i++) {
		const assay_recipe *r = g->recipes[i].recipe;

		for (size_t n = 0; n < r->step_count && r->modality == k->recipe->modality && rc == ASSAY_OK; n++)
			if (!has_stage(k->recipe, r->steps[n].stage, SIZE_MAX) && !was_told(g, i, n))
				rc = traits_add(&g->traits, ASSAY_ATTRIBUTE_STAGE, r->steps[n].stage, TRAIT_NOT_THERE,
						err);
	}
	return rc;
}

/* ---------------------------------------------------------------- sources, runs, kinds, remedies */

static assay_code add_folders(gathering *g, const char *path, assay_err *err)
{
	const char *slash = strchr(path, '/');
	assay_code rc = ASSAY_OK;

	for (char depth = '1'; slash != NULL && depth < '1' + FOLDERS_MAX && rc == ASSAY_OK; depth++) {
		ASSAY_AUTO_FREE char *folder = assay_strndup(path, (size_t)(slash - path) + 1);

		if (folder == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "folder");
		rc = traits_add(&g->traits, ASSAY_ATTRIBUTE_FOLDER, (char[]){depth, '\0'}, folder, err);
		slash = strchr(slash + 1, '/');
	}
	return rc;
}

/* What people decided stands over what the source says; both are sorted by key. */
static assay_code add_metadata(gathering *g, const assay_source *src, const char *path, assay_err *err)
{
	static const assay_decision none = {0};
	const assay_decision *d =
	    assay_decisions_find(g->decisions, g->decision_count, path, ASSAY_DECISION_OF_METADATA);
	assay_code rc = ASSAY_OK;

	if (d == NULL)
		d = &none;
	for (size_t i = 0, k = 0; (i < src->metadata_count || k < d->count) && rc == ASSAY_OK;) {
		const int order = k == d->count              ? -1
				  : i == src->metadata_count ? 1
							     : strcmp(src->metadata_keys[i], d->keys[k]);

		rc = order < 0 ? traits_add(&g->traits, ASSAY_ATTRIBUTE_METADATA, src->metadata_keys[i],
					    src->metadata_values[i], err)
			       : traits_add(&g->traits, ASSAY_ATTRIBUTE_METADATA, d->keys[k], d->values[k], err);
		i += order <= 0;
		k += order >= 0;
	}
	return rc;
}

static assay_code learn_source(gathering *g, const char *path, uint32_t *owner, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	assay_code rc;

	ASSAY_TRY(traits_owner(&g->traits, owner, err));
	ASSAY_TRY(traits_add(&g->traits, ASSAY_ATTRIBUTE_SOURCE, "", path, err));
	ASSAY_TRY(add_folders(g, path, err));
	rc = assay_source_find(g->store, path, &src, err);
	if (rc == ASSAY_OK || rc == ASSAY_ENOENT) /* of an old version: what was said of it is gone */
		rc = add_metadata(g, &src, path, err);
fail:
	return rc;
}

/* Does a sample of this key come of a source of this path? */
static bool is_of(const char *key, const char *path)
{
	const size_t n = strlen(path);

	return strncmp(key, path, n) == 0 && (key[n] == '#' || key[n] == '\0');
}

/* Samples of a source follow each other, mostly. */
static assay_code source_of(gathering *g, const char *key, uint32_t *owner, assay_err *err)
{
	ASSAY_AUTO_FREE char *path = NULL;
	uint32_t number;
	bool fresh;
	assay_code rc;

	if (g->paths.count > 0 && is_of(key, g->paths.items[g->source].text)) {
		*owner = g->source_owners[g->source];
		return ASSAY_OK;
	}
	path = assay_strndup(key, strcspn(key, "#"));
	if (path == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "path");
	ASSAY_TRY(assay_grow(&g->source_owners, &g->source_cap, g->paths.count, sizeof *g->source_owners, err));
	ASSAY_TRY(interner_put(&g->paths, &g->out->texts, 0, path, &number, &fresh, err));
	if (fresh)
		rc = learn_source(g, path, &g->source_owners[number], err);
	*owner = g->source_owners[number];
	g->source = number;
fail:
	return rc;
}

static assay_code learn_run(gathering *g, uint64_t run, assay_err *err)
{
	ASSAY_AUTO_RUN r = {0};
	char name[32];
	assay_code rc = assay_run_get(g->store, run, &r, err);

	(void)snprintf(name, sizeof name, "run %" PRIu64, run);
	if (rc == ASSAY_OK || rc == ASSAY_ENOENT)
		rc = traits_owner(&g->traits, &g->run_owner, err);
	if (rc == ASSAY_OK)
		rc = traits_add(&g->traits, ASSAY_ATTRIBUTE_RUN, "", r.name != NULL ? r.name : name, err);
	g->run = run;
	return rc;
}

/* Units follow each other in the order of runs. */
static assay_code run_of(gathering *g, uint64_t run, uint32_t *owner, assay_err *err)
{
	const assay_code rc = g->run != run || g->run_owner == GATHERING_NONE ? learn_run(g, run, err) : ASSAY_OK;

	*owner = g->run_owner;
	return rc;
}

static assay_code kind_of(gathering *g, assay_sample_kind kind, uint32_t *owner, assay_err *err)
{
	uint32_t *known = &g->kind_owners[kind];
	assay_code rc = ASSAY_OK;

	if (*known == GATHERING_NONE) {
		rc = traits_owner(&g->traits, known, err);
		if (rc == ASSAY_OK)
			rc = traits_add(&g->traits, ASSAY_ATTRIBUTE_KIND, "", assay_sample_kind_name(kind), err);
	}
	*owner = *known;
	return rc;
}

static void tell_way(assay_buf *out, const assay_sample_row *row)
{
	if (row->way == ASSAY_WAY_CORRECTED)
		assay_buf_puts(out, "corrected by hand");
	else if (row->way == ASSAY_WAY_REPLACED)
		assay_buf_puts(out, "another file");
	else if (row->remedy != NULL)
		assay_buf_printf(out, "%s, attempt %" PRIu64, row->remedy, (uint64_t)row->rung + 1);
	else
		assay_buf_puts(out, "none");
}

/* What its row says, as long as it speaks of this unit. */
static assay_code remedy_of(gathering *g, const subject *x, uint32_t *owner, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	ASSAY_AUTO_BUF way = ASSAY_BUF_INIT;
	uint32_t number;
	bool fresh;
	assay_code rc = assay_sample_find(g->store, x->key, &row, err);

	if (rc != ASSAY_OK || row.judged_unit != x->unit)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	tell_way(&way, &row);
	ASSAY_TRY(assay_buf_check(&way, err));
	ASSAY_TRY(assay_grow(&g->remedy_owners, &g->remedy_cap, g->remedies.count, sizeof *g->remedy_owners, err));
	ASSAY_TRY(interner_put(&g->remedies, &g->out->texts, 0, assay_buf_str(&way), &number, &fresh, err));
	if (fresh) {
		ASSAY_TRY(traits_owner(&g->traits, &g->remedy_owners[number], err));
		ASSAY_TRY(traits_add(&g->traits, ASSAY_ATTRIBUTE_REMEDY, "", assay_buf_str(&way), err));
	}
	*owner = g->remedy_owners[number];
fail:
	return rc;
}

/* ---------------------------------------------------------------- units */

typedef struct parts {
	const assay_result_sample **list; /* sorted by part */
	size_t count;
	size_t next; /* behind the one that was found last */
} parts;

static int by_part(const void *pa, const void *pb)
{
	const assay_result_sample *const *a = pa, *const *b = pb;

	return strcmp((*a)->part, (*b)->part);
}

static assay_code sort_parts(parts *p, const assay_result *r, assay_arena *arena, assay_err *err)
{
	p->count = r->sample_count;
	p->next = 0;
	p->list = assay_arena_alloc(arena, p->count > 0 ? p->count : 1, sizeof *p->list);
	if (p->list == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "unit");
	for (size_t i = 0; i < p->count; i++)
		p->list[i] = &r->samples[i];
	if (p->count > 1)
		qsort(p->list, p->count, sizeof *p->list, by_part);
	return ASSAY_OK;
}

/* Subjects of a unit ascend as parts do, so that the next one is nearly always it. */
static const assay_result_sample *part_of(parts *p, const char *key)
{
	const char *sharp = strchr(key, '#');
	const assay_result_sample wanted = {.part = (char *)(uintptr_t)(sharp != NULL ? sharp + 1 : "")};
	const assay_result_sample *pointer = &wanted, **found;

	if (p->next < p->count && strcmp(p->list[p->next]->part, wanted.part) == 0)
		return p->list[p->next++];
	found = p->count > 0 ? bsearch(&pointer, p->list, p->count, sizeof *p->list, by_part) : NULL;
	if (found == NULL)
		return NULL;
	p->next = (size_t)(found - p->list) + 1;
	return *found;
}

static assay_code take_values(gathering *g, size_t at, const known_recipe *k, const assay_result_sample *s,
			      assay_err *err)
{
	const bool shown = at % (g->count / RANGES_SAMPLED + 1) == 0;
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < s->measurement_count && rc == ASSAY_OK; i++) {
		const assay_measurement *m = &s->measurements[i];

		if (!m->defined || m->metric >= k->recipe->metric_total)
			continue;
		rc = cells_put(&g->values, at, k->metrics[m->metric], m->value, err);
		if (rc == ASSAY_OK && shown)
			rc = ranges_show(&g->ranges, k->metrics[m->metric], m->value, err);
	}
	return rc;
}

static assay_code take_facts(gathering *g, size_t at, const assay_unit *u, const known_recipe *k,
			     const assay_result_sample *s, assay_err *err)
{
	const bool repaired = g->version->remedy_count > 0 || !assay_digest_is_zero(&g->version->decisions);
	subject *x = &g->subjects[at];
	assay_code rc;

	x->owners[OF_RECIPE] = (uint32_t)(k - g->recipes);
	ASSAY_TRY(source_of(g, x->key, &x->owners[OF_SOURCE], err));
	ASSAY_TRY(run_of(g, u->run, &x->owners[OF_RUN], err));
	ASSAY_TRY(kind_of(g, s->kind, &x->owners[OF_KIND], err));
	if (repaired)
		ASSAY_TRY(remedy_of(g, x, &x->owners[OF_REMEDY], err));
	ASSAY_TRY(take_values(g, at, k, s, err));
fail:
	return rc;
}

typedef struct open_unit {
	assay_unit unit;
	assay_arena arena; /* its */
	parts parts;
	known_recipe *recipe;
} open_unit;

static assay_code read_unit(gathering *g, open_unit *o, uint64_t id, assay_err *err)
{
	assay_code rc;

	assay_arena_rewind(&o->arena);
	ASSAY_TRY(assay_unit_get_in(g->store, id, &o->arena, &o->unit, err));
	ASSAY_TRY(sort_parts(&o->parts, &o->unit.result, &o->arena, err));
	ASSAY_TRY(recipe_of(g, &o->unit.recipe, &o->recipe, err));
	if (g->ranges.names.count > g->values.width)
		ASSAY_TRY(cells_widen(&g->values, g->ranges.names.count, err));
fail:
	return rc;
}

/* All subjects, with what is known of them; each unit is read once. */
static assay_code read_subjects(gathering *g, assay_err *err)
{
	open_unit o = {0};
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < g->count && rc == ASSAY_OK; i++) {
		const assay_result_sample *s;

		if (o.unit.id != g->subjects[i].unit)
			ASSAY_TRY(read_unit(g, &o, g->subjects[i].unit, err));
		s = part_of(&o.parts, g->subjects[i].key);
		if (s == NULL)
			s = assay_unit_sample(&o.unit, g->subjects[i].key);
		rc = s != NULL ? take_facts(g, i, &o.unit, o.recipe, s, err) : lost_work(err);
		if (rc == ASSAY_OK && assay_stop_requested() > 0)
			rc = ASSAY_RAISE(err, ASSAY_ESTOP, "stopped");
	}
fail:
	assay_arena_release(&o.arena);
	return rc == ASSAY_ENOENT ? lost_work(err) : rc;
}

/* Those that the version names: which of them samples have shows later, and no metric is to be met unprepared. */
static assay_code learn_recipes(gathering *g, assay_err *err)
{
	const assay_version *v = g->version;
	known_recipe *k;
	assay_code rc = ASSAY_OK;

	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX && rc == ASSAY_OK; m++)
		if (v->has_recipe[m])
			rc = recipe_of(g, &v->recipes[m], &k, err);
	for (size_t i = 0; i < v->remedy_count && rc == ASSAY_OK; i++)
		rc = recipe_of(g, &v->remedies[i], &k, err);
	return rc;
}

static assay_code read_decisions(gathering *g, assay_err *err)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_code rc;

	if (assay_digest_is_zero(&g->version->decisions))
		return ASSAY_OK;
	rc = assay_object_get(g->store, &g->version->decisions, &record, err);
	return rc == ASSAY_OK ? assay_decisions_decode(&g->decisions, &g->decision_count, record.data, record.len, err)
			      : rc;
}

assay_code gathering_read(gathering *g, assay_err *err)
{
	assay_code rc;

	ASSAY_TRY(read_decisions(g, err));
	ASSAY_TRY(learn_recipes(g, err));
	ASSAY_TRY(cells_open(&g->values, g->count, g->ranges.names.count, err));
	ASSAY_TRY(read_subjects(g, err));
	ASSAY_TRY(ranges_cut(&g->ranges, err));
	for (size_t i = 0; i < g->recipe_count; i++)
		ASSAY_TRY(learn_lacks(g, &g->recipes[i], err));
fail:
	return rc;
}
