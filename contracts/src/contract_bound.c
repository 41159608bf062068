#include "contract_loader.h"

#include <string.h>

bool contract_to_units(assay_decimal d, int scale, int64_t *units)
{
	int64_t u = d.units;

	if (d.scale > scale)
		return false;
	for (int i = d.scale; i < scale; i++)
		if (!assay_mul_i64(&u, u, 10))
			return false;
	*units = u;
	return true;
}

static bool is_switch(const assay_yaml_node *n)
{
	return !n->quoted && (strcmp(n->text, "true") == 0 || strcmp(n->text, "false") == 0);
}

/* "mustBe: true" reads better than "mustBe: 1" where a metric says yes or no, which takes a resolution of 1. */
static bool read_switch(contract_loader *l, const assay_yaml_node *n, assay_operator op, const contract_resolution *r,
			assay_decimal *out)
{
	if ((op != ASSAY_MUST_BE && op != ASSAY_MUST_NOT_BE) || (r != NULL && (r->scale != 0 || !r->switches))) {
		CONTRACT_ERROR(l, n, "'%s' takes a number here, not %s", assay_operator_name(op), n->text);
		return false;
	}
	*out = (assay_decimal){.units = strcmp(n->text, "true") == 0};
	return true;
}

static bool read_number(contract_loader *l, const assay_yaml_node *n, assay_operator op, const contract_resolution *r,
			assay_decimal *out)
{
	const char *text = contract_text(n);

	if (text == NULL) {
		CONTRACT_ERROR(l, n, "'%s' takes a number", assay_operator_name(op));
		return false;
	}
	if (is_switch(n))
		return read_switch(l, n, op, r, out);
	if (!assay_decimal_parse(out, text)) {
		CONTRACT_ERROR(l, n, "'%s' is not a decimal number of at most %d places", text,
			       ASSAY_DECIMAL_SCALE_MAX);
		return false;
	}
	if (n->quoted) {
		CONTRACT_ERROR(l, n, "'%s' is text: write the number without quotes", text);
		return false;
	}
	return true;
}

/* A bound that no value reaches, or every one, is a mistake of units. */
static void check_limit(contract_loader *l, const assay_yaml_node *n, assay_decimal d, const contract_resolution *r)
{
	char bound[ASSAY_DECIMAL_TEXT];

	if (r->limit > 0 && (d.units < 0 || assay_decimal_cmp(d, (assay_decimal){.units = r->limit}) > 0))
		CONTRACT_ERROR(l, n, "%s is out of range: '%s' lies between 0 and %d", assay_decimal_format(d, bound),
			       r->name, (int)r->limit);
}

static void set_units(contract_loader *l, const assay_yaml_node *n, assay_decimal d, const contract_resolution *r,
		      int64_t *units)
{
	char bound[ASSAY_DECIMAL_TEXT], step[ASSAY_DECIMAL_TEXT];

	if (r == NULL)
		return;
	check_limit(l, n, d, r);
	if (r->scale < 0 || contract_to_units(d, r->scale, units))
		return;
	assay_decimal_format(d, bound);
	assay_decimal_format((assay_decimal){.units = 1, .scale = r->scale}, step);
	if (d.scale > r->scale)
		CONTRACT_ERROR(l, n, "%s is finer than the resolution of '%s', which is %s", bound, r->name, step);
	else
		CONTRACT_ERROR(l, n, "%s is out of range for '%s', whose resolution is %s", bound, r->name, step);
}

static void read_pair(contract_loader *l, const assay_yaml_node *n, const contract_resolution *r, assay_bound *out,
		      int64_t units[2])
{
	if (n->type != ASSAY_YAML_SEQUENCE || n->count != 2) {
		CONTRACT_ERROR(l, n, "'%s' takes a list of two numbers, the smaller one first",
			       assay_operator_name(out->op));
		return;
	}
	if (!read_number(l, &n->children[0], out->op, r, &out->low) ||
	    !read_number(l, &n->children[1], out->op, r, &out->high))
		return;
	if (assay_decimal_cmp(out->low, out->high) >= 0)
		CONTRACT_ERROR(l, n, "'%s' takes two different numbers, the smaller one first",
			       assay_operator_name(out->op));
	set_units(l, &n->children[0], out->low, r, &units[0]);
	set_units(l, &n->children[1], out->high, r, &units[1]);
}

static assay_operator operator_of(const char *key)
{
	for (unsigned i = 0; contract_operators[i] != NULL; i++)
		if (strcmp(key, contract_operators[i]) == 0)
			return (assay_operator)(i + 1);
	return (assay_operator)0;
}

/* The one operator among the keys; NULL (and a finding) when there is none or more than one. */
static const assay_yaml_node *only_operator(contract_loader *l, const assay_yaml_node *n)
{
	const assay_yaml_node *found = NULL;

	for (size_t i = 0; i < n->count; i++) {
		const assay_yaml_node *c = &n->children[i];

		if (operator_of(c->key) == 0)
			continue;
		if (found != NULL) {
			CONTRACT_ERROR_AT_KEY(l, c, "'%s' beside '%s': a check has exactly one operator", c->key,
					      found->key);
			return NULL;
		}
		found = c;
	}
	if (found == NULL)
		CONTRACT_ERROR(l, n, "no operator: a check has exactly one, such as mustBeLessThan");
	return found;
}

void contract_read_bound(contract_loader *l, const assay_yaml_node *n, const contract_resolution *r, assay_bound *out,
			 int64_t units[2])
{
	const assay_yaml_node *o = only_operator(l, n);
	int64_t unused[2];

	units = units != NULL ? units : unused;
	if (o == NULL)
		return;
	out->op = operator_of(o->key);
	if (out->op == ASSAY_MUST_BE_BETWEEN || out->op == ASSAY_MUST_NOT_BE_BETWEEN)
		read_pair(l, o, r, out, units);
	else if (read_number(l, o, out->op, r, &out->low))
		set_units(l, o, out->low, r, &units[0]);
}
