/** JSON text (RFC 8259) written straight into a buffer. Numbers are exact: integers and decimals, no floats. */
#ifndef ASSAY_JSON_H
#define ASSAY_JSON_H

#include "assay/buf.h"
#include "assay/decimal.h"
#include "assay/digest.h"

#define ASSAY_JSON_DEPTH 32

typedef struct assay_json {
	assay_buf *out;                  /* borrowed; carries the sticky failure */
	unsigned indent;                 /* spaces a level; 0 writes one line */
	unsigned depth;                  /* open objects and arrays */
	bool filled[ASSAY_JSON_DEPTH];   /* something was written at this level */
	bool is_array[ASSAY_JSON_DEPTH]; /* what each level is, for its closing bracket */
	bool after_key;
} assay_json;

void assay_json_init(assay_json *j, assay_buf *out, unsigned indent);
void assay_json_object(assay_json *j);
void assay_json_array(assay_json *j);
void assay_json_end(assay_json *j); /* closes the innermost object or array */
void assay_json_key(assay_json *j, const char *key);
/** Text; bytes that are not UTF-8 become U+FFFD. NULL is written as null. */
void assay_json_str(assay_json *j, const char *s);
void assay_json_strn(assay_json *j, const char *s, size_t n);
void assay_json_int(assay_json *j, int64_t v);
void assay_json_uint(assay_json *j, uint64_t v);
void assay_json_bool(assay_json *j, bool v);
void assay_json_null(assay_json *j);
void assay_json_decimal(assay_json *j, assay_decimal d);
/** units x 10^exponent, for what no decimal has room for: 12e-31. */
void assay_json_power(assay_json *j, int64_t units, int exponent);
/** "sha256:<hex>"; NULL is written as null. */
void assay_json_digest(assay_json *j, const assay_digest *d);

/* key and value in one call */
void assay_json_kstr(assay_json *j, const char *key, const char *s);
void assay_json_kint(assay_json *j, const char *key, int64_t v);
void assay_json_kuint(assay_json *j, const char *key, uint64_t v);
void assay_json_kbool(assay_json *j, const char *key, bool v);
void assay_json_kdigest(assay_json *j, const char *key, const assay_digest *d);

#endif
