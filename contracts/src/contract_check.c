#include "contract_internal.h"

#include "assay/memory.h"
#include "assay/suggest.h"

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

const char *const contract_severities[] = {"error", "warning", "info", NULL};
const char *const contract_missing[] = {"fail", "skip", NULL};

bool contract_is_operator(const char *key)
{
	for (size_t i = 0; contract_operators[i] != NULL; i++)
		if (strcmp(key, contract_operators[i]) == 0)
			return true;
	return false;
}

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

/* StableId of the standard. */
static bool is_stable_id(const char *s)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

	return s[0] != '\0' && s[strspn(s, allowed)] == '\0';
}

assay_code contract_copy_text(contract_loader *l, char **out, const assay_yaml_node *n)
{
	const char *text = contract_text(n);

	*out = assay_strdup(text ? text : "");
	return *out ? ASSAY_OK : ASSAY_RAISE(l->err, ASSAY_ENOMEM, "contract '%s'", l->file);
}

void contract_lint_id(contract_loader *l, const assay_yaml_node *check, bool needed)
{
	const assay_yaml_node *id = assay_yaml_get(check, "id");

	if (id == NULL && needed)
		CONTRACT_ERROR(l, check, "missing key 'id': verdicts and tickets name a check by it");
	else if (contract_text(id) != NULL && !is_stable_id(id->text))
		CONTRACT_ERROR(l, id, "check id '%s' may hold only letters, digits, '-' and '_'", id->text);
}

unsigned contract_read_word(contract_loader *l, const assay_yaml_node *n, const char *const *names)
{
	const char *text = contract_text(n);
	assay_suggest s;
	ASSAY_AUTO_BUF list = ASSAY_BUF_INIT;
	char hint[160];

	if (n == NULL)
		return 1;
	assay_suggest_init(&s, text ? text : "");
	for (unsigned i = 0; names[i] != NULL; i++) {
		if (text != NULL && strcmp(text, names[i]) == 0)
			return i + 1;
		assay_suggest_offer(&s, names[i]);
		assay_buf_printf(&list, "%s%s", i > 0 ? ", " : "", names[i]);
	}
	CONTRACT_ERROR(l, n, "%s '%s' is none of %s%s", n->key, text ? text : "", assay_buf_str(&list),
		       assay_suggest_text(&s, hint, sizeof hint));
	return 1;
}

static void put_kinds(assay_buf *out, unsigned mask)
{
	const char *comma = "";

	for (unsigned k = 1; k <= ASSAY_SAMPLE_KIND_MAX; k++) {
		if ((mask & ASSAY_SAMPLE_MASK(k)) == 0)
			continue;
		assay_buf_printf(out, "%s%s", comma, assay_sample_kind_name(k));
		comma = ", ";
	}
}

static void report_no_metric(contract_loader *l, const assay_yaml_node *n)
{
	assay_suggest s;
	char hint[160];

	assay_suggest_init(&s, n->text);
	for (size_t i = 0; i < l->vocabulary->count; i++)
		assay_suggest_offer(&s, l->vocabulary->items[i].name);
	CONTRACT_ERROR(l, n, "no metric '%s' in this build%s", n->text, assay_suggest_text(&s, hint, sizeof hint));
}

const assay_vocabulary_metric *contract_find_metric(contract_loader *l, const assay_yaml_node *n, unsigned kind,
						    size_t *number)
{
	ASSAY_AUTO_BUF kinds = ASSAY_BUF_INIT;
	const assay_vocabulary_metric *m;

	if (l->vocabulary == NULL || contract_text(n) == NULL)
		return NULL;
	*number = assay_vocabulary_find(l->vocabulary, n->text);
	if (*number == SIZE_MAX) {
		report_no_metric(l, n);
		return NULL;
	}
	m = &l->vocabulary->items[*number];
	put_kinds(&kinds, m->kinds);
	if (kind != 0 && (m->kinds & ASSAY_SAMPLE_MASK(kind)) == 0)
		CONTRACT_ERROR(l, n, "metric '%s' is not measured on %s, only on: %s", n->text,
			       assay_sample_kind_name(kind), assay_buf_str(&kinds));
	else if (!m->made)
		CONTRACT_ERROR(l, n, "no pipeline makes metric '%s': add the stage '%s'", n->text, m->stage);
	return m;
}

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

assay_code contract_copy_applies(contract_loader *l, assay_check *check, const contract_applies *a)
{
	check->applies_keys = assay_alloc(a->count, sizeof *check->applies_keys);
	check->applies_values = assay_alloc(a->count, sizeof *check->applies_values);
	if (check->applies_keys == NULL || check->applies_values == NULL)
		return ASSAY_RAISE(l->err, ASSAY_ENOMEM, "contract '%s'", l->file);
	check->applies_count = a->count;
	for (size_t i = 0; i < a->count; i++) {
		check->applies_keys[i] = assay_strdup(a->keys[i]);
		check->applies_values[i] = assay_strdup(a->values[i]);
		if (check->applies_keys[i] == NULL || check->applies_values[i] == NULL)
			return ASSAY_RAISE(l->err, ASSAY_ENOMEM, "contract '%s'", l->file);
	}
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

/* The contract takes it over when rc is ASSAY_OK; it is released otherwise. */
assay_code contract_add_check(contract_loader *l, assay_check *check, assay_code rc)
{
	if (rc == ASSAY_OK)
		rc = assay_grow(&l->c->checks, &l->check_cap, l->c->check_count, sizeof *l->c->checks, l->err);
	if (rc == ASSAY_OK)
		l->c->checks[l->c->check_count++] = *check;
	else
		contract_check_release(check);
	return rc;
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
