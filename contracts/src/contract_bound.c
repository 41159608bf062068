#include "contract_internal.h"

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
static bool read_switch(contract_loader *l, const assay_yaml_node *n, const assay_check *check,
			const assay_vocabulary_metric *metric, assay_decimal *out)
{
	if ((check->op != ASSAY_MUST_BE && check->op != ASSAY_MUST_NOT_BE) || (metric != NULL && metric->scale != 0)) {
		CONTRACT_ERROR(l, n, "'%s' takes a number here, not %s", assay_operator_name(check->op), n->text);
		return false;
	}
	*out = (assay_decimal){.units = strcmp(n->text, "true") == 0};
	return true;
}

static bool read_number(contract_loader *l, const assay_yaml_node *n, const assay_check *check,
			const assay_vocabulary_metric *metric, assay_decimal *out)
{
	const char *text = contract_text(n);

	if (text == NULL) {
		CONTRACT_ERROR(l, n, "'%s' takes a number", assay_operator_name(check->op));
		return false;
	}
	if (is_switch(n))
		return read_switch(l, n, check, metric, out);
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

static void set_units(contract_loader *l, const assay_yaml_node *n, assay_decimal d,
		      const assay_vocabulary_metric *metric, int64_t *units)
{
	char bound[ASSAY_DECIMAL_TEXT], step[ASSAY_DECIMAL_TEXT];

	if (metric == NULL || contract_to_units(d, metric->scale, units))
		return;
	assay_decimal_format(d, bound);
	assay_decimal_format((assay_decimal){.units = 1, .scale = metric->scale}, step);
	if (d.scale > metric->scale)
		CONTRACT_ERROR(l, n, "%s is finer than the resolution of '%s', which is %s", bound, metric->name, step);
	else
		CONTRACT_ERROR(l, n, "%s is out of range for '%s', whose resolution is %s", bound, metric->name, step);
}

static void read_pair(contract_loader *l, const assay_yaml_node *n, assay_check *check,
		      const assay_vocabulary_metric *metric)
{
	if (n->type != ASSAY_YAML_SEQUENCE || n->count != 2) {
		CONTRACT_ERROR(l, n, "'%s' takes a list of two numbers, the smaller one first",
			       assay_operator_name(check->op));
		return;
	}
	if (!read_number(l, &n->children[0], check, metric, &check->low) ||
	    !read_number(l, &n->children[1], check, metric, &check->high))
		return;
	if (assay_decimal_cmp(check->low, check->high) >= 0)
		CONTRACT_ERROR(l, n, "'%s' takes two different numbers, the smaller one first",
			       assay_operator_name(check->op));
	set_units(l, &n->children[0], check->low, metric, &check->low_units);
	set_units(l, &n->children[1], check->high, metric, &check->high_units);
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

void contract_read_bound(contract_loader *l, const assay_yaml_node *implementation, assay_check *check,
			 const assay_vocabulary_metric *metric)
{
	const assay_yaml_node *n = only_operator(l, implementation);

	if (n == NULL)
		return;
	check->op = operator_of(n->key);
	if (check->op == ASSAY_MUST_BE_BETWEEN || check->op == ASSAY_MUST_NOT_BE_BETWEEN)
		read_pair(l, n, check, metric);
	else if (read_number(l, n, check, metric, &check->low))
		set_units(l, n, check->low, metric, &check->low_units);
}
