/*
 * What ODCS itself says of data, over samples as rows and their metadata as columns: library metrics (docs/data-quality.md
 * of the standard), and required, unique, logicalType and logicalTypeOptions of properties.
 */
#include "contract_loader.h"
#include "field.h"

#include "assay/suggest.h"

#include <string.h>

static const struct metric {
	const char *name;
	assay_aggregate aggregate;
	bool of_schema, of_property;
} metrics[] = {
    {"rowCount", ASSAY_AGGREGATE_COUNT, true, false},
    {"duplicateValues", ASSAY_AGGREGATE_REPEATED_VALUES, true, true},
    {"nullValues", ASSAY_AGGREGATE_NULL_VALUES, false, true},
    {"missingValues", ASSAY_AGGREGATE_MISSING_VALUES, false, true},
    {"invalidValues", ASSAY_AGGREGATE_INVALID_VALUES, false, true},
};

static const char *kind_name(unsigned kind)
{
	return kind != 0 ? assay_sample_kind_name(kind) : CONTRACT_DATASET;
}

/* "page.doc_type.required", where the document has no id. */
static assay_code make_id(contract_loader *l, assay_dataset_check *k, const char *stem, const char *field,
			  const char *what)
{
	ASSAY_AUTO_BUF id = ASSAY_BUF_INIT;
	assay_code rc;

	assay_buf_printf(&id, "%s%s%s.%s", stem, field != NULL ? "." : "", field != NULL ? field : "", what);
	rc = assay_buf_check(&id, l->err);
	return rc == ASSAY_OK ? contract_dataset_set(l, &k->id, assay_buf_str(&id)) : rc;
}

static assay_code add_field(contract_loader *l, assay_dataset_check *k, const char *name)
{
	size_t cap = k->field_count;
	char *copy = assay_strdup(name);
	const assay_code rc = copy != NULL ? assay_grow(&k->fields, &cap, k->field_count, sizeof *k->fields, l->err)
					   : ASSAY_RAISE(l->err, ASSAY_ENOMEM, "contract '%s'", l->file);

	if (rc != ASSAY_OK)
		assay_freep(&copy);
	else
		k->fields[k->field_count++] = copy;
	return rc;
}

/* ---------------------------------------------------------------- library metrics */

static const struct metric *find_metric(contract_loader *l, const assay_yaml_node *n, const contract_scope *s)
{
	const assay_yaml_node *name = assay_yaml_get(n, "metric");
	const char *text = contract_text(name);
	assay_suggest near;
	char hint[160];

	if (text == NULL) {
		CONTRACT_ERROR(l, n, "a check of type library needs a 'metric', such as rowCount");
		return NULL;
	}
	assay_suggest_init(&near, text);
	for (size_t i = 0; i < ASSAY_COUNT(metrics); i++) {
		assay_suggest_offer(&near, metrics[i].name);
		if (strcmp(metrics[i].name, text) != 0)
			continue;
		if (s->field != NULL ? metrics[i].of_property : metrics[i].of_schema)
			return &metrics[i];
		CONTRACT_ERROR(l, name, "'%s' belongs in the 'quality' of %s", text,
			       s->field != NULL ? "a schema entry" : "a property, which names a metadata field");
		return NULL;
	}
	CONTRACT_ERROR(l, name, "'%s' is no metric of the library of ODCS%s", text,
		       assay_suggest_text(&near, hint, sizeof hint));
	return NULL;
}

static assay_code add_values(contract_loader *l, assay_dataset_check *k, const assay_yaml_node *list, const char *rule)
{
	assay_code rc = ASSAY_OK;

	if (list->type != ASSAY_YAML_SEQUENCE || list->count == 0) {
		CONTRACT_ERROR(l, list, "'%s' must be a list of values", list->key);
		return ASSAY_OK;
	}
	for (size_t i = 0; i < list->count && rc == ASSAY_OK; i++) {
		const assay_yaml_node *v = &list->children[i];

		if (v->type == ASSAY_YAML_NULL && strcmp(rule, "missing") == 0)
			rc = field_pairs_add(&k->rules, "null", "missing", l->err);
		else if (contract_text(v) == NULL)
			CONTRACT_ERROR(l, v, "'%s' must be a list of values", list->key);
		else
			rc = field_pairs_add(&k->rules, rule, v->text, l->err);
	}
	return rc;
}

