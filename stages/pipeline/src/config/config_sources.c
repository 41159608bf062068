#include "config_loader.h"

#include "assay/file.h"
#include "assay/memory.h"
#include "assay/suggest.h"

#include <stdlib.h>
#include <string.h>

static void free_pairs(char **keys, char **values, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(keys[i]);
		free(values[i]);
	}
	free(keys);
	free(values);
}

void config_source_release(assay_config_source *s)
{
	free(s->pattern);
	free_pairs(s->metadata_keys, s->metadata_values, s->metadata_count);
	free_pairs(s->sidecar_roles, s->sidecar_templates, s->sidecar_count);
	*s = (assay_config_source){0};
}

/* ---------------------------------------------------------------- path */

static bool has_open_set(const char *pattern)
{
	for (const char *p = strchr(pattern, '['); p != NULL; p = strchr(p, '[')) {
		const char *first = p + 1 + (p[1] == '!' || p[1] == '^');
		const char *end = *first == '\0' ? NULL : strchr(first + 1, ']');

		if (end == NULL || memchr(p, '/', (size_t)(end - p)) != NULL)
			return true;
		p = end + 1;
	}
	return false;
}

static bool has_dotdot(const char *path)
{
	for (; path != NULL; path = strchr(path, '/')) {
		path += *path == '/';
		if (path[0] == '.' && path[1] == '.' && (path[2] == '/' || path[2] == '\0'))
			return true;
	}
	return false;
}

static void lint_pattern(config_loader *l, const assay_yaml_node *n)
{
	if (n->text[0] == '/')
		CONFIG_ERROR(l, n, "path '%s' is absolute: paths are relative to the folder of %s", n->text, l->file);
	else if (has_dotdot(n->text))
		CONFIG_ERROR(l, n, "path '%s' leaves the folder of %s", n->text, l->file);
	else if (!assay_path_is_inside(n->text))
		CONFIG_ERROR(l, n, "path '%s' has empty or '.' components", n->text);
	else if (has_open_set(n->text))
		CONFIG_ERROR(l, n, "path '%s' has a '[' without its ']'", n->text);
	else
		config_lint_captures(l, n);
}

static assay_code read_path(config_loader *l, const assay_yaml_node *n, assay_config_source *out)
{
	const assay_yaml_node *path = assay_yaml_get(n, "path");
	const char *text = config_text(path);

	if (path == NULL)
		CONFIG_ERROR(l, n, "missing key 'path'");
	else if (text == NULL || text[0] == '\0')
		CONFIG_ERROR(l, path, "'path' must be a pattern such as \"inbox/**\"");
	else
		lint_pattern(l, path);
	out->pattern_line = path != NULL ? path->line : n->line;
	out->pattern_column = path != NULL ? path->column : n->column;
	out->pattern = assay_strdup(text ? text : "");
	if (out->pattern == NULL)
		return CONFIG_ENOMEM(l);
	for (size_t i = 0; text != NULL && i < l->c->source_count; i++) {
		if (strcmp(l->c->sources[i].pattern, text) != 0)
			continue;
		CONFIG_WARN(l, path, "path '%s' stands here twice, first in line %d: the first source wins", text,
			    l->c->sources[i].line);
		break;
	}
	return ASSAY_OK;
}

static void read_modality(config_loader *l, const assay_yaml_node *n, assay_config_source *out)
{
	const assay_yaml_node *modality = assay_yaml_get(n, "modality");
	const char *text = config_text(modality);
	assay_suggest s;
	char hint[160];

	if (modality == NULL) {
		CONFIG_ERROR(l, n, "missing key 'modality' (page, video or audio)");
		return;
	}
	out->modality = (assay_modality)(text ? assay_modality_parse(text) : 0);
	if (out->modality != 0)
		return;
	assay_suggest_init(&s, text ? text : "");
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++)
		assay_suggest_offer(&s, assay_modality_name(m));
	CONFIG_ERROR(l, modality, "modality '%s' is none of page, video, audio%s", text ? text : "",
		     assay_suggest_text(&s, hint, sizeof hint));
}

/* ---------------------------------------------------------------- mappings of names to texts */

typedef struct text_map {
	char **keys, **values;
	size_t count;
} text_map;

static int node_key_cmp(const void *pa, const void *pb)
{
	const assay_yaml_node *a = *(const assay_yaml_node *const *)pa, *b = *(const assay_yaml_node *const *)pb;

	return strcmp(a->key, b->key);
}

/* Scalars of a mapping, sorted by key; what is no scalar is reported and left out. */
static assay_code read_map(config_loader *l, const assay_yaml_node *n, text_map *out)
{
	ASSAY_AUTO_FREE const assay_yaml_node **sorted = assay_alloc(n->count, sizeof *sorted);
	size_t count = 0;

	out->keys = assay_alloc(n->count, sizeof *out->keys);
	out->values = assay_alloc(n->count, sizeof *out->values);
	if (sorted == NULL || out->keys == NULL || out->values == NULL)
		return CONFIG_ENOMEM(l);
	for (size_t i = 0; i < n->count; i++) {
		if (n->children[i].type == ASSAY_YAML_SCALAR)
			sorted[count++] = &n->children[i];
		else
			CONFIG_ERROR(l, &n->children[i], "%s '%s' must be one value", n->key, n->children[i].key);
	}
	qsort(sorted, count, sizeof *sorted, node_key_cmp);
	out->count = count;
	for (size_t i = 0; i < count; i++) {
		out->keys[i] = assay_strdup(sorted[i]->key);
		out->values[i] = assay_strdup(sorted[i]->text);
		if (out->keys[i] == NULL || out->values[i] == NULL)
			return CONFIG_ENOMEM(l);
	}
	return ASSAY_OK;
}

