#include "canonical.h"

bool canonical_is_pair(assay_operator op)
{
	return op == ASSAY_MUST_BE_BETWEEN || op == ASSAY_MUST_NOT_BE_BETWEEN;
}

void canonical_put_text(assay_buf *b, uint64_t key, const char *text)
{
	assay_cbor_uint(b, key);
	assay_cbor_text(b, text);
}

void canonical_put_uint(assay_buf *b, uint64_t key, uint64_t v)
{
	assay_cbor_uint(b, key);
	assay_cbor_uint(b, v);
}

void canonical_put_bool(assay_buf *b, uint64_t key, bool v)
{
	assay_cbor_uint(b, key);
	assay_cbor_bool(b, v);
}

void canonical_put_decimal(assay_buf *b, assay_decimal d)
{
	assay_cbor_array(b, 2);
	assay_cbor_int(b, d.units);
	assay_cbor_uint(b, (uint64_t)d.scale);
}

void canonical_put_high(assay_buf *b, assay_operator op, assay_decimal high)
{
	if (canonical_is_pair(op))
		canonical_put_decimal(b, high);
	else
		assay_cbor_null(b);
}

void canonical_put_pairs(assay_buf *b, char *const *keys, char *const *values, size_t count)
{
	assay_cbor_array(b, count);
	for (size_t i = 0; i < count; i++) {
		assay_cbor_array(b, 2);
		assay_cbor_text(b, keys[i]);
		assay_cbor_text(b, values[i]);
	}
}

void canonical_expect(assay_cbor_reader *r, size_t got, size_t wanted)
{
	if (got != wanted)
		assay_cbor_fault(r, "a map or array of another length");
}

unsigned canonical_within(assay_cbor_reader *r, unsigned least, unsigned most)
{
	const uint64_t v = assay_cbor_read_uint(r);

	if (v >= least && v <= most)
		return (unsigned)v;
	assay_cbor_fault(r, "a number that stands for nothing");
	return least;
}

char *canonical_text(assay_cbor_reader *r)
{
	char *text = assay_cbor_read_strdup(r);

	if (text == NULL)
		assay_cbor_fault(r, "null where text must stand");
	return text;
}

assay_decimal canonical_decimal(assay_cbor_reader *r)
{
	assay_decimal d = {0};

	canonical_expect(r, assay_cbor_read_array(r), 2);
	d.units = assay_cbor_read_int(r);
	d.scale = (int)canonical_within(r, 0, ASSAY_DECIMAL_SCALE_MAX);
	return d;
}

assay_decimal canonical_shortest(assay_cbor_reader *r)
{
	const assay_decimal d = canonical_decimal(r);

	if (d.scale > 0 && d.units % 10 == 0)
		assay_cbor_fault(r, "a decimal that is not in its shortest form");
	return d;
}

assay_decimal canonical_high(assay_cbor_reader *r, assay_operator op, assay_decimal (*read)(assay_cbor_reader *r))
{
	if (canonical_is_pair(op))
		return read(r);
	if (!assay_cbor_read_null(r))
		assay_cbor_fault(r, "an upper bound for an operator that has none");
	return (assay_decimal){0};
}
