/**
 * What metadata must be (`fields` of assay.yaml), and which samples they keep out of the dataset (`filters`).
 * Values are texts; their type is that of the field.
 */
#ifndef ASSAY_FIELDS_H
#define ASSAY_FIELDS_H

#include "assay/buf.h"
#include "assay/decimal.h"
#include "assay/kind.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum assay_field_type {
	ASSAY_FIELD_TEXT,
	ASSAY_FIELD_INTEGER, /* -12, 0, 1912: no point, no exponent, no leading zero or plus; 18 digits at most */
	ASSAY_FIELD_NUMBER,  /* an exact decimal: 1.50, -3, 1e-3 */
	ASSAY_FIELD_BOOLEAN, /* true or false */
	ASSAY_FIELD_DATE,    /* YYYY-MM-DD, a day of the Gregorian calendar */
} assay_field_type;

const char *assay_field_type_name(assay_field_type type);

/** What a value may be: one of `values`, or between bounds; without any, everything. */
typedef struct assay_field_range {
	char **values; /* in file order */
	size_t value_count;
	bool has_min, has_max; /* inclusive; of ordered types: integer, number, date */
	assay_decimal min, max;
	char *min_text, *max_text; /* as written */
} assay_field_range;

typedef struct assay_field {
	char *name;
	assay_field_type type;
	bool required;
	assay_field_range range;
	int line, column; /* of its name */
} assay_field;

typedef struct assay_fields {
	assay_field *items; /* sorted by name */
	size_t count;
	bool closed; /* metadata that are not among them are refused */
} assay_fields;

/** Metadata of a source: parallel, sorted by key. */
typedef struct assay_metadata_view {
	const char *const *keys, *const *values;
	size_t count;
} assay_metadata_view;

const char *assay_metadata_value(const assay_metadata_view *m, const char *key); /* NULL when absent */
const assay_field *assay_field_find(const assay_fields *f, const char *name);

/** A text as a number that orders values of its type; dates count as yyyymmdd. False when it is none of the type. */
bool assay_field_number(assay_decimal *out, assay_field_type type, const char *text);
/** Is a value of the field's type, and in its range? If not, the rule that it breaks goes to why ("must be >= 1800"). */
bool assay_field_accepts(const assay_field *f, const char *value, assay_buf *why);
/** Does a value lie in a range? It is of that type. */
bool assay_range_holds(const assay_field_range *r, assay_field_type type, const char *value);

/** Do metadata obey all fields? If not, why gets a sentence for each break, with field, value and rule. */
bool assay_fields_accept(const assay_fields *f, const assay_metadata_view *m, assay_buf *why);

/* ---------------------------------------------------------------- filters */

/** What one field must be for a filter to take effect. */
typedef struct assay_filter_condition {
	char *key;
	assay_field_type type; /* of the field; text when it is not declared */
	assay_field_range range;
} assay_filter_condition;

typedef struct assay_filter {
	char *name;
	bool keep;               /* what does not meet all conditions is filtered; else what meets all of them is */
	assay_modality modality; /* of the sources that it looks at; 0: all */
	assay_sample_kind kind;  /* of the samples that it looks at; 0: all */
	assay_filter_condition *conditions;
	size_t condition_count;
	int line, column;
} assay_filter;

typedef struct assay_filters {
	assay_filter *items; /* in file order */
	size_t count;
} assay_filters;

/**
 * The first filter that takes a sample of this kind out of the dataset, NULL if none does.
 *
 * An absent value meets no condition. A field that is broken (not of its type, not in its range, absent though
 * required) lets no filter that names it decide: such a sample is for the fields to refuse.
 */
const assay_filter *assay_filters_hit(const assay_filters *filters, const assay_fields *fields, assay_modality modality,
				      assay_sample_kind kind, const assay_metadata_view *m);

/** As CBOR, all that decides: equal bytes, equal decisions. */
void assay_fields_encode(assay_buf *out, const assay_fields *f);
void assay_filters_encode(assay_buf *out, const assay_filters *f);
void assay_field_range_encode(assay_buf *out, const assay_field_range *r);

void assay_fields_release(assay_fields *f);
/** One filter as a line for people, all that decides: "keep language: [de, nds], year: {max: 1900} as integer". */
void assay_filter_text(assay_buf *out, const assay_filter *f);
void assay_filters_release(assay_filters *f);
void assay_field_range_release(assay_field_range *r);

#endif
