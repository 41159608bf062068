/** What the files that make up contract.h share. */
#ifndef ASSAY_CONTRACT_LOADER_H
#define ASSAY_CONTRACT_LOADER_H

#include "assay/contract.h"
#include "assay/yaml.h"

#define CONTRACT_APPLIES_MAX 16
#define CONTRACT_COLUMNS_MAX 64        /* of a table schema */
#define CONTRACT_DATASET     "dataset" /* name of the schema entry that is about every kind */

typedef struct contract_loader {
	const char *file;
	const assay_vocabulary *vocabulary; /* NULL if none */
	assay_diagnostics *d;
	assay_err *err;
	assay_contract *c;
	size_t check_cap, dataset_cap;
} contract_loader;

/** The metadata that an entry's checks are limited to; borrowed from the document, sorted by key. */
typedef struct contract_applies {
	const char *keys[CONTRACT_APPLIES_MAX], *values[CONTRACT_APPLIES_MAX];
	size_t count;
} contract_applies;

#define CONTRACT_ERROR(l, node, ...)                                                                                   \
	assay_diagnostics_add((l)->d, true, (l)->file, (node)->line, (node)->column, __VA_ARGS__)
#define CONTRACT_ERROR_AT_KEY(l, node, ...)                                                                            \
	assay_diagnostics_add((l)->d, true, (l)->file, (node)->key_line, (node)->key_column, __VA_ARGS__)
#define CONTRACT_WARN(l, node, ...)                                                                                    \
	assay_diagnostics_add((l)->d, false, (l)->file, (node)->line, (node)->column, __VA_ARGS__)

/** contract_odcs.c: keys and shapes of the standard, whatever the contract is about. */
void contract_lint_odcs(contract_loader *l, const assay_yaml_node *root);
/** contract_lint.c: what Assay adds to the standard about a document and its schema entries. */
void contract_lint_envelope(contract_loader *l, const assay_yaml_node *root);
/** Kind of an entry, 0 for the dataset; false when it judges nothing (and a finding says so). */
bool contract_lint_entry_kind(contract_loader *l, const assay_yaml_node *entry, unsigned *kind);
/** The same for a name that stands elsewhere. */
bool contract_lint_kind(contract_loader *l, const assay_yaml_node *n, const char *name, unsigned *kind);
void contract_lint_applies(contract_loader *l, const assay_yaml_node *entry, contract_applies *out);
/** An appliesTo that stands where it has no effect. */
void contract_lint_no_applies(contract_loader *l, const assay_yaml_node *n);
/**
 * The names of customProperties: one that is nearly one of Assay's (NULL-ended) is an error, others are the user's own.
 * @param told whether these are warned of, as not judged
 */
void contract_lint_customs(contract_loader *l, const assay_yaml_node *n, const char *const *known, bool told);
ASSAY_NODISCARD assay_code contract_lint_ids(contract_loader *l);

/** What the checks of a `quality` list are about. */
typedef struct contract_scope {
	unsigned kind;                   /* 0: the dataset */
	const contract_applies *applies; /* of the schema entry */
	const char *field;               /* the property that they stand with, NULL for the entry itself */
} contract_scope;

/** contract_check.c: one item of a `quality` list. */
ASSAY_NODISCARD assay_code contract_read_check(contract_loader *l, const assay_yaml_node *n, const contract_scope *s);
/** contract_item.c: what such items have in common. */
ASSAY_NODISCARD assay_code contract_copy_text(contract_loader *l, char **out, const assay_yaml_node *n);
void contract_lint_id(contract_loader *l, const assay_yaml_node *check, bool needed);
/** Number (from 1) of a word among names; the first when the key is not there. */
unsigned contract_read_word(contract_loader *l, const assay_yaml_node *n, const char *const *names);
extern const char *const contract_severities[], *const contract_missing[]; /* words, in the order of their numbers */
/** What the vocabulary says of a metric, for a kind (0: any); NULL when it does not know it. */
const assay_vocabulary_metric *contract_find_metric(contract_loader *l, const assay_yaml_node *n, unsigned kind,
						    size_t *number);
