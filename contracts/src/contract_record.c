/*
 * The canonical record of a contract: deterministic CBOR, a map with ascending integer keys.
 *
 *   contract = {
 *     0: uint,         format number: 1; 2 when there are checks of the dataset; 3 when there are table schemas;
 *                      4 when a column of one has a range or is a sum; 5 when one is at most another or has a pattern
 *     1: text,         id
 *     2: text,         name, "" if none
 *     3: text,         version
 *     4: [* check],    ascending by kind, then by id (bytes)
 *     5: [* dataset check],   in format 2, one at least, and from format 3 on; ascending likewise; see dataset_record.c
 *     6: [* schema],   from format 3 on, one at least
 *   }
 *   schema = [* column]     from the left, 1 to 64
 *   column = [text, uint, bool]     head as printed; type: 1 any, 2 string, 3 integer, 4 number, 5 date; no cell may be empty
 *            in format 4 with three more: decimal / null, the least number; decimal / null, the largest; [* uint], the columns,
 *            from 0 and ascending, that it is the sum of; in format 5 with two more: [* uint], those that it is at most; text, its pattern or ""
 *   check = {
 *     0: text,         id, unique in the contract
 *     1: uint,         sample kind: 1 page, 2 table, 3 video, 4 shot, 5 audio, 6 segment
 *     2: text,         metric
 *     3: uint,         operator: 1 mustBe, 2 mustNotBe, 3 mustBeGreaterThan, 4 mustBeGreaterOrEqualTo,
 *                      5 mustBeLessThan, 6 mustBeLessOrEqualTo, 7 mustBeBetween, 8 mustNotBeBetween
 *     4: decimal,      the bound; the lower one for operators 7 and 8
 *     5: decimal / null,   the upper bound for operators 7 and 8, null for the others
 *     6: uint,         severity: 1 error, 2 warning, 3 info
 *     7: uint,         when the metric is missing: 1 fail, 2 skip
 *     8: text,         dimension, "" if none
 *     9: text,         name of the remedy, "" if none
 *     10: [* [text, text]],   metadata (key, value) that must all be equal, ascending by key
 *     11: [uint, uint],   from format 3 on, of a check of a column alone: the schema and the column, from 0
 *   }
 *   decimal = [int, uint]     units and scale, units * 10^-scale, no trailing zero in units while scale > 0
 *
 * File name, positions, descriptions and all other keys of the document are not part of it.
 */
#include "canonical.h"
#include "contract_loader.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

#define FORMAT              1u
#define FORMAT_WITH_DATASET 2u
#define FORMAT_WITH_SCHEMAS 3u
#define FORMAT_WITH_NUMBERS 4u
#define FORMAT_WITH_ORDER   5u /* and patterns */

const char contract_no_memory[] = "out of memory"; /* told from faults of the record by its address */

/* ---------------------------------------------------------------- writing */

static size_t number_of(const assay_contract *c, const assay_table_schema *s)
{
	size_t i = 0;

	while (c->schemas[i] != s)
		i++;
	return i;
}

static void put_check(assay_buf *b, const assay_contract *c, const assay_check *k)
{
	assay_cbor_map(b, k->schema != NULL ? 12 : 11);
	canonical_put_text(b, 0, k->id);
	canonical_put_uint(b, 1, k->kind);
	canonical_put_text(b, 2, k->metric);
	canonical_put_uint(b, 3, k->op);
	assay_cbor_uint(b, 4);
	canonical_put_decimal(b, k->low);
	assay_cbor_uint(b, 5);
	canonical_put_high(b, k->op, k->high);
	canonical_put_uint(b, 6, k->severity);
	canonical_put_uint(b, 7, k->when_missing);
	canonical_put_text(b, 8, k->dimension);
	canonical_put_text(b, 9, k->remedy);
	assay_cbor_uint(b, 10);
	canonical_put_pairs(b, k->applies_keys, k->applies_values, k->applies_count);
	if (k->schema == NULL)
		return;
	assay_cbor_uint(b, 11);
	assay_cbor_array(b, 2);
	assay_cbor_uint(b, number_of(c, k->schema));
	assay_cbor_uint(b, k->schema_column);
}

