/* `fields`: what metadata must be. */
#include "config_loader.h"

#include "assay/memory.h"
#include "assay/suggest.h"

#include <stdlib.h>
#include <string.h>

const char *config_field_hint(const config_loader *l, const char *name, char out[160])
{
	assay_suggest s;

	assay_suggest_init(&s, name);
	for (size_t i = 0; i < l->c->fields.count; i++)
		assay_suggest_offer(&s, l->c->fields.items[i].name);
	return assay_suggest_text(&s, out, 160);
}

/* ---------------------------------------------------------------- ranges */

static bool is_ordered(assay_field_type type)
{
	return type == ASSAY_FIELD_INTEGER || type == ASSAY_FIELD_NUMBER || type == ASSAY_FIELD_DATE;
}

static assay_code read_bound(config_loader *l, const assay_yaml_node *n, assay_field_type type, const char *what,
			     bool *has, assay_decimal *bound, char **text)
{
	if (n == NULL)
		return ASSAY_OK;
	if (!is_ordered(type)) {
		CONFIG_ERROR_AT_KEY(l, n, "%s: '%s' needs a type that has an order: integer, number or date, not %s",
				    what, n->key, assay_field_type_name(type));
		return ASSAY_OK;
	}
	if (config_text(n) == NULL || !assay_field_number(bound, type, n->text)) {
		CONFIG_ERROR(l, n, "%s: %s must be a value of type %s", what, n->key, assay_field_type_name(type));
		return ASSAY_OK;
	}
	*has = true;
	*text = assay_strdup(n->text);
	return *text != NULL ? ASSAY_OK : CONFIG_ENOMEM(l);
}

static assay_code read_value(config_loader *l, const assay_yaml_node *n, assay_field_type type, const char *what,
			     assay_field_range *out)
{
	const assay_field probe = {.type = type};
	ASSAY_AUTO_BUF why = ASSAY_BUF_INIT;

	if (config_text(n) == NULL) {
		CONFIG_ERROR(l, n, "%s: a value is one text, number or date", what);
		return ASSAY_OK;
	}
	if (!assay_field_accepts(&probe, n->text, &why))
		CONFIG_ERROR(l, n, "%s: '%s' %s", what, n->text, assay_buf_str(&why));
	out->values[out->value_count] = assay_strdup(n->text);
	if (out->values[out->value_count] == NULL)
		return CONFIG_ENOMEM(l);
	out->value_count++;
	return ASSAY_OK;
}

assay_code config_read_values(config_loader *l, const assay_yaml_node *n, assay_field_type type, const char *what,
			      assay_field_range *out)
{
	const bool list = n->type == ASSAY_YAML_SEQUENCE;
	const size_t count = list ? n->count : 1;
	assay_code rc = ASSAY_OK;

	if (count == 0)
		CONFIG_ERROR(l, n, "%s: the list is empty: nothing could be right", what);
	out->values = assay_alloc(count, sizeof *out->values);
	if (out->values == NULL)
		return CONFIG_ENOMEM(l);
	for (size_t i = 0; i < count && rc == ASSAY_OK; i++)
		rc = read_value(l, list ? &n->children[i] : n, type, what, out);
	return rc;
}

assay_code config_read_range(config_loader *l, const assay_yaml_node *n, assay_field_type type, const char *what,
			     assay_field_range *out)
{
	const assay_yaml_node *values = assay_yaml_get(n, "values"), *max = assay_yaml_get(n, "max");
	assay_code rc;

	ASSAY_TRY(read_bound(l, assay_yaml_get(n, "min"), type, what, &out->has_min, &out->min, &out->min_text));
	ASSAY_TRY(read_bound(l, max, type, what, &out->has_max, &out->max, &out->max_text));
	if (out->has_min && out->has_max && assay_decimal_cmp(out->min, out->max) > 0)
		CONFIG_ERROR(l, max, "%s: max %s is below min %s", what, out->max_text, out->min_text);
	if (values != NULL)
		ASSAY_TRY(config_read_values(l, values, type, what, out));
fail:
	return rc;
}

