#include "verbs.h"

#include "config_keys.h"

#include "assay/fields.h"
#include "assay/params.h"
#include "assay/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- parameters */

/* A default as its type; a decimal is written exactly. */
static void put_initial(assay_json *j, const assay_param *p)
{
	assay_decimal d;

	if (p->type == ASSAY_PARAM_BOOL)
		assay_json_bool(j, strcmp(p->initial, "true") == 0);
	else if ((p->type == ASSAY_PARAM_INT || p->type == ASSAY_PARAM_DECIMAL) && assay_decimal_parse(&d, p->initial))
		assay_json_decimal(j, d);
	else
		assay_json_str(j, p->initial);
}

static void put_items(assay_json *j, const char *list)
{
	assay_json_array(j);
	while (*list != '\0') {
		const size_t n = strcspn(list, ",");

		list += strspn(list, " ");
		assay_json_strn(j, list, strcspn(list, ","));
		list += strcspn(list, ",");
		list += *list == ',' && n > 0;
	}
	assay_json_end(j);
}

static void put_range(assay_json *j, const assay_param *p)
{
	const bool list = p->type == ASSAY_PARAM_LIST;

	assay_json_key(j, list ? "minItems" : "minimum");
	assay_json_decimal(j, (assay_decimal){p->min, p->scale});
	assay_json_key(j, list ? "maxItems" : "maximum");
	assay_json_decimal(j, (assay_decimal){p->max, p->scale});
}

static void put_type(assay_json *j, const assay_param *p)
{
	static const char *const types[] = {[ASSAY_PARAM_BOOL] = "boolean",
					    [ASSAY_PARAM_INT] = "integer",
					    [ASSAY_PARAM_DECIMAL] = "number",
					    [ASSAY_PARAM_TEXT] = "string",
					    [ASSAY_PARAM_LIST] = "array"};

	if (p->type == ASSAY_PARAM_ENUM) {
		assay_json_key(j, "enum");
		assay_json_array(j);
		for (size_t i = 0; p->choices[i] != NULL; i++)
			assay_json_str(j, p->choices[i]);
		assay_json_end(j);
		return;
	}
	assay_json_kstr(j, "type", types[p->type]);
	if (p->type == ASSAY_PARAM_LIST) {
		assay_json_key(j, "items");
		assay_json_object(j);
		assay_json_kstr(j, "type", "string");
		assay_json_end(j);
	}
	if (p->type == ASSAY_PARAM_INT || p->type == ASSAY_PARAM_DECIMAL || p->type == ASSAY_PARAM_LIST)
		put_range(j, p);
}

static void put_param(assay_json *j, const assay_param *p)
{
	char text[512];

	(void)snprintf(text, sizeof text, "%s%s%s%s%s", p->help, p->unit[0] != '\0' ? " (" : "", p->unit,
		       p->unit[0] != '\0' ? ")" : "", p->local ? "; not part of the recipe" : "");
	assay_json_key(j, p->name);
	assay_json_object(j);
	assay_json_kstr(j, "description", text);
	put_type(j, p);
	assay_json_key(j, "default");
	if (p->type == ASSAY_PARAM_LIST)
		put_items(j, p->initial);
	else
		put_initial(j, p);
	assay_json_end(j);
}

/* ---------------------------------------------------------------- stages and pipelines */

static void put_stage(assay_json *j, const assay_stage *s)
{
	assay_json_key(j, s->name);
	assay_json_object(j);
	assay_json_kstr(j, "description", s->summary);
	assay_json_key(j, "type");
	assay_json_array(j);
	assay_json_str(j, "object");
	assay_json_str(j, "null");
	assay_json_end(j);
	assay_json_kbool(j, "additionalProperties", false);
	assay_json_key(j, "properties");
	assay_json_object(j);
	for (size_t i = 0; i < assay_param_count(s); i++)
		put_param(j, &s->params[i]);
	assay_json_end(j);
	assay_json_end(j);
}

static void put_refs(assay_json *j, unsigned modality)
{
	for (const assay_stage *const *s = assay_stages; *s != NULL; s++) {
		char ref[96];

		if ((*s)->modality != modality)
			continue;
		(void)snprintf(ref, sizeof ref, "#/$defs/stages/%s", (*s)->name);
		assay_json_key(j, (*s)->name);
		assay_json_object(j);
		assay_json_kstr(j, "$ref", ref);
		assay_json_end(j);
	}
}

