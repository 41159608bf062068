/* `filters`: which samples metadata keep out of the dataset. */
#include "config_loader.h"

#include "assay/memory.h"
#include "assay/suggest.h"

#include <string.h>

/* ---------------------------------------------------------------- conditions */

/* A value that the field could never have would make the filter take everything, or nothing. */
static void lint_against_field(config_loader *l, const assay_yaml_node *n, const assay_field *f,
			       const assay_field_range *range)
{
	for (size_t i = 0; i < range->value_count; i++) {
		const assay_yaml_node *at = n->type == ASSAY_YAML_SEQUENCE ? &n->children[i] : n;
		ASSAY_AUTO_BUF why = ASSAY_BUF_INIT;
		assay_suggest s;
		char hint[160];

		if (assay_field_accepts(f, range->values[i], &why))
			continue;
		assay_suggest_init(&s, range->values[i]);
		for (size_t k = 0; k < f->range.value_count; k++)
			assay_suggest_offer(&s, f->range.values[k]);
		CONFIG_ERROR(l, at, "field '%s' is never '%s': it %s%s", f->name, range->values[i], assay_buf_str(&why),
			     assay_suggest_text(&s, hint, sizeof hint));
	}
}

static assay_code read_bounds(config_loader *l, const assay_yaml_node *n, const char *what, assay_filter_condition *out)
{
	static const char *const names[] = {"min", "max", NULL};

	assay_yaml_only(n, names, l->file, l->d);
	if (n->count == 0)
		CONFIG_ERROR(l, n, "%s: '%s' needs min or max", what, n->key);
	if (assay_field_find(&l->c->fields, n->key) == NULL) {
		CONFIG_ERROR_AT_KEY(l, n,
				    "%s: '%s' is compared, so 'fields' must say whether it is an integer, a "
				    "number or a date",
				    what, n->key);
		return ASSAY_OK;
	}
	return config_read_range(l, n, out->type, what, &out->range);
}

static assay_code read_condition(config_loader *l, const assay_yaml_node *n, const char *what,
				 assay_filter_condition *out)
{
	const assay_field *f = assay_field_find(&l->c->fields, n->key);
	const size_t errors = l->d->errors;
	char hint[160];
	assay_code rc;

	*out = (assay_filter_condition){.key = assay_strdup(n->key), .type = f ? f->type : ASSAY_FIELD_TEXT};
	if (out->key == NULL)
		return CONFIG_ENOMEM(l);
	if (f == NULL && l->c->fields.closed)
		CONFIG_ERROR_AT_KEY(l, n, "%s: '%s' is none of the fields%s", what, n->key,
				    config_field_hint(l, n->key, hint));
	if (n->type == ASSAY_YAML_MAPPING)
		return read_bounds(l, n, what, out);
	rc = config_read_values(l, n, out->type, what, &out->range);
	if (rc == ASSAY_OK && f != NULL && l->d->errors == errors)
		lint_against_field(l, n, f, &out->range);
	return rc;
}

static assay_code read_conditions(config_loader *l, const assay_yaml_node *n, const char *what, assay_filter *out)
{
	assay_code rc = ASSAY_OK;

	if (n->type != ASSAY_YAML_MAPPING || n->count == 0) {
		CONFIG_ERROR(l, n, "%s: '%s' must be a mapping of metadata, such as {language: de}", what, n->key);
		return ASSAY_OK;
	}
	out->conditions = assay_alloc(n->count, sizeof *out->conditions);
	if (out->conditions == NULL)
		return CONFIG_ENOMEM(l);
	while (out->condition_count < n->count && rc == ASSAY_OK) {
		const size_t i = out->condition_count++;

		rc = read_condition(l, &n->children[i], what, &out->conditions[i]);
	}
	return rc;
}

/* ---------------------------------------------------------------- one filter */

/* The name goes into versions and onto screens. */
static bool is_name(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	return *s != '\0' && strlen(s) <= 64 && s[strspn(s, letters)] == '\0';
}

