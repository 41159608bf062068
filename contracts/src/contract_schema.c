#include "assay/contract_schema.h"

#include "assay/dataset_check.h"

#include "contract_loader.h"
#include "contract_odcs.h"

#include <stdio.h>
#include <string.h>

/* Names of the tables of the standard, as definitions of the schema. */
static const char *const table_names[] = {
    [TOP] = "contract",          [DESCRIPTION] = "description",
    [DEFINITION] = "definition", [CUSTOM] = "customProperty",
    [SERVER] = "server",         [ROLE] = "role",
    [SUPPORT] = "support",       [PRICE] = "price",
    [MEMBER] = "member",         [TEAM_KEYS] = "team",
    [SLA] = "slaProperty",       [OBJECT] = "entry",
    [PROPERTY] = "property",     [ITEMS] = "items",
    [RELATION] = "relation",     [QUALITY] = "check",
};

static void put_ref(assay_json *j, const char *name)
{
	char ref[64];

	(void)snprintf(ref, sizeof ref, "#/$defs/%s", name);
	assay_json_object(j);
	assay_json_kstr(j, "$ref", ref);
	assay_json_end(j);
}

static void put_names(assay_json *j, const char *key, const char *const *names)
{
	assay_json_key(j, key);
	assay_json_array(j);
	for (size_t i = 0; names[i] != NULL; i++)
		assay_json_str(j, names[i]);
	assay_json_end(j);
}

static void put_type(assay_json *j, const char *type)
{
	assay_json_object(j);
	assay_json_kstr(j, "type", type);
	assay_json_end(j);
}

static void put_list_of(assay_json *j, const char *name)
{
	assay_json_object(j);
	assay_json_kstr(j, "type", "array");
	assay_json_key(j, "items");
	put_ref(j, name);
	assay_json_end(j);
}

/* ---------------------------------------------------------------- the standard */

static void put_choice(assay_json *j, const char *const *names)
{
	assay_json_object(j);
	put_names(j, "enum", names);
	assay_json_end(j);
}

static void put_team(assay_json *j)
{
	assay_json_object(j);
	assay_json_key(j, "anyOf");
	assay_json_array(j);
	put_ref(j, table_names[TEAM_KEYS]);
	put_list_of(j, table_names[MEMBER]);
	assay_json_end(j);
	assay_json_end(j);
}

static void put_texts(assay_json *j)
{
	assay_json_object(j);
	assay_json_kstr(j, "type", "array");
	assay_json_key(j, "items");
	put_type(j, "string");
	assay_json_end(j);
}

static void put_shape(assay_json *j, const odcs_key *k)
{
	static const char *const scalars[] = {"string", "number", "boolean", "null", NULL};

	switch (k->shape) {
	case ANY:
		assay_json_bool(j, true);
		break;
	case SCALAR:
		assay_json_object(j);
		put_names(j, "type", scalars);
		assay_json_end(j);
		break;
	case TEXT:
		put_type(j, "string");
		break;
	case NUMBER:
		put_type(j, "number");
		break;
	case BOOLEAN:
		put_type(j, "boolean");
		break;
	case ONE_OF:
		put_choice(j, k->names);
		break;
	case TEXTS:
		put_texts(j);
		break;
	case LIST:
		put_type(j, "array");
		break;
	case LIST_OF:
		put_list_of(j, table_names[k->of]);
		break;
	case MAP:
		put_type(j, "object");
		break;
	case MAP_OF:
		put_ref(j, table_names[k->of]);
		break;
	case TEAM:
		put_team(j);
		break;
	}
}

static bool requires_any(const odcs_key *k)
{
	for (; k->name != NULL; k++)
		if (k->required)
			return true;
	return false;
}

/* The keys of a table; the object is left open for what Assay adds. */
static void begin_table(assay_json *j, odcs_table table)
{
	const odcs_keys *t = contract_odcs_table(table);

	assay_json_object(j);
	assay_json_kstr(j, "type", "object");
	if (requires_any(t->keys)) {
		assay_json_key(j, "required");
		assay_json_array(j);
		for (const odcs_key *k = t->keys; k->name != NULL; k++)
			if (k->required)
				assay_json_str(j, k->name);
		assay_json_end(j);
	}
	if (!t->open)
		assay_json_kbool(j, "additionalProperties", false);
	assay_json_key(j, "properties");
	assay_json_object(j);
	for (const odcs_key *k = t->keys; k->name != NULL; k++) {
		assay_json_key(j, k->name);
		put_shape(j, k);
	}
	assay_json_end(j);
}

