#include "traits.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

void traits_release(traits *t)
{
	interner_release(&t->attributes);
	interner_release(&t->values);
	free(t->owned);
	free(t->owners);
	free(t->counts);
	free(t->columns);
	free(t->column_of);
	free(t->codes);
	free(t->kept);
	*t = (traits){0};
}

assay_code traits_owner(traits *t, uint32_t *owner, assay_err *err)
{
	const assay_code rc = assay_grow(&t->owners, &t->owner_cap, t->owner_count, sizeof *t->owners, err);

	if (rc != ASSAY_OK)
		return rc;
	*owner = (uint32_t)t->owner_count;
	t->owners[t->owner_count++] = (trait_owner){t->owned_count, 0};
	return ASSAY_OK;
}

assay_code traits_add(traits *t, assay_attribute_kind kind, const char *name, const char *value, assay_err *err)
{
	uint32_t attribute, number;
	assay_code rc;

	ASSAY_TRY(interner_put(&t->attributes, t->texts, (uint32_t)kind, name, &attribute, NULL, err));
	ASSAY_TRY(interner_put(&t->values, t->texts, attribute, value, &number, NULL, err));
	ASSAY_TRY(assay_grow(&t->owned, &t->owned_cap, t->owned_count, sizeof *t->owned, err));
	t->owned[t->owned_count++] = number;
	t->owners[t->owner_count - 1].count++;
fail:
	return rc;
}

/* ---------------------------------------------------------------- counting */

assay_code traits_count_begin(traits *t, assay_err *err)
{
	t->counts = assay_alloc(t->values.count, sizeof *t->counts);
	return t->counts != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "counts");
}

void traits_count(traits *t, uint32_t owner, uint64_t samples)
{
	const trait_owner o = t->owners[owner];

	for (size_t i = o.first; i < o.first + o.count; i++)
		t->counts[t->owned[i]] += samples;
}

/* ---------------------------------------------------------------- what is tested */

/* Of what some samples do not have at all: is that something which they have in common? */
static bool absence_counts(uint32_t kind)
{
	return kind == ASSAY_ATTRIBUTE_METADATA;
}

typedef struct ranked {
	const traits *t;
	uint32_t value;
} ranked;

/* By attribute, the most frequent values first. */
static int by_rank(const void *pa, const void *pb)
{
	const ranked *a = pa, *b = pb;
	const traits *t = a->t;
	const interned *x = &t->values.items[a->value], *y = &t->values.items[b->value];

	if (x->scope != y->scope)
		return x->scope < y->scope ? -1 : 1;
	if (t->counts[a->value] != t->counts[b->value])
		return t->counts[a->value] > t->counts[b->value] ? -1 : 1;
	return strcmp(x->text, y->text);
}

static int by_kind(const void *pa, const void *pb, void *ctx)
{
	const traits *t = ctx;
	const uint32_t a = ((const trait_column *)pa)->attribute, b = ((const trait_column *)pb)->attribute;
	const uint32_t x = t->attributes.items[a].scope, y = t->attributes.items[b].scope;

	return x != y ? (x < y ? -1 : 1) : (a > b) - (a < b);
}

/* A value that every sample has says nothing, and neither does one that hardly any has. */
static bool is_tested(uint64_t count, uint64_t samples)
{
	return count >= ASSAY_CAUSES_SUPPORT && count < samples;
}

static assay_code make_columns(traits *t, uint64_t samples, assay_err *err)
{
	const size_t n = t->attributes.count, values = t->values.count;

	t->columns = assay_alloc(n, sizeof *t->columns);
	t->column_of = assay_alloc(n, sizeof *t->column_of);
	t->codes = assay_alloc(values, sizeof *t->codes);
	t->kept = assay_alloc(values + n, sizeof *t->kept);
	if (t->columns == NULL || t->column_of == NULL || t->codes == NULL || t->kept == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "attributes");
	for (size_t i = 0; i < n; i++) {
		t->columns[i] = (trait_column){.attribute = (uint32_t)i, .left = samples};
		t->column_of[i] = (uint32_t)i;
	}
	for (size_t v = 0; v < values; v++)
		t->columns[t->values.items[v].scope].left -= t->counts[v];
	t->column_count = n;
	return ASSAY_OK;
}

/* Give codes to values of one attribute, which stand together and begin with the most frequent. */
static void keep_values(traits *t, trait_column *c, const ranked *values, size_t count, uint64_t samples)
{
	const uint32_t kind = t->attributes.items[c->attribute].scope;

	c->first = t->kept_count;
	for (size_t i = 0; i < count && c->count < ASSAY_CAUSES_VALUES; i++)
		if (is_tested(t->counts[values[i].value], samples)) {
			t->codes[values[i].value] = (uint16_t)++c->count; /* raised by one for now: 0 is "none" */
			t->kept[t->kept_count++] = values[i].value;
		}
	c->absent = absence_counts(kind) && is_tested(c->left, samples);
	if (c->absent) {
		t->kept[t->kept_count++] = TRAIT_ABSENT;
		c->count++;
	}
	c->otherwise = (uint16_t)c->count;
	for (size_t i = 0; i < count; i++) {
		uint16_t *code = &t->codes[values[i].value];

		*code = *code > 0 ? (uint16_t)(*code - 1) : c->otherwise;
	}
}

/* Attributes of which nothing is tested are dropped, the others put into order. */
static void order_columns(traits *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->column_count; i++)
		if (t->columns[i].count > 0)
			t->columns[n++] = t->columns[i];
	memset(t->column_of, 0xff, t->column_count * sizeof *t->column_of);
	t->column_count = n;
	if (n > 1)
		qsort_r(t->columns, n, sizeof *t->columns, by_kind, t);
	for (size_t i = 0; i < n; i++)
		t->column_of[t->columns[i].attribute] = (uint32_t)i;
}

assay_code traits_settle(traits *t, uint64_t samples, assay_err *err)
{
	const size_t count = t->values.count;
	ASSAY_AUTO_FREE ranked *values = assay_alloc(count, sizeof *values);
	assay_code rc;

	if (values == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "attributes");
	rc = make_columns(t, samples, err);
	if (rc != ASSAY_OK)
		return rc;
	for (size_t v = 0; v < count; v++)
		values[v] = (ranked){t, (uint32_t)v};
	if (count > 1)
		qsort(values, count, sizeof *values, by_rank);
	for (size_t from = 0, to; from < count; from = to) {
		const uint32_t attribute = t->values.items[values[from].value].scope;

		for (to = from; to < count && t->values.items[values[to].value].scope == attribute; to++)
			;
		keep_values(t, &t->columns[attribute], &values[from], to - from, samples);
	}
	order_columns(t);
	return ASSAY_OK;
}

void traits_clear(const traits *t, uint16_t *codes)
{
	for (size_t i = 0; i < t->column_count; i++) {
		const trait_column *c = &t->columns[i];

		codes[i] = c->absent ? (uint16_t)(c->count - 1) : c->otherwise;
	}
}

void traits_fill(const traits *t, uint32_t owner, uint16_t *codes)
{
	const trait_owner o = t->owners[owner];

	for (size_t i = o.first; i < o.first + o.count; i++) {
		const uint32_t value = t->owned[i];
		const uint32_t column = t->column_of[t->values.items[value].scope];

		if (column != UINT32_MAX)
			codes[column] = t->codes[value];
	}
}
