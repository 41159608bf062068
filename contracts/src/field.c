#include "field.h"

#include "assay/moment.h"
#include "pattern.h"
#include "ratio.h"

#include <stdlib.h>
#include <string.h>

typedef enum field_type { ANY, STRING, INTEGER, NUMBER, BOOLEAN, DATE, TIMESTAMP } field_type;

/* A bound or value in the order of its type: numbers as they are, dates and timestamps as nanoseconds. */
typedef struct limit {
	bool set, exclusive;
	assay_decimal at;
} limit;

struct field_rules {
	const assay_pairs *pairs;
	field_type type;
	limit low, high, step;
	size_t min_length, max_length;
	bool has_pattern;
	regex_t pattern;
};

static const char *const types[] = {"", "string", "integer", "number", "boolean", "date", "timestamp"};

const char *const *field_options(const char *type)
{
	static const char *const text[] = {"minLength", "maxLength", "pattern", NULL};
	static const char *const number[] = {"minimum",          "maximum",    "exclusiveMinimum",
					     "exclusiveMaximum", "multipleOf", NULL};
	static const char *const none[] = {NULL};

	if (strcmp(type, "string") == 0)
		return text;
	if (strcmp(type, "integer") == 0 || strcmp(type, "number") == 0)
		return number;
	if (strcmp(type, "date") == 0 || strcmp(type, "timestamp") == 0) {
		static const char *const moment[] = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
						     NULL};

		return moment;
	}
	return strcmp(type, "boolean") == 0 ? none : NULL;
}

/* ---------------------------------------------------------------- pairs */

static void *stretch(char ***list, size_t *cap, size_t count, assay_err *err)
{
	return assay_grow(list, cap, count, sizeof **list, err) == ASSAY_OK ? *list : NULL;
}

assay_code field_pairs_add(assay_pairs *p, const char *name, const char *value, assay_err *err)
{
	size_t at = 0;
	int order = 1;
	char *n, *v;

	for (; at < p->count; at++) {
		order = strcmp(p->names[at], name);
		order = order != 0 ? order : strcmp(p->values[at], value);
		if (order >= 0)
			break;
	}
	if (at < p->count && order == 0)
		return ASSAY_OK;
	if (stretch(&p->names, &p->name_cap, p->count, err) == NULL ||
	    stretch(&p->values, &p->value_cap, p->count, err) == NULL)
		return ASSAY_ENOMEM;
	n = assay_strdup(name);
	v = assay_strdup(value);
	if (n == NULL || v == NULL) {
		free(n);
		free(v);
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "'%s'", name);
	}
	memmove(&p->names[at + 1], &p->names[at], (p->count - at) * sizeof *p->names);
	memmove(&p->values[at + 1], &p->values[at], (p->count - at) * sizeof *p->values);
	p->names[at] = n;
	p->values[at] = v;
	p->count++;
	return ASSAY_OK;
}

void field_pairs_release(assay_pairs *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free(p->names[i]);
		free(p->values[i]);
	}
	free(p->names);
	free(p->values);
	*p = (assay_pairs){0};
}

const char *field_pairs_get(const assay_pairs *p, const char *name)
{
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->names[i], name) == 0)
			return p->values[i];
	return NULL;
}

/* ---------------------------------------------------------------- values */

static bool parse_value(field_type type, const char *text, assay_decimal *out)
{
	*out = (assay_decimal){0};
	switch (type) {
	case ANY:
	case STRING:
		return true;
	case INTEGER:
		return assay_decimal_parse(out, text) && out->scale == 0;
	case NUMBER:
		return assay_decimal_parse(out, text);
	case BOOLEAN:
		return strcmp(text, "true") == 0 || strcmp(text, "false") == 0;
	case DATE:
		return assay_date_parse(&out->units, text);
	case TIMESTAMP:
		return assay_moment_parse(&out->units, text);
	}
	return false;
}

/* x is a whole multiple of the step: at a common scale the one divides the other. */
static bool is_multiple(assay_decimal x, assay_decimal step)
{
	const int scale = x.scale > step.scale ? x.scale : step.scale;
	const ratio_int a = (ratio_int)x.units * (ratio_int)ratio_power(scale - x.scale);
	const ratio_int b = (ratio_int)step.units * (ratio_int)ratio_power(scale - step.scale);

	return a % b == 0;
}