/* ---------------------------------------------------------------- what Assay adds: checks of its own engine */

static void put_const(assay_json *j, const char *key, const char *value)
{
	assay_json_key(j, key);
	assay_json_object(j);
	assay_json_kstr(j, "const", value);
	assay_json_end(j);
}

static void put_if_ours(assay_json *j)
{
	static const char *const both[] = {"type", "engine", NULL};

	assay_json_key(j, "if");
	assay_json_object(j);
	put_names(j, "required", both);
	assay_json_key(j, "properties");
	assay_json_object(j);
	put_const(j, "type", "custom");
	put_const(j, "engine", "assay");
	assay_json_end(j);
	assay_json_end(j);
}

/* Checks of other engines are none of our business. */
static void put_check(assay_json *j)
{
	static const char *const needed[] = {"id", "implementation", NULL};

	begin_table(j, QUALITY);
	put_if_ours(j);
	assay_json_key(j, "then");
	assay_json_object(j);
	put_names(j, "required", needed);
	assay_json_key(j, "properties");
	assay_json_object(j);
	assay_json_key(j, "id");
	assay_json_object(j);
	assay_json_kstr(j, "pattern", "^[A-Za-z0-9_-]+$");
	assay_json_end(j);
	assay_json_key(j, "severity");
	put_choice(j, contract_severities);
	assay_json_key(j, "implementation");
	put_ref(j, "implementation");
	assay_json_end(j);
	assay_json_end(j);
	assay_json_end(j);
}

/* A number, true or false for a metric that says yes or no, or two numbers for the operators that take a range. */
static void put_bound(assay_json *j, const char *name)
{
	assay_json_object(j);
	if (strstr(name, "Between") != NULL) {
		assay_json_kstr(j, "type", "array");
		assay_json_key(j, "items");
		put_type(j, "number");
		assay_json_kint(j, "minItems", 2);
		assay_json_kint(j, "maxItems", 2);
	} else {
		assay_json_key(j, "type");
		assay_json_array(j);
		assay_json_str(j, "number");
		if (strcmp(name, "mustBe") == 0 || strcmp(name, "mustNotBe") == 0)
			assay_json_str(j, "boolean");
		assay_json_end(j);
	}
	assay_json_end(j);
}

static void put_key(assay_json *j, const char *name)
{
	assay_json_key(j, name);
	if (contract_is_operator(name))
		put_bound(j, name);
	else if (strcmp(name, "metric") == 0)
		put_ref(j, "metric");
	else if (strcmp(name, "whenMissing") == 0)
		put_choice(j, contract_missing);
	else if (strcmp(name, "aggregate") == 0)
		put_ref(j, "aggregate");
	else if (strcmp(name, "drift") == 0)
		put_ref(j, "drift");
	else
		assay_json_bool(j, true);
}

/* Exactly one operator: one of the branches, each of which asks for one. */
static void put_one_operator(assay_json *j)
{
	assay_json_key(j, "oneOf");
	assay_json_array(j);
	for (size_t i = 0; contract_operators[i] != NULL; i++) {
		const char *const one[] = {contract_operators[i], NULL};

		assay_json_object(j);
		put_names(j, "required", one);
		assay_json_end(j);
	}
	assay_json_end(j);
}

static void put_implementation(assay_json *j, const char *const *keys, const char *required)
{
	const char *const one[] = {required, NULL};

	assay_json_object(j);
	assay_json_kstr(j, "type", "object");
	if (required != NULL)
		put_names(j, "required", one);
	assay_json_kbool(j, "additionalProperties", false);
	assay_json_key(j, "properties");
	assay_json_object(j);
	for (size_t i = 0; keys[i] != NULL; i++)
		put_key(j, keys[i]);
	assay_json_end(j);
	put_one_operator(j);
	assay_json_end(j);
}