/* What makes no sense of a rule's own is told at its place. */
static assay_code add_rule(contract_loader *l, assay_dataset_check *k, const assay_yaml_node *n, const char *type)
{
	assay_pairs alone = {0};
	field_rules *probe = NULL;
	assay_err why = ASSAY_ERR_INIT;
	assay_code rc;

	if (contract_text(n) == NULL) {
		CONTRACT_ERROR(l, n, "'%s' must be one value", n->key);
		return ASSAY_OK;
	}
	rc = type != NULL ? field_pairs_add(&alone, "type", type, l->err) : ASSAY_OK;
	if (rc == ASSAY_OK)
		rc = field_pairs_add(&alone, n->key, n->text, l->err);
	if (rc == ASSAY_OK)
		rc = field_rules_open(&probe, &alone, &why);
	if (rc == ASSAY_ECONFIG) {
		CONTRACT_ERROR(l, n, "%s", why.msg);
		rc = ASSAY_OK;
	} else if (rc == ASSAY_OK) {
		rc = field_pairs_add(&k->rules, n->key, n->text, l->err);
	}
	field_rules_close(probe);
	field_pairs_release(&alone);
	return rc;
}

static assay_code read_missing(contract_loader *l, const assay_yaml_node *arguments, assay_dataset_check *k)
{
	const assay_yaml_node *list = assay_yaml_get(arguments, "missingValues");
	assay_code rc;

	if (list != NULL)
		return add_values(l, k, list, "missing");
	rc = field_pairs_add(&k->rules, "null", "missing", l->err);
	return rc == ASSAY_OK ? field_pairs_add(&k->rules, "missing", "", l->err) : rc;
}

static assay_code read_invalid(contract_loader *l, const assay_yaml_node *n, const assay_yaml_node *arguments,
			       assay_dataset_check *k)
{
	const assay_yaml_node *list = assay_yaml_get(arguments, "validValues"),
			      *pattern = assay_yaml_get(arguments, "pattern");
	assay_code rc = ASSAY_OK;

	if (list == NULL && pattern == NULL)
		CONTRACT_ERROR(l, n, "invalidValues needs 'arguments' with validValues or pattern");
	if (list != NULL)
		rc = add_values(l, k, list, "valid");
	if (rc == ASSAY_OK && pattern != NULL)
		rc = add_rule(l, k, pattern, NULL);
	return rc;
}

static assay_code read_duplicate(contract_loader *l, const assay_yaml_node *arguments, const contract_scope *s,
				 assay_dataset_check *k)
{
	const assay_yaml_node *list = assay_yaml_get(arguments, "properties");
	assay_code rc = ASSAY_OK;

	if (s->field != NULL || list == NULL) {
		if (s->field == NULL)
			k->aggregate = ASSAY_AGGREGATE_DUPLICATES;
		k->all = s->field == NULL; /* a duplicate is not among the accepted ones */
		return ASSAY_OK;
	}
	if (list->type != ASSAY_YAML_SEQUENCE || list->count == 0)
		CONTRACT_ERROR(l, list, "'properties' must be a list of metadata fields");
	for (size_t i = 0; list->type == ASSAY_YAML_SEQUENCE && i < list->count && rc == ASSAY_OK; i++) {
		if (contract_text(&list->children[i]) != NULL)
			rc = add_field(l, k, list->children[i].text);
		else
			CONTRACT_ERROR(l, &list->children[i], "'properties' must be a list of metadata fields");
	}
	return rc;
}

