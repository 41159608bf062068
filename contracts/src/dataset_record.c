/*
 * Checks of the dataset in the canonical record of a contract (contract_record.c, field 5 of format 2):
 *
 *   dataset check = {
 *     0: text,         id, unique in the contract
 *     1: uint,         sample kind, 0 for every kind
 *     2: uint,         aggregate (assay_aggregate)
 *     3: uint,         percentile 1..99 or number of bins, 0 for what has none
 *     4: text,         metric, "" if none
 *     5: bound
 *     6: uint,         severity
 *     7: uint,         when there is no number: 1 fail, 2 skip
 *     8: text,         dimension, "" if none
 *     9: [* [text, text]],   metadata that must all be equal, ascending
 *     10: bool,        every sample that went in, not only the accepted ones
 *     11: bool,        percent of the samples
 *     12: null / bound,      condition on the metric
 *     13: uint,        outcome, 0 if none
 *     14: text,        baseline as named, "" if none
 *     15: [* text],    metadata fields
 *     16: [* [text, text]],  rules of the field, ascending
 *   }
 *   bound = [operator, decimal, null / decimal]
 */
#include "canonical.h"
#include "contract_loader.h"
#include "field.h"

#include <stdlib.h>
#include <string.h>

#define FIELDS     17
#define FIELDS_MAX 1024 /* in one check; a lie of a damaged record is larger */

/* ---------------------------------------------------------------- writing */

static void put_bound(assay_buf *b, const assay_bound *x)
{
	assay_cbor_array(b, 3);
	assay_cbor_uint(b, x->op);
	canonical_put_decimal(b, x->low);
	canonical_put_high(b, x->op, x->high);
}

void contract_dataset_encode(assay_buf *b, const assay_dataset_check *k)
{
	assay_cbor_map(b, FIELDS);
	canonical_put_text(b, 0, k->id);
	canonical_put_uint(b, 1, k->kind);
	canonical_put_uint(b, 2, k->aggregate);
	canonical_put_uint(b, 3, k->rank);
	canonical_put_text(b, 4, k->metric);
	assay_cbor_uint(b, 5);
	put_bound(b, &k->bound);
	canonical_put_uint(b, 6, k->severity);
	canonical_put_uint(b, 7, k->when_missing);
	canonical_put_text(b, 8, k->dimension);
	assay_cbor_uint(b, 9);
	canonical_put_pairs(b, k->where.names, k->where.values, k->where.count);
	canonical_put_bool(b, 10, k->all);
	canonical_put_bool(b, 11, k->percent);
	assay_cbor_uint(b, 12);
	if (k->condition.op != 0)
		put_bound(b, &k->condition);
	else
		assay_cbor_null(b);
	canonical_put_uint(b, 13, k->outcome);
	canonical_put_text(b, 14, k->against);
	assay_cbor_uint(b, 15);
	assay_cbor_array(b, k->field_count);
	for (size_t i = 0; i < k->field_count; i++)
		assay_cbor_text(b, k->fields[i]);
	assay_cbor_uint(b, 16);
	canonical_put_pairs(b, k->rules.names, k->rules.values, k->rules.count);
}

/* ---------------------------------------------------------------- reading */

static unsigned read_code(assay_cbor_reader *r, uint64_t key, unsigned least, unsigned most)
{
	assay_cbor_read_key(r, key);
	return canonical_within(r, least, most);
}

static char *read_text(assay_cbor_reader *r, uint64_t key)
{
	assay_cbor_read_key(r, key);
	return canonical_text(r);
}

static bool read_bool(assay_cbor_reader *r, uint64_t key)
{
	assay_cbor_read_key(r, key);
	return assay_cbor_read_bool(r);
}

static void read_bound(assay_cbor_reader *r, assay_bound *b)
{
	canonical_expect(r, assay_cbor_read_array(r), 3);
	b->op = (assay_operator)canonical_within(r, ASSAY_MUST_BE, ASSAY_MUST_NOT_BE_BETWEEN);
	b->low = canonical_shortest(r);
	b->high = canonical_high(r, b->op, canonical_shortest);
}

static void read_pair(assay_cbor_reader *r, assay_pairs *p)
{
	ASSAY_AUTO_FREE char *name = NULL;
	ASSAY_AUTO_FREE char *value = NULL;
	const size_t before = p->count;

	canonical_expect(r, assay_cbor_read_array(r), 2);
	name = canonical_text(r);
	value = canonical_text(r);
	if (r->fault != NULL)
		return;
	if (field_pairs_add(p, name, value, NULL) != ASSAY_OK)
		assay_cbor_fault(r, contract_no_memory);
	else if (p->count == before || strcmp(p->names[before], name) != 0 || strcmp(p->values[before], value) != 0)
		assay_cbor_fault(r, "pairs that are not in order");
}