static void put_optional(assay_buf *b, bool there, assay_decimal d)
{
	if (there)
		canonical_put_decimal(b, d);
	else
		assay_cbor_null(b);
}

static void put_columns(assay_buf *b, const size_t *columns, size_t count)
{
	assay_cbor_array(b, count);
	for (size_t i = 0; i < count; i++)
		assay_cbor_uint(b, columns[i]);
}

/* Fields of a column in a format. */
static size_t column_fields(uint64_t format)
{
	return format == FORMAT_WITH_ORDER ? 8 : format == FORMAT_WITH_NUMBERS ? 6 : 3;
}

static void put_schema(assay_buf *b, const assay_table_schema *s, uint64_t format)
{
	assay_cbor_array(b, s->count);
	for (size_t i = 0; i < s->count; i++) {
		const assay_expected_column *k = &s->columns[i];

		assay_cbor_array(b, column_fields(format));
		assay_cbor_text(b, k->head);
		assay_cbor_uint(b, k->type);
		assay_cbor_bool(b, k->required);
		if (format < FORMAT_WITH_NUMBERS)
			continue;
		put_optional(b, k->has_low, k->low);
		put_optional(b, k->has_high, k->high);
		put_columns(b, k->parts, k->part_count);
		if (format < FORMAT_WITH_ORDER)
			continue;
		put_columns(b, k->larger, k->larger_count);
		assay_cbor_text(b, k->pattern != NULL ? k->pattern : "");
	}
}

/* The first format that can say all of it. */
static uint64_t format_of(const assay_contract *c)
{
	uint64_t format = c->schema_count > 0    ? FORMAT_WITH_SCHEMAS
			  : c->dataset_count > 0 ? FORMAT_WITH_DATASET
						 : FORMAT;

	for (size_t i = 0; i < c->schema_count; i++)
		for (size_t n = 0; n < c->schemas[i]->count; n++) {
			const assay_expected_column *k = &c->schemas[i]->columns[n];

			if (k->larger_count > 0 || k->pattern != NULL)
				return FORMAT_WITH_ORDER;
			if (k->has_low || k->has_high || k->part_count > 0)
				format = FORMAT_WITH_NUMBERS;
		}
	return format;
}

void assay_contract_encode(assay_buf *out, const assay_contract *c)
{
	const uint64_t format = format_of(c);
	const bool schemas = format >= FORMAT_WITH_SCHEMAS, dataset = format >= FORMAT_WITH_DATASET;

	assay_cbor_map(out, 5 + (size_t)dataset + (size_t)schemas);
	canonical_put_uint(out, 0, format);
	canonical_put_text(out, 1, c->id);
	canonical_put_text(out, 2, c->name);
	canonical_put_text(out, 3, c->version);
	assay_cbor_uint(out, 4);
	assay_cbor_array(out, c->check_count);
	for (size_t i = 0; i < c->check_count; i++)
		put_check(out, c, &c->checks[i]);
	if (!dataset)
		return;
	assay_cbor_uint(out, 5);
	assay_cbor_array(out, c->dataset_count);
	for (size_t i = 0; i < c->dataset_count; i++)
		contract_dataset_encode(out, &c->dataset[i]);
	if (!schemas)
		return;
	assay_cbor_uint(out, 6);
	assay_cbor_array(out, c->schema_count);
	for (size_t i = 0; i < c->schema_count; i++)
		put_schema(out, c->schemas[i], format);
}

/* ---------------------------------------------------------------- reading */

static unsigned read_code(assay_cbor_reader *r, uint64_t key, unsigned max)
{
	assay_cbor_read_key(r, key);
	return canonical_within(r, 1, max);
}

static char *read_text(assay_cbor_reader *r, uint64_t key)
{
	assay_cbor_read_key(r, key);
	return canonical_text(r);
}