static assay_code read_metadata(config_loader *l, const assay_yaml_node *n, assay_config_source *out)
{
	const assay_yaml_node *map = config_typed(l, n, "metadata", ASSAY_YAML_MAPPING);
	text_map m = {0};
	assay_code rc;

	if (map == NULL)
		return ASSAY_OK;
	for (size_t i = 0; i < map->count; i++)
		if (assay_metadata_key_fault(map->children[i].key) != NULL)
			CONFIG_ERROR_AT_KEY(l, &map->children[i], "metadata '%s': %s", map->children[i].key,
					    assay_metadata_key_fault(map->children[i].key));
	rc = read_map(l, map, &m);
	out->metadata_keys = m.keys;
	out->metadata_values = m.values;
	out->metadata_count = m.count;
	return rc;
}

/* What a role stands for that no file has: they are of decisions. */
static const char *const decided_roles[] = {ASSAY_SIDECAR_CORRECTION, ASSAY_SIDECAR_TABLE};
static const char *const sidecar_roles[] = {"ground_truth", "table_truth", "transcript", "subtitles", "metadata", NULL};

static bool is_metadata_file(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot != NULL && (strcmp(dot, ".json") == 0 || strcmp(dot, ".csv") == 0);
}

static assay_code lint_sidecars(config_loader *l, const assay_yaml_node *map)
{
	bool decided = false;
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < ASSAY_COUNT(decided_roles); i++)
		if (assay_yaml_get(map, decided_roles[i]) != NULL) {
			CONFIG_ERROR_AT_KEY(l, assay_yaml_get(map, decided_roles[i]),
					    "no file is a '%s': people give them with 'assay queue resolve'",
					    decided_roles[i]);
			decided = true;
		}
	if (!decided)
		assay_yaml_only(map, sidecar_roles, l->file, l->d);
	for (size_t i = 0; i < map->count && rc == ASSAY_OK; i++) {
		const char *text = config_text(&map->children[i]), *fault = NULL;

		if (text != NULL)
			rc = config_sidecar_fault(&fault, text, l->err);
		if (rc == ASSAY_OK && fault == NULL && text != NULL &&
		    strcmp(map->children[i].key, ASSAY_SIDECAR_METADATA) == 0 && !is_metadata_file(text))
			fault = "must end in .json or .csv to hold metadata";
		if (fault != NULL)
			CONFIG_ERROR(l, &map->children[i], "sidecar '%s' %s", text, fault);
	}
	return rc;
}

static assay_code read_sidecars(config_loader *l, const assay_yaml_node *n, assay_config_source *out)
{
	const assay_yaml_node *map = config_typed(l, n, "sidecars", ASSAY_YAML_MAPPING);
	text_map m = {0};
	assay_code rc;

	if (map == NULL)
		return ASSAY_OK;
	rc = lint_sidecars(l, map);
	if (rc == ASSAY_OK)
		rc = read_map(l, map, &m);
	out->sidecar_roles = m.keys;
	out->sidecar_templates = m.values;
	out->sidecar_count = m.count;
	return rc;
}

/* ---------------------------------------------------------------- the list */

static assay_code read_source(config_loader *l, const assay_yaml_node *n)
{
	static const char *const names[] = {"path", "modality", "metadata", "sidecars", NULL};
	assay_config_source *s = &l->c->sources[l->c->source_count];
	assay_code rc;

	if (n->type != ASSAY_YAML_MAPPING) {
		CONFIG_ERROR(l, n, "a source is a mapping such as {path: \"inbox/**\", modality: page}");
		return ASSAY_OK;
	}
	assay_yaml_only(n, names, l->file, l->d);
	s->line = n->line;
	s->column = n->column;
	read_modality(l, n, s);
	rc = read_path(l, n, s);
	l->c->source_count++;
	if (rc == ASSAY_OK)
		rc = read_metadata(l, n, s);
	if (rc == ASSAY_OK)
		rc = read_sidecars(l, n, s);
	if (rc == ASSAY_OK)
		rc = config_lint_metadata(l, n, s);
	return rc;
}

assay_code config_read_sources(config_loader *l, const assay_yaml_node *root)
{
	const assay_yaml_node *list;
	assay_code rc = ASSAY_OK;

	if (assay_yaml_get(root, "sources") == NULL) {
		CONFIG_ERROR(l, root, "missing key 'sources': which files to read");
		return ASSAY_OK;
	}
	list = config_typed(l, root, "sources", ASSAY_YAML_SEQUENCE);
	if (list == NULL)
		return ASSAY_OK;
	if (list->count == 0)
		CONFIG_ERROR(l, list, "'sources' is empty: name at least one");
	l->c->sources = assay_alloc(list->count, sizeof *l->c->sources);
	if (l->c->sources == NULL)
		return CONFIG_ENOMEM(l);
	for (size_t i = 0; i < list->count && rc == ASSAY_OK; i++)
		rc = read_source(l, &list->children[i]);
	return rc;
}

const assay_config_source *assay_config_rule_of(const assay_config *c, const char *path)
{
	for (size_t i = 0; i < c->source_count; i++)
		if (assay_glob_match(c->sources[i].pattern, path))
			return &c->sources[i];
	return NULL;
}