/* A step: the name of a stage, or one name with its parameters. */
static void put_step(assay_json *j, unsigned modality)
{
	assay_json_object(j);
	assay_json_key(j, "anyOf");
	assay_json_array(j);
	assay_json_object(j);
	assay_json_key(j, "enum");
	assay_json_array(j);
	for (const assay_stage *const *s = assay_stages; *s != NULL; s++)
		if ((*s)->modality == modality)
			assay_json_str(j, (*s)->name);
	assay_json_end(j);
	assay_json_end(j);
	assay_json_object(j);
	assay_json_kstr(j, "type", "object");
	assay_json_kint(j, "minProperties", 1);
	assay_json_kint(j, "maxProperties", 1);
	assay_json_kbool(j, "additionalProperties", false);
	assay_json_key(j, "properties");
	assay_json_object(j);
	put_refs(j, modality);
	assay_json_end(j);
	assay_json_end(j);
	assay_json_end(j);
	assay_json_end(j);
}

static void put_steps(assay_json *j, const char *key, unsigned modality)
{
	assay_json_key(j, key);
	assay_json_object(j);
	assay_json_kstr(j, "type", "array");
	assay_json_kint(j, "maxItems", ASSAY_CONFIG_STEPS_MAX);
	assay_json_key(j, "items");
	put_step(j, modality);
	assay_json_end(j);
}

static void put_pipelines(assay_json *j)
{
	assay_json_kstr(j, "description", "the stages that each file goes through, by modality; the reader is implied");
	assay_json_kstr(j, "type", "object");
	assay_json_kbool(j, "additionalProperties", false);
	assay_json_key(j, "properties");
	assay_json_object(j);
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++)
		put_steps(j, assay_modality_name(m), m);
	assay_json_end(j);
}

/* Attempts on one modality: each a step, or a list of them. */
static void put_attempts(assay_json *j, unsigned modality)
{
	assay_json_object(j);
	assay_json_kstr(j, "type", "array");
	assay_json_kint(j, "minItems", 1);
	assay_json_kint(j, "maxItems", ASSAY_CONFIG_RUNGS_MAX);
	assay_json_key(j, "items");
	assay_json_object(j);
	assay_json_key(j, "anyOf");
	assay_json_array(j);
	put_step(j, modality);
	assay_json_object(j);
	assay_json_kstr(j, "type", "array");
	assay_json_kint(j, "minItems", 1);
	assay_json_key(j, "items");
	put_step(j, modality);
	assay_json_end(j);
	assay_json_end(j);
	assay_json_end(j);
	assay_json_end(j);
}

static void put_attempts_of_any(assay_json *j)
{
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++)
		put_attempts(j, m);
}

static void put_words(assay_json *j, const char *key, const char *one, const char *other)
{
	assay_json_key(j, key);
	assay_json_object(j);
	assay_json_key(j, "enum");
	assay_json_array(j);
	assay_json_str(j, one);
	assay_json_str(j, other);
	assay_json_end(j);
	assay_json_end(j);
}

static void put_failures(assay_json *j)
{
	assay_json_key(j, "failures");
	assay_json_object(j);
	assay_json_kstr(j, "description", "classes of failure of a whole source that it is for");
	assay_json_kstr(j, "type", "array");
	assay_json_kint(j, "minItems", 1);
	assay_json_key(j, "items");
	assay_json_object(j);
	assay_json_key(j, "enum");
	assay_json_array(j);
	for (unsigned f = 1; f < 64; f++)
		if (assay_config_remedy_helps(f))
			assay_json_str(j, assay_failure_name(f));
	assay_json_end(j);
	assay_json_end(j);
	assay_json_end(j);
}

static void put_number(assay_json *j, const char *key)
{
	assay_json_key(j, key);
	assay_json_object(j);
	assay_json_kstr(j, "type", "number");
	assay_json_end(j);
}

static void put_when(assay_json *j)
{
	assay_json_key(j, "when");
	assay_json_object(j);
	assay_json_kstr(j, "description", "what must have been measured of a sample for a check to get to this ladder");
	assay_json_kstr(j, "type", "object");
	assay_json_key(j, "required");
	assay_json_array(j);
	assay_json_str(j, "metric");
	assay_json_end(j);
	assay_json_kbool(j, "additionalProperties", false);
	assay_json_key(j, "properties");
	assay_json_object(j);
	assay_json_key(j, "metric");
	assay_json_object(j);
	assay_json_kstr(j, "type", "string");
	assay_json_end(j);
	put_number(j, "above");
	put_number(j, "below");
	assay_json_end(j);
	assay_json_end(j);
}