static void read_applies(assay_cbor_reader *r, assay_check *k)
{
	size_t n;

	assay_cbor_read_key(r, 10);
	n = assay_cbor_read_array(r);
	if (n > CONTRACT_APPLIES_MAX) {
		assay_cbor_fault(r, "too many metadata");
		return;
	}
	k->applies_keys = assay_alloc(n, sizeof *k->applies_keys);
	k->applies_values = assay_alloc(n, sizeof *k->applies_values);
	if (k->applies_keys == NULL || k->applies_values == NULL) {
		assay_cbor_fault(r, contract_no_memory);
		return;
	}
	k->applies_count = n;
	for (size_t i = 0; i < n && r->fault == NULL; i++) {
		canonical_expect(r, assay_cbor_read_array(r), 2);
		k->applies_keys[i] = canonical_text(r);
		k->applies_values[i] = canonical_text(r);
	}
}

static void read_bounds(assay_cbor_reader *r, assay_check *k)
{
	assay_cbor_read_key(r, 4);
	k->low = canonical_shortest(r);
	assay_cbor_read_key(r, 5);
	k->high = canonical_high(r, k->op, canonical_shortest);
}

/* Which schema and column a check is about; SIZE_MAX for none. */
typedef struct reference {
	size_t schema, column;
} reference;

static void read_check(assay_cbor_reader *r, assay_check *k, reference *ref, bool schemas)
{
	const size_t fields = assay_cbor_read_map(r);

	if (!schemas || fields != 12)
		canonical_expect(r, fields, 11);
	k->metric_number = SIZE_MAX;
	k->id = read_text(r, 0);
	k->kind = (assay_sample_kind)read_code(r, 1, ASSAY_SAMPLE_KIND_MAX);
	k->metric = read_text(r, 2);
	k->op = (assay_operator)read_code(r, 3, ASSAY_MUST_NOT_BE_BETWEEN);
	read_bounds(r, k);
	k->severity = (assay_severity)read_code(r, 6, ASSAY_SEVERITY_INFO);
	k->when_missing = (assay_when_missing)read_code(r, 7, ASSAY_MISSING_SKIPS);
	k->dimension = read_text(r, 8);
	k->remedy = read_text(r, 9);
	read_applies(r, k);
	*ref = (reference){SIZE_MAX, 0};
	if (!schemas || fields != 12)
		return;
	assay_cbor_read_key(r, 11);
	canonical_expect(r, assay_cbor_read_array(r), 2);
	ref->schema = (size_t)assay_cbor_read_uint(r);
	ref->column = (size_t)assay_cbor_read_uint(r);
}

/* A metric that is gone, or has become too coarse for the bound, counts as not measured: the check then fails or
 * skips by its whenMissing, and never passes by accident. */
static void resolve(assay_check *k, const assay_vocabulary *v)
{
	const size_t number = v ? assay_vocabulary_find(v, k->metric) : SIZE_MAX;

	if (number == SIZE_MAX || !contract_to_units(k->low, v->items[number].scale, &k->low_units))
		return;
	if (canonical_is_pair(k->op) && !contract_to_units(k->high, v->items[number].scale, &k->high_units))
		return;
	k->metric_number = number;
}

typedef struct references {
	reference *items; /* of each check */
	size_t cap;
	bool read; /* the format has them */
} references;

static assay_code read_checks(assay_contract *c, references *refs, assay_cbor_reader *r, const assay_vocabulary *v,
			      assay_err *err)
{
	const size_t n = assay_cbor_read_array(r);
	size_t cap = 0;

	for (size_t i = 0; i < n && r->fault == NULL; i++) {
		assay_check k = {0};
		assay_code rc = assay_grow(&c->checks, &cap, c->check_count, sizeof *c->checks, err);

		if (rc == ASSAY_OK)
			rc = assay_grow(&refs->items, &refs->cap, c->check_count, sizeof *refs->items, err);
		if (rc != ASSAY_OK)
			return rc;
		read_check(r, &k, &refs->items[c->check_count], refs->read);
		k.description = assay_strdup("");
		if (k.description == NULL)
			assay_cbor_fault(r, contract_no_memory);
		if (r->fault == NULL)
			resolve(&k, v);
		c->checks[c->check_count++] = k;
	}
	return ASSAY_OK;
}

