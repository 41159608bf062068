/* What a table schema wants of a column, by aspect, as text that can be compared; nothing of other checks. */
#include "changes_check.h"

#include <string.h>

static const assay_expected_column *column_of(const assay_check *k)
{
	return k->schema != NULL ? &k->schema->columns[k->schema_column] : NULL;
}

void assay_column_tell_head(assay_buf *out, const assay_check *k)
{
	const assay_expected_column *c = column_of(k);

	if (c != NULL)
		assay_buf_printf(out, "'%s'", c->head);
}

void assay_column_tell_place(assay_buf *out, const assay_check *k)
{
	if (k->schema != NULL)
		assay_buf_printf(out, "%zu of %zu", k->schema_column + 1, k->schema->count);
}

void assay_column_tell_type(assay_buf *out, const assay_check *k)
{
	const assay_expected_column *c = column_of(k);
	const char *name = c != NULL ? assay_column_type_name(c->type) : NULL;

	if (c != NULL)
		assay_buf_puts(out, name != NULL ? name : "any");
}

void assay_column_tell_required(assay_buf *out, const assay_check *k)
{
	const assay_expected_column *c = column_of(k);

	if (c != NULL)
		assay_buf_puts(out, c->required ? "true" : "false");
}

static void tell_limit(assay_buf *out, bool there, assay_decimal d)
{
	char text[ASSAY_DECIMAL_TEXT];

	assay_buf_puts(out, there ? assay_decimal_format(d, text) : "none");
}

void assay_column_tell_minimum(assay_buf *out, const assay_check *k)
{
	const assay_expected_column *c = column_of(k);

	if (c != NULL)
		tell_limit(out, c->has_low, c->low);
}

void assay_column_tell_maximum(assay_buf *out, const assay_check *k)
{
	const assay_expected_column *c = column_of(k);

	if (c != NULL)
		tell_limit(out, c->has_high, c->high);
}

void assay_column_tell_sum(assay_buf *out, const assay_check *k)
{
	const assay_expected_column *c = column_of(k);

	for (size_t i = 0; c != NULL && i < c->part_count; i++)
		assay_buf_printf(out, "%s'%s'", i > 0 ? " + " : "", k->schema->columns[c->parts[i]].head);
	if (c != NULL && c->part_count == 0)
		assay_buf_puts(out, "none");
}

void assay_column_tell_at_most(assay_buf *out, const assay_check *k)
{
	const assay_expected_column *c = column_of(k);

	for (size_t i = 0; c != NULL && i < c->larger_count; i++)
		assay_buf_printf(out, "%s'%s'", i > 0 ? ", " : "", k->schema->columns[c->larger[i]].head);
	if (c != NULL && c->larger_count == 0)
		assay_buf_puts(out, "none");
}

void assay_column_tell_pattern(assay_buf *out, const assay_check *k)
{
	const assay_expected_column *c = column_of(k);

	if (c != NULL)
		assay_buf_puts(out, c->pattern != NULL ? c->pattern : "none");
}

void assay_column_tell_all(assay_buf *out, const assay_check *k)
{
	assay_buf_puts(out, "column ");
	assay_column_tell_place(out, k);
	assay_buf_putc(out, ' ');
	assay_column_tell_head(out, k);
	assay_buf_puts(out, ", type ");
	assay_column_tell_type(out, k);
}

/* ---------------------------------------------------------------- loosened or tightened */

/* Every cell that is of type a is of type b. */
static bool is_within(assay_column_type a, assay_column_type b)
{
	return a == b || b == ASSAY_COLUMN_ANY || (a == ASSAY_COLUMN_INTEGER && b == ASSAY_COLUMN_NUMBER);
}

const char *assay_column_type_effect(const assay_check *a, const assay_check *b)
{
	const assay_expected_column *x = column_of(a), *y = column_of(b);

	if (x == NULL || y == NULL)
		return assay_change_effect(y == NULL, x == NULL);
	return assay_change_effect(is_within(x->type, y->type), is_within(y->type, x->type));
}

const char *assay_column_required_effect(const assay_check *a, const assay_check *b)
{
	const assay_expected_column *x = column_of(a), *y = column_of(b);
	const bool was = x != NULL && x->required, is = y != NULL && y->required;

	return assay_change_effect(was && !is, is && !was);
}

/* A limit that went, or went outwards, lets more pass. */
static const char *limit_effect(bool had, assay_decimal before, bool has, assay_decimal now, int outwards)
{
	const int moved = had && has ? assay_decimal_cmp(now, before) * outwards : 0;

	return assay_change_effect((had && !has) || moved > 0, (has && !had) || moved < 0);
}

const char *assay_column_minimum_effect(const assay_check *a, const assay_check *b)
{
	static const assay_expected_column none = {0};
	const assay_expected_column *x = column_of(a) != NULL ? column_of(a) : &none;
	const assay_expected_column *y = column_of(b) != NULL ? column_of(b) : &none;

	return limit_effect(x->has_low, x->low, y->has_low, y->low, -1);
}

const char *assay_column_maximum_effect(const assay_check *a, const assay_check *b)
{
	static const assay_expected_column none = {0};
	const assay_expected_column *x = column_of(a) != NULL ? column_of(a) : &none;
	const assay_expected_column *y = column_of(b) != NULL ? column_of(b) : &none;

	return limit_effect(x->has_high, x->high, y->has_high, y->high, 1);
}
