/** What the files that make up contract.h share. */
#ifndef ASSAY_CONTRACT_INTERNAL_H
#define ASSAY_CONTRACT_INTERNAL_H

#include "assay/contract.h"
#include "assay/yaml.h"

#define CONTRACT_APPLIES_MAX 16

typedef struct contract_loader {
	const char *file;
	const assay_vocabulary *vocabulary; /* NULL if none */
	assay_diagnostics *d;
	assay_err *err;
	assay_contract *c;
	size_t check_cap;
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
/** 0 when the entry judges nothing (and says so in a finding). */
unsigned contract_lint_entry_kind(contract_loader *l, const assay_yaml_node *entry);
void contract_lint_applies(contract_loader *l, const assay_yaml_node *entry, contract_applies *out);
/** An appliesTo that stands where it has no effect. */
void contract_lint_no_applies(contract_loader *l, const assay_yaml_node *n);
ASSAY_NODISCARD assay_code contract_lint_ids(contract_loader *l);

/** contract_check.c: one item of a `quality` list. */
ASSAY_NODISCARD assay_code contract_read_check(contract_loader *l, const assay_yaml_node *n, assay_sample_kind kind,
					       const contract_applies *applies);
/** contract_bound.c: the one operator of an implementation and its numbers. metric is NULL when it is not known. */
void contract_read_bound(contract_loader *l, const assay_yaml_node *implementation, assay_check *check,
			 const assay_vocabulary_metric *metric);
/** d in units of 10^-scale; false when it is finer or does not fit. */
bool contract_to_units(assay_decimal d, int scale, int64_t *units);

/** contract.c: NULL-ended, in the order of assay_operator from 1. */
extern const char *const contract_operators[];
void contract_check_release(assay_check *check);
void contract_sort(assay_contract *c);

/** Text of a scalar, NULL for anything else. */
static inline const char *contract_text(const assay_yaml_node *n)
{
	return n != NULL && n->type == ASSAY_YAML_SCALAR ? n->text : NULL;
}

#endif
