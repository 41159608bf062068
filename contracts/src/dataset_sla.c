/*
 * slaProperties: how old the newest sample may be, and what may be in the queue. Other agreements are not about what is
 * in a dataset.
 */
#include "contract_loader.h"

#include <string.h>
#include <strings.h>

static const struct unit {
	const char *name;
	int64_t seconds;
} units[] = {
    {"s", 1},       {"sec", 1},      {"second", 1},   {"seconds", 1}, {"m", 60},        {"min", 60},
    {"minute", 60}, {"minutes", 60}, {"h", 3600},     {"hr", 3600},   {"hour", 3600},   {"hours", 3600},
    {"d", 86400},   {"day", 86400},  {"days", 86400}, {"w", 604800},  {"week", 604800}, {"weeks", 604800},
};

/* The standard prefers the name latency and gives it a synonym. */
static bool is_age(const char *property)
{
	static const char *const names[] = {"freshness", "latency", "ly"};

	for (size_t i = 0; i < ASSAY_COUNT(names); i++)
		if (strcasecmp(property, names[i]) == 0)
			return true;
	return false;
}

static int64_t read_unit(contract_loader *l, const assay_yaml_node *n, const assay_yaml_node *unit)
{
	const char *text = contract_text(unit);

	if (unit == NULL) {
		CONTRACT_ERROR(l, n, "missing key 'unit': s, m (minutes), h, d or w");
		return 0;
	}
	for (size_t i = 0; text != NULL && i < ASSAY_COUNT(units); i++)
		if (strcmp(text, units[i].name) == 0)
			return units[i].seconds;
	CONTRACT_ERROR(l, unit, "unit '%s' has no fixed length: use s, m (minutes), h, d or w",
		       text != NULL ? text : "");
	return 0;
}

/* In units of so many seconds, or tickets. */
static void read_value(contract_loader *l, const assay_yaml_node *n, int64_t factor, assay_decimal *out)
{
	const assay_yaml_node *value = assay_yaml_get(n, "value");

	if (value == NULL)
		return; /* the key tables have said so */
	if (contract_text(value) == NULL || !assay_decimal_parse(out, value->text) || out->units < 0) {
		CONTRACT_ERROR(l, value, "'value' must be a number of 0 or more");
		return;
	}
	if (!assay_mul_i64(&out->units, out->units, factor))
		CONTRACT_ERROR(l, value, "'value' is too large");
	while (out->scale > 0 && out->units % 10 == 0) {
		out->units /= 10;
		out->scale--;
	}
}

/* page, page.taken_at or dataset; the rest of the element after the first dot is a metadata field. */
static assay_code read_element(contract_loader *l, const assay_yaml_node *n, assay_dataset_check *k)
{
	const char *text = contract_text(n), *dot;
	ASSAY_AUTO_FREE char *kind = NULL;
	assay_code rc = ASSAY_OK;

	if (text == NULL)
		return ASSAY_OK;
	if (strchr(text, ',') != NULL) {
		CONTRACT_ERROR(l, n, "one element for each agreement: write this one several times");
		return ASSAY_OK;
	}
	dot = strchr(text, '.');
	kind = assay_strndup(text, dot != NULL ? (size_t)(dot - text) : strlen(text));
	if (kind == NULL)
		return ASSAY_RAISE(l->err, ASSAY_ENOMEM, "contract '%s'", l->file);
	if (!contract_lint_kind(l, n, kind, &k->kind))
		return ASSAY_OK;
	k->kinds = k->kind != 0 ? ASSAY_SAMPLE_MASK(k->kind) : UINT32_MAX;
	if (dot == NULL)
		return ASSAY_OK;
	k->fields = assay_alloc(1, sizeof *k->fields);
	if (k->fields == NULL)
		return ASSAY_RAISE(l->err, ASSAY_ENOMEM, "contract '%s'", l->file);
	k->field_count = 1;
	rc = contract_dataset_set(l, &k->fields[0], dot + 1);
	if (dot[1] == '\0')
		CONTRACT_ERROR(l, n, "'%s' names no metadata field after the dot", text);
	return rc;
}

