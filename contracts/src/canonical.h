/** What the canonical records of this folder are made of: fields by key, numbers in a range, decimals, bounds, pairs. */
#ifndef ASSAY_CANONICAL_H
#define ASSAY_CANONICAL_H

#include "assay/cbor.h"
#include "assay/contract.h"
#include "assay/decimal.h"

/** Does it have an upper bound? */
bool canonical_is_pair(assay_operator op);

/* A field: its key, then its value. */
void canonical_put_text(assay_buf *b, uint64_t key, const char *text);
void canonical_put_uint(assay_buf *b, uint64_t key, uint64_t v);
void canonical_put_bool(assay_buf *b, uint64_t key, bool v);

void canonical_put_decimal(assay_buf *b, assay_decimal d);
/** The upper bound, or null for an operator that has none. */
void canonical_put_high(assay_buf *b, assay_operator op, assay_decimal high);
void canonical_put_pairs(assay_buf *b, char *const *keys, char *const *values, size_t count);

/* Reading is as sticky as the reader: what is not so is a fault. */
void canonical_expect(assay_cbor_reader *r, size_t got, size_t wanted);
unsigned canonical_within(assay_cbor_reader *r, unsigned least, unsigned most);
/** A fresh copy of text that must be there; NULL with a fault. */
char *canonical_text(assay_cbor_reader *r);
/** In any form. */
assay_decimal canonical_decimal(assay_cbor_reader *r);
/** In its shortest form: no trailing zero while the scale is not 0. */
assay_decimal canonical_shortest(assay_cbor_reader *r);
/** An upper bound, read by one of the two above, that is there where the operator has one; zero otherwise. */
assay_decimal canonical_high(assay_cbor_reader *r, assay_operator op, assay_decimal (*read)(assay_cbor_reader *r));

#endif