static void lint_arguments(contract_loader *l, const assay_yaml_node *arguments, const assay_dataset_check *k)
{
	static const char *const missing[] = {"missingValues", NULL}, *const invalid[] = {"validValues", "pattern",
											  NULL};
	static const char *const repeated[] = {"properties", NULL}, *const none[] = {NULL};

	if (arguments != NULL && arguments->type == ASSAY_YAML_MAPPING)
		assay_yaml_only(arguments,
				k->aggregate == ASSAY_AGGREGATE_MISSING_VALUES                           ? missing
				: k->aggregate == ASSAY_AGGREGATE_INVALID_VALUES                         ? invalid
				: k->aggregate == ASSAY_AGGREGATE_REPEATED_VALUES && k->field_count == 0 ? repeated
													 : none,
				l->file, l->d);
}

static assay_code read_arguments(contract_loader *l, const assay_yaml_node *n, const contract_scope *s,
				 assay_dataset_check *k)
{
	const assay_yaml_node *arguments = assay_yaml_get(n, "arguments");

	lint_arguments(l, arguments, k);
	if (k->aggregate == ASSAY_AGGREGATE_MISSING_VALUES)
		return read_missing(l, arguments, k);
	if (k->aggregate == ASSAY_AGGREGATE_INVALID_VALUES)
		return read_invalid(l, n, arguments, k);
	if (k->aggregate == ASSAY_AGGREGATE_REPEATED_VALUES)
		return read_duplicate(l, arguments, s, k);
	return ASSAY_OK;
}

static void read_bound(contract_loader *l, const assay_yaml_node *n, const struct metric *m, assay_dataset_check *k)
{
	static const char *const units[] = {"rows", "percent", NULL};
	const assay_yaml_node *unit = assay_yaml_get(n, "unit");
	contract_resolution r = {.name = m->name};

	k->percent = contract_read_word(l, unit, units) == 2;
	if (k->percent && k->aggregate == ASSAY_AGGREGATE_COUNT)
		CONTRACT_ERROR(l, unit, "rowCount is counted in rows");
	if (k->percent) {
		r.scale = -1;
		r.limit = 100;
	}
	contract_read_bound(l, n, &r, &k->bound, NULL);
}

static assay_code read_library(contract_loader *l, const assay_yaml_node *n, const contract_scope *s,
			       const struct metric *m, assay_dataset_check *k)
{
	const char *id = contract_text(assay_yaml_get(n, "id")),
		   *dimension = contract_text(assay_yaml_get(n, "dimension")),
		   *description = contract_text(assay_yaml_get(n, "description"));
	assay_code rc;

	contract_lint_id(l, n, false);
	contract_lint_no_applies(l, n);
	k->aggregate = m->aggregate;
	k->severity = (assay_severity)contract_read_word(l, assay_yaml_get(n, "severity"), contract_severities);
	if (id != NULL)
		ASSAY_TRY(contract_dataset_set(l, &k->id, id));
	else
		ASSAY_TRY(make_id(l, k, kind_name(s->kind), s->field, m->name));
	ASSAY_TRY(contract_dataset_set(l, &k->dimension, dimension != NULL ? dimension : ""));
	ASSAY_TRY(contract_dataset_set(l, &k->description, description != NULL ? description : ""));
	if (s->field != NULL)
		ASSAY_TRY(add_field(l, k, s->field));
	ASSAY_TRY(read_arguments(l, n, s, k));
	read_bound(l, n, m, k);
fail:
	return rc;
}

assay_code contract_read_library(contract_loader *l, const assay_yaml_node *n, const contract_scope *s)
{
	const struct metric *m = find_metric(l, n, s);
	assay_dataset_check k;
	assay_code rc;

	if (m == NULL)
		return ASSAY_OK;
	rc = contract_dataset_begin(l, &k, n, s);
	if (rc == ASSAY_OK)
		rc = read_library(l, n, s, m, &k);
	return contract_dataset_end(l, &k, rc);
}

/* ---------------------------------------------------------------- properties */