bool contract_is_operator(const char *key);
/** Of a property, by its customProperties. */
assay_severity contract_property_severity(contract_loader *l, const assay_yaml_node *n);
bool contract_is_true(const assay_yaml_node *n);
ASSAY_NODISCARD assay_code contract_copy_applies(contract_loader *l, assay_check *check, const contract_applies *a);
/** The contract takes it over when rc is ASSAY_OK; it is released otherwise. */
ASSAY_NODISCARD assay_code contract_add_check(contract_loader *l, assay_check *check, assay_code rc);
void contract_check_release(assay_check *check);

/** Keys of an implementation: of a check of samples, and of one of the dataset; NULL-ended. */
extern const char *const contract_implementation_keys[], *const contract_aggregate_keys[];

/** dataset_aggregate.c: an implementation with `aggregate` or `drift`. */
ASSAY_NODISCARD assay_code contract_read_aggregate(contract_loader *l, const assay_yaml_node *n,
						   const contract_scope *s);
/** dataset_library.c: a check of type library; what a property must be. */
ASSAY_NODISCARD assay_code contract_read_library(contract_loader *l, const assay_yaml_node *n, const contract_scope *s);
ASSAY_NODISCARD assay_code contract_read_property(contract_loader *l, const assay_yaml_node *n,
						  const contract_scope *s);
/** contract_table.c: the properties of an entry about tables, which are columns. */
ASSAY_NODISCARD assay_code contract_read_columns(contract_loader *l, const assay_yaml_node *entry,
						 const contract_scope *s);
/** An empty schema that the contract owns; NULL when memory is out (err filled). */
assay_table_schema *contract_schema_add(assay_contract *c, assay_err *err);
/** Room for one more column, all zero; NULL when memory is out (err filled). */
assay_expected_column *contract_schema_grow(assay_table_schema *s, assay_err *err);
void contract_schema_free(assay_table_schema *s);
/** ASSAY_ECONFIG says what is wrong with the pattern, which is copied. */
ASSAY_NODISCARD assay_code contract_column_match(assay_expected_column *c, const char *pattern, assay_err *err);

/** dataset_sla.c: slaProperties. */
ASSAY_NODISCARD assay_code contract_read_sla(contract_loader *l, const assay_yaml_node *root);

/** dataset_check.c: a check at the place of n, empty texts everywhere. */
ASSAY_NODISCARD assay_code contract_dataset_begin(contract_loader *l, assay_dataset_check *out,
						  const assay_yaml_node *n, const contract_scope *s);
/** Take it over when rc is ASSAY_OK, release it otherwise; rc, or what went wrong. */
ASSAY_NODISCARD assay_code contract_dataset_end(contract_loader *l, assay_dataset_check *k, assay_code rc);
ASSAY_NODISCARD assay_code contract_dataset_set(contract_loader *l, char **out, const char *text);
void contract_dataset_release(assay_dataset_check *k);
/** dataset_record.c */
void contract_dataset_encode(assay_buf *out, const assay_dataset_check *k);
/** k is released by the caller, whatever was read. */
void contract_dataset_decode(assay_cbor_reader *r, assay_dataset_check *k);
void contract_dataset_resolve(assay_dataset_check *k, const assay_vocabulary *v);

/** How fine and how large a bound may be. */
typedef struct contract_resolution {
	const char *name; /* of what is bounded, for messages */
	int scale;        /* -1: any decimal has its meaning */
	bool switches;    /* true and false stand for 1 and 0 where scale is 0 */
	int64_t limit;    /* the value lies in 0..limit; 0: no such limits */
} contract_resolution;
/**
 * contract_bound.c: the one operator among the keys of n and its numbers.
 * @param r     NULL when nothing is known of what is bounded
 * @param units [out, optional] low and high in units of r->scale
 */
void contract_read_bound(contract_loader *l, const assay_yaml_node *n, const contract_resolution *r, assay_bound *out,
			 int64_t units[2]);
/** d in units of 10^-scale; false when it is finer or does not fit. */
bool contract_to_units(assay_decimal d, int scale, int64_t *units);

/** operator.c: NULL-ended, in the order of assay_operator from 1. */
extern const char *const contract_operators[];
/** contract.c */
void contract_sort(assay_contract *c);
/** A fault of a reader that says nothing about the bytes: told from others by its address. */
extern const char contract_no_memory[];

/** Text of a scalar, NULL for anything else. */
static inline const char *contract_text(const assay_yaml_node *n)
{
	return n != NULL && n->type == ASSAY_YAML_SCALAR ? n->text : NULL;
}

#endif
