/** remedies: ladders of attempts, and what the checks that name them need. */
#include "config_loader.h"

#include "assay/memory.h"
#include "assay/registry.h"
#include "assay/suggest.h"

#include <stdlib.h>
#include <string.h>

void config_remedy_release(assay_config_remedy *r)
{
	for (size_t i = 0; i < r->rung_count; i++) {
		if (r->rungs[i].pipeline != NULL)
			config_pipeline_release(r->rungs[i].pipeline);
		free(r->rungs[i].pipeline);
	}
	free(r->rungs);
	free(r->name);
	free(r->by);
	free(r->when.metric);
	*r = (assay_config_remedy){0};
}

/* ---------------------------------------------------------------- attempts */

static assay_modality item_modality(const assay_yaml_node *item)
{
	const char *name =
	    item->type == ASSAY_YAML_MAPPING && item->count > 0 ? item->children[0].key : config_text(item);
	const assay_stage *stage = name != NULL ? assay_stage_find(name) : NULL;

	return stage != NULL ? stage->modality : (assay_modality)0;
}

/* That of the first stage that is known; 0 when none is. */
static assay_modality list_modality(const assay_yaml_node *attempts)
{
	assay_modality found = (assay_modality)0;

	for (size_t i = 0; i < attempts->count && found == 0; i++) {
		const assay_yaml_node *item = &attempts->children[i];

		if (item->type != ASSAY_YAML_SEQUENCE)
			found = item_modality(item);
		for (size_t k = 0; item->type == ASSAY_YAML_SEQUENCE && k < item->count && found == 0; k++)
			found = item_modality(&item->children[k]);
	}
	return found;
}

static assay_code lint_repeated(config_loader *l, const assay_yaml_node *item, const assay_config_remedy *r)
{
	const assay_config_rung *last = &r->rungs[r->rung_count - 1];
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i + 1 < r->rung_count && rc == ASSAY_OK; i++) {
		bool same = false;

		rc = config_pipelines_same(&same, r->rungs[i].pipeline, last->pipeline, l->err);
		if (rc != ASSAY_OK || !same)
			continue;
		CONFIG_ERROR(l, item, "attempt %zu of remedy '%s' does what attempt %zu does", r->rung_count, r->name,
			     i + 1);
		break;
	}
	return rc;
}

static assay_code read_attempts(config_loader *l, const assay_yaml_node *list, assay_config_remedy *r)
{
	/* No stage is known: each is reported, and none gets far enough to care. */
	const assay_modality found = list_modality(list), modality = found != 0 ? found : ASSAY_MODALITY_PAGE;
	assay_code rc = ASSAY_OK;

	r->modality = found;
	r->rungs = assay_alloc(list->count, sizeof *r->rungs);
	if (r->rungs == NULL)
		return CONFIG_ENOMEM(l);
	for (size_t i = 0; i < list->count && rc == ASSAY_OK; i++) {
		const size_t errors = l->d->errors;

		rc = config_read_rung(l, &list->children[i], r->name, modality, &r->rungs[r->rung_count++]);
		if (rc == ASSAY_OK && l->d->errors == errors && !l->pipelines_wrong)
			rc = lint_repeated(l, &list->children[i], r);
	}
	return rc;
}

static bool lint_attempts(config_loader *l, const assay_yaml_node *list, const char *name)
{
	if (list->type != ASSAY_YAML_SEQUENCE || list->count == 0)
		CONFIG_ERROR(l, list, "remedy '%s' must be a list of attempts, each a stage or a list of stages", name);
	else if (list->count > ASSAY_CONFIG_RUNGS_MAX)
		CONFIG_ERROR(l, &list->children[ASSAY_CONFIG_RUNGS_MAX], "remedy '%s' has more than %d attempts", name,
			     ASSAY_CONFIG_RUNGS_MAX);
	else
		return true;
	return false;
}

/* ---------------------------------------------------------------- the best of them */

/* Is it one of two words? *second tells which. A finding otherwise. */
static bool read_word(config_loader *l, const assay_yaml_node *n, const char *first, const char *second, bool *out)
{
	const char *text = config_text(n);

	if (text == NULL || (strcmp(text, first) != 0 && strcmp(text, second) != 0)) {
		CONFIG_ERROR(l, n, "'%s' must be %s or %s", n->key, first, second);
		return false;
	}
	*out = strcmp(text, second) == 0;
	return true;
}

