#include "assay/contract.h"

#include "assay/memory.h"
#include "contract_internal.h"

#include <stdlib.h>
#include <string.h>

const char *const contract_operators[] = {"mustBe",
					  "mustNotBe",
					  "mustBeGreaterThan",
					  "mustBeGreaterOrEqualTo",
					  "mustBeLessThan",
					  "mustBeLessOrEqualTo",
					  "mustBeBetween",
					  "mustNotBeBetween",
					  NULL};

const char *assay_operator_name(assay_operator op)
{
	return op >= ASSAY_MUST_BE && op <= ASSAY_MUST_NOT_BE_BETWEEN ? contract_operators[op - 1] : NULL;
}

const char *assay_severity_name(assay_severity s)
{
	static const char *const names[] = {"error", "warning", "info"};

	return s >= ASSAY_SEVERITY_ERROR && s <= ASSAY_SEVERITY_INFO ? names[s - 1] : NULL;
}

void assay_check_bound_text(assay_buf *out, assay_operator op, assay_decimal low, assay_decimal high)
{
	static const char *const signs[] = {"=", "!=", ">", ">=", "<", "<=", "between", "not between"};
	char text[ASSAY_DECIMAL_TEXT];

	if (assay_operator_name(op) == NULL)
		return;
	assay_buf_printf(out, "%s %s", signs[op - 1], assay_decimal_format(low, text));
	if (op == ASSAY_MUST_BE_BETWEEN || op == ASSAY_MUST_NOT_BE_BETWEEN)
		assay_buf_printf(out, " and %s", assay_decimal_format(high, text));
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

void assay_contract_close(assay_contract *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->check_count; i++)
		contract_check_release(&c->checks[i]);
	for (size_t i = 0; i < c->dataset_count; i++)
		contract_dataset_release(&c->dataset[i]);
	for (size_t i = 0; i < c->schema_count; i++)
		contract_schema_free(c->schemas[i]);
	free(c->schemas);
	free(c->checks);
	free(c->dataset);
	for (size_t i = 0; i < c->queue_count; i++)
		free(c->queue[i].id);
	free(c->queue);
	free(c->file);
	free(c->id);
	free(c->name);
	free(c->version);
	free(c);
}

static int check_cmp(const void *pa, const void *pb)
{
	const assay_check *a = pa, *b = pb;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return strcmp(a->id, b->id);
}

static int dataset_cmp(const void *pa, const void *pb)
{
	const assay_dataset_check *a = pa, *b = pb;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return strcmp(a->id, b->id);
}

void contract_sort(assay_contract *c)
{
	if (c->check_count > 1)
		qsort(c->checks, c->check_count, sizeof *c->checks, check_cmp);
	if (c->dataset_count > 1)
		qsort(c->dataset, c->dataset_count, sizeof *c->dataset, dataset_cmp);
}