/* ---------------------------------------------------------------- one field */

static assay_field_type type_of(config_loader *l, const assay_yaml_node *n, const char *field)
{
	const char *text = config_text(n);
	assay_suggest s;
	char hint[160];

	if (n == NULL)
		return ASSAY_FIELD_TEXT;
	assay_suggest_init(&s, text ? text : "");
	for (unsigned t = 0; assay_field_type_name((assay_field_type)t) != NULL; t++) {
		if (text != NULL && strcmp(text, assay_field_type_name((assay_field_type)t)) == 0)
			return (assay_field_type)t;
		assay_suggest_offer(&s, assay_field_type_name((assay_field_type)t));
	}
	CONFIG_ERROR(l, n, "field '%s': type '%s' is none of text, integer, number, boolean, date%s", field,
		     text ? text : "", assay_suggest_text(&s, hint, sizeof hint));
	return ASSAY_FIELD_TEXT;
}

static bool flag_of(config_loader *l, const assay_yaml_node *n, const char *what)
{
	const char *text = config_text(n);

	if (n != NULL && (text == NULL || (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)))
		CONFIG_ERROR(l, n, "%s: %s must be true or false", what, n->key);
	return text != NULL && strcmp(text, "true") == 0;
}

/* {type: integer, min: 1800}, or the type alone. */
static assay_code read_field(config_loader *l, const assay_yaml_node *n, assay_field *out)
{
	static const char *const names[] = {"type", "required", "values", "min", "max", NULL};
	ASSAY_AUTO_FREE char *what = assay_asprintf("field '%s'", n->key);
	const char *wrong = assay_metadata_key_fault(n->key);

	*out = (assay_field){.name = assay_strdup(n->key), .line = n->key_line, .column = n->key_column};
	if (out->name == NULL || what == NULL)
		return CONFIG_ENOMEM(l);
	if (wrong != NULL)
		CONFIG_ERROR_AT_KEY(l, n, "%s: %s", what, wrong);
	if (n->type == ASSAY_YAML_SCALAR) {
		out->type = type_of(l, n, n->key);
		return ASSAY_OK;
	}
	if (n->type != ASSAY_YAML_MAPPING) {
		CONFIG_ERROR(l, n, "%s must be a type, or a mapping such as {type: integer, min: 1800}", what);
		return ASSAY_OK;
	}
	assay_yaml_only(n, names, l->file, l->d);
	out->type = type_of(l, assay_yaml_get(n, "type"), n->key);
	out->required = flag_of(l, assay_yaml_get(n, "required"), what);
	return config_read_range(l, n, out->type, what, &out->range);
}

static int compare_fields(const void *a, const void *b)
{
	return strcmp(((const assay_field *)a)->name, ((const assay_field *)b)->name);
}

assay_code config_read_fields(config_loader *l, const assay_yaml_node *root)
{
	const assay_yaml_node *map = config_typed(l, root, "fields", ASSAY_YAML_MAPPING);
	const assay_yaml_node *closed = assay_yaml_get(root, "fields_closed");
	assay_fields *f = &l->c->fields;
	assay_code rc = ASSAY_OK;

	f->closed = flag_of(l, closed, "fields");
	if (map == NULL) {
		if (f->closed)
			CONFIG_ERROR_AT_KEY(l, closed, "'fields_closed' without 'fields': nothing could be said");
		return ASSAY_OK;
	}
	f->items = assay_alloc(map->count, sizeof *f->items);
	if (f->items == NULL)
		return CONFIG_ENOMEM(l);
	while (f->count < map->count && rc == ASSAY_OK) {
		rc = read_field(l, &map->children[f->count], &f->items[f->count]);
		f->count++;
	}
	if (rc == ASSAY_OK && f->count > 0)
		qsort(f->items, f->count, sizeof *f->items, compare_fields);
	return rc;
}