static assay_code read_agreement(contract_loader *l, const assay_yaml_node *n, assay_dataset_check *k)
{
	const assay_yaml_node *id = assay_yaml_get(n, "id"), *element = assay_yaml_get(n, "element");
	const char *description = contract_text(assay_yaml_get(n, "description"));
	ASSAY_AUTO_BUF name = ASSAY_BUF_INIT;
	assay_code rc;

	contract_lint_id(l, n, false);
	k->aggregate = ASSAY_AGGREGATE_AGE;
	k->all = true; /* what arrived counts, whatever became of it */
	ASSAY_TRY(contract_dataset_set(l, &k->dimension, "timeliness"));
	ASSAY_TRY(contract_dataset_set(l, &k->description, description != NULL ? description : ""));
	ASSAY_TRY(read_element(l, element, k));
	k->bound.op = ASSAY_MUST_BE_LESS_OR_EQUAL_TO;
	read_value(l, n, read_unit(l, n, assay_yaml_get(n, "unit")), &k->bound.low);
	assay_buf_printf(&name, "%s.freshness", contract_text(element) != NULL ? element->text : CONTRACT_DATASET);
	ASSAY_TRY(assay_buf_check(&name, l->err));
	ASSAY_TRY(contract_dataset_set(l, &k->id, contract_text(id) != NULL ? id->text : assay_buf_str(&name)));
fail:
	return rc;
}

/* ---------------------------------------------------------------- the queue */

static bool is_queue(const char *property, bool *is_age)
{
	*is_age = strcasecmp(property, "queueAge") == 0;
	return *is_age || strcasecmp(property, "queueSize") == 0;
}

/* There is one queue, so there is nothing to name but the dataset. */
static void lint_queue_element(contract_loader *l, const assay_yaml_node *element)
{
	if (element != NULL && (contract_text(element) == NULL || strcmp(element->text, CONTRACT_DATASET) != 0))
		CONTRACT_ERROR(l, element, "the queue is one of the whole dataset: leave the element out");
}

static int64_t read_queue_unit(contract_loader *l, const assay_yaml_node *n, bool is_age)
{
	const assay_yaml_node *unit = assay_yaml_get(n, "unit");

	if (is_age)
		return read_unit(l, n, unit);
	if (unit != NULL && (contract_text(unit) == NULL || strcmp(unit->text, "tickets") != 0))
		CONTRACT_ERROR(l, unit, "a queueSize is of tickets: leave the unit out");
	return 1;
}

static assay_code read_queue_agreement(contract_loader *l, const assay_yaml_node *n, bool is_age)
{
	assay_contract *c = l->c;
	const char *id = contract_text(assay_yaml_get(n, "id"));
	assay_queue_agreement a = {.is_age = is_age, .line = n->line, .column = n->column};
	const assay_code rc = assay_grow(&c->queue, &c->queue_cap, c->queue_count, sizeof a, l->err);

	if (rc != ASSAY_OK)
		return rc;
	contract_lint_id(l, n, false);
	lint_queue_element(l, assay_yaml_get(n, "element"));
	read_value(l, n, read_queue_unit(l, n, is_age), &a.bound);
	a.id = assay_strdup(id != NULL ? id : is_age ? "dataset.queueAge" : "dataset.queueSize");
	if (a.id == NULL)
		return ASSAY_RAISE(l->err, ASSAY_ENOMEM, "contract '%s'", l->file);
	c->queue[c->queue_count++] = a;
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- the list */

assay_code contract_read_sla(contract_loader *l, const assay_yaml_node *root)
{
	static const contract_scope everything = {0};
	const assay_yaml_node *list = assay_yaml_get(root, "slaProperties");
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; list != NULL && list->type == ASSAY_YAML_SEQUENCE && i < list->count && rc == ASSAY_OK;
	     i++) {
		const assay_yaml_node *n = &list->children[i], *property = assay_yaml_get(n, "property");
		assay_dataset_check k;
		bool is_queue_age;

		if (contract_text(property) == NULL)
			continue;
		if (is_queue(property->text, &is_queue_age)) {
			rc = read_queue_agreement(l, n, is_queue_age);
			continue;
		}
		if (!is_age(property->text)) {
			CONTRACT_WARN(l, n,
				      "slaProperty '%s' is not judged by Assay, only freshness, latency, queueSize and "
				      "queueAge are",
				      property->text);
			continue;
		}
		rc = contract_dataset_begin(l, &k, n, &everything);
		if (rc == ASSAY_OK)
			rc = read_agreement(l, n, &k);
		rc = contract_dataset_end(l, &k, rc);
	}
	return rc;
}
