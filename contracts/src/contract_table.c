/* The properties of a schema entry named table: what its columns must be, from the left. */
#include "contract_loader.h"
#include "pattern.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

void contract_schema_free(assay_table_schema *s)
{
	for (size_t i = 0; s != NULL && i < s->count; i++) {
		free(s->columns[i].head);
		free(s->columns[i].parts);
		free(s->columns[i].larger);
		if (s->columns[i].matcher != NULL)
			regfree(s->columns[i].matcher);
		free(s->columns[i].matcher);
		free(s->columns[i].pattern);
	}
	if (s != NULL)
		free(s->columns);
	free(s);
}

assay_table_schema *contract_schema_add(assay_contract *c, assay_err *err)
{
	assay_table_schema *s = assay_alloc(1, sizeof *s);

	if (s == NULL ||
	    assay_grow(&c->schemas, &c->schema_cap, c->schema_count, sizeof *c->schemas, err) != ASSAY_OK) {
		free(s);
		(void)ASSAY_RAISE(err, ASSAY_ENOMEM, "table schema");
		return NULL;
	}
	s->columns = assay_alloc(CONTRACT_COLUMNS_MAX, sizeof *s->columns);
	if (s->columns == NULL) {
		free(s);
		(void)ASSAY_RAISE(err, ASSAY_ENOMEM, "table schema");
		return NULL;
	}
	c->schemas[c->schema_count++] = s;
	return s;
}

assay_expected_column *contract_schema_grow(assay_table_schema *s, assay_err *err)
{
	if (s->count < CONTRACT_COLUMNS_MAX)
		return &s->columns[s->count++];
	(void)ASSAY_RAISE(err, ASSAY_EFULL, "a table schema of more than %d columns", CONTRACT_COLUMNS_MAX);
	return NULL;
}

assay_code contract_column_match(assay_expected_column *c, const char *pattern, assay_err *err)
{
	ASSAY_AUTO_FREE regex_t *matcher = assay_alloc(1, sizeof *matcher);
	assay_code rc;

	if (matcher == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "pattern of a column");
	rc = pattern_compile(matcher, pattern, err);
	if (rc != ASSAY_OK)
		return rc;
	c->matcher = matcher;
	matcher = NULL;
	c->pattern = assay_strdup(pattern);
	return c->pattern != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "pattern of a column");
}

static assay_column_type read_type(contract_loader *l, const assay_yaml_node *n)
{
	const char *text = contract_text(n);

	if (text == NULL)
		return ASSAY_COLUMN_ANY;
	for (unsigned t = ASSAY_COLUMN_STRING; t <= ASSAY_COLUMN_DATE; t++)
		if (strcmp(text, assay_column_type_name(t)) == 0)
			return (assay_column_type)t;
	CONTRACT_WARN(l, n, "logicalType %s of a column is not judged by Assay (string, integer, number and date are)",
		      text);
	return ASSAY_COLUMN_ANY;
}

static void warn_of_others(contract_loader *l, const assay_yaml_node *n)
{
	static const char *const keys[] = {"quality", "unique", "properties", "items"};
	static const char *const customs[] = {"sumOf", "atMost", "severity", "appliesTo", NULL};

	contract_lint_no_applies(l, n); /* says where it belongs */
	contract_lint_customs(l, n, customs, true);
	for (size_t i = 0; i < ASSAY_COUNT(keys); i++) {
		const assay_yaml_node *k = assay_yaml_get(n, keys[i]);

		if (k != NULL)
			CONTRACT_WARN(l, k, "'%s' of a column of tables is not judged by Assay", keys[i]);
	}
}

/* ---------------------------------------------------------------- ranges and patterns */

static bool is_of_numbers(assay_column_type t)
{
	return t == ASSAY_COLUMN_INTEGER || t == ASSAY_COLUMN_NUMBER;
}

static bool read_limit(contract_loader *l, const assay_yaml_node *n, assay_decimal *out)
{
	const char *text = contract_text(n);

	if (text != NULL && !n->quoted && assay_decimal_parse(out, text))
		return true;
	CONTRACT_ERROR(l, n, "a least or largest number of a column is a decimal number of at most %d places",
		       ASSAY_DECIMAL_SCALE_MAX);
	return false;
}

static assay_code read_pattern(contract_loader *l, const assay_yaml_node *n, assay_expected_column *c)
{
	const char *text = contract_text(n);
	assay_err why = {0};
	const assay_code rc = text != NULL ? contract_column_match(c, text, &why) : ASSAY_OK;

	if (text == NULL)
		CONTRACT_ERROR(l, n, "a pattern of a column is a regular expression");
	else if (rc == ASSAY_ECONFIG)
		CONTRACT_ERROR(l, n, "pattern of a column: %s", why.msg);
	return rc == ASSAY_ECONFIG ? ASSAY_OK
	       : rc != ASSAY_OK    ? ASSAY_RAISE(l->err, rc, "contract '%s'", l->file)
				   : ASSAY_OK;
}