static assay_code read_name(config_loader *l, const assay_yaml_node *n, assay_filter *out)
{
	const assay_yaml_node *name = assay_yaml_get(n, "name");
	const char *text = config_text(name);

	if (name == NULL)
		CONFIG_ERROR(l, n, "a filter needs a name: it is the reason that is told of what it takes out");
	else if (text == NULL || !is_name(text))
		CONFIG_ERROR(l, name, "the name of a filter has 1 to 64 letters, digits, '.', '-' and '_'");
	for (size_t i = 0; text != NULL && i < l->c->filters.count; i++)
		if (strcmp(l->c->filters.items[i].name, text) == 0)
			CONFIG_ERROR(l, name, "filter '%s' stands here twice, first in line %d", text,
				     l->c->filters.items[i].line);
	out->name = assay_strdup(text ? text : "");
	return out->name != NULL ? ASSAY_OK : CONFIG_ENOMEM(l);
}

static unsigned read_limit(config_loader *l, const assay_yaml_node *n, const char *key, unsigned (*parse)(const char *),
			   const char *(*name)(unsigned), unsigned max)
{
	const assay_yaml_node *value = assay_yaml_get(n, key);
	const char *text = config_text(value);
	const unsigned number = text != NULL ? parse(text) : 0;
	assay_suggest s;
	char hint[160];

	if (value == NULL || number != 0)
		return number;
	assay_suggest_init(&s, text ? text : "");
	for (unsigned i = 1; i <= max; i++)
		assay_suggest_offer(&s, name(i));
	CONFIG_ERROR(l, value, "there is no %s '%s'%s", key, text ? text : "",
		     assay_suggest_text(&s, hint, sizeof hint));
	return 0;
}

static assay_code read_filter(config_loader *l, const assay_yaml_node *n)
{
	static const char *const names[] = {"name", "keep", "drop", "modality", "kind", NULL};
	const assay_yaml_node *keep = assay_yaml_get(n, "keep"), *drop = assay_yaml_get(n, "drop");
	assay_filter *f = &l->c->filters.items[l->c->filters.count];
	ASSAY_AUTO_FREE char *what = NULL;
	assay_code rc;

	if (n->type != ASSAY_YAML_MAPPING) {
		CONFIG_ERROR(l, n, "a filter is a mapping such as {name: german-only, keep: {language: de}}");
		return ASSAY_OK;
	}
	assay_yaml_only(n, names, l->file, l->d);
	*f = (assay_filter){.keep = keep != NULL, .line = n->line, .column = n->column};
	rc = read_name(l, n, f);
	l->c->filters.count += f->name != NULL;
	if (rc != ASSAY_OK)
		return rc;
	f->modality =
	    (assay_modality)read_limit(l, n, "modality", assay_modality_parse, assay_modality_name, ASSAY_MODALITY_MAX);
	f->kind = (assay_sample_kind)read_limit(l, n, "kind", assay_sample_kind_parse, assay_sample_kind_name,
						ASSAY_SAMPLE_KIND_MAX);
	if ((keep == NULL) == (drop == NULL)) {
		CONFIG_ERROR(l, n, "a filter says either what to keep or what to drop");
		return ASSAY_OK;
	}
	what = assay_asprintf("filter '%s'", f->name);
	return what == NULL ? CONFIG_ENOMEM(l) : read_conditions(l, keep ? keep : drop, what, f);
}

assay_code config_read_filters(config_loader *l, const assay_yaml_node *root)
{
	const assay_yaml_node *list = config_typed(l, root, "filters", ASSAY_YAML_SEQUENCE);
	assay_code rc = ASSAY_OK;

	if (list == NULL)
		return ASSAY_OK;
	l->c->filters.items = assay_alloc(list->count, sizeof *l->c->filters.items);
	if (l->c->filters.items == NULL)
		return CONFIG_ENOMEM(l);
	for (size_t i = 0; i < list->count && rc == ASSAY_OK; i++)
		rc = read_filter(l, &list->children[i]);
	return rc;
}