static bool rung_makes(const assay_config_rung *rung, const char *metric)
{
	for (size_t i = 0; i < rung->pipeline->count; i++) {
		const assay_stage *s = rung->pipeline->steps[i].stage;

		for (size_t k = 0; k < assay_metric_count(s); k++)
			if (strcmp(s->metrics[k].name, metric) == 0)
				return true;
	}
	return false;
}

void config_report_no_metric(config_loader *l, const assay_yaml_node *n)
{
	const assay_vocabulary *v = &l->c->vocabulary;
	assay_suggest s;
	char hint[160];

	assay_suggest_init(&s, n->text);
	for (size_t i = 0; i < v->count; i++)
		assay_suggest_offer(&s, v->items[i].name);
	CONFIG_ERROR(l, n, "no stage of this build makes metric '%s'%s", n->text,
		     assay_suggest_text(&s, hint, sizeof hint));
}

/* Every attempt must have the value that they are compared by. */
static void lint_by(config_loader *l, const assay_yaml_node *n, const assay_config_remedy *r)
{
	const size_t at = assay_vocabulary_find(&l->c->vocabulary, n->text);
	const assay_vocabulary_metric *m;

	if (at == SIZE_MAX) {
		config_report_no_metric(l, n);
		return;
	}
	m = &l->c->vocabulary.items[at];
	if (m->belief) {
		CONFIG_ERROR(l, n,
			     "'%s' is what the engine says of its own work: a remedy can raise it and make the sample "
			     "worse, so attempts are not chosen by it",
			     m->name);
		return;
	}
	for (size_t i = 0; i < r->rung_count && !l->pipelines_wrong; i++)
		if (!rung_makes(&r->rungs[i], m->name)) {
			CONFIG_ERROR(l, n, "attempt %zu of remedy '%s' does not make metric '%s': add the stage '%s'",
				     i + 1, r->name, m->name, m->stage);
			return;
		}
}

static assay_code read_by(config_loader *l, const assay_yaml_node *map, assay_config_remedy *r, bool lint)
{
	const assay_yaml_node *by = assay_yaml_get(map, "by");

	if (by == NULL) {
		CONFIG_ERROR_AT_KEY(l, assay_yaml_get(map, "choose"),
				    "'choose: best' needs 'by': the metric that tells which attempt is best");
		return ASSAY_OK;
	}
	if (config_text(by) == NULL || by->text[0] == '\0') {
		CONFIG_ERROR(l, by, "'by' must be the name of a metric");
		return ASSAY_OK;
	}
	if (lint)
		lint_by(l, by, r);
	free(r->by);
	r->by = assay_strdup(by->text);
	return r->by != NULL ? ASSAY_OK : CONFIG_ENOMEM(l);
}

static assay_code read_choice(config_loader *l, const assay_yaml_node *map, assay_config_remedy *r, bool lint)
{
	const assay_yaml_node *choose = assay_yaml_get(map, "choose"), *want = assay_yaml_get(map, "want");
	const assay_yaml_node *stray = assay_yaml_get(map, "by");

	if (choose != NULL && !read_word(l, choose, "first", "best", &r->best))
		return ASSAY_OK;
	if (!r->best) {
		stray = stray != NULL ? stray : want;
		if (stray != NULL)
			CONFIG_ERROR_AT_KEY(l, stray, "'%s' is for 'choose: best'", stray->key);
		return ASSAY_OK;
	}
	if (want == NULL)
		CONFIG_ERROR_AT_KEY(l, choose, "'choose: best' needs 'want': low or high");
	else
		(void)read_word(l, want, "low", "high", &r->high);
	return read_by(l, map, r, lint);
}

/* ---------------------------------------------------------------- the failures that it is for */

bool assay_config_remedy_helps(unsigned failure)
{
	return failure != ASSAY_FAILURE_NONE && assay_failure_name(failure) != NULL &&
	       failure != ASSAY_FAILURE_METADATA && failure != ASSAY_FAILURE_CHANGED &&
	       failure != ASSAY_FAILURE_UNREADABLE;
}