/* One of the checks that a property stands for: no sample may be counted. */
static assay_code add_property_check(contract_loader *l, const assay_yaml_node *n, const contract_scope *s,
				     assay_aggregate aggregate, assay_pairs *rules)
{
	const char *what = aggregate == ASSAY_AGGREGATE_NULL_VALUES       ? "required"
			   : aggregate == ASSAY_AGGREGATE_REPEATED_VALUES ? "unique"
									  : "valid";
	const char *id = contract_text(assay_yaml_get(n, "id"));
	assay_dataset_check k;
	assay_code rc = contract_dataset_begin(l, &k, n, s);

	k.aggregate = aggregate;
	k.bound.op = ASSAY_MUST_BE;
	k.severity = contract_property_severity(l, n);
	if (rc == ASSAY_OK)
		rc = id != NULL ? make_id(l, &k, id, NULL, what) : make_id(l, &k, kind_name(s->kind), s->field, what);
	if (rc == ASSAY_OK)
		rc = add_field(l, &k, s->field);
	if (rc == ASSAY_OK && rules != NULL) {
		k.rules = *rules;
		*rules = (assay_pairs){0};
	}
	return contract_dataset_end(l, &k, rc);
}

static void report_option(contract_loader *l, const assay_yaml_node *n, const char *type, const char *const *options)
{
	assay_suggest s;
	char hint[160];

	if (strcmp(n->key, "format") == 0 || strcmp(n->key, "timezone") == 0 ||
	    strcmp(n->key, "defaultTimezone") == 0) {
		CONTRACT_WARN(l, n, "option '%s' is not judged by Assay", n->key);
		return;
	}
	assay_suggest_init(&s, n->key);
	for (; *options != NULL; options++)
		assay_suggest_offer(&s, *options);
	CONTRACT_ERROR_AT_KEY(
	    l, n, "'%s' is no option of logicalType %s%s%s", n->key, type, assay_suggest_text(&s, hint, sizeof hint),
	    strcmp(n->key, "enum") == 0 ? ": use a quality check invalidValues with validValues" : "");
}

static assay_code read_options(contract_loader *l, const assay_yaml_node *n, const char *type, assay_dataset_check *k)
{
	const char *const *options = field_options(type);
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; n != NULL && n->type == ASSAY_YAML_MAPPING && i < n->count && rc == ASSAY_OK; i++) {
		const char *const *o = options;

		while (*o != NULL && strcmp(*o, n->children[i].key) != 0)
			o++;
		if (*o == NULL)
			report_option(l, &n->children[i], type, options);
		else
			rc = add_rule(l, k, &n->children[i], type);
	}
	return rc;
}

static assay_code read_type(contract_loader *l, const assay_yaml_node *n, const contract_scope *s)
{
	const assay_yaml_node *type = assay_yaml_get(n, "logicalType"),
			      *options = assay_yaml_get(n, "logicalTypeOptions");
	assay_dataset_check rules = {0}; /* for its rules alone */
	assay_code rc;

	if (contract_text(type) == NULL) {
		if (options != NULL)
			CONTRACT_ERROR_AT_KEY(l, options, "'logicalTypeOptions' without a 'logicalType'");
		return ASSAY_OK;
	}
	if (field_options(type->text) == NULL) {
		CONTRACT_WARN(l, type, "logicalType %s is not judged by Assay: metadata are single values", type->text);
		return ASSAY_OK;
	}
	rc = field_pairs_add(&rules.rules, "type", type->text, l->err);
	if (rc == ASSAY_OK)
		rc = read_options(l, options, type->text, &rules);
	/* Every text is a string. */
	if (rc == ASSAY_OK && (strcmp(type->text, "string") != 0 || rules.rules.count > 1))
		rc = add_property_check(l, n, s, ASSAY_AGGREGATE_INVALID_VALUES, &rules.rules);
	field_pairs_release(&rules.rules);
	return rc;
}

assay_code contract_read_property(contract_loader *l, const assay_yaml_node *n, const contract_scope *s)
{
	assay_code rc = ASSAY_OK;

	if (contract_is_true(assay_yaml_get(n, "required")))
		rc = add_property_check(l, n, s, ASSAY_AGGREGATE_NULL_VALUES, NULL);
	if (rc == ASSAY_OK)
		rc = read_type(l, n, s);
	if (rc == ASSAY_OK && contract_is_true(assay_yaml_get(n, "unique")))
		rc = add_property_check(l, n, s, ASSAY_AGGREGATE_REPEATED_VALUES, NULL);
	return rc;
}