static void put_ladder(assay_json *j)
{
	assay_json_object(j);
	assay_json_kstr(j, "type", "object");
	assay_json_key(j, "required");
	assay_json_array(j);
	assay_json_str(j, "attempts");
	assay_json_end(j);
	assay_json_kbool(j, "additionalProperties", false);
	assay_json_key(j, "properties");
	assay_json_object(j);
	put_words(j, "choose", "first", "best");
	assay_json_key(j, "by");
	assay_json_object(j);
	assay_json_kstr(j, "description", "with choose: best, the metric that tells which attempt is best");
	assay_json_kstr(j, "type", "string");
	assay_json_end(j);
	put_words(j, "want", "low", "high");
	put_when(j);
	put_failures(j);
	assay_json_key(j, "attempts");
	assay_json_object(j);
	assay_json_key(j, "anyOf");
	assay_json_array(j);
	put_attempts_of_any(j);
	assay_json_end(j);
	assay_json_end(j);
	assay_json_end(j);
	assay_json_end(j);
}

static void put_remedies(assay_json *j)
{
	assay_json_kstr(j, "type", "object");
	assay_json_key(j, "propertyNames");
	assay_json_object(j);
	assay_json_kstr(j, "pattern", "^[A-Za-z0-9._][A-Za-z0-9._-]{0,63}$");
	assay_json_end(j);
	assay_json_key(j, "additionalProperties");
	assay_json_object(j);
	assay_json_key(j, "anyOf");
	assay_json_array(j);
	put_attempts_of_any(j);
	put_ladder(j);
	assay_json_end(j);
	assay_json_end(j);
}

/* ---------------------------------------------------------------- everything around the pipelines */

static void put_list(assay_json *j, const char *const *items)
{
	assay_json_array(j);
	for (size_t i = 0; items[i] != NULL; i++)
		assay_json_str(j, items[i]);
	assay_json_end(j);
}

static void put_plain(assay_json *j, const assay_config_key *k)
{
	assay_json_kstr(j, "type", k->type);
	if (k->pattern != NULL)
		assay_json_kstr(j, "pattern", k->pattern);
	if (k->max == 0)
		return;
	assay_json_kint(j, "minimum", k->min);
	assay_json_kint(j, "maximum", k->max);
	assay_json_kint(j, "default", k->initial);
}

static void put_scalar(assay_json *j)
{
	static const char *const scalars[] = {"string", "number", "boolean", NULL};

	assay_json_object(j);
	assay_json_key(j, "type");
	put_list(j, scalars);
	assay_json_end(j);
}

/* Names that a user chooses, each with one value. */
static void put_map(assay_json *j)
{
	assay_json_kstr(j, "type", "object");
	assay_json_key(j, "additionalProperties");
	put_scalar(j);
}

/* "min" and "max" of an object that is open. */
static void put_bounds(assay_json *j)
{
	assay_json_key(j, "min");
	put_scalar(j);
	assay_json_key(j, "max");
	put_scalar(j);
}

static void put_scalars(assay_json *j)
{
	assay_json_object(j);
	assay_json_kstr(j, "type", "array");
	assay_json_key(j, "items");
	put_scalar(j);
	assay_json_end(j);
}

/* ---------------------------------------------------------------- metadata: fields and filters */

static void put_field_types(assay_json *j)
{
	assay_json_object(j);
	assay_json_key(j, "enum");
	assay_json_array(j);
	for (unsigned t = ASSAY_FIELD_TEXT; t <= ASSAY_FIELD_DATE; t++)
		assay_json_str(j, assay_field_type_name((assay_field_type)t));
	assay_json_end(j);
	assay_json_end(j);
}