static assay_code read_dataset(assay_contract *c, assay_cbor_reader *r, bool may_be_none, const assay_vocabulary *v,
			       assay_err *err)
{
	size_t n, cap = 0;

	assay_cbor_read_key(r, 5);
	n = assay_cbor_read_array(r);
	if (n == 0 && !may_be_none)
		assay_cbor_fault(r, "format 2 without what it is for");
	for (size_t i = 0; i < n && r->fault == NULL; i++) {
		const assay_code rc = assay_grow(&c->dataset, &cap, c->dataset_count, sizeof *c->dataset, err);

		if (rc != ASSAY_OK)
			return rc;
		contract_dataset_decode(r, &c->dataset[c->dataset_count++]);
		if (r->fault == NULL)
			contract_dataset_resolve(&c->dataset[i], v);
	}
	return ASSAY_OK;
}

static bool read_optional(assay_cbor_reader *r, assay_decimal *out)
{
	if (assay_cbor_read_null(r))
		return false;
	*out = canonical_shortest(r);
	return true;
}

/* Which of so many other columns a column goes with, ascending; owned by the caller. */
static void read_columns(assay_cbor_reader *r, size_t **out, size_t *count, size_t columns)
{
	const size_t n = assay_cbor_read_array(r);

	if (n >= columns)
		assay_cbor_fault(r, "a list of more columns than there are others");
	if (r->fault != NULL || n == 0)
		return;
	*out = assay_alloc(n, sizeof **out);
	if (*out == NULL) {
		assay_cbor_fault(r, contract_no_memory);
		return;
	}
	for (; *count < n && r->fault == NULL; ++*count) {
		size_t *at = &(*out)[*count];

		*at = (size_t)assay_cbor_read_uint(r);
		if (*at >= columns || (*count > 0 && *at <= at[-1]))
			assay_cbor_fault(r, "a list of columns that there are not, or not in order");
	}
}

static void read_pattern(assay_cbor_reader *r, assay_expected_column *k)
{
	ASSAY_AUTO_FREE char *text = canonical_text(r);
	const assay_code rc = r->fault == NULL && text[0] != '\0' ? contract_column_match(k, text, NULL) : ASSAY_OK;

	if (rc != ASSAY_OK)
		assay_cbor_fault(r, rc == ASSAY_ENOMEM ? contract_no_memory : "a pattern that is none");
}

static assay_code read_schema(assay_contract *c, assay_cbor_reader *r, uint64_t format, assay_err *err)
{
	const size_t n = assay_cbor_read_array(r);
	assay_table_schema *s = contract_schema_add(c, err);

	if (s == NULL)
		return ASSAY_ENOMEM;
	if (n == 0 || n > CONTRACT_COLUMNS_MAX)
		assay_cbor_fault(r, "a table schema without columns, or with too many");
	for (size_t i = 0; i < n && r->fault == NULL; i++) {
		assay_expected_column *k = &s->columns[s->count++];

		canonical_expect(r, assay_cbor_read_array(r), column_fields(format));
		k->head = canonical_text(r);
		k->type = (assay_column_type)canonical_within(r, ASSAY_COLUMN_ANY, ASSAY_COLUMN_DATE);
		k->required = assay_cbor_read_bool(r);
		if (format < FORMAT_WITH_NUMBERS)
			continue;
		k->has_low = read_optional(r, &k->low);
		k->has_high = read_optional(r, &k->high);
		read_columns(r, &k->parts, &k->part_count, n);
		if (format < FORMAT_WITH_ORDER)
			continue;
		read_columns(r, &k->larger, &k->larger_count, n);
		read_pattern(r, k);
	}
	return ASSAY_OK;
}

static assay_code read_schemas(assay_contract *c, const references *refs, assay_cbor_reader *r, uint64_t format,
			       assay_err *err)
{
	size_t n;

	assay_cbor_read_key(r, 6);
	n = assay_cbor_read_array(r);
	if (n == 0)
		assay_cbor_fault(r, "a format without what it is for");
	for (size_t i = 0; i < n && r->fault == NULL; i++) {
		const assay_code rc = read_schema(c, r, format, err);

		if (rc != ASSAY_OK)
			return rc;
	}
	for (size_t i = 0; i < c->check_count && r->fault == NULL; i++) {
		const reference *ref = &refs->items[i];

		if (ref->schema == SIZE_MAX)
			continue;
		if (c->checks[i].kind != ASSAY_SAMPLE_TABLE || ref->schema >= c->schema_count ||
		    ref->column >= c->schemas[ref->schema]->count) {
			assay_cbor_fault(r, "a check of a column that there is not");
			break;
		}
		c->checks[i].schema = c->schemas[ref->schema];
		c->checks[i].schema_column = ref->column;
		c->checks[i].low_units = 1;
	}
	return ASSAY_OK;
}

