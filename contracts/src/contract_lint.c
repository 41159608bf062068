#include "contract_loader.h"

#include "assay/memory.h"
#include "assay/suggest.h"

#include <stdlib.h>
#include <string.h>

#define API_VERSION "v3.1.0"

static void lint_api_version(contract_loader *l, const assay_yaml_node *n)
{
	const char *text = contract_text(n);

	if (text == NULL || strcmp(text, API_VERSION) == 0)
		return; /* missing or no text: the key tables have said so */
	if (strncmp(text, "v3.", 3) == 0)
		CONTRACT_WARN(l, n, "apiVersion %s is read as if it were " API_VERSION, text);
	else
		CONTRACT_ERROR(l, n, "apiVersion '%s' is not read by this release: write " API_VERSION, text);
}

static void lint_not_empty(contract_loader *l, const assay_yaml_node *n)
{
	if (n != NULL && n->type == ASSAY_YAML_SCALAR && n->text[0] == '\0')
		CONTRACT_ERROR(l, n, "'%s' must not be empty", n->key);
}

void contract_lint_envelope(contract_loader *l, const assay_yaml_node *root)
{
	const assay_yaml_node *sla = assay_yaml_get(root, "slaProperties");

	lint_api_version(l, assay_yaml_get(root, "apiVersion"));
	lint_not_empty(l, assay_yaml_get(root, "id"));
	lint_not_empty(l, assay_yaml_get(root, "version"));
	contract_lint_no_applies(l, root);
	if (assay_yaml_get(root, "schema") == NULL && (sla == NULL || sla->count == 0))
		CONTRACT_WARN(l, root, "neither 'schema' nor 'slaProperties': this contract checks nothing");
}

/* ---------------------------------------------------------------- schema entries */

bool contract_lint_kind(contract_loader *l, const assay_yaml_node *n, const char *name, unsigned *kind)
{
	assay_suggest s;
	char hint[160];

	*kind = assay_sample_kind_parse(name);
	if (*kind != 0 || strcmp(name, CONTRACT_DATASET) == 0)
		return true;
	assay_suggest_init(&s, name);
	for (unsigned k = 1; k <= ASSAY_SAMPLE_KIND_MAX; k++)
		assay_suggest_offer(&s, assay_sample_kind_name(k));
	assay_suggest_offer(&s, CONTRACT_DATASET);
	CONTRACT_ERROR(l, n, "'%s' is no kind of sample (page, table, video, shot, audio, segment) nor dataset%s", name,
		       assay_suggest_text(&s, hint, sizeof hint));
	return false;
}

bool contract_lint_entry_kind(contract_loader *l, const assay_yaml_node *entry, unsigned *kind)
{
	const assay_yaml_node *name = assay_yaml_get(entry, "name");
	const char *text = contract_text(name);

	return text != NULL && contract_lint_kind(l, name, text, kind);
}

static void put_applies(contract_loader *l, const assay_yaml_node *n, contract_applies *out)
{
	size_t at = out->count;

	if (n->type != ASSAY_YAML_SCALAR) {
		CONTRACT_ERROR(l, n, "appliesTo '%s' must be one value", n->key);
		return;
	}
	while (at > 0 && strcmp(out->keys[at - 1], n->key) > 0) {
		out->keys[at] = out->keys[at - 1];
		out->values[at] = out->values[at - 1];
		at--;
	}
	out->keys[at] = n->key;
	out->values[at] = n->text;
	out->count++;
}

static void read_applies(contract_loader *l, const assay_yaml_node *value, contract_applies *out)
{
	if (value == NULL)
		return;
	if (value->type != ASSAY_YAML_MAPPING || value->count == 0) {
		CONTRACT_ERROR(l, value, "appliesTo must be a mapping of metadata, such as {doc_type: invoice}");
		return;
	}
	if (value->count > CONTRACT_APPLIES_MAX) {
		CONTRACT_ERROR(l, value, "appliesTo names more than %d metadata", CONTRACT_APPLIES_MAX);
		return;
	}
	for (size_t i = 0; i < value->count; i++)
		put_applies(l, &value->children[i], out);
}

/* customProperties is a list of {property, value}; other properties are the user's own. */
static const assay_yaml_node *next_applies(const assay_yaml_node *n, size_t *at)
{
	const assay_yaml_node *list = assay_yaml_get(n, "customProperties");

	if (list == NULL || list->type != ASSAY_YAML_SEQUENCE)
		return NULL;
	while (*at < list->count) {
		const assay_yaml_node *item = &list->children[(*at)++];
		const char *property = contract_text(assay_yaml_get(item, "property"));

		if (property != NULL && strcmp(property, "appliesTo") == 0)
			return item;
	}
	return NULL;
}

