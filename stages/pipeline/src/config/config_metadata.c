/* Where metadata come from: names in patterns, tables; and whether what they give can obey the fields. */
#include "config_loader.h"

#include "assay/file.h"
#include "assay/memory.h"
#include "assay/suggest.h"

#include <string.h>
#include <unistd.h>

/* ---------------------------------------------------------------- names in patterns */

/* The next '{' that is not in a set; NULL if there is none. */
static const char *next_brace(const char *p)
{
	while (*p != '\0' && *p != '{') {
		const char *first = p + 1 + (p[1] == '!' || p[1] == '^'); /* of a set, where ']' is a member */
		const char *end = *p == '[' && *first != '\0' ? strchr(first + 1, ']') : NULL;

		p = end != NULL ? end + 1 : p + 1;
	}
	return *p == '{' ? p : NULL;
}

/* Length of the name at p, 0 if none stands there. */
static size_t name_length(const char *p)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
	static const char others[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789.-";

	return strchr(letters, *p) != NULL && *p != '\0' ? strspn(p, others) : 0;
}

static bool stands_before(const char *pattern, const char *name, size_t n)
{
	for (const char *p = next_brace(pattern); p != NULL && p + 1 < name; p = next_brace(p + 1))
		if (name_length(p + 1) == n && strncmp(p + 1, name, n) == 0)
			return true;
	return false;
}

void config_lint_captures(config_loader *l, const assay_yaml_node *path)
{
	const char *text = path->text;
	size_t count = 0;

	for (const char *p = next_brace(text); p != NULL; p = next_brace(p + 1)) {
		const size_t n = name_length(p + 1);
		const char *after = p + 1 + n;

		if (n == 0 || *after != '}') {
			CONFIG_ERROR(l, path,
				     "path '%s': '{' begins a name of letters, digits, '_', '.' and '-' that ends in "
				     "'}'; a brace itself is written [{]",
				     text);
			return;
		}
		if (stands_before(text, p + 1, n))
			CONFIG_ERROR(l, path, "path '%s': {%.*s} stands here twice", text, (int)n, p + 1);
		if (after[1] == '{' || after[1] == '*' || (p > text && p[-1] == '*'))
			CONFIG_ERROR(l, path,
				     "path '%s': nothing tells where {%.*s} ends and its neighbour begins; put text "
				     "between them",
				     text, (int)n, p + 1);
		count++;
	}
	if (count > ASSAY_GLOB_CAPTURES_MAX)
		CONFIG_ERROR(l, path, "path '%s' has more than %d names", text, ASSAY_GLOB_CAPTURES_MAX);
}

static bool pattern_names(const char *pattern, const char *key)
{
	const size_t n = strlen(key);

	for (const char *p = next_brace(pattern); p != NULL; p = next_brace(p + 1))
		if (name_length(p + 1) == n && strncmp(p + 1, key, n) == 0)
			return true;
	return false;
}

/* ---------------------------------------------------------------- a source against the fields */

static void lint_constant(config_loader *l, const assay_yaml_node *n)
{
	const assay_field *f = assay_field_find(&l->c->fields, n->key);
	ASSAY_AUTO_BUF why = ASSAY_BUF_INIT;
	char hint[160];

	if (f == NULL && l->c->fields.closed)
		CONFIG_ERROR_AT_KEY(l, n, "metadata '%s' is none of the fields%s", n->key,
				    config_field_hint(l, n->key, hint));
	if (f != NULL && config_text(n) != NULL && !assay_field_accepts(f, n->text, &why))
		CONFIG_ERROR(l, n, "metadata '%s' is '%s': it %s", n->key, n->text, assay_buf_str(&why));
}

static void lint_names(config_loader *l, const assay_yaml_node *path)
{
	if (!l->c->fields.closed || config_text(path) == NULL)
		return;
	for (const char *p = next_brace(path->text); p != NULL; p = next_brace(p + 1)) {
		char name[ASSAY_METADATA_KEY_MAX + 1], hint[160];
		const size_t n = name_length(p + 1);

		if (n == 0 || n >= sizeof name)
			continue;
		memcpy(name, p + 1, n);
		name[n] = '\0';
		if (assay_field_find(&l->c->fields, name) == NULL)
			CONFIG_ERROR(l, path, "path '%s': '%s' is none of the fields%s", path->text, name,
				     config_field_hint(l, name, hint));
	}
}

static bool has_role(const assay_config_source *s, const char *role)
{
	for (size_t i = 0; i < s->sidecar_count; i++)
		if (strcmp(s->sidecar_roles[i], role) == 0)
			return true;
	return false;
}

static bool has_constant(const assay_config_source *s, const char *key)
{
	for (size_t i = 0; i < s->metadata_count; i++)
		if (strcmp(s->metadata_keys[i], key) == 0)
			return true;
	return false;
}

