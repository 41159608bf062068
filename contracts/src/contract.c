#include "assay/contract.h"

#include "assay/memory.h"
#include "contract_loader.h"

#include <stdlib.h>
#include <string.h>

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