static void read_failure(config_loader *l, const assay_yaml_node *n, assay_config_remedy *r)
{
	const char *text = config_text(n);
	assay_suggest s;
	char hint[160];

	assay_suggest_init(&s, text != NULL ? text : "");
	for (unsigned f = 1; f < 64; f++) {
		const char *name = assay_failure_name(f);

		if (!assay_config_remedy_helps(f))
			continue;
		if (text != NULL && strcmp(text, name) == 0) {
			r->failures |= (uint64_t)1 << f;
			return;
		}
		assay_suggest_offer(&s, name);
	}
	CONFIG_ERROR(l, n, "'failures' of remedy '%s' must be classes of failure that an attempt can help%s", r->name,
		     assay_suggest_text(&s, hint, sizeof hint));
}

static void read_failures(config_loader *l, const assay_yaml_node *map, assay_config_remedy *r)
{
	const assay_yaml_node *list = assay_yaml_get(map, "failures");

	if (list == NULL)
		return;
	if (list->type != ASSAY_YAML_SEQUENCE || list->count == 0) {
		CONFIG_ERROR(l, list, "'failures' of remedy '%s' must be a list, like [decode, crash, timeout]",
			     r->name);
		return;
	}
	for (size_t i = 0; i < list->count; i++)
		read_failure(l, &list->children[i], r);
	if (r->best)
		CONFIG_ERROR_AT_KEY(l, list,
				    "'failures' is not for 'choose: best': of a source that fails the first attempt "
				    "that makes all of it pass is taken");
}

/* ---------------------------------------------------------------- remedies */

static assay_code read_long(config_loader *l, const assay_yaml_node *n, assay_config_remedy *r)
{
	static const char *const names[] = {"choose", "by", "want", "when", "failures", "attempts", NULL};
	const assay_yaml_node *attempts = assay_yaml_get(n, "attempts");
	const size_t errors = l->d->errors;
	assay_code rc = ASSAY_OK;

	assay_yaml_only(n, names, l->file, l->d);
	if (attempts == NULL)
		CONFIG_ERROR(l, n, "remedy '%s' has no 'attempts'", r->name);
	else if (lint_attempts(l, attempts, r->name))
		rc = read_attempts(l, attempts, r);
	if (rc == ASSAY_OK)
		rc = read_choice(l, n, r, l->d->errors == errors);
	if (rc == ASSAY_OK)
		rc = config_read_when(l, n, &r->when);
	read_failures(l, n, r);
	return rc;
}

/* A check names it, and so do the options of a shell's command line. */
static bool is_name(const char *s)
{
	return *s != '\0' && *s != '-' && strlen(s) <= 64 &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == strlen(s);
}

static assay_code read_remedy(config_loader *l, const assay_yaml_node *n)
{
	assay_config_remedy *r = &l->c->remedies[l->c->remedy_count++];
	assay_code rc = ASSAY_OK;

	*r = (assay_config_remedy){
	    .name = assay_strdup(n->key), .by = assay_strdup(""), .line = n->key_line, .column = n->key_column};
	r->when.metric = assay_strdup("");
	if (r->name == NULL || r->by == NULL || r->when.metric == NULL)
		return CONFIG_ENOMEM(l);
	if (!is_name(n->key))
		CONFIG_ERROR_AT_KEY(l, n, "remedy '%s' may hold only letters, digits, '.', '-' and '_', at most 64",
				    n->key);
	if (n->type == ASSAY_YAML_MAPPING)
		rc = read_long(l, n, r);
	else if (lint_attempts(l, n, r->name))
		rc = read_attempts(l, n, r);
	if (rc == ASSAY_OK && r->modality != 0 && l->c->pipelines[r->modality].count == 0 && !l->pipelines_wrong)
		CONFIG_ERROR_AT_KEY(l, n, "remedy '%s' is for %s, which has no pipeline that it could change", r->name,
				    assay_modality_name(r->modality));
	return rc;
}