/* A field that nothing could give would put all samples of the source into the queue. */
static void lint_required(config_loader *l, const assay_yaml_node *n, const assay_config_source *s)
{
	if (l->c->metadata_file_count > 0 || has_role(s, ASSAY_SIDECAR_METADATA))
		return;
	for (size_t i = 0; i < l->c->fields.count; i++) {
		const assay_field *f = &l->c->fields.items[i];

		if (f->required && !has_constant(s, f->name) && !pattern_names(s->pattern, f->name))
			CONFIG_ERROR(l, n,
				     "field '%s' is required, and nothing gives it: neither 'metadata' of this "
				     "source, nor a {%s} in its path, nor metadata_files, nor a sidecar of metadata",
				     f->name, f->name);
	}
}

assay_code config_lint_metadata(config_loader *l, const assay_yaml_node *n, const assay_config_source *s)
{
	const assay_yaml_node *map = assay_yaml_get(n, "metadata");

	for (size_t i = 0; map != NULL && map->type == ASSAY_YAML_MAPPING && i < map->count; i++)
		lint_constant(l, &map->children[i]);
	lint_names(l, assay_yaml_get(n, "path"));
	lint_required(l, n, s);
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- tables */

static bool ends_in(const char *text, const char *end)
{
	const size_t n = strlen(text), m = strlen(end);

	return n > m && strcmp(text + n - m, end) == 0;
}

static assay_code read_file(config_loader *l, const assay_yaml_node *n)
{
	const char *text = config_text(n);
	assay_metadata_file *f = &l->c->metadata_files[l->c->metadata_file_count];

	if (text == NULL || text[0] == '\0') {
		CONFIG_ERROR(l, n, "a metadata file is named by its path");
		return ASSAY_OK;
	}
	if (!assay_path_is_inside(text))
		CONFIG_ERROR(l, n,
			     "metadata file '%s' must stay inside the folder of %s, without '.', '..' and empty "
			     "components",
			     text, l->file);
	else if (!ends_in(text, ".csv") && !ends_in(text, ".jsonl"))
		CONFIG_ERROR(l, n, "metadata file '%s' must end in .csv or .jsonl", text);
	for (size_t i = 0; i < l->c->metadata_file_count; i++)
		if (strcmp(l->c->metadata_files[i].path, text) == 0)
			CONFIG_ERROR(l, n, "metadata file '%s' stands here twice", text);
	*f = (assay_metadata_file){.path = assay_strdup(text), .line = n->line, .column = n->column};
	if (f->path == NULL)
		return CONFIG_ENOMEM(l);
	l->c->metadata_file_count++;
	return ASSAY_OK;
}

assay_code config_read_metadata_files(config_loader *l, const assay_yaml_node *root)
{
	const assay_yaml_node *list = config_typed(l, root, "metadata_files", ASSAY_YAML_SEQUENCE);
	assay_code rc = ASSAY_OK;

	if (list == NULL)
		return ASSAY_OK;
	l->c->metadata_files = assay_alloc(list->count, sizeof *l->c->metadata_files);
	if (l->c->metadata_files == NULL)
		return CONFIG_ENOMEM(l);
	for (size_t i = 0; i < list->count && rc == ASSAY_OK; i++)
		rc = read_file(l, &list->children[i]);
	return rc;
}

/* ---------------------------------------------------------------- names that nothing gives */

static bool is_given(const assay_config *c, const char *key)
{
	if (assay_field_find(&c->fields, key) != NULL || assay_metadata_tables_has_key(c->tables, key))
		return true;
	for (size_t i = 0; i < c->source_count; i++)
		if (has_constant(&c->sources[i], key) || pattern_names(c->sources[i].pattern, key) ||
		    has_role(&c->sources[i], ASSAY_SIDECAR_METADATA)) /* which may hold anything */
			return true;
	return false;
}

static const char *given_hint(const assay_config *c, const char *key, char out[160])
{
	assay_suggest s;

	assay_suggest_init(&s, key);
	for (size_t i = 0; i < c->fields.count; i++)
		assay_suggest_offer(&s, c->fields.items[i].name);
	for (size_t i = 0; i < c->source_count; i++)
		for (size_t k = 0; k < c->sources[i].metadata_count; k++)
			assay_suggest_offer(&s, c->sources[i].metadata_keys[k]);
	for (size_t i = 0; assay_metadata_tables_key(c->tables, i) != NULL; i++)
		assay_suggest_offer(&s, assay_metadata_tables_key(c->tables, i));
	return assay_suggest_text(&s, out, 160);
}

/* appliesTo of an entry comes with each of its checks: it is told at the first. */
static bool is_told(const assay_contract *c, size_t check, const char *key, const char *value)
{
	for (size_t i = 0; i < check; i++)
		for (size_t k = 0; k < c->checks[i].applies_count; k++)
			if (strcmp(c->checks[i].applies_keys[k], key) == 0 &&
			    strcmp(c->checks[i].applies_values[k], value) == 0)
				return true;
	return false;
}

static void lint_applies(const assay_config *c, const assay_contract *contract, size_t check, assay_diagnostics *d)
{
	const assay_check *k = &contract->checks[check];

	for (size_t i = 0; i < k->applies_count; i++) {
		const char *key = k->applies_keys[i], *value = k->applies_values[i];
		const assay_field *f = assay_field_find(&c->fields, key);
		ASSAY_AUTO_BUF why = ASSAY_BUF_INIT;
		char hint[160];

		if (is_told(contract, check, key, value))
			continue;
		if (!is_given(c, key))
			assay_diagnostics_add(d, false, contract->file, k->line, k->column,
					      "appliesTo: nothing gives '%s', so check '%s' applies to no sample%s",
					      key, k->id, given_hint(c, key, hint));
		else if (f != NULL && !assay_field_accepts(f, value, &why))
			assay_diagnostics_add(d, false, contract->file, k->line, k->column,
					      "appliesTo: '%s' is never '%s', it %s: check '%s' applies to no sample",
					      key, value, assay_buf_str(&why), k->id);
	}
}

/* The age of a field that no sample has is the age of nothing: such a check fails each time. */
static void lint_dataset_check(const assay_config *c, const assay_contract *contract, const assay_dataset_check *k,
			       assay_diagnostics *d)
{
	char hint[160];

	if (k->aggregate == ASSAY_AGGREGATE_AGE && k->field_count == 1 && !is_given(c, k->fields[0]))
		assay_diagnostics_add(d, false, contract->file, k->line, k->column,
				      "element: nothing gives '%s', so check '%s' always fails%s", k->fields[0], k->id,
				      given_hint(c, k->fields[0], hint));
}

static bool has_modality(const assay_config *c, assay_modality modality)
{
	for (size_t i = 0; i < c->source_count; i++)
		if (c->sources[i].modality == modality)
			return true;
	return false;
}

static void lint_filter(const assay_config *c, const assay_filter *f, assay_diagnostics *d)
{
	char hint[160];

	if (f->modality != 0 && !has_modality(c, f->modality))
		assay_diagnostics_add(d, false, c->file, f->line, f->column,
				      "filter '%s': no source is of modality %s, so it takes out nothing", f->name,
				      assay_modality_name(f->modality));
	for (size_t i = 0; i < f->condition_count; i++)
		if (!is_given(c, f->conditions[i].key))
			assay_diagnostics_add(d, false, c->file, f->line, f->column,
					      "filter '%s': nothing gives '%s', so it takes out %s%s", f->name,
					      f->conditions[i].key, f->keep ? "everything" : "nothing",
					      given_hint(c, f->conditions[i].key, hint));
}

assay_code assay_config_read_tables(assay_config *c, int dirfd, assay_diagnostics *d, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	if (c->metadata_file_count > 0)
		rc = assay_metadata_tables_load(&c->tables, dirfd, c->metadata_files, c->metadata_file_count, c->file,
						d, err);
	if (rc != ASSAY_OK)
		return rc;
	for (size_t i = 0; i < c->contract_count; i++)
		for (size_t k = 0; k < c->contracts[i]->check_count; k++)
			lint_applies(c, c->contracts[i], k, d);
	for (size_t i = 0; i < c->contract_count; i++)
		for (size_t k = 0; k < c->contracts[i]->dataset_count; k++)
			lint_dataset_check(c, c->contracts[i], &c->contracts[i]->dataset[k], d);
	for (size_t i = 0; i < c->filters.count; i++)
		lint_filter(c, &c->filters.items[i], d);
	return d->failed ? ASSAY_RAISE(err, ASSAY_ENOMEM, "findings") : ASSAY_OK;
}

/* ---------------------------------------------------------------- rows that speak of nothing */

#define ROWS_TOLD 10

static bool is_source(const assay_config *c, const char *path)
{
	for (size_t i = 0; i < c->source_count; i++)
		if (assay_glob_match(c->sources[i].pattern, path))
			return true;
	return false;
}

void assay_config_lint_rows(const assay_config *c, int dirfd, assay_diagnostics *d)
{
	size_t found = 0;

	for (size_t i = 0; i < assay_metadata_tables_count(c->tables); i++) {
		const assay_metadata_row row = assay_metadata_tables_row(c->tables, i);
		const bool there = faccessat(dirfd, row.path, F_OK, 0) == 0;

		if ((there && is_source(c, row.path)) || found++ >= ROWS_TOLD)
			continue;
		assay_diagnostics_add(d, false, row.file, row.line, 1,
				      there ? "'%s' is no source: no path of %s takes it"
					    : "there is no file '%s' below the folder of %s",
				      row.path, c->file);
	}
	if (found > ROWS_TOLD)
		assay_diagnostics_add(d, false, c->file, c->metadata_files[0].line, c->metadata_files[0].column,
				      "%zu more rows of metadata files speak of no source", found - ROWS_TOLD);
}