/* The name of a type, or an object of rules. */
static void put_fields(assay_json *j)
{
	assay_json_kstr(j, "type", "object");
	assay_json_key(j, "additionalProperties");
	assay_json_object(j);
	assay_json_key(j, "anyOf");
	assay_json_array(j);
	put_field_types(j);
	assay_json_object(j);
	assay_json_kstr(j, "type", "object");
	assay_json_kbool(j, "additionalProperties", false);
	assay_json_key(j, "properties");
	assay_json_object(j);
	assay_json_key(j, "type");
	put_field_types(j);
	assay_json_key(j, "required");
	assay_json_object(j);
	assay_json_kstr(j, "type", "boolean");
	assay_json_end(j);
	assay_json_key(j, "values");
	put_scalars(j);
	put_bounds(j);
	assay_json_end(j);
	assay_json_end(j);
	assay_json_end(j);
	assay_json_end(j);
}

/* Conditions by name: a value, a list of values, or bounds. */
static void put_conditions(assay_json *j)
{
	assay_json_object(j);
	assay_json_kstr(j, "type", "object");
	assay_json_kint(j, "minProperties", 1);
	assay_json_key(j, "additionalProperties");
	assay_json_object(j);
	assay_json_key(j, "anyOf");
	assay_json_array(j);
	put_scalar(j);
	put_scalars(j);
	assay_json_object(j);
	assay_json_kstr(j, "type", "object");
	assay_json_kint(j, "minProperties", 1);
	assay_json_kbool(j, "additionalProperties", false);
	assay_json_key(j, "properties");
	assay_json_object(j);
	put_bounds(j);
	assay_json_end(j);
	assay_json_end(j);
	assay_json_end(j);
	assay_json_end(j);
	assay_json_end(j);
}

static void put_names(assay_json *j, const char *key, unsigned last, const char *(*name)(unsigned n))
{
	assay_json_key(j, key);
	assay_json_object(j);
	assay_json_key(j, "enum");
	assay_json_array(j);
	for (unsigned n = 1; n <= last; n++)
		assay_json_str(j, name(n));
	assay_json_end(j);
	assay_json_end(j);
}

static void put_filters(assay_json *j)
{
	assay_json_kstr(j, "type", "array");
	assay_json_key(j, "items");
	assay_json_object(j);
	assay_json_kstr(j, "type", "object");
	assay_json_key(j, "required");
	assay_json_array(j);
	assay_json_str(j, "name");
	assay_json_end(j);
	assay_json_kbool(j, "additionalProperties", false);
	assay_json_key(j, "properties");
	assay_json_object(j);
	assay_json_key(j, "name");
	assay_json_object(j);
	assay_json_kstr(j, "pattern", "^[A-Za-z0-9._-]+$");
	assay_json_end(j);
	assay_json_key(j, "keep");
	put_conditions(j);
	assay_json_key(j, "drop");
	put_conditions(j);
	put_names(j, "modality", ASSAY_MODALITY_MAX, assay_modality_name);
	put_names(j, "kind", ASSAY_SAMPLE_KIND_MAX, assay_sample_kind_name);
	assay_json_end(j);
	assay_json_end(j);
}

static const char *lane_severity(unsigned n)
{
	return n <= ASSAY_SEVERITY_INFO ? assay_severity_name((assay_severity)n) : "failed";
}

static void put_text_or_texts(assay_json *j, const char *key)
{
	assay_json_key(j, key);
	assay_json_object(j);
	assay_json_key(j, "type");
	assay_json_array(j);
	assay_json_str(j, "string");
	assay_json_str(j, "array");
	assay_json_end(j);
	assay_json_key(j, "items");
	assay_json_object(j);
	assay_json_kstr(j, "type", "string");
	assay_json_end(j);
	assay_json_end(j);
}

static void put_lanes(assay_json *j)
{
	assay_json_kstr(j, "type", "array");
	assay_json_key(j, "items");
	assay_json_object(j);
	assay_json_kstr(j, "type", "object");
	assay_json_key(j, "required");
	assay_json_array(j);
	assay_json_str(j, "name");
	assay_json_end(j);
	assay_json_kint(j, "minProperties", 2);
	assay_json_kbool(j, "additionalProperties", false);
	assay_json_key(j, "properties");
	assay_json_object(j);
	assay_json_key(j, "name");
	assay_json_object(j);
	assay_json_kstr(j, "pattern", "^[A-Za-z0-9._-]+$");
	assay_json_end(j);
	put_text_or_texts(j, "checks");
	put_text_or_texts(j, "stages");
	put_text_or_texts(j, "failures");
	put_names(j, "modality", ASSAY_MODALITY_MAX, assay_modality_name);
	put_names(j, "kind", ASSAY_SAMPLE_KIND_MAX, assay_sample_kind_name);
	put_names(j, "severity", ASSAY_SEVERITY_INFO + 1, lane_severity);
	assay_json_key(j, "least");
	assay_json_object(j);
	assay_json_kstr(j, "type", "integer");
	assay_json_kint(j, "minimum", 1);
	assay_json_kint(j, "maximum", 1000);
	assay_json_end(j);
	assay_json_end(j);
	assay_json_end(j);
}