/* Characters of UTF-8: bytes that do not go on with one. */
static size_t length_of(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static bool is_valid_value(const assay_pairs *p, const char *value)
{
	bool listed = false;

	for (size_t i = 0; i < p->count; i++) {
		if (strcmp(p->names[i], "valid") != 0)
			continue;
		if (strcmp(p->values[i], value) == 0)
			return true;
		listed = true;
	}
	return !listed;
}

bool field_rules_are_met(const field_rules *r, const char *value)
{
	assay_decimal v;
	size_t length;
	int cmp;

	if (!parse_value(r->type, value, &v) || !is_valid_value(r->pairs, value))
		return false;
	cmp = r->low.set ? assay_decimal_cmp(v, r->low.at) : 1;
	if (cmp < 0 || (cmp == 0 && r->low.exclusive))
		return false;
	cmp = r->high.set ? assay_decimal_cmp(v, r->high.at) : -1;
	if (cmp > 0 || (cmp == 0 && r->high.exclusive))
		return false;
	if (r->step.set && !is_multiple(v, r->step.at))
		return false;
	length = r->min_length > 0 || r->max_length < SIZE_MAX ? length_of(value) : 0;
	if (length < r->min_length || length > r->max_length)
		return false;
	return !r->has_pattern || regexec(&r->pattern, value, 0, NULL, 0) == 0;
}

bool field_is_missing(const field_rules *r, const char *value)
{
	for (size_t i = 0; i < r->pairs->count; i++)
		if (value == NULL
			? strcmp(r->pairs->names[i], "null") == 0
			: strcmp(r->pairs->names[i], "missing") == 0 && strcmp(r->pairs->values[i], value) == 0)
			return true;
	return false;
}

/* ---------------------------------------------------------------- rules */

static assay_code read_length(size_t *out, const char *name, const char *text, assay_err *err)
{
	assay_decimal d;

	if (!assay_decimal_parse(&d, text) || d.scale != 0 || d.units < 0)
		return ASSAY_RAISE(err, ASSAY_ECONFIG, "'%s' takes a number of characters, not '%s'", name, text);
	*out = (size_t)d.units;
	return ASSAY_OK;
}

static assay_code read_limit(limit *out, field_type type, const char *name, const char *text, assay_err *err)
{
	const field_type as = type == INTEGER ? NUMBER : type; /* bounds of integers may have places */

	if (out->set)
		return ASSAY_RAISE(err, ASSAY_ECONFIG, "'%s' beside a bound of the same side", name);
	if (!parse_value(as, text, &out->at))
		return ASSAY_RAISE(err, ASSAY_ECONFIG, "'%s' takes a %s, not '%s'", name, types[as], text);
	if (strcmp(name, "multipleOf") == 0 && out->at.units <= 0)
		return ASSAY_RAISE(err, ASSAY_ECONFIG, "'multipleOf' takes a number above 0, not '%s'", text);
	out->set = true;
	out->exclusive = strncmp(name, "exclusive", 9) == 0;
	return ASSAY_OK;
}

static assay_code read_pattern(field_rules *r, const char *text, assay_err *err)
{
	assay_code rc;

	if (r->has_pattern)
		return ASSAY_RAISE(err, ASSAY_ECONFIG, "two patterns");
	rc = pattern_compile(&r->pattern, text, err);
	r->has_pattern = rc == ASSAY_OK;
	return rc;
}

static assay_code read_type(field_rules *r, const char *text, assay_err *err)
{
	for (size_t i = 1; i < ASSAY_COUNT(types); i++)
		if (strcmp(types[i], text) == 0) {
			r->type = (field_type)i;
			return ASSAY_OK;
		}
	return ASSAY_RAISE(err, ASSAY_ECONFIG, "no type '%s'", text);
}

static assay_code read_rule(field_rules *r, const char *name, const char *text, assay_err *err)
{
	if (strcmp(name, "type") == 0 || strcmp(name, "valid") == 0 || strcmp(name, "missing") == 0 ||
	    strcmp(name, "null") == 0)
		return ASSAY_OK;
	if (strcmp(name, "minLength") == 0)
		return read_length(&r->min_length, name, text, err);
	if (strcmp(name, "maxLength") == 0)
		return read_length(&r->max_length, name, text, err);
	if (strcmp(name, "pattern") == 0)
		return read_pattern(r, text, err);
	if (strcmp(name, "multipleOf") == 0)
		return read_limit(&r->step, r->type, name, text, err);
	if (strcmp(name, "minimum") == 0 || strcmp(name, "exclusiveMinimum") == 0)
		return read_limit(&r->low, r->type, name, text, err);
	if (strcmp(name, "maximum") == 0 || strcmp(name, "exclusiveMaximum") == 0)
		return read_limit(&r->high, r->type, name, text, err);
	return ASSAY_RAISE(err, ASSAY_ECONFIG, "no rule '%s'", name);
}

assay_code field_rules_open(field_rules **out, const assay_pairs *rules, assay_err *err)
{
	field_rules *r = assay_alloc(1, sizeof *r);
	const char *type = field_pairs_get(rules, "type");
	assay_code rc = ASSAY_OK;

	*out = NULL;
	if (r == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "rules of a field");
	r->pairs = rules;
	r->max_length = SIZE_MAX;
	if (type != NULL)
		rc = read_type(r, type, err);
	for (size_t i = 0; i < rules->count && rc == ASSAY_OK; i++)
		rc = read_rule(r, rules->names[i], rules->values[i], err);
	if (rc != ASSAY_OK)
		field_rules_close(r);
	else
		*out = r;
	return rc;
}

void field_rules_close(field_rules *r)
{
	if (r == NULL)
		return;
	if (r->has_pattern)
		regfree(&r->pattern);
	free(r);
}
