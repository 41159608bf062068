/**
 * What a metadata value must be: rules as pairs of a name and a text, as contracts store them.
 *
 *     type              string, integer, number, boolean, date or timestamp
 *     minLength, maxLength      of a string, in characters
 *     pattern           of a string, see pattern.h; it may match anywhere unless ^ and $ say otherwise
 *     minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf      of a number; dates and timestamps as theirs
 *     valid             one value that is valid; may stand there many times
 *     missing           one value that stands for none; may stand there many times
 *     null              "missing": a field that is not there counts as missing too
 */
#ifndef ASSAY_CONTRACTS_FIELD_H
#define ASSAY_CONTRACTS_FIELD_H

#include "assay/dataset_check.h"

typedef struct field_rules field_rules;

/** ASSAY_ECONFIG says which rule makes no sense. rules is borrowed for as long as *out lives. */
ASSAY_NODISCARD assay_code field_rules_open(field_rules **out, const assay_pairs *rules, assay_err *err);
void field_rules_close(field_rules *r); /* NULL is fine */
/** Is a value that is there as the rules say? */
bool field_rules_are_met(const field_rules *r, const char *value);
/** Does the value (NULL: the field is not there) stand for none? */
bool field_is_missing(const field_rules *r, const char *value);

/** NULL-ended names of the options that ODCS has for a logical type and that are judged; NULL for other types. */
const char *const *field_options(const char *type);

/** Add a pair, in order by name, then value; equal pairs once. */
ASSAY_NODISCARD assay_code field_pairs_add(assay_pairs *p, const char *name, const char *value, assay_err *err);
void field_pairs_release(assay_pairs *p);
/** Value of a name, or NULL. */
const char *field_pairs_get(const assay_pairs *p, const char *name);

#endif