static void put_modality(assay_json *j)
{
	assay_json_key(j, "enum");
	assay_json_array(j);
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++)
		assay_json_str(j, assay_modality_name(m));
	assay_json_end(j);
}

static void put_texts(assay_json *j)
{
	assay_json_kstr(j, "type", "array");
	assay_json_key(j, "items");
	assay_json_object(j);
	assay_json_kstr(j, "type", "string");
	assay_json_end(j);
}

static void put_keys(assay_json *j, const char *parent);

static void put_sources(assay_json *j, const char *name)
{
	assay_json_kstr(j, "type", "array");
	assay_json_kint(j, "minItems", 1);
	assay_json_key(j, "items");
	assay_json_object(j);
	put_keys(j, name);
	assay_json_end(j);
}

static void put_value(assay_json *j, const assay_config_key *k)
{
	if (strcmp(k->type, "pipelines") == 0)
		put_pipelines(j);
	else if (strcmp(k->type, "remedies") == 0)
		put_remedies(j);
	else if (strcmp(k->type, "fields") == 0)
		put_fields(j);
	else if (strcmp(k->type, "filters") == 0)
		put_filters(j);
	else if (strcmp(k->type, "lanes") == 0)
		put_lanes(j);
	else if (strcmp(k->type, "map") == 0)
		put_map(j);
	else if (strcmp(k->type, "modality") == 0)
		put_modality(j);
	else if (strcmp(k->type, "texts") == 0)
		put_texts(j);
	else if (strcmp(k->type, "list") == 0)
		put_sources(j, k->name);
	else if (strcmp(k->type, "object") == 0)
		put_keys(j, k->name);
	else
		put_plain(j, k);
}

/* The keys that stand below another, "" for the document itself. */
static void put_keys(assay_json *j, const char *parent)
{
	assay_json_kstr(j, "type", "object");
	assay_json_key(j, "required");
	assay_json_array(j);
	for (const assay_config_key *k = assay_config_keys; k->name != NULL; k++)
		if (strcmp(k->parent, parent) == 0 && k->required)
			assay_json_str(j, k->name);
	assay_json_end(j);
	assay_json_kbool(j, "additionalProperties", false);
	assay_json_key(j, "properties");
	assay_json_object(j);
	for (const assay_config_key *k = assay_config_keys; k->name != NULL; k++) {
		if (strcmp(k->parent, parent) != 0)
			continue;
		assay_json_key(j, k->name);
		assay_json_object(j);
		assay_json_kstr(j, "description", k->help);
		put_value(j, k);
		assay_json_end(j);
	}
	assay_json_end(j);
}

static void put_schema(assay_json *j)
{
	assay_json_object(j);
	assay_json_kstr(j, "$schema", "https://json-schema.org/draft/2020-12/schema");
	assay_json_kstr(j, "title", "assay.yaml, the configuration of an Assay dataset");
	put_keys(j, "");
	assay_json_key(j, "$defs");
	assay_json_object(j);
	assay_json_key(j, "stages");
	assay_json_object(j);
	for (const assay_stage *const *s = assay_stages; *s != NULL; s++)
		put_stage(j, *s);
	assay_json_end(j);
	assay_json_end(j);
	assay_json_end(j);
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_AUTO_REPORT r;

	(void)in;
	assay_report_init(&r);
	put_schema(&r.json);
	return assay_exit_of(assay_report_print(&r, err));
}

const assay_verb assay_verb_config_schema = {
    .name = "schema",
    .operands = "",
    .summary = "the JSON Schema of assay.yaml as this build reads it",
    .help =
	"For editors that complete and check while one writes: every key, and of every stage every parameter with its\n"
	"type, range, default and help, from the tables that the parser reads. What only Assay can see, such as the\n"
	"order of stages, 'assay config lint' tells.\n",
    .example = "  assay config schema > assay.schema.json\n",
    .see_also = "config lint, config template, contract schema",
    .run = run,
};