static assay_code read_option(contract_loader *l, const assay_yaml_node *k, assay_expected_column *c)
{
	if (is_of_numbers(c->type) && strcmp(k->key, "minimum") == 0)
		c->has_low = read_limit(l, k, &c->low);
	else if (is_of_numbers(c->type) && strcmp(k->key, "maximum") == 0)
		c->has_high = read_limit(l, k, &c->high);
	else if (c->type == ASSAY_COLUMN_STRING && strcmp(k->key, "pattern") == 0)
		return read_pattern(l, k, c);
	else
		CONTRACT_WARN(l, k,
			      "'%s' of this column of tables is not judged by Assay (minimum and maximum of numbers "
			      "and the pattern of strings are)",
			      k->key);
	return ASSAY_OK;
}

static assay_code read_options(contract_loader *l, const assay_yaml_node *n, assay_expected_column *c)
{
	const assay_yaml_node *options = assay_yaml_get(n, "logicalTypeOptions");
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; options != NULL && i < options->count && rc == ASSAY_OK; i++)
		rc = read_option(l, &options->children[i], c);
	if (c->has_low && c->has_high && assay_decimal_cmp(c->low, c->high) > 0)
		CONTRACT_ERROR(l, options, "no number is between this minimum and maximum");
	return rc;
}

/* ---------------------------------------------------------------- other columns */

/* The property of that name, by its place among those that have one, which is that of its column. */
static size_t column_named(const assay_yaml_node *list, const char *wanted)
{
	size_t at = 0;

	for (size_t i = 0; i < list->count; i++) {
		const char *name = contract_text(assay_yaml_get(&list->children[i], "name"));

		if (name != NULL && strcmp(name, wanted) == 0)
			return at;
		at += name != NULL;
	}
	return SIZE_MAX;
}

static int by_number(const void *a_, const void *b_)
{
	const size_t a = *(const size_t *)a_, b = *(const size_t *)b_;

	return (a > b) - (a < b);
}

/* What a column's numbers are held against: the numbers that others have in the same row. */
typedef struct relation {
	const char *property;
	size_t least; /* columns to name */
	const char *wanted;
} relation;

static const relation sum_of = {"sumOf", 2, "two and more"}, at_most = {"atMost", 1, "one and more"};

static void add_other(contract_loader *l, const relation *r, const assay_yaml_node *item, const assay_yaml_node *list,
		      size_t *columns, size_t *count, size_t own)
{
	const char *name = contract_text(item);
	const size_t at = name != NULL ? column_named(list, name) : SIZE_MAX;

	if (at == SIZE_MAX) {
		CONTRACT_ERROR(l, item, "%s: there is no property '%s' beside this one", r->property,
			       name != NULL ? name : "");
		return;
	}
	if (at == own) {
		CONTRACT_ERROR(l, item, "%s: '%s' cannot be held against itself", r->property, name);
		return;
	}
	for (size_t i = 0; i < *count; i++)
		if (columns[i] == at) {
			CONTRACT_ERROR(l, item, "%s: '%s' is named twice", r->property, name);
			return;
		}
	columns[(*count)++] = at;
}

static assay_code read_others(contract_loader *l, const relation *r, const assay_yaml_node *value,
			      const assay_yaml_node *list, const assay_expected_column *c, size_t **columns,
			      size_t *count, size_t own)
{
	if (value == NULL || value->type != ASSAY_YAML_SEQUENCE || value->count < r->least ||
	    value->count >= list->count || *columns != NULL || !is_of_numbers(c->type)) {
		CONTRACT_ERROR(l, value != NULL ? value : list,
			       "%s of a column of numbers names %s of the other properties, once", r->property,
			       r->wanted);
		return ASSAY_OK;
	}
	*columns = assay_alloc(value->count, sizeof **columns);
	if (*columns == NULL)
		return ASSAY_RAISE(l->err, ASSAY_ENOMEM, "contract '%s'", l->file);
	for (size_t i = 0; i < value->count; i++)
		add_other(l, r, &value->children[i], list, *columns, count, own);
	qsort(*columns, *count, sizeof **columns, by_number);
	return ASSAY_OK;
}