static void put_implementations(assay_json *j)
{
	static const char *const of_dataset[] = {"aggregate", "drift", NULL};

	assay_json_object(j);
	assay_json_key(j, "if");
	assay_json_object(j);
	assay_json_key(j, "anyOf");
	assay_json_array(j);
	for (size_t i = 0; of_dataset[i] != NULL; i++) {
		const char *const one[] = {of_dataset[i], NULL};

		assay_json_object(j);
		put_names(j, "required", one);
		assay_json_end(j);
	}
	assay_json_end(j);
	assay_json_end(j);
	assay_json_key(j, "then");
	put_implementation(j, contract_aggregate_keys, NULL);
	assay_json_key(j, "else");
	put_implementation(j, contract_implementation_keys, "metric");
	assay_json_end(j);
}

/* ---------------------------------------------------------------- names */

static void put_metrics(assay_json *j, const assay_vocabulary *v)
{
	assay_json_object(j);
	assay_json_key(j, "enum");
	assay_json_array(j);
	for (size_t i = 0; i < v->count; i++)
		assay_json_str(j, v->items[i].name);
	assay_json_end(j);
	assay_json_end(j);
}

static void put_kinds(assay_json *j)
{
	assay_json_object(j);
	assay_json_key(j, "enum");
	assay_json_array(j);
	for (unsigned k = 1; k <= ASSAY_SAMPLE_KIND_MAX; k++)
		assay_json_str(j, assay_sample_kind_name(k));
	assay_json_str(j, CONTRACT_DATASET);
	assay_json_end(j);
	assay_json_end(j);
}

static void put_entry(assay_json *j)
{
	begin_table(j, OBJECT);
	assay_json_key(j, "allOf"); /* the name of an entry is the kind of sample that it is about */
	assay_json_array(j);
	assay_json_object(j);
	assay_json_key(j, "properties");
	assay_json_object(j);
	assay_json_key(j, "name");
	put_kinds(j);
	assay_json_end(j);
	assay_json_end(j);
	assay_json_end(j);
	assay_json_end(j);
}

/* Aggregates that an implementation names; a percentile is p1 to p99. Those after DRIFT come from other keys. */
static void put_aggregates(assay_json *j)
{
	assay_json_object(j);
	assay_json_key(j, "anyOf");
	assay_json_array(j);
	assay_json_object(j);
	assay_json_key(j, "enum");
	assay_json_array(j);
	for (unsigned a = ASSAY_AGGREGATE_COUNT; a < ASSAY_AGGREGATE_PERCENTILE; a++)
		assay_json_str(j, assay_aggregate_name((assay_aggregate)a));
	assay_json_end(j);
	assay_json_end(j);
	assay_json_object(j);
	assay_json_kstr(j, "pattern", "^p[1-9][0-9]?$");
	assay_json_end(j);
	assay_json_end(j);
	assay_json_end(j);
}

static void put_drifts(assay_json *j)
{
	assay_json_object(j);
	assay_json_key(j, "enum");
	assay_json_array(j);
	for (unsigned a = 1; a <= ASSAY_AGGREGATE_LAST; a++)
		if (assay_aggregate_is_drift((assay_aggregate)a))
			assay_json_str(j, assay_aggregate_name((assay_aggregate)a));
	assay_json_end(j);
	assay_json_end(j);
}

static void put_tables(assay_json *j)
{
	for (unsigned t = TOP + 1; t < ASSAY_COUNT(table_names); t++) {
		assay_json_key(j, table_names[t]);
		if (t == QUALITY) {
			put_check(j);
		} else if (t == OBJECT) {
			put_entry(j);
		} else {
			begin_table(j, (odcs_table)t);
			assay_json_end(j);
		}
	}
}

void assay_contract_schema(assay_json *j, const assay_vocabulary *v)
{
	begin_table(j, TOP);
	assay_json_kstr(j, "$schema", "https://json-schema.org/draft/2020-12/schema");
	assay_json_kstr(j, "title", "Quality contract of Assay (Open Data Contract Standard v3.1.0)");
	assay_json_key(j, "$defs");
	assay_json_object(j);
	put_tables(j);
	assay_json_key(j, "implementation");
	put_implementations(j);
	assay_json_key(j, "metric");
	put_metrics(j, v);
	assay_json_key(j, "aggregate");
	put_aggregates(j);
	assay_json_key(j, "drift");
	put_drifts(j);
	assay_json_end(j);
	assay_json_end(j);
}