assay_code config_read_remedies(config_loader *l, const assay_yaml_node *root)
{
	const assay_yaml_node *map = config_typed(l, root, "remedies", ASSAY_YAML_MAPPING);
	assay_code rc = ASSAY_OK;

	if (map == NULL || map->count == 0)
		return ASSAY_OK;
	l->c->remedies = assay_alloc(map->count, sizeof *l->c->remedies);
	if (l->c->remedies == NULL)
		return CONFIG_ENOMEM(l);
	for (size_t i = 0; i < map->count && rc == ASSAY_OK; i++)
		rc = read_remedy(l, &map->children[i]);
	return rc;
}

/* ---------------------------------------------------------------- the checks that name them */

/* Whose stages measure samples of a kind. */
static assay_modality modality_of_kind(assay_sample_kind kind)
{
	static const assay_modality of[ASSAY_SAMPLE_KIND_MAX + 1] = {
	    [ASSAY_SAMPLE_PAGE] = ASSAY_MODALITY_PAGE,   [ASSAY_SAMPLE_TABLE] = ASSAY_MODALITY_PAGE,
	    [ASSAY_SAMPLE_VIDEO] = ASSAY_MODALITY_VIDEO, [ASSAY_SAMPLE_SHOT] = ASSAY_MODALITY_VIDEO,
	    [ASSAY_SAMPLE_AUDIO] = ASSAY_MODALITY_AUDIO, [ASSAY_SAMPLE_SEGMENT] = ASSAY_MODALITY_AUDIO};

	return of[kind];
}

static void lint_check(config_loader *l, const assay_contract *c, const assay_check *k)
{
	const assay_config_remedy *r = assay_config_remedy_find(l->c, k->remedy);
	assay_suggest s;
	char hint[160];

	if (r == NULL) {
		assay_suggest_init(&s, k->remedy);
		for (size_t i = 0; i < l->c->remedy_count; i++)
			assay_suggest_offer(&s, l->c->remedies[i].name);
		assay_diagnostics_add(l->d, true, c->file, k->line, k->column,
				      "check '%s' names remedy '%s', which %s does not have%s", k->id, k->remedy,
				      l->file, assay_suggest_text(&s, hint, sizeof hint));
	} else if (r->modality != 0 && r->modality != modality_of_kind(k->kind)) {
		assay_diagnostics_add(l->d, true, c->file, k->line, k->column,
				      "check '%s' is for %s, but its remedy '%s' changes the pipeline of %s", k->id,
				      assay_sample_kind_name(k->kind), r->name, assay_modality_name(r->modality));
	}
}

bool assay_config_remedy_is_bound(const assay_config *c, const char *remedy)
{
	const assay_config_remedy *r = assay_config_remedy_find(c, remedy);

	for (size_t i = 0; i < c->contract_count; i++)
		for (size_t k = 0; k < c->contracts[i]->check_count; k++)
			if (strcmp(c->contracts[i]->checks[k].remedy, remedy) == 0)
				return true;
	return r != NULL && r->failures != 0;
}

/* ---- more than are begun */

/* Is it what a check names that can refuse samples of this kind? */
static const assay_config_remedy *refusing(const assay_config *c, const assay_check *k, assay_sample_kind kind)
{
	return k->kind == kind && k->severity == ASSAY_SEVERITY_ERROR ? assay_config_remedy_find(c, k->remedy) : NULL;
}

/* Attempts at a sample that fails every check which stands before this one; SIZE_MAX: one of them names its remedy too. */
static size_t tries_before(const assay_config *c, size_t contract, size_t check, const assay_config_remedy *own)
{
	const assay_sample_kind kind = c->contracts[contract]->checks[check].kind;
	size_t tries = 0;

	for (size_t r = 0; r < c->remedy_count; r++) {
		bool named = false;

		for (size_t i = 0; i <= contract && !named; i++) {
			const size_t n = i < contract ? c->contracts[i]->check_count : check;

			for (size_t k = 0; k < n && !named; k++)
				named = refusing(c, &c->contracts[i]->checks[k], kind) == &c->remedies[r];
		}
		if (named && &c->remedies[r] == own)
			return SIZE_MAX;
		tries += named ? c->remedies[r].rung_count : 0;
	}
	return tries;
}