static assay_code read_contract(assay_contract *c, assay_cbor_reader *r, const assay_vocabulary *v, assay_err *err)
{
	const size_t fields = assay_cbor_read_map(r);
	references refs = {0};
	uint64_t format;
	assay_code rc;

	assay_cbor_read_key(r, 0);
	format = assay_cbor_read_uint(r);
	if (format < FORMAT || format > FORMAT_WITH_ORDER)
		assay_cbor_fault(r, "a format that this release does not read");
	canonical_expect(r, fields, 4 + (size_t)(format < FORMAT_WITH_SCHEMAS ? format : FORMAT_WITH_SCHEMAS));
	c->id = read_text(r, 1);
	c->name = read_text(r, 2);
	c->version = read_text(r, 3);
	assay_cbor_read_key(r, 4);
	refs.read = format >= FORMAT_WITH_SCHEMAS;
	rc = read_checks(c, &refs, r, v, err);
	if (rc == ASSAY_OK && format >= FORMAT_WITH_DATASET)
		rc = read_dataset(c, r, format >= FORMAT_WITH_SCHEMAS, v, err);
	if (rc == ASSAY_OK && format >= FORMAT_WITH_SCHEMAS)
		rc = read_schemas(c, &refs, r, format, err);
	if (rc == ASSAY_OK && r->fault == NULL && format >= FORMAT_WITH_SCHEMAS && format != format_of(c))
		assay_cbor_fault(r, "a format without what it is for");
	free(refs.items);
	return rc;
}

/* Order of checks and of metadata is part of the form, and ids are unique: sorted input is unchanged by the writer,
 * so only the order itself is left to look at. */
static bool is_ordered(const assay_contract *c)
{
	for (size_t i = 0; i < c->check_count; i++) {
		const assay_check *k = &c->checks[i], *last = i > 0 ? &c->checks[i - 1] : NULL;

		if (last != NULL && (last->kind > k->kind || (last->kind == k->kind && strcmp(last->id, k->id) >= 0)))
			return false;
		for (size_t m = 1; m < k->applies_count; m++)
			if (strcmp(k->applies_keys[m - 1], k->applies_keys[m]) >= 0)
				return false;
	}
	for (size_t i = 1; i < c->dataset_count; i++) {
		const assay_dataset_check *last = &c->dataset[i - 1], *k = &c->dataset[i];

		if (last->kind > k->kind || (last->kind == k->kind && strcmp(last->id, k->id) >= 0))
			return false;
	}
	return true;
}

static void closep(assay_contract **c)
{
	assay_contract_close(*c);
}

assay_code assay_contract_decode(assay_contract **out, const void *p, size_t n, const assay_vocabulary *vocabulary,
				 assay_err *err)
{
	ASSAY_CLEANUP(closep) assay_contract *c = assay_alloc(1, sizeof *c);
	assay_cbor_reader r;
	assay_code rc;

	*out = NULL;
	if (c == NULL || (c->file = assay_strdup("")) == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "contract record");
	assay_cbor_reader_init(&r, p, n);
	rc = read_contract(c, &r, vocabulary, err);
	if (rc == ASSAY_OK && r.fault == contract_no_memory)
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "contract record");
	if (rc == ASSAY_OK)
		rc = assay_cbor_finish(&r, "contract", err);
	if (rc == ASSAY_OK && !is_ordered(c))
		rc = ASSAY_RAISE(err, ASSAY_ECORRUPT, "contract: its checks are not in order");
	if (rc == ASSAY_OK)
		*out = ASSAY_STEAL(&c);
	return rc;
}