static void read_pairs(assay_cbor_reader *r, uint64_t key, assay_pairs *p)
{
	size_t n;

	assay_cbor_read_key(r, key);
	n = assay_cbor_read_array(r);
	for (size_t i = 0; i < n && r->fault == NULL; i++)
		read_pair(r, p);
}

static void read_fields(assay_cbor_reader *r, assay_dataset_check *k)
{
	size_t n;

	assay_cbor_read_key(r, 15);
	n = assay_cbor_read_array(r);
	if (n > FIELDS_MAX) {
		assay_cbor_fault(r, "too many fields");
		return;
	}
	k->fields = assay_alloc(n, sizeof *k->fields);
	if (k->fields == NULL)
		assay_cbor_fault(r, contract_no_memory);
	while (k->fields != NULL && k->field_count < n && r->fault == NULL)
		k->fields[k->field_count++] = canonical_text(r);
}

/* What a check of this sort must have, so that whoever judges it need not ask. */
static void read_whole(assay_cbor_reader *r, const assay_dataset_check *k)
{
	const assay_aggregate a = k->aggregate;
	const bool ranked = a == ASSAY_AGGREGATE_PERCENTILE, psi = a == ASSAY_AGGREGATE_PSI;
	field_rules *rules = NULL;

	if (r->fault != NULL)
		return;
	if ((ranked && (k->rank < 1 || k->rank > 99)) || (psi && (k->rank < 2 || k->rank > 1000)) ||
	    (!ranked && !psi && k->rank != 0))
		assay_cbor_fault(r, "a rank that stands for nothing");
	if (a == ASSAY_AGGREGATE_SHARE && (k->outcome == 0) == (k->condition.op == 0))
		assay_cbor_fault(r, "a share of nothing");
	if (a >= ASSAY_AGGREGATE_NULL_VALUES && a <= ASSAY_AGGREGATE_REPEATED_VALUES && k->field_count == 0)
		assay_cbor_fault(r, "a check of no field");
	if (assay_aggregate_is_drift(a) && k->against[0] == '\0')
		assay_cbor_fault(r, "a drift from nothing");
	if (r->fault == NULL && field_rules_open(&rules, &k->rules, NULL) == ASSAY_ENOMEM)
		assay_cbor_fault(r, contract_no_memory);
	else if (r->fault == NULL && rules == NULL)
		assay_cbor_fault(r, "rules of a field that make no sense");
	field_rules_close(rules);
}

void contract_dataset_decode(assay_cbor_reader *r, assay_dataset_check *k)
{
	*k = (assay_dataset_check){.metric_number = SIZE_MAX};
	canonical_expect(r, assay_cbor_read_map(r), FIELDS);
	k->id = read_text(r, 0);
	k->kind = read_code(r, 1, 0, ASSAY_SAMPLE_KIND_MAX);
	k->kinds = k->kind != 0 ? ASSAY_SAMPLE_MASK(k->kind) : UINT32_MAX;
	k->aggregate = (assay_aggregate)read_code(r, 2, 1, ASSAY_AGGREGATE_LAST);
	k->rank = read_code(r, 3, 0, 1000);
	k->metric = read_text(r, 4);
	assay_cbor_read_key(r, 5);
	read_bound(r, &k->bound);
	k->severity = (assay_severity)read_code(r, 6, 1, ASSAY_SEVERITY_INFO);
	k->when_missing = (assay_when_missing)read_code(r, 7, 1, ASSAY_MISSING_SKIPS);
	k->dimension = read_text(r, 8);
	read_pairs(r, 9, &k->where);
	k->all = read_bool(r, 10);
	k->percent = read_bool(r, 11);
	assay_cbor_read_key(r, 12);
	if (!assay_cbor_read_null(r))
		read_bound(r, &k->condition);
	k->outcome = read_code(r, 13, 0, 5);
	k->against = read_text(r, 14);
	read_fields(r, k);
	read_pairs(r, 16, &k->rules);
	k->description = assay_strdup("");
	if (k->description == NULL)
		assay_cbor_fault(r, contract_no_memory);
	read_whole(r, k);
}

/* As for checks of samples: what the vocabulary no longer knows counts as not measured. */
void contract_dataset_resolve(assay_dataset_check *k, const assay_vocabulary *v)
{
	const size_t number = v != NULL && k->metric[0] != '\0' ? assay_vocabulary_find(v, k->metric) : SIZE_MAX;
	const assay_vocabulary_metric *m;

	if (number == SIZE_MAX)
		return;
	m = &v->items[number];
	if (k->condition.op != 0 && (!contract_to_units(k->condition.low, m->scale, &k->condition_low) ||
				     !contract_to_units(k->condition.high, m->scale, &k->condition_high)))
		return;
	k->metric_number = number;
	k->scale = m->scale;
	k->kinds &= m->kinds;
}
