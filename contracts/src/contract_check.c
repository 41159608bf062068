#include "contract_loader.h"

#include <string.h>

const char *const contract_implementation_keys[] = {"metric",
						    "whenMissing",
						    "remedy",
						    "mustBe",
						    "mustNotBe",
						    "mustBeGreaterThan",
						    "mustBeGreaterOrEqualTo",
						    "mustBeLessThan",
						    "mustBeLessOrEqualTo",
						    "mustBeBetween",
						    "mustNotBeBetween",
						    NULL};

/* ---------------------------------------------------------------- whose check is it */

/* The default of the standard is library. */
static const char *type_of(const assay_yaml_node *n)
{
	const char *type = contract_text(assay_yaml_get(n, "type"));

	return type != NULL ? type : "library";
}

static bool is_ours(contract_loader *l, const assay_yaml_node *n)
{
	const char *type = type_of(n);
	const char *engine = contract_text(assay_yaml_get(n, "engine"));
	const char *id = contract_text(assay_yaml_get(n, "id"));

	if (strcmp(type, "custom") != 0) {
		CONTRACT_WARN(l, n, "check '%s' is of type '%s': not judged by Assay", id ? id : "", type);
		return false;
	}
	if (engine == NULL) {
		CONTRACT_ERROR(l, n, "a custom check needs an 'engine', such as assay");
		return false;
	}
	if (strcmp(engine, "assay") != 0)
		CONTRACT_WARN(l, n, "check '%s' is for the engine '%s': not judged by Assay", id ? id : "", engine);
	return strcmp(engine, "assay") == 0;
}

static void lint_beside(contract_loader *l, const assay_yaml_node *n)
{
	static const char *const library_keys[] = {"metric", "rule", "arguments", "query"};

	for (size_t i = 0; i < n->count; i++) {
		const assay_yaml_node *c = &n->children[i];
		bool misplaced = contract_is_operator(c->key);

		for (size_t k = 0; k < ASSAY_COUNT(library_keys); k++)
			misplaced = misplaced || strcmp(c->key, library_keys[k]) == 0;
		if (misplaced)
			CONTRACT_ERROR_AT_KEY(l, c, "'%s' must not stand beside 'implementation': move it inside",
					      c->key);
	}
}

/* ---------------------------------------------------------------- the parts of a check */

static const assay_yaml_node *lint_metric(contract_loader *l, const assay_yaml_node *implementation)
{
	const assay_yaml_node *metric = assay_yaml_get(implementation, "metric");

	if (metric == NULL)
		CONTRACT_ERROR(l, implementation, "missing key 'metric'");
	else if (contract_text(metric) == NULL || metric->text[0] == '\0')
		CONTRACT_ERROR(l, metric, "'metric' must be the name of a metric");
	return metric;
}

static void read_bound(contract_loader *l, const assay_yaml_node *n, assay_check *check,
		       const assay_vocabulary_metric *m)
{
	contract_resolution r = {.switches = true};
	assay_bound bound = {0};
	int64_t units[2] = {0, 0};

	if (m != NULL) {
		r.name = m->name;
		r.scale = m->scale;
	}
	contract_read_bound(l, n, m != NULL ? &r : NULL, &bound, units);
	check->op = bound.op;
	check->low = bound.low;
	check->high = bound.high;
	check->low_units = units[0];
	check->high_units = units[1];
}

static assay_code read_implementation(contract_loader *l, const assay_yaml_node *n, assay_check *check)
{
	const assay_yaml_node *metric, *remedy = assay_yaml_get(n, "remedy");
	assay_code rc;

	assay_yaml_only(n, contract_implementation_keys, l->file, l->d);
	metric = lint_metric(l, n);
	rc = contract_copy_text(l, &check->metric, metric);
	if (rc == ASSAY_OK)
		rc = contract_copy_text(l, &check->remedy, remedy);
	if (rc != ASSAY_OK)
		return rc;
	if (remedy != NULL && check->remedy[0] == '\0')
		CONTRACT_ERROR(l, remedy, "'remedy' must be the name of a remedy");
	check->when_missing =
	    (assay_when_missing)contract_read_word(l, assay_yaml_get(n, "whenMissing"), contract_missing);
	read_bound(l, n, check, contract_find_metric(l, metric, check->kind, &check->metric_number));
	return ASSAY_OK;
}

static assay_code read_check(contract_loader *l, const assay_yaml_node *n, assay_check *check,
			     const contract_applies *applies)
{
	const assay_yaml_node *implementation = assay_yaml_get(n, "implementation");
	assay_code rc;

	contract_lint_id(l, n, true);
	lint_beside(l, n);
	contract_lint_no_applies(l, n);
	check->severity = (assay_severity)contract_read_word(l, assay_yaml_get(n, "severity"), contract_severities);
	ASSAY_TRY(contract_copy_text(l, &check->id, assay_yaml_get(n, "id")));
	ASSAY_TRY(contract_copy_text(l, &check->dimension, assay_yaml_get(n, "dimension")));
	ASSAY_TRY(contract_copy_text(l, &check->description, assay_yaml_get(n, "description")));
	ASSAY_TRY(contract_copy_applies(l, check, applies));
	if (implementation == NULL)
		CONTRACT_ERROR(l, n, "missing key 'implementation'");
	else if (implementation->type != ASSAY_YAML_MAPPING)
		CONTRACT_ERROR(l, implementation, "'implementation' must be a mapping of metric and operator");
	else
		ASSAY_TRY(read_implementation(l, implementation, check));
	return ASSAY_OK;

fail:
	return rc;
}

static bool is_of_dataset(const assay_yaml_node *n, const contract_scope *s)
{
	const assay_yaml_node *i = assay_yaml_get(n, "implementation");

	return s->kind == 0 || assay_yaml_get(i, "aggregate") != NULL || assay_yaml_get(i, "drift") != NULL;
}

static assay_code read_sample_check(contract_loader *l, const assay_yaml_node *n, const contract_scope *s)
{
	assay_check check = {
	    .kind = (assay_sample_kind)s->kind, .metric_number = SIZE_MAX, .line = n->line, .column = n->column};

	return contract_add_check(l, &check, read_check(l, n, &check, s->applies));
}

assay_code contract_read_check(contract_loader *l, const assay_yaml_node *n, const contract_scope *s)
{
	if (n->type != ASSAY_YAML_MAPPING)
		return ASSAY_OK;
	if (strcmp(type_of(n), "library") == 0)
		return contract_read_library(l, n, s);
	if (!is_ours(l, n))
		return ASSAY_OK;
	if (!is_of_dataset(n, s))
		return read_sample_check(l, n, s);
	lint_beside(l, n);
	return contract_read_aggregate(l, n, s);
}