void contract_lint_applies(contract_loader *l, const assay_yaml_node *entry, contract_applies *out)
{
	size_t at = 0;
	const assay_yaml_node *item = next_applies(entry, &at);
	static const char *const known[] = {"appliesTo", NULL};

	*out = (contract_applies){0};
	contract_lint_customs(l, entry, known, false);
	if (item == NULL)
		return;
	read_applies(l, assay_yaml_get(item, "value"), out);
	while ((item = next_applies(entry, &at)) != NULL)
		CONTRACT_ERROR(l, item, "appliesTo stands here twice: put all metadata into one");
}

void contract_lint_no_applies(contract_loader *l, const assay_yaml_node *n)
{
	size_t at = 0;
	const assay_yaml_node *item;

	while ((item = next_applies(n, &at)) != NULL)
		CONTRACT_ERROR(l, item, "appliesTo belongs in the customProperties of a schema entry");
}

/* ---------------------------------------------------------------- names of customProperties */

#define CUSTOM_MAX 31 /* letters of a name that are compared */

/* Its letters and digits, small. */
static void fold_name(char out[CUSTOM_MAX + 1], const char *name)
{
	size_t n = 0;

	for (; *name != '\0' && n < CUSTOM_MAX; name++) {
		const char c = (char)(*name >= 'A' && *name <= 'Z' ? *name | 0x20 : *name);

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			out[n++] = c;
	}
	out[n] = '\0';
}

/* The name that was meant: one slip away, however it is joined and capitalised. NULL when it is another word. */
static const char *meant(const char *name, const char *const *known)
{
	char wanted[CUSTOM_MAX + 1], candidate[CUSTOM_MAX + 1];
	assay_suggest s;

	fold_name(wanted, name);
	for (; *known != NULL; known++) {
		fold_name(candidate, *known);
		assay_suggest_init(&s, wanted);
		assay_suggest_offer(&s, candidate);
		if (s.best != NULL && s.distance <= 1)
			return *known;
	}
	return NULL;
}

static bool is_one_of(const char *name, const char *const *known)
{
	while (*known != NULL && strcmp(name, *known) != 0)
		known++;
	return *known != NULL;
}

void contract_lint_customs(contract_loader *l, const assay_yaml_node *n, const char *const *known, bool told)
{
	const assay_yaml_node *list = assay_yaml_get(n, "customProperties");

	for (size_t i = 0; list != NULL && list->type == ASSAY_YAML_SEQUENCE && i < list->count; i++) {
		const assay_yaml_node *property = assay_yaml_get(&list->children[i], "property");
		const char *name = contract_text(property);
		const char *nearest;

		if (name == NULL || is_one_of(name, known))
			continue;
		nearest = meant(name, known);
		if (nearest != NULL)
			CONTRACT_ERROR(l, property, "unknown property '%s', did you mean '%s'?", name, nearest);
		else if (told)
			CONTRACT_WARN(l, property, "property '%s' of a column of tables is not judged by Assay", name);
	}
}

/* ---------------------------------------------------------------- ids */

/* A check of either sort. */
typedef struct named {
	const char *id;
	int line, column;
} named;

static int id_cmp(const void *pa, const void *pb)
{
	const named *a = pa, *b = pb;
	const int ids = strcmp(a->id, b->id);

	if (ids != 0)
		return ids;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return (a->column > b->column) - (a->column < b->column);
}

assay_code contract_lint_ids(contract_loader *l)
{
	const assay_contract *c = l->c;
	const size_t n = c->check_count + c->dataset_count;
	ASSAY_AUTO_FREE named *sorted = assay_alloc(n, sizeof *sorted);

	if (sorted == NULL)
		return ASSAY_RAISE(l->err, ASSAY_ENOMEM, "contract '%s'", l->file);
	for (size_t i = 0; i < c->check_count; i++)
		sorted[i] = (named){c->checks[i].id, c->checks[i].line, c->checks[i].column};
	for (size_t i = 0; i < c->dataset_count; i++)
		sorted[c->check_count + i] = (named){c->dataset[i].id, c->dataset[i].line, c->dataset[i].column};
	qsort(sorted, n, sizeof *sorted, id_cmp);
	for (size_t i = 1; i < n; i++)
		if (sorted[i].id[0] != '\0' && strcmp(sorted[i - 1].id, sorted[i].id) == 0)
			CONTRACT_ERROR(l, &sorted[i], "check id '%s' stands here twice, first in line %d%s",
				       sorted[i].id, sorted[i - 1].line,
				       strchr(sorted[i].id, '.') != NULL ? ": give one of them an 'id'" : "");
	return ASSAY_OK;
}