static assay_code read_relations(contract_loader *l, const assay_yaml_node *n, const assay_yaml_node *list,
				 assay_expected_column *c, size_t own)
{
	const assay_yaml_node *custom = assay_yaml_get(n, "customProperties");
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; custom != NULL && custom->type == ASSAY_YAML_SEQUENCE && i < custom->count && rc == ASSAY_OK;
	     i++) {
		const char *property = contract_text(assay_yaml_get(&custom->children[i], "property"));
		const assay_yaml_node *value = assay_yaml_get(&custom->children[i], "value");

		if (property != NULL && strcmp(property, sum_of.property) == 0)
			rc = read_others(l, &sum_of, value, list, c, &c->parts, &c->part_count, own);
		else if (property != NULL && strcmp(property, at_most.property) == 0)
			rc = read_others(l, &at_most, value, list, c, &c->larger, &c->larger_count, own);
	}
	return rc;
}

/* ---------------------------------------------------------------- a column */

static assay_code set_texts(contract_loader *l, assay_check *check, const assay_yaml_node *n, const char *name)
{
	const char *id = contract_text(assay_yaml_get(n, "id"));
	assay_code rc;

	check->id = id != NULL ? assay_strdup(id) : assay_asprintf("table.%s", name);
	check->metric = assay_strdup(ASSAY_TABLE_SCHEMA_METRIC);
	check->remedy = assay_strdup("");
	check->dimension = assay_strdup("");
	if (check->id == NULL || check->metric == NULL || check->remedy == NULL || check->dimension == NULL)
		return ASSAY_RAISE(l->err, ASSAY_ENOMEM, "contract '%s'", l->file);
	rc = contract_copy_text(l, &check->description, assay_yaml_get(n, "description"));
	return rc;
}

static assay_code read_column(contract_loader *l, const assay_yaml_node *n, const assay_yaml_node *list,
			      const contract_scope *s, assay_table_schema *schema)
{
	const char *name = contract_text(assay_yaml_get(n, "name")),
		   *printed = contract_text(assay_yaml_get(n, "physicalName"));
	assay_check check = {.kind = ASSAY_SAMPLE_TABLE,
			     .metric_number = SIZE_MAX,
			     .op = ASSAY_MUST_BE,
			     .low = {1, 0},
			     .low_units = 1,
			     .when_missing = ASSAY_MISSING_FAILS,
			     .schema = schema,
			     .schema_column = schema->count,
			     .line = n->line,
			     .column = n->column};
	assay_expected_column *c;
	assay_code rc;

	if (name == NULL)
		return ASSAY_OK; /* what the standard wants has been said */
	warn_of_others(l, n);
	c = contract_schema_grow(schema, l->err);
	if (c == NULL)
		return ASSAY_ENOMEM;
	c->type = read_type(l, assay_yaml_get(n, "logicalType"));
	c->required = contract_is_true(assay_yaml_get(n, "required"));
	c->head = assay_strdup(printed != NULL ? printed : name);
	if (c->head == NULL)
		return ASSAY_RAISE(l->err, ASSAY_ENOMEM, "contract '%s'", l->file);
	rc = read_options(l, n, c);
	if (rc == ASSAY_OK)
		rc = read_relations(l, n, list, c, schema->count - 1);
	if (rc != ASSAY_OK)
		return rc;
	check.severity = contract_property_severity(l, n);
	rc = set_texts(l, &check, n, name);
	if (rc == ASSAY_OK)
		rc = contract_copy_applies(l, &check, s->applies);
	return contract_add_check(l, &check, rc);
}

/* Some stage must find tables, and keep their columns. */
static void lint_made(contract_loader *l, const assay_yaml_node *list)
{
	const size_t n = l->vocabulary != NULL ? assay_vocabulary_find(l->vocabulary, "table.columns") : SIZE_MAX;

	if (n != SIZE_MAX && !l->vocabulary->items[n].made)
		CONTRACT_ERROR(l, list, "no pipeline makes tables: add the stage '%s'", l->vocabulary->items[n].stage);
}

assay_code contract_read_columns(contract_loader *l, const assay_yaml_node *entry, const contract_scope *s)
{
	const assay_yaml_node *list = assay_yaml_get(entry, "properties");
	assay_table_schema *schema;
	assay_code rc = ASSAY_OK;

	if (list == NULL || list->type != ASSAY_YAML_SEQUENCE || list->count == 0)
		return ASSAY_OK;
	if (list->count > CONTRACT_COLUMNS_MAX) {
		CONTRACT_ERROR(l, list, "a table schema has %d columns at most", CONTRACT_COLUMNS_MAX);
		return ASSAY_OK;
	}
	lint_made(l, list);
	schema = contract_schema_add(l->c, l->err);
	if (schema == NULL)
		return ASSAY_ENOMEM;
	for (size_t i = 0; i < list->count && rc == ASSAY_OK; i++)
		rc = read_column(l, &list->children[i], list, s, schema);
	return rc;
}
