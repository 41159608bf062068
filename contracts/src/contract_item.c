/* What the items of a `quality` list have in common, whatever they are about. */

#include "contract_loader.h"

#include "assay/memory.h"
#include "assay/suggest.h"

#include <stdlib.h>
#include <string.h>

const char *const contract_severities[] = {"error", "warning", "info", NULL};
const char *const contract_missing[] = {"fail", "skip", NULL};

bool contract_is_operator(const char *key)
{
	for (size_t i = 0; contract_operators[i] != NULL; i++)
		if (strcmp(key, contract_operators[i]) == 0)
			return true;
	return false;
}

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

assay_severity contract_property_severity(contract_loader *l, const assay_yaml_node *n)
{
	const assay_yaml_node *list = assay_yaml_get(n, "customProperties");

	for (size_t i = 0; list != NULL && list->type == ASSAY_YAML_SEQUENCE && i < list->count; i++) {
		const char *property = contract_text(assay_yaml_get(&list->children[i], "property"));
		const assay_yaml_node *value = assay_yaml_get(&list->children[i], "value");

		if (property != NULL && strcmp(property, "severity") == 0 && value != NULL)
			return (assay_severity)contract_read_word(l, value, contract_severities);
	}
	return ASSAY_SEVERITY_ERROR;
}

bool contract_is_true(const assay_yaml_node *n)
{
	return contract_text(n) != NULL && !n->quoted && strcmp(n->text, "true") == 0;
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

void contract_check_release(assay_check *check)
{
	free(check->id);
	free(check->metric);
	free(check->dimension);
	free(check->remedy);
	free(check->description);
	for (size_t i = 0; i < check->applies_count; i++) {
		free(check->applies_keys[i]);
		free(check->applies_values[i]);
	}
	free(check->applies_keys);
	free(check->applies_values);
	*check = (assay_check){0};
}

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