static void lint_enough(config_loader *l, size_t contract, size_t check)
{
	const assay_contract *c = l->c->contracts[contract];
	const assay_check *k = &c->checks[check];
	const assay_config_remedy *r = refusing(l->c, k, k->kind);
	const size_t tries = r != NULL ? tries_before(l->c, contract, check, r) : 0;

	if (tries < ASSAY_CONFIG_TRIES_ENOUGH || tries == SIZE_MAX)
		return;
	assay_diagnostics_add(l->d, false, c->file, k->line, k->column,
			      "remedy '%s' is not begun for a %s that also fails the checks before this one: their "
			      "remedies make %zu attempts, and after %d none is begun; shorten them, or let checks "
			      "share a remedy",
			      r->name, assay_sample_kind_name(k->kind), tries, ASSAY_CONFIG_TRIES_ENOUGH);
}

/* The same for what fails as a whole, where the remedies stand in the order of the file. */
static void lint_enough_failures(config_loader *l, size_t remedy)
{
	const assay_config_remedy *r = &l->c->remedies[remedy];

	for (unsigned f = 0; f < 64; f++) {
		const uint64_t failure = (uint64_t)1 << f;
		size_t tries = 0;

		for (size_t i = 0; i < remedy && (r->failures & failure) != 0; i++)
			if (l->c->remedies[i].modality == r->modality && (l->c->remedies[i].failures & failure) != 0)
				tries += l->c->remedies[i].rung_count;
		if (tries < ASSAY_CONFIG_TRIES_ENOUGH)
			continue;
		assay_diagnostics_add(l->d, false, l->file, r->line, r->column,
				      "remedy '%s' is not begun for %s: the remedies before it make %zu attempts, and "
				      "after %d none is begun",
				      r->name, assay_failure_name((assay_failure)f), tries, ASSAY_CONFIG_TRIES_ENOUGH);
		return;
	}
}

void config_lint_remedies(config_loader *l)
{
	const assay_config *c = l->c;

	for (size_t i = 0; i < c->contract_count; i++)
		for (size_t k = 0; k < c->contracts[i]->check_count; k++)
			if (c->contracts[i]->checks[k].remedy[0] != '\0')
				lint_check(l, c->contracts[i], &c->contracts[i]->checks[k]);
	for (size_t i = 0; i < c->contract_count && l->d->errors == 0; i++)
		for (size_t k = 0; k < c->contracts[i]->check_count; k++)
			lint_enough(l, i, k);
	for (size_t i = 0; i < c->remedy_count && l->d->errors == 0; i++)
		lint_enough_failures(l, i);
	/* A contract with errors is not among them, and may be the one that names a remedy. */
	for (size_t i = 0; i < c->remedy_count && l->d->errors == 0; i++)
		if (!assay_config_remedy_is_bound(c, c->remedies[i].name))
			assay_diagnostics_add(l->d, false, l->file, c->remedies[i].line, c->remedies[i].column,
					      "no check and no class of failure names remedy '%s': it is run only by "
					      "'assay queue retry'",
					      c->remedies[i].name);
}

/* ---------------------------------------------------------------- for those who run them */

const assay_config_remedy *assay_config_remedy_find(const assay_config *c, const char *name)
{
	for (size_t i = 0; i < c->remedy_count; i++)
		if (strcmp(c->remedies[i].name, name) == 0)
			return &c->remedies[i];
	return NULL;
}

bool assay_config_has_bound_remedy(const assay_config *c)
{
	for (size_t i = 0; i < c->remedy_count; i++)
		if (assay_config_remedy_is_bound(c, c->remedies[i].name))
			return true;
	return false;
}

size_t assay_config_rung_chain(const assay_config *c, assay_modality source, const assay_config_remedy *r, size_t rung,
			       const assay_config_step **steps)
{
	const assay_config_pipeline *changed = r->rungs[rung].pipeline;

	if (r->modality == source)
		return config_chain(source, changed, &c->pipelines[ASSAY_MODALITY_AUDIO], steps);
	if (r->modality == ASSAY_MODALITY_AUDIO && source == ASSAY_MODALITY_VIDEO)
		return config_chain(source, &c->pipelines[source], changed, steps);
	return 0;
}
